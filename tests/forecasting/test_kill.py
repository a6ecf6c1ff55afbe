# SPDX-License-Identifier: Apache-2.0
"""A forecaster killed from outside goes on after its last whole epoch."""

import json
import subprocess
import sys

import pandas as pd
import pytest

from tests.forecasting import killed


@pytest.mark.filterwarnings("ignore:The forecaster does not beat")
def test_fit_goes_on_after_a_kill(tmp_path):
    process = subprocess.run(
        [sys.executable, "-m", "tests.forecasting.killed", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == -9, process.stderr
    kept = json.loads((tmp_path / "network_0/progress.json").read_text())
    state = kept["state"]
    assert state["epochs"] == 2
    forecaster = killed.forecaster().fit(killed.frame(), resume=tmp_path)
    assert len(forecaster.history) == killed.EPOCHS
    pd.testing.assert_frame_equal(
        forecaster.history.iloc[:2].reset_index(drop=True),
        pd.DataFrame(state["history"]),
    )
    assert len(forecaster.predict()) == 2
