# SPDX-License-Identifier: Apache-2.0
"""Token ids outside of the vocabulary, refused before a model reads them.

An embedding takes −1 for the last row, and what it makes of ids beyond its
rows depends on the backend: an error, zeros, NaN, or the last row again.
"""

import keras
import numpy as np

#: What they are called in errors, and the remedy.
WORDS = ("Token ids", "Use the vocabulary the model was trained with.")


def vocabularies(model):
    """How many ids each input of a model takes, if it takes ids.

    Args:
        model: A functional `keras.Model`.

    Returns:
        Dict of the place among `model.inputs` -> vocabulary size.
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


def check(name, ids, vocabulary_size):
    """Raises a ValueError unless all ids are whole and within the vocabulary.

    Args:
        name: What the sentence calls them.
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
        bad |= values != np.floor(values)  # NaN equals nothing
    if bad.any():
        called, remedy = WORDS
        raise ValueError(
            f"{called} must lie in 0 .. {vocabulary_size - 1}. Received: "
            f"{values[bad].flat[0]} in `{name}`. {remedy}"
        )


def check_inputs(name, x, symbols, sizes):
    """Checks the ids among what a model is to read.

    Args:
        name: What the error calls them.
        x: Array, list or dict of them, as the model takes them.
        symbols: Names of the inputs of the model.
        sizes: What `vocabularies` returned.
    """
    for ids, size in ids_in(x, symbols, sizes):
        if hasattr(ids, "shape") and not hasattr(ids, "flat_values"):
            check(name, keras.ops.convert_to_numpy(ids), size)


def ids_in(x, symbols, sizes):
    """Pairs of ids and the size of their vocabulary."""
    if isinstance(x, dict):
        named = ((symbols[place], size) for place, size in sizes.items())
        return [(x[name], size) for name, size in named if name in x]
    flat = keras.tree.flatten(x)
    return [(flat[k], size) for k, size in sizes.items() if k < len(flat)]
