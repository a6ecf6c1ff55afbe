# SPDX-License-Identifier: Apache-2.0
"""What a sweep remembers on disk, and which question that answers."""
