# SPDX-License-Identifier: Apache-2.0
"""Weights from and to `torch.nn.LSTM`, `torch.nn.GRU` and `torch.nn.RNN`.

PyTorch multiplies a matrix by a column, so its matrices are transposed. It has
two biases, b_ih beside the inputs and b_hh beside the hidden state.

- LSTM: the gates i, f, g, o stand as here. The bias here is b_ih + b_hh. With
  `proj_size` it is a `ProjectedLSTM`, and weight_hr the projection.
- GRU: the gates are r, z, n there and u, r, g here, with u = z and g = n. Both
  biases are rows of the bias with `reset_after=True`, since b_hh of n is
  multiplied by the reset gate.
- RNN: h = tanh(x W + b_ih + h' R + b_hh), a `SimpleRNN`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import keras
import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import Array
from keras_rnn.layers import GRUCell, LSTMCell, ProjectedLSTMCell, SimpleRNNCell
from keras_rnn.migration.cells import assign, cells_of
from keras_rnn.migration.matched import matched

#: A layer, or the layers of a stack from the first to the last.
Layers: TypeAlias = keras.layers.Layer | Sequence[keras.layers.Layer]

# Cell -> the places of PyTorch's gates among ours. Each order is its own
# inverse, so it leads both ways.
_ORDERS = {
    LSTMCell: (0, 1, 2, 3),
    ProjectedLSTMCell: (0, 1, 2, 3),
    GRUCell: (1, 0, 2),
    SimpleRNNCell: (0,),
}


def from_torch(
    layers: Layers, state_dict: Mapping[str, Any], *, prefix: str = ""
) -> None:
    """Sets the weights of layers to those of a recurrent module of PyTorch.

    A state_dict does not tell the `nonlinearity` of an `nn.RNN`: see that it
    is the `activation` of the layer.

    Args:
        layers: A built `LSTM`, `ProjectedLSTM`, `GRU` or `SimpleRNN` of this
            package, or a `keras.layers.Bidirectional` of one; for a module of
            several layers a list of them, from the first to the last.
        state_dict: What `module.state_dict()` returned: name -> tensor of
            PyTorch, or array.
        prefix: What stands before `weight_ih_l0` in the state_dict of a larger
            module, such as `"encoder."`. Names without it are left out.

    Raises:
        TypeError: If a layer is another one, or `state_dict` no dict.
        ValueError: If weights are missing, unknown or of another shape, the
            number of layers differs, or an argument of a layer changes the
            equations. No weight is set then.

    Example:
        >>> import keras_rnn
        >>> layer = keras_rnn.SimpleRNN(2)
        >>> layer.build((None, None, 3))
        >>> names = "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"
        >>> shapes = (2, 3), (2, 2), (2,), (2,)
        >>> from_torch(
        ...     layer, {k: np.ones(v) for k, v in zip(names, shapes)}
        ... )
        >>> print(layer.get_weights()[-1])
        [2. 2.]
    """
    validate.instance(
        "state_dict", state_dict, Mapping, "Use module.state_dict()."
    )
    given = {
        name.removeprefix(prefix): value
        for name, value in state_dict.items()
        if name.startswith(prefix)
    }
    stack = _stack(layers)
    _check_fits(stack, given, prefix)
    arrays = matched("state_dict", given, to_torch(layers))
    assign(
        [cell for _, cell in _with_endings(stack)],
        [
            weight
            for ending, cell in _with_endings(stack)
            for weight in _ours(arrays, ending, cell)
        ],
    )


def to_torch(layers: Layers) -> dict[str, Array]:
    """The weights of layers, as a recurrent module of PyTorch has them.

    The bias of an `LSTM` or a `SimpleRNN` becomes `bias_ih`, and `bias_hh` is
    zero.

    Args:
        layers: A built `LSTM`, `ProjectedLSTM`, `GRU` or `SimpleRNN` of this
            package, or a `keras.layers.Bidirectional` of one; or a list of
            equally wide ones, from the first to the last.

    Returns:
        Dict, name -> array, in the order of `module.state_dict()`.

    Raises:
        TypeError: If a layer is another one.
        ValueError: If the layers differ in what a module of PyTorch has in
            common, or an argument changes the equations.

    Example:
        >>> import keras_rnn
        >>> layer = keras_rnn.LSTM(2)
        >>> layer.build((None, None, 3))
        >>> {name: v.shape for name, v in to_torch(layer).items()}
        {'weight_ih_l0': (8, 3), 'weight_hh_l0': (8, 2),
         'bias_ih_l0': (8,), 'bias_hh_l0': (8,)}
    """
    return {
        name: array
        for ending, cell in _with_endings(_stack(layers))
        for name, array in _theirs(ending, cell).items()
    }


def _stack(layers: Layers) -> list[list[Any]]:
    """The cells of each layer, in one direction or two, once checked."""
    several = isinstance(layers, (list, tuple))
    stack = [
        cells_of("layers", layer, _ORDERS)
        for layer in (layers if several else [layers])
    ]
    if not stack:
        raise ValueError(
            "`layers` must hold at least one layer. Received: layers=[]. "
            "Pass the layers of the stack, from the first to the last."
        )
    cells = [cell for directions in stack for cell in directions]
    for cell in cells:
        _check_equations(cell)
    kinds = {
        (
            type(cell).__name__,
            cell.units,
            cell.output_size,
            cell.use_bias,
            len(directions),
        )
        for directions in stack
        for cell in directions
    }
    if len(kinds) > 1:
        raise ValueError(
            "`layers` must agree in their cell, units, widths, use_bias and "
            "directions, as the layers of one module of PyTorch do. Received: "
            f"{sorted(kinds)}. Move layers that differ one by one."
        )
    return stack


def _check_equations(cell):
    tanh, sigmoid = keras.activations.tanh, keras.activations.sigmoid
    expected: dict[str, tuple[Any, ...]] = {
        "activation": (tanh,),
        "recurrent_activation": (sigmoid,),
        "reset_after": (True,),
    }
    if isinstance(cell, SimpleRNNCell):
        expected["activation"] = (tanh, keras.activations.relu)
    for name, values in expected.items():
        value = getattr(cell, name, values[0])
        if value not in values:
            allowed = " or ".join(
                str(getattr(one, "__name__", one)) for one in values
            )
            raise ValueError(
                f"`{name}` must be {allowed}, as in PyTorch. "
                f"{validate.received(name, value)} Make the layer with it."
            )


def _check_fits(stack, given, prefix):
    """Raises the errors of state_dicts that are of another kind of module."""
    found = {
        int(number)
        for name in given
        for number in re.findall(r"^weight_ih_l(\d+)", name)
    }
    if not found:
        raise ValueError(
            "`state_dict` must hold weight_ih_l0, as that of an nn.LSTM, "
            f"nn.GRU or nn.RNN does. Received: prefix={prefix!r}, and "
            f"{', '.join(map(str, given)) or 'no name that begins with it'}. "
            "Pass what stands before weight_ih_l0 as `prefix`."
        )
    projects = any(name.startswith("weight_hr_l") for name in given)
    if projects != (type(stack[0][0]) is ProjectedLSTMCell):
        wanted = "must" if projects else "must not"
        raise ValueError(
            f"`layers` {wanted} be of ProjectedLSTM, as the module has "
            f"{'a' if projects else 'no'} projection, weight_hr_l0. Received: "
            f"{type(stack[0][0]).__name__}. Build the layers that way."
        )
    if len(found) != len(stack):
        raise ValueError(
            f"`layers` must be {len(found)}, as many as the module has. "
            f"Received: {len(stack)}. Pass a list of all layers of the stack."
        )
    both_ways = any(name.endswith("_reverse") for name in given)
    if both_ways != (len(stack[0]) == 2):
        wanted = "a" if both_ways else "no"
        raise ValueError(
            f"`layers` must have {wanted} keras.layers.Bidirectional around "
            f"them, as the module has bidirectional={both_ways}. Received: "
            f"{len(stack[0])} direction(s). Build the layers that way."
        )


def _with_endings(stack):
    """Pairs of the end of PyTorch's names and a cell, in PyTorch's order."""
    return [
        (f"l{k}{direction}", cell)
        for k, directions in enumerate(stack)
        for direction, cell in zip(("", "_reverse"), directions, strict=False)
    ]


def _names(ending, cell):
    kinds = ["weight_ih", "weight_hh", *["bias_ih", "bias_hh"] * cell.use_bias]
    if isinstance(cell, ProjectedLSTMCell):
        kinds.append("weight_hr")
    return [f"{kind}_{ending}" for kind in kinds]


def _theirs(ending, cell):
    """The weights of a cell by PyTorch's names."""
    weights = cell.get_weights()
    projection = []
    if isinstance(cell, ProjectedLSTMCell):
        *weights, P = weights
        projection = [P.T]
    kernel, recurrent_kernel, *bias = (
        _reordered(weight, cell) for weight in weights
    )
    biases = [
        row
        for one in bias
        for row in (one if one.ndim == 2 else (one, np.zeros_like(one)))
    ]
    arrays = [kernel.T, recurrent_kernel.T, *biases, *projection]
    return dict(zip(_names(ending, cell), arrays, strict=True))


def _ours(arrays, ending, cell):
    """The weights of a cell, in the order of its `get_weights`."""
    of_x, of_h, *biases = (arrays[name] for name in _names(ending, cell))
    projection = []
    if isinstance(cell, ProjectedLSTMCell):
        *biases, P = biases
        projection = [P.T]
    weights = [of_x.T, of_h.T]
    if biases:
        both = np.stack(biases)
        two = isinstance(cell, GRUCell)
        weights.append(both if two else both.sum(axis=0))
    return [*(_reordered(weight, cell) for weight in weights), *projection]


def _reordered(weight, cell):
    """The gates, along the last axis, from one order to the other."""
    order = _ORDERS[type(cell)]
    gates = np.split(weight, len(order), axis=-1)
    return np.concatenate([gates[k] for k in order], axis=-1)
