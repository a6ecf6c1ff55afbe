# SPDX-License-Identifier: Apache-2.0
"""One step of a recorded layer as a map of its states, and its Jacobian."""

from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops, tree

from keras_rnn._types import Array, Tensor
from keras_rnn.diagnostics.recorded import Recorded
from keras_rnn.engine import backend, gradients

#: Numbers in one batch of steps and unit vectors: some hundred megabytes.
NUMBERS_AT_ONCE = 2**22


class JoinedStep:
    """A step from all states before it to all after it, side by side.

    Args:
        record: The layer and what it read.
        states: What `record.states()` returns.

    Attributes:
        widths: Width of each state.
        before: Array `(batch, time, width of all)`: the states before a step.
    """

    def __init__(self, record: Recorded, states: list[Array]) -> None:
        self.cell: Any = record.layer.cell
        self.sequences: Array = ops.convert_to_numpy(record.sequences)
        self.widths: list[int] = [v.shape[-1] for v in states]
        self.before: Array = np.concatenate([v[:, :-1] for v in states], -1)
        #: d_after J for each step, `(x, states, d_after)` -> `(steps, width)`:
        #: the gradient by the states before it.
        self.backward: Callable[..., Tensor] = backend.compiled_on_jax(
            self._backward
        )
        #: J · change for each step, `(x, states, change)` -> `(steps, width)`.
        self.forward: Callable[..., Tensor] = backend.compiled_on_jax(
            self._forward
        )

    @property
    def blocks(self) -> list[slice]:
        """The columns of each state."""
        ends = np.cumsum(self.widths).tolist()
        return [
            slice(end - width, end)
            for end, width in zip(ends, self.widths, strict=True)
        ]

    def __call__(self, x: Tensor, states: Tensor) -> Tensor:
        """The states after a step.

        Args:
            x: Inputs of the steps, `(steps, features)`.
            states: `(steps, width of all)`.
        """
        parts = [states[:, block] for block in self.blocks]
        _, after = self.cell(x, parts)
        return ops.concatenate(tree.flatten(after), axis=-1)

    def _backward(self, x: Tensor, states: Tensor, d_after: Tensor) -> Tensor:
        d_after = ops.cast(d_after, states.dtype)
        _, (d_before,), _ = gradients(
            lambda s: ops.sum(self(x, s) * d_after), [states]
        )
        return d_before

    def _forward(self, x: Tensor, states: Tensor, change: Tensor) -> Tensor:
        """The gradient of `backward`, which is linear in d_after."""

        def along(d_after: Tensor) -> Tensor:
            d_before = self._backward(x, states, d_after)
            return ops.sum(d_before * ops.cast(change, states.dtype))

        _, (moved,), _ = gradients(along, [ops.zeros_like(change)])
        return moved


def step_jacobians(step: JoinedStep, x: Array, states: Array) -> Array:
    """The Jacobian of each step, by autodiff.

    Args:
        step: The step of the layer.
        x: Inputs of the steps, `(steps, features)`.
        states: The states before them, `(steps, width)`.

    Returns:
        Array `(steps, width, width)`; at [t, i, j] stands ∂ after i / ∂ before
        j of step t.
    """
    steps, width = states.shape
    at_once = _unit_vectors_at_once(steps, width)
    repeated = [
        ops.convert_to_tensor(np.tile(v, (at_once, 1))) for v in (x, states)
    ]
    found = np.empty((width, steps, width), np.float32)
    for first in range(0, width, at_once):
        rows = slice(first, first + at_once)
        vectors = np.eye(width, dtype=states.dtype)[rows, None]
        upstream = np.broadcast_to(vectors, (at_once, steps, width))
        d_before = step.backward(
            *repeated, ops.convert_to_tensor(upstream.reshape(-1, width))
        )
        found[rows] = ops.convert_to_numpy(d_before).reshape(
            at_once, steps, width
        )
    return found.transpose(1, 0, 2)


def _unit_vectors_at_once(steps: int, width: int) -> int:
    """A divisor of the width, so that all batches have one shape."""
    most = max(1, NUMBERS_AT_ONCE // (steps * width))
    return max(k for k in range(1, width + 1) if width % k == 0 and k <= most)
