# SPDX-License-Identifier: Apache-2.0
"""What a search learns: a frame, arrays, or batches."""
