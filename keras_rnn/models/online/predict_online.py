# SPDX-License-Identifier: Apache-2.0
"""Rows that arrive one by one, and an answer to each."""

import keras
import numpy as np
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn.engine import backend
from keras_rnn.models.checked import token_ids
from keras_rnn.models.online.model_graph import ends
from keras_rnn.models.online.states import stateful_layers

#: Kinds of NumPy's dtypes: complex, objects, texts, bytes, dates, durations.
NO_NUMBERS = "cOUSMm"


def predict_online(model, row):
    """Reads one new row and answers at once; the state is kept.

    The answer is what the model would say to all rows since the last
    `reset_states`, read at once.

    Args:
        model: A model from `for_inference` or `stateful_forecaster`.
        row: Array `(features,)` for a model of batch size 1, or
            `(batch, features)`; for token ids one id, or `(batch,)`. A dict
            of such arrays if the model takes a dict; inputs that are not
            sequences are given whole, and `"starts"` may be left out where no
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
    outputs = read(model, inputs)
    return keras.tree.map_structure(
        lambda value, symbol: _one_step(value, symbol, batched),
        outputs,
        ends(model)[1],
    )


def read(model, inputs):
    """Reads further steps and answers; the state is kept.

    Args:
        model: A model from `for_inference` or `stateful_forecaster`.
        inputs: Arrays as the model takes them, `(batch, time, features)` of
            sequences, any number of steps; nothing is checked.

    Returns:
        NumPy arrays, what the model says to the last step, or to all.
    """
    if not backend.CARRIES_STATES:  # predict_on_batch would lose them
        outputs = model(inputs, training=False)
        return keras.tree.map_structure(ops.convert_to_numpy, outputs)
    return model.predict_on_batch(inputs)


def _check_values(model, inputs):
    """What is no number would stay in the states for ever."""
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
    """The inputs with a batch and a time axis; whether they had the first."""
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
    """No new series begins, unless the row says so."""
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
            f"Received: {np.shape(value)}. Give one row a sequence; "
            "for_inference(model, batch_size=...) sets how many there are."
        )
    return (array[:, np.newaxis] if over_time else array), batched
