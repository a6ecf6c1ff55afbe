# SPDX-License-Identifier: Apache-2.0
"""RecurrentCell: a cell as a Keras layer: arguments, weights, one step."""

from types import SimpleNamespace

import keras
from keras import ops

# RNN and StackedRNNCells draw one dropout mask a sequence only for cells of
# this class; keras does not export it.
from keras.src.layers.rnn.dropout_rnn_cell import DropoutRNNCell

from keras_rnn import _validation as validate
from keras_rnn.engine.activations import Activate
from keras_rnn.engine.cells import arguments
from keras_rnn.engine.cells.contract import CellContract
from keras_rnn.engine.cells.products import dot, seen_through


class RecurrentCell(CellContract, keras.layers.Layer, DropoutRNNCell):
    """Base of all cells: weights, dropout, config, one step.

    A subclass names its `gates` and `states` and writes `step`; with
    `step_gradient` too it runs on the fused engine. See `PeepholeLSTMCell`
    for an example.

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
        recurrent_dropout: Fraction of the recurrent state to drop where R
            sees it, one mask per sequence.
        seed: Seed of the dropout masks.
        **kwargs: Arguments of `keras.layers.Layer` (`name`, `dtype` ...).

    Raises:
        ValueError: If `units` is not a positive integer or a dropout rate
            does not lie in [0, 1].
    """

    def __init__(
        self,
        units,
        *,
        activation="tanh",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        seed=None,
        **kwargs,
    ):
        arguments.refuse_misspelt(type(self), kwargs)
        super().__init__(**kwargs)
        self.units = validate.positive_int("units", units)
        self.use_bias = validate.boolean("use_bias", use_bias)
        self.dropout = validate.fraction("dropout", dropout)
        self.recurrent_dropout = validate.fraction(
            "recurrent_dropout", recurrent_dropout
        )
        if seed is not None:
            seed = validate.random_seed("seed", seed)
        self.seed = seed
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

    def __init_subclass__(cls, **kwargs):
        """Registers the class for saving; shows all arguments in help()."""
        super().__init_subclass__(**kwargs)
        if "cudnn_kernel" not in vars(cls):
            cls.cudnn_kernel = None  # a subclass may have other equations
        arguments.publish(cls, arguments.constructor_parameters(cls))

    def resolve_arguments(self, **values):
        """Sets attributes from arguments that name a Keras object."""
        for name, value in values.items():
            setattr(self, name, arguments.resolve(name, value))

    def build(self, input_shape):
        width = len(self.gates) * self.units
        self.kernel = self.add_named_weight(
            "kernel", (input_shape[-1], width), of="kernel"
        )
        self.recurrent_kernel = self.add_named_weight(
            "recurrent_kernel",
            (self.state_width(self.states[0]), width),
            of="recurrent",
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_named_weight(
                "bias",
                self.bias_shape(width),
                of="bias",
                initializer=self.initial_bias,
            )
        self.build_extra_weights()

    def add_named_weight(self, name, shape, of, initializer=None):
        """A weight with the arguments `{of}_initializer` and so on."""
        return self.add_weight(
            name=name,
            shape=shape,
            initializer=initializer or getattr(self, f"{of}_initializer"),
            regularizer=getattr(self, f"{of}_regularizer"),
            constraint=getattr(self, f"{of}_constraint"),
        )

    def bias_shape(self, width):
        """Shape of the bias of `width` columns."""
        return (width,)

    def initial_bias(self, shape, dtype=None):
        """Value of the bias of a new cell."""
        return self.bias_initializer(shape, dtype=dtype)

    def call(self, inputs, states, training=False):
        """One step as `keras.layers.RNN` wants it, differentiated by autodiff.

        Args:
            inputs: Tensor `(batch, features)`.
            states: State tensor or list of them, each `(batch, width)`.
            training: Whether dropout acts.

        Returns:
            The output `(batch, output width)`, and the states after the step
            in the form they came in.
        """
        nested = isinstance(states, (list, tuple))
        states = tuple(states) if nested else (states,)
        if training and self.dropout:
            inputs = inputs * self.get_dropout_mask(inputs)
        recurrent_mask = None
        if training and self.recurrent_dropout:
            recurrent_mask = self.get_recurrent_dropout_mask(states[0])
        new_states = self.advance(inputs, states, recurrent_mask)
        output = self.read_out(new_states[0])
        return output, list(new_states) if nested else new_states[0]

    def advance(self, x, states, recurrent_mask=None):
        """The states after one step, for autodiff to differentiate.

        Args:
            x: Tensor `(batch, features)`.
            states: Tuple of the states before the step.
            recurrent_mask: Optional tensor `(batch, width)`, the recurrent
                dropout: what the recurrent kernel sees is multiplied by it.

        Returns:
            Tuple of the states after the step.
        """
        kernel, recurrent_kernel, bias = self.z_weights()
        seen = seen_through(recurrent_mask)
        h = seen(states[0])
        z = ops.matmul(x, kernel) + ops.matmul(h, recurrent_kernel) + bias
        parts = ops.split(z, len(self.z_names), axis=-1)
        new_states, _ = self.step(
            SimpleNamespace(**dict(zip(self.z_names, parts, strict=True))),
            states,
            SimpleNamespace(**self.extra_weights(), dot=dot, seen=seen),
            Activate(self.activation_functions(), slopes=False),
        )
        return new_states

    def get_initial_state(self, batch_size=None):
        """Zeros, one tensor `(batch, width)` per state."""
        return [
            ops.zeros((batch_size, self.state_width(name)), self.compute_dtype)
            for name in self.states
        ]

    def get_config(self):
        return {
            **super().get_config(),
            **{
                name: arguments.serialize(name, getattr(self, name))
                for name in arguments.constructor_parameters(type(self))
            },
        }
