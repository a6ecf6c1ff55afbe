# SPDX-License-Identifier: Apache-2.0
"""From the errors of single rows to the scores of groups of rows.

What each measure is stands in `keras_rnn.metrics`; here is over what it is
averaged. Measures with a unit are averaged over the rows of a group. Those
without are averaged over the rows of each series and target, and these means
count alike, as in M4 and M5.
"""

import numpy as np
import pandas as pd

from keras_rnn.metrics import (
    covered,
    errors,
    mean_ratio,
    percentage_errors,
    pinball_losses,
)


def point_scores(actual, forecast, scales, keys, units):
    """Measures of forecasts of one number.

    Args:
        actual: What happened, shape (rows,).
        forecast: What was forecast, the same shape.
        scales: `naive_scale` of the series of each row, of power 1 and 2,
            shape (rows, 2).
        keys: List of Series: a group is the rows that agree in all of them.
        units: The same for what the measures without a unit are taken of.

    Returns:
        DataFrame, a row per group: MAE, RMSE, sMAPE, MASE, RMSSE.
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


def interval_scores(actual, bounds, keys):
    """Measures of forecast intervals.

    Args:
        actual: What happened, shape (rows,).
        bounds: DataFrame of "lower_90" and "upper_90", or other percents.
        keys: As in `point_scores`.

    Returns:
        DataFrame, a row per group: of each interval the share of rows that it
        covers and its mean width; of all bounds, read as quantiles (those of
        90 % are 0.05 and 0.95), the mean pinball loss and the weighted
        quantile loss, wQL.
    """
    found, quantiles = {}, {}
    for name in bounds:
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


def overall_averages(scores, reference):
    """M4's OWA of each group, shape (groups,); NaN without a reference error.

    Args:
        scores: What `point_scores` returned.
        reference: The same for the forecasts to compare with.
    """
    measures = ["sMAPE", "MASE"]
    compared = reference[measures].where(reference[measures] > 0)
    return mean_ratio(
        [scores[name] for name in measures],
        [compared[name] for name in measures],
    )


def mean_by(keys, columns):
    """Means of columns over the rows of each group, NaN left out."""
    rows = pd.DataFrame(columns, index=keys[0].index)
    return rows.groupby(keys, sort=False).mean()
