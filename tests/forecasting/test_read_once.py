# SPDX-License-Identifier: Apache-2.0
"""A frame is read and checked once, whatever is made of it."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns, Split, Windows, prepare
from keras_rnn.data.frames import grouped_rows, source
from keras_rnn.forecasting import Forecaster, ensemble

COLUMNS = Columns("y", future="planned", series="shop")


@pytest.fixture
def calls(monkeypatch):
    """How often each function that reads or checks a frame was called."""
    counted = Counter()

    def spy(owner, name):
        function = getattr(owner, name)

        def counting(*args, **kwargs):
            counted[name] += 1
            return function(*args, **kwargs)

        monkeypatch.setattr(owner, name, counting)

    spy(source.Source, "read")
    spy(source, "column_values")
    spy(source, "completed")
    spy(grouped_rows, "timeline")
    return counted


def shops(gaps):
    """Two shops; with gaps some of their values are missing, and no row."""
    days = pd.date_range("2024-01-01", periods=40, freq="D")
    frame = pd.DataFrame({"y": np.arange(40.0) % 7, "planned": 1.0}, days)
    if gaps != "refuse":
        frame.iloc[[5, 9], 0] = np.nan
    return pd.concat([frame.assign(shop=name) for name in ("Rome", "Bari")])


def expected(gaps):
    """Each column and the time axes once, and gaps filled once if at all."""
    once = {"read": 1, "timeline": 1, "column_values": 2}
    return once if gaps == "refuse" else once | {"completed": 1}


@pytest.mark.parametrize("gaps", ["refuse", "interpolate", "mask", "elapsed"])
def test_prepare_reads_a_frame_once(calls, gaps):
    windows = Windows(lookback=4, horizon=3)
    split = Split(validation=8, test=0)
    data = prepare(shops(gaps), COLUMNS, windows, split=split, gaps=gaps)
    assert len(data.train) > 0
    assert calls == expected(gaps)


@pytest.mark.filterwarnings("ignore:The forecaster does not beat")
@pytest.mark.parametrize(
    ("strategy", "gaps"),
    [
        ("direct", "refuse"),
        ("direct", "interpolate"),
        ("direct", "mask"),
        ("direct", "elapsed"),
        ("recursive", "refuse"),
        ("recursive", "interpolate"),
        ("encoder_decoder", "refuse"),
        ("encoder_decoder", "interpolate"),
        ("encoder_decoder", "mask"),
        ("encoder_decoder", "elapsed"),
    ],
)
def test_fit_reads_a_frame_once(calls, monkeypatch, strategy, gaps):
    # Networks that take no time: what they say is read by nobody here.
    monkeypatch.setattr(
        ensemble, "train", lambda *_, **__: ([None], pd.DataFrame())
    )
    monkeypatch.setattr(
        ensemble,
        "quantiles",
        lambda networks, settings, part: np.zeros((*part.actual.shape, 1)),
    )
    forecaster = Forecaster(
        horizon=3, lookback=4, columns=COLUMNS, strategy=strategy, gaps=gaps
    )
    forecaster.fit(shops(gaps), validation=8)
    assert forecaster.fitted.reader.columns == COLUMNS
    assert calls == expected(gaps)


def test_rows_that_are_missing_are_added_before_the_second_look(calls):
    frame = shops("interpolate")
    frame = frame[frame.index.day != 12]
    windows = Windows(lookback=4, horizon=3)
    split = Split(validation=8, test=0)
    prepare(frame, COLUMNS, windows, split=split, gaps="interpolate")
    # The first look at the time axes finds that they lack rows.
    assert calls == expected("interpolate") | {"timeline": 2}
