# SPDX-License-Identifier: Apache-2.0
"""How networks forecast the steps of a horizon."""
