# SPDX-License-Identifier: Apache-2.0
"""How a trained decoder writes: methods, and the loop that they share."""
