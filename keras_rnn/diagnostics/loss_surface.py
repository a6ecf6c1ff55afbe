# SPDX-License-Identifier: Apache-2.0
"""loss_surface: the loss in a plane of the weights, and descents in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import keras
import numpy as np
import pandas as pd
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Array, Floats, Tensor
from keras_rnn.diagnostics.checked import check_has_loss, one_batch
from keras_rnn.diagnostics.weight_plane import (
    Plane,
    Weight,
    random_plane,
    two_weights,
)
from keras_rnn.engine import backend, gradients

#: From the slope along both directions to the move against it.
Clip: TypeAlias = Callable[[Floats], Floats]


@dataclass(frozen=True, eq=False)
class LossSurface:
    """What `loss_surface` returns.

    Attributes:
        surface: The loss. The index is the offset from the model's own weights
            along the first direction, the columns are the offset along the
            second; their names are those of the directions.
        paths: A row per `descent` and `step`, from step 0, the start; the
            columns `a` and `b` are the offsets along the first and the second
            direction, `loss` is the loss there. What is thrown so far that it
            is no number any more is NaN.
    """

    surface: pd.DataFrame
    paths: pd.DataFrame


def loss_surface(
    model: keras.Model,
    x: Any,
    y: Any,
    *,
    directions: tuple[Weight, Weight] | None = None,
    span: float | tuple[float, float] = 1.0,
    steps: int = 31,
    learning_rate: float = 0.01,
    start: tuple[float, float] = (0.0, 0.0),
    descent_steps: int = 50,
    clipnorm: float = 1.0,
    clipvalue: float = 1.0,
    seed: int = 0,
) -> LossSurface:
    """The loss of a compiled model in a plane of its weights, with descents.

    The plane goes through the weights that the model has now. Two single
    weights show how a recurrent weight and a bias make a wall, at which plain
    gradient descent is thrown far away, and clipped descent is not (Pascanu et
    al. 2013). Two random directions show whether a minimum is wide or narrow.

    Three descents start at the same place and stay in the plane:

        plain          w ← w − η g
        norm-clipped   w ← w − η g · min(1, clipnorm / ‖g‖)
        value-clipped  w ← w − η clip(g, −clipvalue, clipvalue)

    where g is the part of the gradient that lies in the plane; its two numbers
    belong to directions of length 1, so a learning rate and a threshold mean
    what they mean in training. All of x is one batch, and dropout does not act.
    No weight of the model changes, and no random state.

    Args:
        model: A compiled model.
        x: Arrays, as the model takes them.
        y: Targets, as the model takes them.
        directions: Two weights, each as a tuple of a variable of the model, or
            its path, and of the index of a number in it. None draws two random
            directions that are orthogonal: numbers from N(0, 1), of each
            trainable variable as long as the variable itself. A variable of
            zeros, such as a new bias, does not move, and one of a single number
            moves along the first direction only.
        span: The largest offset along both directions, or along each: in units
            of the weight, or as a share of the length of the weights.
        steps: Points along each direction, from −span to span.
        learning_rate: η.
        start: Offsets at which the descents start.
        descent_steps: Steps of each descent.
        clipnorm: Largest norm of g.
        clipvalue: Largest size of each of the two numbers of g.
        seed: Seed of random directions.

    Returns:
        `LossSurface`.

    Raises:
        ValueError: If the model has no loss, a weight does not exist, or no
            random direction is possible.

    Example:
        >>> import keras, keras_rnn
        >>> import numpy as np
        >>> from keras_rnn.diagnostics import loss_surface
        >>> inputs = keras.Input((50, 1))
        >>> layer = keras_rnn.SimpleRNN(1, activation="sigmoid")
        >>> model = keras.Model(inputs, layer(inputs))
        >>> model.compile(loss="mse")
        >>> found = loss_surface(
        ...     model,
        ...     np.zeros((1, 50, 1)),
        ...     np.array([[0.7]]),
        ...     directions=(
        ...         (layer.cell.recurrent_kernel, (0, 0)),
        ...         (layer.cell.bias, 0),
        ...     ),
        ...     steps=5,
        ... )
        >>> found.surface.shape
        (5, 5)
        >>> sorted(set(found.paths.index.get_level_values("descent")))
        ['norm-clipped', 'plain', 'value-clipped']

    Reference:
        Li, H., Xu, Z., Taylor, G., Studer, C. & Goldstein, T. (2018).
        Visualizing the loss landscape of neural nets. arXiv:1712.09913.
        Deviations: each variable is scaled as a whole, not filter by filter,
        because a recurrent kernel has no filters; and the second direction is
        made orthogonal to the first, within each variable.

        Pascanu, R., Mikolov, T. & Bengio, Y. (2013). On the difficulty of
        training recurrent neural networks. arXiv:1211.5063.
    """
    spans = _pair("span", span if np.ndim(span) else (span, span))
    for value in spans:
        validate.positive_number("span", value)
    validate.integer("steps", steps, minimum=2)
    validate.positive_number("learning_rate", learning_rate)
    place = np.array(_pair("start", start))
    validate.positive_int("descent_steps", descent_steps)
    clips = _clips(
        validate.positive_number("clipnorm", clipnorm),
        validate.positive_number("clipvalue", clipvalue),
    )
    validate.random_seed("seed", seed)
    check_has_loss(model)
    plane = (
        random_plane(model, seed)
        if directions is None
        else two_weights(model, directions)
    )
    loss, slopes = _functions(model, plane, *one_batch(model, x, y))
    offsets = [np.linspace(-size, size, steps) for size in spans]
    surface = [[loss(np.array([a, b])) for b in offsets[1]] for a in offsets[0]]
    index, columns = (
        pd.Index(values, name=name)
        for values, name in zip(offsets, plane.names, strict=True)
    )
    paths = {
        name: _descent(slopes, place, learning_rate, clip, descent_steps, plane)
        for name, clip in clips.items()
    }
    return LossSurface(
        pd.DataFrame(surface, index, columns),
        pd.concat(paths, names=["descent", "step"]),
    )


def _pair(name: str, values: Any) -> tuple[float, float]:
    if np.shape(values) != (2,):
        raise ValueError(
            f"`{name}` must be two numbers, one for each direction. "
            f"{validate.received(name, values)}"
        )
    first, second = (validate.number(name, value) for value in values)
    return first, second


def _clips(clipnorm: float, clipvalue: float) -> dict[str, Clip]:
    return {
        "plain": lambda g: g,
        "norm-clipped": lambda g: (
            g * min(1.0, clipnorm / max(float(np.linalg.norm(g)), clipnorm))
        ),
        "value-clipped": lambda g: np.clip(g, -clipvalue, clipvalue),
    }


def _functions(
    model: Any, plane: Plane, x: Any, y: Any
) -> tuple[Callable[[Floats], float], Callable[[Floats], tuple[float, Array]]]:
    """The loss at offsets, and the loss with its slope along each direction."""

    def loss_at(offsets: Tensor) -> Tensor:
        # What a call assigns, such as the state of a stateful layer, is gone.
        scope = keras.StatelessScope(plane.at(offsets), collect_losses=True)
        with scope:
            return model.compute_loss(
                x=x, y=y, y_pred=model(x, training=False), training=False
            )

    def slopes_at(offsets: Tensor) -> tuple[Tensor, Tensor]:
        value, (slopes,), _ = gradients(loss_at, [offsets])
        return value, slopes

    # Keras completes a loss at its first call, which a compiler must not see.
    loss_at(ops.zeros(2))
    loss, both = loss_at, slopes_at
    if not model.run_eagerly:
        loss, both = backend.traced(loss_at), backend.traced(slopes_at)

    def slopes(offsets: Floats) -> tuple[float, Array]:
        value, found = both(ops.convert_to_tensor(offsets, "float32"))
        return float(value), ops.convert_to_numpy(found)

    return lambda v: float(
        ops.convert_to_numpy(loss(ops.convert_to_tensor(v, "float32")))
    ), slopes


def _descent(
    slopes: Callable[[Floats], tuple[float, Array]],
    place: Floats,
    learning_rate: float,
    clip: Clip,
    steps: int,
    plane: Plane,
) -> pd.DataFrame:
    rows: list[Sequence[float]] = []
    with np.errstate(all="ignore"):  # what is thrown away overflows
        for _ in range(steps + 1):
            loss, slope = slopes(place)
            rows.append((*place, loss))
            gradient = slope.astype(np.float64) / plane.lengths
            place = place - learning_rate * clip(gradient) / plane.lengths
    return pd.DataFrame(rows, columns=["a", "b", "loss"])
