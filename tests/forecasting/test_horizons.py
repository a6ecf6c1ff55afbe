# SPDX-License-Identifier: Apache-2.0
"""Shorter and longer horizons than the one trained."""

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Change, Columns, SeasonalChange
from keras_rnn.forecasting import Forecaster, Training
from keras_rnn.forecasting.strategies.table import STRATEGIES
from keras_rnn.models import Stack

pytestmark = pytest.mark.filterwarnings("ignore:The forecaster does not beat")


def sales(rows=100, **columns):
    index = pd.date_range("2024-01-31", periods=rows, freq="ME")
    values = np.arange(rows) + 5 * np.sin(np.arange(rows) * np.pi / 6)
    return pd.DataFrame({"y": 50 + values, **columns}, index=index)


def small(strategy, **settings):
    given = {
        "network": Stack("elman", units=4),
        "training": Training(epochs=1),
        "strategy": strategy,
        **settings,
    }
    return Forecaster(horizon=3, lookback=14, **given)


@pytest.fixture(scope="module")
def fitted():
    return {name: small(name).fit(sales()) for name in STRATEGIES}


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_shorter_horizon_is_the_beginning_of_the_whole(strategy):
    forecaster = small(strategy, intervals=(0.5,)).fit(sales(), validation=20)
    pd.testing.assert_frame_equal(
        forecaster.predict(horizon=2),
        forecaster.predict().iloc[:2],
        check_freq=False,
        rtol=1e-5,
    )


@pytest.mark.parametrize("strategy", ["recursive", "encoder_decoder"])
def test_a_longer_horizon_goes_on_with_its_dates(strategy, fitted, tmp_path):
    longer = fitted[strategy].predict(horizon=11)
    expected = pd.date_range(sales().index[-1], periods=12, freq="ME")[1:]
    assert list(longer.index) == list(expected)
    np.testing.assert_allclose(
        longer.iloc[:3], fitted[strategy].predict(), rtol=1e-5
    )
    fitted[strategy].save(tmp_path / "x")
    loaded = Forecaster.load(tmp_path / "x")
    pd.testing.assert_frame_equal(
        loaded.predict(horizon=11), longer, check_freq=False
    )


def test_a_longer_decoder_has_the_scales_of_its_steps():
    """A decoder that says "one usual change" at every step climbs on."""
    frame = sales()
    frame["y"] = np.arange(100.0)
    forecaster = small("encoder_decoder", representation=Change()).fit(frame)
    for network in forecaster.networks:
        read_out = network.get_layer("decoder").read_out
        read_out.set_weights([0 * w for w in read_out.get_weights()])
        read_out.bias.assign([1.0])
    longer = forecaster.predict(horizon=12)
    np.testing.assert_allclose(longer["y"], 99 + np.arange(1, 13))


def test_seasonal_changes_reach_further_too():
    forecaster = small("encoder_decoder", representation=SeasonalChange(12))
    forecaster.fit(sales())
    assert len(forecaster.predict(horizon=12)) == 12


def test_the_remembered_rows_hold_the_season_before_the_lookback():
    forecaster = small("recursive", representation=SeasonalChange(12))
    forecaster.fit(sales())
    pd.testing.assert_frame_equal(
        forecaster.predict(), forecaster.predict(sales())
    )


def test_remembered_rows_begin_with_a_known_one():
    frame = sales()
    frame.iloc[-20:-15] = np.nan  # where they would begin
    forecaster = small("direct", gaps="interpolate").fit(frame)
    pd.testing.assert_frame_equal(
        forecaster.predict(), forecaster.predict(frame)
    )


def test_what_is_too_long_is_refused_with_the_remedy(fitted):
    with pytest.raises(ValueError, match="use strategy='recursive' or 'enc"):
        fitted["direct"].predict(horizon=4)
    with pytest.raises(ValueError, match="at most 12 for strategy='encoder"):
        fitted["encoder_decoder"].predict(horizon=13)
    with pytest.raises(ValueError, match="`horizon` must be a positive int"):
        fitted["direct"].predict(horizon=0)


def test_calibrated_intervals_end_where_they_were_calibrated():
    settings = {"distribution": "gaussian", "intervals": (0.5,)}
    forecaster = small("recursive", **settings).fit(sales(), validation=20)
    with pytest.raises(ValueError, match="calibrated for 3 steps"):
        forecaster.predict(horizon=4)
    assert len(forecaster.sample(num_paths=2, horizon=4)) == 8
    free = small("recursive", calibrate=False, **settings).fit(sales())
    width = free.predict(horizon=9).eval("y_upper_50 - y_lower_50")
    assert width.iloc[-1] > width.iloc[0]


def test_future_covariates_are_asked_for_by_name_and_number():
    frame = sales(price=np.arange(100.0) % 3)
    forecaster = small("recursive", columns=Columns("y", future="price"))
    forecaster.fit(frame)
    with pytest.raises(
        ValueError,
        match=r"'price' are not known after 2032-04-30.*the 5 rows that "
        r"follow: `predict\(frame, future=...\)`",
    ):
        forecaster.predict(horizon=5)
    index = pd.date_range(frame.index[-1], periods=6, freq="ME")[1:]
    future = pd.DataFrame({"price": np.arange(5.0)}, index=index)
    forecast = forecaster.predict(horizon=5, future=future)
    assert list(forecast.index) == list(index)
    # A price moves the forecast of its own row and of those after it.
    future.loc[index[3], "price"] = 50.0
    other = forecaster.predict(horizon=5, future=future)
    moved = (other["y"] != forecast["y"]).tolist()
    assert moved == [False, False, False, True, True]
