# SPDX-License-Identifier: Apache-2.0
"""Logarithms of Γ, taken apart so that float32 is enough.

Those of a likelihood cancel each other almost. Their large terms are put
together by hand, from Stirling's formula; what is left is `stirling_error`.

Reference:
    C. Loader (2000), "Fast and accurate computation of binomial
    probabilities".
"""

from keras import ops


def log_ratio(r, mean, y):
    """log((r + mean) / (r + y)), exact also where both are nearly equal."""
    change = (mean - y) / (r + y)
    near = ops.log1p(ops.maximum(change, -0.5))
    return ops.where(change > -0.5, near, ops.log(r + mean) - ops.log(r + y))


def stirling_error(x):
    """Returns log Γ(x) less Stirling's formula, (x − ½) log x − x + ½ log 2π.

    The series for x + 5, brought back to x with Γ(x + 1) = x Γ(x).
    """
    shifts = 0.0
    for k in range(5):
        shifts = shifts + (x + k + 0.5) * ops.log1p(1 / (x + k)) - 1
    z = 1 / (x + 5)
    square = z * z
    return shifts + z * (1 / 12 - square * (1 / 360 - square / 1260))
