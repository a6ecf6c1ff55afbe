# SPDX-License-Identifier: Apache-2.0
"""The model that factories return, and what it refuses to be told."""
