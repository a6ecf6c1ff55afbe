# SPDX-License-Identifier: Apache-2.0
"""What a Forecaster's arguments and methods are called elsewhere."""
