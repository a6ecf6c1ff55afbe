# SPDX-License-Identifier: Apache-2.0
"""Seconds, fairly: contenders take turns, and what is told has a spread."""

import multiprocessing
import random
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Times:
    """Seconds of all turns of one program."""

    seconds: tuple[float, ...]

    @property
    def median(self):
        return float(np.median(self.seconds))

    @property
    def quartiles(self):
        """A quarter of the turns was faster, a quarter slower."""
        return tuple(map(float, np.quantile(self.seconds, (0.25, 0.75))))

    @property
    def spread(self):
        """Interquartile range, divided by the median."""
        low, high = self.quartiles
        return (high - low) / self.median


def seconds(function):
    """How long one call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def timed(function):
    """Makes of a function one that returns how long it took.

    It is called twice, and the second call counts: in training, too, a step
    follows upon a step of the same layer, its program and weights at hand.
    """

    def turn():
        function()
        return seconds(function)

    return turn


def take_turns(programs, runs):
    """Runs all programs in turns, so that a slow moment meets them all.

    The order is drawn anew for each round, so that nobody always runs after
    the same neighbour. A round before the first one compiles.

    Args:
        programs: Dict, key -> function that returns its seconds.
        runs: Number of rounds.

    Returns:
        Dict, key -> `Times`.
    """
    order = list(programs)
    shuffle = random.Random(0).shuffle
    for program in programs.values():
        program()
    found = {key: [] for key in programs}
    for _ in range(runs):
        shuffle(order)
        for key in order:
            found[key].append(programs[key]())
    return {key: Times(tuple(v)) for key, v in found.items()}


def in_fresh_process(function, *arguments):
    """What `function` returns in a Python that has done nothing before."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        return pool.submit(function, *arguments).result()
