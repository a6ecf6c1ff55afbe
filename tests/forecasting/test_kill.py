# SPDX-License-Identifier: Apache-2.0
"""A forecaster that was killed goes on, and ends like one that was not."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from tests.forecasting import killed

pytestmark = pytest.mark.filterwarnings("ignore:The forecaster does not beat")

#: How often a whole training touches its files, at least.
TOUCHES = 40
#: Of all moments to be killed at, one is drawn for the default run.
DRAWN = np.random.default_rng(0).permutation(np.arange(3, TOUCHES)).tolist()


@pytest.fixture(scope="module")
def whole():
    return killed.forecaster().fit(killed.frame())


def die(folder, moment):
    """A process that is killed at this moment of the training in a folder."""
    process = subprocess.run(
        [sys.executable, "-m", "tests.forecasting.killed", folder, str(moment)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == -9, process.stdout + process.stderr


@pytest.mark.parametrize(
    "moments",
    [
        DRAWN[:1],
        *(
            pytest.param(DRAWN[k : k + 2], marks=pytest.mark.slow)
            for k in range(1, 13, 2)
        ),
    ],
)
def test_a_killed_forecaster_ends_like_one_that_was_not(
    whole, tmp_path, moments
):
    # The second kill comes after the first has gone on: early in its files.
    for moment in [moments[0], *(m % 4 + 3 for m in moments[1:])]:
        die(tmp_path, moment)
    found = killed.forecaster().fit(killed.frame(), resume=tmp_path)
    pd.testing.assert_frame_equal(found.history, whole.history, rtol=1e-5)
    for mine, theirs in zip(
        found.networks[0].get_weights(),
        whole.networks[0].get_weights(),
        strict=True,
    ):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-7)
    left = {path.name for path in (tmp_path / "network_0").iterdir()}
    assert {"progress.json", f"epoch_{killed.EPOCHS}.keras"} <= left
    assert not [name for name in left if name.startswith(".")]
