# SPDX-License-Identifier: Apache-2.0
"""predict_online: rows arrive one by one, and each is answered at once."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import ArrayLike
from keras_rnn.engine import backend
from keras_rnn.models.checked import token_ids
from keras_rnn.models.online.model_graph import inputs_and_outputs
from keras_rnn.models.online.states import stateful_layers

#: Kinds of dtypes that a row must not have: complex numbers, objects, texts,
#: bytes, dates, durations.
NO_NUMBERS = "cOUSMm"


def predict_online(
    model: keras.Model, row: ArrayLike | dict[str, ArrayLike]
) -> Any:
    """Reads one new row and predicts; the model keeps its states.

    The prediction is the one that the model would make if it read all rows
    since the last `reset_states` at once.

    Args:
        model: A model from `for_inference` or `stateful_forecaster`.
        row: Array `(features,)` for a model of batch size 1, or
            `(batch, features)`; for token ids one id, or `(batch,)`. If the
            model takes a dict, a dict of such arrays, in which inputs that are
            not sequences stand as a whole; `"starts"` may be left out if no
            new series begins.

    Returns:
        NumPy array, the prediction of this step: `(batch, ...)`, without the
        batch axis if `row` had none.

    Raises:
        ValueError: If the model keeps no state, the shape does not fit, a
            number is not finite, or an id is outside of the vocabulary.
    """
    validate.instance("model", model, keras.Model, "Use for_inference(model).")
    stateful_layers(model)
    inputs, batched = _as_batch(model, row)
    _check_values(model, inputs)
    outputs = predict_steps(model, inputs)
    return keras.tree.map_structure(
        lambda value, symbol: _one_step(value, symbol, batched),
        outputs,
        inputs_and_outputs(model)[1],
    )


def predict_steps(model: keras.Model, inputs: Any) -> Any:
    """Reads some new steps and predicts; the model keeps its states.

    Unlike `predict_online` it takes any number of steps, and checks nothing.

    Args:
        model: A model from `for_inference` or `stateful_forecaster`.
        inputs: Arrays as the model takes them: sequences are `(batch, time,
            features)`.

    Returns:
        NumPy arrays, the outputs of the model.
    """
    if not backend.CARRIES_STATES:  # predict_on_batch would lose them
        outputs = model(inputs, training=False)
        return keras.tree.map_structure(ops.convert_to_numpy, outputs)
    return model.predict_on_batch(inputs)


def _check_values(model, inputs):
    """Raises a ValueError for values that would spoil the states for ever."""
    sizes = token_ids.vocabularies(model)
    for place, symbol in enumerate(model.inputs):
        named = isinstance(inputs, dict)
        values = inputs[symbol.name] if named else inputs
        if place in sizes:
            token_ids.check("row", values, sizes[place])
        elif not np.isfinite(values).all():
            bad = values[~np.isfinite(values)].flat[0]
            raise ValueError(
                f"`row` must hold finite numbers. Received: {bad} for the "
                f"input {symbol.name!r}. Leave the row out, or fill in what "
                "is missing."
            )


def _one_step(value, symbol, batched):
    if len(symbol.shape) > 1 and symbol.shape[1] is None:
        value = value[:, 0]
    return value if batched else value[0]


def _as_batch(model, row):
    """The inputs with axes of batch and time, and whether `row` had a batch."""
    if not isinstance(model.input, dict):
        array, batched = _with_axes("row", row, model.inputs[0].shape)
        return array, batched
    row = _with_starts(model, row)
    if row.keys() != model.input.keys():
        raise ValueError(
            f"`row` must have the keys {sorted(model.input)}. "
            f"Received: {sorted(row)}. Give every input of the model."
        )
    pairs = {
        name: _with_axes(f"row[{name!r}]", row[name], symbol.shape)
        for name, symbol in model.input.items()
    }
    arrays = {name: array for name, (array, _) in pairs.items()}
    batched = [b for name, (_, b) in pairs.items() if name != "starts"]
    return arrays, all(batched)


def _with_starts(model, row):
    """The row as a dict, in which no new series begins unless it says so."""
    expected = set(model.input) - {"starts"}
    if not isinstance(row, dict) and len(expected) == 1:
        row = dict.fromkeys(expected, row)
    validate.instance("row", row, dict, f"Use a dict of {sorted(expected)}.")
    if "starts" in model.input and "starts" not in row:
        batch_size = model.input["starts"].shape[0]
        row = {**row, "starts": np.zeros(batch_size, dtype=bool)}
    return row


def _numbers(name, value):
    try:
        array = np.asarray(value)
    except ValueError:  # rows of unequal lengths
        array = np.asarray(None)
    if array.dtype.kind in NO_NUMBERS:
        raise ValueError(
            f"`{name}` must hold numbers. {validate.received(name, value)} "
            "Give an array of floats, or of ids."
        )
    return array


def _with_axes(name, value, shape):
    array = _numbers(name, value)
    batch_size, *rest = shape
    over_time = bool(rest) and rest[0] is None
    if over_time:
        rest = rest[1:]
    batched = array.ndim == len(rest) + 1
    expected = (batch_size, *rest)
    if not batched and batch_size == 1:
        array = array[np.newaxis]
    if array.shape != expected:
        raise ValueError(
            f"`{name}` must have the shape (batch_size, ...) = {expected}. "
            f"Received: {np.shape(value)}. Give one row per sequence; "
            "for_inference(model, batch_size=...) sets how many there are."
        )
    return (array[:, np.newaxis] if over_time else array), batched
