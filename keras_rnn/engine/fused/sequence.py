# SPDX-License-Identifier: Apache-2.0
"""A cell over a stretch of time, forward and back.

All tensors over time are time-major here: `(time, batch, ...)`.
"""

import functools
from types import SimpleNamespace
from typing import Any, TypeAlias

from keras import ops

from keras_rnn._types import Tensor, Tensors
from keras_rnn.engine import backend
from keras_rnn.engine.batch import carried, gradient_of_carried
from keras_rnn.engine.cells.contract import CellContract
from keras_rnn.engine.cells.products import SUMS, side_by_side
from keras_rnn.engine.one_step import OneStep
from keras_rnn.engine.pre_activations import (
    OF_H,
    OF_X,
    adjusts,
)

# `x`, which the pre-activations are made of, and by name the `columns` of x
# that the cell reads itself and the `masks` of each step.
Inputs: TypeAlias = dict[str, Any]


class Sequence:
    """The equations of a cell with their weights, ready to run over time.

    Args:
        one_step: One step of the cell, with slopes.
        return_sequences: Whether to return the outputs of all steps.
    """

    def __init__(self, one_step: OneStep, return_sequences: bool) -> None:
        self.one_step = one_step
        self.cell: CellContract = one_step.cell
        self.return_sequences = return_sequences
        # What R saw is not among the states if the cell adjusts them first.
        self.adjusts: bool = adjusts(self.cell)

    def weights(self) -> Tensors:
        """All weights, in the order of their gradients."""
        one_step = self.one_step
        return (*one_step.pre_activations.weights, *one_step.extras.values())

    def forward(
        self, inputs: Inputs, states: Tensors
    ) -> tuple[Tensor | None, Tensors, dict[str, Any]]:
        """Runs from the first step to the last.

        Args:
            inputs: What each step reads; masks are 0 where a step keeps the
                states.
            states: Tuple of the states before the first step.

        Returns:
            The first state at all steps (None without `return_sequences`),
            the states after the last step, and what `backward` reads: the
            kept states and the partials of all steps.
        """
        states, saved = backend.time_loop(self._step, states, inputs)
        first = self.cell.states[0]
        outputs = saved["states"][first] if self.return_sequences else None
        return outputs, states, saved

    def _step(self, states, inputs):
        new, partials, seen = self.one_step(
            states, inputs["x"], inputs["columns"]
        )
        after = carried(new, states, self.cell.states, inputs["masks"])
        saved = {"states": self._kept(after), "partials": partials}
        if self._zones_out(inputs):
            saved["new states"] = self._kept(new)
        if self.adjusts and seen is not None:
            saved["seen"] = seen
        return after, saved

    def _zones_out(self, inputs: Inputs) -> bool:
        # Where only a mask keeps states, the step has no gradient.
        return any(name != "mask" for name in inputs["masks"])

    def _kept(self, states):
        """The states that the gradient of the weights reads, by name."""
        by_name = dict(zip(self.cell.states, states, strict=True))
        cell = self.cell
        names = (cell.states[0], *cell.states_of_R, *cell.kept_states)
        return {name: by_name[name] for name in names}

    def backward(
        self,
        inputs: Inputs,
        states: Tensors,
        saved: dict[str, Any],
        d_outputs: Tensor | None,
        d_states: Tensors,
    ) -> tuple[dict[str, Tensor], Tensors, Tensors]:
        """Backpropagation through time, from the last step to the first.

        Args:
            inputs: The inputs that `forward` got.
            states: Tuple of the states before the first step.
            saved: The last of what `forward` returned.
            d_outputs: Gradient of the outputs, None without
                `return_sequences`.
            d_states: Tuple of the gradients of the last states.

        Returns:
            The gradients of `x` and of the columns by name, a tuple of those
            of the states before the first step, and a tuple of those of all
            `weights`.
        """
        back = {"partials": saved["partials"], "masks": inputs["masks"]}
        if d_outputs is not None:
            back["d_output"] = d_outputs
        elif not (saved["partials"] or inputs["masks"]):
            back["x"] = inputs["x"]  # which alone tells the number of steps
        d_states, errors = backend.time_loop(
            functools.partial(
                self._reverse_step,
                self._back_through_R() if self.cell.z_of_h else None,
            ),
            tuple(d_states),
            back,
            reverse=True,
        )
        first = self._kept(states)
        before = {
            name: ops.concatenate([first[name][None], v[:-1]])
            for name, v in saved["states"].items()
        }
        seen = saved.get("seen")
        if not self.adjusts:
            seen = self.one_step.seen_by_R(before)
        dx, d_weights = self.one_step.pre_activations.gradients(
            seen, inputs["x"], errors
        )
        d_extras, d_columns = self._other_gradients(
            inputs, saved, before, errors
        )
        return {"x": dx, **d_columns}, d_states, (*d_weights, *d_extras)

    def _back_through_R(self):
        """The function dz -> gradients by name of the states that R sees."""
        # It must not be kept on self, which all graphs of a program share.
        cell = self.cell
        widths = [cell.state_width(name) for name in cell.states_of_R]
        ends = [sum(widths[:k]) for k in range(1, len(widths))]
        R = self.one_step.pre_activations.recurrent_kernel
        transposed = cell.recurrent_form.transposed(R, sum(widths))

        def back(dz):
            d_seen = self.one_step.seen(transposed(dz))
            parts = ops.split(d_seen, ends, axis=-1) if ends else [d_seen]
            return dict(zip(cell.states_of_R, parts, strict=True))

        return back

    def _reverse_step(self, back_through_R, d_states, inputs):
        cell, w, z = self.cell, self.one_step.w, self.one_step.pre_activations
        if "d_output" in inputs:
            d_states = (d_states[0] + inputs["d_output"], *d_states[1:])
        d_new, with_old = gradient_of_carried(
            d_states, cell.states, inputs["masks"]
        )
        partials = inputs["partials"]
        named = SimpleNamespace(**partials)
        errors, d_before = cell.step_gradient(d_new, named, w)
        dz, kept = _times_partials(errors, partials), {}
        if cell.z_of_h:
            kept[OF_H] = side_by_side([dz[name] for name in cell.z_of_h])
            along_R = back_through_R(kept[OF_H])
            d_before = tuple(
                along_R[name] + d if name in along_R else d
                for name, d in zip(cell.states, d_before, strict=True)
            )
        if self.adjusts:
            errors, d_before = cell.adjust_gradient(d_before, named, w)
            dz |= _times_partials(errors, partials)
        if z.of_x_alone:
            kept[OF_X] = side_by_side([dz[name] for name in z.of_x_alone])
        # A cell may write 0 for a state whose only path is R.
        d_before = tuple(
            d if ops.is_tensor(d) else ops.zeros_like(like)
            for d, like in zip(d_before, d_states, strict=True)
        )
        kept |= {name: dz[name] for name in cell.signals}
        return with_old(d_before), kept

    def _other_gradients(self, inputs, saved, before, errors):
        """The gradients of the extra weights, and of the columns by name."""
        one_step, columns = self.one_step, inputs["columns"]
        if not (one_step.extras or columns):
            return (), {}
        dz = one_step.pre_activations.by_name(errors)
        dz |= {name: errors[name] for name in self.cell.signals}
        dz = SimpleNamespace(**dz, **columns)
        new_states = saved.get("new states", saved["states"])
        after = SimpleNamespace(**saved["partials"], **new_states)
        before = SimpleNamespace(**before)
        gradients = self.cell.weight_gradient(
            dz, before, after, one_step.w, SUMS
        )
        d_columns = self.cell.columns_gradient(dz, one_step.w)
        return (
            tuple(gradients[name] for name in one_step.extras),
            {name: d_columns[name] for name in columns},
        )


def _times_partials(errors, partials):
    """The gradients dz; an error without a partial is one already."""
    return {
        name: error * partials[name] if name in partials else error
        for name, error in errors.items()
    }
