# SPDX-License-Identifier: Apache-2.0
"""Where a decoder looks: scores of attention, and the layer that uses them."""
