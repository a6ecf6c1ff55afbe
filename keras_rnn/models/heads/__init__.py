# SPDX-License-Identifier: Apache-2.0
"""What a model predicts: numbers, classes, or a distribution."""
