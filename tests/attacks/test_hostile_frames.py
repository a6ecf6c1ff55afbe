# SPDX-License-Identifier: Apache-2.0
"""Whatever a frame holds: a finite forecast, or an error that says why.

`python -m pytest -m attack` draws many; FITS and READS bound each test.
"""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_rnn.data import Columns
from keras_rnn.forecasting import Forecaster, Training
from keras_rnn.models import Stack

FITS, READS = 25, 100
ROWS = 60
DAYS = pd.date_range("2024-01-01", periods=ROWS, freq="D")


def plain():
    rng = np.random.default_rng(0)
    return pd.DataFrame({"y": rng.normal(size=ROWS)}, index=DAYS)


def with_value(value):
    def change(frame, row):
        frame = frame.astype(object)
        frame.iloc[row % len(frame), 0] = value
        return frame

    return change


def of_values(values):
    return lambda frame, row: frame.assign(y=values(len(frame)))


def with_index(index):
    return lambda frame, row: frame.set_axis(index(frame.index, row))


def huge(length):
    return np.arange(length).astype(object) + 10**40


#: Each changes a frame somewhere near a row.
CHANGES = {
    "a text": with_value("n/a"),
    "a number as text": with_value("3.5"),
    "nothing": with_value(None),
    "NaN": with_value(np.nan),
    "infinity": with_value(-np.inf),
    "a huge number": with_value(1e300),
    "a huge integer": with_value(10**400),
    "a complex number": with_value(1j),
    "a list": with_value([1, 2]),
    "a date": with_value(pd.Timestamp("2024-01-01")),
    "huge integers": of_values(huge),
    "unsigned": of_values(lambda n: np.arange(n, dtype="uint64") + 2**63),
    "tiny": of_values(lambda n: np.linspace(0, 1e-310, n)),
    "constant": of_values(lambda n: np.full(n, 7.0)),
    "flags": of_values(lambda n: np.arange(n) % 2 == 0),
    "decimals as text": of_values(lambda n: [f"{k},5" for k in range(n)]),
    "categories": of_values(lambda n: pd.Categorical(["a"] * n)),
    "a stamp twice": with_index(
        lambda index, row: index[:1].append(index[:-1])
    ),
    "stamps in reverse": with_index(lambda index, row: index[::-1]),
    "a stamp missing": with_index(
        lambda index, row: index.where(np.arange(len(index)) != row)
    ),
    "a hole": lambda frame, row: frame.drop(frame.index[row % len(frame)]),
    "two rows": lambda frame, row: frame.iloc[:2],
    "one row": lambda frame, row: frame.iloc[:1],
    "no rows": lambda frame, row: frame.iloc[:0],
    "no columns": lambda frame, row: frame[[]],
    "a column twice": lambda frame, row: pd.concat([frame, frame], axis=1),
    "another column": lambda frame, row: frame.rename(columns={"y": "z"}),
    "columns of numbers": lambda frame, row: frame.set_axis([3], axis=1),
    "a zone": lambda frame, row: _localized(frame, "America/Sao_Paulo"),
    "a half hour zone": lambda frame, row: _localized(frame, "Asia/Kolkata"),
    "texts as stamps": with_index(lambda index, row: index.astype(str)),
    "numbers as stamps": with_index(
        lambda index, row: pd.Index(np.arange(len(index)) * 2.5)
    ),
    "the end of time": with_index(
        lambda index, row: pd.date_range(
            end=pd.Timestamp.max.floor("D"), periods=len(index), freq="D"
        )
    ),
    "irregular stamps": with_index(
        lambda index, row: (
            index + pd.to_timedelta(np.arange(len(index)) ** 2, "s")
        )
    ),
    "a list of it": lambda frame, row: [frame],
    "its array": lambda frame, row: frame.to_numpy(),
    "its column": lambda frame, row: frame.iloc[:, 0],
}


def _localized(frame, zone):
    if isinstance(frame.index, pd.DatetimeIndex) and frame.index.tz is None:
        return frame.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    return frame


@st.composite
def hostile(draw):
    """A frame after one to three changes that still make a frame."""
    frame = plain()
    for name in draw(
        st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=3)
    ):
        if isinstance(frame, pd.DataFrame) and len(frame.columns) == 1:
            if len(frame) < 2:
                break
            frame = _changed(frame, name, draw(st.integers(0, ROWS - 1)))
    return frame


def _changed(frame, name, row):
    """What a change makes; pandas itself refuses some after others."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return CHANGES[name](frame, row)
    except (
        ArithmeticError,
        AssertionError,
        AttributeError,
        TypeError,
        ValueError,
    ):
        return frame


def forecaster(gaps):
    return Forecaster(
        horizon=2,
        lookback=4,
        columns=Columns("y"),
        network=Stack("elman", units=2, options={"engine": "reference"}),
        gaps=gaps,
        training=Training(epochs=1, steps_per_epoch=1),
    )


@pytest.fixture(scope="module")
def fitted():
    return {
        gaps: forecaster(gaps).fit(plain())
        for gaps in ("refuse", "interpolate")
    }


def answer(function):
    """What it answers, or None where it says why not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function()
        except (TypeError, ValueError) as error:
            message = str(error)
    assert len(message.split()) > 3, message
    assert "Tensor(" not in message
    return None


def snapshot(frame):
    known = isinstance(frame, (pd.DataFrame, pd.Series))
    return frame.copy(deep=True) if known else None


def assert_untouched(frame, before):
    if before is not None:
        assert frame.equals(before)


@pytest.mark.attack
@pytest.mark.filterwarnings("ignore:The forecaster does not beat")
@settings(max_examples=FITS, deadline=None)
@given(hostile(), st.sampled_from(["refuse", "interpolate"]))
def test_a_fit_gives_finite_forecasts_or_says_why_not(frame, gaps):
    before = snapshot(frame)
    forecast = answer(lambda: forecaster(gaps).fit(frame).predict())
    assert forecast is None or np.isfinite(forecast.to_numpy()).all()
    assert_untouched(frame, before)


@pytest.mark.attack
@pytest.mark.filterwarnings("ignore:The forecaster does not beat")
@settings(max_examples=READS, deadline=None)
@given(hostile(), st.sampled_from(["refuse", "interpolate"]))
def test_a_frame_read_gives_finite_forecasts_or_says_why_not(
    fitted, frame, gaps
):
    before, expected = snapshot(frame), fitted[gaps].predict()
    forecast = answer(lambda: fitted[gaps].predict(frame))
    assert forecast is None or np.isfinite(forecast.to_numpy()).all()
    start = DAYS[ROWS // 2]
    judged = answer(lambda: fitted[gaps].backtest(frame, start, stride=7))
    if judged is not None:
        assert np.isfinite(judged.forecasts["forecast"]).all()
    assert_untouched(frame, before)
    pd.testing.assert_frame_equal(fitted[gaps].predict(), expected)
