# SPDX-License-Identifier: Apache-2.0
"""What is wrong is said at construction: expected, received, remedy."""

import pytest

from keras_rnn.data import Change, Columns, Counts, Level
from keras_rnn.forecasting import Forecaster, Training


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"horizon": 0}, ValueError, "`horizon` must be a positive integer"),
        ({"lookback": 2.5}, ValueError, "`lookback` must be a positive"),
        ({"columns": 3}, TypeError, r"Use Columns\(target, past=...\)"),
        ({"cell": "lstn"}, ValueError, "'lstn'"),
        ({"cell": ()}, ValueError, "`cell` must name at least one cell"),
        ({"cell": 3}, TypeError, "Use a key such as 'fused_lstm'"),
        ({"units": 0}, ValueError, "`units` must be a positive integer"),
        ({"options": {"drop": 1}}, ValueError, "`options` must be one of"),
        ({"options": {"units": 1}}, ValueError, "`options` must be one of"),
        ({"options": 0.1}, TypeError, "`options` must be of type dict"),
        ({"strategy": "recursiv"}, ValueError, "'direct', 'recursive', 'enc"),
        ({"strategy": ["direct"]}, ValueError, "`strategy` must be one of"),
        ({"distribution": "normal"}, ValueError, "None, 'quantiles', 'gauss"),
        ({"representation": "level"}, TypeError, r"Use e.g. Level\(\)"),
        ({"representation": Level}, TypeError, r"Use e.g. Level\(\)"),
        ({"calendar": "weekday"}, ValueError, "'dayofweek'"),
        ({"calendar": 7}, TypeError, "`calendar`"),
        ({"gaps": "fill"}, ValueError, "'refuse', 'interpolate', 'mask'"),
        ({"seeds": 0}, ValueError, "`seeds` must be a positive integer"),
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
            {"training": Training(seed=2**32 - 1), "seeds": 2},
            ValueError,
            r"`training.seed \+ seeds - 1` must be an integer from 0",
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
        Forecaster(horizon, lookback, **given)


def test_a_seed_that_keras_does_not_take_is_refused_before_training():
    with pytest.raises(ValueError, match="`seed` must be an integer from 0"):
        Training(seed=2**40)


@pytest.mark.parametrize("loss", ["mean", 3])
def test_an_unknown_loss_is_refused(loss):
    with pytest.raises(ValueError, match="the name of a Keras loss, such as"):
        Training(loss=loss)


def test_a_forecaster_takes_the_lstm_of_this_package():
    (stack,) = Forecaster(3, 14).settings.stacks
    assert stack.cell == "fused_lstm"


def test_a_clone_has_the_same_settings():
    forecaster = Forecaster(
        3, 14, columns=Columns("y"), distribution="gaussian", gaps="mask"
    )
    assert forecaster.clone().settings.given == forecaster.settings.given
