# SPDX-License-Identifier: Apache-2.0
"""What is drawn in training: dropout of inputs, states and weights, zoneout.

Zoneout (Krueger et al. 2017): each unit of a state keeps its old value with
probability p, drawn anew at each step. In inference the state is
p · old + (1 − p) · new. Dropout of weights (DropConnect, Merity et al. 2018)
draws which weights of R a sequence does without.
"""

import contextlib
from collections.abc import Iterator
from typing import Any, TypeAlias

import keras
import numpy as np
from keras import ops

# RNN and StackedRNNCells draw one dropout mask per sequence only for cells of
# this class, which keras does not export.
from keras.src.layers.rnn.dropout_rnn_cell import DropoutRNNCell

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.engine.cells.contract import CellContract

#: The argument `zoneout`: a probability by name of a state, or one of all.
Zoneout: TypeAlias = dict[str, float] | float | None


def checked_zoneout(zoneout: Any, states: tuple[str, ...]) -> Zoneout:
    """The argument `zoneout`.

    Args:
        zoneout: The argument.
        states: Names of the states of the cell.

    Raises:
        ValueError: If it names no state, or a probability is not in [0, 1].
    """
    if not isinstance(zoneout, dict):
        return (
            None if zoneout is None else validate.fraction("zoneout", zoneout)
        )
    unknown = [name for name in zoneout if name not in states]
    if unknown:
        raise ValueError(
            "`zoneout` must name states of the cell, "
            f"{', '.join(map(repr, states))}. "
            f"{validate.received('zoneout', zoneout)} "
            f"Leave out {unknown[0]!r}."
        )
    return {
        name: validate.fraction(f"zoneout[{name!r}]", p)
        for name, p in zoneout.items()
    }


class RandomMasks(CellContract, DropoutRNNCell):
    """What a cell draws, in a layer at each step, in an RNN per sequence."""

    dropout: float
    recurrent_dropout: float
    recurrent_weight_dropout: float
    zoneout: Zoneout
    seed_generator: keras.random.SeedGenerator | None

    #: Whether zoneout draws once per sequence; a layer draws at each step.
    draws_per_sequence: bool = True

    # The masks of zoneout, and R without weights, which hold for a sequence.
    _keep: dict[str, Tensor] | None = None
    _R_of_sequence: Tensor | None = None

    def refuse_dropout_without_R(self) -> None:
        """Raises a ValueError if there is nothing that could be dropped."""
        for name in ("recurrent_dropout", "recurrent_weight_dropout"):
            rate = getattr(self, name)
            if rate and not self.z_of_h:
                raise ValueError(
                    f"{type(self).__name__} has no recurrent kernel, which "
                    f"`{name}` acts on. Received: {name}={rate}. "
                    "Take `dropout` or `zoneout`."
                )

    @contextlib.contextmanager
    def dropping_weights(self, training: bool) -> Iterator[None]:
        """While it lasts, `R` is without the weights that training drops."""
        if training and self.recurrent_weight_dropout:
            of_sequence = self._R_of_sequence
            self._dropped_R = (
                self._drop_weights() if of_sequence is None else of_sequence
            )
        try:
            yield
        finally:
            self._dropped_R = None

    def _drop_weights(self):
        return keras.random.dropout(
            ops.convert_to_tensor(self.recurrent_kernel),
            self.recurrent_weight_dropout,
            seed=self.seed_generator,
        )

    def keep_masks(
        self, rows: Any, *time: Any, training: bool
    ) -> dict[str, Tensor]:
        """The share of each state that zoneout keeps, by name of the state.

        Args:
            rows: Size of the batch.
            *time: Number of steps, if each has a mask of its own.
            training: Whether to draw 0 and 1, `(batch[, time], width)`.
                Otherwise the share is p, `(batch[, time], 1)`.
        """
        named, dtype = self.zoneout or {}, self.compute_dtype
        if not isinstance(named, dict):
            named = dict.fromkeys(self.states, named)
        if not training:
            return {
                name: ops.full((rows, *time, 1), p, dtype)
                for name, p in named.items()
            }
        return {
            name: ops.cast(
                keras.random.uniform(
                    (rows, *time, self.state_width(name)),
                    seed=self.seed_generator,
                )
                < p,
                dtype,
            )
            for name, p in named.items()
        }

    def keep_of_sequence(
        self, state: Tensor, training: bool
    ) -> dict[str, Tensor]:
        """The masks of zoneout for one step of a sequence in an RNN.

        Args:
            state: A state, `(batch, width)`.
            training: As in `keep_masks`.
        """
        if training and self._keep is not None:
            return self._keep
        return self.keep_masks(ops.shape(state)[0], training=training)

    def get_dropout_mask(self, step_input: Tensor) -> Tensor | None:
        """The dropout of the inputs of a sequence, one mask for all its steps.

        It drops what W sees, and leaves the columns that the cell reads itself.

        Args:
            step_input: The inputs of a step before `transform_inputs`.
        """
        width = self.num_transformed(step_input.shape[-1])
        own = self.own_columns(width).values()
        if not (own and self.dropout):
            return super().get_dropout_mask(step_input)
        seen = np.ones(width, bool)
        for columns in own:
            seen[columns] = False
        rows = ops.shape(step_input)[0]
        mask = super().get_dropout_mask(
            ops.ones((rows, width), self.compute_dtype)
        )
        return ops.where(seen, mask, 1)

    def get_recurrent_dropout_mask(self, step_input: Tensor) -> Tensor | None:
        """The recurrent dropout of a sequence, one mask for all its steps.

        `keras.layers.RNN` asks for it before its loop, where the other masks
        are drawn as well.
        """
        rows = ops.shape(step_input)[0]
        if self.zoneout and self.draws_per_sequence and self._keep is None:
            self._keep = self.keep_masks(rows, training=True)
        if self.recurrent_weight_dropout and self.draws_per_sequence:
            self._R_of_sequence = self._drop_weights()
        if not self.recurrent_dropout:
            return None
        widths = map(self.state_width, self.states_of_R)
        seen = ops.ones((rows, sum(widths)), self.compute_dtype)
        return super().get_recurrent_dropout_mask(seen)

    def reset_recurrent_dropout_mask(self) -> None:
        """Forgets the masks of a sequence."""
        super().reset_recurrent_dropout_mask()
        self._keep = self._R_of_sequence = None
