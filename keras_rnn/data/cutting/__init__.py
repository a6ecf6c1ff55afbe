# SPDX-License-Identifier: Apache-2.0
"""From long series to windows, allotted to parts and in batches."""

# Not imported here, because it imports TensorFlow.
__all__ = ["datasets"]  # pyright: ignore[reportUnsupportedDunderAll]
