# SPDX-License-Identifier: Apache-2.0
"""The sequences of Arrays, checked against what `inputs` states."""

import numpy as np

from keras_rnn._types import Array, Shape
from keras_rnn.models import Sequences, Tokens


def inputs_of(x: Array) -> Sequences:
    """Sequences of the shape of an array.

    Raises:
        ValueError: If its axes are not those of sequences of numbers.
    """
    if x.ndim != 3:
        raise ValueError(
            "`x` must have shape (samples, time, features). Received: "
            f"{x.shape}. Add an axis, or name inputs=Tokens(...)."
        )
    return Sequences(num_features=x.shape[2], length=x.shape[1])


def sequences_of(x: Array, inputs: Sequences | Tokens) -> Array:
    """An array, if a model of these inputs takes it.

    Args:
        x: The array.
        inputs: What enters the model.

    Returns:
        The array: numbers `(samples, time, features)` or ids
        `(samples, time)`.

    Raises:
        ValueError: If shape, type or a value is not what `inputs` states.
    """
    check_shape(x.shape, inputs)
    if isinstance(inputs, Tokens):
        return _ids(x, inputs)
    return finite_numbers("x", x)


def check_shape(shape: Shape, inputs: Sequences | Tokens) -> None:
    """Raises a ValueError unless a model of these inputs takes a shape.

    Args:
        shape: Size of each axis, None where any size may come.
        inputs: What enters the model.
    """
    axes = shape_of(inputs)
    fits = len(shape) == len(axes) and all(
        None in (stated, size) or stated == size
        for stated, size in zip(axes, shape, strict=True)
    )
    if not fits:
        shown = ("samples", *("time" if n is None else n for n in axes[1:]))
        raise ValueError(
            f"`x` must have the shape that `inputs` states: {shown!r}. "
            f"Received: {tuple(shape)}, inputs={inputs!r}. Change one of them."
        )


def shape_of(inputs: Sequences | Tokens) -> Shape:
    """The shape of what enters a model, None where any size does.

    Raises:
        ValueError: If more than one array enters.
    """
    if isinstance(inputs, Tokens):
        return (None, inputs.length)
    if inputs.num_future or inputs.num_static:
        raise ValueError(
            "A search over samples has one array of inputs: no future or "
            f"static ones. Received: inputs={inputs!r}. Repeat static numbers "
            "at each step, as further features, or search with Forecast."
        )
    return (None, inputs.length, inputs.num_features)


def _ids(x: Array, inputs: Tokens) -> Array:
    """An array, if it holds ids of the vocabulary."""
    whole = x.dtype.kind in "iu" or (
        x.dtype.kind == "f" and bool((np.floor(x) == x).all())
    )
    if not whole:
        raise ValueError(
            "`x` must hold token ids, whole numbers. Received: an array of "
            f"{x.dtype}. Encode texts first, with "
            "`keras_rnn.data.text.TextEncoder`."
        )
    wrong = (x < 0) | (x >= inputs.vocabulary_size)
    if wrong.any():
        sample, step = np.argwhere(wrong)[0]
        raise ValueError(
            "Token ids must lie in 0 .. vocabulary_size − 1 = "
            f"{inputs.vocabulary_size - 1}. Received: {x[sample, step]} in "
            f"x[{sample}, {step}]. Enlarge the vocabulary, or encode such "
            "words as unknown ones."
        )
    return x


def finite_numbers(name: str, values: Array) -> Array:
    """An array, if it holds numbers that stay finite in float32.

    Args:
        name: What the error calls the array.
        values: The array.

    Returns:
        The array.

    Raises:
        ValueError: If they are no numbers, or one is NaN or infinite.
    """
    if values.dtype.kind not in "biuf":
        raise ValueError(
            f"`{name}` must hold numbers. Received: an array of "
            f"{values.dtype}. Convert it with `.astype('float32')`, or number "
            f"its words: `np.unique({name}, return_inverse=True)[1]`."
        )
    with np.errstate(over="ignore"):
        wrong = ~np.isfinite(values.astype("float32"))
    if wrong.any():
        place = tuple(np.argwhere(wrong)[0].tolist())
        raise ValueError(
            f"`{name}` must hold numbers that are finite in float32. Received: "
            f"{values[place]} in {name}[{', '.join(map(str, place))}], and "
            f"{wrong.sum()} such in all. Leave these samples out, or fill them."
        )
    return values
