# SPDX-License-Identifier: Apache-2.0
"""FeedbackDecoder: recurrent layers that read what they have written."""

import dataclasses

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn.engine import backend
from keras_rnn.models.blocks.stack import NORMALIZATIONS, Stack, one_way
from keras_rnn.models.blocks.teacher_forcing import check_told, shifted, told


@keras.saving.register_keras_serializable(package="keras_rnn")
class FeedbackDecoder(keras.layers.Layer):
    """Writes a sequence step by step; each step sees the output before it.

    Step t reads [y(t − 1), x(t)], runs through all layers of the stack, and
    writes y(t), a linear read-out; y before the first step is 0. While a
    `TeacherForced` model trains, the true output stands for y(t − 1): then
    nothing feeds back, and the layers run over the whole sequence at once.

    Args:
        stack: `Stack` of the layers; they read one way, and
            `normalization="batch"` is refused, because it would mix the steps.
        num_outputs: Numbers written a step.
        numbers: How many describe the distribution of each of them; 1 is the
            number itself.
        shaping: Layer that makes the distribution of so many numbers, with a
            property `point`, the position of the one that is fed back:
            `Gaussian().shaping()`. None: the number is written as it is.
        teacher_forcing: Probability that a step of a training sequence sees
            the true output instead of its own: 1 is teacher forcing, 0
            training as in use, between them scheduled sampling.
        go_backwards: Whether the last step is written first. Inputs, targets
            and outputs keep the order of time.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        inputs: Tensor `(batch, time, features)`, what is known of each step.
        initial_state: List of the states of each layer, themselves lists of
            tensors `(batch, width)`; zeros if None.
        mask: Boolean tensor `(batch, time)`. Where it is False states and fed
            back output stay as they are.
        training: Whether dropout acts and truth is told.

    Returns:
        float32 tensor `(batch, time, num_outputs)`, with `shaping`
        `(batch, time, num_outputs, numbers)`.

    Raises:
        ValueError: If the stack cannot decode.

    Example:
        >>> import keras
        >>> from keras_rnn.models import FeedbackDecoder, Stack
        >>> decoder = FeedbackDecoder(Stack("gru", 8), num_outputs=2)
        >>> tuple(decoder(keras.random.normal((4, 10, 3))).shape)
        (4, 10, 2)

    Reference:
        Bengio, S. et al. (2015). Scheduled sampling for sequence prediction
        with recurrent neural networks. NeurIPS. Here the probability is
        constant.
    """

    def __init__(
        self,
        stack,
        num_outputs,
        *,
        numbers=1,
        shaping=None,
        teacher_forcing=1.0,
        go_backwards=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.stack = one_way(stack)
        self.num_outputs = validate.positive_int("num_outputs", num_outputs)
        self.numbers = validate.positive_int("numbers", numbers)
        self.shaping = shaping
        self.teacher_forcing = validate.fraction(
            "teacher_forcing", teacher_forcing
        )
        self.go_backwards = validate.boolean("go_backwards", go_backwards)
        self.supports_masking = True
        self.recurrent = stack.new_layers()
        self.normalizations = [
            NORMALIZATIONS[stack.normalization]()
            for _ in self.recurrent
            if stack.normalization
        ]
        self.read_out = keras.layers.Dense(
            num_outputs * numbers, dtype="float32"
        )
        self.seed_generator = keras.random.SeedGenerator()

    def build(self, inputs_shape, initial_state_shape=None):
        width = self.num_outputs + inputs_shape[-1]
        self.widths = []
        for k, layer in enumerate(self.recurrent):
            layer.build((None, None, width))
            width = layer.compute_output_shape((None, None, width))[-1]
            self.widths.append(width)
            if self.normalizations:
                self.normalizations[k].build((None, None, width))
        self.read_out.build((None, None, width))

    def call(self, inputs, initial_state=None, mask=None, training=False):
        targets = told() if training and self.teacher_forcing else None
        if targets is not None:
            check_told(targets, inputs, self.num_outputs)
            targets = ops.cast(targets, self.compute_dtype)
        if mask is not None:
            mask = ops.cast(mask, "bool")
        inputs, mask, targets = self._turned(inputs, mask, targets)
        states = initial_state or [
            layer.get_initial_state(batch_size=ops.shape(inputs)[0])
            for layer in self.recurrent
        ]
        states = [
            [ops.cast(state, self.compute_dtype) for state in of_layer]
            for of_layer in states
        ]
        seen = None if targets is None else shifted(targets, mask)
        if seen is not None and self.teacher_forcing == 1:
            outputs = self._at_once(inputs, states, mask, seen)
        else:
            outputs = self._step_by_step(inputs, states, mask, seen, training)
        return self._turned(outputs)[0]

    def _at_once(self, inputs, states, mask, seen):
        """All steps together: nothing feeds back but the truth."""
        x = ops.concatenate([seen, inputs], axis=-1)
        for k, layer in enumerate(self.recurrent):
            y = layer(x, initial_state=states[k], mask=mask, training=True)
            kept = self._kept(ops.shape(y)) if self.stack.dropout else None
            x = self._around(k, x, y, kept)
        return self._written(x)

    def _step_by_step(self, inputs, states, mask, seen, training):
        """One step after the other, each from the output before it."""
        given = {"x": inputs}
        if mask is not None:
            given["valid"] = mask[:, :, None]
        if seen is not None:
            given["seen"] = seen
            given["told"] = self.teacher_forcing > keras.random.uniform(
                ops.shape(seen[:, :, :1]), seed=self.seed_generator
            )
        if training:
            given |= self._draw_dropout(inputs, states)

        def step(before, now):
            after, output = self._step(before, now, training)
            if "valid" in now:
                after = tuple(
                    ops.where(now["valid"], new, old)
                    for new, old in zip(after, before, strict=True)
                )
            return after, output

        batch = ops.shape(inputs)[0]
        nothing = ops.zeros((batch, self.num_outputs), self.compute_dtype)
        _, outputs = backend.time_loop(
            step,
            (nothing, *(state for of_layer in states for state in of_layer)),
            {name: _swapped(values) for name, values in given.items()},
        )
        if training:
            self._forget_dropout()
        return _swapped(outputs)

    def _step(self, before, now, training):
        y, *states = before
        if "seen" in now:
            y = ops.where(now["told"], now["seen"], y)
        x = ops.concatenate([y, now["x"]], axis=-1)
        after = []
        for k, layer in enumerate(self.recurrent):
            count = len(layer.state_size)
            own, states = states[:count], states[count:]
            y, own = layer.cell(x, own, training=training)
            after += list(own)
            x = self._around(k, x, y, now.get(f"kept {k}"))
        output = y = self._written(x)
        if self.shaping is not None:
            y = output[..., self.shaping.point]
        return (ops.cast(y, self.compute_dtype), *after), output

    def _written(self, x):
        """What the last layer's output says, at one step or at all."""
        y = self.read_out(x)
        if self.shaping is None:
            return y
        shape = (*ops.shape(x)[:-1], self.num_outputs, self.numbers)
        return self.shaping(ops.reshape(y, shape))

    def _around(self, k, x, y, kept):
        """Normalization, dropout and residual connection of layer k."""
        if self.normalizations:
            y = self.normalizations[k](y)
        if kept is not None:
            y = y * kept
        return x + y if self.stack.residual and k > 0 else y

    def _kept(self, shape):
        """What dropout multiplies an output by."""
        return keras.random.dropout(
            ops.ones(shape, self.compute_dtype),
            self.stack.dropout,
            seed=self.seed_generator,
        )

    def _draw_dropout(self, inputs, states):
        """Draws before the loop: inside a backend may not touch its seeds.

        Returns:
            Dict of tensors over time for the dropout between the layers. The
            masks of the cells, one a sequence, stay with the cells.
        """
        batch, time = ops.shape(inputs)[:2]
        enters = [self.num_outputs + inputs.shape[-1], *self.widths]
        for k, layer in enumerate(self.recurrent):
            x = ops.ones((batch, enters[k]), self.compute_dtype)
            if _draws_masks(layer.cell):
                layer.cell.get_dropout_mask(x)
                layer.cell.get_recurrent_dropout_mask(states[k][0])
        if not self.stack.dropout:
            return {}
        return {
            f"kept {k}": self._kept((batch, time, width))
            for k, width in enumerate(self.widths)
        }

    def _forget_dropout(self):
        for layer in self.recurrent:
            if _draws_masks(layer.cell):
                layer.cell.reset_dropout_mask()
                layer.cell.reset_recurrent_dropout_mask()

    def _turned(self, *tensors):
        """The tensors over time in the order in which they are written."""
        if not self.go_backwards:
            return tensors
        return [None if v is None else ops.flip(v, axis=1) for v in tensors]

    def compute_output_spec(
        self, inputs, initial_state=None, mask=None, training=False
    ):
        shape = (*inputs.shape[:2], self.num_outputs)
        if self.shaping is not None:
            shape = (*shape, self.numbers)
        return keras.KerasTensor(shape, dtype="float32")

    def get_config(self):
        settings = {
            f.name: getattr(self.stack, f.name)
            for f in dataclasses.fields(self.stack)
        }
        return {
            **super().get_config(),
            "stack": keras.saving.serialize_keras_object(settings),
            "num_outputs": self.num_outputs,
            "numbers": self.numbers,
            "shaping": keras.saving.serialize_keras_object(self.shaping),
            "teacher_forcing": self.teacher_forcing,
            "go_backwards": self.go_backwards,
        }

    @classmethod
    def from_config(cls, config):
        stack, shaping = (
            keras.saving.deserialize_keras_object(config.pop(name, None))
            for name in ("stack", "shaping")
        )
        return cls(Stack(**stack), shaping=shaping, **config)


def _draws_masks(cell):
    """Whether a cell keeps one dropout mask a sequence, as those of Keras do.

    A cell of one's own need not.
    """
    return hasattr(cell, "reset_dropout_mask")


def _swapped(tensor):
    """Batch-major to time-major, and back."""
    return ops.swapaxes(tensor, 0, 1)
