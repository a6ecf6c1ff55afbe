# SPDX-License-Identifier: Apache-2.0
"""The settings of a Forecaster, checked before anything is read."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import Array
from keras_rnn.data import Columns, Counts, Windows, representation_of
from keras_rnn.data.frames import GAPS
from keras_rnn.data.representations import Representation
from keras_rnn.data.time_axis import as_cycles
from keras_rnn.forecasting.outcomes import Outcome, keys_of
from keras_rnn.forecasting.strategies.base import Strategy
from keras_rnn.forecasting.strategies.table import STRATEGIES
from keras_rnn.forecasting.tables import check_names
from keras_rnn.metrics import as_levels
from keras_rnn.models import DISTRIBUTIONS, ForecastHead, Stack, Training

#: Key -> how the forecasts of several networks become one.
COMBINE: dict[str, Callable[..., Array]] = {
    "mean": np.mean,
    "median": np.median,
}


class Settings:
    """The arguments of a `Forecaster`, and what follows from them.

    Args:
        **given: The arguments.

    Attributes:
        given: The arguments as they were given.
        windows: The shape of a window.
        columns: The role of each column; None until a frame is seen.
        stacks: The recurrent layers of each network of the ensemble.
        strategy: How the steps of the horizon are forecast.
        intervals: Nominal coverages, increasing; () for none.
        distribution: A key of `DISTRIBUTIONS`; None for forecasts of a number.
        outcome: What networks forecast of a step.
        representation: What networks see of their targets.
        calendar: Names of calendar features.
        gaps: What is done about missing rows and values.
        num_seeds: How often each network is trained.
        combine: The mean or the median of arrays along an `axis`.
        calibrate: Whether the validation part corrects the intervals.
        adapt: How far a miss moves the level of the intervals.
        training: How networks are trained.

    Raises:
        TypeError, ValueError: If an argument is wrong, or two do not go
            together.
    """

    given: dict[str, Any]
    windows: Windows
    columns: Columns | None
    stacks: list[Stack]
    strategy: Strategy
    intervals: tuple[float, ...]
    distribution: str | None
    outcome: Outcome
    representation: Representation
    calendar: tuple[str, ...]
    gaps: str
    num_seeds: int
    combine: Callable[..., Array]
    calibrate: bool
    adapt: float
    training: Training

    def __init__(self, **given: Any) -> None:
        self.given = given
        self.windows = Windows(
            lookback=given["lookback"], horizon=given["horizon"]
        )
        self.columns = as_columns(given["columns"])
        self.stacks = as_stacks(given["network"])
        key = validate.one_of("strategy", given["strategy"], tuple(STRATEGIES))
        self.strategy = STRATEGIES[key]
        self.intervals = as_intervals(given["intervals"])
        targets = ("y",)
        if self.columns is not None:
            targets = self.columns.one_series_each or self.columns.target
        check_names(targets, self.intervals)
        self.distribution = validate.one_of(
            "distribution", given["distribution"], (None, *DISTRIBUTIONS)
        )
        self.outcome = Outcome(self.distribution, self.intervals)
        self.representation = representation_of(
            self.outcome.kind.representation
        )
        if given["representation"] is not None:
            self.representation = as_representation(given["representation"])
        self.calendar = as_cycles("calendar", given["calendar"])
        self.gaps = validate.one_of("gaps", given["gaps"], GAPS)
        self.num_seeds = validate.positive_int("num_seeds", given["num_seeds"])
        key = validate.one_of("combine", given["combine"], tuple(COMBINE))
        self.combine = COMBINE[key]
        self.calibrate = validate.boolean("calibrate", given["calibrate"])
        self.adapt = validate.fraction("adapt", given["adapt"])
        training = given["training"]
        self.training = validate.instance(
            "training", Training() if training is None else training, Training
        )
        # Each network is trained from a seed of its own.
        validate.random_seed(
            "training.seed + num_seeds - 1",
            self.training.seed + self.num_seeds - 1,
        )
        for clashes, message in CLASHES:
            if clashes(self):
                raise ValueError(message.format(**given))
        self.strategy.check(self)
        if self.intervals and self.intervals[0] < 0.5:
            warnings.warn(
                "`intervals` are coverages, neither quantiles nor alpha. "
                f"Received: intervals={self.intervals}. Write intervals=(0.9,) "
                "for what lies between the quantiles 0.05 and 0.95, alpha=0.1.",
                stacklevel=4,
            )


def as_columns(columns: str | Columns | None) -> Columns | None:
    """The role of each column; None stays open until a frame is seen."""
    if columns is None:
        return None
    if isinstance(columns, str):
        return Columns(columns)
    return validate.instance(
        "columns", columns, Columns, "Use Columns(target, past=...)."
    )


def as_stacks(network: object) -> list[Stack]:
    """A Stack for each network of the ensemble."""
    networks = network if isinstance(network, (list, tuple)) else [network]
    stacks = [as_stack(one) for one in networks]
    if not stacks:
        raise ValueError(
            "`network` must name at least one network. "
            f"{validate.received('network', network)} Leave it out for 'lstm'."
        )
    return stacks


def as_stack(network: object) -> Stack:
    """A Stack, by its key or as it is given."""
    if isinstance(network, str):
        return Stack(network)
    remedy = "Use a key such as 'lstm', or Stack('lstm', units=64)."
    return validate.instance("network", network, Stack, remedy)


def as_representation(representation: object) -> Representation:
    """A Representation, by its key or as it is given."""
    if isinstance(representation, str):
        return representation_of(representation)
    return validate.instance(
        "representation",
        representation,
        Representation,
        "Use e.g. Level() or Change(), or the key 'level' or 'change'.",
    )


def as_intervals(intervals: Any) -> tuple[float, ...]:
    """Nominal coverages, increasing, of one number or several; () for none."""
    if isinstance(intervals, float):
        intervals = (intervals,)
    if isinstance(intervals, tuple | list) and not intervals:
        return ()
    return as_levels("intervals", intervals)


def is_of_counts(head: type[ForecastHead]) -> bool:
    """Whether a head forecasts counts, and sees them as they are."""
    return head.representation == "counts"


#: Whether settings clash -> what to do; the names in braces are arguments.
CLASHES: tuple[tuple[Callable[[Settings], object], str], ...] = (
    (
        lambda s: s.outcome.kind.has_levels and not s.intervals,
        "distribution={distribution!r} forecasts the ends of `intervals`. "
        "Received: intervals=(). Name some, such as intervals=(0.9,).",
    ),
    (
        lambda s: s.distribution is None and not s.calibrate,
        "Without a distribution intervals come from calibration alone. "
        "Received: calibrate=False. Name a `distribution`, or leave it out.",
    ),
    (
        lambda s: s.adapt and not (s.intervals and s.calibrate),
        "`adapt` moves calibrated intervals on. Received: none to move. Name "
        "`intervals`, such as intervals=(0.9,), and leave calibrate=True, or "
        "leave out `adapt`.",
    ),
    (
        lambda s: s.distribution is not None and s.training.loss is not None,
        "A distribution brings its own loss. Received: a `training` with a "
        "loss. Leave out Training(loss=...), or `distribution`.",
    ),
    (
        lambda s: callable(s.training.loss),
        "`loss` must be the name of a loss, which the file of a Forecaster can "
        "hold. Received: training=Training(loss={training.loss!r}). Write "
        "Training(loss='huber'), say.",
    ),
    (
        lambda s: (
            is_of_counts(s.outcome.kind)
            and not isinstance(s.representation, Counts)
        ),
        "distribution={distribution!r} is one of counts as they are. "
        "Received: a `representation` that changes them. Leave it out, or use "
        "Counts().",
    ),
    (
        lambda s: (
            not is_of_counts(s.outcome.kind)
            and isinstance(s.representation, Counts)
        ),
        "Counts() leaves targets as they are, for a distribution of counts. "
        "Received: distribution={distribution!r}. Use "
        f"{keys_of(is_of_counts)}, or a representation such as "
        "SquareRoot(Level()).",
    ),
)
