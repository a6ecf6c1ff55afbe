# SPDX-License-Identifier: Apache-2.0
"""Norms of products whose Jacobians are too wide to write down."""

import numpy as np
from keras import ops

from keras_rnn._types import Array, Floats
from keras_rnn.diagnostics.gradients.step_jacobians import JoinedStep

ITERATIONS = 20


def norms_by_power_iteration(
    step: JoinedStep,
    x: Array,
    before: Array,
    spans: Array,
    kept_units: Floats,
) -> tuple[Floats, Floats]:
    """‖P‖₂ of products of Jacobians, by 20 iterations v ← Pᵀ P v.

    All products advance together, a step of the cell at a time.

    Args:
        step: The step of the layer.
        x: Inputs of the steps of one sequence, `(steps, features)`.
        before: The states before them, `(steps, width)`.
        spans: Integers `(products, 2)`: first step and number of factors.
        kept_units: Zeros and ones, `(products, width)`: the rows and columns
            of a product that belong to its block.

    Returns:
        Norms `(products,)`, as factor and logarithm: factor · exp(logarithm).
    """
    first, lengths = spans.T
    steps = range(int(lengths.max()))

    def moved(vectors, position, along):
        active = lengths > position
        at = np.where(active, first + position, 0)
        after = along(
            *(
                ops.convert_to_tensor(v, before.dtype.name)
                for v in (x[at], before[at], vectors)
            )
        )
        return np.where(active[:, None], ops.convert_to_numpy(after), vectors)

    def through(vectors, positions, along):
        sizes = np.zeros(len(vectors))
        for position in positions:
            vectors = moved(vectors, position, along)
            vectors, factors = _unit(vectors)
            sizes += np.log(factors)
        return vectors, sizes

    generator = np.random.default_rng(0)
    v, _ = _unit(kept_units * generator.normal(size=kept_units.shape))
    for iteration in range(ITERATIONS):
        u, sizes = through(v, steps, step.forward)
        kept = kept_units * u
        if iteration < ITERATIONS - 1:
            u, _ = _unit(kept)
            v, _ = through(u, reversed(steps), step.backward)
            v, _ = _unit(kept_units * v)
    return np.linalg.norm(kept, axis=1), sizes


def _unit(vectors: Floats) -> tuple[Floats, Floats]:
    """Vectors of norm 1, and their norms; what is 0 stays 0."""
    norms = np.linalg.norm(vectors, axis=1)
    norms[norms == 0] = 1
    return vectors / norms[:, None], norms
