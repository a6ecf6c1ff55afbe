# SPDX-License-Identifier: Apache-2.0
import re

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Change, Columns, Level, Log, Split, Windows, prepare

DAYS = pd.date_range("2024-01-01", periods=60, freq="D")
WINDOWS = Windows(lookback=4, horizon=2, gap=1)
SPLIT = Split(validation=0, test=5)


def frame_of(seed=0):
    values = 1 + np.random.default_rng(seed).random(size=(60, 3))
    return pd.DataFrame(values, index=DAYS, columns=["y", "p", "f"])


def prepared(frame, columns, representation=None, **options):
    return prepare(
        frame,
        columns,
        WINDOWS,
        split=SPLIT,
        representation=representation,
        **options,
    )


def batch(part):
    """The inputs of all windows, or inputs and targets where it has them."""
    (inputs,) = part.dataset(batch_size=100)
    return inputs


@pytest.mark.parametrize("representation", [Level(), Change(), Log()])
def test_new_rows_are_scaled_by_what_was_measured(representation):
    frame = frame_of()
    columns = Columns("y", past="p")
    early = prepared(frame.iloc[:50], columns, representation)
    part = early.for_frame(frame)
    assert part.name == "latest"
    assert not part.has_targets
    # The same window as one of data prepared with the same training rows.
    whole = prepare(
        frame,
        columns,
        WINDOWS,
        split=Split(validation=0, test=15),
        representation=representation,
    )
    np.testing.assert_array_equal(batch(part), batch(whole.latest))
    forecasts = np.ones((1, 2, 1))
    np.testing.assert_array_equal(
        part.invert(forecasts), whole.latest.invert(forecasts)
    )
    assert part.forecasts(forecasts)["timestamp"].tolist() == [
        pd.Timestamp("2024-03-02"),
        pd.Timestamp("2024-03-03"),
    ]


def test_a_lookback_of_rows_is_enough():
    frame = frame_of()
    data = prepared(frame, Columns("y"), Level())
    short, whole = data.for_frame(frame.iloc[-4:]), data.for_frame(frame)
    np.testing.assert_array_equal(batch(short), batch(whole))
    message = "The frame has 3 rows; lookback=4 needs 4. Pass more of the past."
    with pytest.raises(ValueError, match=re.escape(message)):
        data.for_frame(frame.iloc[-3:])


def test_the_step_need_not_show_in_few_rows():
    index = pd.date_range("2024-01-01", periods=60, freq="B")
    frame = frame_of().set_index(index)
    data = prepared(frame, Columns("y"))
    # Monday to Thursday might be days; Friday and Monday follow them.
    week = frame.loc["2024-02-05":"2024-02-08"]
    table = data.for_frame(week).forecasts(np.zeros((1, 2, 1)))
    assert table["timestamp"].dt.strftime("%d").tolist() == ["12", "13"]


@pytest.mark.parametrize(
    ("frequency", "start", "timezone"),
    [
        ("ME", "2001-01-31", None),  # 60 months end in leap years, too
        ("B", "2024-01-01", None),
        ("W-SUN", "2024-01-07", None),
        ("YS", "1950-01-01", None),
        ("D", "2024-01-31", "Europe/Berlin"),  # row 60 is 31 March
        ("h", "2024-03-28 16:00", "Europe/Berlin"),  # row 57 has no 2 o'clock
        ("h", "2024-10-24 15:00", "America/New_York"),
        ("D", "2024-03-30", "UTC"),
    ],
)
@pytest.mark.parametrize("rows", [60, 4])
def test_forecasts_go_on_in_the_frequency_of_the_frame(
    frequency, start, timezone, rows
):
    whole = pd.date_range(start, periods=63, freq=frequency, tz=timezone)
    as_from_a_file = pd.DatetimeIndex(list(whole[:60]))
    frame = frame_of().set_index(as_from_a_file)
    data = prepared(frame, Columns("y"))
    table = data.for_frame(frame.tail(rows)).forecasts(np.zeros((1, 2, 1)))
    assert pd.DatetimeIndex(table["timestamp"]).equals(whole[61:])
    assert table["timestamp"].dtype == whole.dtype


@pytest.mark.parametrize("frequency", ["ME", "B", "W-SUN", "YS", "h"])
def test_a_frame_off_its_frequency_is_refused(frequency):
    index = pd.date_range("1950-01-01", periods=60, freq=frequency)
    frame = frame_of().set_index(index)
    data = prepared(frame, Columns("y"))
    late = index[:-1].append(index[-1:] + pd.Timedelta("90min"))
    for read in (data.for_frame, lambda f: prepared(f, Columns("y"))):
        with pytest.raises(
            ValueError, match=r"irregular: .* Resample the frame"
        ):
            read(frame.set_index(late))


def test_future_covariates_continue_the_frame():
    frame = frame_of()
    data = prepared(frame.iloc[:50], Columns("y", future="f"))
    part = data.for_frame(frame.iloc[:50], future=frame[["f"]].iloc[50:53])
    inputs = batch(part)
    # Cutoff row 49, gap row 50, targets 51 and 52; training rows 0 to 44.
    f = frame["f"].to_numpy()
    expected = (f[51:53] - f[:45].mean()) / f[:45].std()
    np.testing.assert_allclose(inputs["future"][0, :, 0], expected, rtol=1e-5)
    longer = data.for_frame(frame.iloc[:50], future=frame[["f"]].iloc[50:])
    np.testing.assert_array_equal(batch(longer)["future"], inputs["future"])


def test_without_future_covariates_the_error_says_how_to_pass_them():
    frame = frame_of()
    data = prepared(frame, Columns("y", future="f"))
    message = "'f' are not known after 2024-02-29.*for_frame"
    for late in (lambda: data.latest, lambda: data.for_frame(frame)):
        with pytest.raises(ValueError, match=message):
            late()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (slice(50, 52), "must have 3 rows, gap + horizon, up to 2024-02-22"),
        (slice(50, 50), "must have 3 rows, gap + horizon, up to 2024-02-22"),
        (slice(51, 54), "ends 2024-02-19: its row 0 must be 2024-02-20"),
        (slice(49, 53), "its row 0 must be 2024-02-20. Received: 2024-02-19"),
    ],
)
def test_future_rows_must_begin_right_after_the_frame(rows, message):
    frame = frame_of()
    data = prepared(frame, Columns("y", future="f"))
    with pytest.raises(ValueError, match=re.escape(message)):
        data.for_frame(frame.iloc[:50], future=frame[["f"]].iloc[rows])


def test_a_missing_future_value_is_named():
    frame = frame_of()
    data = prepared(frame, Columns("y", future="f"))
    future = frame[["f"]].iloc[50:53].copy()
    future.iloc[1, 0] = np.nan
    with pytest.raises(ValueError, match="Column 'f' is nan at 2024-02-21"):
        data.for_frame(frame.iloc[:50], future=future)


def test_a_future_without_a_role_is_refused():
    data = prepared(frame_of(), Columns("y"))
    with pytest.raises(ValueError, match="no column is a future covariate"):
        data.for_frame(frame_of(), future=frame_of())


def test_new_rows_are_checked_like_the_first():
    frame = frame_of()
    data = prepared(frame, Columns("y"), Log())
    frame.iloc[-1, 0] = 0.0
    with pytest.raises(ValueError, match=r"is 0\.0 at 2024-02-29; Log needs"):
        data.for_frame(frame)
    with pytest.raises(ValueError, match="gap: 1 row missing"):
        data.for_frame(frame.drop(DAYS[30]))
    with pytest.raises(ValueError, match="no column 'y'"):
        data.for_frame(frame[["p"]])


def shops(**seeds):
    return pd.concat(
        frame_of(seed).assign(shop=name) for name, seed in seeds.items()
    )


def test_known_series_keep_their_scales_and_new_ones_are_measured():
    columns = Columns("y", series="shop")
    frame = shops(a=1, b=2)
    data = prepared(frame, columns, Level())
    new = 100 * frame_of(3)["y"]
    later = pd.concat(
        [
            frame[frame["shop"] == "b"],
            pd.DataFrame({"y": new, "shop": "c"}),
            frame[frame["shop"] == "a"],
        ]
    )
    part = data.for_frame(later)
    table = part.forecasts(np.zeros((3, 2, 1)))
    assert table["series"].tolist() == ["b", "b", "c", "c", "a", "a"]
    trained = frame.groupby("shop")["y"].apply(lambda y: y.iloc[:55].mean())
    assert table["forecast"].tolist()[::2] == pytest.approx(
        [trained["b"], new.mean(), trained["a"]]
    )


def test_the_future_of_many_series_may_come_in_any_order():
    columns = Columns("y", future="f", series="shop")
    frame = shops(a=1, b=2)
    data = prepared(frame, columns)
    known = frame[frame.index < DAYS[50]]
    future = frame[frame.index >= DAYS[50]].sort_index(kind="stable")
    inputs = batch(data.for_frame(known, future=future))
    scaler = data.scales.covariates
    expected = [frame_of(seed)["f"].to_numpy()[51:53, None] for seed in (1, 2)]
    np.testing.assert_allclose(
        inputs["future"], scaler.transform(np.array(expected)), rtol=1e-5
    )
    with pytest.raises(ValueError, match="3 rows for series 'b'"):
        data.for_frame(known, future=future[future["shop"] == "a"])
    with pytest.raises(ValueError, match="series 'c', which the frame lacks"):
        data.for_frame(known, future=future.replace({"shop": {"b": "c"}}))


def test_a_series_too_short_for_a_lookback_is_named():
    data = prepared(shops(a=1, b=2), Columns("y", series="shop"))
    frame = shops(a=1, b=2).iloc[57:63]
    with pytest.raises(ValueError, match="series 'a' has 3 rows; lookback=4"):
        data.for_frame(frame)


def test_the_calendar_is_known_after_the_end():
    frame = frame_of()
    data = prepared(frame, Columns("y"), calendar=("dayofweek", "month"))
    assert data.feature_names == (
        "y",
        "dayofweek_sin",
        "dayofweek_cos",
        "month_sin",
        "month_cos",
    )
    assert data.num_future == 4
    inputs = batch(data.latest)
    # The last row is Thursday 29 February; forecast are 2 and 3 March, Monday
    # is the first day of the week.
    angles = 2 * np.pi * np.array([5, 6]) / 7
    np.testing.assert_allclose(
        inputs["future"][0],
        np.column_stack(
            [np.sin(angles), np.cos(angles), [np.sin(np.pi / 3)] * 2, [0.5] * 2]
        ),
        rtol=1e-6,
    )
    np.testing.assert_array_equal(
        batch(data.for_frame(frame))["future"], inputs["future"]
    )


def test_the_calendar_stands_beside_other_future_covariates():
    frame = frame_of()
    columns = Columns("y", future="f")
    data = prepared(frame, columns, calendar="month")
    future = pd.DataFrame(
        {"f": [1.0, 2.0, 3.0]}, index=pd.date_range("2024-03-01", periods=3)
    )
    inputs = batch(data.for_frame(frame, future=future))
    assert inputs["future"].shape == (1, 2, 3)
    with pytest.raises(ValueError, match="covariates 'f' are not known"):
        _ = data.latest


def test_integers_have_no_calendar():
    frame = frame_of().reset_index(drop=True)
    with pytest.raises(TypeError, match="must be of type DatetimeIndex"):
        prepared(frame, Columns("y"), calendar="month")


def long(freq, names="ab"):
    index = pd.date_range("2024-01-01", periods=60, freq=freq)
    pieces = [
        pd.DataFrame({"s": name, "y": np.arange(60.0)}, index) for name in names
    ]
    return pd.concat(pieces)


SERIES = Columns("y", series="s")


@pytest.mark.parametrize("gaps", ["refuse", "interpolate", "mask", "elapsed"])
@pytest.mark.parametrize("names", ["ab", "ax", "xy"])
@pytest.mark.parametrize("freq", ["MS", "h", "2D", "B"])
def test_another_frequency_is_refused_of_many_series_too(freq, names, gaps):
    data = prepared(long("D"), SERIES, gaps=gaps)
    frame = long(freq, names)
    with pytest.raises(ValueError, match=r"index of.* has the step"):
        data.for_frame(frame)


def test_one_series_of_another_frequency_is_named():
    frame = pd.concat([long("D", "a"), long("MS", "b")[:20]])
    data = prepared(long("D"), SERIES)
    with pytest.raises(ValueError, match="series 'b' has the step <MonthBegin"):
        data.for_frame(frame)


def test_each_series_keeps_the_frequency_that_it_was_prepared_with():
    frame = pd.concat([long("D", "a"), long("B", "b")])
    data = prepared(frame, SERIES)
    # The last business days of b, Monday to Friday, might be days; after
    # them follow a gap of one row, Monday, and two rows to forecast.
    part = data.for_frame(frame.groupby("s").tail(5))
    timestamps = part.forecasts(np.zeros((2, 2, 1))).groupby("series")
    b = timestamps["timestamp"].get_group("b")
    assert list(b.dt.day_name()) == ["Tuesday", "Wednesday"]
    with pytest.raises(ValueError, match="series 'a' has the step <BusinessD"):
        data.for_frame(pd.concat([long("B", "a"), long("B", "b")]))


def test_weeks_of_a_new_series_may_begin_on_another_day():
    data = prepared(long("W-SUN"), SERIES)
    assert len(data.for_frame(long("W-WED", "x"))) == 1
    with pytest.raises(ValueError, match="series 'a' has the step <Week"):
        data.for_frame(long("W-WED", "a"))
