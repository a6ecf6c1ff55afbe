# SPDX-License-Identifier: Apache-2.0
"""Backpropagation through time in little memory: checkpoints, then again.

The gradients of the weights are sums over time. Taken stretch by stretch,
neither what the chain rule needs nor the errors of all steps ever stand in
memory at once, unless x W of many features is made for all steps beforehand
(pre_activations.py). On a CPU it costs hardly any time: a stretch that is run
again is still in the cache when the way back reads it.
"""

import math

from keras import ops

from keras_rnn.engine import backend

#: Up to this time "auto" keeps every step.
SHORT = 512


def checkpointed(sequence, every, time):
    """The sequence itself, or with checkpoints.

    Args:
        sequence: A `Sequence`.
        every: Steps between two checkpoints, `"auto"` or None.
        time: Number of steps, None or a symbol where it is unknown.

    Returns:
        A `Sequence` or `Checkpoints`: they have the same methods.
    """
    known = isinstance(time, int)  # JAX exports an unknown time as a symbol
    if every == "auto":
        every = distance(time) if known else None
    if every is None:
        return sequence
    return Checkpoints(sequence, min(every, time) if known else every)


def distance(time):
    """Steps between two checkpoints under "auto", None for none.

    About √time, where memory is least; if it can be a divisor of the time,
    so that no step has to be added.
    """
    if time <= SHORT:
        return None
    root = math.isqrt(time)
    divisors = (k for k in range(root // 2, 2 * root) if time % k == 0)
    return min(divisors, key=lambda k: abs(k - root), default=root)


class Checkpoints:
    """A `Sequence` that keeps only the states before every k-th step.

    Backward runs each stretch of k steps again before it goes back through
    it. With k about √time the memory grows with √time (Chen et al. 2016,
    Training deep nets with sublinear memory cost).

    Args:
        sequence: The `Sequence`.
        every: Steps between two checkpoints.
    """

    def __init__(self, sequence, every):
        self.sequence = sequence
        self.every = every

    def forward(self, inputs, states):
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

    def backward(self, inputs, states, saved, d_outputs, d_states):
        cut = _Cut(inputs["x"], self.every)
        stretches = {"inputs": cut.inputs(inputs), "states": saved}
        if d_outputs is not None:
            stretches["d_outputs"] = cut.stretches(d_outputs)
        count = len(d_states)

        def step(sums, stretch):
            before, given = stretch["states"], stretch["inputs"]
            *_, saved = self.sequence.forward(given, before)
            dx, d_states, d_weights = self.sequence.backward(
                given, before, saved, stretch.get("d_outputs"), sums[:count]
            )
            d_weights = (
                a + b for a, b in zip(sums[count:], d_weights, strict=True)
            )
            return (*d_states, *d_weights), dx

        zeros = (ops.zeros_like(v) for v in self.sequence.weights())
        sums, dx = backend.time_loop(
            step, (*d_states, *zeros), stretches, reverse=True
        )
        return cut.mended(dx), sums[:count], sums[count:]


class _Cut:
    """Cuts `(time, ...)` into stretches `(stretches, k, ...)`, and back."""

    def __init__(self, x, k):
        self.k = k
        self.time = ops.shape(x)[0]
        self.added = -self.time % k
        self.fits = isinstance(x.shape[0], int) and self.added == 0

    def inputs(self, inputs):
        """The inputs in stretches; steps added at the end are masked."""
        if not self.fits and "mask" not in inputs:
            mask = ops.ones_like(inputs["x"][:, :, :1])
            inputs = {**inputs, "mask": mask}
        return {name: self.stretches(v) for name, v in inputs.items()}

    def stretches(self, v):
        if not self.fits:
            rest = [(0, 0)] * (len(v.shape) - 1)
            v = ops.pad(v, [(0, self.added), *rest])
        return ops.reshape(v, (-1, self.k, *ops.shape(v)[1:]))

    def mended(self, v):
        return ops.reshape(v, (-1, *ops.shape(v)[2:]))[: self.time]
