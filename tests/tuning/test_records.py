# SPDX-License-Identifier: Apache-2.0
import os

import pytest

from keras_rnn.tuning.lock import locked
from keras_rnn.tuning.records import Records, write_whole


def test_lines_of_all_processes_are_found_again(tmp_path):
    Records(tmp_path, "a").write("result", "t1", fold=0, repeat=0, score=1.0)
    Records(tmp_path, "b").write("failed", "t2", reason="no memory")
    trials = Records(tmp_path, "a").trials()
    assert trials["t1"].results[0, 0]["score"] == 1.0
    assert trials["t2"].failure == "no memory"


def test_an_unfinished_training_counts_as_a_death_unless_interrupted(tmp_path):
    records = Records(tmp_path)
    place = {"fold": 0, "repeat": 0}
    records.write("started", "t", **place)
    records.write("started", "t", **place)
    assert records.trial("t").deaths == 2
    records.write("interrupted", "t", **place)
    assert records.trial("t").deaths == 1
    records.write("result", "t", **place, score=0.5)
    assert records.trial("t").deaths == 0


def test_a_file_that_cannot_be_replaced_stays_whole(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_whole(path, "old")

    def fail(*_):
        raise PermissionError

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(PermissionError):
        write_whole(path, "new")
    assert path.read_text() == "old"


def test_a_directory_is_locked_for_a_second_sweep_and_free_after(tmp_path):
    with (
        locked(tmp_path / "lock"),
        pytest.raises(RuntimeError, match="Another sweep is running"),
        locked(tmp_path / "lock"),
    ):
        pass
    with locked(tmp_path / "lock"):
        pass
