# SPDX-License-Identifier: Apache-2.0
"""What a forecaster consists of, in a file: JSON, arrays, Keras's networks."""
