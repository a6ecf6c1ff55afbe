# SPDX-License-Identifier: Apache-2.0
"""Few cases in which every two values of different factors meet."""

import random
from itertools import combinations


def pairwise_cover(factors, forbidden=(), seed=0):
    """Cases that hold every allowed pair of values.

    Args:
        factors: Dict of name -> values.
        forbidden: Pairs of values that do not go together.
        seed: Of the draws.

    Returns:
        List of dicts, name -> value. Each is the best of several draws around
        a pair that no case before it holds.
    """
    generator = random.Random(seed)
    forbidden = {frozenset(pair) for pair in forbidden}
    every = [
        (name, value) for name, values in factors.items() for value in values
    ]
    missing = {
        frozenset(pair)
        for pair in combinations(every, 2)
        if pair[0][0] != pair[1][0]
        and frozenset((pair[0][1], pair[1][1])) not in forbidden
    }
    cases = []
    while missing:
        pair = dict(min(missing, key=sorted))
        drawn = [draw(factors, pair, forbidden, generator) for _ in range(30)]
        best = max(drawn, key=lambda case: len(pairs_of(case) & missing))
        cases.append(best)
        missing -= pairs_of(best)
    return cases


def draw(factors, pair, forbidden, generator):
    """A case around a pair in which nothing forbidden meets."""
    while True:
        case = {
            name: pair.get(name, generator.choice(values))
            for name, values in factors.items()
        }
        met = {frozenset(two) for two in combinations(case.values(), 2)}
        if not met & forbidden:
            return case


def pairs_of(case):
    """All pairs of a case, as of name and value."""
    return {frozenset(two) for two in combinations(case.items(), 2)}
