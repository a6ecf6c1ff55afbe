# SPDX-License-Identifier: Apache-2.0
"""The bias with which a new network remembers for so long."""

import math
import numbers
from typing import Any, TypeAlias

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor


@keras.saving.register_keras_serializable("keras_rnn")
class Chrono(keras.initializers.Initializer):
    """Biases of gates that remember for 1 to `max_time` steps.

    A gate σ(b) that keeps a state does so for about 1 + exp(b) steps. Here
    b = ln(u), with u even from 1 to `max_time` − 1, so that the units of a new
    layer cover all spans up to the longest that the task is expected to need.
    As the `forget_bias` of a layer with an input gate, that gate gets −b.

    Args:
        max_time: The longest memory, in steps, more than 2.
        seed: Seed of the draw, an integer, or None.

    Raises:
        ValueError: If `max_time` is not more than 2.

    Example:
        >>> import keras, keras_rnn
        >>> bias = keras_rnn.layers.Chrono(max_time=100)
        >>> layer = keras_rnn.LSTM(8, forget_bias=bias)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 8)

    Reference:
        Tallec, C. & Ollivier, Y. (2018). Can recurrent neural networks warp
        time? ICLR.
    """

    def __init__(self, max_time: float, seed: int | None = None) -> None:
        self.max_time: float = validate.positive_number("max_time", max_time)
        if max_time <= 2:
            raise ValueError(
                "`max_time` must be more than 2 steps. "
                f"{validate.received('max_time', max_time)} "
                "Give the longest span that the task needs."
            )
        self.seed = seed

    def __call__(
        self, shape: tuple[int, ...], dtype: str | None = None
    ) -> Tensor:
        spans = keras.random.uniform(
            shape, 1.0, self.max_time - 1, dtype=dtype, seed=self.seed
        )
        return ops.log(spans)

    def get_config(self) -> dict[str, Any]:
        return {"max_time": self.max_time, "seed": self.seed}


#: The argument `forget_bias`: a number, or how to draw one per unit.
ForgetBias: TypeAlias = float | Chrono | None


def checked_forget_bias(value: Any) -> ForgetBias:
    """The argument `forget_bias`, also from its config.

    Raises:
        TypeError: If it is neither a finite number nor a `Chrono`.
    """
    if isinstance(value, dict):
        value = keras.initializers.get(value)
    number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if value is None or isinstance(value, Chrono):
        return value
    if number and math.isfinite(value):
        return float(value)
    raise TypeError(
        "`forget_bias` must be a finite number or Chrono(max_time). "
        f"{validate.received('forget_bias', value)} "
        "Leave it out for Keras's bias."
    )
