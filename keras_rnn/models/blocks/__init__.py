# SPDX-License-Identifier: Apache-2.0
"""The layers and settings from which factories build models."""
