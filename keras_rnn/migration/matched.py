# SPDX-License-Identifier: Apache-2.0
"""Checks weights that were given, all of them before any is assigned."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import Array, Floats


def named(
    argument: str, weights: Sequence[Any], names: Iterable[str]
) -> dict[str, Any]:
    """Weights that were given in order, by name.

    Args:
        argument: Name of the argument, for errors.
        weights: The weights.
        names: What they are, in the same order.

    Raises:
        TypeError: If they are no list.
        ValueError: If they are more or fewer.
    """
    validate.instance(argument, weights, (list, tuple))
    names = list(names)
    if len(weights) != len(names):
        raise ValueError(
            f"`{argument}` must hold {len(names)} arrays: {', '.join(names)}. "
            f"Received: {len(weights)}. Use a layer with the arguments, such "
            "as use_bias, of the one that the weights are from."
        )
    return dict(zip(names, weights, strict=True))


def matched(
    argument: str, given: Mapping[str, Any], expected: Mapping[str, Array]
) -> dict[str, Floats]:
    """The weights that were given, as arrays, in the order of the expected.

    Args:
        argument: Name of the argument, for errors.
        given: Name -> array or tensor.
        expected: Name -> array of the shape that is expected.

    Raises:
        ValueError: If names are missing or unknown, a shape differs, or an
            array does not hold finite numbers.
    """
    missing = [name for name in expected if name not in given]
    unknown = [str(name) for name in given if name not in expected]
    if missing or unknown:
        raise ValueError(
            f"`{argument}` must hold {', '.join(expected)}. Received: "
            f"{_differing(missing, unknown)}. Use a layer with the arguments, "
            "such as use_bias, of the one that the weights are from."
        )
    arrays = {name: _numbers(argument, name, given[name]) for name in expected}
    for name, array in arrays.items():
        if array.shape != expected[name].shape:
            raise ValueError(
                f"{name!r} in `{argument}` must have the shape "
                f"{expected[name].shape}. Received: {array.shape}. Use a layer "
                "with the units and the features of the one that the weights "
                "are from."
            )
    return arrays


def _differing(missing, unknown):
    parts = []
    if missing:
        parts.append(f"without {', '.join(missing)}")
    if unknown:
        parts.append(f"with {', '.join(unknown)}")
    return ", and ".join(parts)


def _numbers(argument: str, name: str, value: Any) -> Floats:
    """An array or tensor in float64, which holds any other float exactly."""
    if hasattr(value, "detach"):  # a tensor of PyTorch, on whatever device
        value = value.detach().cpu().double().numpy()
    try:
        array = np.asarray(value, dtype="float64")
    except (TypeError, ValueError):
        array = np.array(np.nan)
    if not np.isfinite(array).all():
        raise ValueError(
            f"{name!r} in `{argument}` must hold finite numbers. "
            f"{validate.received(name, value)} Use weights from before the "
            "training diverged."
        )
    return array
