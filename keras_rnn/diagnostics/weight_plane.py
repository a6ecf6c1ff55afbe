# SPDX-License-Identifier: Apache-2.0
"""A plane of the weights of a model, through those that it has now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import keras
import numpy as np
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Floats, Tensor

#: One number of a variable: the variable or its path, and the index.
Weight: TypeAlias = tuple[keras.Variable | str, int | tuple[int, ...]]


@dataclass(frozen=True, eq=False)
class Plane:
    """Two orthogonal directions in the space of the weights.

    Attributes:
        variables: The variables that move.
        first: An array per variable, of its shape: the first direction.
        second: The second direction.
        names: What the directions are called.
    """

    variables: list[keras.Variable]
    first: list[Floats]
    second: list[Floats]
    names: tuple[str, str]

    @property
    def lengths(self) -> Floats:
        """The lengths of both directions."""
        return np.array([_length(self.first), _length(self.second)])

    def at(self, offsets: Tensor) -> list[tuple[keras.Variable, Tensor]]:
        """The variables, each with its value at two offsets."""
        return [
            (
                variable,
                ops.convert_to_tensor(variable)
                + ops.cast(offsets[0], variable.dtype)
                * ops.convert_to_tensor(first, variable.dtype)
                + ops.cast(offsets[1], variable.dtype)
                * ops.convert_to_tensor(second, variable.dtype),
            )
            for variable, first, second in zip(
                self.variables, self.first, self.second, strict=True
            )
        ]


def _length(direction: Sequence[Floats]) -> float:
    return float(np.sqrt(sum(np.sum(part**2) for part in direction)))


def random_plane(model: Any, seed: int) -> Plane:
    """Two random directions, of each variable as long as the variable.

    Args:
        model: A `keras.Model`.
        seed: Seed of the draws.

    Raises:
        ValueError: If no two directions are possible.
    """
    generator = np.random.default_rng(seed)
    variables, first, second = [], [], []
    for variable in model.trainable_variables:
        length = np.linalg.norm(ops.convert_to_numpy(variable))
        one, other = generator.normal(size=(2, *variable.shape))
        if length == 0:
            continue
        one /= np.linalg.norm(one)
        if one.size == 1:
            other = np.zeros(variable.shape)
        else:
            other -= one * np.sum(one * other)
            other /= np.linalg.norm(other)
        variables.append(variable)
        first.append(length * one)
        second.append(length * other)
    if not any(part.any() for part in second):
        raise ValueError(
            "Random directions need a trainable variable of at least two "
            "numbers that are not all 0. Received: the model "
            f"{model.name!r} without one. Name two weights as `directions`."
        )
    return Plane(
        variables, first, second, ("first direction", "second direction")
    )


def two_weights(model: Any, directions: Any) -> Plane:
    """The plane of two single weights.

    Args:
        model: A `keras.Model`.
        directions: Two tuples of a variable, or its path, and of an index.

    Raises:
        ValueError: If they are not two different weights of the model.
    """
    if (
        not isinstance(directions, list | tuple)
        or len(directions) != 2
        or any(
            not isinstance(weight, list | tuple) or len(weight) != 2
            for weight in directions
        )
    ):
        raise ValueError(
            "`directions` must be two tuples (variable, index). "
            f"{validate.received('directions', directions)} Or leave it out "
            "for random directions."
        )
    weights = [_weight(model, *weight) for weight in directions]
    names = [f"{v.path}[{', '.join(map(str, k))}]" for v, k in weights]
    validate.all_different("directions", names, "Take two weights.")
    variables = list({id(v): v for v, _ in weights}.values())
    parts = []
    for moved, index in weights:
        direction = [np.zeros(v.shape) for v in variables]
        for variable, part in zip(variables, direction, strict=True):
            if variable is moved:
                part[index] = 1.0
        parts.append(direction)
    return Plane(variables, parts[0], parts[1], (names[0], names[1]))


def _weight(
    model: Any, variable: Any, index: Any
) -> tuple[keras.Variable, tuple[int, ...]]:
    found = [
        v for v in model.weights if v is variable or v.path == str(variable)
    ]
    if len(found) != 1:
        raise ValueError(
            "`directions` must name weights of the model, each by a variable "
            f"or its path. {validate.received('variable', variable)} The "
            f"model has {[v.path for v in model.weights]}."
        )
    place = tuple(index) if isinstance(index, list | tuple) else (index,)
    shape = tuple(found[0].shape)
    if len(place) != len(shape) or not all(
        isinstance(k, int | np.integer) and -size <= k < size
        for k, size in zip(place, shape, strict=True)
    ):
        raise ValueError(
            f"The index of a weight in {found[0].path!r} must lie in its shape "
            f"{shape}. {validate.received('index', index)}"
        )
    place = tuple(int(k) % size for k, size in zip(place, shape, strict=True))
    return found[0], place
