# SPDX-License-Identifier: Apache-2.0
"""What is said of a number: one file a distribution, and their table."""
