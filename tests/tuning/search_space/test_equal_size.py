# SPDX-License-Identifier: Apache-2.0
import pytest

from keras_rnn.tuning import (
    RecurrentHyperModel,
    count_weights,
    matched_units,
)
from tests.rows import OF_FEW_KEYS
from tests.tuning.tiny import arrays


@pytest.mark.parametrize("cell", OF_FEW_KEYS)
def test_cells_get_the_width_whose_weights_come_closest(cell):
    budget = 20_000
    hypermodel = RecurrentHyperModel.fixed(
        arrays(), budget, cell=cell, layers=2, normalization="layer"
    )
    choices = {**hypermodel.space.entries, "units": None}
    units = hypermodel.settings(choices)["units"]

    def distance(width):
        model = hypermodel.compiled({**choices, "units": [width, width]})
        return abs(count_weights(model) - budget)

    assert units[0] == units[1]
    assert distance(units[0]) <= 0.02 * budget
    assert distance(units[0]) <= distance(units[0] - 1)
    assert distance(units[0]) <= distance(units[0] + 1)


def test_weights_that_are_not_quadratic_are_bisected():
    assert matched_units(lambda units: units**3, 1000) == 10


def test_a_budget_that_no_width_meets_is_warned_about():
    with pytest.warns(UserWarning, match="8 weights with units=2.*20.0% off"):
        assert matched_units(lambda units: 4 * units, 10) == 2
