# SPDX-License-Identifier: Apache-2.0
"""Intervals that follow what happened since the fit, and nothing later."""

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns
from keras_rnn.forecasting import Forecaster, Training
from keras_rnn.models import Stack
from tests.tiers import mostly_slow

FITTED, HORIZON = 90, 3
#: Forecasts of fewer windows at once round differently.
CLOSE = {"rtol": 1e-4}

pytestmark = pytest.mark.filterwarnings("ignore:The forecaster does not beat")


def visits(rows=140, seed=0):
    """Noise that is ten times as large after the rows fitted on."""
    index = pd.date_range("2024-01-01", periods=rows, freq="D")
    noise = np.random.default_rng(seed).normal(size=rows)
    noise[FITTED:] *= 10
    weekly = 5 * np.sin(2 * np.pi * np.arange(rows) / 7)
    return pd.DataFrame({"y": 50 + weekly + noise}, index=index)


def shops():
    """Two series, the second nine times as large."""
    return pd.concat(
        [
            visits(120).assign(shop="small"),
            visits(140, seed=1).assign(shop="large", y=lambda f: 9 * f["y"]),
        ]
    )


def small(**settings):
    defaults = {
        "network": Stack("elman", units=4),
        "intervals": (0.5, 0.8),
        "adapt": 0.05,
        "training": Training(epochs=1, batch_size=32),
    }
    return Forecaster(horizon=HORIZON, lookback=14, **{**defaults, **settings})


KINDS = {
    "direct": {},
    "gaussian": {"distribution": "gaussian"},
    "quantiles": {"distribution": "quantiles"},
    "recursive": {"strategy": "recursive"},
    "drawn": {"strategy": "recursive", "distribution": "gaussian"},
    "mask": {"gaps": "mask"},
}


@pytest.fixture(
    scope="module", params=mostly_slow(list(KINDS), default=["direct", "drawn"])
)
def fitted(request):
    forecaster = small(**KINDS[request.param]).fit(visits()[:FITTED], 20)
    return forecaster, request.param


def bounds(table):
    return table.filter(regex="lower|upper").to_numpy()


def at(result, cutoff):
    return result.forecasts.query("cutoff == @cutoff")


def test_a_prediction_has_the_interval_of_a_backtest(fitted, tmp_path):
    forecaster, _ = fitted
    frame = visits()
    result = forecaster.backtest(frame, frame.index[FITTED], stride=4)
    cutoffs = result.forecasts["cutoff"].unique()
    forecaster.save(tmp_path / "f")
    for each in (forecaster, Forecaster.load(tmp_path / "f")):
        for cutoff in cutoffs[[0, 5, -1]]:
            forecast = each.predict(frame[frame.index <= cutoff])
            np.testing.assert_allclose(
                bounds(forecast), bounds(at(result, cutoff)), **CLOSE
            )


def test_no_outcome_counts_before_it_is_known(fitted):
    forecaster, kind = fitted
    frame = visits()
    changed = frame.copy()
    changed.iloc[FITTED + 20] += 1000
    before, after = (
        forecaster.backtest(f, frame.index[FITTED]).forecasts
        for f in (frame, changed)
    )
    past = before["cutoff"] < frame.index[FITTED + 20]
    np.testing.assert_array_equal(bounds(before[past]), bounds(after[past]))
    # From that row on it does. A level off by a thousand is seen by the
    # network as well, and moves the widths of a distribution: of numbers
    # they are past errors alone.
    if kind in ("direct", "recursive"):
        widths = [t["upper_80"] - t["lower_80"] for t in (before, after)]
        moved = ~np.isclose(*widths, rtol=1e-3)
        assert before["cutoff"][moved].min() == frame.index[FITTED + 20]


def test_the_stride_and_the_start_do_not_matter(fitted):
    forecaster, _ = fitted
    frame = visits()
    whole = forecaster.backtest(frame, frame.index[FITTED])
    some = forecaster.backtest(frame, frame.index[FITTED + 20], stride=5)
    cutoffs = some.forecasts["cutoff"].unique()
    assert len(cutoffs) == 6
    for cutoff in cutoffs:
        np.testing.assert_allclose(
            bounds(at(some, cutoff)), bounds(at(whole, cutoff)), **CLOSE
        )


def test_they_are_those_of_the_validation_part_before_anything_is_known():
    past = visits()[:FITTED]
    adaptive, still = (small(adapt=rate).fit(past, 20) for rate in (0.05, 0.0))
    pd.testing.assert_frame_equal(adaptive.predict(), still.predict())
    frame = visits()
    # Cutoffs among the rows fitted on count for nothing.
    results = [
        f.backtest(frame[: FITTED + HORIZON], frame.index[FITTED - 10])
        for f in (adaptive, still)
    ]
    np.testing.assert_allclose(
        *(bounds(result.forecasts) for result in results), **CLOSE
    )


def test_intervals_follow_errors_that_grow():
    frame = visits(300)
    scores = {}
    for rate in (0.0, 0.05):
        forecaster = small(adapt=rate, intervals=(0.8,)).fit(frame[:FITTED], 20)
        result = forecaster.backtest(frame, frame.index[FITTED])
        scores[rate] = result.scores.loc["forecaster", "coverage of 80 %"]
    assert scores[0.0] < 0.7
    assert 0.75 < scores[0.05] < 0.85


def test_each_series_follows_its_own_errors(tmp_path):
    frame = shops()
    ends = {"small": frame.index[69], "large": frame.index[FITTED - 1]}
    known = frame.index <= frame["shop"].map(ends)
    forecaster = small(columns=Columns("y", series="shop"))
    forecaster.fit(frame[known], 20)
    start = frame.index[FITTED]
    result = forecaster.backtest(frame, start).forecasts
    changed = frame.copy()
    early = (frame["shop"] == "small") & (frame.index == frame.index[71])
    changed.loc[early, "y"] += 1000
    after = forecaster.backtest(changed, start).forecasts
    moved = (bounds(result) != bounds(after)).any(axis=1)
    # It is out of every lookback, but since the fit of its own series.
    np.testing.assert_array_equal(result["forecast"], after["forecast"])
    assert moved[result["series"] == "small"].any()
    assert not moved[result["series"] == "large"].any()
    forecaster.save(tmp_path / "f")
    cutoff = frame.index[110]
    forecast = Forecaster.load(tmp_path / "f").predict(
        frame[frame.index <= cutoff]
    )
    np.testing.assert_allclose(
        bounds(forecast), bounds(result[result["cutoff"] == cutoff]), **CLOSE
    )


def test_a_series_that_was_not_fitted_has_all_its_rows():
    columns = Columns("y", series="shop")
    forecaster = small(columns=columns).fit(visits().assign(shop="old"), 20)
    frame = pd.concat([visits().assign(shop=name) for name in ("old", "new")])
    start = frame.index[60]
    result = forecaster.backtest(frame, start).forecasts
    widths = result["upper_80"] - result["lower_80"]
    # In its own scales, at all cutoffs, that of the calibration part.
    spread = widths.groupby([result["series"], result["step"]]).std()
    assert (spread["old"] < 1e-3).all()
    assert (spread["new"] > 1e-2).all()


def test_each_refit_calibrates_anew():
    frame = visits()
    results = [
        small(adapt=rate)
        .fit(frame[:FITTED], 20)
        .backtest(frame[:100], frame.index[FITTED + 4], stride=9, refit=True)
        for rate in (0.05, 0.0)
    ]
    pd.testing.assert_frame_equal(*(result.forecasts for result in results))
