# SPDX-License-Identifier: Apache-2.0
"""The trials of a sweep and the references, the best first."""

import numpy as np
import pandas as pd


def leaderboard(trials, validation, direction, baselines):
    """One row a trial.

    Args:
        trials: Name -> Trial, as the records know them.
        validation: CrossValidation.
        direction: "min" or "max".
        baselines: Name -> one score a fold.

    Returns:
        DataFrame, the best first: "rank", "cell", "kind" ("network" or
        "reference"), "mean" of all scores, "spread" (standard deviation of
        the means of the repeats: of seeds; NaN with one repeat),
        "fold_spread" (of the means of the folds), "parameters", "units",
        "seconds" of all trainings, "failed" (the reason), "trial", and all
        settings that differ. Trials that are not finished are left out.
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
    return table.drop(columns=_same(table))


def _trial_row(name, trial, validation):
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


def _statistics(scores):
    """Of scores (repeats, folds)."""
    scores = np.asarray(scores, dtype=np.float64)
    by_repeat, by_fold = scores.mean(axis=1), scores.mean(axis=0)
    return {
        "mean": scores.mean(),
        "spread": by_repeat.std(ddof=1) if len(by_repeat) > 1 else np.nan,
        "fold_spread": by_fold.std(ddof=1) if len(by_fold) > 1 else np.nan,
    }


_SETTING = "setting "
_SHOWN = ("cell", "units", "match_parameters")
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


def _columns(rows):
    settings = dict.fromkeys(k for row in rows for k in row)
    return _FIRST + [k for k in settings if k not in _FIRST]


def _same(table):
    """Settings that all networks share."""
    networks = table[table["kind"] == "network"]
    return [
        name
        for name in table.columns
        if name.startswith(_SETTING) and len(networks[name].unique()) <= 1
    ]
