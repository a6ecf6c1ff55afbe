# SPDX-License-Identifier: Apache-2.0
"""The recurrent layers Keras leaves out, from a DataFrame to a forecast."""

__version__ = "0.1.0"
