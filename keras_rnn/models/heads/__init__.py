# SPDX-License-Identifier: Apache-2.0
"""What leaves a model: numbers, classes, or a distribution."""
