# SPDX-License-Identifier: Apache-2.0
"""What writes a sequence step by step, each step on the one before it."""
