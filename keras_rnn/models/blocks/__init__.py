# SPDX-License-Identifier: Apache-2.0
"""The layers and settings that factories put models together from."""
