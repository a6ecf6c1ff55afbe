# SPDX-License-Identifier: Apache-2.0
"""Models that keep their states: read row by row, or chunk by chunk."""
