# SPDX-License-Identifier: Apache-2.0
"""Backpropagation through time in little memory, by checkpoints.

The forward run keeps the states of few steps only, the checkpoints. The
backward run computes the stretch between two checkpoints a second time, and
adds up the gradients of the weights stretch by stretch. So the partials and
the errors of all steps never stand in memory at once; x W of many features
does, if it is made for all steps beforehand (pre_activations.py). On a CPU
this costs hardly any time: a stretch that was just computed again is still in
the cache when its gradient reads it.
"""

import math
from typing import Any, Literal, TypeAlias

from keras import ops, tree

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor, Tensors
from keras_rnn.engine import backend
from keras_rnn.engine.fused.sequence import Inputs, Sequence

#: "auto" keeps every step of sequences up to this length.
SHORT = 512

# Steps between two checkpoints; None keeps every step.
Every: TypeAlias = int | Literal["auto"] | None


def checkpointed(
    sequence: Sequence, every: Every, time: Any
) -> "Sequence | Checkpoints":
    """The sequence itself, or one with checkpoints.

    Args:
        sequence: The equations of a cell over all steps.
        every: Steps between two checkpoints, `"auto"` or None.
        time: Number of steps, None or a symbol where it is unknown.

    Returns:
        A `Sequence` or `Checkpoints`, which have the same methods.
    """
    known = isinstance(time, int)  # JAX exports an unknown time as a symbol
    if every == "auto":
        every = distance(time) if known else None
    if every is None:
        return sequence
    return Checkpoints(sequence, min(every, time) if known else every)


def checked_distance(checkpoint_every: Every) -> Every:
    """The argument `checkpoint_every`; a ValueError refuses what it is not."""
    named = isinstance(checkpoint_every, str) and checkpoint_every == "auto"
    if checkpoint_every is None or named:
        return checkpoint_every
    return validate.positive_int("checkpoint_every", checkpoint_every)


def distance(time: int) -> int | None:
    """Steps between two checkpoints under "auto"; None: no checkpoints.

    Memory is least near √time. A divisor of the time is preferred, so that no
    step has to be added.
    """
    if time <= SHORT:
        return None
    root = math.isqrt(time)
    divisors = (k for k in range(root // 2, 2 * root) if time % k == 0)
    return min(divisors, key=lambda k: abs(k - root), default=root)


class Checkpoints:
    """A `Sequence` that keeps only the states before every k-th step.

    `backward` runs each stretch of k steps forward again before it goes back
    through it. With k about √time the memory grows with √time (Chen et al.
    2016, Training deep nets with sublinear memory cost).

    Args:
        sequence: The `Sequence`.
        every: k, the steps between two checkpoints.
    """

    def __init__(self, sequence: Sequence, every: int) -> None:
        self.sequence = sequence
        self.every = every

    def forward(
        self, inputs: Inputs, states: Tensors
    ) -> tuple[Tensor | None, Tensors, dict[str, Tensor]]:
        """As `Sequence.forward`."""

        def step(states, stretch):
            outputs, after, _ = self.sequence.forward(stretch, states)
            wanted = {} if outputs is None else {"outputs": outputs}
            return after, {"states": states, **wanted}

        cut = _Cut(inputs["x"], self.every)
        after, saved = backend.time_loop(step, states, cut.inputs(inputs))
        outputs = saved.pop("outputs", None)
        if outputs is not None:
            outputs = cut.mended(outputs)
        return outputs, after, saved["states"]

    def backward(
        self,
        inputs: Inputs,
        states: Tensors,
        saved: Any,
        d_outputs: Tensor | None,
        d_states: Tensors,
    ) -> tuple[dict[str, Tensor], Tensors, Tensors]:
        """As `Sequence.backward`."""
        cut = _Cut(inputs["x"], self.every)
        stretches = {"inputs": cut.inputs(inputs), "states": saved}
        if d_outputs is not None:
            stretches["d_outputs"] = cut.stretches(d_outputs)
        num_states = len(d_states)

        def step(sums, stretch):
            inputs, before = stretch["inputs"], stretch["states"]
            *_, saved = self.sequence.forward(inputs, before)
            dx, d_states, d_weights = self.sequence.backward(
                inputs,
                before,
                saved,
                stretch.get("d_outputs"),
                sums[:num_states],
            )
            d_weights = (
                a + b for a, b in zip(sums[num_states:], d_weights, strict=True)
            )
            return (*d_states, *d_weights), dx

        zeros = (ops.zeros_like(v) for v in self.sequence.weights())
        sums, dx = backend.time_loop(
            step, (*d_states, *zeros), stretches, reverse=True
        )
        dx = {name: cut.mended(v) for name, v in dx.items()}
        return dx, sums[:num_states], sums[num_states:]


class _Cut:
    """Cuts `(time, ...)` into stretches `(stretches, k, ...)` and undoes it."""

    def __init__(self, x, k):
        self.k = k
        self.time = ops.shape(x)[0]
        self.added = -self.time % k
        self.fits = isinstance(x.shape[0], int) and self.added == 0

    def inputs(self, inputs):
        """The inputs in stretches; steps that are added are masked."""
        masks = inputs["masks"]
        if not self.fits and "mask" not in masks:
            mask = ops.ones_like(inputs["x"][:, :, :1])
            inputs = {**inputs, "masks": {**masks, "mask": mask}}
        return tree.map_structure(self.stretches, inputs)

    def stretches(self, v):
        if not self.fits:
            rest = [(0, 0)] * (len(v.shape) - 1)
            v = ops.pad(v, [(0, self.added), *rest])
        return ops.reshape(v, (-1, self.k, *ops.shape(v)[1:]))

    def mended(self, v):
        return ops.reshape(v, (-1, *ops.shape(v)[2:]))[: self.time]
