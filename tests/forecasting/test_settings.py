# SPDX-License-Identifier: Apache-2.0
"""What is wrong is said at construction: expected, received, remedy."""

import pytest

from keras_rnn.data import Change, Columns, Counts, Level
from keras_rnn.forecasting import Forecaster, Training
from keras_rnn.layers import LSTM
from keras_rnn.models import Stack


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"horizon": 0}, ValueError, "`horizon` must be a positive integer"),
        ({"lookback": 2.5}, ValueError, "`lookback` must be a positive"),
        ({"columns": 3}, TypeError, r"Use Columns\(target, past=...\)"),
        ({"network": "lstn"}, ValueError, "'lstn'"),
        ({"network": ["elman", "lstn"]}, ValueError, "'lstn'"),
        ({"network": ()}, ValueError, "must name at least one network"),
        ({"network": 3}, TypeError, "Use a key such as 'lstm', or Stack"),
        ({"network": ["elman", 3]}, TypeError, "Use a key such as 'lstm'"),
        ({"network": {"cell": "elman"}}, TypeError, "must be of type Stack"),
        ({"network": Stack}, TypeError, "must be of type Stack"),
        ({"strategy": "recursiv"}, ValueError, "'direct', 'recursive', 'enc"),
        ({"strategy": ["direct"]}, ValueError, "`strategy` must be one of"),
        ({"distribution": "normal"}, ValueError, "None, 'quantiles', 'gauss"),
        ({"representation": "levels"}, ValueError, "'levels'"),
        ({"representation": Level}, TypeError, r"Use e.g. Level\(\)"),
        ({"calendar": "weekday"}, ValueError, "'dayofweek'"),
        ({"calendar": 7}, TypeError, "`calendar`"),
        ({"gaps": "fill"}, ValueError, "'refuse', 'interpolate', 'mask'"),
        (
            {"num_seeds": 0},
            ValueError,
            "`num_seeds` must be a positive integer",
        ),
        ({"combine": "max"}, ValueError, "'mean', 'median'"),
        ({"intervals": 90}, ValueError, "`intervals` must be increasing"),
        ({"intervals": (0.9, 0.8)}, ValueError, "must be increasing"),
        ({"intervals": (1.0,)}, ValueError, "numbers between 0 and 1"),
        ({"calibrate": "yes"}, ValueError, "`calibrate` must be True or"),
        ({"training": {"epochs": 3}}, TypeError, "`training` must be of type"),
        (
            {"distribution": "quantiles"},
            ValueError,
            r"such as intervals=\(0.9,\)",
        ),
        (
            {"intervals": (0.9,), "calibrate": False},
            ValueError,
            "Name a `distribution`",
        ),
        ({"adapt": -0.1}, ValueError, "`adapt` must be a number from 0 to 1"),
        ({"adapt": 0.05}, ValueError, r"such as intervals=\(0.9,\)"),
        (
            {
                "adapt": 0.05,
                "intervals": (0.9,),
                "distribution": "gaussian",
                "calibrate": False,
            },
            ValueError,
            "leave calibrate=True",
        ),
        (
            {"distribution": "gaussian", "training": Training(loss="mse")},
            ValueError,
            r"Leave out Training\(loss=...\)",
        ),
        (
            {"distribution": "negative_binomial", "representation": Change()},
            ValueError,
            r"Leave it out, or use Counts\(\)",
        ),
        ({"representation": Counts()}, ValueError, r"SquareRoot\(Level\(\)\)"),
        (
            {"training": Training(seed=2**32 - 1), "num_seeds": 2},
            ValueError,
            r"`training.seed \+ num_seeds - 1` must be an integer from 0",
        ),
        (
            {"columns": Columns(["y_lower_80", "y"]), "intervals": (0.8,)},
            ValueError,
            "Two columns of the forecast would be called 'y_lower_80'",
        ),
        (
            {"intervals": (0.9, 0.90000001)},
            ValueError,
            "Two columns of the forecast would be called 'y_lower_90'",
        ),
    ],
    ids=str,
)
def test_a_wrong_setting_is_refused(settings, error, message):
    given = {"horizon": 3, "lookback": 14, **settings}
    horizon, lookback = given.pop("horizon"), given.pop("lookback")
    with pytest.raises(error, match=message):
        Forecaster(horizon=horizon, lookback=lookback, **given)


def test_a_seed_that_keras_does_not_take_is_refused_before_training():
    with pytest.raises(ValueError, match="`seed` must be an integer from 0"):
        Training(seed=2**40)


def test_an_unknown_loss_is_refused():
    with pytest.raises(ValueError, match="the name of a Keras loss, such as"):
        Training(loss="mean")
    with pytest.raises(TypeError, match="its name, an object or a function"):
        Training(loss=3)


def test_a_forecaster_takes_the_lstm_of_this_package():
    (stack,) = Forecaster(horizon=3, lookback=14).settings.stacks
    assert stack == Stack("lstm", units=32)
    (layer,) = stack.new_layers()
    assert type(layer) is LSTM


@pytest.mark.parametrize(
    ("network", "stacks"),
    [
        ("gru", [Stack("gru")]),
        (Stack("gru", units=[8, 4]), [Stack("gru", units=[8, 4])]),
        (("gru", Stack("elman")), [Stack("gru"), Stack("elman")]),
    ],
)
def test_a_network_is_a_key_a_stack_or_several(network, stacks):
    assert (
        Forecaster(horizon=3, lookback=14, network=network).settings.stacks
        == stacks
    )


def test_a_representation_has_a_key():
    settings = Forecaster(
        horizon=3, lookback=14, representation="level"
    ).settings
    assert settings.representation == Level()


def test_a_clone_has_the_same_settings():
    forecaster = Forecaster(
        horizon=3,
        lookback=14,
        columns=Columns("y"),
        distribution="gaussian",
        gaps="mask",
    )
    assert forecaster.clone().settings.given == forecaster.settings.given
