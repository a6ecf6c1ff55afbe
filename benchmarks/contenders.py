# SPDX-License-Identifier: Apache-2.0
"""Who is compared: our layers, Keras's nearest, PyTorch's, bare products.

Keras's nearest to a layer of ours is the layer of the same name, or else
`keras.layers.RNN` around our own cell.
"""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import keras

from benchmarks import programs
from benchmarks.measure import timed
from keras_rnn.engine import RecurrentLayer
from keras_rnn.layers import LAYERS

OURS, KERAS, TORCH = "keras_rnn", "Keras", "PyTorch"
PRODUCTS = "matrix products"
#: Who all are divided by.
BASE = "keras.layers.LSTM"


@dataclass(frozen=True)
class Contender:
    """Who takes part.

    Attributes:
        name: As tables show it, `"keras_rnn.PeepholeLSTM full"`.
        kind: What it computes, `"PeepholeLSTM full"`.
        maker: Who computes it, one colour of the picture.
        programs: Function `size -> dict`, `STEP` and `FORWARD` -> function
            that returns the seconds it took.
    """

    name: str
    kind: str
    maker: str
    programs: Callable


@dataclass(frozen=True)
class LayerContender(Contender):
    """A Keras layer; `new(units, **arguments)` makes one."""

    new: Callable


def layers():
    """Every row of LAYERS in every variant, and Keras's nearest to it."""
    found = []
    for row in LAYERS.values():
        for variant, arguments in {"": {}, **row.variants}.items():
            kind = f"{row.layer.__name__} {variant}".strip()
            if not issubclass(row.layer, RecurrentLayer):
                found.append(_layer(KERAS, kind, row.layer, arguments))
                continue
            found.append(_layer(OURS, kind, row.layer, arguments))
            if not hasattr(keras.layers, kind):
                found.append(_around_cell(kind, row.layer, arguments))
    return sorted(found, key=lambda contender: contender.maker != KERAS)


def _layer(maker, kind, layer, arguments):
    package = "keras.layers" if maker == KERAS else "keras_rnn"
    new = partial(layer, **arguments)
    return _contender(f"{package}.{kind}", kind, maker, new)


def _around_cell(kind, layer, arguments):
    cell_class = layer.cell_class

    def new(units, **options):
        return keras.layers.RNN(cell_class(units, **arguments), **options)

    variant = kind.removeprefix(layer.__name__)
    name = f"keras.layers.RNN({cell_class.__name__}){variant}"
    return _contender(name, kind, KERAS, new)


def _contender(name, kind, maker, new):
    def build(size):
        return programs.of_layer(new(size.units), size)

    return LayerContender(name, kind, maker, _timed(build), new)


def _timed(build):
    return lambda size: {k: timed(v) for k, v in build(size).items()}


def others():
    """PyTorch's layers, where PyTorch is, and the products of an LSTM."""
    alone = _timed(programs.of_products)
    found = [Contender("matrix products alone", "LSTM", PRODUCTS, alone)]
    if importlib.util.find_spec("torch"):
        kinds = {"RNN": "SimpleRNN", "LSTM": "LSTM", "GRU": "GRU"}
        for name, kind in kinds.items():
            build = partial(programs.of_torch, name)
            found.append(
                Contender(f"torch.nn.{name}", kind, TORCH, _timed(build))
            )
    return found
