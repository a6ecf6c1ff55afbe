# SPDX-License-Identifier: Apache-2.0
"""What float32 would turn into 0 or infinity is refused where it enters."""

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns, Counts, Split, Windows, prepare
from tests.data.representations.rows import each_per_series
from tests.data.windows import arrays_of

WINDOWS = Windows(lookback=4, horizon=2)
ROWS = 40


def frame(size=1.0, last=None, **roles):
    """Noise of a size, whose last rows are another number."""
    noise = 1 + np.random.default_rng(0).random((ROWS, 3))
    noise[:, 2] = np.repeat(noise[:2, 2], ROWS // 2)
    found = pd.DataFrame(
        noise, pd.date_range("2024-01-01", periods=ROWS), ["y", "p", "s"]
    )
    found["name"] = np.repeat(["a", "b"], ROWS // 2)
    for name in roles:
        found[name] *= size
        if last is not None:
            found.iloc[-2:, found.columns.get_loc(name)] = last
    return found


def made(frame, columns, representation=None):
    data = prepare(
        frame,
        columns,
        WINDOWS,
        split=Split(validation=0, test=5),
        representation=representation,
    )
    for name in ("train", "test"):
        for values in arrays_of(data.parts[name]).values():
            assert np.isfinite(values).all()
            assert np.ptp(values) > 0.1
    return data


ROLES = {
    "y": Columns("y"),
    "p past": Columns("y", past="p"),
    "p future": Columns("y", future="p"),
    "s": Columns("y", static="s", series="name"),
}


@pytest.mark.parametrize("size", [1e-140, 1e-60, 1e40, 1e140])
@pytest.mark.parametrize("role", ROLES)
def test_what_float32_holds_once_it_is_scaled_is_taken(role, size):
    made(frame(size, **{role[0]: True}), ROLES[role])


@pytest.mark.parametrize("size", [1e-120, 1e120])
@each_per_series
def test_targets_of_any_usual_size_are_taken(representation, size):
    made(frame(size, y=True), Columns("y"), representation)


@pytest.mark.parametrize("size", [1e-310, 1e-200, 1e200, 1e307])
@pytest.mark.parametrize("role", ROLES)
def test_what_float64_cannot_square_is_refused(role, size):
    message = rf"Column '{role[0]}' is .* at 2024-.*frame\['{role[0]}'\] / "
    with pytest.raises(ValueError, match=message):
        made(frame(size, **{role[0]: True}), ROLES[role])


@pytest.mark.parametrize(
    ("before", "after"), [(0.0, 1e-60), (0.0, 1e60), (5.0, 1e60)]
)
@pytest.mark.parametrize("role", ["y", "p past", "p future"])
def test_what_the_scale_of_the_training_rows_loses_is_refused(
    role, before, after
):
    rows = frame()
    rows[role[0]] = before
    rows.iloc[-2:, rows.columns.get_loc(role[0])] = after
    value = str(after).replace("+", ".")
    message = rf"Column '{role[0]}' is {value} at 2024-02-0.*float32 cannot"
    with pytest.raises(ValueError, match=message):
        prepare(rows, ROLES[role], WINDOWS)


def test_rows_that_come_later_are_checked_too():
    rows = frame()
    data = prepare(rows, Columns("y", future="p"), WINDOWS)
    days = pd.date_range(rows.index[-1], periods=3)[1:]
    with pytest.raises(ValueError, match=r"Column 'p' is 1e.50 at 2024-02-1"):
        data.for_frame(rows, future=pd.DataFrame({"p": [1.0, 1e50]}, days))
    rows.iloc[-1, 0] = 1e50
    with pytest.raises(ValueError, match=r"Column 'y' is 1e.50 at 2024-02-09"):
        data.for_frame(rows, future=pd.DataFrame({"p": [1.0, 1.0]}, days))


def test_the_static_covariate_of_one_series_is_not_scaled():
    rows = frame().iloc[:20]
    for value in (1e-50, 1e50):
        with pytest.raises(ValueError, match="Column 's' is 1e"):
            prepare(rows.assign(s=value), Columns("y", static="s"), WINDOWS)


def test_counts_leave_as_they_are_and_must_fit():
    rows = frame().round()
    rows.iloc[-2:, 0] = 1e39
    with pytest.raises(ValueError, match=r"Column 'y' is 1e.39 at 2024-02-08"):
        prepare(rows, Columns("y"), WINDOWS, representation=Counts())


def test_a_series_is_named_even_if_its_name_is_a_tuple():
    rows = frame(1e60, last=1e60)
    rows["name"] = (
        pd.Series([("a", 1), ("b", 2)], dtype=object).repeat(20).array
    )
    rows["y"] = 0.0
    rows.iloc[-1, 0] = 1e60
    columns = Columns("y", series="name")
    with pytest.raises(ValueError, match=r"of series \('b', 2\)"):
        prepare(rows, columns, WINDOWS, split=Split(validation=0, test=3))
