# SPDX-License-Identifier: Apache-2.0
"""What a network sees of its targets, and back to the units of the data."""
