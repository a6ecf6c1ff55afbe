# SPDX-License-Identifier: Apache-2.0
"""Wrong arguments of constructors are refused by name; the next call works.

`python -m pytest -m attack` draws many; EXAMPLES bounds each test.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_rnn.data import Split, Windows
from keras_rnn.forecasting import Forecaster, Training
from keras_rnn.layers import LAYERS
from keras_rnn.models import (
    Binary,
    MultiClass,
    Regression,
    Sequences,
    Stack,
    Tokens,
    many_to_one,
)
from keras_rnn.tuning import CrossValidation
from tests.rows import OWN_KEYS

EXAMPLES = 300

NUMBERS_OF_NOTHING = (np.nan, np.inf, -np.inf, 1j, b"3", object(), {}, {3: 3})
#: Kind of an argument -> values that it cannot have.
WRONG = {
    "count": (0, -1, 2.5, "3", True, np.array([1, 2]), *NUMBERS_OF_NOTHING),
    "share": (-0.1, 1.5, "0.1", True, np.ones(2), *NUMBERS_OF_NOTHING),
    "positive": (0, -2.0, "1e-3", True, np.ones(2), *NUMBERS_OF_NOTHING),
    "flag": (0, 1, "yes", "", [True], np.ones(2), *NUMBERS_OF_NOTHING),
    "choice": ("nonsense", 3, True, np.array(["a"]), *NUMBERS_OF_NOTHING),
    "seed": (-1, 2**32, 1.5, "7", True, np.ones(2), *NUMBERS_OF_NOTHING),
}

OF_LAYERS = {
    "units": "count",
    "dropout": "share",
    "recurrent_dropout": "share",
    "use_bias": "flag",
    "engine": "choice",
    "checkpoint_every": "count",
    "activation": "choice",
}


def layer(key):
    return lambda **given: LAYERS[key].layer(**{"units": 3, **given})


#: Name -> function of keywords, and the kinds of its arguments.
CALLS = {
    **{key: (layer(key), OF_LAYERS) for key in OWN_KEYS},
    "Stack": (
        lambda **given: Stack(**{"cell": "elman", "units": 3, **given}),
        {
            "cell": "choice",
            "units": "count",
            "dropout": "share",
            "residual": "flag",
            "bidirectional": "flag",
        },
    ),
    "Sequences": (
        lambda **given: Sequences(**given),
        {"num_features": "count", "length": "count"},
    ),
    "Tokens": (
        lambda **given: Tokens(**{"vocabulary_size": 9, **given}),
        {"vocabulary_size": "count", "mask_zero": "flag"},
    ),
    "Regression": (
        lambda **given: Regression(**given),
        {"horizon": "count", "num_targets": "count"},
    ),
    "MultiClass": (
        lambda **given: MultiClass(**{"num_classes": 3, **given}),
        {"num_classes": "count"},
    ),
    "Windows": (
        lambda **given: Windows(**{"lookback": 3, "horizon": 2, **given}),
        {"lookback": "count", "horizon": "count", "stride": "count"},
    ),
    "Split": (lambda **given: Split(**given), {"purge": "flag"}),
    "Training": (
        lambda **given: Training(**given),
        {
            "epochs": "count",
            "batch_size": "count",
            "steps_per_epoch": "count",
            "learning_rate": "positive",
            "global_clipnorm": "positive",
            "clipnorm": "positive",
            "clipvalue": "positive",
            "patience": "count",
            "seed": "seed",
            "loss": "choice",
        },
    ),
    "Forecaster": (
        lambda **given: Forecaster(**{"horizon": 2, "lookback": 3, **given}),
        {
            "horizon": "count",
            "lookback": "count",
            "network": "choice",
            "strategy": "choice",
            "distribution": "choice",
            "gaps": "choice",
            "num_seeds": "count",
            "combine": "choice",
            "calibrate": "flag",
            "adapt": "share",
            "training": "choice",
            "representation": "choice",
        },
    ),
    "CrossValidation": (
        lambda **given: CrossValidation(**given),
        {"folds": "count", "repeats": "count", "seed": "seed"},
    ),
}
#: Every function with every argument and every value it cannot have.
CASES = [
    (name, argument, value)
    for name, (_, arguments) in CALLS.items()
    for argument, kind in arguments.items()
    for value in WRONG[kind]
]
#: What messages call an argument that may hold several keys.
CALLED = {"cell": "layer key", "network": "layer key"}


@pytest.mark.attack
@settings(max_examples=EXAMPLES, deadline=None)
@given(st.sampled_from(CASES))
def test_a_wrong_argument_is_named_and_the_next_call_works(case):
    name, argument, value = case
    make, _ = CALLS[name]
    with pytest.raises((TypeError, ValueError)) as error:
        make(**{argument: value})
    said = str(error.value)
    assert argument in said or CALLED.get(argument, argument) in said
    make()


HEADS = {
    "numbers": (Regression(horizon=2), "mse", (4, 2, 1)),
    "labels": (Binary(), "binary_crossentropy", (4, 1)),
    "classes": (MultiClass(3), "sparse_categorical_crossentropy", (4,)),
}
SHAPES = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple)
VALUES = st.sampled_from([0.0, 1.0, -1.0, 7.0, 0.5, np.nan, np.inf])


@pytest.fixture(scope="module")
def models():
    found = {}
    for name, (head, loss, _) in HEADS.items():
        stack = Stack("elman", 2, options={"engine": "reference"})
        found[name] = many_to_one(stack, Sequences(1, length=3), head)
        found[name].compile("sgd", loss, run_eagerly=True)
    return found


@pytest.mark.attack
@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.sampled_from(sorted(HEADS)),
    SHAPES,
    VALUES,
    st.sampled_from(["x", "y", "sample_weight"]),
)
def test_arrays_that_do_not_fit_are_refused_and_the_next_ones_work(
    models, name, shape, value, argument
):
    model = models[name]
    right = {
        "x": np.zeros((4, 3, 1), "float32"),
        "y": np.zeros(HEADS[name][2]),
        "sample_weight": np.ones(4),
    }
    weights = model.get_weights()
    given = {**right, argument: np.full(shape, value)}
    try:
        model.evaluate(**given, verbose=0)
    except (TypeError, ValueError) as error:
        assert str(error).strip()  # noqa: PT017
    for before, after in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    assert np.isfinite(model.evaluate(**right, verbose=0))
