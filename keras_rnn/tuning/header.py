# SPDX-License-Identifier: Apache-2.0
"""sweep.json: the question that a directory answers."""

import json

from keras_rnn.tuning.fingerprint import differences
from keras_rnn.tuning.records import write_whole

#: The version of keras_rnn that began to write sweeps as they are written.
FORMAT = "0.2"
NAME = "sweep.json"
OTHER = "Name another directory, or search again with overwrite=True."


def begin(directory, asked):
    """Begins a sweep in a directory, or goes on with it.

    Args:
        directory: pathlib.Path.
        asked: What `fingerprint` says of the question.

    Raises:
        ValueError: As `check` does.
    """
    if (directory / NAME).exists() or any(directory.glob("records-*.jsonl")):
        check(directory, asked)
        return
    text = json.dumps({"format": FORMAT, "asked": asked})
    write_whole(directory / NAME, text)


def check(directory, asked):
    """Refuses to take the answers to another question for those to this one.

    Args:
        directory: pathlib.Path.
        asked: What `fingerprint` says of the question.

    Raises:
        ValueError: If the directory holds the answers to another question, or
            a version wrote it that did not keep all of the question.
    """
    path = directory / NAME
    if not path.exists():
        raise ValueError(
            f"{directory} lacks {NAME}, which says what its records answer. "
            f"{OTHER}"
        )
    begun = json.loads(path.read_text("utf-8"))
    written = begun.get("format", "0.1")
    if written != FORMAT:
        raise ValueError(
            f"{directory} holds a sweep written by version {written} of "
            f"keras_rnn; only those since {FORMAT} say all that their scores "
            f"depend on. {OTHER}"
        )
    for name, before, now in differences(begun["asked"], asked):
        raise ValueError(
            f"{directory} holds another sweep: its {name} is {before}. "
            f"Received: {now}. Give every argument as it was (an oracle its "
            "seed), name another directory, or pass overwrite=True."
        )
