# SPDX-License-Identifier: Apache-2.0
"""Constructor arguments of one layer of a Stack."""

import inspect
from typing import Any

import keras

from keras_rnn import layers


def observing(key: str, num_observed: int) -> dict[str, int]:
    """The argument that tells a layer of missing values, if it takes it.

    Args:
        key: A key of `LAYERS`.
        num_observed: How many of its features may be missing.
    """
    taken = inspect.signature(layers.get(key)).parameters
    if not num_observed or "num_observed" not in taken:
        return {}
    return {"num_observed": num_observed}


def copied(options: dict[str, Any]) -> dict[str, Any]:
    """The options of a stack, for one more layer.

    An initializer without a seed that several layers shared would give all of
    them the same numbers.

    Args:
        options: Name of an argument -> value.
    """
    return {
        name: type(value).from_config(value.get_config())
        if isinstance(value, keras.initializers.Initializer)
        else value
        for name, value in options.items()
    }
