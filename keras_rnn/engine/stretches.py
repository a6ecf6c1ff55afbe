# SPDX-License-Identifier: Apache-2.0
"""Backpropagation through time in little memory: stretch by stretch.

The gradients of the weights are sums over time. Taken stretch by stretch, the
errors of all steps never stand in memory at once.
"""

import math

from keras import ops

from keras_rnn.engine import loop

#: Up to this time a sequence goes back in one stretch.
SHORT = 512
#: Steps of a stretch at most, and at least.
LONGEST, SHORTEST = 256, 32
#: Steps between two checkpoints under "auto" where the time is unknown.
EVERY_OF_UNKNOWN_TIME = 128


class Stretches:
    """A `Sequence` that goes back in stretches of equal length.

    Times that no stretch divides go back in one.

    Args:
        sequence: The `Sequence`.
    """

    def __init__(self, sequence):
        self.sequence = sequence

    def forward(self, inputs, states):
        return self.sequence.forward(inputs, states)

    def backward(self, inputs, states, saved, d_outputs, d_states):
        sequence = self.sequence
        first = sequence.kept(states)
        k = stretch_length(inputs["x"].shape[0])
        if k is None:
            return sequence.backward(inputs, first, saved, d_outputs, d_states)

        def cut(v):
            return ops.reshape(v, (-1, k, *ops.shape(v)[1:]))

        stretches = {
            "inputs": {name: cut(v) for name, v in inputs.items()},
            "first": {
                name: ops.concatenate(
                    [v[None], saved["states"][name][k - 1 : -1 : k]]
                )
                for name, v in first.items()
            },
            "saved": {
                kind: {name: cut(v) for name, v in of_kind.items()}
                for kind, of_kind in saved.items()
            },
        }
        if d_outputs is not None:
            stretches["d_outputs"] = cut(d_outputs)
        dx, d_states, d_weights = _backward(
            sequence, stretches, d_states, lambda stretch: stretch
        )
        return ops.reshape(dx, ops.shape(inputs["x"])), d_states, d_weights


class Checkpoints:
    """A `Sequence` that keeps only the states before every k-th step.

    Backward runs each stretch of k steps again before it goes back through
    it. With k about √time the memory grows with √time, and the time by about
    one forward pass (Chen et al. 2016, Training deep nets with sublinear
    memory cost).

    Args:
        sequence: The `Sequence`.
        every: Steps between two checkpoints, or `"auto"` for about √time.
    """

    def __init__(self, sequence, every):
        self.sequence = sequence
        self.every = every

    def forward(self, inputs, states):
        def step(states, stretch):
            outputs, after, _ = self.sequence.forward(stretch, states)
            wanted = {} if outputs is None else {"outputs": outputs}
            return after, {"states": states, **wanted}

        cut = _PaddedCut(inputs["x"], self.every)
        after, saved = loop.time_loop(step, states, cut.inputs(inputs))
        outputs = saved.pop("outputs", None)
        if outputs is not None:
            outputs = cut.mended(outputs)
        return outputs, after, saved["states"]

    def backward(self, inputs, states, saved, d_outputs, d_states):
        cut = _PaddedCut(inputs["x"], self.every)
        stretches = {"inputs": cut.inputs(inputs), "states": saved}
        if d_outputs is not None:
            stretches["d_outputs"] = cut.stretches(d_outputs)
        dx, d_states, d_weights = _backward(
            self.sequence, stretches, d_states, self._run_again
        )
        return cut.mended(dx), d_states, d_weights

    def _run_again(self, stretch):
        states = stretch["states"]
        *_, saved = self.sequence.forward(stretch["inputs"], states)
        return {"first": self.sequence.kept(states), "saved": saved}


def _backward(sequence, stretches, d_states, way):
    """From the last stretch to the first; `way` tells what is saved of one."""

    def step(sums, stretch):
        d_states, d_weights = sums[:count], sums[count:]
        saved = way(stretch)
        dx, d_states, of_stretch = sequence.backward(
            stretch["inputs"],
            saved["first"],
            saved["saved"],
            stretch.get("d_outputs"),
            d_states,
        )
        sums = (a + b for a, b in zip(d_weights, of_stretch, strict=True))
        return (*d_states, *sums), dx

    count = len(d_states)
    zeros = (ops.zeros_like(v) for v in sequence.weights())
    sums, dx = loop.time_loop(
        step, (*d_states, *zeros), stretches, reverse=True
    )
    return dx, sums[:count], sums[count:]


def stretch_length(time):
    """The longest good length that divides the time, or None."""
    time = _number(time)
    if time is None or time <= SHORT:
        return None
    lengths = range(LONGEST, SHORTEST - 1, -1)
    return next((k for k in lengths if time % k == 0), None)


def _number(time):
    """The time, or None where it is unknown: JAX exports it as a symbol."""
    return time if isinstance(time, int) else None


class _PaddedCut:
    """Cuts `(time, ...)` into stretches `(stretches, k, ...)`, and back."""

    def __init__(self, x, every):
        time = _number(x.shape[0])
        if every == "auto":
            every = EVERY_OF_UNKNOWN_TIME if time is None else math.isqrt(time)
        self.k = every if time is None else max(1, min(every, time))
        self.time = ops.shape(x)[0]
        self.added = -self.time % self.k
        self.fits = time is not None and self.added == 0

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
