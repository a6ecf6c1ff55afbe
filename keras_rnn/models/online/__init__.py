# SPDX-License-Identifier: Apache-2.0
"""Models that keep their states, and read row by row or chunk by chunk."""
