# SPDX-License-Identifier: Apache-2.0
"""Forecasts from many past cutoffs, and how far they were off."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from keras_rnn import _names
from keras_rnn import _validation as validate
from keras_rnn._types import Array
from keras_rnn.data import Part
from keras_rnn.forecasting.backtests.beside_references import (
    error_scales,
    in_order_of,
    reference_forecasts,
)
from keras_rnn.forecasting.backtests.scores import (
    interval_scores,
    overall_averages,
    point_scores,
)
from keras_rnn.forecasting.other_names.attributes import BACKTEST_ATTRIBUTES

#: The name of the forecaster in the table of scores.
OURS = "forecaster"
#: The columns by which rows can be grouped.
KEYS: tuple[str, ...] = ("series", "target", "step", "cutoff")


@_names.other_attributes(**BACKTEST_ATTRIBUTES)
@dataclass(frozen=True, eq=False)
class Backtest:
    """What a forecaster would have said, and what happened.

    Args:
        forecasts: DataFrame with the columns "series" (of many series),
            "cutoff", "timestamp", "step" (1 … horizon), "target", "forecast",
            "actual", and the bounds of each interval. Where "actual" is NaN,
            the outcome is unknown, and the row counts in no score.
        references: DataFrame of the same rows, with a column per reference
            method, to which `compare` adds. All methods are judged by the
            same rows: those that each of them has a forecast of.
        scales: What MASE and RMSSE divide the errors of each row by, shape
            (rows, 2); NaN where a series has nothing to scale by.
    """

    forecasts: pd.DataFrame
    references: pd.DataFrame
    scales: Array

    @classmethod
    def judge(
        cls,
        forecasts: pd.DataFrame,
        part: Part,
        season: int | None,
        fitted: Collection[str] = (),
    ) -> "Backtest":
        """Sets forecasts of a part beside the reference methods.

        Args:
            forecasts: What `part.forecasts` returned, with intervals or not;
                its windows in any order.
            part: The windows that were forecast.
            season: Number of rows of a season; None or 1 if there is none.
            fitted: Further methods, as in `references`.
        """
        forecasts = in_order_of(part, forecasts)
        windows = part.series.windows
        steps = np.arange(1, windows.horizon + 1)
        num_targets = part.series.levels.shape[1]
        forecasts.insert(
            list(forecasts.columns).index("target"),
            "step",
            np.tile(np.repeat(steps, num_targets), len(part)),
        )
        season = 1 if season is None else season
        return cls(
            forecasts,
            reference_forecasts(part, season, fitted),
            error_scales(part, season),
        )

    def compare(
        self, forecasts: Mapping[str, Sequence[float] | Array | pd.Series]
    ) -> "Backtest":
        """Sets further forecasts beside those of the reference methods.

        Args:
            forecasts: Name of a method -> its forecasts, one for each row of
                `forecasts`; NaN where it has none.

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
    def scores(self) -> pd.DataFrame:
        """DataFrame, one row per method and the smallest MAE first.

        - MAE and RMSE: over all rows, in the data's units.
        - sMAPE in percent, MASE and RMSSE: the mean over all series and
          targets, each of which counts alike. MASE and RMSSE divide by the
          error of the seasonal naive method (of the naive method without a
          season) in the rows of a series up to its first cutoff.
        - OWA, M4's overall weighted average: the mean of sMAPE and of MASE,
          each divided by that of Naive 2 (of the naive method without a
          season). A forecast with an OWA below 1 is better than Naive 2.
        - For each interval, the share of rows that it covers and its mean
          width.
        - For all bounds together, read as quantiles (those of 90 % are 0.05
          and 0.95), the mean pinball loss, in the data's units, and the
          weighted quantile loss wQL, which has no unit.

        Definitions and sources stand in `keras_rnn.metrics`.
        """
        everything = pd.Series(0, index=self.forecasts.index, name="all")
        return self._grouped([everything]).droplevel(0).sort_values("MAE")

    def by(
        self, *keys: Literal["series", "target", "step", "cutoff"]
    ) -> pd.DataFrame:
        """The scores of each series, step, target or cutoff: where it fails.

        Args:
            *keys: "series", "step", "target", "cutoff", or several of them.

        Returns:
            DataFrame with the columns of `scores` and one row per group and
            method: `result.by("step").pivot_table("MAE", "step", "method")`
            is a table of steps by methods.

        Raises:
            ValueError: If a key is unknown or named twice, or is "series"
                where there is only one.
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

    def _grouped(self, keys: Sequence[pd.Series]) -> pd.DataFrame:
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
        if any(str(name).startswith("lower_") for name in rows):
            scores[OURS] = scores[OURS].join(
                interval_scores(actual, rows, keys)
            )
        table = pd.concat(scores, names=["method"], sort=False)
        # The rows stand method by method; they shall stand group by group.
        table = table.reorder_levels([*range(1, len(keys) + 1), 0])
        group = np.tile(np.arange(len(base)), len(scores))
        return table.iloc[np.argsort(group, kind="stable")]

    @property
    def _methods(self) -> pd.DataFrame:
        """The forecasts of all methods, those of the forecaster first."""
        return self.references.assign(**{OURS: self.forecasts["forecast"]})[
            [OURS, *self.references]
        ]
