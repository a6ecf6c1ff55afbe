# SPDX-License-Identifier: Apache-2.0
"""How labels are read off the logits of `ctc`: methods, and what they find."""
