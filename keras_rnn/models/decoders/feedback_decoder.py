# SPDX-License-Identifier: Apache-2.0
"""FeedbackDecoder: recurrent layers that read their own output."""

from collections.abc import Sequence
from typing import Any, Self

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Shape, Tensor
from keras_rnn.engine import backend
from keras_rnn.models.blocks.stack import Stack
from keras_rnn.models.decoders.stack_decoder import StackDecoder
from keras_rnn.models.decoders.teacher_forcing import (
    check_targets,
    forced_targets,
    shifted,
)

#: Arguments of version 0.1, whose files name them -> arguments of today.
ARGUMENTS_OF_0_1 = {"numbers": "num_parameters", "shaping": "parameter_layer"}


@keras.saving.register_keras_serializable(package="keras_rnn")
class FeedbackDecoder(StackDecoder):
    """Writes a sequence step by step; each step sees the output before it.

    Step t reads [y(t − 1), x(t)], runs through all layers of the stack, and
    writes y(t), a linear read-out; y before the first step is 0. While a
    `TeacherForced` model trains, the true output replaces y(t − 1): then
    nothing feeds back, and the layers run over the whole sequence at once.

    Args:
        stack: `Stack` of the layers. It must not be bidirectional or dilated,
            nor have `normalization="batch"`, which would mix the steps.
        num_outputs: Numbers written per step.
        num_parameters: How many parameters describe the distribution of each
            of these numbers; 1 means that the number itself is written.
        parameter_layer: Layer that makes the parameters, such as
            `Gaussian().parameter_layer()`; its property `point_index` is the
            position of the parameter that is fed back. None means that the
            number is written as it is.
        teacher_forcing: Probability that a step of a training sequence sees
            the true output instead of its own. 1 is teacher forcing; with 0
            the decoder trains as it predicts; between them lies scheduled
            sampling.
        go_backwards: Whether the last step is written first. Inputs, targets
            and outputs keep the order of time.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        inputs: Tensor `(batch, time, features)`, what is known of each step.
        initial_state: One list per layer, of its states `(batch, width)`;
            zeros if None.
        mask: Boolean tensor `(batch, time)`. Where it is False, states and the
            output that is fed back stay as they are.
        training: Whether dropout acts and targets are forced.

    Returns:
        float32 tensor `(batch, time, num_outputs)`; with a `parameter_layer`
        `(batch, time, num_outputs, num_parameters)`.

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
        stack: Stack,
        num_outputs: int,
        *,
        num_parameters: int = 1,
        parameter_layer: keras.layers.Layer | None = None,
        teacher_forcing: float = 1.0,
        go_backwards: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(stack, **kwargs)
        self.num_outputs = validate.positive_int("num_outputs", num_outputs)
        self.num_parameters = validate.positive_int(
            "num_parameters", num_parameters
        )
        self.parameter_layer = parameter_layer
        self.teacher_forcing = validate.fraction(
            "teacher_forcing", teacher_forcing
        )
        self.go_backwards = validate.boolean("go_backwards", go_backwards)
        self.supports_masking = True
        self.read_out = keras.layers.Dense(
            num_outputs * num_parameters, dtype="float32"
        )
        self.seed_generator = keras.random.SeedGenerator()

    def build(self, inputs_shape: Any, initial_state_shape: Any = None) -> None:
        width = self.build_layers(self.num_outputs + inputs_shape[-1])
        self.read_out.build((None, None, width))

    def call(
        self,
        inputs: Tensor,
        initial_state: Sequence[Sequence[Tensor]] | None = None,
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Tensor:
        forced = training and self.teacher_forcing
        targets = forced_targets() if forced else None
        if targets is not None:
            check_targets(targets, inputs, self.num_outputs)
            targets = ops.cast(targets, self.compute_dtype)
        if mask is not None:
            mask = ops.cast(mask, "bool")
        inputs, mask, targets = self._in_order_of_writing(inputs, mask, targets)
        states = self.states_of(initial_state, ops.shape(inputs)[0])
        seen = None if targets is None else shifted(targets, mask)
        if seen is not None and self.teacher_forcing == 1:
            outputs = self._at_once(inputs, states, mask, seen)
        else:
            outputs = self._step_by_step(inputs, states, mask, seen, training)
        return self._in_order_of_writing(outputs)[0]

    def _at_once(self, inputs, states, mask, seen):
        """Runs all steps at once, as each reads the true output before it."""
        x = ops.concatenate([seen, inputs], axis=-1)
        x = self.run_at_once(x, states, mask=mask, training=True)
        return self._outputs(x)

    def _step_by_step(self, inputs, states, mask, seen, training):
        """Runs one step after the other, each on the output before it."""
        given = {"x": inputs}
        if mask is not None:
            given["valid"] = mask[:, :, None]
        if seen is not None:
            given["seen"] = seen
            given["forced"] = self.teacher_forcing > keras.random.uniform(
                ops.shape(seen[:, :, :1]), seed=self.seed_generator
            )
        if training:
            given |= self.draw_dropout(states, ops.shape(inputs)[1])

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
            self.forget_dropout()
        return _swapped(outputs)

    def _step(self, before, now, training):
        y, *states = before
        if "seen" in now:
            y = ops.where(now["forced"], now["seen"], y)
        x = ops.concatenate([y, now["x"]], axis=-1)
        x, after = self.run_step(x, states, now, training)
        output = y = self._outputs(x)
        if self.parameter_layer is not None:
            y = output[..., self.parameter_layer.point_index]
        return (ops.cast(y, self.compute_dtype), *after), output

    def _outputs(self, x: Tensor) -> Tensor:
        """The outputs of the decoder from those of its last layer."""
        y = self.read_out(x)
        if self.parameter_layer is None:
            return y
        shape = (*ops.shape(x)[:-1], self.num_outputs, self.num_parameters)
        return self.parameter_layer(ops.reshape(y, shape))

    def _in_order_of_writing(self, *tensors):
        """The tensors, reversed in time if the last step is written first."""
        if not self.go_backwards:
            return tensors
        return [None if v is None else ops.flip(v, axis=1) for v in tensors]

    def compute_output_spec(
        self, inputs: Tensor, *args: Any, **kwargs: Any
    ) -> keras.KerasTensor:
        shape: Shape = (*inputs.shape[:2], self.num_outputs)
        if self.parameter_layer is not None:
            shape = (*shape, self.num_parameters)
        return keras.KerasTensor(shape, dtype="float32")

    def get_config(self) -> dict[str, Any]:
        serialized = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "stack": serialized(self.stack),
            "num_outputs": self.num_outputs,
            "num_parameters": self.num_parameters,
            "parameter_layer": serialized(self.parameter_layer),
            "teacher_forcing": self.teacher_forcing,
            "go_backwards": self.go_backwards,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        given = {
            ARGUMENTS_OF_0_1.get(name, name): value
            for name, value in config.items()
        }
        stack, layer = given.pop("stack"), given.pop("parameter_layer", None)
        deserialized = keras.saving.deserialize_keras_object
        # Version 0.1 wrote the settings of the stack alone.
        stack = (Stack.of_0_1 if "cell" in stack else deserialized)(stack)
        return cls(stack, parameter_layer=deserialized(layer), **given)


def _swapped(tensor: Tensor) -> Tensor:
    """The tensor with its axes of batch and time swapped."""
    return ops.swapaxes(tensor, 0, 1)
