# SPDX-License-Identifier: Apache-2.0
"""A series that was not fitted is measured by its rows up to each cutoff."""

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import (
    Columns,
    Level,
    Windows,
    own_scales,
    prepare,
)
from tests.data.representations.rows import (
    EVERY,
    NESTED,
    each_representation,
)
from tests.tiers import mostly_slow, products

ROWS = 30
WINDOWS = Windows(lookback=5, horizon=2, gap=1)
COLUMNS = Columns("y", series="shop")


def rows_of(shop, size, rows=ROWS, end=ROWS):
    rng = np.random.default_rng(int(size))
    index = pd.date_range("2024-01-01", periods=end, freq="D")[-rows:]
    values = np.rint(100 * size * (1 + np.cumsum(rng.random(rows))))
    return pd.DataFrame({"y": values, "shop": shop}, index=index)


def everything():
    """A series that was fitted, between two that were not."""
    return pd.concat(
        [rows_of("late", 3.0, rows=12), rows_of("old", 1.0), rows_of("new", 70)]
    )


def prepared(representation, gaps="refuse"):
    return prepare(
        rows_of("old", 1.0)[:25],
        COLUMNS,
        WINDOWS,
        representation=representation,
        gaps=gaps,
    )


def seen(part):
    """What a network would see, and what its answers would mean."""
    inputs = part.inputs(slice(None))["past"]
    return inputs, part.invert(np.ones((len(part), 2, 1)))


@products(
    gaps=["refuse", "interpolate", "mask"],
    representation=mostly_slow(EVERY | NESTED, default=EVERY),
)
def test_a_window_is_that_of_the_frame_cut_at_its_cutoff(
    representation, gaps, monkeypatch
):
    # So few rows at once that it takes several turns.
    monkeypatch.setattr(own_scales, "ROWS_AT_ONCE", 50)
    frame = everything()
    if gaps != "refuse":
        holes = frame.index.day.isin([11, 20, 21, 24])
        frame.loc[holes & (frame["shop"] != "late"), "y"] = np.nan
    data = prepared(representation, gaps)
    part = data.windows_of(frame)
    inputs, levels = seen(part)
    moments = part.series.index[part.series.positions(part.cutoffs)]
    shops = part.series.names[part.series.numbers(part.cutoffs)]
    assert set(shops) == {"late", "old", "new"}
    for k in range(0, len(part), 3):
        mine = frame["shop"] == shops[k]
        alone = data.for_frame(frame[mine & (frame.index <= moments[k])])
        for one, other in zip((inputs, levels), seen(alone), strict=True):
            np.testing.assert_allclose(one[k], other[0], rtol=1e-6, atol=1e-9)


@each_representation
def test_targets_come_back(representation):
    part = prepared(representation).windows_of(everything())
    (batch,) = part.dataset(batch_size=100)
    np.testing.assert_allclose(part.invert(batch[1]), part.actual, rtol=1e-4)
    back = part.series.represent(part.actual, part.cutoffs)
    np.testing.assert_allclose(back, batch[1], rtol=1e-4, atol=1e-5)


def test_the_scale_is_that_of_the_rows_before():
    frame = everything()
    part = prepared(Level()).windows_of(frame)
    levels = part.invert(np.zeros((len(part), 2, 1)))[:, 0, 0]
    values = frame["y"].to_numpy()
    # The rows of "late" are the first 12, those of "new" the last 30.
    for cutoff, mean in zip(part.cutoffs, levels, strict=True):
        if cutoff < 12:
            assert mean == pytest.approx(values[: cutoff + 1].mean())
        if cutoff >= 42:
            assert mean == pytest.approx(values[42 : cutoff + 1].mean())


def test_what_was_fitted_keeps_its_scales():
    data = prepared(Level())
    part = data.windows_of(everything())
    known = part.series.numbers(part.cutoffs) == 1
    means = part.invert(np.zeros((len(part), 2, 1)))[known]
    np.testing.assert_allclose(means, data.scales.targets.scaler.mean[0, 0, 0])
    same = data.windows_of(rows_of("old", 1.0))
    assert same.series.own is None


def test_shared_scales_are_those_of_training():
    part = prepared(Level(per_series=False)).windows_of(everything())
    assert part.series.own is None


def test_scales_are_asked_for_where_they_were_measured():
    part = prepared(Level()).windows_of(everything())
    some = type(part)("some", part.cutoffs[::2], part.series)
    np.testing.assert_array_equal(
        some.invert(np.zeros((len(some), 2, 1))),
        part.invert(np.zeros((len(part), 2, 1)))[::2],
    )
    own = prepared(Level()).windows_of(everything(), stride=9).series
    with pytest.raises(LookupError, match="at the cutoffs of its Part"):
        own.invert(np.zeros((len(part), 2, 1)), part.cutoffs)
