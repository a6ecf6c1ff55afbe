# SPDX-License-Identifier: Apache-2.0
"""The trials of a sweep and the references, the best first."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from keras_rnn._types import ArrayLike
from keras_rnn.tuning.folds import CrossValidation
from keras_rnn.tuning.records.trials import Trial


def leaderboard(
    trials: Mapping[str, Trial],
    validation: CrossValidation,
    direction: str,
    baselines: Mapping[str, Sequence[float]],
) -> pd.DataFrame:
    """A table with one row per trial and one per reference.

    Args:
        trials: Name -> Trial, as the records know them.
        validation: The folds and repeats of each trial.
        direction: "min" or "max": which scores are the best.
        baselines: Name of a reference -> one score per fold.

    Returns:
        DataFrame, the best first: "rank", "cell", "kind" ("network" or
        "reference"), "mean" of all scores, "spread" (standard deviation of
        the means of the repeats, which differ by their seeds; NaN with one
        repeat), "fold_spread" (standard deviation of the means of the folds),
        "parameters", "units", "seconds" of all trainings, "failed" (the
        reason), "trial", and all settings that differ. Trials that are not
        finished are left out.
    """
    rows = [
        row
        for name, trial in trials.items()
        if (row := _trial_row(name, trial, validation)) is not None
    ]
    rows += [
        {"cell": name, "kind": "reference", **_statistics([scores])}
        for name, scores in baselines.items()
    ]
    table = pd.DataFrame(rows, columns=_columns(rows))
    table = table.sort_values(
        "mean", ascending=direction == "min", kind="stable", na_position="last"
    ).reset_index(drop=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table.drop(columns=_shared_settings(table))


def _trial_row(
    name: str, trial: Trial, validation: CrossValidation
) -> dict[str, Any] | None:
    """The row of a trial; None if it is not finished."""
    complete = all(p in trial.results for p in validation.evaluations)
    if trial.failure is None and not complete:
        return None
    settings = trial.facts.get("settings", {})
    row = {
        "cell": settings.get("cell"),
        "kind": "network",
        "trial": name,
        "failed": trial.failure,
        **{f"{_SETTING}{k}": v for k, v in settings.items() if k not in _SHOWN},
    }
    results = trial.results
    row["seconds"] = sum(r["seconds"] for r in results.values())
    if results:
        last = next(reversed(results.values()))
        row["parameters"] = last["parameters"]
        row["units"] = " ".join(map(str, last["units"]))
    if complete and trial.failure is None:
        row |= _statistics(
            [
                [results[k, r]["score"] for k in range(validation.folds)]
                for r in range(validation.repeats)
            ]
        )
    return row


def _statistics(scores: ArrayLike) -> dict[str, Any]:
    """Mean and spreads of scores of shape (repeats, folds)."""
    scores = np.asarray(scores, dtype=np.float64)
    by_repeat, by_fold = scores.mean(axis=1), scores.mean(axis=0)
    return {
        "mean": scores.mean(),
        "spread": by_repeat.std(ddof=1) if len(by_repeat) > 1 else np.nan,
        "fold_spread": by_fold.std(ddof=1) if len(by_fold) > 1 else np.nan,
    }


#: What the names of the columns of settings begin with.
_SETTING = "setting "
#: Settings that have a column of their own, or none.
_SHOWN = ("cell", "units", "match_parameters")
#: The first columns.
_FIRST = [
    "cell",
    "kind",
    "mean",
    "spread",
    "fold_spread",
    "parameters",
    "units",
    "seconds",
    "failed",
    "trial",
]


def _columns(rows: list[dict[str, Any]]) -> list[str]:
    """The names of all columns, those of settings last."""
    settings = dict.fromkeys(k for row in rows for k in row)
    return _FIRST + [k for k in settings if k not in _FIRST]


def _shared_settings(table: pd.DataFrame) -> list[str]:
    """The columns of settings that are the same in all networks."""
    networks = table[table["kind"] == "network"]
    return [
        name
        for name in table.columns
        if name.startswith(_SETTING) and len(networks[name].unique()) <= 1
    ]
