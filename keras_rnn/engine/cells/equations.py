# SPDX-License-Identifier: Apache-2.0
"""Cells without weights: one object for all cells with the same equations."""

import functools
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias, TypeVar

from keras_rnn._types import Tensor, Tensors
from keras_rnn.engine.cells import arguments

Cell = TypeVar("Cell")

#: Outputs at all steps, None if nobody asked for them, and the last states.
OverTime: TypeAlias = tuple[Tensor | None, Tensors]

# The last words of arguments that say how weights are made, not what is
# computed of them.
_OF_WEIGHTS = ("initializer", "regularizer", "constraint")


class Recurrence(NamedTuple):
    """The equations of a cell, and the tensors that are its weights.

    Attributes:
        equations: The cell without weights, `RecurrentCell.equations()`.
        weights: W, R and b of z = x W + h' R + b; R is None if there is none.
        extras: Name of an extra weight -> tensor.
    """

    equations: Any
    weights: tuple[Tensor, Tensor | None, Tensor]
    extras: dict[str, Tensor]

    def weights_of_z(self) -> Tensors:
        """W, b and, if there is one, R: what pre-activations are made with."""
        kernel, recurrent_kernel, bias = self.weights
        of_R = () if recurrent_kernel is None else (recurrent_kernel,)
        return (kernel, bias, *of_R)


def equations_of(cell: Any, cell_class: type[Cell]) -> Cell:
    """An object that has what the `step` of a cell may read, and no more.

    Args:
        cell: A `RecurrentCell`.
        cell_class: Its class, or another class with the same arguments.

    Returns:
        An unbuilt instance of `cell_class`, the same one for equal arguments.
    """
    read = [
        (name, _argument(getattr(cell, name)))
        for name in arguments.constructor_parameters(type(cell))
        if name not in cell.of_layer
        and name.rpartition("_")[2] not in _OF_WEIGHTS
    ]
    return _cell_without_weights(cell_class, tuple(read))


@dataclass(frozen=True)
class _Argument:
    """A value that is compared by a key."""

    key: object
    value: object = field(compare=False)


def _argument(value):
    try:
        hash(value)
    except TypeError:  # without a hash a value is equal to itself alone
        return _Argument((id, id(value)), value)
    return _Argument(value, value)


def makes_equations() -> bool:
    """Whether the cell that is being constructed will be equations."""
    return _makes_equations.get()


_makes_equations = ContextVar("makes_equations", default=False)


# The fused engine keeps the functions of as many cells. A cell that comes back
# after more others than that is compiled again.
@functools.lru_cache(maxsize=128)
def _cell_without_weights(cell_class, values):
    settings = {name: argument.value for name, argument in values}
    # Initializers without a seed would draw one from the user's random state.
    settings |= {
        name: "zeros"
        for name in arguments.constructor_parameters(cell_class)
        if name.endswith("_initializer")
    }
    before = _makes_equations.set(True)
    try:
        # A name of its own, so that Keras does not count it among the cells.
        return cell_class(**settings, name="equations", dtype="float32")
    finally:
        _makes_equations.reset(before)
