# SPDX-License-Identifier: Apache-2.0
"""RecurrentLayer: a cell over time, with every option of keras.layers.RNN."""

import functools
import inspect
from typing import Any, ClassVar, Self

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Shape, Tensor
from keras_rnn.engine import backend, cudnn, fused, reference
from keras_rnn.engine.batch import Batch
from keras_rnn.engine.cells import arguments
from keras_rnn.engine.cells.keras_cell import RecurrentCell
from keras_rnn.engine.choice import ENGINES, Engine, runs_fused
from keras_rnn.engine.fused import Every, checked_distance
from keras_rnn.engine.inputs import check_sequences, check_states, shapes_of
from keras_rnn.engine.masks import (
    checked,
    has_begun,
    one_per_step,
    zero_unless,
)

# Python's mark of an argument that must be given, so that help shows no
# default. The error for a missing argument is our own.
_NO_DEFAULT: Any = inspect.Parameter.empty


class RecurrentLayer(keras.layers.RNN):
    """Base of all layers: it makes a Keras layer of a cell.

    A subclass sets `cell_class`. Its constructor then takes the arguments of
    the cell and those of `keras.layers.RNN`, and `help` explains all of them.

    Args:
        units: Positive integer, the width of the hidden state.
        engine: `"fused"` runs the whole sequence with a gradient derived by
            hand, `"reference"` the plain loop with autodiff. `"auto"` takes
            the fused engine wherever it can run the cell; on a GPU it takes
            cuDNN's kernel of the same equations, on TensorFlow and PyTorch.
            All give the same numbers.
        checkpoint_every: Steps between two checkpoints. Of a long sequence, a
            training step keeps only the states at checkpoints, and computes
            the others a second time on the way back. `"auto"` keeps all steps
            up to time 512, and has a checkpoint every √time steps or so beyond.
            None keeps all steps. An integer also keeps the products of wide
            inputs out of memory.
        return_sequences: Whether to return the outputs of all steps, instead
            of the last one.
        return_state: Whether to return the last states after the output.
        go_backwards: Whether to run from the last step to the first. The
            outputs are in the order of the run.
        stateful: Whether each batch starts from the last states of the batch
            before it.
        unroll: Whether to write the loop out, with a copy of the step for
            each time step, on the reference engine.
        zero_output_for_mask: Whether the outputs of masked steps are zeros,
            instead of repeating the last output.
        **kwargs: Arguments of the cell, and of `keras.layers.Layer`, such as
            `name` and `dtype`.

    Call arguments:
        sequences: Tensor `(batch, time, features)`.
        initial_state: List of tensors `(batch, width)`, one per state.
        mask: Boolean tensor `(batch, time)`. Where it is False, a step keeps
            the states and repeats the last output, or zeros if there is none;
            its inputs may be NaN. With a third axis, as `TimeDistributed`
            hands it on, a step is valid if any value of that axis is True.
        training: Whether dropout acts. It also tells whether a gradient is
            likely to follow; inputs of 128 to 511 features are then multiplied
            in another form, which is faster and gives the same numbers.

    Returns:
        The last output `(batch, width)`, or with `return_sequences=True` the
        outputs of all steps `(batch, time, width)`. With `return_state=True`
        the states follow.

    Raises:
        ValueError: If an argument has a wrong value, or `engine="fused"`
            cannot run the layer. If a call gets no time step, another number
            of features than the layer was built with, or states or a mask of
            another shape.
    """

    cell_class: ClassVar[type[RecurrentCell]]
    cell: RecurrentCell
    checkpoint_every: Every
    __signature__: ClassVar[inspect.Signature]

    def __init__(
        self,
        units: int = _NO_DEFAULT,
        *,
        engine: Engine = "auto",
        checkpoint_every: Every = "auto",
        **kwargs: Any,
    ) -> None:
        if units is _NO_DEFAULT:
            name = type(self).__name__
            raise TypeError(
                f"{name} needs `units`, the width of its state, a positive "
                f"integer. Received: no units. Pass it first: {name}(32)."
            )
        self._engine: Engine = validate.one_of("engine", engine, ENGINES)
        self.checkpoint_every = checked_distance(checkpoint_every)
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
        cell.draws_per_sequence = False
        cell.refuse_dropout_without_R()
        super().__init__(cell, **kwargs)
        # Without it no mask leaves the layer. RNN sets it up to Keras 3.15.
        self.supports_masking: bool = True
        self.input_spec: Any = keras.layers.InputSpec(ndim=3)
        self._num_features: int | None = None
        self._fused: bool = runs_fused(
            cell, engine, self.unroll, self.checkpoint_every
        )
        keeps_few = isinstance(self.checkpoint_every, int)
        self._hands_over = (
            engine == "auto" and not self.unroll and not keeps_few
        )
        if backend.CUDNN_KEEPS_OUT_XLA and self._hands_over:
            # Keras's own layers set it, too: jit_compile="auto" reads it.
            kernel = cudnn.kernel_of(cell, self.compute_dtype)
            self.supports_jit: bool = kernel is None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Registers a class for saving; gives it the arguments of its cell."""
        super().__init_subclass__(**kwargs)
        if not hasattr(cls, "cell_class"):
            raise TypeError(
                f"{cls.__name__} must set `cell_class`, the class of its cell. "
                "Received: no cell_class. Write `cell_class = MyCell` in it."
            )
        of_cell = arguments.constructor_parameters(cls.cell_class)
        for name in of_cell:
            setattr(cls, name, _attribute_of_cell(name))
        own = arguments.constructor_parameters(cls)
        arguments.publish(
            cls,
            {**of_cell, **own, **arguments.parameters_of_rnn()},
            [*reversed(cls.cell_class.__mro__), *reversed(cls.__mro__[1:])],
        )

    @property
    def engine(self) -> Engine:
        """The argument `engine`, which cannot be changed later."""
        return self._engine

    @engine.setter
    def engine(self, value: str) -> None:
        raise AttributeError(
            "The engine of a layer cannot be changed. "
            f"{validate.received('engine', value)} Make a layer with "
            f"engine={value!r}, and move the weights over by set_weights."
        )

    def call(
        self,
        sequences: Tensor,
        initial_state: Any = None,
        mask: Any = None,
        training: bool = False,
    ) -> Any:
        check_sequences(self, sequences.shape, self._num_features)
        if initial_state is not None:
            shapes = shapes_of(initial_state)
            check_states(self, shapes, sequences.shape[0])
        mask = checked(mask, sequences)
        try:
            return super().call(sequences, initial_state, mask, training)
        finally:
            # Otherwise the call after one that failed would use its masks.
            self.cell.reset_dropout_mask()
            self.cell.reset_recurrent_dropout_mask()

    def compute_output_shape(
        self, sequences_shape: Shape, initial_state_shape: Any = None
    ) -> Any:
        # Keras calls nothing else while a model is put together.
        check_sequences(self, sequences_shape, self._num_features)
        return super().compute_output_shape(
            sequences_shape, initial_state_shape
        )

    def compute_mask(self, sequences: Tensor, mask: Any) -> Any:
        return super().compute_mask(sequences, one_per_step(mask))

    def inner_loop(
        self,
        sequences: Tensor,
        initial_state: list[Tensor],
        mask: Tensor | None,
        training: bool = False,
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        sequences = ops.cast(sequences, self.compute_dtype)
        if self.go_backwards:
            sequences = ops.flip(sequences, axis=1)
            mask = None if mask is None else ops.flip(mask, axis=1)
        cell = self.cell
        dropped = None
        if training and cell.dropout:
            dropped = cell.get_dropout_mask(sequences[:, 0])
        if type(cell).transform_inputs is not RecurrentCell.transform_inputs:
            # NaN at a masked step would reach the gradients of the weights.
            sequences = cell.transform_inputs(zero_unless(mask, sequences))
        if dropped is not None:
            sequences = sequences * dropped[:, None]
        recurrent_mask = None
        if training and cell.recurrent_dropout:
            recurrent_mask = cell.get_recurrent_dropout_mask(initial_state[0])
        rows, steps, _ = ops.shape(sequences)
        keep = cell.keep_masks(rows, steps, training=training)
        batch = Batch(
            sequences, tuple(initial_state), mask, recurrent_mask, keep
        )
        with cell.dropping_weights(training):
            h, states = self._run(training, batch)
        shown = self._shown(mask)
        if self.return_sequences:
            outputs = zero_unless(shown, cell.read_out(h))
            return outputs[:, -1], outputs, list(states)
        shown = None if shown is None else shown[:, -1]
        last = zero_unless(shown, cell.read_out(states[0]))
        return last, last[:, None], list(states)

    def _run(self, training, batch):
        cell = self.cell
        plain = functools.partial(reference.run, unroll=self.unroll)
        if backend.exporting() or self.engine == "reference" or self.unroll:
            return plain(cell.recurrence(), batch)
        results = cudnn.run(cell, batch) if self._hands_over else None
        known = isinstance(batch.sequences.shape[1], int)
        dear = self._hands_over and cell.parallel_on_cpu
        dear = dear or not self._fused or backend.steps_are_dear()
        if results is None and known and dear:
            results = cell.in_parallel(batch)
        if results is not None:
            return results
        if not self._fused:
            return cell.over_time(plain, batch)
        run = functools.partial(
            fused.run,
            return_sequences=self.return_sequences,
            checkpoint_every=self.checkpoint_every,
            training=training,
        )
        return cell.over_time(run, batch)

    def build(
        self, sequences_shape: Shape, initial_state_shape: Any = None
    ) -> None:
        if initial_state_shape is not None:
            shapes = initial_state_shape
            if not isinstance(shapes[0], (list, tuple)):
                shapes = [shapes]
            check_states(self, shapes, sequences_shape[0])
        super().build(sequences_shape, initial_state_shape)
        self._num_features = sequences_shape[-1]

    def _shown(self, mask):
        """Where outputs are shown instead of zeros, a mask or None."""
        if mask is None or self.zero_output_for_mask:
            return mask
        return has_begun(mask)

    def get_config(self) -> dict[str, Any]:
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
    def from_config(
        cls, config: dict[str, Any], custom_objects: Any = None
    ) -> Self:
        return cls(**config)


def _attribute_of_cell(name):
    return property(
        lambda self: getattr(self.cell, name), doc=f"The cell's `{name}`."
    )
