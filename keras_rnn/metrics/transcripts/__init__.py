# SPDX-License-Identifier: Apache-2.0
"""How well transcripts are read: frames, edits and error rates."""
