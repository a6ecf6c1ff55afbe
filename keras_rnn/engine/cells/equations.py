# SPDX-License-Identifier: Apache-2.0
"""Cells without weights: as many objects as there are different equations."""

import functools
from dataclasses import dataclass, field

from keras_rnn.engine.cells import arguments

_NOT_READ = {"dropout", "recurrent_dropout", "seed", "use_bias"}
_NOT_READ_SUFFIXES = ("_initializer", "_regularizer", "_constraint")


def equations_of(cell, of):
    """An object with what the `step` of a cell may read, and no more.

    Args:
        cell: A `RecurrentCell`.
        of: Its class, or another one with the same arguments.

    Returns:
        An unbuilt instance of `of`, the same one for equal arguments.
    """
    read = [
        (name, _argument(getattr(cell, name)))
        for name in arguments.constructor_parameters(type(cell))
        if name not in _NOT_READ and not name.endswith(_NOT_READ_SUFFIXES)
    ]
    return _bare_cell(of, tuple(read))


@dataclass(frozen=True)
class _Argument:
    """A value, and what tells it from others: itself, or its identity."""

    key: object
    value: object = field(compare=False)


def _argument(value):
    try:
        hash(value)
    except TypeError:
        return _Argument((id, id(value)), value)
    return _Argument(value, value)


# As many as fused.py keeps functions; a cell that comes back after so many
# others is compiled again.
@functools.lru_cache(maxsize=128)
def _bare_cell(cell_class, values):
    cell = object.__new__(cell_class)
    vars(cell).update({name: argument.value for name, argument in values})
    return cell
