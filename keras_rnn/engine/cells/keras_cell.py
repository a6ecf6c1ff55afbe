# SPDX-License-Identifier: Apache-2.0
"""RecurrentCell: a cell as a Keras layer, with arguments and weights."""

import inspect
from collections.abc import Callable
from typing import Any, ClassVar

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import (
    Activation,
    Constraint,
    Initializer,
    Regularizer,
    Tensor,
    Tensors,
)
from keras_rnn.engine.batch import carried
from keras_rnn.engine.cells import arguments
from keras_rnn.engine.cells.equations import Recurrence, makes_equations
from keras_rnn.engine.cells.random_masks import (
    Zoneout,
    checked_zoneout,
)
from keras_rnn.engine.cells.weights import CellWeights
from keras_rnn.engine.one_step import plain_step, split_columns


class RecurrentCell(CellWeights, keras.layers.Layer):
    """Base of all cells: arguments, weights, dropout, config and one step.

    A subclass names its `gates` and `states` and writes `step`; with
    `step_gradient` too it runs on the fused engine. `PeepholeLSTMCell` is an
    example.

    Args:
        units: Positive integer, the width of the hidden state.
        activation: Activation φ.
        use_bias: Whether to add a bias to the pre-activations.
        kernel_initializer: Initializer of the kernel W,
            `(features, gates × units)`.
        recurrent_initializer: Initializer of the recurrent kernel R.
        bias_initializer: Initializer of the bias b.
        kernel_regularizer: Regularizer of W.
        recurrent_regularizer: Regularizer of R.
        bias_regularizer: Regularizer of b.
        kernel_constraint: Constraint on W.
        recurrent_constraint: Constraint on R.
        bias_constraint: Constraint on b.
        dropout: Fraction of the inputs to drop, one mask per sequence.
        recurrent_dropout: Fraction of the recurrent state to drop before its
            product with R, one mask per sequence.
        recurrent_weight_dropout: Fraction of the weights in R to drop, the same
            for all sequences and steps of a call (DropConnect).
        zoneout: Probability that a unit of a state keeps its old value at a
            step, by name of the state, such as `{"h": 0.1, "c": 0.1}`; a
            number is that of all states. In inference the state is
            p · old + (1 − p) · new. A layer draws at each step; the cell in
            `keras.layers.RNN` draws once per sequence.
        seed: Seed of the dropout and zoneout masks, an integer from 0 to
            2³² − 1, or None.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and
            `dtype`.

    Raises:
        ValueError: If `units` is not a positive integer, a dropout rate or
            `zoneout` does not lie in [0, 1], or `zoneout` names no state.
    """

    activation: Callable[[Tensor], Tensor]
    seed: int | None
    __signature__: ClassVar[inspect.Signature]

    #: Arguments that the layer handles, so that no `step` may read them.
    of_layer: ClassVar[tuple[str, ...]] = (
        "dropout",
        "recurrent_dropout",
        "recurrent_weight_dropout",
        "zoneout",
        "seed",
    )

    def __init__(
        self,
        units: int,
        *,
        activation: Activation = "tanh",
        use_bias: bool = True,
        kernel_initializer: Initializer = "glorot_uniform",
        recurrent_initializer: Initializer = "orthogonal",
        bias_initializer: Initializer = "zeros",
        kernel_regularizer: Regularizer = None,
        recurrent_regularizer: Regularizer = None,
        bias_regularizer: Regularizer = None,
        kernel_constraint: Constraint = None,
        recurrent_constraint: Constraint = None,
        bias_constraint: Constraint = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        recurrent_weight_dropout: float = 0.0,
        zoneout: Zoneout = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        arguments.refuse_misspelt(type(self), kwargs)
        super().__init__(**kwargs)
        self.units: int = validate.positive_int("units", units)
        self.use_bias = validate.boolean("use_bias", use_bias)
        self.dropout = validate.fraction("dropout", dropout)
        self.recurrent_dropout = validate.fraction(
            "recurrent_dropout", recurrent_dropout
        )
        self.recurrent_weight_dropout = validate.fraction(
            "recurrent_weight_dropout", recurrent_weight_dropout
        )
        self.zoneout = checked_zoneout(zoneout, self.states)
        if seed is not None:
            seed = validate.random_seed("seed", seed)
        self.seed = seed
        self.seed_generator = None
        if not makes_equations():  # which hold no variable
            self.seed_generator = keras.random.SeedGenerator(seed)
        self.resolve_arguments(
            activation=activation,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
        )

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Registers a class for saving, and explains its arguments in help."""
        super().__init_subclass__(**kwargs)
        arguments.publish(
            cls,
            arguments.constructor_parameters(cls),
            reversed(cls.__mro__[1:]),
        )

    def resolve_arguments(self, **values: Any) -> None:
        """Sets attributes to the Keras objects that arguments name."""
        for name, value in values.items():
            setattr(self, name, arguments.resolve(name, value))

    def call(
        self, inputs: Tensor, states: Any, training: bool = False
    ) -> tuple[Tensor, Any]:
        """One step as `keras.layers.RNN` wants it, differentiated by autodiff.

        Args:
            inputs: Tensor `(batch, features)`.
            states: State tensor or list of them, each `(batch, width)`.
            training: Whether dropout acts.

        Returns:
            The output `(batch, output width)`, and the states after the step,
            a list if `states` is one.
        """
        nested = isinstance(states, (list, tuple))
        states = tuple(states) if nested else (states,)
        dropped = None
        if training and self.dropout:
            dropped = self.get_dropout_mask(inputs)
        inputs = self.transform_inputs(inputs)
        if dropped is not None:
            inputs = inputs * dropped
        recurrent_mask = None
        if training and self.recurrent_dropout:
            recurrent_mask = self.get_recurrent_dropout_mask(states[0])
        keep = self.keep_of_sequence(states[0], training)
        with self.dropping_weights(training):
            new_states = self.advance(inputs, states, recurrent_mask, keep)
        output = self.read_out(new_states[0])
        return output, list(new_states) if nested else new_states[0]

    def advance(
        self,
        x: Tensor,
        states: Tensors,
        recurrent_mask: Tensor | None = None,
        keep: dict[str, Tensor] | None = None,
    ) -> Tensors:
        """The states after one step, for autodiff to differentiate.

        Args:
            x: Tensor `(batch, features)`.
            states: Tuple of the states before the step.
            recurrent_mask: Optional tensor `(batch, width)`, the recurrent
                dropout, by which the states are multiplied before R.
            keep: Name of a state -> tensor `(batch, width or 1)`, the share of
                the old state that zoneout keeps.

        Returns:
            Tuple of the states after the step.
        """
        # The key of equations would be made anew at every step of an RNN.
        own = Recurrence(self, self.z_weights(), self.extra_weights())
        one_step = plain_step(own, recurrent_mask)
        new_states, *_ = one_step(states, *split_columns(self, x))
        masks = {f"keep {name}": v for name, v in (keep or {}).items()}
        return carried(new_states, states, self.states, masks)

    @property
    def state_size(self) -> int | list[int]:
        """Width of the state; a list if there are several states."""
        widths = [self.state_width(name) for name in self.states]
        return widths if widths[1:] else widths[0]

    @property
    def output_size(self) -> int:
        """Width of the output."""
        return self.state_width(self.states[0])

    def get_initial_state(self, batch_size: int | None = None) -> list[Tensor]:
        """Zeros, one tensor `(batch, width)` per state."""
        return [
            ops.zeros((batch_size, self.state_width(name)), self.compute_dtype)
            for name in self.states
        ]

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            **{
                name: arguments.serialize(name, getattr(self, name))
                for name in arguments.constructor_parameters(type(self))
            },
        }
