# SPDX-License-Identifier: Apache-2.0
"""The settings of a Forecaster, checked before anything is read."""

from collections.abc import Iterable
from dataclasses import fields

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn.data import Columns, Counts, Windows, representation_of
from keras_rnn.data.frames import GAPS
from keras_rnn.data.representations import Representation
from keras_rnn.data.time_axis import as_cycles
from keras_rnn.forecasting.outcomes import Outcome, keys_of
from keras_rnn.forecasting.strategies.table import STRATEGIES
from keras_rnn.forecasting.tables import check_names
from keras_rnn.metrics import as_levels
from keras_rnn.models import DISTRIBUTIONS, Stack, Training

COMBINE = {"mean": np.mean, "median": np.median}
#: What a cell and a width are said by, outside of `options`.
OWN = ("cell", "units")


class Settings:
    """What `Forecaster` was told, and what follows from it.

    Args:
        **given: The arguments of `Forecaster`.

    Raises:
        TypeError, ValueError: If one is wrong, or two do not go together.
    """

    def __init__(self, **given):
        self.given = given
        self.windows = Windows(
            lookback=given["lookback"], horizon=given["horizon"]
        )
        self.columns = as_columns(given["columns"])
        self.stacks = as_stacks(given["cell"], given["units"], given["options"])
        key = validate.one_of("strategy", given["strategy"], tuple(STRATEGIES))
        self.strategy = STRATEGIES[key]
        self.intervals = as_intervals(given["intervals"])
        targets = ("y",) if self.columns is None else self.columns.target
        check_names(targets, self.intervals)
        self.distribution = validate.one_of(
            "distribution", given["distribution"], (None, *DISTRIBUTIONS)
        )
        self.outcome = Outcome(self.distribution, self.intervals)
        self.representation = representation_of(
            self.outcome.kind.representation
        )
        if given["representation"] is not None:
            self.representation = validate.instance(
                "representation",
                given["representation"],
                Representation,
                "Use e.g. Level() or Change().",
            )
        self.calendar = as_cycles("calendar", given["calendar"])
        self.gaps = validate.one_of("gaps", given["gaps"], GAPS)
        self.seeds = validate.positive_int("seeds", given["seeds"])
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
            "training.seed + seeds - 1", self.training.seed + self.seeds - 1
        )
        for broken, message in TOGETHER:
            if broken(self):
                raise ValueError(message.format(**given))
        self.strategy.check(self)


def as_columns(columns):
    """The role of each column; None stays open until a frame is seen."""
    if columns is None:
        return None
    if isinstance(columns, str):
        return Columns(columns)
    return validate.instance(
        "columns", columns, Columns, "Use Columns(target, past=...)."
    )


def as_stacks(cell, units, options):
    """One Stack for each cell of the ensemble."""
    options = {} if options is None else options
    validate.instance("options", options, dict, "Use {} for none.")
    known = [f.name for f in fields(Stack) if f.name not in OWN]
    for name in options:
        validate.one_of("options", name, known)
    cells = [cell] if isinstance(cell, str) else cell
    validate.instance(
        "cell", cells, Iterable, "Use a key such as 'fused_lstm'."
    )
    stacks = [Stack(key, units, **options) for key in cells]
    if not stacks:
        raise ValueError(
            "`cell` must name at least one cell. "
            f"{validate.received('cell', cell)}"
        )
    return stacks


def as_intervals(intervals):
    """Nominal coverages, increasing, of one number or several; () for none."""
    if isinstance(intervals, float):
        intervals = (intervals,)
    if isinstance(intervals, tuple | list) and not intervals:
        return ()
    return as_levels("intervals", intervals)


def of_counts(head):
    """Whether a head is one of counts as they are."""
    return head.representation == "counts"


#: What does not go together -> what to do; names are settings.
TOGETHER = (
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
        lambda s: (
            of_counts(s.outcome.kind)
            and not isinstance(s.representation, Counts)
        ),
        "distribution={distribution!r} is one of counts as they are. "
        "Received: a `representation` that changes them. Leave it out, or use "
        "Counts().",
    ),
    (
        lambda s: (
            not of_counts(s.outcome.kind)
            and isinstance(s.representation, Counts)
        ),
        "Counts() leaves targets as they are, for a distribution of counts. "
        "Received: distribution={distribution!r}. Use "
        f"{keys_of(of_counts)}, or a representation such as "
        "SquareRoot(Level()).",
    ),
)
