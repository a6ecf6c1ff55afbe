# SPDX-License-Identifier: Apache-2.0
"""What a cell is made of: the contract, and the kinds that cells share."""
