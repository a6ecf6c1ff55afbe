# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns, Split, Windows, prepare

WINDOWS = Windows(lookback=3, horizon=2)
SPLIT = Split(validation=8, test=8)  # train 0-23, validation 24-31, test 32-39


def counting(rows=40, start="2024-01-01", freq="D"):
    """Targets on a straight line: interpolated they are what they were."""
    index = pd.date_range(start, periods=rows, freq=freq)
    return pd.DataFrame({"y": np.arange(rows, dtype=float)}, index=index)


def prepared(frame, columns=None, **options):
    return prepare(
        frame,
        columns or Columns("y"),
        WINDOWS,
        split=SPLIT,
        **{"gaps": "interpolate"} | options,
    )


@pytest.mark.parametrize("freq", ["D", "ME", "B", "h", "W-SAT"])
@pytest.mark.parametrize("rows", [[5], [5, 6, 7], [5, 26], [1, 38]])
def test_missing_rows_are_filled_by_a_straight_line(freq, rows):
    frame = counting(freq=freq)
    data = prepared(frame.drop(frame.index[rows]))
    np.testing.assert_allclose(data.series.levels, frame.to_numpy())
    assert data.series.index[:40].equals(pd.DatetimeIndex(frame.index))


def test_missing_integers_are_filled():
    frame = counting().reset_index(drop=True)
    data = prepared(frame.drop([5, 6, 30]))
    np.testing.assert_allclose(data.series.levels, frame.to_numpy())


def test_missing_values_are_filled_by_a_straight_line():
    frame = counting()
    missing = frame.copy()
    missing.iloc[[5, 6, 7, 20]] = np.nan
    np.testing.assert_allclose(
        prepared(missing).series.levels, frame.to_numpy()
    )


@pytest.mark.parametrize("row", [0, -1])
def test_missing_values_at_the_ends_are_refused(row):
    frame = counting()
    frame.iloc[row] = np.nan
    with pytest.raises(ValueError, match="Column 'y' is nan at"):
        prepared(frame)


def test_infinite_values_are_refused():
    frame = counting()
    frame.iloc[5] = np.inf
    with pytest.raises(ValueError, match="Column 'y' is inf at"):
        prepared(frame)


def test_an_index_off_the_grid_is_refused():
    frame = counting()
    days = list(frame.index)
    days[7] += pd.Timedelta("5h")
    frame.index = pd.DatetimeIndex(days)
    with pytest.raises(ValueError, match="The index is irregular"):
        prepared(frame)


def test_no_window_ends_in_a_gap():
    frame = counting()
    data = prepared(frame.drop(frame.index[[10, 11, 34]]))
    assert data.train.cutoffs.tolist() == [*range(2, 10), *range(12, 22)]
    assert data.test.cutoffs.tolist() == [31, 32, 33, 35, 36, 37]


def test_training_ends_before_a_gap_that_ends_in_validation():
    frame = counting()
    frame.iloc[24:, 0] = 1e3
    # Rows 22 to 25 lie on a line to row 26, a row of validation.
    data = prepared(frame.drop(frame.index[22:26]))
    assert data.train.cutoffs.max() == 19  # targets 20 and 21
    scaler = data.series.representation.scaler
    assert scaler.mean.tolist() == [np.arange(22).mean()]


def test_validation_has_no_targets_on_a_line_to_the_test_part():
    frame = counting()
    data = prepared(frame.drop(frame.index[30:33]))
    # Rows 30, 31 and 32 are missing; validation targets up to row 29.
    assert data.validation.cutoffs.tolist() == [23, 24, 25, 26, 27]


def test_no_line_reaches_from_series_to_series():
    frame = pd.concat(
        [counting().assign(shop="a"), 100 + counting().assign(shop=0)]
    ).assign(shop=["a"] * 40 + ["b"] * 40)
    columns = Columns("y", series="shop")
    gappy = frame.iloc[[k for k in range(80) if k not in (5, 50, 51)]].copy()
    gappy.iloc[20, 0] = np.nan
    data = prepared(gappy, columns)
    np.testing.assert_allclose(data.series.levels[:, 0], frame["y"])
    frame.iloc[40, 0] = np.nan  # the first row of b
    with pytest.raises(ValueError, match="nan at 2024-01-01 of series 'b'"):
        prepared(frame, columns)


def test_static_columns_and_future_covariates_are_filled_too():
    frame = counting().assign(f=2.0 * np.arange(40), size=7.0)
    gappy = frame.drop(frame.index[[5, 6]])
    data = prepared(gappy, Columns("y", future="f", static="size"))
    inputs, _ = next(iter(data.train.dataset(batch_size=1)))
    assert inputs["static"].numpy().tolist() == [[7.0]]
    whole = prepared(frame, Columns("y", future="f", static="size"))
    np.testing.assert_allclose(data.series.covariates, whole.series.covariates)


def test_new_frames_are_filled_alike():
    frame = counting()
    data = prepared(frame)
    gappy = frame.drop(frame.index[37])
    (one,) = data.for_frame(gappy).dataset(batch_size=1)
    (other,) = data.for_frame(frame).dataset(batch_size=1)
    np.testing.assert_allclose(one, other)


def test_without_gaps_nothing_is_different():
    filled, refused = prepared(counting()), prepared(counting(), gaps="refuse")
    for name, part in refused.parts.items():
        assert filled.parts[name].cutoffs.tolist() == part.cutoffs.tolist()


def test_gaps_are_refused_or_interpolated():
    with pytest.raises(ValueError, match="`gaps` must be one of 'refuse'"):
        prepared(counting(), gaps="drop")
