# SPDX-License-Identifier: Apache-2.0
"""A network of one step, which goes on from its own forecasts."""

import hashlib
from dataclasses import replace

import numpy as np
import pandas as pd

from keras_rnn.data.representations import OneStep
from keras_rnn.forecasting.outcomes import keys_of
from keras_rnn.forecasting.strategies.base import Strategy
from keras_rnn.forecasting.strategies.rollout import roll_out
from keras_rnn.models import Sequences, many_to_one

#: Paths whose quantiles are forecast: 10 of them lie below the 5 % one.
NUM_PATHS = 200


class Recursive(Strategy):
    """One step, fed back; with a distribution, draws are fed back.

    Reference:
        D. Salinas, V. Flunkert, J. Gasthaus and T. Januschowski (2020),
        "DeepAR: probabilistic forecasting with autoregressive recurrent
        networks", International Journal of Forecasting 36(3), 1181-1191.
        There the loss is that of every step of a window; here that of the
        step after the lookback, as for the other strategies.
    """

    def check(self, settings):
        for broken, message in REFUSED:
            if broken(settings):
                raise ValueError(
                    f"strategy='recursive' {message}, or take "
                    "strategy='direct'."
                )

    def trained(self, windows):
        return replace(windows, horizon=1)

    def seen(self, representation):
        return OneStep(representation)

    def validation(self, data, horizon):
        part = data.validation
        ends = data.sections["validation"][part.series.numbers(part.cutoffs), 1]
        cutoffs = part.cutoffs[part.cutoffs + horizon < ends]
        if not len(cutoffs):
            raise ValueError(
                f"The validation split has no {horizon} rows, which "
                f"horizon={horizon} needs. Lower `horizon` or enlarge "
                "`validation`."
            )
        series = data.series.at_horizon(horizon)
        return replace(part, cutoffs=cutoffs, series=series)

    def network(self, stack, data, outcome):
        return many_to_one(stack, Sequences.of(data), outcome.head(data))

    def quantiles(self, network, part, outcome):
        series = part.series
        shape = (len(part), series.windows.horizon, series.levels.shape[1])
        found = np.empty((*shape, len(outcome.levels)))
        for some, levels in walks(network, part, outcome, NUM_PATHS, seed=0):
            # Each quantile is a draw: that of counts is a count.
            chosen = np.quantile(
                levels, outcome.levels, axis=1, method="inverted_cdf"
            )
            found[some] = np.moveaxis(chosen, 0, -1)
        for k in range(len(outcome.levels)):
            found[..., k] = series.represent(found[..., k], part.cutoffs)
        return found

    def paths(self, network, part, outcome, num_paths, seed):
        walked = walks(network, part, outcome, num_paths, seed)
        levels = np.concatenate([levels for _, levels in walked])
        return np.moveaxis(levels, 1, 0)


def walks(network, part, outcome, num_paths, seed):
    """The rollout of forecasts, or of draws from a distribution."""
    if not outcome.kind.draws:
        return roll_out(network, part, lambda output, windows: output)
    # Each window has draws of its own: neither what comes after its cutoff nor
    # another series, nor where a backtest starts, moves any of them.
    generators = [
        np.random.default_rng((seed, *identity))
        for identity in windows_of(part)
    ]

    def draw(output, windows):
        return np.stack(
            [
                outcome.sample(of_window, 1, generators[k])[0]
                for of_window, k in zip(output, windows, strict=True)
            ]
        )

    return roll_out(network, part, draw, num_paths)


def windows_of(part):
    """What tells each window of a part from all others.

    Returns:
        A list of two unsigned integers a window: its cutoff and its series.
    """
    series = part.series
    cutoffs = series.index[series.positions(part.cutoffs)]
    if isinstance(cutoffs, pd.DatetimeIndex):
        cutoffs = cutoffs.as_unit("us").asi8
    names = [0] * (len(series.bounds) - 1)
    if series.names is not None:
        names = [number_of(name) for name in series.names.tolist()]
    numbers = series.numbers(part.cutoffs)
    return [
        (int(cutoff) % 2**64, names[number])
        for cutoff, number in zip(cutoffs, numbers, strict=True)
    ]


def number_of(name):
    """A number that stands for the name of a series in every process."""
    return int.from_bytes(hashlib.sha256(repr(name).encode()).digest()[:8])


#: What breaks it -> what to do instead.
REFUSED = (
    (
        lambda settings: settings.columns and settings.columns.past,
        "makes input rows of what it forecasts; past covariates are unknown "
        "there. Name them as targets, or under `future` if they are known "
        "ahead",
    ),
    (
        lambda settings: settings.representation.steady == 0,
        "needs a representation of rows that does not move with the window. "
        "Received: WindowLevel. Use Level() or Change()",
    ),
    (
        lambda settings: (
            settings.distribution is not None
            and not settings.outcome.kind.draws
        ),
        "draws each step from the distribution of the one before; quantiles "
        f"are none. Use distribution={keys_of(lambda head: head.draws)}",
    ),
    (
        lambda settings: any(s.bidirectional for s in settings.stacks),
        "reads row after row. Received: bidirectional=True. Leave it out",
    ),
    (
        lambda settings: settings.gaps == "mask",
        "needs all levels of the lookback. Received: gaps='mask'. Use "
        "gaps='interpolate'",
    ),
)
