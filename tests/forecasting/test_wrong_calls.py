# SPDX-License-Identifier: Apache-2.0
"""What `fit` and `backtest` cannot mean is refused before anything is done."""

import numpy as np
import pandas as pd
import pytest

from keras_rnn.forecasting import Forecaster, Training
from keras_rnn.models import Stack

pytestmark = pytest.mark.filterwarnings("ignore:The forecaster does not beat")

DAYS = pd.date_range("2024-03-01", periods=90, freq="D")
FRAME = pd.DataFrame({"y": np.sin(np.arange(90.0))}, DAYS)


def forecaster():
    return Forecaster(
        horizon=2,
        lookback=5,
        network=Stack("elman", units=2),
        training=Training(epochs=1),
    )


@pytest.fixture(scope="module")
def fitted():
    return {
        zone: forecaster().fit(FRAME[:70].tz_localize(zone))
        for zone in (None, "Asia/Kolkata")
    }


@pytest.mark.parametrize("resume", [3, True, b"x", ["x"], "file", "file/in"])
def test_a_resume_folder_that_can_be_none_is_refused(resume, tmp_path):
    if isinstance(resume, str):
        (tmp_path / "file").write_text("mine")
        resume = tmp_path / resume
    with pytest.raises(
        (TypeError, ValueError), match="`resume` must be the pa"
    ):
        forecaster().fit(FRAME, resume=resume)
    assert not (tmp_path / "file").exists() or (
        (tmp_path / "file").read_text() == "mine"
    )


@pytest.mark.parametrize("verbose", ["loud", 7, None, -1, 1.5])
def test_an_unknown_verbose_is_refused(verbose):
    with pytest.raises(ValueError, match="`verbose` must be one of 'auto', 0"):
        forecaster().fit(FRAME, verbose=verbose)


@pytest.mark.parametrize(
    ("zone", "start", "said"),
    [
        (
            None,
            pd.Timestamp("2024-05-20", tz="UTC"),
            r"no time.*localize\(None",
        ),
        (None, "2024-05-20 00:00+00:00", r"no time zone.*localize\(None"),
        ("Asia/Kolkata", pd.Timestamp("2024-05-20"), r"lize\('Asia/Kolkata'\)"),
        ("Asia/Kolkata", np.datetime64("2024-05-20"), "time zone Asia/Kolkata"),
    ],
)
def test_a_start_with_and_without_a_zone_says_which(fitted, zone, start, said):
    frame = FRAME.tz_localize(zone)
    with pytest.raises(TypeError, match=f"`start` must have .*{said}"):
        fitted[zone].backtest(frame, start)


def test_the_remedy_for_the_zone_of_a_start_works(fitted):
    frame = FRAME.tz_localize("Asia/Kolkata")
    start = pd.Timestamp("2024-05-20").tz_localize("Asia/Kolkata")
    found = fitted["Asia/Kolkata"].backtest(frame, start).forecasts
    assert found["timestamp"].min() == start


@pytest.mark.parametrize("start", ["05/04/2024", "5.4.2024", "04-05-24 00:00"])
def test_a_day_that_may_be_a_month_is_refused(fitted, start):
    with pytest.raises(ValueError, match=r"either of two days.*2?0?24-04-0?5"):
        fitted[None].backtest(FRAME, start)


@pytest.mark.parametrize("start", ["05/20/2024", "2024-05-20", "05/05/2024"])
def test_a_day_that_can_be_no_month_is_taken(fitted, start):
    found = fitted[None].backtest(FRAME, start).forecasts
    assert found["timestamp"].min() == pd.Timestamp(start)
