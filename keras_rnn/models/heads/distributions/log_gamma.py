# SPDX-License-Identifier: Apache-2.0
"""Logarithms of Γ, taken apart so that float32 is precise enough.

The logarithms in a likelihood are large and almost cancel each other. The
likelihoods therefore combine the large terms of Stirling's formula by hand,
and add `stirling_error`, which is small.

Reference:
    C. Loader (2000), "Fast and accurate computation of binomial
    probabilities".
"""

from keras import ops

from keras_rnn._types import Tensor


def log_ratio(r: Tensor | float, mean: Tensor, y: Tensor) -> Tensor:
    """log((r + mean) / (r + y)), precise even if the ratio is close to 1."""
    change = (mean - y) / (r + y)
    near = ops.log1p(ops.maximum(change, -0.5))
    return ops.where(change > -0.5, near, ops.log(r + mean) - ops.log(r + y))


def stirling_error(x: Tensor) -> Tensor:
    """Returns log Γ(x) minus Stirling's formula, (x − ½) log x − x + ½ log 2π.

    It takes the asymptotic series at x + 5, and goes from there to x by
    Γ(x + 1) = x Γ(x).
    """
    shifts = 0.0
    for k in range(5):
        shifts = shifts + (x + k + 0.5) * ops.log1p(1 / (x + k)) - 1
    z = 1 / (x + 5)
    square = z * z
    return shifts + z * (1 / 12 - square * (1 / 360 - square / 1260))
