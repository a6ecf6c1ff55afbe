# SPDX-License-Identifier: Apache-2.0
"""Changes the future and looks whether anything before it moves."""

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns, Split, Windows, prepare
from keras_rnn.data.representations.base import mapped
from tests.data.representations.rows import (
    each_per_series,
    each_representation,
)
from tests.data.windows import arrays_of

ROWS = 40
TRAINED = ROWS - 9  # rows before validation and test


def numbers(rows, seed):
    drawn = np.random.default_rng(seed).integers(1, 1000, size=(rows, 3))
    return drawn.astype(float)


def frame_of(series, seed=0):
    index = pd.date_range("2024-01-01", periods=ROWS, freq="D")
    return pd.concat(
        pd.DataFrame(
            numbers(ROWS, seed + k), index=index, columns=["y", "p", "f"]
        ).assign(shop=f"shop {k}")
        for k in range(series)
    )


def prepared(frame, representation):
    series = "shop" if "shop 1" in set(frame["shop"]) else None
    return prepare(
        frame,
        Columns("y", past="p", future="f", series=series),
        Windows(lookback=4, horizon=2, gap=1),
        split=Split(validation=4, test=5),
        representation=representation,
        calendar="dayofweek",
    )


def after(frame, cutoff):
    """Other values in all rows of each series after a cutoff."""
    changed = frame.copy()
    later = (np.arange(len(frame)) % ROWS) > cutoff
    changed.loc[later, ["y", "p", "f"]] = 50 * numbers(later.sum(), 99)
    return changed


def scales(data):
    """Every number that was measured."""
    found = []
    for measured in (data.series.representation, data.scales.covariates):
        mapped(lambda scale: found.append(scale) or scale, measured)
    return found


@each_representation
@pytest.mark.parametrize("series", [1, 3])
def test_no_scale_knows_a_row_after_training(series, representation):
    frame = frame_of(series)
    before = scales(prepared(frame, representation))
    changed = after(frame, TRAINED - 1)
    for was, is_now in zip(
        before, scales(prepared(changed, representation)), strict=True
    ):
        np.testing.assert_array_equal(is_now, was)


@each_representation
@pytest.mark.parametrize("series", [1, 3])
def test_scales_know_the_training_rows(series, representation):
    # The opposite of the test above: it would pass if nothing were measured.
    frame = frame_of(series)
    before = scales(prepared(frame, representation))
    changed = after(frame, TRAINED - 8)
    now = scales(prepared(changed, representation))
    assert all((a != b).any() for a, b in zip(before, now, strict=True))


@each_representation
@pytest.mark.parametrize("series", [1, 3])
def test_nothing_moves_at_or_before_the_cutoff(series, representation):
    frame = frame_of(series)
    before = prepared(frame, representation).parts.values()
    # Scales know all training rows: those are changed in the test above.
    for cutoff, names in (
        (TRAINED - 1, {"train", "validation"}),
        (ROWS - 5, {"train", "validation", "test"}),
    ):
        after_it = prepared(after(frame, cutoff), representation).parts
        for part in before:
            other = after_it[part.name]
            same = part.cutoffs % ROWS <= cutoff
            assert same.any() == (part.name in names)
            if not same.any():
                continue
            np.testing.assert_array_equal(
                arrays_of(other)["past"][same], arrays_of(part)["past"][same]
            )
            ones = np.ones((len(part), 2, 1))
            np.testing.assert_array_equal(
                other.invert(ones)[same], part.invert(ones)[same]
            )


@each_per_series
def test_no_series_sees_another(representation):
    frame = frame_of(3)
    changed = frame.copy()
    others = frame["shop"] != "shop 1"
    changed.loc[others, "y"] = 50 * numbers(others.sum(), 99)[:, 0]
    data, other = (prepared(f, representation) for f in (frame, changed))
    mine = data.series.numbers(data.test.cutoffs) == 1
    np.testing.assert_array_equal(
        arrays_of(other.test)["past"][mine], arrays_of(data.test)["past"][mine]
    )
    ones = np.ones((len(data.test), 2, 1))
    np.testing.assert_array_equal(
        other.test.invert(ones)[mine], data.test.invert(ones)[mine]
    )


@each_representation
def test_a_short_series_is_measured_before_its_first_cutoff(representation):
    frame = frame_of(2).iloc[: ROWS + 10]  # one training row in the second
    changed = frame.copy()
    changed.iloc[ROWS + 4 :, 0] = 50.0  # after the first lookback
    data, other = (prepared(f, representation) for f in (frame, changed))
    first = int(np.flatnonzero(data.series.numbers(data.test.cutoffs) == 1)[0])
    assert data.test.cutoffs[first] >= ROWS + 3
    for was, is_now in zip(scales(data), scales(other), strict=True):
        np.testing.assert_array_equal(is_now, was)
