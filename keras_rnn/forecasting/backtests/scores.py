# SPDX-License-Identifier: Apache-2.0
"""From the errors of single rows to the scores of groups of rows.

`keras_rnn.metrics` defines each measure; this file says over which rows it is
averaged. Measures with a unit are averaged over the rows of a group. Measures
without a unit are averaged over the rows of each series and target first, and
these means count alike, as in M4 and M5.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from keras_rnn._types import Array
from keras_rnn.metrics import (
    covered,
    errors,
    mean_ratio,
    percentage_errors,
    pinball_losses,
)


def point_scores(
    actual: Array,
    forecast: Array | pd.Series,
    scales: Array,
    keys: Sequence[pd.Series],
    units: Sequence[pd.Series],
) -> pd.DataFrame:
    """Measures of point forecasts.

    Args:
        actual: What happened, shape (rows,).
        forecast: What was forecast, the same shape.
        scales: What the errors of each row are divided by, absolute and
            squared ones, shape (rows, 2).
        keys: Columns of the rows. The rows of a group agree in all of them.
        units: The columns that tell series and targets apart, over whose rows
            measures without a unit are averaged first.

    Returns:
        DataFrame with one row per group: MAE, RMSE, sMAPE, MASE, RMSSE.
    """
    absolute = np.abs(errors(actual, forecast))
    square = np.square(absolute)
    with_unit = mean_by(keys, {"MAE": absolute, "RMSE": square})
    of_units = mean_by(
        [*keys, *units],
        {
            "sMAPE": percentage_errors(actual, forecast),
            "MASE": absolute / scales[:, 0],
            "RMSSE": square / scales[:, 1],
        },
    )
    of_units["RMSSE"] = np.sqrt(of_units["RMSSE"])
    with_unit["RMSE"] = np.sqrt(with_unit["RMSE"])
    levels = list(range(len(keys)))
    return with_unit.join(of_units.groupby(level=levels, sort=False).mean())


def interval_scores(
    actual: Array, bounds: pd.DataFrame, keys: Sequence[pd.Series]
) -> pd.DataFrame:
    """Measures of forecast intervals.

    Args:
        actual: What happened, shape (rows,).
        bounds: DataFrame of "lower_90" and "upper_90", or other percents.
        keys: As in `point_scores`.

    Returns:
        DataFrame with one row per group. For each interval it has the share of
        rows that it covers and its mean width; for all bounds together, read
        as quantiles (those of 90 % are 0.05 and 0.95), the mean pinball loss
        and the weighted quantile loss, wQL.
    """
    found, quantiles = {}, {}
    for name in map(str, bounds):
        if not name.startswith("lower_"):
            continue
        percent = name.removeprefix("lower_")
        lower, upper = bounds[name], bounds[f"upper_{percent}"]
        found[f"coverage of {percent} %"] = covered(actual, lower, upper)
        found[f"width of {percent} %"] = (upper - lower).to_numpy()
        quantiles[0.5 - float(percent) / 200] = lower
        quantiles[0.5 + float(percent) / 200] = upper
    levels = sorted(quantiles)
    forecast = np.column_stack([quantiles[level] for level in levels])
    loss = pinball_losses(actual, forecast, levels).mean(axis=1)
    found |= {"pinball": loss, "wQL": np.abs(actual)}
    scores = mean_by(keys, found)
    scores["wQL"] = 2 * scores["pinball"] / scores["wQL"]
    return scores


def overall_averages(
    scores: pd.DataFrame, reference: pd.DataFrame
) -> Array | pd.Series:
    """M4's overall weighted average (OWA) of each group.

    Args:
        scores: What `point_scores` returned.
        reference: What it returned for the forecasts to compare with.

    Returns:
        Shape (groups,); NaN where the reference makes no error.
    """
    measures = ["sMAPE", "MASE"]
    compared = reference[measures].where(reference[measures] > 0)
    return mean_ratio(
        [scores[name] for name in measures],
        [compared[name] for name in measures],
    )


def mean_by(
    keys: Sequence[pd.Series], columns: Mapping[str, Array | pd.Series]
) -> pd.DataFrame:
    """Means of columns over the rows of each group; NaN counts in none.

    Args:
        keys: As in `point_scores`.
        columns: Name -> a value per row.
    """
    rows = pd.DataFrame(columns, index=keys[0].index)
    return rows.groupby(list(keys), sort=False).mean()
