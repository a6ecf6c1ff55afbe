# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns, Split, Windows, prepare, stream_batches

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
    np.testing.assert_allclose(data.series.references, frame.to_numpy())
    assert data.series.index[:40].equals(pd.DatetimeIndex(frame.index))


def test_missing_integers_are_filled():
    frame = counting().reset_index(drop=True)
    data = prepared(frame.drop([5, 6, 30]))
    np.testing.assert_allclose(data.series.references, frame.to_numpy())


def test_missing_values_are_filled_by_a_straight_line():
    frame = counting()
    missing = frame.copy()
    missing.iloc[[5, 6, 7, 20]] = np.nan
    np.testing.assert_allclose(
        prepared(missing).series.references, frame.to_numpy()
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
    # The window at row 9 has no known target, rows 10 and 11.
    assert data.train.cutoffs.tolist() == [*range(2, 9), *range(12, 22)]
    assert data.test.cutoffs.tolist() == [31, 32, 33, 35, 36, 37]


def test_no_scale_is_measured_on_a_line():
    frame = counting().assign(p=np.arange(40.0) ** 2)
    frame.iloc[24:] = 1e3
    # Rows 22 to 25 lie on a line to row 26, a row of validation.
    holes = frame.drop(frame.index[[*range(5, 9), *range(22, 26)]])
    data = prepared(holes, Columns("y", future="p"))
    known = np.array([*range(5), *range(9, 22)])
    scaler = data.series.representation.scaler
    assert scaler.mean == pytest.approx(known.mean())
    assert scaler.scale == pytest.approx(known.std())
    # What is known ahead is filled, but not from rows after training.
    filled = np.interp(np.arange(22), known, known**2)
    assert data.scales.covariates.mean == pytest.approx(filled.mean())


@pytest.mark.parametrize("name", ["train", "validation", "test"])
@pytest.mark.parametrize("how", ["rows", "values"])
def test_what_was_filled_is_no_outcome(name, how):
    frame = counting()
    holes = [10, 11, 12, 23, 24, 26, 33, 34]
    known = ~np.isin(np.arange(40), holes)
    gappy = frame[known] if how == "rows" else frame.where(known[:, None])
    part = prepared(gappy).parts[name]
    rows = part.cutoffs[:, np.newaxis] + np.array([1, 2])
    ((_, targets, weights),) = part.dataset(batch_size=40)
    np.testing.assert_array_equal(weights[..., 0] == 1, known[rows])
    np.testing.assert_array_equal(targets.numpy()[~known[rows]], 0.0)
    np.testing.assert_array_equal(
        part.actual[..., 0], np.where(known[rows], rows.astype(float), np.nan)
    )
    assert known[part.cutoffs].all()
    assert known[rows].any(axis=1).all()


def test_validation_moves_nothing_in_training():
    frame = counting().assign(p=1.0)
    later = frame.copy()
    later.iloc[24:] += 100
    gappy = [f.drop(f.index[[9, 10, 22, 23, 24, 25]]) for f in (frame, later)]
    parts = [prepared(f, Columns("y", past="p")).train for f in gappy]
    np.testing.assert_array_equal(*(part.cutoffs for part in parts))
    batches = [next(iter(part.dataset(batch_size=40))) for part in parts]
    for one, other in zip(*batches, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_part_of_lines_is_refused():
    with pytest.raises(ValueError, match="test split has a known row at its"):
        prepared(counting().drop(counting().index[31:39]))


def test_a_stream_weighs_what_was_filled():
    frame = counting().drop(counting().index[[10, 11]])
    data = prepare(
        frame,
        Columns("y"),
        Windows(lookback=1, horizon=2),
        split=SPLIT,
        gaps="interpolate",
    )
    batches = stream_batches(
        data.train, batch_size=1, chunk_length=4, starts=True
    )
    weights = np.concatenate([weights for _, _, weights in batches])
    # Steps 1 … 8, of which the last has the missing row 10 ahead, and 14 … 21.
    expected = np.ones((4, 4, 2))
    expected[1, 3, 1] = 0
    np.testing.assert_array_equal(weights[..., 0], expected)


def test_no_line_reaches_from_series_to_series():
    frame = pd.concat(
        [counting().assign(shop="a"), 100 + counting().assign(shop=0)]
    ).assign(shop=["a"] * 40 + ["b"] * 40)
    columns = Columns("y", series="shop")
    gappy = frame.iloc[[k for k in range(80) if k not in (5, 50, 51)]].copy()
    gappy.iloc[20, 0] = np.nan
    data = prepared(gappy, columns)
    np.testing.assert_allclose(data.series.references[:, 0], frame["y"])
    frame.iloc[40, 0] = np.nan  # the first row of b
    with pytest.raises(ValueError, match="nan at 2024-01-01 of series 'b'"):
        prepared(frame, columns)


def test_static_columns_and_future_covariates_are_filled_too():
    frame = counting().assign(f=2.0 * np.arange(40), size=7.0)
    gappy = frame.drop(frame.index[[5, 6]])
    data = prepared(gappy, Columns("y", future="f", static="size"))
    inputs, *_ = next(iter(data.train.dataset(batch_size=1)))
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
