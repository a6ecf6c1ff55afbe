# SPDX-License-Identifier: Apache-2.0
"""A search learns what a Forecaster does: its settings, and many series."""

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Change, Columns, Log, Windows
from keras_rnn.forecasting import Forecaster
from keras_rnn.tuning import CrossValidation, Forecast, RecurrentHyperModel
from tests.tuning import tiny

WINDOWS = Windows(lookback=6, horizon=2)


def shops(size=100.0):
    """Two series of 72 rows, the second one `size` times the first."""
    wave = 3 + tiny.wave()
    return pd.concat(
        [wave.assign(shop="Rome"), (size * wave).assign(shop="Taipei")]
    )


def many(frame, **settings):
    return Forecast(frame, Columns("y", series="shop"), WINDOWS, **settings)


def test_large_series_do_not_outweigh_the_others():
    folds = CrossValidation(folds=2)
    one, other = (many(shops(size)).baselines(folds) for size in (1.0, 100.0))
    assert one.keys() == {"naive", "drift"}
    for name, scores in one.items():
        assert other[name] == pytest.approx(scores)


def test_errors_are_relative_to_those_of_the_naive_method():
    """By hand: a fold's errors over the mean step of its training rows."""
    (fold,) = many(shops()).folds(CrossValidation(folds=1, size=20))
    assert (fold.train[-1], fold.validation[0]) == (51, 52)
    y = shops(1.0)["y"].to_numpy()[:72]
    expected = np.mean(
        [abs(y[t + h] - y[t]) for t in range(51, 70) for h in (1, 2)]
    )
    scale = np.abs(np.diff(y[:52])).mean()
    task = many(shops())
    data = task.fold_data(task.entries(), fold)
    assert len(data.part) == 2 * 19
    assert data.reference_scores()["naive"] == pytest.approx(expected / scale)


def test_a_series_without_steps_judges_nothing():
    frame = shops()
    frame.loc[frame["shop"] == "Rome", "y"] = 5.0
    scores = many(frame).baselines(CrossValidation(folds=1))
    alone = many(shops()[lambda rows: rows["shop"] == "Taipei"])
    expected = alone.baselines(CrossValidation(folds=1))
    assert scores["naive"] == pytest.approx(expected["naive"])


def test_later_rows_do_not_move_an_earlier_fold():
    changed = shops()
    late = changed.groupby("shop").cumcount() >= 60
    changed.loc[late.to_numpy(), "y"] += 1000.0
    folds = CrossValidation(folds=2, size=12)
    scores = [many(x).baselines(folds) for x in (shops(), changed)]
    for name in scores[0]:
        assert scores[0][name][0] == scores[1][name][0]
        assert scores[0][name][1] != scores[1][name][1]


def test_a_short_series_joins_the_folds_that_it_is_long_enough_for(tmp_path):
    short = (3 + tiny.wave(9)).assign(shop="Oslo")
    task = many(pd.concat([shops(), short]))
    table = tiny.run(tmp_path, cells=["elman"], task=task).leaderboard()
    assert table["failed"].isna().all()


SETTINGS = {
    "strategy": ["direct", "recursive", "encoder_decoder"],
    "representation": ["level", Log(Change())],
    "calendar": [(), ("month", "dayofweek")],
}


def test_the_settings_of_a_forecaster_are_entries_of_the_space():
    task = many(shops(), season=12)
    space = RecurrentHyperModel(task, **SETTINGS).space
    for name, values in SETTINGS.items():
        assert space.ends(name) == values
    texts = {"representation": repr(Log(Change())), "calendar": "none"}
    assert space.meant(texts) == {
        "representation": Log(Change()),
        "calendar": (),
    }


@pytest.mark.parametrize("strategy", SETTINGS["strategy"])
def test_what_was_found_is_a_forecaster(strategy, tmp_path):
    task = many(shops())
    found = tiny.run(
        tmp_path,
        cells=["elman"],
        task=task,
        validation=CrossValidation(folds=1),
        strategy=strategy,
        representation=[Log(Change())],
        calendar="dayofweek",
    )
    assert found.leaderboard()["failed"].isna().all()
    settings = found.best_settings()
    assert settings["strategy"] == strategy
    assert settings["representation"] == Log(Change())
    assert settings["calendar"] == "dayofweek"
    assert Forecaster(**settings).settings.columns == task.columns


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"strategy": "walk"}, "`strategy` must be one of"),
        ({"calendar": "moon"}, "`calendar`"),
        ({"gaps": "jump"}, "`gaps` must be one of"),
        ({"distribution": "quantiles"}, "Name some, such as"),
        ({"representation": "seasonal_change"}, "season"),
        (
            {
                "strategy": "recursive",
                "windows": Windows(lookback=6, horizon=2, gap=1),
            },
            "Use strategy='direct' or gap=0",
        ),
    ],
)
def test_what_no_forecaster_has_is_refused(settings, message):
    given = {"windows": WINDOWS, **settings}
    with pytest.raises(ValueError, match=message):
        Forecast(tiny.wave(), Columns("y"), **given)


def test_a_wrong_value_of_an_entry_is_named():
    with pytest.raises(ValueError, match="The entry `strategy`"):
        RecurrentHyperModel(many(shops()), strategy=["direct", "walk"])
