# SPDX-License-Identifier: Apache-2.0
"""What was said at a cutoff depends on the rows up to it alone."""

import random

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import (
    Change,
    Columns,
    Level,
    Log,
    SeasonalChange,
    SquareRoot,
    WindowLevel,
)
from keras_rnn.forecasting import Forecaster, Training
from keras_rnn.forecasting.strategies.table import STRATEGIES
from keras_rnn.models import Stack
from tests.pairs import pairwise_cover

FITTED, CUTOFF, ROWS = 40, 47, 58
LOOKBACK, HORIZON, SEASON = 5, 2, 3
DAYS = pd.date_range("2024-01-01", periods=ROWS, freq="D")
HOLES = [12, 13, 44, 45]
REPRESENTATIONS = {
    "level": Level(),
    "shared level": Level(per_series=False),
    "change": Change(),
    "seasonal change": SeasonalChange(SEASON),
    "window level": WindowLevel(),
    "log of change": Log(Change()),
    "root of level": SquareRoot(Level()),
}
FACTORS = {
    "strategy": list(STRATEGIES),
    "representation": list(REPRESENTATIONS),
    "gaps": ["refuse", "interpolate", "mask", "elapsed"],
    "series": ["one", "many", "unseen"],
    "refit": ["fitted once", "refitted"],
    "adapt": ["still", "adaptive"],
    "calendar": ["no calendar", "calendar"],
    "source": ["frame", "parquet"],
}
FORBIDDEN = [
    ("recursive", "mask"),
    ("recursive", "elapsed"),
    ("recursive", "window level"),
]
CASES = pairwise_cover(FACTORS, FORBIDDEN)
#: Forecasts of fewer windows at once round differently.
CLOSE = {"rtol": 1e-3, "atol": 1e-3}

pytestmark = [
    pytest.mark.filterwarnings("ignore:The forecaster does not beat"),
    # It begins just before the cutoff, too late to be fitted.
    pytest.mark.filterwarnings("ignore:Series 'late' is left out"),
]


def rows_of(name, first=0):
    """Rows around 10, or 500, with a past and a future covariate."""
    rng = np.random.default_rng(len(name))
    values = rng.random((ROWS, 3))
    size = {"old": 1, "new": 50, "late": 3}[name]
    frame = pd.DataFrame(values, DAYS, columns=["y", "p", "f"])
    frame["y"] = size * (10 + frame["y"] + np.arange(ROWS) % SEASON)
    return frame.assign(shop=name)[first:]


def frame_of(case):
    """The frame, and the rows to fit on."""
    series = [rows_of("old")]
    if case["series"] != "one":
        series += [rows_of("new"), rows_of("late", first=CUTOFF - 8)]
    frame = pd.concat(series)
    if case["gaps"] != "refuse":
        holes = frame.index.isin(DAYS[HOLES]) & (frame["shop"] != "late")
        frame.loc[holes, ["y", "p"]] = np.nan
    known = frame[frame.index < DAYS[FITTED]]
    if case["series"] == "unseen":
        known = known[known["shop"] == "old"]
    return frame, known


def forecaster_of(case):
    recursive = case["strategy"] == "recursive"
    return Forecaster(
        horizon=HORIZON,
        lookback=LOOKBACK,
        columns=Columns(
            "y",
            past=() if recursive else "p",
            future="f",
            series=None if case["series"] == "one" else "shop",
        ),
        network=Stack("elman", units=2),
        strategy=case["strategy"],
        representation=REPRESENTATIONS[case["representation"]],
        gaps=case["gaps"],
        intervals=(0.5,),
        adapt=0.2 if case["adapt"] == "adaptive" else 0.0,
        calendar="dayofweek" if case["calendar"] == "calendar" else (),
        training=Training(epochs=1, steps_per_epoch=1, batch_size=16),
    )


def with_another_future(frame, gaps):
    """Other values after the cutoff, other holes, and fewer rows.

    What is known ahead is another one only after the horizon.
    """
    changed, days = frame.copy(), frame.index
    later = days > DAYS[CUTOFF]
    changed.loc[later, "y"] = 60 * frame.loc[later, "y"] + 1000
    changed.loc[later, "p"] = -30.0
    changed.loc[days > DAYS[CUTOFF + HORIZON], "f"] = 25.0
    if gaps != "refuse":
        changed.loc[days == DAYS[CUTOFF + 1], ["y", "p"]] = np.nan
        changed = changed[days != DAYS[CUTOFF + 4]]
    return changed, frame[days <= DAYS[CUTOFF + HORIZON]]


def given(frame, source, folder):
    """The frame, or the path of a file of it."""
    if source == "frame":
        return frame
    path = folder / f"{len(list(folder.iterdir()))}.parquet"
    frame.to_parquet(path)
    return path


def said(result):
    """What was said up to the cutoff, by series, cutoff and step."""
    told = result.forecasts.join(result.references)
    told[["scale", "square scale"]] = result.scales
    told = told[told["cutoff"] <= DAYS[CUTOFF]].drop(columns="actual")
    keys = [k for k in ("series", "cutoff", "step") if k in told]
    return told.set_index(keys).drop(columns=["timestamp", "target"])


def scores(result):
    """The scores of cutoffs whose outcomes were known at the cutoff."""
    table = result.by("cutoff")
    known = table.index.get_level_values(0) <= DAYS[CUTOFF - HORIZON]
    return table[known]


def check(case, folder):
    frame, known = frame_of(case)
    forecaster = forecaster_of(case).fit(known, validation=10)
    refit = case["refit"] == "refitted"
    # Each refit takes its time: that of the cutoff alone then.
    start, stride = (CUTOFF + 1, ROWS) if refit else (FITTED + 1, 1)
    results = [
        forecaster.backtest(
            given(rows, case["source"], folder),
            DAYS[start],
            stride=stride,
            season=SEASON,
            refit=refit,
        )
        for rows in (frame, *with_another_future(frame, case["gaps"]))
    ]
    told = said(results[0])
    last = told.xs(DAYS[CUTOFF], level="cutoff")
    assert len(last) == HORIZON * (1 if case["series"] == "one" else 3)
    for other in results[1:]:
        again = said(other)
        both = told.index.intersection(again.index)
        assert len(both) > len(told) - len(last) - 1
        pd.testing.assert_frame_equal(again.loc[both], told.loc[both], **CLOSE)
        if not refit:
            pd.testing.assert_frame_equal(
                scores(other), scores(results[0]), **CLOSE
            )
    if not refit:
        check_prediction(case, folder, forecaster, frame, last)


def check_prediction(case, folder, forecaster, frame, last):
    """The frame cut at the cutoff is forecast as the backtest did."""
    past = frame[frame.index <= DAYS[CUTOFF]]
    future = frame[frame.index > DAYS[CUTOFF]][["f", "shop"]]
    if case["series"] == "one":
        future = future[["f"]]
    found = forecaster.predict(
        given(past, case["source"], folder), future=future
    )
    np.testing.assert_allclose(
        found[["y", "y_lower_50", "y_upper_50"]],
        last[["forecast", "lower_50", "upper_50"]],
        **CLOSE,
    )


def words(case):
    return ", ".join(case.values())


@pytest.mark.parametrize("case", random.Random(71).sample(CASES, 3), ids=words)
def test_no_drawn_case_knows_the_future(case, tmp_path):
    check(case, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=words)
def test_no_pair_of_settings_knows_the_future(case, tmp_path):
    check(case, tmp_path)
