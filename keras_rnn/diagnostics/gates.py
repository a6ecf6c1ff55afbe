# SPDX-License-Identifier: Apache-2.0
"""gates: every gate and state of a model, and which gates are saturated."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pandas as pd
from keras import ops

from keras_rnn._types import Array
from keras_rnn.diagnostics.recorded import Recorded, recorded
from keras_rnn.engine import gate_functions, gate_values
from keras_rnn.layers import our_cell

#: Bounded activation -> the ends of its range.
RANGES = {
    keras.activations.sigmoid: (0.0, 1.0),
    keras.activations.hard_sigmoid: (0.0, 1.0),
    keras.activations.softmax: (0.0, 1.0),
    keras.activations.tanh: (-1.0, 1.0),
    keras.activations.hard_tanh: (-1.0, 1.0),
    keras.activations.softsign: (-1.0, 1.0),
    keras.activations.relu6: (0.0, 6.0),
}
#: Share of the range that is near an end.
NEAR = 0.1


@dataclass(frozen=True, eq=False)
class Gates:
    """What `gates` returns.

    Attributes:
        values: A row per `layer`, `direction`, `name` of a gate or state,
            `sample` and `time`; masked steps have none. A column per unit; a
            narrower layer has NaN in the others.
        saturation: A row per `layer`, `direction`, `name` of a gate and `unit`;
            the columns `low` and `high` are the shares of all steps in which
            the gate is in the lowest or the highest tenth of its range. NaN for
            gates without bounds.
    """

    values: pd.DataFrame
    saturation: pd.DataFrame


def gates(model: keras.Model, x: Any) -> Gates:
    """Every gate and state of a model while it reads.

    A gate is named as in the equations of its layer; the update gate of a GRU
    is u. A gate of an sLSTM, an mLSTM or a MinLSTM that is kept as a logarithm
    is the activation of its pre-activation. Dropout does not act.

    Args:
        model: A functional or sequential model with layers of this package or
            of Keras, also bidirectional.
        x: Arrays, as the model takes them.

    Returns:
        `Gates`.

    Raises:
        TypeError: If the model is no such model.
        ValueError: If it has no recurrent layer.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.diagnostics import gates
        >>> from keras_rnn.models import *
        >>> model = many_to_one(Stack("lstm", 4), Sequences(2), Regression())
        >>> found = gates(model, np.zeros((3, 5, 2)))
        >>> found.values.index.names
        FrozenList(['layer', 'direction', 'name', 'sample', 'time'])
        >>> sorted(set(found.values.index.get_level_values("name")))
        ['c', 'f', 'g', 'h', 'i', 'o']

    Reference:
        Karpathy, A., Johnson, J. & Fei-Fei, L. (2015). Visualizing and
        understanding recurrent networks. arXiv:1506.02078.
    """
    values, saturation = [], []
    for record in recorded(model, x):
        cell = record.known_cell or our_cell(record.layer.cell)
        states = record.states()
        ranges = {
            gate: RANGES.get(function, (np.nan, np.nan))
            for gate, function in gate_functions(cell).items()
        }
        of_gates = _gates(cell, record, states)
        of_states = dict(
            zip(record.state_names, (v[:, 1:] for v in states), strict=True)
        )
        for name, array in {**of_gates, **of_states}.items():
            values.append(_rows(record, name, array))
        for gate, array in of_gates.items():
            saturation.append(_shares(record, gate, array, ranges[gate]))
    return Gates(
        pd.concat(values).sort_index(), pd.concat(saturation).sort_index()
    )


def _gates(cell, record: Recorded, states: list[Array]) -> dict[str, Array]:
    batch, time = record.mask.shape
    flat = gate_values(cell, *record.as_one_batch(cell, states))
    return {
        name: ops.convert_to_numpy(v).reshape(batch, time, -1)
        for name, v in flat.items()
    }


def _rows(record: Recorded, name: str, array: Array) -> pd.DataFrame:
    """The rows of all valid steps."""
    sample, step = np.nonzero(record.mask)
    index = pd.MultiIndex.from_arrays(
        [
            [record.name] * len(sample),
            [record.direction] * len(sample),
            [name] * len(sample),
            sample,
            record.times[step],
        ],
        names=["layer", "direction", "name", "sample", "time"],
    )
    return pd.DataFrame(array[sample, step], index=index)


def _shares(record, gate, array, ends) -> pd.DataFrame:
    valid = array[record.mask]
    low, high = ends
    margin = NEAR * (high - low)
    shares = {
        "low": np.mean(valid < low + margin, axis=0),
        "high": np.mean(valid > high - margin, axis=0),
    }
    if np.isnan(low):
        shares = dict.fromkeys(shares, np.nan)
    index = pd.MultiIndex.from_product(
        [[record.name], [record.direction], [gate], range(array.shape[-1])],
        names=["layer", "direction", "name", "unit"],
    )
    return pd.DataFrame(shares, index=index)
