# SPDX-License-Identifier: Apache-2.0
"""Every row of REPRESENTATIONS, for the tests of what holds for all of them.

A new row is tested without a line written for it. Its targets there are whole
numbers above zero, which all of them take.
"""

from dataclasses import fields, replace

import pytest

from keras_rnn.data import (
    REPRESENTATIONS,
    Log,
    SeasonalChange,
    SquareRoot,
    WindowLevel,
    representation_of,
)
from tests.tiers import mostly_slow

SEASON = 3
EVERY = {key: representation_of(key, season=SEASON) for key in REPRESENTATIONS}
#: Curves that stand on others than they do by themselves.
NESTED = {
    "log of seasonal_change": Log(SeasonalChange(4)),
    "square_root of window_level": SquareRoot(WindowLevel()),
    "square_root of log": SquareRoot(Log()),
}


def _parametrized(chosen):
    return pytest.mark.parametrize(
        "representation",
        mostly_slow(chosen, default=EVERY.keys() & chosen.keys()),
    )


each_representation = _parametrized(EVERY | NESTED)
#: Those that are measured on each series by itself.
each_per_series = _parametrized(
    {name: r for name, r in (EVERY | NESTED).items() if r.per_series}
)


def shared(representation):
    """The same, measured on all series at once."""
    names = {field.name for field in fields(representation)}
    if "inner" in names:
        return replace(representation, inner=shared(representation.inner))
    if "per_series" in names:
        return replace(representation, per_series=False)
    return representation
