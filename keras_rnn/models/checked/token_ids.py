# SPDX-License-Identifier: Apache-2.0
"""Refuses token ids outside of the vocabulary before a model reads them.

An embedding takes −1 for the last row. Ids beyond its rows end in an error, or
become zeros, NaN or the last row, depending on the backend.
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import ArrayLike

#: What errors call the ids, and the remedy.
WORDS = ("Token ids", "Use the vocabulary the model was trained with.")


def vocabularies(model: keras.Model) -> dict[int, int]:
    """The vocabulary sizes of those inputs of a model that are ids.

    Args:
        model: A functional `keras.Model`.

    Returns:
        Dict of position in `model.inputs` -> vocabulary size.
    """
    places = {id(symbol): place for place, symbol in enumerate(model.inputs)}
    return {
        places[id(symbol)]: layer.input_dim
        for layer in model.layers
        if isinstance(layer, keras.layers.Embedding)
        for node in layer._inbound_nodes
        for symbol in node.input_tensors
        if id(symbol) in places
    }


def check(name: str, ids: ArrayLike, vocabulary_size: int) -> None:
    """Raises a ValueError unless all ids are whole and within the vocabulary.

    Args:
        name: Name of the argument, for the error.
        ids: Array of any shape.
        vocabulary_size: How many ids there are.
    """
    values = np.asarray(ids)
    if values.dtype.kind in "cOUSMm":  # complex, objects, texts, dates
        raise ValueError(
            f"{WORDS[0]} must be whole numbers. Received: `{name}` of dtype "
            f"{values.dtype}. Encode texts by a `Vocabulary` or `TextEncoder`."
        )
    bad = (values < 0) | (values >= vocabulary_size)
    if np.issubdtype(values.dtype, np.floating):
        bad |= values != np.floor(values)  # true of NaN, too
    if bad.any():
        called, remedy = WORDS
        raise ValueError(
            f"{called} must lie in 0 .. {vocabulary_size - 1}. Received: "
            f"{values[bad].flat[0]} in `{name}`. {remedy}"
        )


def check_top_k(top_k: int, most: int) -> None:
    """Raises a ValueError unless there are `top_k` tokens to draw from.

    Args:
        top_k: The argument.
        most: How many tokens may be drawn.
    """
    validate.positive_int("top_k", top_k)
    if top_k > most:
        raise ValueError(
            f"`top_k` must be at most {most}, the tokens there are. "
            f"Received: top_k={top_k}. Use top_k=None to draw from all."
        )


def check_inputs(
    name: str, x: Any, input_names: Sequence[str], sizes: dict[int, int]
) -> None:
    """Checks the ids among the inputs that a model is to read.

    Args:
        name: Name of the argument, for the error.
        x: Array, or list or dict of arrays, as the model takes them.
        input_names: Names of the inputs of the model.
        sizes: What `vocabularies` returned.
    """
    for ids, size in ids_in(x, input_names, sizes):
        if hasattr(ids, "shape") and not hasattr(ids, "flat_values"):
            check(name, keras.ops.convert_to_numpy(ids), size)


def ids_in(
    x: Any, input_names: Sequence[str], sizes: dict[int, int]
) -> list[tuple[Any, int]]:
    """The ids among inputs, each with the size of its vocabulary."""
    if isinstance(x, dict):
        named = ((input_names[place], size) for place, size in sizes.items())
        return [(x[name], size) for name, size in named if name in x]
    flat = keras.tree.flatten(x)
    return [(flat[k], size) for k, size in sizes.items() if k < len(flat)]
