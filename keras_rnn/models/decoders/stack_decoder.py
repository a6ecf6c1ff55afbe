# SPDX-License-Identifier: Apache-2.0
"""StackDecoder: the layers of a stack, run all steps at once or one by one."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_rnn._types import Tensor
from keras_rnn.models.blocks import connections
from keras_rnn.models.blocks.stack import Stack, check_decodes
from keras_rnn.models.blocks.stack_settings import NORMALIZATIONS
from keras_rnn.models.decoders.cell_masks import draw_masks, forget_masks


class StackDecoder(keras.layers.Layer):
    """Base of decoders: it runs the layers of a stack in both ways.

    Where nothing feeds back, the layers run over the whole sequence at once.
    Otherwise their cells run step by step, with normalizations, dropout and
    connections around each, as in the stack.

    Args:
        stack: `Stack` of the layers. It must not be bidirectional or dilated,
            nor have `normalization="batch"`, which would mix the steps.
        **kwargs: Arguments of `keras.layers.Layer`.

    Raises:
        ValueError: If the stack cannot decode.
    """

    seed_generator: keras.random.SeedGenerator

    def __init__(self, stack: Stack, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_decodes(stack)
        self.stack = stack
        self.recurrent: list[Any] = stack.new_layers()
        self.normalizations: list[Any] = [
            NORMALIZATIONS[stack.normalization]()
            for _ in self.recurrent
            if stack.normalization
        ]
        self.connections: list[Any] = connections.of_stack(stack)

    def build_layers(self, num_features: int) -> int:
        """Builds all layers for inputs of some width.

        Args:
            num_features: Width of what the first layer reads.

        Returns:
            The width of what leaves the last layer.
        """
        x_shape: Any = (None, None, num_features)
        self.widths: list[Any] = []  # of each layer's x and y
        for k, layer in enumerate(self.recurrent):
            layer.build(x_shape)
            y_shape = layer.compute_output_shape(x_shape)
            self.widths.append((x_shape[-1], y_shape[-1]))
            if self.normalizations:
                self.normalizations[k].build(y_shape)
            x_shape = connections.build(self.connections[k], x_shape, y_shape)
        return x_shape[-1]

    def states_of(
        self, initial_state: Sequence[Sequence[Tensor]] | None, batch: Any
    ) -> list[list[Tensor]]:
        """The initial states of each layer in the dtype of the decoder.

        Args:
            initial_state: The states, or None for zeros.
            batch: Size of the batch.
        """
        states = initial_state or [
            layer.get_initial_state(batch_size=batch)
            for layer in self.recurrent
        ]
        return [
            [ops.cast(state, self.compute_dtype) for state in of_layer]
            for of_layer in states
        ]

    def run_at_once(
        self,
        x: Tensor,
        states: list[list[Tensor]],
        *,
        mask: Tensor | None = None,
        training: bool,
    ) -> Tensor:
        """Runs all layers over whole sequences.

        Args:
            x: Tensor `(batch, time, features)`.
            states: The states of each layer.
            mask: Boolean tensor `(batch, time)` or None.
            training: Whether dropout acts.

        Returns:
            What leaves the last layer, `(batch, time, width)`.
        """
        for k, layer in enumerate(self.recurrent):
            y = layer(x, initial_state=states[k], mask=mask, training=training)
            factors = None
            if training:
                factors = self._dropout_factors(ops.shape(y))
            x = self._after_layer(k, x, y, factors)
        return x

    def run_step(
        self,
        x: Tensor,
        states: Sequence[Tensor],
        dropout: dict[str, Tensor],
        training: bool,
    ) -> tuple[Tensor, list[Tensor]]:
        """Runs all layers over one step.

        Args:
            x: Tensor `(batch, features)`.
            states: The states of all layers, one after the other.
            dropout: This step of what `draw_dropout` returned.
            training: Whether dropout acts.

        Returns:
            What leaves the last layer, `(batch, width)`, and the states after
            the step.
        """
        after: list[Tensor] = []
        for k, layer in enumerate(self.recurrent):
            own = states[len(after) : len(after) + len(layer.state_size)]
            y, new = layer.cell(x, list(own), training=training)
            after += list(new)
            x = self._after_layer(k, x, y, dropout.get(f"dropout {k}"))
        return x, after

    def draw_dropout(
        self, states: list[list[Tensor]], time: Any
    ) -> dict[str, Tensor]:
        """Draws the dropout of all steps before the loop over them.

        The cells keep their own masks until `forget_dropout`; those between
        the layers are returned, `(batch, time, width)` each.

        Args:
            states: The states of each layer.
            time: Number of steps.
        """
        draw_masks(self.recurrent, [width for width, _ in self.widths], states)
        if not self.stack.dropout:
            return {}
        batch = ops.shape(states[0][0])[0]
        return {
            f"dropout {k}": self._dropout_factors((batch, time, width))
            for k, (_, width) in enumerate(self.widths)
        }

    def forget_dropout(self) -> None:
        """Makes the cells forget their masks after the loop."""
        forget_masks(self.recurrent)

    def _after_layer(self, k, x, y, factors):
        """Applies normalization, dropout and connection of layer k."""
        if self.normalizations:
            y = self.normalizations[k](y)
        if factors is not None:
            y = y * factors
        return connections.join(self.connections[k], x, y)

    def _dropout_factors(self, shape):
        """New factors by which dropout multiplies an output, or None."""
        if not self.stack.dropout:
            return None
        return keras.random.dropout(
            ops.ones(shape, self.compute_dtype),
            self.stack.dropout,
            seed=self.seed_generator,
        )
