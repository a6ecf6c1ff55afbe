# SPDX-License-Identifier: Apache-2.0
"""Connections around the layers of a stack: what x of a layer joins its y.

Every connection is a layer from the list `[x, y]`, what a layer reads and what
it puts out, to what goes on.
"""

from typing import TYPE_CHECKING, Any

import keras

from keras_rnn._types import Shape, Tensor

if TYPE_CHECKING:
    from keras_rnn.models.blocks.stack import Stack

#: The settings of a stack that connect its layers.
RESIDUALS = (False, True, "highway", "dense")
#: The first bias of the gates of highways. σ(−1) = 0.27, so that at first most
#: of x is carried past the layer.
GATE_BIAS = -1.0


class Connection(keras.layers.Layer):
    """Base class of the connections that carry x past a layer to its y."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, shapes: list[Shape]) -> None:
        (*_, width_of_x), (*_, width_of_y) = shapes
        self.projection: keras.layers.Dense | None = None
        if width_of_x != width_of_y:
            projection = keras.layers.Dense(
                width_of_y,
                use_bias=False,
                dtype=self.dtype_policy,
                name="projection",
            )
            projection.build(shapes[0])
            self.projection = projection

    def carried(self, x: Tensor) -> Tensor:
        """What the layer reads, as wide as what it puts out."""
        return x if self.projection is None else self.projection(x)

    def compute_mask(
        self, inputs: list[Tensor], previous_mask: Any
    ) -> Tensor | None:
        return None if previous_mask is None else previous_mask[0]

    def compute_output_shape(self, shapes: list[Shape]) -> Shape:
        return shapes[1]


@keras.saving.register_keras_serializable(package="keras_rnn")
class Residual(Connection):
    """Adds what a layer reads to what it puts out.

        x + y    where both are equally wide
        x P + y  where they are not, with a learned P

    Args:
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        inputs: List of x `(batch, time, features)` and y `(batch, time,
            width)`.

    Returns:
        Tensor `(batch, time, width)`.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import Residual
        >>> Residual()([np.ones((1, 1, 2)), np.ones((1, 1, 2))]).numpy()
        array([[[2., 2.]]], dtype=float32)

    Reference:
        K. He, X. Zhang, S. Ren and J. Sun (2016), "Deep residual learning for
        image recognition", CVPR. P is their projection shortcut.
    """

    def call(self, inputs: list[Tensor]) -> Tensor:
        x, y = inputs
        return self.carried(x) + y


@keras.saving.register_keras_serializable(package="keras_rnn")
class Highway(Connection):
    """Mixes what a layer reads and what it puts out by a learned gate.

        t = σ(x W + b)
            t ⊙ y + (1 − t) ⊙ x    where both are equally wide
            t ⊙ y + (1 − t) ⊙ x P  where they are not, with a learned P

    b starts at −1, so that at first most of x is carried past the layer.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        inputs: List of x `(batch, time, features)` and y `(batch, time,
            width)`.

    Returns:
        Tensor `(batch, time, width)`.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import Highway
        >>> y = Highway()([np.ones((4, 10, 3)), np.ones((4, 10, 8))])
        >>> tuple(y.shape)
        (4, 10, 8)

    Reference:
        R. K. Srivastava, K. Greff and J. Schmidhuber (2015), "Training very
        deep networks", NeurIPS. There P pads or drops features, or is a plain
        layer. This is not the recurrent highway network of J. G. Zilly et al.
        (2017), whose highways lie within one step of a cell.
    """

    def build(self, shapes: list[Shape]) -> None:
        super().build(shapes)
        self.gate = keras.layers.Dense(
            shapes[1][-1],
            activation="sigmoid",
            bias_initializer=keras.initializers.Constant(GATE_BIAS),
            dtype=self.dtype_policy,
            name="gate",
        )
        self.gate.build(shapes[0])

    def call(self, inputs: list[Tensor]) -> Tensor:
        x, y = inputs
        t = self.gate(x)
        return t * y + (1 - t) * self.carried(x)


def of_stack(stack: "Stack") -> list[keras.layers.Layer | None]:
    """New connections, one per layer of a stack; None where y alone goes on."""
    between = range(stack.num_layers - 1)
    if stack.residual == "highway":
        return [Highway() for _ in range(stack.num_layers)]
    if stack.residual == "dense":
        return [*(keras.layers.Concatenate() for _ in between), None]
    if stack.residual:
        return [None, *(Residual() for _ in between)]
    return [None] * stack.num_layers


def join(connection: keras.layers.Layer | None, x: Tensor, y: Tensor) -> Tensor:
    """What goes on after a layer that reads x and puts out y."""
    return y if connection is None else connection([x, y])


def build(
    connection: keras.layers.Layer | None, x_shape: Shape, y_shape: Shape
) -> Shape:
    """Makes the weights of a connection, and returns the shape of what goes on.

    Args:
        connection: One of `of_stack`.
        x_shape: Shape of what its layer reads.
        y_shape: Shape of what its layer puts out.
    """
    if connection is None:
        return y_shape
    connection.build([x_shape, y_shape])
    return connection.compute_output_shape([x_shape, y_shape])
