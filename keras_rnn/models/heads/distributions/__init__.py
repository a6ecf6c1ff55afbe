# SPDX-License-Identifier: Apache-2.0
"""The distributions that a model can predict, and their table."""
