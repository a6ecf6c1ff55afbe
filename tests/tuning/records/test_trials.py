# SPDX-License-Identifier: Apache-2.0
import json

import pytest

from keras_rnn.tuning.records import question
from keras_rnn.tuning.records.trials import Records

PLACE = {"fold": 0, "repeat": 0}
RESULT = {"score": 0.5, "seconds": 1.0, "parameters": 3, "units": [2]}


@pytest.fixture
def directory(tmp_path):
    question.begin(tmp_path, {"loss": "mae"})
    return tmp_path


def test_lines_of_all_processes_are_found_again(directory):
    Records(directory, "a").write("result", "t1", **PLACE, **RESULT)
    Records(directory, "b").write("failed", "t2", reason="no memory")
    trials = Records(directory, "a").trials()
    assert trials["t1"].results[0, 0]["score"] == 0.5
    assert trials["t2"].failure == "no memory"


def test_an_unfinished_training_counts_as_a_death_unless_interrupted(directory):
    records = Records(directory)
    records.write("started", "t", **PLACE)
    records.write("started", "t", **PLACE)
    assert records.trial("t").deaths == 2
    records.write("interrupted", "t", **PLACE)
    assert records.trial("t").deaths == 1
    records.write("result", "t", **PLACE, **RESULT)
    assert records.trial("t").deaths == 0


def test_deaths_of_an_earlier_run_do_not_count(directory):
    records = Records(directory)
    for _ in range(3):
        records.write("started", "t", **PLACE)
        question.begin(directory, {"loss": "mae"})
    assert records.trial("t").deaths == 0
    records.write("started", "t", **PLACE)
    assert records.trial("t").deaths == 1


def test_fatal_runs_add_up_until_a_training_ends_or_is_tried_again(directory):
    def runs(events):
        for event in events:
            values = RESULT if event == "result" else {}
            Records(directory).write(event, "t", **PLACE, **values)
            question.begin(directory, {"loss": "mae"})
        return Records(directory).trial("t").fatal_runs

    assert runs(["started"] * 3) == 3
    assert runs(["result"]) == 0
    assert runs(["started"] * 2) == 2
    question.begin(directory, {"loss": "mae"}, retry_failed=True)
    assert Records(directory).trial("t").fatal_runs == 0
    assert runs(["started"]) == 1


def test_a_run_that_was_interrupted_is_not_fatal(directory):
    records = Records(directory)
    records.write("started", "t", **PLACE)
    records.write("interrupted", "t", **PLACE)
    question.begin(directory, {"loss": "mae"})
    assert records.trial("t").fatal_runs == 0


def test_failures_are_forgotten_where_they_are_to_be_tried_again(directory):
    records = Records(directory)
    records.write("failed", "t", reason="no memory")
    question.begin(directory, {"loss": "mae"})
    assert records.trial("t").failure == "no memory"
    question.begin(directory, {"loss": "mae"}, retry_failed=True)
    assert records.trial("t").failure is None
    question.begin(directory, {"loss": "mae"})
    assert records.trial("t").failure is None
    records.write("failed", "t", reason="no disk")
    assert records.trial("t").failure == "no disk"


def test_a_line_that_cannot_be_written_is_not_kept(directory, monkeypatch):
    records = Records(directory)
    with pytest.raises(TypeError, match="not JSON serializable"):
        records.write("failed", "t", reason=object())
    records.write("failed", "t", reason="known")
    assert len(records.lines) == 1


STARTED = json.dumps({"event": "started", "trial": "t", "run": 1, **PLACE})


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty"),
        (b"\xff\xfe\x00", "is no text"),
        (STARTED[:-9].encode(), "damaged in line 1"),
        (f"{STARTED}\n[1, 2]".encode(), "damaged in line 2"),
        (f"{STARTED}\n3".encode(), "damaged in line 2"),
        (b'{"event": "sold", "trial": "t", "run": 1}', "damaged in line 1"),
        (b'{"event": "failed", "trial": "t"}', "damaged in line 1"),
        (b"time,score\n1,2", "damaged in line 1"),
        (
            json.dumps(
                {"event": "result", "trial": "t", "run": 1, **PLACE, **RESULT}
            )
            .replace("0.5", "NaN")
            .encode(),
            "damaged in line 1",
        ),
    ],
)
def test_a_file_that_is_damaged_says_so_and_how_to_go_on(
    directory, content, what
):
    (directory / "records-tuner0.jsonl").write_bytes(content)
    for read in (
        Records(directory, "other").trials,
        lambda: Records(directory),
    ):
        with pytest.raises(ValueError, match=f"{what}. Delete this file"):
            read()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is damaged"),
        (b"\xff\xfe\x00", "is damaged"),
        (b'{"format": "0.2", "asked": {', "is damaged"),
        (b'{"format": "0.2"}', "is damaged"),
        (b"[1, 2]", "is damaged"),
        (b'{"name": "sales"}', "is of no sweep"),
        (b'{"task": "Arrays", "data": "97"}', r"written by version 0\.1"),
        (b'{"format": "9.1", "asked": {}}', r"written by version 9\.1"),
    ],
)
def test_a_header_that_is_damaged_says_so_and_how_to_go_on(
    directory, content, what
):
    (directory / "sweep.json").write_bytes(content)
    with pytest.raises(ValueError, match=f"{what}.*overwrite=True"):
        question.begin(directory, {"loss": "mae"})
