# SPDX-License-Identifier: Apache-2.0
"""One line a trial: live in a terminal, once it is over in a log."""

import sys
import time


class Progress:
    """Says how far a sweep is.

    Args:
        verbose: 0 says nothing, 1 one line a trial.
        evaluations: Trainings of one trial.
        trials: Trials of the whole sweep; None where nobody knows.
        name: What the score is called.
        stream: Where to; standard output by default.
    """

    def __init__(self, verbose, evaluations, trials, name, stream=None):
        self.stream = stream or sys.stdout
        self.verbose = verbose
        self.evaluations = evaluations
        self.trials = trials
        self.name = name
        self.durations = []
        self.finished = 0
        self.width = 0

    @property
    def live(self):
        """Whether a line can be written over."""
        return self.stream.isatty()

    def during(self, cell, done, best):
        """Says that `done` trainings of a trial are over."""
        if self.live:
            self._show(cell, f"training {done + 1}/{self.evaluations}", best)

    def trained(self, seconds):
        """Takes the duration of a training into account."""
        self.durations.append(seconds)

    def after(self, cell, outcome, best):
        """Says how a trial ended; `outcome` is a score or a reason."""
        if isinstance(outcome, float):
            outcome = f"{self.name} {outcome:.4g}"
        self._show(cell, outcome, best, trials_over=1)
        if self.verbose and self.live:
            print(file=self.stream)
        self.finished += 1
        self.width = 0

    def _show(self, cell, outcome, best, trials_over=0):
        if not self.verbose:
            return
        of = f"/{self.trials}" if self.trials else ""
        line = f"trial {self.finished + 1}{of}  {cell:18s} {outcome:18s}"
        if best is not None:
            line += f"  best {best:.4g}"
        line += self._time_left(self.finished + trials_over)
        if self.live:
            print("\r" + line.ljust(self.width), end="", file=self.stream)
            self.width = len(line)
        else:
            print(line, file=self.stream)
        self.stream.flush()

    def _time_left(self, finished):
        if not (self.trials and self.durations) or finished >= self.trials:
            return ""
        trainings = (self.trials - finished) * self.evaluations
        mean = sum(self.durations) / len(self.durations)
        left = time.strftime("%H:%M:%S", time.gmtime(trainings * mean))
        return f"  {left} left"
