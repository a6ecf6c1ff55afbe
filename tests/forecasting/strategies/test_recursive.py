# SPDX-License-Identifier: Apache-2.0
"""A network that goes on from its own forecasts, beside one that reads anew."""

from dataclasses import replace

import keras
import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import (
    Change,
    Columns,
    Counts,
    Level,
    Log,
    SeasonalChange,
    Split,
    SquareRoot,
    WindowLevel,
    Windows,
    prepare,
)
from keras_rnn.data.representations.wrapper import OneStep
from keras_rnn.forecasting import Forecaster, Training
from keras_rnn.forecasting.outcomes import Outcome
from keras_rnn.forecasting.strategies import rollout
from keras_rnn.forecasting.strategies.recursive import Recursive, walks
from keras_rnn.forecasting.strategies.rollout import roll_out
from keras_rnn.models import (
    Gaussian,
    NegativeBinomial,
    Regression,
    Sequences,
    Stack,
    many_to_one,
)

ROWS, TRAINED, LOOKBACK, HORIZON, SEASON = 60, 50, 8, 5, 4
STACK = Stack(["keras_gru", "elman"], units=[5, 4], normalization="layer")


@pytest.fixture(autouse=True)
def _weights_are_the_same_every_time():
    keras.utils.set_random_seed(0)


def rms(changes):
    return np.sqrt(np.mean(np.square(changes)))


class OfLevel:
    """z = (y − mean) / deviation."""

    def __init__(self, trained):
        self.mean, self.scale = trained.mean(), trained.std()

    def channel(self, y):
        return (y - self.mean) / self.scale

    def level(self, value, y):
        return value * self.scale + self.mean


class OfChange:
    """(y[i] − y[i − s]) / size of such changes."""

    def __init__(self, trained, season=1):
        self.season = season
        self.scale = rms(trained[season:] - trained[:-season])

    def channel(self, y):
        before = np.concatenate([y[: self.season], y[: -self.season]])
        return (y - before) / self.scale

    def level(self, value, y):
        return y[-self.season] + value * self.scale


def same(y):
    return y


ORACLES = {
    "level": (Level(), same, same, OfLevel),
    "change": (Change(), same, same, OfChange),
    "seasonal": (
        SeasonalChange(SEASON),
        same,
        same,
        lambda y: OfChange(y, SEASON),
    ),
    "log change": (Log(Change()), np.log, np.exp, OfChange),
    "log level": (Log(), np.log, np.exp, OfLevel),
    "root": (SquareRoot(Change()), np.sqrt, np.square, OfChange),
    "counts": (Counts(), np.log1p, np.expm1, OfLevel),
}


def counts(rows=ROWS, seed=0):
    waves = 30 + 10 * np.sin(np.arange(rows) * 2 * np.pi / SEASON)
    noise = np.random.default_rng(seed).normal(scale=3, size=rows)
    return np.round(waves + noise + 0.2 * np.arange(rows))


def prepared(frame, columns, representation):
    """Data for one step, and for the whole horizon."""
    data = prepare(
        frame,
        columns,
        Windows(lookback=LOOKBACK, horizon=1),
        split=Split(validation=ROWS - TRAINED, test=0),
        representation=OneStep(representation),
    )
    whole = data.reader.at_horizon(HORIZON)
    return data, whole


def point(output, windows):
    """Not below 0, of which there is neither a count nor its logarithm."""
    return np.abs(output)


@pytest.mark.parametrize("name", ORACLES)
def test_a_kept_state_says_what_reading_anew_says(name):
    representation, forward, backward, kind = ORACLES[name]
    y = counts()
    prices = np.random.default_rng(1).normal(size=ROWS + HORIZON)
    frame = pd.DataFrame({"y": y, "price": prices[:ROWS]})
    columns = Columns("y", future="price")
    data, whole = prepared(frame, columns, representation)
    network = many_to_one(STACK, Sequences.of(data), Regression.of(data))
    future = pd.DataFrame(
        {"price": prices[ROWS:]}, index=range(ROWS, ROWS + HORIZON)
    )
    part = whole.for_frame(frame, future=future)
    ((_, walked),) = roll_out(network, part, point)

    # The same weights, but for any length: it reads all rows at each step.
    reading = many_to_one(STACK, Sequences(2, num_future=1), Regression())
    reading.set_weights(network.get_weights())
    oracle = kind(forward(y[:TRAINED]))
    price = (prices - prices[:TRAINED].mean()) / prices[:TRAINED].std()
    values, first = forward(y), ROWS - LOOKBACK
    for step in range(HORIZON):
        now = ROWS + step
        past = np.stack([oracle.channel(values), price[:now]], axis=-1)
        inputs = {
            "past": past[np.newaxis, first:].astype("float32"),
            "future": price[np.newaxis, now : now + 1, np.newaxis],
        }
        answer = abs(float(reading(inputs)[0, 0, 0]))
        if name == "counts":  # what leaves is no logarithm
            level = answer
            values = np.append(values, forward(level))
        else:
            values = np.append(values, oracle.level(answer, values))
            level = backward(values[-1])
        assert walked[0, 0, step, 0] == pytest.approx(level, rel=1e-5)


def test_windows_and_series_are_rolled_out_side_by_side(monkeypatch):
    """In turns or together, alone or among others: always the same."""
    frame = pd.concat(
        pd.DataFrame({"shop": k, "y": 10.0**k * counts(seed=k)})
        for k in range(3)
    )
    data, whole = prepared(frame, Columns("y", series="shop"), Change())
    network = many_to_one(STACK, Sequences.of(data), Regression.of(data))
    part = whole.windows_of(frame, stride=9)
    ((_, together),) = roll_out(network, part, point)
    assert together.shape == (len(part), 1, HORIZON, 1)
    monkeypatch.setattr(rollout, "ROWS", 4)
    turns = list(roll_out(network, part, point))
    assert len(turns) > 3
    np.testing.assert_allclose(
        np.concatenate([levels for _, levels in turns]), together, rtol=1e-5
    )
    last = part.cutoffs == 2 * ROWS - 1 - HORIZON
    assert last.sum() == 1
    earlier = whole.for_frame(frame[frame["shop"] == 1].iloc[:-HORIZON])
    ((_, levels),) = roll_out(network, earlier, point)
    np.testing.assert_allclose(levels, together[last], rtol=1e-5)


def test_represented_levels_are_inverted_to_themselves():
    frame = pd.DataFrame({"y": counts()})
    _, whole = prepared(frame, Columns("y"), Log(SeasonalChange(SEASON)))
    part = whole.windows_of(frame)
    levels = 1 + np.random.default_rng(0).random((len(part), HORIZON, 1))
    values = part.series.represent(levels, part.cutoffs)
    np.testing.assert_allclose(part.invert(values), levels)


@pytest.mark.parametrize(
    ("distribution", "representation", "head"),
    [
        ("gaussian", Level(), Gaussian),
        ("negative_binomial", Counts(), NegativeBinomial),
    ],
)
def test_a_draw_is_read_before_the_next_one(distribution, representation, head):
    """The second step of a path depends on the first, on nothing else."""
    frame = pd.DataFrame({"y": counts()})
    data, whole = prepared(frame, Columns("y"), representation)
    outcome = Outcome(distribution, (0.8,))
    network = many_to_one(STACK, Sequences.of(data), outcome.head(data))
    assert isinstance(outcome.head(data), head)
    part = whole.windows_of(frame, stride=20)
    seen = []
    draw = outcome.sample
    outcome.sample = lambda output, *rest: (
        seen.append(output) or draw(output, *rest)
    )
    paths = np.concatenate(
        [levels for _, levels in walks(network, part, outcome, 50, seed=1)]
    )
    assert paths.shape == (len(part), 50, HORIZON, 1)
    first, second = seen[0], seen[len(part)]
    assert np.ptp(first[..., 0]) == 0  # one past, one distribution
    order = np.argsort(paths[0, :, 0, 0], kind="stable")
    equal = np.diff(paths[0, order, 0, 0]) == 0
    means = second[order, 0, 0, 0]
    assert (np.diff(means)[equal] == 0).all()
    assert np.ptp(means) > 0
    again = np.concatenate(
        [levels for _, levels in walks(network, part, outcome, 50, seed=1)]
    )
    np.testing.assert_array_equal(paths, again)


def test_rows_after_a_cutoff_move_no_draw():
    y = counts()
    changed = y.copy()
    changed[-10:] += 1000
    walked = []
    data, _ = prepared(pd.DataFrame({"y": y}), Columns("y"), Counts())
    outcome = Outcome("negative_binomial", ())
    network = many_to_one(STACK, Sequences.of(data), outcome.head(data))
    for values in (y, changed):
        frame = pd.DataFrame({"y": values})
        whole = data.reader.at_horizon(HORIZON)
        part = whole.windows_of(frame)
        ((_, levels),) = walks(network, part, outcome, 20, seed=0)
        walked.append(levels[part.cutoffs < ROWS - 10])
    np.testing.assert_array_equal(*walked)


def test_neither_the_first_window_nor_another_series_moves_a_draw():
    frame = pd.concat(
        pd.DataFrame({"shop": shop, "y": counts(seed=k)})
        for k, shop in enumerate(["Rome", "Bari"])
    )
    columns = Columns("y", series="shop")
    data, _ = prepared(frame, columns, Level())
    outcome = Outcome("gaussian", ())
    network = many_to_one(STACK, Sequences.of(data), outcome.head(data))

    def draws(rows, kept):
        whole = data.reader.at_horizon(HORIZON)
        part = whole.windows_of(rows)
        part = replace(part, cutoffs=part.cutoffs[kept])
        walked = walks(network, part, outcome, 10, seed=0)
        return np.concatenate([levels for _, levels in walked])

    both = draws(frame, slice(None))
    num_windows = len(both) // 2
    later = draws(frame, slice(num_windows + 3, None))
    np.testing.assert_allclose(later, both[num_windows + 3 :], rtol=1e-4)
    alone = draws(frame[frame["shop"] == "Bari"], slice(None))
    np.testing.assert_allclose(alone, both[num_windows:], rtol=1e-4)
    rome = draws(frame[frame["shop"] == "Rome"], slice(None))
    assert np.abs(rome - alone).max() > 1


def small(**settings):
    defaults = {
        "network": Stack("elman", units=4),
        "strategy": "recursive",
        "training": Training(epochs=1),
    }
    return Forecaster(
        horizon=HORIZON, lookback=LOOKBACK, **{**defaults, **settings}
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"columns": Columns("y", past="x")}, "past covariates are unknown"),
        ({"representation": WindowLevel()}, r"Use Level\(\) or Change\(\)"),
        ({"representation": Log(WindowLevel())}, r"Use Level\(\) or Change"),
        (
            {"distribution": "quantiles", "intervals": (0.9,)},
            "Use distribution='gaussian'",
        ),
        ({"network": Stack(bidirectional=True)}, "reads row after row"),
        ({"gaps": "mask"}, "gaps='interpolate'"),
        ({"gaps": "elapsed"}, "gaps='interpolate'"),
    ],
    ids=str,
)
def test_what_cannot_be_rolled_out_is_refused_at_once(settings, message):
    with pytest.raises(ValueError, match=message):
        small(**settings)


def test_a_validation_part_shorter_than_the_horizon_is_refused():
    frame = pd.DataFrame({"y": counts()})
    with pytest.raises(ValueError, match="no 5 rows, which horizon=5 needs"):
        small().fit(frame, validation=4)


def test_the_validation_windows_hold_the_whole_horizon():
    frame = pd.concat(
        pd.DataFrame({"shop": k, "y": counts(rows)})
        for k, rows in enumerate((60, 40))
    )
    data = prepare(
        frame,
        Columns("y", series="shop"),
        Windows(lookback=LOOKBACK, horizon=1),
        split=Split(validation=7, test=0),
        representation=OneStep(Level()),
    )
    part = Recursive().validation(data, HORIZON)
    # Rows 53 … 59 and 93 … 99: three windows of five rows in each.
    assert part.cutoffs.tolist() == [52, 53, 54, 92, 93, 94]
    assert np.isfinite(part.actual).all()


@pytest.mark.filterwarnings("ignore:The forecaster does not beat")
def test_many_series_and_one_never_seen_are_forecast_together():
    frame = pd.concat(
        pd.DataFrame({"shop": f"shop {k}", "y": 10.0**k * counts(seed=k)})
        for k in range(3)
    )
    forecaster = small(columns=Columns("y", series="shop"), intervals=(0.5,))
    forecaster.fit(frame[frame["shop"] != "shop 1"], validation=12)
    together = forecaster.predict(frame)
    level = together["y"].groupby("shop").mean()
    np.testing.assert_allclose(level, [40, 400, 4000], rtol=0.5)
    # Intervals are as wide as the changes of each series are large.
    width = (together["y_upper_50"] - together["y_lower_50"]).groupby("shop")
    relative = width.mean() / level
    np.testing.assert_allclose(relative / relative.mean(), 1, atol=0.5)
    known = forecaster.predict()
    pd.testing.assert_frame_equal(
        together.loc[["shop 0", "shop 2"]], known, rtol=1e-4
    )
