# SPDX-License-Identifier: Apache-2.0
"""From a frame to dated forecasts, saved, judged and continued after a kill."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns, Level
from keras_rnn.forecasting import Forecaster, Training
from keras_rnn.models import Stack

ONE_EPOCH = Training(epochs=1, batch_size=32)


def sales(rows=120, freq="D", tz=None, **columns):
    index = pd.date_range("2024-01-01", periods=rows, freq=freq, tz=tz)
    weekly = 5 * np.sin(2 * np.pi * np.arange(rows) / 7)
    noise = np.random.default_rng(0).normal(size=rows)
    return pd.DataFrame({"y": 50 + weekly + noise, **columns}, index=index)


def shops(lengths=(90, 70, 50)):
    frames = [
        sales(rows).assign(shop=f"shop {k}", y=lambda f, k=k: f["y"] * 10**k)
        for k, rows in enumerate(lengths)
    ]
    return pd.concat(frames)


def small(**settings):
    defaults = {"network": Stack("elman", units=4), "training": ONE_EPOCH}
    return Forecaster(horizon=3, lookback=14, **{**defaults, **settings})


# One epoch of four units need not beat anything.
pytestmark = pytest.mark.filterwarnings("ignore:The forecaster does not beat")


@pytest.fixture(scope="module")
def fitted():
    return small(intervals=(0.8,)).fit(sales())


@pytest.mark.parametrize(
    ("freq", "tz"),
    [("D", None), ("h", "Europe/Berlin"), ("ME", None), ("B", None)],
)
def test_forecasts_carry_the_dates_after_the_frame(freq, tz, fitted):
    frame = sales(freq=freq, tz=tz)
    forecast = small().fit(frame).predict()
    expected = pd.date_range(frame.index[-1], periods=4, freq=freq)[1:]
    assert list(forecast.index) == list(expected)
    assert np.isfinite(forecast["y"]).all()


def test_a_forecast_has_the_frequency_of_the_frame(fitted):
    assert sales().index.freq is not None
    assert fitted.predict().index.freq == sales().index.freq
    assert fitted.predict(horizon=1).index.freq == sales().index.freq


def test_intervals_enclose_the_forecast(fitted):
    forecast = fitted.predict()
    assert list(forecast.columns) == ["y", "y_lower_80", "y_upper_80"]
    assert (forecast["y_lower_80"] < forecast["y"]).all()
    assert (forecast["y_upper_80"] > forecast["y"]).all()


def test_a_prediction_sees_a_lookback_and_the_row_before(fitted):
    frame = sales()
    pd.testing.assert_frame_equal(
        fitted.predict(frame), fitted.predict(frame.iloc[-15:])
    )
    pd.testing.assert_frame_equal(fitted.predict(frame), fitted.predict())


def test_nothing_after_the_cutoff_moves_a_forecast(fitted):
    frame = sales()
    changed = frame.copy()
    changed.iloc[-3:] = 1e6
    before = fitted.backtest(frame, frame.index[100]).forecasts
    after = fitted.backtest(changed, frame.index[100]).forecasts
    known = before["cutoff"] < frame.index[-3]
    assert known.sum() > 20
    np.testing.assert_array_equal(
        before.loc[known, "forecast"], after.loc[known, "forecast"]
    )


def test_a_saved_forecaster_forecasts_the_same(fitted, tmp_path):
    fitted.save(tmp_path / "sales.forecaster")
    loaded = Forecaster.load(tmp_path / "sales.forecaster")
    pd.testing.assert_frame_equal(loaded.predict(), fitted.predict())
    assert [p.name for p in tmp_path.iterdir()] == ["sales.forecaster"]


def test_many_series_share_one_model(tmp_path):
    columns = Columns("y", series="shop")
    forecaster = small(columns=columns, representation=Level()).fit(shops())
    forecast = forecaster.predict()
    assert forecast.index.names == ["shop", "timestamp"]
    assert list(forecast.index.unique("shop")) == [
        "shop 0",
        "shop 1",
        "shop 2",
    ]
    # Every series in its own units.
    level = forecast["y"].groupby("shop").mean()
    np.testing.assert_allclose(level, [50, 500, 5000], rtol=0.3)
    forecaster.save(tmp_path / "shops")
    loaded = Forecaster.load(tmp_path / "shops")
    pd.testing.assert_frame_equal(loaded.predict(), forecast)


def test_future_covariates_are_asked_for_where_the_frame_ends():
    frame = sales(promotion=np.arange(120) % 2.0)
    forecaster = small(columns=Columns("y", future="promotion")).fit(frame)
    with pytest.raises(ValueError, match="'promotion' are not known after"):
        forecaster.predict()
    index = pd.date_range(frame.index[-1], periods=4, freq="D")[1:]
    future = pd.DataFrame({"promotion": [0.0, 1.0, 0.0]}, index=index)
    assert list(forecaster.predict(future=future).index) == list(index)


def test_the_calendar_and_filled_gaps_reach_the_network(tmp_path):
    frame = sales().drop(pd.date_range("2024-02-01", periods=3))
    with pytest.raises(ValueError, match="gap"):
        small().fit(frame)
    settings = {"calendar": ("dayofweek",), "gaps": "interpolate"}
    forecaster = small(**settings).fit(frame)
    assert (None, 3, 2) in forecaster.networks[0].input_shape
    forecaster.save(tmp_path / "x")
    loaded = Forecaster.load(tmp_path / "x")
    pd.testing.assert_frame_equal(loaded.predict(), forecaster.predict())


def test_scores_stand_beside_those_of_references(fitted):
    frame = sales()
    result = fitted.backtest(frame, frame.index[100], stride=2, season=7)
    assert set(result.scores.index) == {
        "forecaster",
        "naive",
        "drift",
        "naive 2",
        "seasonal naive",
        "seasonal naive + drift",
    }
    assert result.scores["MAE"].is_monotonic_increasing
    forecasts = result.forecasts
    assert forecasts["timestamp"].min() >= frame.index[100]
    steps = forecasts["cutoff"].drop_duplicates().diff().dropna()
    assert (steps == pd.Timedelta(days=2)).all()
    ours = result.scores.loc["forecaster"]
    error = (forecasts["forecast"] - forecasts["actual"]).abs().mean()
    assert ours["MAE"] == pytest.approx(error)
    inside = forecasts["actual"].between(
        forecasts["lower_80"], forecasts["upper_80"]
    )
    assert ours["coverage of 80 %"] == pytest.approx(inside.mean())


def test_refitting_sees_only_rows_up_to_the_cutoff():
    frame = sales(70)
    forecaster = small().fit(frame.iloc[:60])
    changed = frame.copy()
    changed.iloc[-2:] = 1e6
    tables = [
        forecaster.backtest(f, f.index[62], stride=99, refit=True).forecasts
        for f in (frame, changed)
    ]
    np.testing.assert_allclose(*(table["forecast"] for table in tables))


def test_an_ensemble_is_the_mean_of_its_networks():
    ensemble = [Stack("elman", units=4), Stack(["jordan", "elman"], units=3)]
    forecaster = small(network=ensemble, num_seeds=2).fit(sales())
    assert len(forecaster.networks) == 4
    cells = list(forecaster.history.index.unique("cell"))
    assert cells == ["elman", "jordan + elman"]
    whole = forecaster.predict()["y"]
    networks, each = forecaster.networks, []
    for network in networks:
        forecaster.fitted.networks = [network]
        each.append(forecaster.predict()["y"].to_numpy())
    np.testing.assert_allclose(whole, np.mean(each, axis=0))


def test_the_decoder_strategy_forecasts_too():
    forecast = small(strategy="encoder_decoder").fit(sales()).predict()
    assert len(forecast) == 3


def test_a_bad_forecaster_warns():
    walk = np.random.default_rng(1).normal(size=150).cumsum()
    frame = pd.DataFrame({"y": walk})
    settings = {"training": Training(epochs=1, learning_rate=3.0)}
    with pytest.warns(UserWarning, match="does not beat the naive"):
        small(**settings).fit(frame)


def test_a_forecaster_that_is_not_fitted_says_so(tmp_path):
    with pytest.raises(RuntimeError, match="not fitted"):
        small().predict(sales())
    with pytest.raises(FileNotFoundError, match="no file"):
        Forecaster.load(tmp_path / "x")
    (tmp_path / "x").write_text("x")
    with pytest.raises(ValueError, match="no saved forecaster"):
        Forecaster.load(tmp_path / "x")


def test_several_columns_need_a_target():
    with pytest.raises(ValueError, match="Say which is the target"):
        small().fit(sales(z=1.0))


def test_columns_of_two_levels_are_told_how_to_be_one():
    frame = sales()
    frame.columns = pd.MultiIndex.from_tuples([("y", "mean")])
    with pytest.raises(ValueError, match=r"frame.columns = \['_'.join"):
        small().fit(frame)


def test_paths_of_a_target_called_as_their_column_are_refused():
    frame = sales().rename(columns={"y": "path"})
    forecaster = small(distribution="gaussian").fit(frame)
    with pytest.raises(ValueError, match="columns of the paths"):
        forecaster.sample(num_paths=2)


def test_one_short_and_one_odd_series_stop_nobody(tmp_path):
    odd = sales(60).assign(shop="odd")
    odd.index = odd.index + pd.to_timedelta(np.arange(60) ** 2, unit="min")
    good = shops()
    frame = pd.concat([good, odd, sales(2).assign(shop="new")])
    columns = Columns("y", series="shop")
    with pytest.warns(UserWarning, match="left out") as caught:
        forecaster = small(columns=columns).fit(frame)
    told = [str(w.message) for w in caught if "left out" in str(w.message)]
    assert ["'odd'" in text for text in told] == [True, False]
    assert ["'new'" in text for text in told] == [False, True]
    names = ["shop 0", "shop 1", "shop 2"]
    assert list(forecaster.predict().index.unique("shop")) == names
    forecaster.save(tmp_path / "x")
    loaded = Forecaster.load(tmp_path / "x")
    pd.testing.assert_frame_equal(loaded.predict(), forecaster.predict())
    with pytest.warns(UserWarning, match="left out"):
        result = loaded.backtest(frame, "2024-02-10", stride=5)
    assert set(result.forecasts["series"]) <= set(names)


def test_a_plot_takes_the_future_that_its_forecast_needs():
    plt.switch_backend("agg")
    frame = sales(price=np.arange(120.0))
    future = sales(123, price=np.arange(123.0)).iloc[120:][["price"]]
    forecaster = small(columns=Columns("y", future="price")).fit(frame)
    _, axes = plt.subplots()
    with pytest.raises(ValueError, match="Pass them for the 3 rows"):
        forecaster.plot(axes, frame)
    with pytest.raises(ValueError, match="`target` must be one of 'y'"):
        forecaster.plot(axes, frame, target="price", future=future)
    forecaster.plot(axes, frame, future=future)
    drawn = axes.lines[-1].get_ydata()
    expected = forecaster.predict(frame, future=future)["y"]
    np.testing.assert_array_equal(drawn, expected)
    plt.close()


def test_a_refit_on_too_few_rows_names_its_cutoff_and_the_argument_of_fit():
    forecaster = small().fit(sales(), validation=60)
    message = r"cutoff 2024-03-10 .*`fit\(frame, validation=60\)`: .* later"
    with pytest.raises(ValueError, match=message):
        forecaster.backtest(sales(), "2024-03-11", refit=True, stride=99)


def test_a_forecast_over_a_day_without_a_midnight_has_its_dates():
    # On 4 November 2018 the clocks of São Paulo went from 00:00 to 01:00.
    frame = sales(60)
    frame.index = pd.date_range(
        end="2018-11-02", periods=60, freq="D", tz="America/Sao_Paulo"
    )
    forecast = small().fit(frame).predict()
    assert [str(day)[:16] for day in forecast.index] == [
        "2018-11-03 00:00",
        "2018-11-04 01:00",
        "2018-11-05 00:00",
    ]
