# SPDX-License-Identifier: Apache-2.0
"""Recursive: a network of one step, which goes on from its own forecasts."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace

import keras
import numpy as np
import pandas as pd

from keras_rnn._types import Array, Tensor
from keras_rnn.data import Part, PreparedData, Windows
from keras_rnn.data.representations import OneStep, Representation
from keras_rnn.forecasting.outcomes import Outcome, keys_of
from keras_rnn.forecasting.strategies.base import ForecasterSettings, Strategy
from keras_rnn.forecasting.strategies.rollout import roll_out
from keras_rnn.models import Sequences, Stack, many_to_one

#: How many paths quantiles are taken of: 10 of 200 lie below the quantile 0.05.
NUM_PATHS = 200


class Recursive(Strategy):
    """The network forecasts one step, which is its next input row.

    With a distribution the next input row is a draw from it instead.

    Reference:
        D. Salinas, V. Flunkert, J. Gasthaus and T. Januschowski (2020),
        "DeepAR: probabilistic forecasting with autoregressive recurrent
        networks", International Journal of Forecasting 36(3), 1181-1191.
        Their loss is that of every step of a window. The loss here is that of
        the step after the lookback, as for the other strategies.
    """

    def check(self, settings: ForecasterSettings) -> None:
        for is_broken_by, message in REFUSED:
            if is_broken_by(settings):
                raise ValueError(
                    f"strategy='recursive' {message}, or take "
                    "strategy='direct'."
                )

    def training_windows(self, windows: Windows) -> Windows:
        return replace(windows, horizon=1)

    def network_representation(
        self, representation: Representation
    ) -> Representation:
        return OneStep(representation)

    def validation(self, data: PreparedData, horizon: int) -> Part:
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

    def network(
        self, stack: Stack, data: PreparedData, outcome: Outcome
    ) -> keras.Model:
        return many_to_one(stack, Sequences.of(data), outcome.head(data))

    def quantiles(
        self, network: keras.Model, part: Part, outcome: Outcome
    ) -> Array:
        series = part.series
        shape = (len(part), series.windows.horizon, series.levels.shape[1])
        found = np.empty((*shape, len(outcome.levels)))
        for some, levels in walks(network, part, outcome, NUM_PATHS, seed=0):
            # Each quantile is one of the draws, so that of counts is a count.
            chosen = np.quantile(
                levels, outcome.levels, axis=1, method="inverted_cdf"
            )
            found[some] = np.moveaxis(chosen, 0, -1)
        for k in range(len(outcome.levels)):
            found[..., k] = series.represent(found[..., k], part.cutoffs)
        return found

    def paths(
        self,
        network: keras.Model,
        part: Part,
        outcome: Outcome,
        num_paths: int,
        seed: int,
    ) -> Array:
        walked = walks(network, part, outcome, num_paths, seed)
        levels = np.concatenate([levels for _, levels in walked])
        return np.moveaxis(levels, 1, 0)


def walks(
    network: keras.Model,
    part: Part,
    outcome: Outcome,
    num_paths: int,
    seed: int,
) -> Iterator[tuple[slice, Array]]:
    """Feeds back the forecasts, or draws from their distribution.

    Args:
        network: A network of one step.
        part: The windows to forecast.
        outcome: What the network forecasts of a step.
        num_paths: How many paths are drawn; without a distribution there is
            one.
        seed: Makes the draws repeatable.

    Returns:
        What `roll_out` yields.
    """
    if not outcome.kind.can_sample:
        return roll_out(network, part, lambda output, windows: output)
    # Each window has a generator of its own. So its draws depend neither on
    # rows after its cutoff, nor on other series, nor on where a backtest
    # starts.
    generators = [
        np.random.default_rng((seed, *identity))
        for identity in identities_of(part)
    ]

    def draw(output: Tensor, windows: range) -> Array:
        return np.stack(
            [
                outcome.sample(of_window, 1, generators[k])[0]
                for of_window, k in zip(output, windows, strict=True)
            ]
        )

    return roll_out(network, part, draw, num_paths)


def identities_of(part: Part) -> list[tuple[int, int]]:
    """The numbers by which each window of a part is told from all others.

    Returns:
        Two unsigned integers per window, which stand for its cutoff and its
        series.
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


def number_of(name: object) -> int:
    """The number of a series, by its name: the same in every process."""
    return int.from_bytes(hashlib.sha256(repr(name).encode()).digest()[:8])


#: Which settings break the strategy -> what to do instead.
REFUSED: tuple[tuple[Callable[[ForecasterSettings], object], str], ...] = (
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
            and not settings.outcome.kind.can_sample
        ),
        "draws each step from the distribution of the one before; quantiles "
        f"are none. Use distribution={keys_of(lambda head: head.can_sample)}",
    ),
    (
        lambda settings: any(s.bidirectional for s in settings.stacks),
        "reads row after row. Received: bidirectional=True. Leave it out",
    ),
    (
        lambda settings: any(s.is_dilated for s in settings.stacks),
        "reads row after row. Received: a stack with dilation. Leave it out",
    ),
    *(
        (
            lambda settings, gaps=gaps: settings.gaps == gaps,
            f"needs all levels of the lookback. Received: gaps={gaps!r}. Use "
            "gaps='interpolate'",
        )
        for gaps in ("mask", "elapsed")
    ),
)
