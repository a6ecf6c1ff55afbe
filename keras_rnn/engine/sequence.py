# SPDX-License-Identifier: Apache-2.0
"""A cell over a stretch of time, forward and back.

All tensors over time are time-major here: `(time, batch, ...)`.
"""

import functools
from types import SimpleNamespace

from keras import ops

from keras_rnn.engine import backend
from keras_rnn.engine.activations import Activate
from keras_rnn.engine.cells.products import SUMS, dot, seen_through


class Sequence:
    """The equations of a cell with their weights, ready to run over time.

    Args:
        cell: What `RecurrentCell.equations` returns.
        pre_activations: `FromInputs` or `FromInputPart`.
        extras: Dict, name of an extra weight -> tensor.
        recurrent_mask: The recurrent dropout `(batch, width)`, or None.
        return_sequences: Whether the outputs of all steps are wanted.
    """

    def __init__(
        self, cell, pre_activations, extras, recurrent_mask, return_sequences
    ):
        self.cell = cell
        self.pre_activations = pre_activations
        self.extras = extras
        self.return_sequences = return_sequences
        self.seen = seen_through(recurrent_mask)
        self.w = SimpleNamespace(
            **extras,
            dot=dot,
            dot_t=lambda d, matrix: dot(d, ops.transpose(matrix)),
            seen=self.seen,
        )
        self.act = Activate(cell.activation_functions())

    def weights(self):
        """All weights, in the order of their gradients."""
        return (*self.pre_activations.weights, *self.extras.values())

    def forward(self, inputs, states):
        """Runs from the first step to the last.

        Args:
            inputs: Dict with `x`, which the pre-activations are made of,
                `(time, batch, ...)`, and, if there is one, `mask`
                `(time, batch, 1)`, 0 where a step keeps the states.
            states: Tuple of the states before the first step.

        Returns:
            The first state at all steps (None unless wanted), the states
            after the last step, and what `backward` needs of the way.
        """
        states, saved = backend.time_loop(self._step, states, inputs)
        first = self.cell.states[0]
        outputs = saved["states"][first] if self.return_sequences else None
        return outputs, states, saved

    def _step(self, states, inputs):
        h_seen = self.seen(states[0])
        z = self.pre_activations.at(h_seen, inputs["x"])
        new_states, partials = self.cell.step(
            _named(self.cell.z_names, z), states, self.w, self.act
        )
        if "mask" in inputs:
            new_states = tuple(
                ops.where(inputs["mask"] > 0, new, old)
                for new, old in zip(new_states, states, strict=True)
            )
        saved = {"states": self._kept(new_states), "partials": partials}
        return tuple(new_states), saved

    def _kept(self, states):
        """Those of the states that the gradient of the weights reads."""
        by_name = dict(zip(self.cell.states, states, strict=True))
        names = (self.cell.states[0], *self.cell.kept_states)
        return {name: by_name[name] for name in names}

    def backward(self, inputs, states, saved, d_outputs, d_states):
        """Backpropagation through time, from the last step to the first.

        Args:
            inputs: As `forward` got them.
            states: Tuple of the states before the first step.
            saved: What `forward` returned.
            d_outputs: Gradient of the outputs, None if they are not wanted.
            d_states: Tuple of the gradients of the last states.

        Returns:
            The gradients of `x`, of the states before the first step, and of
            all `weights`, a tuple.
        """
        back = {"partials": saved["partials"]}
        if d_outputs is not None:
            back["d_output"] = d_outputs
        if "mask" in inputs:
            back["mask"] = inputs["mask"]
        # Not kept on self, which all graphs of one program share.
        R_transposed = ops.transpose(self.pre_activations.recurrent_kernel)
        d_states, errors = backend.time_loop(
            functools.partial(self._reverse_step, R_transposed),
            tuple(d_states),
            back,
            reverse=True,
        )
        first = self._kept(states)
        before = SimpleNamespace(
            **{
                name: ops.concatenate([first[name][None], v[:-1]])
                for name, v in saved["states"].items()
            }
        )
        h_before = self.seen(getattr(before, self.cell.states[0]))
        dx, d_weights = self.pre_activations.gradients(
            h_before, inputs["x"], errors["z"]
        )
        d_extras = self._extra_gradients(saved, before, errors)
        return dx, d_states, (*d_weights, *d_extras)

    def _reverse_step(self, R_transposed, d_states, inputs):
        if "d_output" in inputs:
            d_states = (d_states[0] + inputs["d_output"], *d_states[1:])
        if "mask" in inputs:
            mask = inputs["mask"]
            passed_by = [d * (1 - mask) for d in d_states]
            d_states = tuple(d * mask for d in d_states)
        partials = inputs["partials"]
        errors, d_before = self.cell.step_gradient(
            d_states, SimpleNamespace(**partials), self.w
        )
        dz = _joined([errors[k] * partials[k] for k in self.cell.z_names])
        d_seen = ops.matmul(dz, R_transposed)
        d_before = (self.seen(d_seen) + d_before[0], *d_before[1:])
        if "mask" in inputs:
            d_before = tuple(
                a + b for a, b in zip(d_before, passed_by, strict=True)
            )
        return d_before, {"z": dz, **{k: errors[k] for k in self.cell.signals}}

    def _extra_gradients(self, saved, before, errors):
        if not self.extras:
            return ()
        dz = _named(self.cell.z_names, errors["z"])
        for name in self.cell.signals:
            setattr(dz, name, errors[name])
        after = SimpleNamespace(**saved["partials"], **saved["states"])
        gradients = self.cell.weight_gradient(dz, before, after, self.w, SUMS)
        return tuple(gradients[name] for name in self.extras)


def _joined(parts):
    return parts[0] if len(parts) == 1 else ops.concatenate(parts, axis=-1)


def _named(names, tensor):
    """Equal columns of `tensor` by name."""
    parts = ops.split(tensor, len(names), axis=-1) if names[1:] else [tensor]
    return SimpleNamespace(**dict(zip(names, parts, strict=True)))
