# SPDX-License-Identifier: Apache-2.0
"""Whatever is fitted on is loaded as it was, or refused before training."""

import datetime
import subprocess
import sys

import dateutil.tz
import keras
import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns
from keras_rnn.forecasting import Forecaster, ensemble
from keras_rnn.models import Stack
from tests.forecasting.saving.kinds import AXES, IDS, ROWS, one, two
from tests.forecasting.saving.loading import no_change

pytestmark = pytest.mark.filterwarnings("ignore:The forecaster does not beat")


@pytest.fixture(autouse=True)
def _no_training(monkeypatch):
    """Networks are trained, saved and loaded in other tests."""
    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    monkeypatch.setattr(
        ensemble, "train", lambda *_, **__: ([network], pd.DataFrame())
    )
    monkeypatch.setattr(ensemble, "quantiles", no_change)


def fit(frame):
    columns = Columns("y", series="s" if "s" in frame else None)
    forecaster = Forecaster(
        horizon=2, lookback=4, columns=columns, network=Stack("elman", units=2)
    )
    return forecaster.fit(frame, validation=3)


def test_every_kind_is_loaded_equal_in_a_fresh_process(tmp_path):
    frames = {f"axis {name}": one(axis) for name, axis in AXES.items()}
    frames |= {f"ids {name}": two(ids) for name, ids in IDS.items()}
    for name, frame in frames.items():
        forecaster = fit(frame)
        forecaster.save(tmp_path / f"{name}.forecaster")
        forecast = forecaster.predict()
        series = 2 if "s" in frame else 1
        assert len(forecast) == 2 * series, name
        forecast.to_pickle(tmp_path / f"{name}.pkl")
    done = subprocess.run(
        [sys.executable, "-m", "tests.forecasting.saving.loading", tmp_path],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.splitlines()) == set(frames)


@pytest.mark.parametrize("ids", IDS)
def test_ids_keep_value_and_dtype(ids, tmp_path):
    forecaster = fit(two(IDS[ids]))
    forecaster.save(tmp_path / "x")
    loaded = Forecaster.load(tmp_path / "x")
    before, after = (f.fitted.reader.scales.names for f in (forecaster, loaded))
    pd.testing.assert_index_equal(after, before, exact=True)
    assert [type(x) for x in after] == [type(x) for x in before]


class OwnDay(pd.offsets.CustomBusinessDay):
    """An offset that another process does not have."""


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (
            one(
                pd.date_range(
                    "2024", periods=ROWS, freq="h", tz=dateutil.tz.tzlocal()
                )
            ),
            r"zone of the index cannot be saved.*tz_convert\('Europe/Berlin'",
        ),
        (
            one(pd.date_range("2024", periods=ROWS, freq=OwnDay())),
            "frequency of the index cannot be saved",
        ),
        (
            two(pd.Series([frozenset("a"), frozenset("b")])),
            r"ids in 's' cannot be saved.*frame\['s'\].astype\(str\)",
        ),
        (
            two(pd.Series([datetime.datetime(2020, 1, 1), "b"], dtype=object)),
            "ids in 's' cannot be saved.*is of type datetime",
        ),
    ],
    ids=["the zone of this computer", "step", "sets", "datetimes"],
)
def test_what_would_not_come_back_is_refused_before_training(
    frame, message, monkeypatch
):
    monkeypatch.delattr(ensemble, "train")
    with pytest.raises(ValueError, match=message):
        fit(frame)


def test_true_and_1_are_no_two_series():
    frame = two(pd.Series([True, 1], dtype=object))
    with pytest.raises(ValueError, match="either numbers or True and False"):
        fit(frame)


def test_a_saved_tail_holds_what_will_be_read(tmp_path):
    frame = one(pd.RangeIndex(ROWS)).astype("float[pyarrow]")
    frame.iloc[-1] = None
    columns = Columns("y")
    forecaster = Forecaster(
        horizon=2,
        lookback=4,
        columns=columns,
        gaps="mask",
        network=Stack("lstm", units=2),
    )
    forecaster.fit(frame, validation=8).save(tmp_path / "x")
    tail = Forecaster.load(tmp_path / "x").fitted.tail
    assert tail["y"].dtype == np.float64
    pd.testing.assert_frame_equal(tail, forecaster.fitted.tail)
