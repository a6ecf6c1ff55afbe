# SPDX-License-Identifier: Apache-2.0
"""Every row of LAYERS in every variant, and the samples all of them get.

The tests are parametrized over these lists, so a new row is tested without a
line written for it; only its oracle is missing, and a test says so.

Equations and gradients are checked of every variant. The rest of the contract
is that of the engine: by default it is checked of one variant of each kind of
cell, and with `-m slow` of all others.
"""

from dataclasses import dataclass

import numpy as np
import pytest

from keras_rnn.engine import RecurrentLayer
from keras_rnn.layers import LAYERS
from tests.backend import WIDEST
from tests.tiers import mostly_slow

# All different, so that no two axes can be mistaken for each other.
BATCH, TIME, FEATURES, UNITS, OUTPUT_UNITS = 5, 7, 3, 4, 2

#: Relative and absolute tolerance: rounding of some dozen operations on
#: numbers around 1, summed over batch and time.
FLOAT32 = {"rtol": 1e-4, "atol": 2e-5}
FLOAT64 = {"rtol": 1e-9, "atol": 1e-11}
FINEST = FLOAT64 if WIDEST == "float64" else FLOAT32

# Arguments too ordinary for a name in LAYERS, but with equations of their own.
_READ_OUT = {"output_units": OUTPUT_UNITS, "output_activation": "tanh"}
_ZONEOUT = {"zoneout": {"zoneout": 0.1}}
FURTHER_VARIANTS = {
    "elman": {"read_out": _READ_OUT},
    "jordan": {
        "read_out": _READ_OUT,
        "softmax": {"output_units": 3, "output_activation": "softmax"},
    },
    "lstm": _ZONEOUT,
    "projected_lstm": {"narrow": {"projection_units": OUTPUT_UNITS}},
    "gru": _ZONEOUT,
    "peephole_lstm": {"zoneout": {"zoneout": {"h": 0.1, "c": 0.1}}},
}


@dataclass(frozen=True)
class Variant:
    """A row of LAYERS with the arguments of one of its variants."""

    key: str
    name: str
    arguments: dict

    def __str__(self):
        return f"{self.key}-{self.name}" if self.name else self.key

    @property
    def layer_class(self):
        return LAYERS[self.key].layer

    @property
    def kind(self):
        """What its cell is built on: a class of engine.cells, or Keras."""
        if not issubclass(self.layer_class, RecurrentLayer):
            return "Keras's own"
        cell_class = self.layer_class.cell_class
        base = next(
            base.__name__
            for base in cell_class.__mro__
            if base.__module__.startswith("keras_rnn.engine.cells")
        )
        own = {"over_time", "transform_inputs"} & vars(cell_class).keys()
        return ", ".join([base, *sorted(own)])

    def layer(self, units=UNITS, **arguments):
        return self.layer_class(units, **{**self.arguments, **arguments})

    def cell(self, units=UNITS, **arguments):
        cell_class = self.layer_class.cell_class
        return cell_class(units, **{**self.arguments, **arguments})

    def dropping(self, rate):
        """The argument for recurrent dropout; none if there is no R."""
        return {"recurrent_dropout": rate} if self.cell().z_of_h else {}

    def random_layer(self, **arguments):
        """A built layer with weights that leave no gate at rest."""
        layer = self.layer(**arguments)
        layer.build((BATCH, TIME, FEATURES))
        return randomized(layer)


def _variants():
    for key, row in LAYERS.items():
        named = {**row.variants, **FURTHER_VARIANTS.get(key, {})}
        for name, arguments in {"": {}, **named}.items():
            yield Variant(key, name, arguments)


VARIANTS = list(_variants())
OWN_VARIANTS = [
    variant
    for variant in VARIANTS
    if issubclass(variant.layer_class, RecurrentLayer)
]
OWN_KEYS = sorted({variant.key for variant in OWN_VARIANTS})


def _of_each_kind(variants):
    """All of them; the last of each kind runs by default, the others slow.

    So do the two that most people use.
    """
    last = {variant.kind: str(variant) for variant in variants}
    return mostly_slow(variants, default={*last.values(), "lstm", "gru"})


OF_EACH_KIND = _of_each_kind(VARIANTS)
OF_EACH_OWN_KIND = _of_each_kind(OWN_VARIANTS)

every_variant = pytest.mark.parametrize("variant", VARIANTS, ids=str)
every_own_variant = pytest.mark.parametrize("variant", OWN_VARIANTS, ids=str)

each_kind = pytest.mark.parametrize("variant", OF_EACH_KIND)
each_own_kind = pytest.mark.parametrize("variant", OF_EACH_OWN_KIND)


#: What is built of layers sees whose they are and how many states they have:
#: Keras's own with two, one of this package with one.
OF_FEW_KEYS = mostly_slow(list(LAYERS), default=["keras_lstm", "elman"])
few_keys = pytest.mark.parametrize("key", OF_FEW_KEYS)


def of_own_variants(*names, default=None):
    """Parametrizes over some of them; a name that is none is an error.

    Args:
        *names: Those of the variants.
        default: The one that runs by default; None: all of them.
    """
    by_name = {str(variant): variant for variant in OWN_VARIANTS}
    chosen = {name: by_name[name] for name in names}
    quick = names if default is None else [default]
    return pytest.mark.parametrize(
        "variant", mostly_slow(chosen, default=quick)
    )


every_own_key = pytest.mark.parametrize("key", OWN_KEYS)


def random(*shape, seed=1):
    """Normal numbers, the same in every test."""
    return np.random.default_rng(seed).normal(size=shape)


def random_sequences(batch=BATCH, time=TIME, seed=1):
    return random(batch, time, FEATURES, seed=seed).astype("float32")


def random_states(layer, batch=BATCH):
    """Random states; the normaliser n of exponential gates is above 0."""
    states = [
        random(batch, width, seed=10 + k).astype("float32")
        for k, width in enumerate(layer.state_size)
    ]
    if "n" in getattr(layer.cell, "states", ()):
        k = layer.cell.states.index("n")
        states[k] = np.abs(states[k]) + 1
    return states


def randomized(layer, seed=0):
    """Gives a layer random weights, half as large as its inputs."""
    generator = np.random.default_rng(seed)
    for weight in layer.trainable_weights:
        weight.assign(0.5 * generator.normal(size=weight.shape))
    return layer


def _masks():
    steps = np.arange(TIME)
    lengths = np.array([TIME, 5, 3, 1, 2])[:, None]
    right = steps < lengths
    holes = np.array(
        [
            [1, 1, 1, 1, 1, 1, 1],
            [1, 0, 1, 0, 0, 1, 1],
            [0, 1, 1, 0, 1, 0, 0],
            [0, 0, 0, 1, 0, 0, 1],
            [1, 0, 0, 0, 0, 0, 0],
        ],
        dtype=bool,
    )
    row_masked = right.copy()
    row_masked[[0, 3]] = False
    return {
        "right": right,
        "left": right[:, ::-1],
        "holes": holes,
        "whole rows": row_masked,
        "all rows": np.zeros((BATCH, TIME), dtype=bool),
    }


MASKS = _masks()
every_mask = pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS.keys())


def assert_close(actual, expected, tolerance=FLOAT32):
    """Compares dicts of arrays, naming the entry that differs."""
    assert actual.keys() == expected.keys()
    for name, value in actual.items():
        np.testing.assert_allclose(
            value, expected[name], err_msg=name, **tolerance
        )
