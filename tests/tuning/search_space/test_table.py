# SPDX-License-Identifier: Apache-2.0
import keras
import keras_tuner
import pytest

from keras_rnn.layers import LAYERS, register
from keras_rnn.models import Stack
from keras_rnn.tuning import SPACE, Range, RecurrentHyperModel
from keras_rnn.tuning.hypermodel import stack_settings
from tests.tuning.tiny import arrays, forecast


def declared(hypermodel, **values):
    hp = keras_tuner.HyperParameters()
    hp.values = values
    return hp, hypermodel.choices(hp)


def test_every_entry_of_the_table_is_declared_unless_it_is_fixed():
    hypermodel = RecurrentHyperModel(forecast(), lookback=[4, 8], epochs=3)
    hp, choices = declared(hypermodel)
    assert choices.keys() == SPACE.keys()
    assert choices["epochs"] == 3
    names = {parameter.name for parameter in hp.space}
    assert {"cell", "layers", "residual", "units_3", "lookback"} < names
    assert "epochs" not in names
    assert "representation" not in RecurrentHyperModel(arrays()).space.entries


def test_units_of_layer_three_exist_only_where_there_are_three():
    hypermodel = RecurrentHyperModel(arrays())
    hp, choices = declared(hypermodel, layers=2)
    assert len(choices["units"]) == 2
    assert hp.is_active("units_2")
    assert not hp.is_active("units_3")
    _, choices = declared(hypermodel, layers=3, residual=True, units_2=64)
    assert choices["units"] == [8] * 3  # a residual connection needs it


def test_connections_are_chosen_by_name_or_not_at_all():
    hypermodel = RecurrentHyperModel(
        arrays(), layers=2, units=[4, 8], residual=[False, "highway"]
    )
    _, choices = declared(hypermodel, units_2=8)
    assert hypermodel.space.meant(choices)["residual"] is False
    assert choices["units"] == [4, 8]
    _, choices = declared(hypermodel, residual="highway", units_2=8)
    assert hypermodel.space.meant(choices)["residual"] == "highway"
    assert choices["units"] == [4, 4]
    assert hypermodel.space.holds(choices)


@pytest.mark.parametrize("dropped", [0.3, [0.1, 0.3]])
def test_a_cell_without_a_recurrent_kernel_has_no_dropout_before_it(dropped):
    hypermodel = RecurrentHyperModel(
        arrays(), cell=["lstm", "min_gru"], recurrent_dropout=dropped
    )
    for cell, expected in {"lstm": 0.3, "min_gru": 0.0}.items():
        _, choices = declared(hypermodel, cell=cell, recurrent_dropout=0.3)
        assert choices["recurrent_dropout"] == expected
        assert hypermodel.space.holds(choices)
        assert not hypermodel.space.holds(
            {**choices, "recurrent_dropout": 0.3 - expected}
        )
    with pytest.raises(ValueError, match="needs a cell with a recurrent kern"):
        RecurrentHyperModel(arrays(), cell="min_gru", recurrent_dropout=dropped)


def test_an_entry_can_be_fixed_narrowed_or_removed():
    hypermodel = RecurrentHyperModel(
        arrays(),
        cell=["lstm", "jordan"],
        layers=2,
        units=Range(4, 6),
        dropout=None,
        global_clipnorm=None,
    )
    hp, choices = declared(hypermodel)
    assert choices["layers"] == 2
    assert choices["dropout"] == 0.0
    assert hypermodel.compiled(choices).optimizer.global_clipnorm is None
    parameters = {parameter.name: parameter for parameter in hp.space}
    assert list(parameters["cell"].values) == ["lstm", "jordan"]
    assert parameters["units_2"].max_value == 6
    assert "layers" not in parameters


def test_every_trial_of_the_whole_space_is_a_stack(tmp_path):
    hypermodel = RecurrentHyperModel(forecast(), lookback=[4, 8])
    oracle = keras_tuner.oracles.RandomSearchOracle(max_trials=40, seed=3)
    oracle._set_project_dir(tmp_path, "trials")
    oracle.verbose = 0
    hp = oracle.get_space()
    hypermodel.choices(hp)
    oracle.update_space(hp)
    shapes = set()
    for _ in range(40):
        trial = oracle.create_trial("tuner0")
        choices = hypermodel.choices(trial.hyperparameters)
        stack = Stack(**stack_settings(choices))
        shapes.add((stack.num_layers, stack.residual))
        assert stack.num_layers == choices["layers"]
        oracle.ongoing_trials.clear()
    assert shapes == {(n, r) for n in (2, 3) for r in (0, 1)} | {(1, False)}


def test_a_registered_layer_is_part_of_the_space():
    class Mine(keras.layers.SimpleRNN):
        pass

    register("mine", Mine)
    try:
        assert "mine" in RecurrentHyperModel(arrays()).space.entries["cell"]
    finally:
        del LAYERS["mine"]


def test_mistakes_are_named():
    with pytest.raises(ValueError, match="must be one of 'cell'"):
        RecurrentHyperModel(arrays(), width=3)
    with pytest.raises(ValueError, match="Did you mean 'jordan'"):
        RecurrentHyperModel(arrays(), cell=["lstm", "jordn"])
    with pytest.raises(ValueError, match="units follow from"):
        RecurrentHyperModel(arrays(), units=3, match_parameters=100)
    with pytest.raises(ValueError, match="up to a larger one"):
        Range(3, 1)
    with pytest.raises(TypeError, match="`task` must be of type"):
        RecurrentHyperModel([1, 2])
