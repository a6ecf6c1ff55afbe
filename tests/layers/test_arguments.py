# SPDX-License-Identifier: Apache-2.0
"""What the constructors show, do, and refuse."""

import inspect

import keras
import numpy as np
import pytest

from keras_rnn.engine import RecurrentCell
from keras_rnn.layers import (
    LAYERS,
    CoupledGateLSTM,
    Elman,
    PeepholeLSTM,
)
from tests.backend import fused_only
from tests.layers import arguments
from tests.rows import (
    BATCH,
    FEATURES,
    OWN_KEYS,
    TIME,
    UNITS,
    each_own_kind,
    every_own_key,
    random_sequences,
)

CLASSES = [
    cls
    for key in OWN_KEYS
    for cls in (LAYERS[key].layer, LAYERS[key].layer.cell_class)
]
every_class = pytest.mark.parametrize("cls", CLASSES)


@every_class
def test_help_shows_every_argument_of_the_constructors(cls):
    shown = set(arguments.names(cls))
    for base in cls.__mro__:
        own = base.__module__.startswith("keras_rnn")
        if own and "__init__" in vars(base):
            parameters = list(
                inspect.signature(base.__init__).parameters.values()
            )
            taken = {p.name for p in parameters if p.kind != p.VAR_KEYWORD}
            assert taken - {"self"} <= shown


@every_class
def test_help_explains_every_argument_in_place(cls):
    entries = arguments.explained(cls)
    assert sorted(entries) == sorted([*arguments.names(cls), "**kwargs"])
    assert "See `" not in cls.__doc__


@every_own_key
def test_a_layer_shows_the_arguments_of_its_cell_and_of_keras_rnn(key):
    layer = LAYERS[key].layer
    shown = arguments.names(layer)
    assert set(arguments.names(layer.cell_class)) <= set(shown)
    of_rnn = set(arguments.names(keras.layers.RNN)) - {"cell"}
    assert of_rnn | {"engine"} <= set(shown)
    assert shown[0] == "units"


@every_class
def test_shared_arguments_have_the_names_and_defaults_of_keras(cls):
    theirs = inspect.signature(keras.layers.LSTM).parameters
    ours = inspect.signature(cls).parameters
    # A cell, or its kind, may state another default.
    shared = inspect.signature(RecurrentCell.__init__).parameters
    own = set()
    for base in getattr(cls, "cell_class", cls).__mro__:
        if base is RecurrentCell:
            break
        if "__init__" in vars(base):
            stated = inspect.signature(base.__init__).parameters
            own |= shared.keys() & stated.keys()
    for name in set(theirs) & set(ours) - {"kwargs"} - own:
        assert ours[name].default == theirs[name].default, name


@every_own_key
def test_arguments_of_the_cell_are_attributes_of_the_layer(key):
    layer_class = LAYERS[key].layer
    layer = layer_class(**arguments.unusual(layer_class))
    for name in arguments.names(layer_class.cell_class):
        assert getattr(layer, name) is getattr(layer.cell, name)


PREFIXES = ["kernel", "recurrent", "bias", "peephole", "output", "projection"]
DRAWN_BY_THE_CELL = {"nu_log", "theta_log", "gamma_log", "bias_heads"}


@each_own_kind
def test_each_initializer_fills_its_own_weight(variant):
    values = {"kernel": 2.0, "recurrent": 3.0, "bias": 4.0}
    values |= {"peephole": 5.0, "output": 6.0, "projection": 9.0}
    values |= {"norm_gamma": 7.0, "norm_beta": 8.0, "decay": 10.0}
    taken = arguments.names(variant.layer_class)
    initializers = {
        f"{of}_initializer": keras.initializers.Constant(value)
        for of, value in values.items()
        if f"{of}_initializer" in taken
    }
    if "unit_forget_bias" in taken:
        initializers["unit_forget_bias"] = False
    layer = variant.layer(**initializers)
    layer.build((BATCH, TIME, FEATURES))
    for weight in layer.trainable_weights:
        if weight.name not in DRAWN_BY_THE_CELL:
            assert np.unique(weight) == values[_prefix(weight)], weight.name


def _prefix(weight):
    """The first words of the arguments that a weight follows."""
    if weight.name == "gate_kernel":  # the further rows of R
        return "recurrent"
    first, _, last = weight.name.rpartition("_")
    return "bias" if last == "bias" else first or weight.name


@each_own_kind
def test_each_regularizer_adds_the_loss_of_its_own_weight(variant):
    of = PREFIXES
    taken = arguments.names(variant.layer_class)
    layer = variant.layer(
        **{
            f"{name}_regularizer": keras.regularizers.L1(10.0**k)
            for k, name in enumerate(of)
            if f"{name}_regularizer" in taken
        }
    )
    layer(random_sequences())
    expected = [
        10.0 ** of.index(_prefix(w)) * np.abs(np.array(w)).sum()
        for w in layer.trainable_weights
        if _prefix(w) in of  # the norms have no such argument
    ]
    actual = [float(np.array(loss)) for loss in layer.losses]
    np.testing.assert_allclose(sorted(actual), sorted(expected), rtol=1e-5)


@each_own_kind
def test_each_constraint_holds_its_own_weight(variant):
    of = PREFIXES
    taken = arguments.names(variant.layer_class)
    constraints = {
        name: keras.constraints.MaxNorm(float(k + 1))
        for k, name in enumerate(of)
        if f"{name}_constraint" in taken
    }
    layer = variant.layer(
        **{f"{name}_constraint": c for name, c in constraints.items()}
    )
    layer.build((BATCH, TIME, FEATURES))
    for weight in layer.trainable_weights:
        expected = constraints.get(_prefix(weight))
        assert weight.constraint is expected, weight.name


@pytest.mark.parametrize("cls", [PeepholeLSTM, CoupledGateLSTM])
@pytest.mark.parametrize("unit_forget_bias", [True, False])
def test_the_forget_gate_starts_open_if_asked_to(cls, unit_forget_bias):
    layer = cls(
        UNITS,
        unit_forget_bias=unit_forget_bias,
        bias_initializer=keras.initializers.Constant(0.5),
    )
    layer.build((BATCH, TIME, FEATURES))
    gates = layer.cell.gates
    bias = np.array(layer.cell.bias).reshape(len(gates), UNITS)
    for gate, values in zip(gates, bias, strict=True):
        expected = 1.0 if gate == "f" and unit_forget_bias else 0.5
        np.testing.assert_array_equal(values, expected)


@pytest.mark.parametrize("cls", [PeepholeLSTM, CoupledGateLSTM])
@pytest.mark.parametrize("unit_forget_bias", [True, False])
def test_the_bias_of_each_gate_is_drawn_on_its_own(cls, unit_forget_bias):
    layer = cls(
        UNITS,
        unit_forget_bias=unit_forget_bias,
        bias_initializer=keras.initializers.RandomNormal(seed=1),
    )
    layer.build((BATCH, TIME, FEATURES))
    drawn = len(layer.cell.gates) * UNITS
    ones = UNITS - 1 if unit_forget_bias else 0
    assert len(np.unique(layer.cell.bias)) == drawn - ones


@every_class
@pytest.mark.parametrize(
    ("wrong", "sentences"),
    [
        ({"units": 3.5}, "positive integer. Received: units=3.5 (type float)"),
        ({"units": 0}, "a positive integer. Received: units=0 (type int)"),
        ({"units": -1}, "a positive integer. Received: units=-1 (type int)"),
        ({"units": True}, "integer. Received: units=True (type bool)"),
        ({"units": "4"}, "integer. Received: units='4' (type str)"),
        ({"dropout": 1.7}, "from 0 to 1. Received: dropout=1.7 (type float)"),
        (
            {"recurrent_dropout": -0.1},
            "from 0 to 1. Received: recurrent_dropout=-0.1 (type float)",
        ),
        ({"dropout": "0.1"}, "from 0 to 1. Received: dropout='0.1' (type str"),
        ({"use_bias": 1}, "True or False. Received: use_bias=1 (type int)"),
        ({"activation": "tahn"}, "tahn"),
        ({"kernel_initializer": "glorot"}, "glorot"),
        ({"stop": 1}, "stop"),
        (
            {"activaton": "tanh"},
            "has no argument `activaton`. Received: activaton='tanh' "
            "(type str). Did you mean `activation`?",
        ),
        ({"recurent_dropout": 0.1}, "Did you mean `recurrent_dropout`?"),
    ],
    ids=str,
)
def test_wrong_arguments_are_refused_at_once(cls, wrong, sentences):
    with pytest.raises((ValueError, TypeError)) as error:
        cls(**{"units": UNITS, **wrong})
    assert sentences in str(error.value)


@pytest.mark.parametrize(
    ("cls", "wrong", "sentences"),
    [
        (
            PeepholeLSTM,
            {"peephole": "x"},
            "`peephole` must be one of 'diagonal', 'full'. "
            "Received: peephole='x' (type str).",
        ),
        (PeepholeLSTM, {"peephole": None}, "Received: peephole=None"),
        (
            CoupledGateLSTM,
            {"peephole": "x"},
            "`peephole` must be one of None, 'diagonal', 'full'. "
            "Received: peephole='x' (type str).",
        ),
        (Elman, {"output_units": 0}, "Received: output_units=0 (type int)"),
        (Elman, {"output_units": 2.0}, "Received: output_units=2.0 (type"),
        (
            Elman,
            {"engine": "x"},
            "`engine` must be one of 'auto', 'fused', 'reference'. "
            "Received: engine='x' (type str).",
        ),
        pytest.param(
            Elman,
            {"engine": "fused", "unroll": True},
            "unroll=True asks for the plain loop. "
            "Use engine='auto' or engine='reference'.",
            marks=fused_only,
        ),
        pytest.param(
            Elman,
            {"engine": "fused", "activation": "gelu"},
            "the derivative of activation 'gelu' is unknown. "
            "Use engine='auto' or engine='reference'.",
            marks=fused_only,
        ),
    ],
    ids=str,
)
def test_wrong_choices_are_refused_with_a_remedy(cls, wrong, sentences):
    with pytest.raises(ValueError) as error:  # noqa: PT011 -- compared below
        cls(UNITS, **wrong)
    assert sentences in str(error.value)


@every_class
def test_only_units_is_positional(cls):
    with pytest.raises(TypeError, match="positional"):
        cls(UNITS, "relu")


@every_own_key
def test_a_layer_without_units_says_what_is_missing(key):
    layer = LAYERS[key].layer
    with pytest.raises(TypeError, match=rf"units.*{layer.__name__}\(32\)"):
        layer()


def test_misspelt_options_of_keras_rnn_are_recognised():
    with pytest.raises(ValueError, match="Did you mean `return_sequences`"):
        Elman(UNITS, return_sequence=True)


@pytest.mark.parametrize("engine", ["reference", "fast"])
def test_the_engine_of_a_layer_cannot_be_changed(engine):
    layer = Elman(UNITS)
    with pytest.raises(AttributeError, match="Make a layer with engine="):
        layer.engine = engine
    assert layer.engine == "auto"
