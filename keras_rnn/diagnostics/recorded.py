# SPDX-License-Identifier: Apache-2.0
"""What each recurrent layer of a model reads, and its states at all steps."""

import functools
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_rnn._types import Array, Tensor, Tensors
from keras_rnn.diagnostics.visiting import Reading, run_visiting
from keras_rnn.engine import RecurrentCell, backend
from keras_rnn.layers import OUR_CELLS, our_cell


@dataclass(frozen=True, eq=False)
class Recorded:
    """One pass of a recurrent layer over a batch.

    Attributes:
        name: Name of the layer in the model.
        layer: The layer, one direction of it if it is bidirectional.
        sequences: Tensor `(batch, time, features)`, in the order in which the
            layer reads.
        mask: Boolean array `(batch, time)` in that order.
        initial_state: Tensors `(batch, width)`.
        outputs: All tensors that it returned.
    """

    name: str
    layer: Any
    sequences: Tensor
    mask: Array
    initial_state: list[Tensor]
    outputs: list[Tensor]

    @functools.cached_property
    def known_cell(self) -> RecurrentCell | None:
        """The cell, or that of this package with the weights of Keras's.

        None if it is a cell of neither, whose equations cannot be read.
        """
        cell = self.layer.cell
        if type(cell) in OUR_CELLS:
            return our_cell(cell)
        return cell if isinstance(cell, RecurrentCell) else None

    @property
    def direction(self) -> str:
        """`"forward"` or `"backward"`."""
        return "backward" if self.layer.go_backwards else "forward"

    @property
    def times(self) -> Array:
        """The step of the sequence that is read first, second ..."""
        steps = np.arange(self.mask.shape[1])
        return steps[::-1] if self.layer.go_backwards else steps

    @property
    def state_names(self) -> tuple[str, ...]:
        """Names of the states: those of the cell, or h and c of Keras's."""
        cell = self.layer.cell
        return getattr(cell, "states", ("h", "c")[: len(self.initial_state)])

    def as_one_batch(
        self, cell: RecurrentCell, states: list[Array]
    ) -> tuple[Tensor, Tensors]:
        """All steps of all sequences, one after the other.

        Args:
            cell: The known cell.
            states: What `states` returns.

        Returns:
            The inputs as the cell transforms them, `(batch · time, features)`,
            and the states before each step, `(batch · time, width)` each.
        """
        rows = self.mask.size
        x = cell.transform_inputs(self.sequences)
        return ops.reshape(x, (rows, x.shape[-1])), tuple(
            ops.convert_to_tensor(v[:, :-1].reshape(rows, -1)) for v in states
        )

    def first(self, samples: int) -> "Recorded":
        """The record of the first sequences of the batch alone."""
        return replace(
            self,
            sequences=self.sequences[:samples],
            mask=self.mask[:samples],
            initial_state=[v[:samples] for v in self.initial_state],
        )

    def states(self) -> list[Array]:
        """The states before the first step and after each.

        Returns:
            An array `(batch, 1 + time, width)` per state. A masked step keeps
            them.
        """

        def advanced(x: Tensor, valid: Tensor, *before: Tensor) -> list[Tensor]:
            _, after = self.layer.cell(x, list(before))
            return [
                ops.where(valid, new, old)
                for new, old in zip(
                    keras.tree.flatten(after), before, strict=True
                )
            ]

        advance = backend.compiled_on_jax(advanced)
        states = [self.initial_state]
        for step in range(self.mask.shape[1]):
            valid = ops.convert_to_tensor(self.mask[:, step, None])
            states.append(advance(self.sequences[:, step], valid, *states[-1]))
        return [
            np.stack([ops.convert_to_numpy(v) for v in over_time], axis=1)
            for over_time in zip(*states, strict=True)
        ]


def recorded(model: keras.Model, x: Any) -> list[Recorded]:
    """Runs a model once, and records what its recurrent layers read.

    Layers that a layer around them runs in a loop of its own, such as those of
    a decoder or of `Dilated`, and `StackedRNNCells` are left out, with a
    warning.

    Args:
        model: A functional or sequential `keras.Model`.
        x: Arrays, as the model takes them.

    Returns:
        List of `Recorded`, in the order of the model. A bidirectional layer
        gives two.

    Raises:
        TypeError: If `model` is no such model.
        ValueError: If it has no recurrent layer that can be recorded.
    """
    found: list[Recorded] = []

    def record(reading: Reading, outputs: Any) -> Any:
        found.append(_recorded(reading, outputs))
        return outputs

    with keras.StatelessScope():  # stateful layers keep the states they have
        run_visiting(model, x, record)
    if not found:
        raise ValueError(
            "The model must have a recurrent layer in its graph. Received: "
            f"{model.name!r} with the layers "
            f"{[layer.name for layer in model.layers]}. Use a model of "
            "many_to_one or many_to_many."
        )
    return found


def _recorded(reading: Reading, outputs: Any) -> Recorded:
    layer, sequences = reading.layer, reading.sequences
    batch, time, _ = sequences.shape
    valid = np.ones((batch, time), bool)
    if reading.mask is not None:
        valid = ops.convert_to_numpy(reading.mask).astype(bool)
    states = reading.initial_state
    if states is None:
        states = layer.get_initial_state(batch_size=batch)
    sequences = ops.cast(sequences, layer.compute_dtype)
    if layer.go_backwards:
        sequences, valid = ops.flip(sequences, axis=1), valid[:, ::-1]
    # What is masked may be no number at all.
    sequences = ops.where(valid[:, :, None], sequences, 0)
    return Recorded(
        reading.name,
        layer,
        sequences,
        valid,
        list(states),
        keras.tree.flatten(outputs),
    )
