# SPDX-License-Identifier: Apache-2.0
"""A dilated layer against an oracle whose step t sees the state of t − d."""

import keras
import numpy as np
import pytest
from keras import ops

import keras_rnn
from keras_rnn.forecasting import Forecaster
from keras_rnn.models import (
    Dilated,
    FeedbackDecoder,
    Regression,
    Sequences,
    Stack,
    for_inference,
    many_to_one,
    seq2seq,
    sequence_autoencoder,
    stateful_forecaster,
)
from tests.backend import WIDEST
from tests.layers import oracles
from tests.models.quick import quick_stack
from tests.rows import (
    BATCH,
    FEATURES,
    FINEST,
    FLOAT32,
    MASKS,
    TIME,
    UNITS,
    each_kind,
    random_sequences,
    randomized,
)
from tests.tiers import mostly_slow, products

#: One that leaves steps over at the end, and one that no step looks back over.
DILATIONS = [2, 3, 9]
LAYERS = {
    "simple_rnn": keras_rnn.SimpleRNN,
    "lstm": keras_rnn.LSTM,
    "elman": keras_rnn.Elman,
}
ANY_MASK = {"no mask": None, **MASKS}


def by_oracle(key, layer, x, mask, dilation):
    states = [np.zeros((BATCH, width)) for width in layer.state_size]
    outputs, _ = oracles.run(
        oracles.ORACLES[key],
        x,
        states,
        {w.name: ops.convert_to_numpy(w) for w in layer.weights},
        oracles.OUTPUT_ACTIVATIONS["linear"],
        mask,
        dilation,
    )
    return outputs


def model_of(stack, return_sequences=False, time=None):
    tokens = keras.Input((time, FEATURES))
    x = keras.layers.Masking(-9.0)(tokens)
    return keras.Model(tokens, stack(x, return_sequences=return_sequences))


def masked(x, mask):
    return np.where(mask[:, :, None], x, -9.0).astype("float32")


@products(key=list(LAYERS), dilation=DILATIONS, mask=ANY_MASK)
def test_a_step_goes_on_from_the_state_of_d_steps_before(key, dilation, mask):
    layer = LAYERS[key](UNITS, return_sequences=True, dtype=WIDEST)
    dilated = Dilated(layer, dilation, dtype=WIDEST)
    x = random_sequences()
    dilated.build(x.shape)
    randomized(layer)
    np.testing.assert_allclose(
        dilated(x, mask=mask),
        by_oracle(key, layer, x, mask, dilation),
        **FINEST,
    )


@products(key=list(LAYERS), dilation=DILATIONS, mask=ANY_MASK)
def test_the_backward_layer_goes_on_from_d_steps_later(key, dilation, mask):
    layer = keras.layers.Bidirectional(
        LAYERS[key](UNITS, return_sequences=True, dtype=WIDEST), dtype=WIDEST
    )
    dilated = Dilated(layer, dilation, dtype=WIDEST)
    x = random_sequences()
    dilated.build(x.shape)
    randomized(layer)
    valid = np.ones((BATCH, TIME), bool) if mask is None else mask
    forward = by_oracle(key, layer.forward_layer, x, valid, dilation)
    backward = by_oracle(
        key, layer.backward_layer, x[:, ::-1], valid[:, ::-1], dilation
    )
    expected = np.concatenate([forward, backward[:, ::-1]], axis=-1)
    # Of masked steps Keras's Bidirectional makes zeros.
    np.testing.assert_allclose(
        dilated(x, mask=mask), expected * valid[:, :, None], **FINEST
    )


@each_kind
def test_every_d_th_step_is_a_sequence_of_its_own(variant):
    layer = variant.layer(return_sequences=True)
    x = random_sequences()
    y = np.array(Dilated(layer, 2)(x))
    for first in range(2):
        np.testing.assert_allclose(
            y[:, first::2], layer(x[:, first::2]), **FLOAT32
        )


@products(bidirectional=[False, True], mask=ANY_MASK, dilation=[2, [1, 4]])
def test_a_stack_ends_with_the_output_of_its_last_valid_step(
    bidirectional, mask, dilation
):
    stack = quick_stack(
        "simple_rnn", [3, 3], bidirectional=bidirectional, dilation=dilation
    )
    last, every = model_of(stack), model_of(stack, return_sequences=True)
    every.set_weights(last.get_weights())
    x = random_sequences()
    valid = np.ones((BATCH, TIME), bool) if mask is None else mask
    y = np.array(every(masked(x, valid)))
    expected = np.zeros((BATCH, y.shape[-1]))
    for n, steps in enumerate(map(np.flatnonzero, valid)):
        if len(steps):
            expected[n, :3] = y[n, steps[-1], :3]
            expected[n, 3:] = y[n, steps[0], 3:]  # where reading back ends
    np.testing.assert_allclose(last(masked(x, valid)), expected, **FLOAT32)


@products(
    side=["left", "right"],
    bidirectional=[False, True],
    residual=[False, True],
)
def test_padding_never_changes_a_dilated_stack(side, bidirectional, residual):
    stack = quick_stack(
        "simple_rnn", [3, 3], bidirectional=bidirectional, residual=residual,
        normalization="layer", dilation=[2, 4],
    )  # fmt: skip
    model, x = model_of(stack), random_sequences()
    pad = (3, 0) if side == "left" else (0, 3)
    padded = np.pad(x, [(0, 0), pad, (0, 0)], constant_values=-9.0)
    np.testing.assert_allclose(model(padded), model(x), **FLOAT32)


def test_sequences_of_any_length_go_through_one_model():
    model = model_of(Stack("lstm", 3, dilation=4), return_sequences=True)
    x = random_sequences(time=11)
    whole = model.predict(x, verbose=0)
    for time in (1, 3, 4, 9):
        part = model.predict(x[:, :time], verbose=0)
        np.testing.assert_allclose(part, whole[:, :time], **FLOAT32)


def test_layers_have_dilations_of_their_own():
    stack = Stack("gru", 3, dilation=[1, 2, 4])
    assert stack.num_layers == 3
    model = model_of(stack)
    dilations = [
        layer.dilation for layer in model.layers if isinstance(layer, Dilated)
    ]
    assert dilations == [2, 4]


@pytest.mark.parametrize(
    "key", mostly_slow(["elman", "lstm", "keras_gru"], default=["elman"])
)
def test_a_dilated_model_learns_and_is_saved(key, tmp_path):
    stack = Stack(key, 4, dilation=3, bidirectional=True, dropout=0.1)
    model = model_of(stack)
    # The compiler of TensorFlow takes longer than all the rest.
    model.compile("adam", "mse", jit_compile=False)
    x = random_sequences()
    before = model.get_weights()
    model.fit(x, np.ones((BATCH, 8)), verbose=0)
    for was, weight in zip(before, model.get_weights(), strict=True):
        assert (was != weight).any()
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model(x), loaded(x))


def test_the_dilation_survives_the_config_of_a_stack():
    stack = Stack("gru", 3, dilation=[1, 2])
    assert Stack.from_config(stack.get_config()) == stack


def test_a_config_without_a_dilation_has_none():
    config = Stack("gru", 3).get_config()
    del config["dilation"]
    assert Stack.from_config(config) == Stack("gru", 3)


DILATED = Stack("gru", [3, 3], dilation=[2, 1])
INPUTS = Sequences(FEATURES, TIME)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: FeedbackDecoder(DILATED, 2), "write step by step"),
        (lambda: seq2seq(DILATED, INPUTS, Regression(2)), "step by step"),
        (
            lambda: sequence_autoencoder(DILATED, INPUTS, 2, conditional=True),
            "step by step",
        ),
        (
            lambda: sequence_autoencoder(
                DILATED, INPUTS, 2, read_out="recurrent"
            ),
            "bidirectional nor dilated",
        ),
        (
            lambda: stateful_forecaster(
                DILATED, Sequences(), Regression(), batch_size=2
            ),
            r"cannot be stateful.*dilation=\[2, 1\]. Use dilation=1",
        ),
        (
            lambda: DILATED.with_states(keras.Input((TIME, FEATURES))),
            "cannot return its states",
        ),
        (
            lambda: for_inference(many_to_one(DILATED, INPUTS, Regression())),
            "of type Dilated needs the sequence as a whole",
        ),
        (
            lambda: Forecaster(
                horizon=2, lookback=4, network=DILATED, strategy="recursive"
            ),
            "reads row after row. Received: a stack with dilation",
        ),
        (lambda: Stack("gru", dilation=0), "`dilation` must be a positive"),
        (lambda: Stack("gru", [3, 3], dilation=[1, 2, 4]), "equally many"),
    ],
)
def test_where_states_are_handed_on_a_dilation_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize(
    "setting", ["return_state", "stateful", "go_backwards"]
)
def test_layers_that_hand_on_states_or_reverse_are_refused(setting):
    layer = keras_rnn.Elman(3, return_sequences=True, **{setting: True})
    with pytest.raises(ValueError, match=f"must have {setting}=False"):
        Dilated(layer, 2)


def test_what_is_no_layer_of_sequences_is_refused():
    with pytest.raises(ValueError, match="must have return_sequences=True"):
        Dilated(keras_rnn.Elman(3), 2)
    with pytest.raises(TypeError, match="`layer` must be of type RNN or Bidi"):
        Dilated(keras.layers.Dense(3), 2)


def test_an_autoencoder_has_the_dilations_of_its_encoder_reversed():
    models = sequence_autoencoder(
        Stack("gru", [4, 3], dilation=[1, 2]), INPUTS, 2
    )
    kinds = (keras.layers.RNN, Dilated)
    names = [
        [type(v).__name__ for v in part.layers if isinstance(v, kinds)]
        for part in (models.encoder, models.decoder)
    ]
    assert names == [["GRU", "Dilated"], ["Dilated", "GRU"]]
