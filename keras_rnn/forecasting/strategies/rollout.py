# SPDX-License-Identifier: Apache-2.0
"""Rollout of a network of one step: each forecast is its next input row."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

import keras
import numpy as np

from keras_rnn._types import Array, Tensor
from keras_rnn.data import Part
from keras_rnn.data.representations import FittedRepresentation
from keras_rnn.models import (
    for_inference,
    get_states,
    predict_steps,
    reset_states,
    set_states,
)

#: How many sequences are followed side by side: paths times windows.
ROWS = 8192

#: What a model of one step takes: its inputs by name, or its only input.
Inputs: TypeAlias = dict[str, Array] | Array


def roll_out(
    network: keras.Model,
    part: Part,
    choose: Callable[[Tensor, range], Array],
    num_paths: int = 1,
) -> Iterator[tuple[slice, Array]]:
    """Forecasts step after step, all windows of a part side by side.

    The lookback is read once. From then on the network keeps its state and
    reads one row a step: the channels of the level just forecast, and the
    future covariates of that row.

        value   = choose(network(row, state))
        level   = invert(value, levels before)
        row     = channels(levels before, level), future covariates

    Args:
        network: A network for windows of horizon 1.
        part: The windows to forecast, with their whole horizon.
        choose: Function that takes the network's output, shape (windows,
            paths, 1, targets ...), and the positions of the windows in the
            part. It returns values in the network's units, shape (windows,
            paths, 1, targets).
        num_paths: How many paths each window is followed on.

    Yields:
        A slice of the windows, and their levels in the data's units, float64,
        shape (windows, num_paths, horizon, targets).
    """
    size = min(len(part), max(1, ROWS // num_paths))
    reader = for_inference(network, size)
    walker = (
        reader if num_paths == 1 else for_inference(network, size * num_paths)
    )
    for start in range(0, len(part), size):
        # The networks take a fixed number of windows, so the last ones are
        # followed together with some that were followed before.
        first = min(start, len(part) - size)
        chosen = range(first, first + size)
        walk = Walk(part, chosen, num_paths)
        levels = walk.levels(reader, walker, lambda y, c=chosen: choose(y, c))
        levels = levels.reshape(size, num_paths, *levels.shape[1:])
        yield slice(start, first + size), levels[start - first :]


class Walk:
    """Some windows of a part, each followed on several paths from its cutoff.

    Args:
        part: The part.
        chosen: Positions of the windows in it.
        num_paths: How many paths there are per window. In arrays the paths of
            a window stand one after the other.
    """

    def __init__(self, part: Part, chosen: range, num_paths: int) -> None:
        series = part.series
        cutoffs = part.cutoffs[chosen.start : chosen.stop]
        self.num_paths = num_paths
        self.horizon: int = series.windows.horizon
        entries = np.repeat(series.entries(cutoffs), num_paths)
        self.fitted: FittedRepresentation = series.representation.of(entries)
        one_step = replace(series.windows, horizon=1)
        steps = self.fitted.basis_steps(one_step)
        self.basis_steps: Array = np.array(steps, dtype=np.int64)
        rows = cutoffs[:, np.newaxis] + np.arange(1 - self.fitted.reach, 1)
        self.known: Array = np.repeat(
            series.references[rows], num_paths, axis=0
        )
        self.inputs: dict[str, Array] = part.inputs(
            slice(chosen.start, chosen.stop)
        )

    def levels(
        self,
        reader: keras.Model,
        walker: keras.Model,
        choose: Callable[[Tensor], Array],
    ) -> Array:
        """Follows all paths.

        Args:
            reader: The network, which reads the lookback once per window.
            walker: The network, which goes on from there once per path; the
                same object if there is one path.
            choose: The argument of `roll_out`, for these windows.

        Returns:
            Levels, shape (windows × paths, horizon, targets).
        """
        reset_states(reader)
        output = self.repeated(predict_steps(reader, self.first_inputs()))
        if walker is not reader:
            states = keras.tree.map_structure(self.repeated, get_states(reader))
            set_states(walker, states)
        levels = []
        for step in range(self.horizon):
            if step:
                output = predict_steps(walker, self.next_inputs(step))
            levels.append(self.forecast(choose(self.by_window(output))))
        return np.concatenate(levels, axis=1)

    def forecast(self, values: Array) -> Array:
        """The levels of one step, which count as known from then on.

        Args:
            values: What was chosen in the network's units, shape (windows,
                paths, 1, targets).
        """
        values = np.asarray(values, dtype=np.float64)
        values = values.reshape(len(self.known), *values.shape[2:])
        basis = self.known[:, self.basis_steps - 1]  # step 0 is the last row
        level = self.fitted.invert(values, basis)
        known = np.concatenate([self.known, level], axis=1)
        self.known = known[:, -(self.fitted.reach + 1) :]
        return level

    def first_inputs(self) -> Inputs:
        """The lookback, and the covariates that are known of the first step."""
        inputs = dict(self.inputs)
        if "future" in inputs:
            inputs["future"] = inputs["future"][:, :1]
        return only_value(inputs)

    def next_inputs(self, step: int) -> Inputs:
        """The row of the step before, and the covariates known of this one."""
        row = list(self.fitted.channels(self.known))
        inputs = {
            name: self.repeated(x)
            for name, x in self.inputs.items()
            if name != "past"
        }
        if "future" in inputs:
            row.append(inputs["future"][:, step - 1 : step])
            inputs["future"] = inputs["future"][:, step : step + 1]
        past = np.concatenate(row, axis=-1).astype(np.float32)
        return only_value({"past": past, **inputs})

    def repeated(self, x: Tensor) -> Array:
        """An entry per path, made of one per window."""
        return np.repeat(x, self.num_paths, axis=0)

    def by_window(self, output: Tensor) -> Tensor:
        """Splits the axis of paths into one of windows and one of paths."""
        return output.reshape(-1, self.num_paths, *output.shape[1:])


def only_value(inputs: dict[str, Array]) -> Inputs:
    """The inputs as a model takes them: the only one without its name."""
    return inputs if len(inputs) > 1 else inputs["past"]
