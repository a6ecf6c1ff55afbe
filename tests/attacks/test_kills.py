# SPDX-License-Identifier: Apache-2.0
"""Processes are killed at any moment, and the work ends as if they were not.

`python -m pytest -m attack` does so; KILLS bounds each test, and stays below
the number of runs after which a trial that ends its process has failed.
"""

import random
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from keras_rnn.tuning.records.trials import MOST_FATAL_RUNS
from tests.forecasting import killed
from tests.tuning import tiny

KILLS = 4
#: Seconds that a process has at most until it has begun, and after it has.
START, WORK = 120, 3.0
NEVER = str(10**9)


def begin_and_kill(arguments, begun, seconds):
    """Ends a process so long after a file appeared, unless it ended itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + START
    while not begun() and process.poll() is None:
        assert time.monotonic() < until, "the process does not begin"
        time.sleep(0.01)
    time.sleep(seconds)
    process.kill()
    return process.wait()


@pytest.mark.attack
@pytest.mark.filterwarnings("ignore:The forecaster does not beat")
@pytest.mark.parametrize("seed", range(2))
def test_a_training_killed_at_any_moments_ends_like_a_whole_one(seed, tmp_path):
    moments = random.Random(seed)
    folder = tmp_path / "training"
    for _ in range(KILLS):
        begin_and_kill(
            ["tests.forecasting.killed", str(folder), NEVER],
            (folder / "network_0").exists,
            moments.uniform(0, WORK),
        )
    whole = killed.forecaster().fit(killed.frame())
    found = killed.forecaster().fit(killed.frame(), resume=folder)
    pd.testing.assert_frame_equal(found.history, whole.history, rtol=1e-5)
    pd.testing.assert_frame_equal(found.predict(), whole.predict(), rtol=1e-4)


@pytest.mark.attack
@pytest.mark.parametrize("seed", range(2))
def test_a_sweep_killed_at_any_moments_ends_like_a_whole_one(seed, tmp_path):
    assert KILLS < MOST_FATAL_RUNS
    moments = random.Random(seed)
    directory = tmp_path / "sweep"
    for _ in range(KILLS):
        begin_and_kill(
            ["tests.tuning.tiny", str(directory)],
            (directory / "sweep.json").exists,
            moments.uniform(0, WORK),
        )
    found = tiny.run(directory).leaderboard()
    whole = tiny.run(tmp_path / "whole").leaderboard()
    assert found["failed"].isna().all()
    assert found["trial"].tolist() == whole["trial"].tolist()
    np.testing.assert_allclose(found["mean"], whole["mean"], rtol=1e-5)
    # No draft is left. A lock is a file for good: who deletes it may delete
    # that of another process.
    assert {path.name for path in directory.glob(".*")} <= {".lock"}
