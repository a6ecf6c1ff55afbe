# SPDX-License-Identifier: Apache-2.0
"""SPACE, the table of what can be tuned, and how it is declared."""

import math
import numbers
from dataclasses import dataclass

from keras_rnn import _validation as validate
from keras_rnn.layers import LAYERS
from keras_rnn.layers import get as get_layer


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, both included.

    Args:
        low: The smallest number; two ints make a range of ints.
        high: The largest number.
        step: Distance between neighbours, or their ratio in a log range;
            None means any number.
        log: Whether ratios count rather than distances.

    Raises:
        ValueError: If the bounds are no finite numbers in order, or a log
            range reaches 0.

    Example:
        >>> Range(8, 128, step=2, log=True)
        Range(low=8, high=128, step=2, log=True)
    """

    low: float
    high: float
    step: float | None = None
    log: bool = False

    def __post_init__(self):
        bounds = (self.low, self.high)
        if not all(
            isinstance(bound, numbers.Real) and math.isfinite(bound)
            for bound in bounds
        ) or not (self.low < self.high and (self.low > 0 or not self.log)):
            raise ValueError(
                "A range must go from a finite number up to a larger one, "
                f"both above 0 if it is a log range. Received: {self!r}. "
                "Give one value to fix an entry, a list to choose from it."
            )

    @property
    def whole(self):
        """Whether the range is one of ints."""
        return all(
            isinstance(bound, numbers.Integral)
            for bound in (self.low, self.high)
        )


@dataclass(frozen=True)
class Entry:
    """One thing that can be tuned.

    Attributes:
        values: List to choose from, or Range; None: known by the task or by
            LAYERS only.
        default: The value where the entry is not tuned.
        min_layers: The entry exists where there are at least so many layers.
        forecast: Whether it exists for forecasts of frames only.
    """

    values: list | Range | None
    default: object
    min_layers: int = 1
    forecast: bool = False


#: Name -> Entry, in the order in which they are declared: parents first.
SPACE = {
    "cell": Entry(None, "lstm"),
    "layers": Entry(Range(1, 3), 1),
    "residual": Entry([False, True], False, min_layers=2),
    "units": Entry(Range(8, 128, step=2, log=True), 32),
    "bidirectional": Entry([False, True], False),
    "dropout": Entry(Range(0.0, 0.5, step=0.1), 0.0),
    "recurrent_dropout": Entry(Range(0.0, 0.5, step=0.1), 0.0),
    "normalization": Entry(["none", "layer", "batch"], "none"),
    "learning_rate": Entry(Range(1e-4, 1e-2, log=True), 2e-3),
    "clipnorm": Entry([0.1, 1.0, 10.0], 1.0),
    "batch_size": Entry([16, 32, 64, 128], 32),
    "epochs": Entry([10, 20, 50], 20),
    "lookback": Entry(None, None, forecast=True),
    "scaling": Entry(["level", "change"], None, forecast=True),
}
#: What an entry removed with None becomes; the others take their default.
OFF = {"clipnorm": 0.0}


@dataclass(frozen=True)
class Space:
    """The space of one search: each entry one value, a list, or a Range.

    Args:
        entries: Name -> value, list or Range; every name of SPACE that
            exists for the task.
    """

    entries: dict

    @classmethod
    def of(cls, task, changes, tune=True):
        """The table as far as it exists for a task, with changes.

        Args:
            task: Forecast, Arrays or Batches.
            changes: Name -> one value (fixes the entry), a list or a Range
                (narrows it), or None (removes it).
            tune: Whether entries without a change are tuned over the values
                of the table, or fixed at their defaults.

        Returns:
            A Space.

        Raises:
            ValueError: If a name is not in the table, or does not exist for
                the task.
        """
        own = task.entries()
        known = [
            name
            for name, entry in SPACE.items()
            if not entry.forecast or name in own
        ]
        for name in changes:
            validate.one_of("name of an entry", name, tuple(known))
        entries = {}
        for name in known:
            entry = SPACE[name]
            default = own.get(name, entry.default)
            values = list(LAYERS) if name == "cell" else entry.values
            tuned = tune and values is not None and name not in task.fixed
            entries[name] = values if tuned else default
            if name in changes:
                change = changes[name]
                off = OFF.get(name, default)
                entries[name] = off if change is None else change
        for key in _as_list(entries["cell"]):
            get_layer(key)
        return cls({name: _plain(v) for name, v in entries.items()})

    @property
    def tuned(self):
        """Names of the entries that are not fixed."""
        return [n for n, v in self.entries.items() if _is_open(v)]

    def declare(self, hp, matched=False):
        """Declares the space, or reads what a trial says of it.

        Args:
            hp: keras_tuner.HyperParameters.
            matched: Whether the units follow from a number of weights, so
                that they are no part of the space.

        Returns:
            Name -> value; of entries that do not exist in this trial (the
            units of layer 3 of two, say) the default. "units" is a list, one
            width a layer, or None if `matched`.
        """
        choices = {}
        for name in self.entries:
            if name != "units":
                value = self._ask(hp, name, name, SPACE[name].min_layers)
                choices[name] = SPACE[name].default if value is None else value
        choices["units"] = None if matched else self._units(hp, choices)
        return choices

    def _units(self, hp, choices):
        most = max(_values(self.entries["layers"]))
        widths = [
            self._ask(hp, "units", f"units_{k}", min_layers=k)
            for k in range(1, most + 1)
        ]
        count = choices["layers"]
        # A residual connection needs layers of equal width.
        return widths[:1] * count if choices["residual"] else widths[:count]

    def _ask(self, hp, entry, name, min_layers):
        """The value of an entry; None where there are too few layers."""
        values, layers = self.entries[entry], self.entries["layers"]
        enough = [n for n in _values(layers) if n >= min_layers]
        if not enough:
            return None
        if not _is_open(values):
            exists = not _is_open(layers) or hp.get("layers") in enough
            return values if min_layers == 1 or exists else None
        if min_layers == 1 or not _is_open(layers):
            return _register(hp, name, values, SPACE[entry].default)
        with hp.conditional_scope("layers", enough):
            return _register(hp, name, values, SPACE[entry].default)


def _register(hp, name, values, default):
    if isinstance(values, list):
        default = default if default in values else values[0]
        if isinstance(default, bool):  # a Choice would turn it into an int
            return hp.Boolean(name, default=default)
        return hp.Choice(name, values, default=default)
    number = hp.Int if values.whole else hp.Float
    return number(
        name,
        values.low,
        values.high,
        step=values.step,
        sampling="log" if values.log else "linear",
    )


def _values(values):
    """All values of an entry that others depend on."""
    if isinstance(values, Range):
        return list(range(values.low, values.high + 1, values.step or 1))
    return _as_list(values)


def _as_list(value):
    return value if isinstance(value, list) else [value]


def _is_open(values):
    return isinstance(values, (list, Range))


def _plain(values):
    """A list where there are several values; "none" for None in a list."""
    if isinstance(values, (list, tuple)):
        values = ["none" if value is None else value for value in values]
        if not values:
            raise ValueError(
                "A list of an entry must hold at least one value. Received: "
                "[]. Give the values to choose from, or None to remove it."
            )
        return values[0] if len(values) == 1 else values
    return values
