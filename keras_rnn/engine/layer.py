# SPDX-License-Identifier: Apache-2.0
"""RecurrentLayer: a cell over time, with every option of keras.layers.RNN."""

import functools
import inspect
from typing import ClassVar

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn.engine import backend, cudnn, fused, reference
from keras_rnn.engine.cells import arguments
from keras_rnn.engine.inputs import check_sequences, check_states
from keras_rnn.engine.masks import (
    checked,
    has_begun,
    one_per_step,
    zero_unless,
)

ENGINES = ("auto", "fused", "reference")


class RecurrentLayer(keras.layers.RNN):
    """Base of all layers: names its cell, and is a Keras layer with it.

    A subclass sets `cell_class`; its constructor then takes the arguments of
    the cell and those of `keras.layers.RNN`, all shown by `help`.

    Args:
        units: Positive integer, the width of the hidden state.
        engine: `"fused"` runs the whole sequence with a gradient derived by
            hand, `"reference"` the plain loop with autodiff; `"auto"` takes
            the fused engine wherever it can run the cell, or on a GPU
            cuDNN's kernel of the same equations, on TensorFlow and PyTorch.
            All give the same numbers.
        checkpoint_every: Steps between the states that training keeps of a
            long sequence; on the way back the fused engine computes the rest
            a second time. `"auto"`: all steps up to time 512, beyond it one
            in about √time. None keeps all. A number also keeps the products
            of wide inputs out of memory.
        **kwargs: Arguments of the cell, and of `keras.layers.RNN`
            (`return_sequences`, `return_state`, `go_backwards`, `stateful`,
            `unroll`, `zero_output_for_mask`, `name`, `dtype` ...).

    Call arguments:
        sequences: Tensor `(batch, time, features)`.
        initial_state: List of tensors `(batch, width)`, one per state.
        mask: Boolean tensor `(batch, time)`. Where it is False a step keeps
            the states and repeats the last output, zeros if there is none;
            its inputs may be NaN. With a third axis, as `TimeDistributed`
            hands it on, a step is valid if any value of that axis is True.
        training: Whether dropout acts, and a gradient follows: the numbers
            are the same, but inputs of 128 to 511 features are multiplied in
            the form that is faster then.

    Returns:
        The last output `(batch, width)`, or all of them `(batch, time, width)`
        with `return_sequences=True`; with `return_state=True` followed by the
        states.

    Raises:
        ValueError: If an argument has a wrong value, or `engine="fused"` is
            asked for what it cannot run. If a call gets no time step, other
            features than the layer was built with, or states or a mask of
            another shape.
    """

    cell_class: ClassVar[type]

    def __init__(
        self,
        units=inspect.Parameter.empty,  # shown as what it is: no default
        *,
        engine="auto",
        checkpoint_every="auto",
        **kwargs,
    ):
        if units is inspect.Parameter.empty:
            name = type(self).__name__
            raise TypeError(
                f"{name} needs `units`, the width of its state, a positive "
                f"integer. Received: no units. Pass it first: {name}(32)."
            )
        self._engine = validate.one_of("engine", engine, ENGINES)
        self.checkpoint_every = _checked_checkpoints(checkpoint_every)
        names = arguments.constructor_parameters(self.cell_class)
        of_cell = {k: kwargs.pop(k) for k in list(kwargs) if k in names}
        arguments.refuse_misspelt(type(self), kwargs)
        cell = self.cell_class(
            units,
            **of_cell,
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
            name="cell",
        )
        super().__init__(cell, **kwargs)
        # Without it masks end here; RNN stops setting it after Keras 3.15.
        self.supports_masking = True
        self.input_spec = keras.layers.InputSpec(ndim=3)
        self._num_features = None
        obstacle = self._obstacle_to_fusing()
        if engine == "fused" and obstacle:
            raise ValueError(
                f"`engine='fused'` cannot run this layer: {obstacle}. "
                "Use engine='auto' or engine='reference'."
            )
        self._fused = engine != "reference" and not obstacle
        keeps_few = isinstance(self.checkpoint_every, int)
        if keeps_few and not self._fused:
            raise ValueError(
                "`checkpoint_every` needs the fused engine. Received: "
                f"{obstacle or 'engine=' + repr(engine)}. "
                "Use engine='auto', or checkpoint_every='auto'."
            )
        self._hands_over = (
            engine == "auto" and not self.unroll and not keeps_few
        )
        if backend.CUDNN_KEEPS_OUT_XLA and self._hands_over:
            # As in Keras's own layers: jit_compile="auto" reads it.
            kernel = cudnn.kernel_of(cell, self.compute_dtype)
            self.supports_jit = kernel is None

    def __init_subclass__(cls, **kwargs):
        """Registers the class for saving; shows the cell's arguments."""
        super().__init_subclass__(**kwargs)
        of_cell = arguments.constructor_parameters(cls.cell_class)
        for name in of_cell:
            setattr(cls, name, _attribute_of_cell(name))
        own = arguments.constructor_parameters(cls)
        of_rnn = _keyword_only(inspect.signature(keras.layers.RNN.__init__))
        arguments.publish(cls, {**of_cell, **own, **of_rnn})

    @property
    def engine(self):
        """The `engine` asked for; it is chosen when a layer is made."""
        return self._engine

    @engine.setter
    def engine(self, value):
        raise AttributeError(
            "The engine of a layer cannot be changed. "
            f"{validate.received('engine', value)} Make a layer with "
            f"engine={value!r}, and move the weights over by set_weights."
        )

    def _obstacle_to_fusing(self):
        if backend.BACKEND not in backend.FUSED_BACKENDS:
            return (
                f"the backend {backend.BACKEND!r} has no hand-written gradient"
            )
        if self.unroll:
            return "unroll=True asks for the plain loop"
        return self.cell.obstacle_to_fusing()

    def call(self, sequences, initial_state=None, mask=None, training=False):
        check_sequences(self, sequences.shape, self._num_features)
        if initial_state is not None:
            shapes = [state.shape for state in _as_list(initial_state)]
            check_states(self, shapes, sequences.shape[0])
        mask = checked(mask, sequences)
        try:
            return super().call(sequences, initial_state, mask, training)
        finally:
            # A call that failed would leave its masks to the next one.
            self.cell.reset_dropout_mask()
            self.cell.reset_recurrent_dropout_mask()

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        # All that Keras asks while a model is put together.
        check_sequences(self, sequences_shape, self._num_features)
        return super().compute_output_shape(
            sequences_shape, initial_state_shape
        )

    def compute_mask(self, sequences, mask):
        return super().compute_mask(sequences, one_per_step(mask))

    def inner_loop(self, sequences, initial_state, mask, training=False):
        sequences = ops.cast(sequences, self.compute_dtype)
        if self.go_backwards:
            sequences = ops.flip(sequences, axis=1)
            mask = None if mask is None else ops.flip(mask, axis=1)
        cell = self.cell
        if training and cell.dropout:
            dropped = cell.get_dropout_mask(sequences[:, 0])
            sequences = sequences * dropped[:, None]
        recurrent_mask = None
        if training and cell.recurrent_dropout:
            recurrent_mask = cell.get_recurrent_dropout_mask(initial_state[0])
        h, states = self._run(
            training, cell, sequences, initial_state, mask, recurrent_mask
        )
        shown = self._shown(mask)
        if self.return_sequences:
            outputs = zero_unless(shown, cell.read_out(h))
            return outputs[:, -1], outputs, list(states)
        shown = None if shown is None else shown[:, -1]
        last = zero_unless(shown, cell.read_out(states[0]))
        return last, last[:, None], list(states)

    def _run(self, training, *problem):
        if backend.exporting():
            return reference.run(*problem, unroll=self.unroll)
        handed_over = cudnn.run(*problem) if self._hands_over else None
        if handed_over is not None:
            return handed_over
        if self._fused:
            run = functools.partial(
                fused.run,
                return_sequences=self.return_sequences,
                checkpoint_every=self.checkpoint_every,
                training=training,
            )
            cell, *of_batch = problem
            return cell.over_time(run, *of_batch)
        return reference.run(*problem, unroll=self.unroll)

    def build(self, sequences_shape, initial_state_shape=None):
        if initial_state_shape is not None:
            shapes = initial_state_shape
            if not isinstance(shapes[0], (list, tuple)):
                shapes = [shapes]
            check_states(self, shapes, sequences_shape[0])
        super().build(sequences_shape, initial_state_shape)
        self._num_features = sequences_shape[-1]

    def _shown(self, mask):
        """Where outputs are no zeros: after a valid step, or at one."""
        if mask is None or self.zero_output_for_mask:
            return mask
        return has_begun(mask)

    def get_config(self):
        rnn = super().get_config()
        del rnn["cell"]
        cell = self.cell.get_config()
        names = arguments.constructor_parameters(self.cell_class)
        return {
            **rnn,
            **{name: cell[name] for name in names},
            "engine": self.engine,
            "checkpoint_every": self.checkpoint_every,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(**config)


def _as_list(states):
    return list(states) if isinstance(states, (list, tuple)) else [states]


def _checked_checkpoints(checkpoint_every):
    named = isinstance(checkpoint_every, str) and checkpoint_every == "auto"
    if checkpoint_every is None or named:
        return checkpoint_every
    return validate.positive_int("checkpoint_every", checkpoint_every)


def _attribute_of_cell(name):
    return property(
        lambda self: getattr(self.cell, name), doc=f"The cell's `{name}`."
    )


def _keyword_only(signature):
    skipped = ("self", "cell", "kwargs")
    return {
        name: parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for name, parameter in signature.parameters.items()
        if name not in skipped
    }
