# SPDX-License-Identifier: Apache-2.0
"""What a sweep has done, on disk, whole at every moment.

One JSON object a line. `event` is "trial" (settings of a trial), "started",
"result", "interrupted" (of one fold and repeat) or "failed" (of a trial), and
`run` counts the calls of the sweep. A line counts for the trial that it names
by `trial`, a hash of its settings: so a search that is run again finds what it
has done already, whatever number the trial has there.
"""

import hashlib
import json
import math
from dataclasses import dataclass, field

from keras_rnn import _files
from keras_rnn.tuning.records import question

#: A trial that ended its process so often in one run of the sweep has failed.
MOST_DEATHS = 2
#: And one that did so in so many runs, whoever killed them.
MOST_FATAL_RUNS = 6
#: What each line holds, and what it holds further by its event.
LINE = {"trial": str, "run": int}
EVENTS = {
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


def trial_key(settings):
    """The name of a trial: a hash of what was chosen."""
    text = json.dumps(settings, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass
class Trial:
    """What is known of one trial.

    Args:
        run: Number of the run that is going on: a few deaths of earlier ones,
            which may have been killed by anybody, say nothing of the trial.
        retried: Failures and deaths up to this run are forgotten.
    """

    run: int = 1
    retried: int = 0
    facts: dict = field(default_factory=dict)
    results: dict = field(default_factory=dict)
    unfinished: dict = field(default_factory=dict)
    fatal: dict = field(default_factory=dict)
    failure: str | None = None

    def add(self, line):
        """Takes one line into account."""
        event = line["event"]
        place = (line.get("fold"), line.get("repeat"))
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

    def _count(self, place, run, started):
        """A training that began and has not ended, or was interrupted."""
        if run == self.run:
            change = 1 if started else -1
            self.unfinished[place] = self.unfinished.get(place, 0) + change
        elif run > self.retried:
            runs = self.fatal.setdefault(place, set())
            (runs.add if started else runs.discard)(run)

    @property
    def deaths(self):
        """How often one training ended its process in this run."""
        return max(self.unfinished.values(), default=0)

    @property
    def fatal_runs(self):
        """In how many earlier runs one training ended its process."""
        return max(map(len, self.fatal.values()), default=0)


class Records:
    """The lines of one process, and those of all in the directory.

    Args:
        directory: pathlib.Path of a sweep that has begun.
        writer: Name of this process; each writes a file of its own.

    Raises:
        ValueError: If a file is damaged, or not of a sweep.
    """

    def __init__(self, directory, writer="tuner0"):
        self.directory = directory
        self.path = directory / f"records-{writer}.jsonl"
        self.lines = _read(self.path) if self.path.exists() else []

    def write(self, event, trial, **values):
        """Adds a line.

        Args:
            event: See above.
            trial: Name of the trial.
            **values: What else the line holds.
        """
        run = question.read(self.directory).run
        line = {"event": event, "trial": trial, "run": run, **values}
        lines = [*self.lines, line]
        _files.write_whole(
            self.path, "".join(json.dumps(li) + "\n" for li in lines)
        )
        self.lines = lines

    def trials(self):
        """What all processes know: name -> Trial, in order of appearance."""
        begun = question.read(self.directory)
        trials = {}
        for path in sorted(self.directory.glob("records-*.jsonl")):
            lines = self.lines if path == self.path else _read(path)
            for line in lines:
                new = Trial(begun.run, begun.retried)
                trials.setdefault(line["trial"], new).add(line)
        return trials

    def trial(self, name):
        """What is known of one trial."""
        return self.trials().get(name, Trial())


def _read(path):
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


def _checked(line):
    """A line as it was written; an error of any kind for another one."""
    for name, kind in {**LINE, **EVENTS[line["event"]]}.items():
        if not isinstance(line[name], kind):
            raise TypeError(name)
    if not math.isfinite(line.get("score", 0.0)):
        raise ValueError("score")
    return line


def _damaged(path, what):
    return ValueError(
        f"{path} {what}. Delete this file to train again what it recorded, "
        "or search again with overwrite=True."
    )
