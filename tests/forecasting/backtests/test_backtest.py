# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns, Split, Windows, prepare
from keras_rnn.forecasting import Backtest, ets, naive2
from keras_rnn.forecasting.backtests.rolling_cutoffs import rolling_part
from keras_rnn.metrics import (
    coverage,
    mae,
    mase,
    owa,
    pinball,
    rmse,
    rmsse,
    smape,
    weighted_quantile_loss,
)

HORIZON, SEASON, START = 3, 4, 50
LEVELS = {"a": 10.0, "b": 1000.0}


def rows_of(name, length=60):
    """A season of 4 rows and noise; the index ends with row 59."""
    rng = np.random.default_rng(len(name) + int(LEVELS[name]))
    rows = np.arange(60 - length, 60)
    wave = 2 + np.sin(np.pi * rows / 2) + 0.2 * rng.normal(size=length)
    return pd.DataFrame({"y": LEVELS[name] * wave, "id": name}, index=rows)


def backtested(
    frame, columns, season=SEASON, fitted=(), percents=(), mix=False
):
    """A Backtest of forecasts that are 10 % too high."""
    windows = Windows(lookback=6, horizon=HORIZON)
    data = prepare(frame[frame.index < START], columns, windows)
    part = rolling_part(data.reader, frame, START, 1)
    forecasts = part.forecasts(np.zeros_like(part.actual))
    forecasts["forecast"] = 1.1 * forecasts["actual"]
    for percent in percents:
        width = percent / 1000 * forecasts["actual"]
        forecasts[f"lower_{percent}"] = forecasts["forecast"] - width
        forecasts[f"upper_{percent}"] = forecasts["forecast"] + width
    if mix:  # as a backtest that refits has them
        forecasts = forecasts.sort_values("cutoff", kind="stable")
    return Backtest.judge(forecasts, part, season, fitted)


@pytest.fixture(scope="module")
def one():
    return backtested(rows_of("a"), Columns("y"), percents=(50, 90))


@pytest.fixture(scope="module")
def frame():
    return pd.concat([rows_of("a"), rows_of("b", 40)])


@pytest.fixture(scope="module")
def many(frame):
    return backtested(frame, Columns("y", series="id"))


def test_the_scores_of_one_series_are_those_of_the_metrics(one):
    history = rows_of("a")["y"].to_numpy()[:START]
    actual = one.forecasts["actual"].to_numpy()
    options = {"history": history, "season": SEASON}
    base = one.references["naive 2"].to_numpy()
    for name, forecast in [
        ("forecaster", 1.1 * actual),
        ("drift", one.references["drift"].to_numpy()),
    ]:
        expected = {
            "MAE": mae(actual, forecast),
            "RMSE": rmse(actual, forecast),
            "sMAPE": smape(actual, forecast),
            "MASE": mase(actual, forecast, **options),
            "RMSSE": rmsse(actual, forecast, **options),
            "OWA": owa(actual, forecast, reference=base, **options),
        }
        for measure, value in expected.items():
            assert one.scores.loc[name, measure] == pytest.approx(value)
    assert one.scores.loc["naive 2", "OWA"] == 1.0


def test_intervals_are_judged_as_quantiles(one):
    rows, ours = one.forecasts, one.scores.loc["forecaster"]
    actual = rows["actual"]
    levels = {0.05: "lower_90", 0.25: "lower_50"}
    levels |= {0.75: "upper_50", 0.95: "upper_90"}
    quantiles = rows[list(levels.values())].to_numpy()
    assert ours["pinball"] == pytest.approx(
        pinball(actual, quantiles, levels=list(levels))
    )
    assert ours["wQL"] == pytest.approx(
        weighted_quantile_loss(actual, quantiles, levels=list(levels))
    )
    # 10 % too high: 5 % of room do not reach it.
    assert ours["coverage of 50 %"] == 0.0
    assert ours["coverage of 90 %"] == coverage(
        actual, rows["lower_90"], rows["upper_90"]
    )
    assert ours["width of 50 %"] == pytest.approx(0.1 * actual.mean())
    assert one.scores.drop("forecaster")["pinball"].isna().all()


def test_every_series_counts_alike_where_there_is_no_unit(many):
    by_series = many.by("series")
    ours = by_series.xs("forecaster", level="method")
    assert list(ours.index) == ["a", "b"]
    of_all = many.scores.loc["forecaster"]
    for measure in ("sMAPE", "MASE", "RMSSE"):
        assert of_all[measure] == pytest.approx(ours[measure].mean())
    assert of_all["MAE"] == pytest.approx(many.forecasts["actual"].mean() / 10)
    # M4's OWA: means of the measures first, then their ratios.
    base = many.scores.loc["naive 2"]
    ratios = [of_all[name] / base[name] for name in ("sMAPE", "MASE")]
    assert of_all["OWA"] == pytest.approx(np.mean(ratios))
    alone = backtested(rows_of("b", 40), Columns("y")).scores
    pd.testing.assert_frame_equal(
        by_series.loc["b"].loc[alone.index], alone, check_names=False
    )


def test_steps_are_counted_from_the_cutoff(one):
    rows = one.forecasts
    assert ((rows["timestamp"] - rows["cutoff"]) == rows["step"]).all()
    by_step = one.by("step")
    for step in (1, 2, 3):
        some = rows[rows["step"] == step]
        assert by_step.loc[(step, "forecaster"), "MAE"] == pytest.approx(
            mae(some["actual"], some["forecast"])
        )
    ours = by_step.xs("forecaster", level="method")
    assert list(ours.index) == [1, 2, 3]
    assert ours["MAE"].mean() == pytest.approx(
        one.scores.loc["forecaster", "MAE"]
    )


def test_several_targets_have_their_own_scales_and_steps():
    frame = rows_of("a").drop(columns="id").assign(z=rows_of("b")["y"])
    result = backtested(frame, Columns(["y", "z"]))
    rows = result.forecasts
    assert ((rows["timestamp"] - rows["cutoff"]) == rows["step"]).all()
    of_z = result.by("target").loc["z"]
    alone = backtested(frame[["z"]], Columns("z")).scores
    pd.testing.assert_frame_equal(
        of_z.loc[alone.index], alone, check_names=False
    )


def test_forecasts_of_refitted_networks_meet_their_references(frame, many):
    mixed = backtested(frame, Columns("y", series="id"), mix=True)
    pd.testing.assert_frame_equal(mixed.forecasts, many.forecasts)
    pd.testing.assert_frame_equal(mixed.scores, many.scores)


def test_rows_without_an_outcome_do_not_count(one):
    forecasts = one.forecasts.copy()
    missing = forecasts["step"] == 2
    forecasts.loc[missing, "actual"] = np.nan
    result = Backtest(forecasts, one.references, one.scales)
    assert set(result.by("step").index.unique("step")) == {1, 3}
    rest = forecasts[~missing]
    assert result.scores.loc["forecaster", "MAE"] == pytest.approx(
        mae(rest["actual"], rest["forecast"])
    )
    nothing = Backtest(
        forecasts.assign(actual=np.nan), one.references, one.scales
    )
    with pytest.raises(ValueError, match="No outcome of the forecasts"):
        _ = nothing.scores


def test_a_series_that_repeats_itself_is_left_out_of_scaled_errors(frame):
    frame = frame.copy()
    of_b = frame["id"] == "b"
    frame.loc[of_b, "y"] = np.tile([1.0, 2.0, 3.0, 4.0], 10)
    result = backtested(frame, Columns("y", series="id"))
    ours = result.by("series").xs("forecaster", level="method")
    assert np.isnan(ours.loc["b", "MASE"])
    assert np.isfinite(ours.loc["b", "sMAPE"])
    assert result.scores.loc["forecaster", "MASE"] == ours.loc["a", "MASE"]


@pytest.mark.parametrize("season", [None, 1])
def test_without_a_season_naive_is_what_owa_compares_with(frame, season):
    columns = Columns("y", series="id")
    scores = backtested(frame, columns, season=season).scores
    assert set(scores.index) == {"forecaster", "naive", "drift"}
    assert scores.loc["naive", "OWA"] == 1.0


def test_fitted_references_stand_beside_the_others():
    scores = backtested(rows_of("a"), Columns("y"), fitted=("ets",))
    values = rows_of("a")["y"].to_numpy()
    expected = ets(values, np.arange(49, 57), horizon=HORIZON, season=SEASON)
    np.testing.assert_array_equal(scores.references["ETS"], expected.ravel())
    assert "ARIMA" not in scores.scores.index


def test_references_of_many_series_are_those_of_each(frame, many):
    values = rows_of("b", 40)["y"].to_numpy()
    expected = naive2(values, np.arange(29, 37), horizon=HORIZON, season=SEASON)
    of_b = many.forecasts["series"] == "b"
    np.testing.assert_array_equal(
        many.references.loc[of_b, "naive 2"], expected.ravel()
    )


def test_a_series_too_short_for_the_season_is_named(frame):
    with pytest.raises(ValueError, match=r"first cutoff of 'b' has 29 rows"):
        backtested(frame, Columns("y", series="id"), season=35)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ((), "one key or several"),
        (("step", "step"), "one key or several"),
        (("series",), "must be one of 'target', 'step'"),
    ],
)
def test_only_what_rows_have_can_group_them(one, keys, message):
    with pytest.raises(ValueError, match=message):
        one.by(*keys)


def test_rows_that_are_unknown_scale_nothing():
    frame = rows_of("a").drop(columns="id")
    windows = Windows(lookback=6, horizon=HORIZON)
    data = prepare(frame, Columns("y"), windows, split=Split(test=0))
    part = rolling_part(data.reader, frame, START, 1)
    part.series.levels[[10, 20]] = np.nan
    forecasts = part.forecasts(np.zeros_like(part.actual))
    scales = Backtest.judge(forecasts, part, SEASON).scales
    history = frame["y"].to_numpy()[:START]
    changes = pd.Series(history).diff(SEASON)[SEASON:]
    known = ~changes.index.isin([10, 14, 20, 24])
    np.testing.assert_allclose(scales[0, 0], changes[known].abs().mean())
    np.testing.assert_allclose(scales[0, 1], (changes[known] ** 2).mean())


def test_a_method_beside_the_references_is_judged_by_the_same_rows(one):
    actual = one.forecasts["actual"]
    result = one.compare({"told": actual, "off by one": actual + 1})
    assert result.scores.loc["told", "MAE"] == 0
    assert result.scores.loc["off by one", "MAE"] == pytest.approx(1)
    assert "told" not in one.references
    assert "told" not in one.scores.index


@pytest.mark.parametrize("name", ["naive", "forecaster"])
def test_a_method_that_is_judged_already_is_refused(one, name):
    with pytest.raises(ValueError, match=f"Received: '{name}'"):
        one.compare({name: one.forecasts["actual"]})


def test_a_method_needs_a_forecast_of_each_row(one):
    with pytest.raises(ValueError, match="one for each row"):
        one.compare({"short": [1.0]})
