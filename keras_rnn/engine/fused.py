# SPDX-License-Identifier: Apache-2.0
"""The fused engine: a whole sequence forward, its gradient derived by hand.

Forward, each step stores what the chain rule will need, already multiplied
out (the partials). Backward, a reverse step is a few products and one matrix
product; the gradients of all weights follow after the loop as single matrix
products over batch × time (Werbos 1990, Backpropagation through time).
"""

import functools
from types import SimpleNamespace

from keras import ops

from keras_rnn.engine import loop
from keras_rnn.engine.activations import Activate
from keras_rnn.engine.products import SUMS, dot, flat, outer, total


def run(cell, sequences, initial_states, mask=None, recurrent_mask=None):
    """Runs a built cell over sequences.

    Args:
        cell: A `RecurrentCell` with a `step_gradient`.
        sequences: Tensor `(batch, time, features)`.
        initial_states: Tensors `(batch, width)`, one per state of the cell.
        mask: Optional boolean tensor `(batch, time)`; where it is False a
            step keeps the states.
        recurrent_mask: Optional tensor `(batch, width)`, the recurrent
            dropout: what the recurrent kernel sees is multiplied by it.

    Returns:
        The first state at all steps `(batch, time, width)`, and the tuple of
        states after the last step.
    """
    dtype = sequences.dtype
    extras = cell.extra_weights()
    options = {"mask": mask, "recurrent_mask": recurrent_mask}
    options = {k: v for k, v in options.items() if v is not None}
    function = _sequence_function(
        cell.equations(), tuple(extras), tuple(options)
    )
    weights = [
        loop.as_tensor(v, dtype) for v in (*cell.z_weights(), *extras.values())
    ]
    batch = [
        loop.as_tensor(v, dtype)
        for v in (sequences, *initial_states, *options.values())
    ]
    parts = [
        function(*part, *weights)
        for part in loop.batch_slices(batch, cell.units)
    ]
    outputs, *states = (
        ops.concatenate(v) if v[1:] else v[0] for v in zip(*parts, strict=True)
    )
    return outputs, tuple(states)


@functools.lru_cache(maxsize=128)
def _sequence_function(cell, extras, options):
    """One function, compiled once, for all cells with the same equations."""

    def function(x, *tensors):
        return _Sequence(cell, extras, options, x, tensors).run()

    return loop.compiled(loop.with_gradient(function))


class _Sequence:
    """The forward pass of one batch, and the gradient that belongs to it.

    All tensors over time are time-major inside: `(time, batch, ...)`.
    """

    def __init__(self, cell, extras, options, x, tensors):
        self.cell = cell
        tensors = iter(tensors)
        self.initial_states = tuple(next(tensors) for _ in cell.states)
        self.options = {name: next(tensors) for name in options}
        self.kernel, self.recurrent_kernel, self.bias = (
            next(tensors) for _ in range(3)
        )
        # One product [h, x] · [R; W] a step: faster than adding x W, made for
        # all steps beforehand, at every size measured.
        self.both_kernels = ops.concatenate(
            [self.recurrent_kernel, self.kernel]
        )
        self.extras = {name: next(tensors) for name in extras}
        self.w = SimpleNamespace(
            **self.extras,
            dot=dot,
            dot_t=lambda d, matrix: dot(d, ops.transpose(matrix)),
        )
        self.act = Activate(cell.activation_functions())
        self.x = _time_major(x)
        mask = self.options.get("mask")
        self.mask = () if mask is None else (ops.transpose(mask)[:, :, None],)
        self.kept = [
            k
            for k, name in enumerate(cell.states)
            if k == 0 or name in cell.kept_states
        ]

    def run(self):
        states, (kept, partials) = loop.time_loop(
            self._step, self.initial_states, (self.x, *self.mask), num_outputs=2
        )
        width = self.initial_states[0].shape[-1]
        outputs = _time_major(kept[..., :width])

        def gradient(d_outputs, *d_states):
            return self._gradient(kept, partials, d_outputs, d_states)

        return (outputs, *states), gradient

    def _step(self, states, inputs):
        x, *mask = inputs
        h = self._seen_by_recurrent_kernel(states[0])
        hx = ops.concatenate([h, x], axis=-1)
        z = ops.matmul(hx, self.both_kernels) + self.bias
        new_states, partials = self.cell.step(
            _named(self.cell.z_names, z), states, self.w, self.act
        )
        if mask:
            new_states = [
                ops.where(mask[0] > 0, new, old)
                for new, old in zip(new_states, states, strict=True)
            ]
        of_z = self.cell.z_names
        names = of_z + tuple(name for name in partials if name not in of_z)
        # Noted for the way back: which columns hold which partial.
        self.partials = {name: partials[name].shape[-1] for name in names}
        return tuple(new_states), (
            _joined([new_states[k] for k in self.kept]),
            _joined([partials[name] for name in names]),
        )

    def _seen_by_recurrent_kernel(self, h):
        dropout = self.options.get("recurrent_mask")
        return h if dropout is None else h * dropout

    def _reverse_step(self, d_states, inputs):
        d_output, partials, *mask = inputs
        d_states = (d_states[0] + d_output, *d_states[1:])
        if mask:
            passed_by = [d * (1 - mask[0]) for d in d_states]
            d_states = tuple(d * mask[0] for d in d_states)
        named = self._named_partials(partials)
        errors, d_before = self.cell.step_gradient(d_states, named, self.w)
        dz = _joined([errors[name] for name in self.cell.z_names])
        dz = dz * partials[:, : dz.shape[-1]]
        back = ops.matmul(dz, self.recurrent_kernel_transposed)
        back = self._seen_by_recurrent_kernel(back)
        d_before = (back + d_before[0], *d_before[1:])
        if mask:
            d_before = tuple(
                a + b for a, b in zip(d_before, passed_by, strict=True)
            )
        return d_before, (dz, *(errors[name] for name in self.cell.signals))

    def _gradient(self, kept, partials, d_outputs, d_states):
        self.recurrent_kernel_transposed = ops.transpose(self.recurrent_kernel)
        d_initial, (dz, *signals) = loop.time_loop(
            self._reverse_step,
            tuple(d_states),
            (_time_major(d_outputs), partials, *self.mask),
            num_outputs=1 + len(self.cell.signals),
            reverse=True,
        )
        first = _joined([self.initial_states[k] for k in self.kept])
        before = self._named_states(ops.concatenate([first[None], kept[:-1]]))
        h_before = self._seen_by_recurrent_kernel(
            getattr(before, self.cell.states[0])
        )
        d_weights = (
            outer(self.x, dz),
            outer(h_before, dz),
            total(dz),
            *self._extra_gradients(kept, partials, before, dz, signals),
        )
        dx = ops.matmul(flat(dz), ops.transpose(self.kernel))
        dx = _time_major(ops.reshape(dx, ops.shape(self.x)))
        d_options = (ops.zeros_like(v) for v in self.options.values())
        return (dx, *d_initial, *d_options, *d_weights)

    def _extra_gradients(self, kept, partials, before, dz, signals):
        if not self.extras:
            return ()
        named_dz = SimpleNamespace(
            **vars(_named(self.cell.z_names, dz)),
            **dict(zip(self.cell.signals, signals, strict=True)),
        )
        after = SimpleNamespace(
            **vars(self._named_partials(partials)),
            **vars(self._named_states(kept)),
        )
        gradients = self.cell.weight_gradient(
            named_dz, before, after, self.w, SUMS
        )
        return (gradients[name] for name in self.extras)

    def _named_partials(self, tensor):
        return _named_columns(self.partials, tensor)

    def _named_states(self, tensor):
        widths = {
            self.cell.states[k]: self.initial_states[k].shape[-1]
            for k in self.kept
        }
        return _named_columns(widths, tensor)


def _time_major(v):
    """Swaps batch and time, either way."""
    return ops.transpose(v, (1, 0, 2))


def _joined(parts):
    return parts[0] if len(parts) == 1 else ops.concatenate(parts, axis=-1)


def _named(names, tensor):
    """Equal columns of `tensor` by name."""
    parts = ops.split(tensor, len(names), axis=-1) if names[1:] else [tensor]
    return SimpleNamespace(**dict(zip(names, parts, strict=True)))


def _named_columns(widths, tensor):
    """Columns of `tensor` by name; `widths` tells how many each name has."""
    ends, end = [], 0
    for width in list(widths.values())[:-1]:
        end += width
        ends.append(end)
    parts = ops.split(tensor, ends, axis=-1) if ends else [tensor]
    return SimpleNamespace(**dict(zip(widths, parts, strict=True)))
