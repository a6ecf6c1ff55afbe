# SPDX-License-Identifier: Apache-2.0
"""What a search learns from: a frame, arrays, or batches."""
