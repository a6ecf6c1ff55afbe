# SPDX-License-Identifier: Apache-2.0
"""The model that factories return, and the data that it refuses."""
