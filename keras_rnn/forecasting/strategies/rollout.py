# SPDX-License-Identifier: Apache-2.0
"""One-step networks, rolled out: each forecast is the next input row."""

from dataclasses import replace

import keras
import numpy as np

from keras_rnn.models import (
    for_inference,
    get_states,
    read,
    reset_states,
    set_states,
)

#: Sequences that are followed side by side, paths times windows.
ROWS = 8192


def roll_out(network, part, choose, num_paths=1):
    """Forecasts step after step, all windows of a part side by side.

    The lookback is read once. From then on the network keeps its state and
    reads one row a step: the channels of the level just forecast, and the
    future covariates of that row.

        value   = choose(network(row, state))
        level   = invert(value, levels before)
        row     = channels(levels before, level), future covariates

    Args:
        network: A network for windows of horizon 1.
        part: Part of the windows to forecast, with their whole horizon.
        choose: Function of the network's output, shape (windows, paths, 1,
            targets ...), and the positions of the windows in the part, that
            returns values in the network's units, (windows, paths, 1,
            targets).
        num_paths: How often each window is followed.

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
        # The networks take a fixed number of windows: the last are followed
        # together with some of those before, once more.
        first = min(start, len(part) - size)
        chosen = range(first, first + size)
        walk = Walk(part, chosen, num_paths)
        levels = walk.levels(reader, walker, lambda y, c=chosen: choose(y, c))
        levels = levels.reshape(size, num_paths, *levels.shape[1:])
        yield slice(start, first + size), levels[start - first :]


class Walk:
    """Some windows, each on several paths from its cutoff on.

    Args:
        part: Part of the windows.
        chosen: Positions of some of its windows.
        num_paths: Paths a window; they stand one after the other.
    """

    def __init__(self, part, chosen, num_paths):
        series = part.series
        cutoffs = part.cutoffs[chosen.start : chosen.stop]
        self.num_paths = num_paths
        self.horizon = series.windows.horizon
        entries = np.repeat(series.entries(cutoffs), num_paths)
        self.fitted = series.representation.of(entries)
        one_step = replace(series.windows, horizon=1)
        steps = self.fitted.basis_steps(one_step)
        self.basis_steps = np.array(steps, dtype=np.int64)
        rows = cutoffs[:, np.newaxis] + np.arange(1 - self.fitted.reach, 1)
        self.known = np.repeat(series.references[rows], num_paths, axis=0)
        self.inputs = part.inputs(slice(chosen.start, chosen.stop))

    def levels(self, reader, walker, choose):
        """The levels of all paths, (windows × paths, horizon, targets)."""
        reset_states(reader)
        output = self.repeated(read(reader, self.first_inputs()))
        if walker is not reader:
            states = keras.tree.map_structure(self.repeated, get_states(reader))
            set_states(walker, states)
        levels = []
        for step in range(self.horizon):
            if step:
                output = read(walker, self.next_inputs(step))
            levels.append(self.forecast(choose(self.by_window(output))))
        return np.concatenate(levels, axis=1)

    def forecast(self, values):
        """The levels of one step, which are known from then on."""
        values = np.asarray(values, dtype=np.float64)
        values = values.reshape(len(self.known), *values.shape[2:])
        basis = self.known[:, self.basis_steps - 1]  # step 0 is the last row
        level = self.fitted.invert(values, basis)
        known = np.concatenate([self.known, level], axis=1)
        self.known = known[:, -(self.fitted.reach + 1) :]
        return level

    def first_inputs(self):
        """The lookback, and what is known of the first step."""
        inputs = dict(self.inputs)
        if "future" in inputs:
            inputs["future"] = inputs["future"][:, :1]
        return only_value(inputs)

    def next_inputs(self, step):
        """The row of the step before, and what is known of this one."""
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

    def repeated(self, x):
        """Each window's entry once a path."""
        return np.repeat(x, self.num_paths, axis=0)

    def by_window(self, output):
        """With an axis of windows and one of paths."""
        return output.reshape(-1, self.num_paths, *output.shape[1:])


def only_value(inputs):
    """A model with one input takes no dict."""
    return inputs if len(inputs) > 1 else inputs["past"]
