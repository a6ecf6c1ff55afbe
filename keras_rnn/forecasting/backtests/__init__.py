# SPDX-License-Identifier: Apache-2.0
"""Forecasts from many past cutoffs, and how far they were off."""
