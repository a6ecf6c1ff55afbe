# SPDX-License-Identifier: Apache-2.0
"""What can be tuned, in one table, and the values it may take."""
