# SPDX-License-Identifier: Apache-2.0
import os
import socket
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from tests.tuning import tiny


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


# Three processes, and a chief that looks every 20 s whether all have left.
@pytest.mark.slow
def test_a_chief_and_two_workers_find_what_one_process_finds(tmp_path):
    common = {
        **os.environ,
        "KERASTUNER_ORACLE_IP": "127.0.0.1",
        "KERASTUNER_ORACLE_PORT": str(free_port()),
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.tuning.tiny", tmp_path / "shared"],
            env={**common, "KERASTUNER_TUNER_ID": name},
        )
        for name in ("chief", "worker0", "worker1")
    ]
    assert [process.wait(timeout=300) for process in processes] == [0, 0, 0]
    alone = tiny.run(tmp_path / "alone").leaderboard().set_index("trial")
    table = pd.read_csv(tmp_path / "shared" / "leaderboard.csv")
    table = table.set_index("trial").loc[alone.index]
    np.testing.assert_allclose(table["mean"], alone["mean"], rtol=1e-5)
    for worker in ("worker0", "worker1"):
        assert (tmp_path / "shared" / f"records-{worker}.jsonl").exists()
