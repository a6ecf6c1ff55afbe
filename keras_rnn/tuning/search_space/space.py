# SPDX-License-Identifier: Apache-2.0
"""Space: the entries of one search, and how a trial chooses from them."""

import contextlib
from dataclasses import dataclass, field
from typing import Any

import keras_tuner

from keras_rnn import _validation as validate
from keras_rnn.layers import LAYERS
from keras_rnn.layers import get as get_layer
from keras_rnn.tuning.problems.base import Settings, Task
from keras_rnn.tuning.search_space.given import as_texts, plain
from keras_rnn.tuning.search_space.ranges import (
    Range,
    all_of,
    as_list,
    ends,
)
from keras_rnn.tuning.search_space.table import OFF, SPACE


@dataclass(frozen=True)
class Space:
    """The space of one search: each entry is one value, a list, or a Range.

    Args:
        entries: Name -> value, list or Range; every name of SPACE that
            exists for the task.
        objects: The objects among the values, which KerasTuner and the records
            know by a text: (name of an entry, text) -> object.
    """

    entries: dict[str, Any]
    objects: dict[tuple[str, str], Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls, task: Task, changes: dict[str, Any], tune: bool = True
    ) -> "Space":
        """The entries of the table that exist for a task, with changes.

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
        added = task.entries()
        known = [
            name
            for name, entry in SPACE.items()
            if not entry.forecast or name in added
        ]
        _check_names(task, changes, known)
        entries: dict[str, Any] = {}
        for name in known:
            entries[name] = added.get(name, SPACE[name].default)
            if name in changes:
                off = OFF.get(name, entries[name])
                entries[name] = plain(name, changes[name], off)
            elif tune:
                entries[name] = _usual(task, name, entries[name])
        for number in ends(entries["layers"]):
            validate.positive_int("layers", number)
        objects: dict[tuple[str, str], Any] = {}
        for name in (*added, "residual"):
            entries[name] = as_texts(name, entries[name], objects)
        for key in as_list(entries["cell"]):
            get_layer(key)
        space = cls(entries, objects)
        for name in changes:
            space._check_some_trial_reads(name)
        return space

    def meant(self, choices: Settings) -> Settings:
        """Choices with objects in the place of the texts that stand for them.

        Args:
            choices: Name of an entry -> value.
        """
        return {
            name: self.objects.get((name, str(value)), value)
            for name, value in choices.items()
        }

    def ends(self, name: str) -> list[Any]:
        """The values of an entry; of a Range, its two ends."""
        values = ends(self.entries[name])
        return [self.meant({name: value})[name] for value in values]

    def _check_some_trial_reads(self, name: str) -> None:
        """Raises a ValueError for values that no trial would ever read."""
        entry, values = SPACE[name], ends(self.entries[name])
        if values == [entry.default]:
            return
        most = max(ends(self.entries["layers"]))
        if most < entry.min_layers:
            raise ValueError(
                f"`{name}` needs {entry.min_layers} layers. Received: "
                f"{name}={self.entries[name]!r}, layers={most}. "
                f"Pass layers={entry.min_layers}, or leave `{name}` out."
            )
        if self._parents(name, min_layers=1).get("cell") == []:
            raise ValueError(
                f"`{name}` needs a cell with a recurrent kernel. Received: "
                f"{name}={self.entries[name]!r}, "
                f"cell={self.entries['cell']!r}. Leave `{name}` out."
            )

    @property
    def tuned(self) -> list[str]:
        """Names of the entries that are not fixed."""
        return [n for n, v in self.entries.items() if _is_open(v)]

    def holds(self, choices: Settings) -> bool:
        """Whether the choices of an earlier trial could be made here.

        Args:
            choices: What `declare` returned for that trial.
        """
        if choices.keys() != self.entries.keys():
            return False
        layers = choices["layers"]
        widths = choices["units"] or []
        chosen = [(n, v) for n, v in choices.items() if n != "units"]
        for name, value in (*chosen, *(("units", width) for width in widths)):
            parents = self._parents(name, SPACE[name].min_layers)
            exists = all(choices[n] in v for n, v in parents.items())
            values = self.entries[name] if exists else SPACE[name].default
            if not (value in values if _is_open(values) else value == values):
                return False
        return not widths or len(widths) == layers

    def declare(
        self, hp: keras_tuner.HyperParameters, matched: bool = False
    ) -> Settings:
        """Declares the space to a trial, and reads what the trial chose.

        Args:
            hp: keras_tuner.HyperParameters of the trial.
            matched: Whether the units follow from a number of weights, so
                that they are no part of the space.

        Returns:
            Name -> value. An entry that does not exist in this trial has its
            default. "units" is a list with one width per layer, or None if
            `matched`.
        """
        choices: Settings = {}
        for name in self.entries:
            if name != "units":
                value = self._ask(hp, name, name, SPACE[name].min_layers)
                choices[name] = SPACE[name].default if value is None else value
        choices["units"] = None if matched else self._units(hp, choices)
        return choices

    def _units(
        self, hp: keras_tuner.HyperParameters, choices: Settings
    ) -> list[int]:
        """The width of each layer."""
        most = max(ends(self.entries["layers"]))
        widths = [
            self._ask(hp, "units", f"units_{k}", min_layers=k)
            for k in range(1, most + 1)
        ]
        count = choices["layers"]
        # Layers of equal width need no projection beside a connection.
        equal = self.meant(choices)["residual"]
        return widths[:1] * count if equal else widths[:count]

    def _ask(
        self,
        hp: keras_tuner.HyperParameters,
        entry: str,
        name: str,
        min_layers: int,
    ) -> Any:
        """The value of an entry; None where it does not exist.

        Args:
            hp: keras_tuner.HyperParameters of the trial.
            entry: Name of the entry.
            name: What KerasTuner calls it: each layer has units of its own.
            min_layers: The value exists where there are so many layers.
        """
        values = self.entries[entry]
        parents = self._parents(entry, min_layers)
        if not all(parents.values()):
            return None
        opened = {n: v for n, v in parents.items() if _is_open(self.entries[n])}
        if not _is_open(values):
            exists = all(hp.get(n) in chosen for n, chosen in opened.items())
            return values if exists else None
        with contextlib.ExitStack() as scopes:
            for parent, chosen in opened.items():
                scopes.enter_context(hp.conditional_scope(parent, chosen))
            return _register(hp, name, values, SPACE[entry].default)

    def _parents(self, entry: str, min_layers: int) -> dict[str, list[Any]]:
        """What other entries have to be for an entry to exist, by their names.

        Args:
            entry: Name of the entry.
            min_layers: It exists where there are so many layers.
        """
        parents: dict[str, list[Any]] = {}
        if min_layers > 1:
            counts = all_of(self.entries["layers"])
            parents["layers"] = [n for n in counts if n >= min_layers]
        if SPACE[entry].recurrent_kernel:
            cells = as_list(self.entries["cell"])
            having = [key for key in cells if LAYERS[key].has_recurrent_kernel]
            if having != cells:
                parents["cell"] = having
        return parents


def _register(
    hp: keras_tuner.HyperParameters, name: str, values: Any, default: Any
) -> Any:
    """Declares a list or a Range to KerasTuner, and returns what it chose."""
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


def _is_open(values: Any) -> bool:
    """Whether there is something to choose."""
    return isinstance(values, (list, Range))


def _check_names(task: Task, changes: dict[str, Any], known: list[str]) -> None:
    """Raises a ValueError for a name that is no open entry of a task."""
    for name in changes:
        validate.one_of("name of an entry", name, tuple(known))
        if name in task.fixed and changes[name] is not None:
            raise ValueError(
                f"`{name}` is decided by the task. Received: "
                f"{name}={changes[name]!r}, task={type(task).__name__}. "
                "Leave it out."
            )


def _usual(task: Task, name: str, default: Any) -> Any:
    """The values of the table, or the default where the task decides."""
    entry = SPACE[name]
    values = list(LAYERS) if name == "cell" else entry.values
    if values is None or name in task.fixed:
        return default
    return values
