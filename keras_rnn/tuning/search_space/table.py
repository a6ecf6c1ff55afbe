# SPDX-License-Identifier: Apache-2.0
"""SPACE, the table of what can be tuned, and how it is declared."""

from dataclasses import dataclass, replace

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn.layers import LAYERS
from keras_rnn.layers import get as get_layer
from keras_rnn.tuning.search_space.ranges import Range, all_of, as_list, ends


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
            if name not in task.fixed or changes[name] is None:
                continue
            raise ValueError(
                f"`{name}` is decided by the task. Received: "
                f"{name}={changes[name]!r}, task={type(task).__name__}. "
                "Leave it out."
            )
        entries = {}
        for name in known:
            entry = SPACE[name]
            default = own.get(name, entry.default)
            values = list(LAYERS) if name == "cell" else entry.values
            tuned = tune and values is not None and name not in task.fixed
            entries[name] = values if tuned else default
            if name in changes:
                off = OFF.get(name, default)
                entries[name] = _plain(name, changes[name], off)
        for number in ends(entries["layers"]):
            validate.positive_int("layers", number)
        space = cls(entries)
        for name in changes:
            space._refuse_what_never_exists(name)
        for key in as_list(entries["cell"]):
            get_layer(key)
        return space

    def _refuse_what_never_exists(self, name):
        """Raises an error for values that no trial would ever read."""
        entry, most = SPACE[name], max(ends(self.entries["layers"]))
        values = ends(self.entries[name])
        if most < entry.min_layers and values != [entry.default]:
            raise ValueError(
                f"`{name}` needs {entry.min_layers} layers. Received: "
                f"{name}={self.entries[name]!r}, layers={most}. "
                f"Pass layers={entry.min_layers}, or leave `{name}` out."
            )

    @property
    def tuned(self):
        """Names of the entries that are not fixed."""
        return [n for n, v in self.entries.items() if _is_open(v)]

    def holds(self, choices):
        """Whether a trial that once was chosen could be chosen here.

        Args:
            choices: What `declare` returned then.
        """
        if choices.keys() != self.entries.keys():
            return False
        layers = choices["layers"]
        widths = choices["units"] or []
        chosen = [(n, v) for n, v in choices.items() if n != "units"]
        for name, value in (*chosen, *(("units", width) for width in widths)):
            exists = layers >= SPACE[name].min_layers
            values = self.entries[name] if exists else SPACE[name].default
            if not (value in values if _is_open(values) else value == values):
                return False
        return not widths or len(widths) == layers

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
        most = max(ends(self.entries["layers"]))
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
        enough = [n for n in all_of(layers) if n >= min_layers]
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


def _is_open(values):
    return isinstance(values, (list, Range))


def _plain(name, values, off):
    """What an entry was changed to, in Python's own types.

    Args:
        name: Of the entry.
        values: One value, several, or a Range.
        off: What None stands for.
    """
    if isinstance(values, Range) and isinstance(SPACE[name].default, float):
        low, high = float(values.low), float(values.high)
        return replace(values, low=low, high=high)
    if not isinstance(values, (list, tuple)):
        return _one(name, values, off)
    if not values:
        raise ValueError(
            f"A list of an entry must hold at least one value. Received: "
            f"{name}={values!r}. Give the values to choose from, or None to "
            "remove it."
        )
    values = [_one(name, value, off) for value in values]
    return values[0] if len(values) == 1 else values


def _one(name, value, off):
    """One value: of a fraction a float, since 0 and 0.0 are one setting."""
    if value is None:
        return off
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(SPACE[name].default, float) and type(value) is int:
        return float(value)
    return value
