# SPDX-License-Identifier: Apache-2.0
"""Forecasts call time and series as the user does, and are wide if asked."""

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns
from keras_rnn.forecasting import Forecaster, Training
from keras_rnn.models import Stack
from tests.backend import tensorflow_only

pytestmark = tensorflow_only

DAYS = pd.date_range("2024-01-01", periods=60, freq="D", name="day")
WIDE = pd.DataFrame(
    {
        "Rome": 10 + np.arange(60) % 7.0,
        "Taipei": 1000 + 10.0 * (np.arange(60) % 7),
    },
    index=DAYS,
)
LONG = WIDE.reset_index().melt("day", var_name="shop", value_name="sales")


def fitted(frame, columns, **settings):
    given = {
        "network": Stack("elman", units=2, options={"engine": "reference"}),
        "training": Training(epochs=1),
        "strategy": "recursive",
        "distribution": "gaussian",
        "intervals": (0.5,),
        **settings,
    }
    return Forecaster(horizon=2, lookback=7, columns=columns, **given).fit(
        frame
    )


@pytest.fixture(scope="module")
def long():
    return fitted(LONG, Columns("sales", series="shop", time="day"))


@pytest.fixture(scope="module")
def wide():
    return fitted(WIDE, Columns.wide(WIDE))


def test_the_index_of_a_forecast_has_the_names_of_the_user(long):
    assert long.predict().index.names == ["shop", "day"]
    paths = long.sample(num_paths=2, seed=0)
    assert paths.columns.tolist() == ["shop", "day", "path", "sales"]


def test_a_wide_frame_gets_wide_forecasts(wide, long):
    found, expected = wide.predict(), long.predict()
    assert found.index.name == "day"
    assert found.index.freq == "D"
    for name in WIDE:
        of_series = expected.loc[name]
        for label in ("", "_lower_50", "_upper_50"):
            assert found[f"{name}{label}"].tolist() == pytest.approx(
                of_series[f"sales{label}"].tolist()
            )
    assert len(found.columns) == 6


def test_a_wide_frame_gets_wide_paths(wide, long):
    found = wide.sample(num_paths=3, seed=0)
    assert found.columns.tolist() == ["day", "path", "Rome", "Taipei"]
    drawn = long.sample(num_paths=3, seed=0)
    of_series = drawn[drawn["shop"] == "Taipei"].sort_values(["day", "path"])
    mine = found.sort_values(["day", "path"])["Taipei"]
    assert mine.tolist() == pytest.approx(of_series["sales"].tolist())


def test_a_wide_forecaster_is_saved_with_its_columns(wide, tmp_path):
    wide.save(tmp_path / "wide.forecaster")
    loaded = Forecaster.load(tmp_path / "wide.forecaster")
    pd.testing.assert_frame_equal(loaded.predict(WIDE), wide.predict(WIDE))


def test_names_that_two_columns_would_have_are_refused(long):
    frame = LONG.rename(columns={"sales": "path"})
    forecaster = fitted(frame, Columns("path", series="shop", time="day"))
    with pytest.raises(ValueError, match="would be called 'path'"):
        forecaster.sample(num_paths=2)
    wide = WIDE.rename(columns={"Taipei": "Rome_lower_50"})
    with pytest.raises(ValueError, match="would be called 'Rome_lower_50'"):
        fitted(wide, Columns.wide(wide))
