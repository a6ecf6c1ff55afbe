# SPDX-License-Identifier: Apache-2.0
"""Tasks that train in a moment, and a sweep to kill.

As a program: `python -m tests.tuning.tiny DIRECTORY [KILL_AT]` runs the sweep
and, before training number KILL_AT, sends itself the signal that no program
survives. With `record-2` it does so before it writes its records the second
time, which leaves a draft.
"""

import os
import signal
import sys

import numpy as np
import pandas as pd

from keras_rnn.data import Columns, Windows
from keras_rnn.models import Regression
from keras_rnn.tuning import (
    Arrays,
    CrossValidation,
    Forecast,
    search_cells,
    sweep,
)


def arrays(samples=24):
    generator = np.random.default_rng(0)
    x = generator.normal(size=(samples, 4, 1)).astype("float32")
    return Arrays(x, x.sum(axis=1), Regression())


def wave(rows=72):
    days = pd.date_range("2024-01-01", periods=rows, freq="D")
    y = np.sin(2 * np.pi * np.arange(rows) / 12) + 0.01 * np.arange(rows)
    return pd.DataFrame({"y": y}, index=days)


def forecast():
    return Forecast(
        wave(), Columns("y"), Windows(lookback=6, horizon=2), season=12
    )


def run(directory, cells=("elman", "jordan"), task=None, **arguments):
    settings = {
        "validation": CrossValidation(folds=2),
        "units": 3,
        "epochs": 1,
        "verbose": 0,
        **arguments,
    }
    return search_cells(
        task or arrays(), directory=directory, cells=cells, **settings
    )


class Trainings:
    """Counts trainings, and ends the process before one of them."""

    def __init__(self, kill_at=None, skip=False):
        self.count = 0
        self.kill_at = kill_at
        self.original = sweep.train
        self.skip = skip

    def __call__(self, hypermodel, settings, data, *arguments):
        self.count += 1
        if self.count == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.skip:
            return hypermodel.compiled(settings, data)
        return self.original(hypermodel, settings, data, *arguments)


class Replacements:
    """Counts records that are replaced, and ends the process before one."""

    def __init__(self, kill_at):
        self.left = kill_at
        self.original = os.replace

    def __call__(self, draft, path):
        # A slow training also writes its state, sooner or later.
        self.left -= path.name.startswith("records-")
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        self.original(draft, path)


if __name__ == "__main__":
    kill_at = (sys.argv[2:] or ["0"])[0]
    if kill_at.startswith("record-"):
        os.replace = Replacements(int(kill_at.removeprefix("record-")))
    else:
        sweep.train = Trainings(int(kill_at))
    run(sys.argv[1])
