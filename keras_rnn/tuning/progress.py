# SPDX-License-Identifier: Apache-2.0
"""One line per trial: in a terminal while it runs, in a log at its end."""

import sys
import time
from typing import TextIO


class Progress:
    """Says how far a sweep is.

    Args:
        verbose: 0 says nothing, 1 one line per trial.
        evaluations: Number of trainings of one trial.
        trials: Number of trials of the whole sweep; None if nobody knows.
        name: What the score is called.
        stream: Where to write; None for standard output.
    """

    def __init__(
        self,
        verbose: int,
        evaluations: int,
        trials: int | None,
        name: str,
        stream: TextIO | None = None,
    ) -> None:
        self.stream: TextIO = stream or sys.stdout
        self.verbose = verbose
        self.evaluations = evaluations
        self.trials = trials
        self.name = name
        self.durations: list[float] = []
        self.finished: int = 0
        self.width: int = 0

    @property
    def live(self) -> bool:
        """Whether a line can be written over."""
        return self.stream.isatty()

    def during(self, cell: str, done: int, best: float | None) -> None:
        """Says that `done` trainings of a trial are over.

        Args:
            cell: Key of the cell of the trial.
            done: Number of its trainings that are over.
            best: The best score so far; None before the first one.
        """
        if self.live:
            self._show(cell, f"training {done + 1}/{self.evaluations}", best)

    def trained(self, seconds: float) -> None:
        """Takes the duration of a training into account."""
        self.durations.append(seconds)

    def after(
        self, cell: str, outcome: float | str, best: float | None
    ) -> None:
        """Says how a trial ended.

        Args:
            cell: Key of the cell of the trial.
            outcome: Its score, or the reason why it has none.
            best: The best score so far; None if there is none.
        """
        if not isinstance(outcome, str):
            outcome = f"{self.name} {outcome:.4g}"
        self._show(cell, outcome, best, trials_over=1)
        if self.verbose and self.live:
            print(file=self.stream)
        self.finished += 1
        self.width = 0

    def _show(
        self, cell: str, outcome: str, best: float | None, trials_over: int = 0
    ) -> None:
        if not self.verbose:
            return
        total = f"/{self.trials}" if self.trials else ""
        line = f"trial {self.finished + 1}{total}  {cell:18s} {outcome:18s}"
        if best is not None:
            line += f"  best {best:.4g}"
        line += self._time_left(self.finished + trials_over)
        if self.live:
            print("\r" + line.ljust(self.width), end="", file=self.stream)
            self.width = len(line)
        else:
            print(line, file=self.stream)
        self.stream.flush()

    def _time_left(self, finished: int) -> str:
        if not (self.trials and self.durations) or finished >= self.trials:
            return ""
        trainings = (self.trials - finished) * self.evaluations
        mean = sum(self.durations) / len(self.durations)
        left = time.strftime("%H:%M:%S", time.gmtime(trainings * mean))
        return f"  {left} left"
