# SPDX-License-Identifier: Apache-2.0
"""What `backtest`, `predict` and `sample` are called with."""

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns
from keras_rnn.forecasting import Forecaster, Training
from keras_rnn.models import Stack
from tests.tiers import mostly_slow

FITTED, HORIZON = 60, 2

pytestmark = pytest.mark.filterwarnings("ignore:The forecaster does not beat")


def rows_of(size=1.0, rows=90):
    days = pd.date_range("2024-01-01", periods=rows, freq="D")
    noise = np.random.default_rng(0).normal(size=rows)
    return pd.DataFrame({"y": size * (10 + noise)}, days)


def shops():
    return pd.concat(rows_of(k).assign(shop=f"shop {k}") for k in (1, 50))


def small(**settings):
    defaults = {
        "network": Stack("elman", units=2),
        "training": Training(epochs=1),
    }
    return Forecaster(horizon=HORIZON, lookback=5, **{**defaults, **settings})


@pytest.fixture(scope="module")
def fitted():
    return small(distribution="gaussian").fit(rows_of()[:FITTED])


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("season", 0),
        ("season", -7),
        ("season", 7.0),
        ("season", True),
        ("season", "7"),
        ("refit", "yes"),
        ("refit", 1),
        ("refit", None),
        ("stride", 0),
        ("stride", 1.5),
        ("stride", True),
        ("references", "prophet"),
        ("references", None),
        ("references", 1),
        ("start", None),
        ("start", "tomorrow"),
        ("frame", 5),
        ("frame", None),
    ],
)
def test_backtest_refuses_nonsense(fitted, argument, value):
    arguments = {"frame": rows_of(), "start": "2024-03-05", argument: value}
    with pytest.raises((TypeError, ValueError), match=f"`{argument}` must"):
        fitted.backtest(**arguments)


@pytest.mark.parametrize("call", ["predict", "sample"])
@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("horizon", 0),
        ("horizon", HORIZON + 1),
        ("horizon", "2"),
        ("horizon", True),
        ("frame", 5),
        ("frame", [1.0, 2.0]),
        ("future", 5),
        ("future", [1.0, 2.0]),
    ],
)
def test_predict_and_sample_refuse_nonsense(fitted, call, argument, value):
    with pytest.raises((TypeError, ValueError), match=f"`{argument}` must"):
        getattr(fitted, call)(**{"frame": rows_of(), argument: value})


@pytest.mark.parametrize("call", ["predict", "sample"])
@pytest.mark.parametrize("argument", ["frame", "future"])
def test_predict_and_sample_name_a_path_that_is_missing(fitted, call, argument):
    with pytest.raises(FileNotFoundError, match="'rows', which does not exist"):
        getattr(fitted, call)(**{"frame": rows_of(), argument: "rows"})


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("num_paths", 0),
        ("num_paths", "9"),
        ("num_paths", True),
        ("seed", -1),
        ("seed", 0.5),
        ("seed", "one"),
    ],
)
def test_sample_refuses_nonsense(fitted, argument, value):
    with pytest.raises(ValueError, match=f"`{argument}` must"):
        fitted.sample(rows_of(), **{argument: value})


@pytest.mark.parametrize("validation", mostly_slow([24, 0.4], default=["0.4"]))
def test_a_refit_keeps_the_validation_part(validation, tmp_path):
    frame = rows_of()
    small().fit(frame[:FITTED], validation=validation).save(tmp_path / "f")
    forecaster = Forecaster.load(tmp_path / "f")
    found = forecaster.backtest(frame, frame.index[71], stride=30, refit=True)
    again = small().fit(frame[:71], validation=validation)
    np.testing.assert_allclose(
        found.forecasts["forecast"], again.predict()["y"], rtol=1e-5
    )


@pytest.fixture(scope="module")
def of_shops():
    frame = shops()
    forecaster = small(columns=Columns("y", series="shop"), gaps="interpolate")
    return forecaster.fit(frame[frame.index < "2024-03-01"])


def test_predict_and_backtest_read_parquet(of_shops, tmp_path):
    frame = shops()
    for number, rows in enumerate((slice(0, 80), slice(80, 180))):
        frame.iloc[rows].to_parquet(tmp_path / f"part-{number}.parquet")
    for path in (tmp_path, str(tmp_path)):
        pd.testing.assert_frame_equal(
            of_shops.predict(path), of_shops.predict(frame)
        )
    for refit in (False, True):
        options = {"start": "2024-03-20", "stride": 30, "refit": refit}
        found, expected = (
            of_shops.backtest(given, **options).forecasts
            for given in (tmp_path, frame)
        )
        pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_a_refit_of_many_series_passes_by_their_gaps(of_shops):
    frame = shops()
    holes = (frame["shop"] == "shop 50") & frame.index.day.isin([8, 9, 10])
    holes &= frame.index.month == 3
    gappy = frame.assign(y=frame["y"].mask(holes))
    found = of_shops.backtest(gappy, "2024-03-09", stride=12, refit=True)
    cutoffs = found.forecasts.groupby("series")["cutoff"].unique()
    days = {name: [day.day for day in days] for name, days in cutoffs.items()}
    assert days == {"shop 1": [8, 20], "shop 50": [20]}
