# SPDX-License-Identifier: Apache-2.0
"""The same instants give the same numbers, in whatever zone they stand."""

import datetime

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns, Windows, prepare

HOURS = pd.date_range("2024-03-20", periods=400, freq="h", tz="Europe/Berlin")
WINDOWS = Windows(lookback=5, horizon=3)
KINDS = {
    "one": (Columns("y"), "refuse"),
    "future": (Columns("y", future="p"), "refuse"),
    "filled": (Columns("y", future="p"), "interpolate"),
    "masked": (Columns("y"), "mask"),
    "many": (Columns("y", future="p", series="s"), "refuse"),
}
ZONES = [
    "UTC",
    "America/New_York",
    "Asia/Kolkata",
    datetime.timezone(datetime.timedelta(hours=1)),
]


def rows(index):
    hours = np.arange(len(index))
    return pd.DataFrame({"y": np.sin(hours), "p": hours % 5.0, "s": "a"}, index)


def numbers(part):
    inputs = next(iter(part.dataset(batch_size=100)))
    if isinstance(inputs, tuple):
        inputs = inputs[0]
    if not isinstance(inputs, dict):
        inputs = {"past": inputs}
    return {name: x.numpy() for name, x in inputs.items()}


@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_another_zone_are_the_same_instants(kind, zone):
    columns, gaps = KINDS[kind]
    frame, future = rows(HOURS[:300]), rows(HOURS[300:303])
    if not columns.future:
        future = None
    data = prepare(
        frame, columns, WINDOWS, calendar=("hour", "dayofweek"), gaps=gaps
    )
    other = None if future is None else future.tz_convert(zone)
    parts = [
        data.for_frame(frame, future=future),
        data.for_frame(frame.tz_convert(zone), future=other),
        data.for_frame(frame.tz_convert(zone), future=future),
    ]
    first, *rest = [numbers(part) for part in parts]
    for part, found in zip(parts[1:], rest, strict=True):
        assert first.keys() == found.keys()
        for name in first:
            np.testing.assert_array_equal(first[name], found[name])
        table = part.forecasts(np.zeros((1, 3, 1)))
        assert list(table["timestamp"]) == list(HOURS[300:303])
        assert table["timestamp"].dt.tz == HOURS.tz
    windows = data.windows_of(frame), data.windows_of(frame.tz_convert(zone))
    assert windows[0].series.index.equals(windows[1].series.index)


def test_days_begin_at_midnight_of_their_own_zone():
    days = pd.date_range("2024-03-01", periods=60, tz="Europe/Berlin")
    data = prepare(rows(days), Columns("y"), WINDOWS)
    part = data.for_frame(rows(days).tz_convert("UTC"))
    assert part.series.index[-1] == days[-1] + 3 * days.freq


@pytest.mark.parametrize(
    ("index", "change", "message"),
    [
        (HOURS, lambda f: f.tz_localize(None), "in Europe/Berlin. Received"),
        (
            HOURS.tz_localize(None)[:200],
            lambda f: f.tz_localize("Asia/Kolkata"),
            "Received: the zone Asia/Kolkata",
        ),
        (HOURS, lambda f: f.reset_index(drop=True), "must hold timestamps"),
        (
            pd.RangeIndex(100),
            lambda f: f.set_axis(HOURS[: len(f)]),
            "must hold numbers",
        ),
    ],
    ids=["without", "with", "counted", "dated"],
)
@pytest.mark.parametrize("name", ["frame", "future"])
def test_times_that_cannot_be_compared_are_refused(
    name, index, change, message
):
    frame = rows(index)
    data = prepare(frame[:-3], Columns("y", future="p"), WINDOWS)
    frames = {"frame": frame[:-3], "future": frame[-3:]}
    frames[name] = change(frames[name])
    with pytest.raises(ValueError, match=message):
        data.for_frame(frames["frame"], future=frames["future"])
