# SPDX-License-Identifier: Apache-2.0
"""sweep.json: the question that a directory answers, and how often it was."""

import json
from dataclasses import dataclass

from keras_rnn import _files
from keras_rnn.tuning.records.fingerprint import differences

#: The version of keras_rnn that began to write sweeps as they are written.
FORMAT = "0.2"
NAME = "sweep.json"
OTHER = "Name another directory, or search again with overwrite=True."


@dataclass(frozen=True)
class Header:
    """What sweep.json holds.

    Args:
        asked: What `fingerprint` says of the question.
        run: Number of the call that is running, or was the last.
        retried: Failures up to this run do not count.
    """

    asked: dict
    run: int = 1
    retried: int = 0


def begin(directory, asked, *, retry_failed=False):
    """Begins a sweep in a directory, or goes on with it.

    Args:
        directory: pathlib.Path.
        asked: What `fingerprint` says of the question.
        retry_failed: Whether failures of earlier runs are forgotten.

    Raises:
        ValueError: As `check` does.
    """
    header = Header(asked)
    if (directory / NAME).exists() or any(directory.glob("records-*.jsonl")):
        begun = check(directory, asked)
        retried = begun.run if retry_failed else begun.retried
        header = Header(asked, begun.run + 1, retried)
    text = json.dumps({"format": FORMAT, **vars(header)})
    _files.write_whole(directory / NAME, text)


def check(directory, asked):
    """Refuses to take the answers to another question for those to this one.

    Args:
        directory: pathlib.Path.
        asked: What `fingerprint` says of the question.

    Returns:
        The Header.

    Raises:
        ValueError: If the directory holds the answers to another question, or
            a version wrote it that did not keep all of the question.
    """
    begun = read(directory)
    for name, before, now in differences(begun.asked, asked):
        raise ValueError(
            f"{directory} holds another sweep: its {name} is {before}. "
            f"Received: {now}. Give every argument as it was (an oracle its "
            "seed), name another directory, or pass overwrite=True."
        )
    return begun


def read(directory):
    """The header of a directory.

    Raises:
        ValueError: If there is none, it is damaged, or another version of
            keras_rnn wrote it.
    """
    path = directory / NAME
    if not path.exists():
        raise ValueError(
            f"{directory} lacks {NAME}, which says what its records answer. "
            f"{OTHER}"
        )
    try:
        begun = json.loads(path.read_text("utf-8"))
        written = begun.pop("format", "0.1" if "data" in begun else None)
        if written == FORMAT:
            return Header(dict(begun["asked"]), begun["run"], begun["retried"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is damaged. {OTHER}") from error
    if written is None:
        raise ValueError(f"{path} is of no sweep. {OTHER}")
    raise ValueError(
        f"{directory} holds a sweep written by version {written} of keras_rnn; "
        f"only those since {FORMAT} say all that their scores depend on. "
        f"{OTHER}"
    )
