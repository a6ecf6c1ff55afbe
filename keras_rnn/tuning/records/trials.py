# SPDX-License-Identifier: Apache-2.0
"""The records of a sweep, in files that are whole at every moment.

Each line is a JSON object. Its `event` is "trial" (the settings of a trial),
"started", "result", "interrupted" (each of one fold and repeat) or "failed"
(of a trial). Its `run` is the number of the call of the sweep that wrote it.
Its `trial` is a hash of the settings of the trial: so a search that is run
again finds what it has done already, whatever number the trial has there.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from keras_rnn import _files
from keras_rnn.tuning.records import question

#: A trial that ended its process so often in one run of the sweep has failed.
MOST_DEATHS = 2
#: A trial that did so in so many runs has failed too, whoever killed them.
MOST_FATAL_RUNS = 6
#: The fields of every line beside its event: name -> type.
LINE: dict[str, type] = {"trial": str, "run": int}
#: Event -> the further fields of its lines: name -> type.
EVENTS: dict[str, dict[str, type]] = {
    "trial": {"settings": dict},
    "started": {"fold": int, "repeat": int},
    "interrupted": {"fold": int, "repeat": int},
    "result": {
        "fold": int,
        "repeat": int,
        "score": float,
        "seconds": float,
        "parameters": int,
        "units": list,
    },
    "failed": {"reason": str},
}


#: The fold and the repeat of a training.
Place: TypeAlias = tuple[int, int]


def trial_key(settings: Mapping[str, Any]) -> str:
    """The name of a trial: a hash of the settings that it chose."""
    text = json.dumps(settings, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass
class Trial:
    """All that is known of one trial.

    A few deaths in earlier runs say nothing of the trial: anybody may have
    killed them. So deaths are counted apart for the run that is going on.

    Args:
        run: Number of the run that is going on.
        retried: Failures and deaths up to the run of this number are
            forgotten.
        facts: The line with its settings.
        results: (fold, repeat) -> the line with the score of that training.
        unfinished: (fold, repeat) -> how often that training has begun without
            an end in this run.
        fatal: (fold, repeat) -> the earlier runs in which it did so.
        failure: The reason why the trial failed; None if it did not.
    """

    run: int = 1
    retried: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    results: dict[Place, dict[str, Any]] = field(default_factory=dict)
    unfinished: dict[Place, int] = field(default_factory=dict)
    fatal: dict[Place, set[int]] = field(default_factory=dict)
    failure: str | None = None

    def add(self, line: dict[str, Any]) -> None:
        """Takes one line into account."""
        event = line["event"]
        place = (line.get("fold", -1), line.get("repeat", -1))
        if event == "trial":
            self.facts = line
        elif event == "result":
            self.results[place] = line
            self.unfinished.pop(place, None)
            self.fatal.pop(place, None)
        elif event == "failed":
            if line["run"] > self.retried:
                self.failure = line["reason"]
        else:
            self._count(place, line["run"], event == "started")

    def _count(self, place: Place, run: int, started: bool) -> None:
        """Counts a training that began; takes back one that was interrupted."""
        if run == self.run:
            change = 1 if started else -1
            self.unfinished[place] = self.unfinished.get(place, 0) + change
        elif run > self.retried:
            runs = self.fatal.setdefault(place, set())
            (runs.add if started else runs.discard)(run)

    @property
    def deaths(self) -> int:
        """How often one training ended its process in this run."""
        return max(self.unfinished.values(), default=0)

    @property
    def fatal_runs(self) -> int:
        """In how many earlier runs one training ended its process."""
        return max(map(len, self.fatal.values()), default=0)


class Records:
    """The lines that this process writes, and those of all processes.

    Args:
        directory: Folder of a sweep that has begun.
        writer: Name of this process; each one writes a file of its own.

    Raises:
        ValueError: If a file is damaged, or not of a sweep.
    """

    def __init__(self, directory: Path, writer: str = "tuner0") -> None:
        self.directory = directory
        self.path: Path = directory / f"records-{writer}.jsonl"
        self.lines: list[dict[str, Any]] = []
        if self.path.exists():
            self.lines = _read(self.path)

    def write(self, event: str, trial: str, **values: Any) -> None:
        """Adds a line.

        Args:
            event: A key of `EVENTS`.
            trial: Name of the trial.
            **values: The further fields of lines of this event.
        """
        run = question.read(self.directory).run
        line = {"event": event, "trial": trial, "run": run, **values}
        lines = [*self.lines, line]
        text = "".join(json.dumps(each) + "\n" for each in lines)
        _files.write_whole(self.path, text)
        self.lines = lines

    def trials(self) -> dict[str, Trial]:
        """The trials of all processes: name -> Trial, as they appeared."""
        begun = question.read(self.directory)
        trials: dict[str, Trial] = {}
        for path in sorted(self.directory.glob("records-*.jsonl")):
            lines = self.lines if path == self.path else _read(path)
            for line in lines:
                new = Trial(begun.run, begun.retried)
                trials.setdefault(line["trial"], new).add(line)
        return trials

    def trial(self, name: str) -> Trial:
        """All that is known of one trial."""
        return self.trials().get(name, Trial())


def _read(path: Path) -> list[dict[str, Any]]:
    """The lines of a file; a ValueError names the first that is damaged."""
    try:
        texts = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError:
        raise _damaged(path, "is no text") from None
    if not texts:
        raise _damaged(path, "is empty")
    lines = []
    for number, text in enumerate(texts, start=1):
        try:
            lines.append(_checked(json.loads(text)))
        except (KeyError, TypeError, ValueError):
            raise _damaged(path, f"is damaged in line {number}") from None
    return lines


def _checked(line: Any) -> dict[str, Any]:
    """A line that a sweep wrote; for any other one it raises some error."""
    for name, kind in {**LINE, **EVENTS[line["event"]]}.items():
        if not isinstance(line[name], kind):
            raise TypeError(name)
    if not math.isfinite(line.get("score", 0.0)):
        raise ValueError("score")
    return line


def _damaged(path: Path, what: str) -> ValueError:
    """The error for a file that no sweep wrote like this."""
    return ValueError(
        f"{path} {what}. Delete this file to train again what it recorded, "
        "or search again with overwrite=True."
    )
