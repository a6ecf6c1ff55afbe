# SPDX-License-Identifier: Apache-2.0
"""What a sweep has done, on disk, whole at every moment.

One JSON object a line. `event` is "trial" (settings and number of weights),
"started", "result", "interrupted" (of one fold and repeat) or "failed" (of a
trial). A line counts for the trial that it names by `trial`, a hash of its
settings: so a search that is run again finds what it has done already,
whatever number the trial has there.
"""

import hashlib
import json
import os
from dataclasses import dataclass, field

#: A trial that ended its process so often has failed.
MOST_DEATHS = 2


def trial_key(settings):
    """The name of a trial: a hash of what was chosen."""
    text = json.dumps(settings, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def write_whole(path, text):
    """Writes a file so that it is old or new at every moment, never half."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with open(draft, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


@dataclass
class Trial:
    """What is known of one trial."""

    facts: dict = field(default_factory=dict)
    results: dict = field(default_factory=dict)
    unfinished: dict = field(default_factory=dict)
    failure: str | None = None

    def add(self, line):
        """Takes one line into account."""
        event = line["event"]
        place = (line.get("fold"), line.get("repeat"))
        if event == "trial":
            self.facts = line
        elif event == "started":
            self.unfinished[place] = self.unfinished.get(place, 0) + 1
        elif event == "interrupted":
            self.unfinished[place] -= 1
        elif event == "result":
            self.results[place] = line
            self.unfinished.pop(place, None)
        else:
            self.failure = line["reason"]
            self.unfinished.clear()

    @property
    def deaths(self):
        """How often one and the same training ended the process."""
        return max(self.unfinished.values(), default=0)


class Records:
    """The lines of one process, and those of all in the directory.

    Args:
        directory: pathlib.Path that exists.
        writer: Name of this process; each writes a file of its own.
    """

    def __init__(self, directory, writer="tuner0"):
        self.directory = directory
        self.path = directory / f"records-{writer}.jsonl"
        self.lines = _read(self.path)

    def write(self, event, trial, **values):
        """Adds a line.

        Args:
            event: See above.
            trial: Name of the trial.
            **values: What else the line holds.
        """
        self.lines.append({"event": event, "trial": trial, **values})
        text = "".join(json.dumps(line) + "\n" for line in self.lines)
        write_whole(self.path, text)

    def trials(self):
        """What all processes know: name -> Trial, in order of appearance."""
        trials = {}
        for path in sorted(self.directory.glob("records-*.jsonl")):
            lines = self.lines if path == self.path else _read(path)
            for line in lines:
                trials.setdefault(line["trial"], Trial()).add(line)
        return trials

    def trial(self, name):
        """What is known of one trial."""
        return self.trials().get(name, Trial())


def _read(path):
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
