# SPDX-License-Identifier: Apache-2.0
"""What `help` says of the arguments that a class takes over from others."""

import inspect

import pytest

from keras_rnn.engine import RecurrentCell, RecurrentLayer
from keras_rnn.engine.cells.docstrings import explain_arguments
from tests.layers.arguments import explained, names


class DampedCell(RecurrentCell):
    """A cell of the reader's own.

    Args:
        damping (float): Share of the state that is lost
            at every step: 0 loses nothing.
        activation: Any activation you like.

    Example:
        A sentence.
    """

    gates = ("h",)

    def __init__(self, units, *, damping=0.5, **kwargs):
        super().__init__(units, **kwargs)
        self.damping = damping


class Damped(RecurrentLayer):
    """The layer of it."""

    cell_class = DampedCell


class DampedFurther(Damped):
    pass


@pytest.mark.parametrize("cls", [DampedCell, Damped])
def test_every_argument_of_a_cell_of_ones_own_is_explained(cls):
    assert sorted(explained(cls)) == sorted([*names(cls), "**kwargs"])


@pytest.mark.parametrize("cls", [DampedCell, Damped])
def test_a_class_keeps_the_words_of_its_cell(cls):
    entries = explained(cls)
    assert entries["damping"] == [
        "damping (float): Share of the state that is lost",
        "    at every step: 0 loses nothing.",
    ]
    assert entries["activation"] == ["activation: Any activation you like."]
    assert entries["use_bias"] == explained(RecurrentCell)["use_bias"]


def test_the_sections_around_the_arguments_stay():
    lines = DampedCell.__doc__.splitlines()
    assert lines[:3] == ["A cell of the reader's own.", "", "Args:"]
    assert lines[-3:] == ["", "Example:", "    A sentence."]
    assert Damped.__doc__.splitlines()[:3] == ["The layer of it.", "", "Args:"]


def test_the_section_is_put_before_those_that_follow_it():
    class Cell:
        """Does something.

        Returns:
            A number.
        """

    explain_arguments(Cell, ["units"], [RecurrentCell])
    assert Cell.__doc__.splitlines() == [
        "Does something.",
        "",
        "Args:",
        *(f"    {line}" for line in explained(RecurrentCell)["units"]),
        "    **kwargs: Arguments of `keras.layers.Layer`, such as `name` and "
        "`dtype`.",
        "",
        "Returns:",
        "    A number.",
    ]


def test_a_class_without_a_docstring_has_that_of_its_base():
    assert DampedFurther.__doc__ is None
    assert inspect.getdoc(DampedFurther) == inspect.cleandoc(Damped.__doc__)


def test_bases_without_docstrings_explain_nothing():
    class Bare:
        pass

    class Cell:
        """Does something."""

    explain_arguments(Cell, ["units"], [Bare])  # as under python -OO
    assert list(explained(Cell)) == ["**kwargs"]
