# SPDX-License-Identifier: Apache-2.0
"""Forecasters that say how sure they are, for every strategy."""

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns, Level
from keras_rnn.forecasting import Forecaster, Training
from keras_rnn.forecasting.intervals.of_forecasts import Intervals, ends, point
from keras_rnn.forecasting.outcomes import Outcome
from keras_rnn.forecasting.strategies.table import STRATEGIES
from keras_rnn.models import DISTRIBUTIONS, Stack
from tests.tiers import mostly_slow

# One epoch of four units need not beat anything.
pytestmark = pytest.mark.filterwarnings("ignore:The forecaster does not beat")

ROWS = 120
PAIRS = [
    (strategy, distribution)
    for strategy in STRATEGIES
    for distribution, head in DISTRIBUTIONS.items()
    if strategy != "recursive" or head.can_sample
]
#: Each distribution with one strategy, and each strategy with one of them.
each_pair = pytest.mark.parametrize(
    "pair",
    mostly_slow(
        {" ".join(pair): pair for pair in PAIRS},
        default=[
            " ".join(pair)
            for pair in PAIRS
            if pair[0] == "direct" or pair[1] == "gaussian"
        ],
    ),
)


def visits(rows=ROWS, seed=0):
    weekly = 20 + 8 * np.sin(2 * np.pi * np.arange(rows) / 7)
    values = np.random.default_rng(seed).poisson(weekly)
    index = pd.date_range("2024-01-01", periods=rows, freq="D")
    return pd.DataFrame({"y": values}, index=index)


def small(strategy="direct", distribution="gaussian", **settings):
    given = {
        "network": Stack("elman", units=4),
        "strategy": strategy,
        "distribution": distribution,
        "intervals": (0.5, 0.8),
        "training": Training(epochs=1),
        **settings,
    }
    return Forecaster(horizon=3, lookback=14, **given)


class Fitted(dict):
    """Each is fitted when it is first asked for."""

    def __missing__(self, pair):
        self[pair] = small(*pair).fit(visits(), validation=30)
        return self[pair]


@pytest.fixture(scope="module")
def fitted():
    return Fitted()


@each_pair
def test_forecasts_stand_within_their_intervals(pair, fitted):
    forecast = fitted[pair].predict()
    assert list(forecast.index) == list(
        pd.date_range(visits().index[-1], periods=4, freq="D")[1:]
    )
    for percent in (50, 80):
        assert (forecast[f"y_lower_{percent}"] <= forecast["y"]).all()
        assert (forecast[f"y_upper_{percent}"] >= forecast["y"]).all()
    assert (forecast["y_lower_80"] < forecast["y_upper_80"]).all()
    if DISTRIBUTIONS[pair[1]].representation == "counts":
        assert (forecast >= 0).all(axis=None)
        assert (forecast["y"] % 1 == 0).all()


@each_pair
def test_a_saved_one_forecasts_and_draws_the_same(pair, fitted, tmp_path):
    fitted[pair].save(tmp_path / "x.forecaster")
    loaded = Forecaster.load(tmp_path / "x.forecaster")
    pd.testing.assert_frame_equal(
        loaded.predict(), fitted[pair].predict(), check_freq=False
    )
    if loaded.settings.outcome.kind.can_sample:
        pd.testing.assert_frame_equal(
            loaded.sample(num_paths=3, seed=5),
            fitted[pair].sample(num_paths=3, seed=5),
        )


@each_pair
def test_calibrated_intervals_cover_the_part_that_calibrated_them(pair, fitted):
    # Of n scores the k-th, k = ⌈(n + 1) level⌉: as many windows at least.
    frame = visits()
    result = fitted[pair].backtest(frame, frame.index[-30])
    rows = result.forecasts
    for percent in (50, 80):
        inside = rows["actual"].between(
            rows[f"lower_{percent}"], rows[f"upper_{percent}"]
        )
        shares = inside.groupby(rows["step"]).mean()
        assert (shares >= percent / 100).all()


def test_sample_paths_are_dated_and_repeatable(fitted):
    forecaster = fitted["recursive", "negative_binomial"]
    paths = forecaster.sample(num_paths=4, seed=1)
    assert list(paths.columns) == ["timestamp", "path", "y"]
    assert paths["path"].tolist() == list(np.repeat(range(4), 3))
    days = forecaster.predict().index
    assert paths["timestamp"].tolist() == [*days] * 4
    assert (paths["y"] % 1 == 0).all()
    pd.testing.assert_frame_equal(paths, forecaster.sample(num_paths=4, seed=1))
    other = forecaster.sample(num_paths=4, seed=2)
    assert (other["y"] != paths["y"]).any()


def test_paths_have_the_quantiles_that_are_forecast():
    forecaster = small(calibrate=False, intervals=(0.8,)).fit(visits())
    forecast = forecaster.predict()
    paths = forecaster.sample(num_paths=4000, seed=0)
    each_day = paths["y"].to_numpy().reshape(4000, 3)
    drawn = np.quantile(each_day, [0.1, 0.5, 0.9], axis=0).T
    width = (forecast["y_upper_80"] - forecast["y_lower_80"]).mean()
    np.testing.assert_allclose(
        drawn,
        forecast[["y_lower_80", "y", "y_upper_80"]],
        atol=0.05 * width,
    )


def test_paths_of_many_series_and_networks():
    frame = pd.concat(
        visits(80, seed=k).assign(shop=f"shop {k}", x=1.0) for k in range(2)
    )
    columns = Columns(("y", "x"), series="shop")
    forecaster = small(
        columns=columns, num_seeds=2, representation=Level(), intervals=()
    ).fit(frame)
    paths = forecaster.sample(num_paths=3, horizon=2)
    assert list(paths.columns) == ["shop", "timestamp", "path", "y", "x"]
    assert paths.groupby(["shop", "path"]).size().tolist() == [2] * 6
    assert paths["y"].std() > 1
    alone = forecaster.sample(frame[frame["shop"] == "shop 1"], num_paths=1)
    assert set(alone["shop"]) == {"shop 1"}


def test_what_has_no_distribution_draws_no_paths(fitted):
    with pytest.raises(ValueError, match=r"='quantiles'\. Fit with"):
        fitted["direct", "quantiles"].sample()
    with pytest.raises(ValueError, match="`num_paths` must be a positive"):
        fitted["direct", "gaussian"].sample(num_paths=0)
    with pytest.raises(RuntimeError, match="not fitted"):
        small().sample()


def test_counts_must_be_counts():
    frame = visits() + 0.5
    with pytest.raises(ValueError, match=r"at 2024-01-01; Counts needs whole"):
        small("direct", "negative_binomial").fit(frame)


@pytest.mark.parametrize(
    "strategy", mostly_slow(list(STRATEGIES), default=["recursive"])
)
def test_counts_are_forecast_across_a_hole(strategy):
    frame = visits(60)
    frame.iloc[[29, 31]] = [[20], [21]]  # a line meets 20.5 between them
    forecaster = small(strategy, "negative_binomial", gaps="interpolate")
    forecast = forecaster.fit(frame.drop(frame.index[30])).predict()
    assert len(forecast) == 3
    assert (forecast["y"] % 1 == 0).all()


def test_too_few_windows_are_refused_before_anything_is_trained(monkeypatch):
    monkeypatch.setattr(Training, "fit", None)
    with pytest.raises(
        ValueError, match=r"least 99 validation windows\. Received: 28"
    ):
        small(intervals=(0.5, 0.99)).fit(visits(), validation=30)


def test_a_stopped_training_is_resumed_with_its_distribution(tmp_path):
    first = small(distribution="negative_binomial")
    first.fit(visits(), resume=tmp_path)
    again = small(distribution="negative_binomial")
    again.fit(visits(), resume=tmp_path)
    assert len(again.history) == 1
    pd.testing.assert_frame_equal(first.predict(), again.predict())
    for other, frame, changed in (
        (small(), visits(), "loss"),
        (again, visits(seed=1), "rows"),
    ):
        with pytest.raises(ValueError, match=f"a training with {changed}="):
            other.fit(frame, resume=tmp_path)


def test_refitting_uses_the_scales_of_the_rows_refitted_on():
    """As if one had fitted and forecast by hand on that day."""
    frame = visits()
    frame.iloc[60:] *= 10
    forecaster = small(intervals=()).fit(frame.iloc[:60])
    result = forecaster.backtest(frame, frame.index[-3], refit=True)
    by_hand = forecaster.clone().fit(frame.iloc[:-3]).predict()
    np.testing.assert_allclose(
        result.forecasts["forecast"], by_hand["y"], rtol=1e-5
    )


def test_ensembles_combine_level_by_level():
    forecaster = small(num_seeds=2, calibrate=False).fit(visits())
    whole, networks, each = forecaster.predict(), forecaster.networks, []
    for network in networks:
        forecaster.fitted.networks = [network]
        each.append(forecaster.predict())
    np.testing.assert_allclose(whole, np.mean(each, axis=0))


def test_the_levels_are_the_ends_of_the_intervals():
    outcome = Outcome("gaussian", (0.5, 0.9))
    assert outcome.levels == (0.05, 0.25, 0.5, 0.75, 0.95)
    values = np.arange(5.0)
    assert point(values) == 2
    assert ends(values, 0) == (1, 3)
    assert ends(values, 1) == (0, 4)


def test_a_wider_interval_holds_a_narrower_one():
    # Outcomes ±2: the interval of 50 %, ±1, is 1 too narrow, that of 90 %,
    # ±9, is 7 too wide. Of a window that says ±3 nothing would be left.
    values = np.broadcast_to([-9.0, -1.0, 0.0, 1.0, 9.0], (20, 1, 1, 5))
    actual = np.where(np.arange(20) % 2, 2.0, -2.0).reshape(20, 1, 1)
    fitted = Intervals.fit(actual, values, (0.5, 0.9), -np.inf)
    assert [fit.widths[0].item() for fit in fitted.calibrated] == [1, -7]
    narrow, wide = fitted.bounds(np.array([[[[-3.0, -1.0, 0.0, 1.0, 3.0]]]]))
    assert narrow == (0.5, -2, 2)
    assert wide == (0.9, -2, 2)


class Happened:
    """What happened since the fit, in rows of one series."""

    def __init__(self, actual):
        self.actual = actual

    def bounds(self, fitted, lower, upper):
        cutoffs = np.arange(len(self.actual))
        return fitted.adaptive(lower, upper, self.actual, cutoffs, rate=0.2)


@pytest.mark.parametrize("quantiles", [[0.0], np.linspace(-2, 2, 11)])
def test_a_wider_interval_holds_a_narrower_one_while_they_adapt(quantiles):
    actual = np.random.default_rng(0).standard_t(2, (200, 1, 1))
    values = np.broadcast_to(quantiles, (200, 1, 1, len(quantiles)))
    levels = (0.5, 0.6, 0.7, 0.8, 0.9)
    fitted = Intervals.fit(actual[:60], values[:60], levels, -np.inf)
    since, values = Happened(3 * actual[60:]), values[60:]
    alone = [
        since.bounds(fit, *ends(values, k))
        for k, fit in enumerate(fitted.calibrated)
    ]
    _, upper = np.swapaxes(alone, 0, 1)
    assert (np.diff(upper, axis=0) < 0).any()  # each level has its own misses
    _, lower, upper = zip(*fitted.bounds(values, since), strict=True)
    assert (np.diff([*lower[::-1], *upper], axis=0) >= 0).all()


def test_bounds_stop_at_the_forecast_and_at_what_can_happen():
    # Far too wide: the actual values are all forecast exactly.
    values = np.broadcast_to([1.0, 5.0, 9.0], (9, 1, 1, 3))
    narrow = Intervals.fit(np.full((9, 1, 1), 5.0), values, (0.8,), 0.0)
    ((_, lower, upper),) = narrow.bounds(values)
    assert (lower == 5).all()
    assert (upper == 5).all()
    wide = Intervals.fit(np.full((9, 1, 1), 50.0), values, (0.8,), 0.0)
    ((_, lower, upper),) = wide.bounds(values)
    assert (lower == 0).all()
    assert (upper == 50).all()
