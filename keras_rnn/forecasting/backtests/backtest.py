# SPDX-License-Identifier: Apache-2.0
"""Forecasts from many past cutoffs, and how far they were off."""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd

from keras_rnn import _validation as validate
from keras_rnn.forecasting.backtests.scores import (
    interval_scores,
    overall_averages,
    point_scores,
)
from keras_rnn.forecasting.reference_methods.table import FITTED, references
from keras_rnn.metrics import naive_scale

OURS = "forecaster"
#: Name in `references` -> name in the table of scores.
REFERENCES = {
    "naive": "naive",
    "drift": "drift",
    "naive2": "naive 2",
    "seasonal_naive": "seasonal naive",
    "seasonal_naive_drift": "seasonal naive + drift",
    "ets": "ETS",
    "arima": "ARIMA",
}
#: Those that are the naive method where there is no season.
SEASONAL = ("naive2", "seasonal_naive", "seasonal_naive_drift")
#: What rows can be grouped by.
KEYS = ("series", "target", "step", "cutoff")


@dataclass(frozen=True, eq=False)
class Backtest:
    """What a forecaster would have said, and what happened.

    Args:
        forecasts: DataFrame with the columns "series" (of many), "cutoff",
            "timestamp", "step" (1 … horizon), "target", "forecast", "actual",
            and the bounds of each interval. Where "actual" is NaN, the
            outcome is unknown; such rows count in no score.
        references: DataFrame of the same rows, a column per reference method;
            `compare` adds some. All methods are judged by the rows that each
            of them has a forecast of.
        scales: What MASE and RMSSE divide the errors of each row by, shape
            (rows, 2); NaN where a series has nothing to scale by.
    """

    forecasts: pd.DataFrame
    references: pd.DataFrame
    scales: np.ndarray

    @classmethod
    def judge(cls, forecasts, part, season, fitted=()):
        """Sets forecasts of a part beside the reference methods.

        Args:
            forecasts: What `part.forecasts` returned, with intervals or not;
                its windows in any order.
            part: The Part.
            season: Number of rows of a season; None or 1 if there is none.
            fitted: Further methods, as in `references`.
        """
        forecasts = in_order_of(part, forecasts)
        windows = part.series.windows
        steps = np.arange(1, windows.horizon + 1)
        num_targets = part.series.levels.shape[1]
        forecasts.insert(
            forecasts.columns.get_loc("target"),
            "step",
            np.tile(np.repeat(steps, num_targets), len(part)),
        )
        season = 1 if season is None else season
        return cls(
            forecasts, others(part, season, fitted), scales(part, season)
        )

    def compare(self, forecasts):
        """Sets further forecasts beside those of the reference methods.

        Args:
            forecasts: Dict of the name of a method and its forecasts, one for
                each row of `forecasts`; NaN where it has none.

        Returns:
            A new `Backtest`, which judges them too.

        Raises:
            ValueError: If a method is there already, or has more or fewer
                forecasts than there are rows.

        Example: `result.compare({"as last week": values}).scores`
        """
        for name, values in forecasts.items():
            if name == OURS or name in self.references:
                raise ValueError(
                    "`compare` adds methods to those that are judged. "
                    f"Received: {name!r}, which is one of them. Give it "
                    "another name."
                )
            if len(values) != len(self.forecasts):
                raise ValueError(
                    f"{name!r} must have {len(self.forecasts)} forecasts, one "
                    f"for each row of `forecasts`. Received: {len(values)}. "
                    "Order them as those rows, NaN where there is none."
                )
        more = {name: np.asarray(x) for name, x in forecasts.items()}
        return replace(self, references=self.references.assign(**more))

    @cached_property
    def scores(self):
        """DataFrame, one row per method and the smallest MAE first.

        - MAE and RMSE in the data's units, over all rows.
        - sMAPE in percent, MASE and RMSSE: the mean over all series and
          targets, each of which counts alike. MASE and RMSSE divide by the
          error of the seasonal naive method, of the naive method without a
          season, in the rows up to the first cutoff of a series.
        - OWA, M4's overall weighted average: the mean of sMAPE and of MASE,
          each divided by that of the method Naive 2 (`naive2`; `naive`
          without a season). Below 1 is better than Naive 2.
        - Of each interval the share of rows that it covers and its mean
          width; of all bounds, read as quantiles (those of 90 % are 0.05 and
          0.95), the mean pinball loss, in the data's units, and the weighted
          quantile loss wQL, without a unit.

        Definitions and sources stand in `keras_rnn.metrics`.
        """
        everything = pd.Series(0, index=self.forecasts.index, name="all")
        return self._grouped([everything]).droplevel(0).sort_values("MAE")

    def by(self, *keys):
        """Where it fails: the scores of each series, step, target or cutoff.

        Args:
            *keys: "series", "step", "target", "cutoff", or several of them.

        Returns:
            DataFrame with the columns of `scores`, a row per group and
            method: `result.by("step").pivot_table("MAE", "step", "method")`
            is a table of steps by methods.

        Raises:
            ValueError: If a key is unknown, stands there twice, or is
                "series" for forecasts of only one.
        """
        if not keys or len(set(keys)) < len(keys):
            raise ValueError(
                "`by` must have one key or several different ones. Received: "
                f"{keys}. Use e.g. `result.by('step')`."
            )
        known = [key for key in KEYS if key in self.forecasts]
        for key in keys:
            validate.one_of("keys", key, known)
        return self._grouped([self.forecasts[key] for key in keys])

    def _grouped(self, keys):
        """The scores of groups of rows, by group and method."""
        methods = self._methods
        known = self.forecasts["actual"].notna() & methods.notna().all(axis=1)
        if not known.any():
            raise ValueError(
                "No outcome of the forecasts is known, so that there is "
                "nothing to judge them by. Take an earlier `start`."
            )
        rows, methods = self.forecasts[known], methods[known]
        actual, scales = rows["actual"].to_numpy(), self.scales[known]
        keys = [key[known] for key in keys]
        units = [rows[name] for name in ("series", "target") if name in rows]
        scores = {
            name: point_scores(actual, values, scales, keys, units)
            for name, values in methods.items()
        }
        base = scores["naive 2" if "naive 2" in scores else "naive"]
        for of_method in scores.values():
            of_method["OWA"] = overall_averages(of_method, base)
        if any(name.startswith("lower_") for name in rows):
            scores[OURS] = scores[OURS].join(
                interval_scores(actual, rows, keys)
            )
        table = pd.concat(scores, names=["method"], sort=False)
        # From method by method to group by group.
        table = table.reorder_levels([*range(1, len(keys) + 1), 0])
        group = np.tile(np.arange(len(base)), len(scores))
        return table.iloc[np.argsort(group, kind="stable")]

    @property
    def _methods(self):
        """The forecasts of all methods, ours first."""
        return self.references.assign(**{OURS: self.forecasts["forecast"]})[
            [OURS, *self.references]
        ]


def in_order_of(part, forecasts):
    """The rows window by window as in a part, whatever order they had.

    Those of many series that were refitted come cutoff by cutoff.
    """
    keys = [forecasts["cutoff"]]
    if part.series.names is not None:
        keys.append(part.series.names.get_indexer(forecasts["series"]))
    # lexsort is stable: steps and targets stay as they are.
    return forecasts.iloc[np.lexsort(keys)].reset_index(drop=True)


def others(part, season, fitted=()):
    """Forecasts of the reference methods, a column each, row by row."""
    series, windows = part.series, part.series.windows
    chosen = [
        name
        for name in REFERENCES
        if name in fitted
        or (name not in FITTED and (season > 1 or name not in SEASONAL))
    ]
    shape = (len(part), windows.horizon, series.levels.shape[1])
    found = {name: np.empty(shape) for name in chosen}
    for number, rows, levels in past_of_each(part):
        cutoffs = part.cutoffs[rows] - series.bounds[number]
        check_reach(series, number, cutoffs[0], season)
        for target, values in enumerate(levels.T):
            forecasts = references(
                values,
                cutoffs,
                horizon=windows.horizon,
                season=season,
                gap=windows.gap,
                fitted=fitted,
            )
            for name in found:
                found[name][rows, :, target] = forecasts[name]
    return pd.DataFrame(
        {REFERENCES[name]: values.ravel() for name, values in found.items()}
    )


def check_reach(series, number, cutoff, season):
    """Raises a ValueError if a first cutoff leaves no row a season before."""
    if cutoff >= season:
        return
    owner = "" if series.names is None else f" of {series.names[number]!r}"
    raise ValueError(
        f"The first cutoff{owner} has {cutoff} rows before it; the seasonal "
        f"references need season={season}. Lower `season`, take a later "
        "`start`, or leave short series out."
    )


def past_of_each(part):
    """Number, windows (a slice) and levels of each series of a part."""
    series = part.series
    numbers = series.numbers(part.cutoffs)
    starts = np.flatnonzero(np.diff(numbers, prepend=-1))
    for first, last in pairwise([*starts, len(part)]):
        start, stop = series.bounds[numbers[first] : numbers[first] + 2]
        yield numbers[first], slice(first, last), series.levels[start:stop]


def scales(part, season):
    """What the errors of each row are scaled by, shape (rows, 2).

    Measured on the rows up to the first cutoff of each series; the first
    column for absolute errors, the second for squared ones.
    """
    series = part.series
    shape = (len(part), part.series.windows.horizon, series.levels.shape[1], 2)
    found = np.empty(shape)
    for number, rows, levels in past_of_each(part):
        first = part.cutoffs[rows.start] - series.bounds[number]
        for power in (1, 2):
            found[rows, ..., power - 1] = naive_scale(
                levels[: first + 1], season, power=power
            )
    return found.reshape(-1, 2)
