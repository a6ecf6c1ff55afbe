# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import sys

import pytest

from keras_rnn._files import delete_drafts, locked, replacing, write_whole


def test_a_file_that_cannot_be_replaced_stays_whole(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_whole(path, "old")

    def fail(*_):
        raise PermissionError

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(PermissionError):
        write_whole(path, "new")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    assert path.read_text() == "old"


def test_a_text_that_cannot_be_written_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "file"
    write_whole(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "half an emoji: \ud83d")
    assert path.read_text() == "old"


def test_a_block_that_raises_leaves_no_draft(tmp_path):
    def write_half():
        with replacing(tmp_path / "a.keras") as draft:
            assert draft.suffix == ".keras"
            draft.write_text("half")
            raise KeyError

    with pytest.raises(KeyError):
        write_half()
    assert list(tmp_path.iterdir()) == []


def test_drafts_of_the_files_that_are_named_are_deleted(tmp_path):
    for name in (".a-1.txt.77.txt", ".a-2.txt.78", "a-1.txt", ".other.txt.9"):
        (tmp_path / name).touch()
    delete_drafts(tmp_path, "a-*.txt")
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == [".other.txt.9", "a-1.txt"]


def test_a_lock_refuses_a_second_owner_and_is_free_after(tmp_path):
    path = tmp_path / "lock"
    with (
        locked(path, "busy"),
        pytest.raises(RuntimeError, match="busy"),
        locked(path, "busy"),
    ):
        pass
    with locked(path, "busy"):
        pass


def test_the_lock_of_a_process_that_was_killed_is_free(tmp_path):
    path = tmp_path / "lock"
    program = (
        "import filelock, sys, time; lock = filelock.FileLock(sys.argv[1]);"
        "lock.acquire(); print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, path], stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout.readline().strip() == b"held"
        with pytest.raises(RuntimeError, match="busy"), locked(path, "busy"):
            pass
        owner.kill()
        owner.wait()
        with locked(path, "busy"):
            pass
