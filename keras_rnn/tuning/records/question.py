# SPDX-License-Identifier: Apache-2.0
"""sweep.json: the question that a directory answers, and the runs so far."""

import json
from dataclasses import dataclass
from pathlib import Path

from keras_rnn import _files
from keras_rnn.tuning.records.fingerprint import differences

#: The first version of keras_rnn that wrote sweeps in this format.
FORMAT = "0.2"
NAME = "sweep.json"
#: The last sentence of errors.
REMEDY = "Name another directory, or search again with overwrite=True."


@dataclass(frozen=True)
class Header:
    """The content of sweep.json.

    Args:
        asked: Fingerprint of the question.
        run: Number of the call that is running, or that was the last one.
        retried: Failures up to the run of this number do not count.
    """

    asked: dict[str, str]
    run: int = 1
    retried: int = 0


def begin(
    directory: Path, asked: dict[str, str], *, retry_failed: bool = False
) -> None:
    """Begins a sweep in a directory, or goes on with the one that is there.

    Args:
        directory: Folder of the sweep.
        asked: Fingerprint of the question.
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


def check(directory: Path, asked: dict[str, str]) -> Header:
    """Refuses a directory that holds the answers to another question.

    Args:
        directory: Folder of the sweep.
        asked: Fingerprint of the question.

    Returns:
        The Header.

    Raises:
        ValueError: If the directory holds the answers to another question, or
            was written by a version that did not keep the whole question.
    """
    begun = read(directory)
    for name, before, now in differences(begun.asked, asked):
        raise ValueError(
            f"{directory} holds another sweep: its {name} is {before}. "
            f"Received: {now}. Give every argument as it was (an oracle its "
            "seed), name another directory, or pass overwrite=True."
        )
    return begun


def read(directory: Path) -> Header:
    """The header of a directory.

    Args:
        directory: Folder of the sweep.

    Raises:
        ValueError: If there is none, it is damaged, or another version of
            keras_rnn wrote it.
    """
    path = directory / NAME
    if not path.exists():
        raise ValueError(
            f"{directory} lacks {NAME}, which says what its records answer. "
            f"{REMEDY}"
        )
    try:
        begun = json.loads(path.read_text("utf-8"))
        written = begun.pop("format", "0.1" if "data" in begun else None)
        if written == FORMAT:
            return Header(dict(begun["asked"]), begun["run"], begun["retried"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is damaged. {REMEDY}") from error
    if written is None:
        raise ValueError(f"{path} is of no sweep. {REMEDY}")
    raise ValueError(
        f"{directory} holds a sweep written by version {written} of keras_rnn; "
        f"only those since {FORMAT} say all that their scores depend on. "
        f"{REMEDY}"
    )
