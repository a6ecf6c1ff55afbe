# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import calendar_features


@pytest.mark.parametrize(
    ("name", "start", "quarter", "half"),
    [
        ("second", "2024-01-01 00:00:00", "00:00:15", "00:00:30"),
        ("minute", "2024-01-01 00:00:00", "00:15:00", "00:30:00"),
        ("hour", "2024-01-01 00:00:00", "06:00:00", "12:00:00"),
    ],
)
def test_clock_features_go_once_round_the_circle(name, start, quarter, half):
    start = pd.Timestamp(start)
    index = pd.DatetimeIndex(
        [start, start + pd.Timedelta(quarter), start + pd.Timedelta(half)]
    )
    features = calendar_features(index, name)
    assert list(features.columns) == [f"{name}_sin", f"{name}_cos"]
    np.testing.assert_allclose(features, [[0, 1], [1, 0], [0, -1]], atol=1e-12)


def test_months_are_twelfths_of_a_circle():
    index = pd.to_datetime(["2024-01-31", "2024-04-02", "2024-07-15"])
    features = calendar_features(index, "month")
    np.testing.assert_allclose(features, [[0, 1], [1, 0], [0, -1]], atol=1e-12)


def test_quarters_are_quarters_of_a_circle():
    index = pd.to_datetime(["2024-01-31", "2024-04-02", "2024-07-15"])
    features = calendar_features(index, "quarter")
    np.testing.assert_allclose(features, [[0, 1], [1, 0], [0, -1]], atol=1e-12)


def test_weekdays_are_sevenths_of_a_circle_from_monday():
    index = pd.to_datetime(["2024-01-01", "2024-01-03"])  # Monday, Wednesday
    angle = 2 * np.pi * 2 / 7
    np.testing.assert_allclose(
        calendar_features(index, "dayofweek"),
        [[0, 1], [np.sin(angle), np.cos(angle)]],
        atol=1e-12,
    )


def test_the_day_of_the_year_moves_with_the_hours():
    index = pd.to_datetime(
        ["2024-01-01 00:00", "2024-01-01 18:00", "2024-02-01 00:00"]
    )
    angles = 2 * np.pi * np.array([0, 0.75, 31]) / 365.25
    np.testing.assert_allclose(
        calendar_features(index, "dayofyear"),
        np.column_stack([np.sin(angles), np.cos(angles)]),
        atol=1e-12,
    )


@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_the_resolution_of_timestamps_plays_no_part(unit):
    index = pd.date_range("2024-01-01", periods=50, freq="7h")
    names = ("dayofyear", "hour", "minute")
    pd.testing.assert_frame_equal(
        calendar_features(index.as_unit(unit), names).reset_index(drop=True),
        calendar_features(index, names).reset_index(drop=True),
    )


def test_times_are_local_times():
    index = pd.DatetimeIndex(["2024-07-01 06:00"]).tz_localize("Europe/Berlin")
    features = calendar_features(index, "hour")  # 04:00 in UTC
    np.testing.assert_allclose(features, [[1, 0]], atol=1e-12)
    assert features.index.equals(index)


def test_an_unknown_feature_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="`features` must be one of 'second'"):
        calendar_features(pd.to_datetime(["2024-01-01"]), ("month", "moon"))


def test_a_feature_named_twice_is_refused():
    with pytest.raises(ValueError, match="`features` names 'month' twice"):
        calendar_features(pd.to_datetime(["2024-01-01"]), ("month", "month"))


def test_an_index_without_dates_is_refused():
    with pytest.raises(TypeError, match="`index` must be of type Datetime"):
        calendar_features(pd.RangeIndex(3), "month")
