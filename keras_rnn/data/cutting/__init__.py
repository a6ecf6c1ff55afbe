# SPDX-License-Identifier: Apache-2.0
"""From long series to windows: which belong to which part, and in batches."""

__all__ = ["datasets"]
