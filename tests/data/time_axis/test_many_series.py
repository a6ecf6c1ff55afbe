# SPDX-License-Identifier: Apache-2.0
import itertools

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data.time_axis.many_series import timeline


def joined(*axes):
    """Axes one after the other, as read from a file, and their bounds."""
    lengths = [len(axis) for axis in axes]
    index = axes[0].append(list(axes[1:]))
    return index, np.concatenate([[0], np.cumsum(lengths)])


def pieces(index, *lengths):
    bounds = np.cumsum([0, *lengths])
    return [index[start:stop] for start, stop in itertools.pairwise(bounds)]


@pytest.mark.parametrize("timezone", [None, "Europe/Berlin"])
@pytest.mark.parametrize("frequency", ["ME", "B", "W-SAT", "D", "h", "QE"])
def test_series_on_a_shared_grid_are_continued(frequency, timezone):
    whole = pd.date_range("2024-10-01", periods=60, freq=frequency, tz=timezone)
    index, bounds = joined(whole[:50], whole[10:20], whole[30:31])
    longer, *_ = timeline(index, bounds, ["a", "b", "c"], ahead=5)
    a, b, c = pieces(longer, 55, 15, 6)
    assert a.equals(whole[:55])
    assert b.equals(whole[10:25])
    assert c.equals(whole[30:36])
    assert longer.dtype == whole.dtype


def test_series_may_have_frequencies_of_their_own():
    days = pd.date_range("2024-01-01", periods=9, freq="D")
    weeks = pd.date_range("2024-01-06 12:00", periods=6, freq="W-SAT")
    index, bounds = joined(days[:7], weeks[:4])
    longer, step, own = timeline(index, bounds, ["a", "b"], ahead=2)
    a, b = pieces(longer, 9, 6)
    assert a.equals(days)
    assert b.equals(weeks)
    assert step == pd.offsets.Day()
    assert own == {"b": pd.offsets.Week(weekday=5)}


def test_integers_may_begin_anywhere():
    index, bounds = joined(pd.Index([10, 20, 30]), pd.Index([5, 15]))
    longer, *_ = timeline(index, bounds, ["a", "b"], ahead=1)
    assert longer.tolist() == [10, 20, 30, 40, 5, 15, 25]


def test_axes_ages_apart_are_not_laid_out_as_one():
    early = pd.date_range("1970-01-01", periods=5, freq="s")
    late = pd.date_range("2070-01-01", periods=5, freq="s")
    index, bounds = joined(early, late)
    longer, *_ = timeline(index, bounds, ["a", "b"], ahead=1)
    assert pieces(longer, 6, 6)[1].equals(
        pd.date_range("2070-01-01", periods=6, freq="s")
    )


@pytest.mark.parametrize(
    ("second", "fault"),
    [
        (["2024-01-02", "2024-01-03", "2024-01-05"], "no frequency"),
        (["2024-01-02", "2024-01-02", "2024-01-03"], "more than once"),
        (["2024-01-02", "2024-01-04", "2024-01-03"], "not increasing"),
        (["2024-01-02", None, "2024-01-03"], "no value in row 1"),
    ],
)
def test_a_faulty_axis_is_named(second, fault):
    days = pd.date_range("2024-01-01", periods=10, freq="D")
    index, bounds = joined(days, pd.DatetimeIndex(second))
    with pytest.raises(ValueError, match=f"Series 'b': .*{fault}"):
        timeline(index, bounds, ["a", "b"], ahead=1)


def test_a_known_step_needs_no_rows_to_show_it():
    index = pd.to_datetime(["2024-01-31", "2024-02-29"])
    longer, *_ = timeline(
        index, np.array([0, 2]), None, 1, step=pd.offsets.MonthEnd()
    )
    assert longer[-1] == pd.Timestamp("2024-03-31")


def test_few_rows_take_the_step_that_is_known_of_their_series():
    days = pd.date_range("2024-01-01", periods=7, freq="D")
    index, bounds = joined(days, days[:5] + pd.Timedelta("1h"))
    own = {"b": pd.offsets.BusinessDay()}  # Monday to Friday
    longer, _, found = timeline(
        index, bounds, ["a", "b"], 1, pd.offsets.Day(), own
    )
    assert found == own
    assert pieces(longer, 8, 6)[1][-1] == pd.Timestamp("2024-01-08 01:00")
