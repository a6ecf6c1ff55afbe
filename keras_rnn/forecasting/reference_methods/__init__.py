# SPDX-License-Identifier: Apache-2.0
"""Forecasts without a network: what a network has to beat."""
