# SPDX-License-Identifier: Apache-2.0
"""memory: how long a model remembers an impulse."""

from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd

from keras_rnn import _validation as validate
from keras_rnn._types import Array, ArrayLike, Floats
from keras_rnn.diagnostics.checked import check_one_input_and_output


@dataclass(frozen=True, eq=False)
class Memory:
    """What `memory` returns.

    Attributes:
        response: r(d), a Series by the distance d, from 0.
        half_life: The distance after the peak of r from which r stays at or
            below half of the peak, between two distances by a straight line in
            log r; inf if there is none within the length.
    """

    response: pd.Series
    half_life: float


def memory(
    model: keras.Model,
    length: int,
    *,
    x: ArrayLike | None = None,
    size: float = 0.1,
    samples: int = 8,
    seed: int = 0,
) -> Memory:
    """How much an impulse d steps ago still moves the answer of a model.

        r(d) = mean over sequences of ‖y(x + impulse at d) − y(x)‖ / size

    The impulse has the norm `size` and a random direction, the same for all d
    of a sequence. Of token ids another token takes the place of one, and r is
    the change itself. Of answers that have as many steps as the sequences, the
    one at the last step counts.

    Args:
        model: A model with one input, sequences `(batch, time, features)` or
            token ids `(batch, time)`.
        length: Largest distance plus one; sequences are this long, or longer.
        x: Sequences to disturb; None draws `samples` of them, numbers from
            N(0, 1), or ids from 1.
        size: Norm of the impulse.
        samples: Number of sequences that are drawn.
        seed: Seed of all draws.

    Returns:
        `Memory`.

    Raises:
        ValueError: If the model has several inputs or outputs, or sequences
            are shorter than `length`.

    Example:
        >>> import keras, keras_rnn
        >>> import numpy as np
        >>> from keras_rnn.diagnostics import memory
        >>> layer = keras_rnn.SimpleRNN(1, activation="linear")
        >>> model = keras.Sequential([keras.Input((None, 1)), layer])
        >>> weights = [[1.0]], [[0.5]], [0.0]  # h = 0.5 h' + x
        >>> layer.set_weights(list(map(np.array, weights)))
        >>> round(memory(model, 8).half_life, 3)
        1.0
    """
    validate.positive_int("length", length)
    validate.positive_int("samples", samples)
    validate.positive_number("size", size)
    generator = np.random.default_rng(validate.random_seed("seed", seed))
    check_one_input_and_output(model)
    sequences = _sequences(model, length, x, samples, generator)
    disturbed = _disturbed(model, sequences, length, size, generator)
    rows = len(sequences)
    answers = _last(model, np.concatenate([sequences, disturbed]))
    change = answers[rows:].reshape(length, rows, -1) - answers[:rows]
    scale = size if sequences.ndim == 3 else 1.0
    response = np.linalg.norm(change, axis=-1).mean(axis=1) / scale
    index = pd.RangeIndex(length, name="distance")
    return Memory(
        pd.Series(response, index=index, name="response"), _half_life(response)
    )


def _vocabulary_size(model) -> int:
    return next(
        layer.input_dim
        for layer in model.layers
        if isinstance(layer, keras.layers.Embedding)
    )


def _sequences(model, length, x, samples, generator) -> Array:
    symbol = model.inputs[0]
    if x is None:
        time = length if symbol.shape[1] is None else symbol.shape[1]
        if len(symbol.shape) == 2:
            ids = generator.integers(
                1, _vocabulary_size(model), (samples, time)
            )
            x = ids.astype(symbol.dtype)
        else:
            shape = (samples, time, *symbol.shape[2:])
            x = generator.normal(size=shape).astype("float32")
    x = np.asarray(x)
    if x.ndim != len(symbol.shape) or x.shape[1] < length:
        raise ValueError(
            f"Sequences must have {len(symbol.shape)} axes, and at least "
            f"length={length} steps. Received: shape {x.shape}. Lower "
            "`length`, or give longer ones."
        )
    return x


def _disturbed(model, x, length, size, generator) -> Array:
    """The sequences with an impulse at each distance, one after the other."""
    found = np.repeat(x[None], length, axis=0)
    last = x.shape[1] - 1
    if x.ndim == 2:
        count = _vocabulary_size(model)
        for distance in range(length):
            ids = x[:, last - distance]
            others = generator.integers(1, count - 1, len(x))
            found[distance, :, last - distance] = others + (others >= ids)
    else:
        impulse = generator.normal(size=(len(x), *x.shape[2:]))
        flat = impulse.reshape(len(x), -1)
        norms = np.linalg.norm(flat, axis=1)
        impulse *= (size / norms).reshape(-1, *[1] * (impulse.ndim - 1))
        for distance in range(length):
            found[distance, :, last - distance] += impulse
    return found.reshape(-1, *x.shape[1:])


def _last(model, x) -> Floats:
    """Answers at the last step, a row of float64 per sequence."""
    (answers,) = keras.tree.flatten(model.predict(x, verbose=0))
    (symbol,) = model.outputs
    over_time = (
        len(symbol.shape) == 3 and symbol.shape[1] == model.inputs[0].shape[1]
    )
    answers = answers[:, -1] if over_time else answers
    return np.asarray(answers, np.float64).reshape(len(x), -1)


def _half_life(response: Floats) -> float:
    peak = int(response.argmax())
    half = response[peak] / 2
    above = np.flatnonzero(response > half)
    if not len(above) or above[-1] == len(response) - 1:
        return float("inf")
    last = int(above[-1])
    before, after = response[last], response[last + 1]
    if after == 0:
        return float(last + 1)
    share = np.log(before / half) / np.log(before / after)
    return float(last + share)
