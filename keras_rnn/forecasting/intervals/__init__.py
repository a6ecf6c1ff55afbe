# SPDX-License-Identifier: Apache-2.0
"""How wide the intervals around forecasts are."""
