# SPDX-License-Identifier: Apache-2.0
"""What is in a file of a forecaster: JSON, arrays, networks; no pickle."""
