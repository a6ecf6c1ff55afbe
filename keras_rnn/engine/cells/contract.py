# SPDX-License-Identifier: Apache-2.0
"""RecurrentCell: what all cells share, so that a cell is its equations."""

from types import SimpleNamespace
from typing import ClassVar

import keras
from keras import ops

# RNN and StackedRNNCells draw one dropout mask a sequence only for cells of
# this class; keras does not export it.
from keras.src.layers.rnn.dropout_rnn_cell import DropoutRNNCell

from keras_rnn import _validation as validate
from keras_rnn.engine.activations import Activate, unknown_derivatives
from keras_rnn.engine.cells import arguments
from keras_rnn.engine.cells.equations import equations_of
from keras_rnn.engine.cells.products import dot, seen_through


class RecurrentCell(keras.layers.Layer, DropoutRNNCell):
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

    #: Names of the columns of W, R and b, in order, each `units` wide.
    gates: ClassVar[tuple[str, ...]] = ()
    #: Names of the states; R sees the first one.
    states: ClassVar[tuple[str, ...]] = ("h",)
    #: Name of a value that `act` activates -> argument with the activation.
    activations: ClassVar[dict[str, str]] = {"h": "activation"}
    #: Errors that `step_gradient` returns beside those of the gates.
    signals: ClassVar[tuple[str, ...]] = ()
    #: States whose sequence `weight_gradient` reads, beside the first.
    kept_states: ClassVar[tuple[str, ...]] = ()
    #: Kernel of cuDNN with the same equations and weights, "lstm" or "gru".
    cudnn_kernel = None

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

    # What a subclass writes -------------------------------------------------

    def step(self, z, states, w, act):
        """One time step: the equations.

        Of `self` it may read the constructor's arguments, and no more: one
        compiled program serves all cells with equal arguments. What is
        derived from arguments belongs into a property.

        Args:
            z: Pre-activations x W + h' R + b by `z_names`, the gates, each
                `(batch, units)`.
            states: Tuple of the states before the step, `(batch, width)`.
            w: Extra weights by name, with `w.dot(v, matrix)`, and `w.seen(v)`:
                what recurrent dropout leaves of v, for an extra weight that
                is part of R.
            act: `act(f=z.f, g=z.g)` -> values and slopes.

        Returns:
            Tuple of the states after the step, and a dict of partials. A
            partial named after a gate is the derivative, with respect to that
            gate's z, of the state the gate drives; other names are free for
            what `step_gradient` and `weight_gradient` need.
        """
        raise NotImplementedError

    #: The mirror of `step`, `(d_states, partials, w) -> errors, d_before`:
    #: `errors[name]` is what reaches the gate's partial (the engine multiplies
    #: the two) or a signal; `d_before` the gradient of the states before along
    #: every path but R, 0 where the first state has none.
    step_gradient = None

    def weight_gradient(self, dz, before, after, w, sums):
        """Gradients of the extra weights, all time steps at once.

        Args:
            dz: Gradients of the pre-activations, and the signals, by name;
                each `(time, batch, width)`, as all below.
            before: The kept states before each step, by name.
            after: The kept states after each step, and the partials.
            w: Extra weights by name, with `w.seen(v)`.
            sums: `sums.total(v)` and `sums.outer(a, b)` over time and batch.

        Returns:
            Dict, name of an extra weight -> gradient.
        """
        return {}

    def extra_weights(self):
        """Weights beside kernel, recurrent kernel and bias, by short name."""
        return {}

    def build_extra_weights(self):
        """Creates the variables that `extra_weights` reads."""

    def state_width(self, name):
        """Width of a state."""
        return self.units

    @property
    def z_names(self):
        """Names of the pre-activations that `step` gets."""
        return self.gates

    def z_weights(self):
        """W, R and b of all pre-activations: z = x W + h' R + b."""
        bias = self.bias
        if bias is None:
            bias = ops.zeros(
                (len(self.z_names) * self.units,), self.compute_dtype
            )
        return self.kernel, self.recurrent_kernel, bias

    def over_time(self, run, *problem):
        """Runs this cell over sequences on the fused engine.

        A cell whose equations have a cheaper form over a whole sequence runs
        that form instead.

        Args:
            run: `fused.run` with its settings.
            *problem: Sequences, initial states, mask and recurrent mask, as
                `fused.run` takes them.

        Returns:
            As `fused.run`.
        """
        return run(
            self.equations(), self.z_weights(), self.extra_weights(), *problem
        )

    # What the engine and keras.layers.RNN read --------------------------------

    @property
    def state_size(self):
        widths = [self.state_width(name) for name in self.states]
        return widths if widths[1:] else widths[0]

    @property
    def output_size(self):
        return self.state_width(self.states[0])

    def read_out(self, h):
        """The output that belongs to the first state, one step or many."""
        return h

    def activation_functions(self):
        """Dict, name of an activated value -> function."""
        return {
            name: getattr(self, argument)
            for name, argument in self.activations.items()
        }

    def obstacle_to_fusing(self):
        """Why the fused engine cannot run this cell, or None."""
        if self.step_gradient is None:
            return f"{type(self).__name__} has no step_gradient"
        unknown = unknown_derivatives(self.activation_functions().values())
        if unknown:
            return f"the derivative of activation {unknown[0]!r} is unknown"
        return None

    def equations(self, of=None):
        """This cell without weights: what `step` may read, and no more.

        Cells with the same arguments share one such object, and so one
        compiled program, whatever their initializers and dropout.

        Args:
            of: A class with the same arguments and other equations.
        """
        return equations_of(self, of or type(self))

    # What Keras calls ---------------------------------------------------------

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
