# SPDX-License-Identifier: Apache-2.0
"""Connections around layers, against their equations written in NumPy."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn.models import (
    Dilated,
    FeedbackDecoder,
    Highway,
    Regression,
    Residual,
    Sequences,
    Stack,
    for_inference,
    many_to_one,
    predict_online,
    seq2seq,
    sequence_autoencoder,
    stateful_forecaster,
    teacher_forced,
)
from tests.layers.oracles.arithmetic import sigma
from tests.models.quick import quick_stack
from tests.rows import (
    BATCH,
    FEATURES,
    FLOAT32,
    TIME,
    random,
    random_sequences,
    randomized,
)
from tests.tiers import products

KINDS = [True, "highway", "dense"]
#: Widths that no two layers share, nor the input with one of them.
UNITS = [4, 5, 4]


def model_of(stack, return_sequences=True, time=TIME):
    tokens = keras.Input((time, FEATURES))
    x = keras.layers.Masking(-9.0)(tokens)
    model = keras.Model(tokens, stack(x, return_sequences=return_sequences))
    return randomized(model)


def named(layer):
    """The weights of a connection, by the last two parts of their paths."""
    return {
        "/".join(w.path.split("/")[-2:]): ops.convert_to_numpy(w)
        for w in layer.weights
    }


def join(residual, layer, x, y):
    """What goes on after a layer that reads x and puts out y."""
    w = {} if layer is None else named(layer)
    carried = x @ w["projection/kernel"] if "projection/kernel" in w else x
    if residual == "dense":
        return np.concatenate([x, y], axis=-1)
    if residual is True:
        return carried + y
    t = sigma(x @ w["gate/kernel"] + w["gate/bias"])
    return t * y + (1 - t) * carried


@products(
    residual=KINDS,
    bidirectional=[False, True],
    units=[UNITS, [FEATURES, FEATURES]],
    dilation=[1, 2],
)
def test_layers_are_joined_as_the_equations_say(
    residual, bidirectional, units, dilation
):
    model = model_of(
        quick_stack(
            "simple_rnn", units, residual=residual, bidirectional=bidirectional,
            dilation=dilation,
        )
    )  # fmt: skip
    kind = keras.layers.Bidirectional if bidirectional else keras.layers.RNN
    kind = Dilated if dilation > 1 else kind
    recurrent = [v for v in model.layers if isinstance(v, kind)]
    joining = [v for v in model.layers if isinstance(v, (Residual, Highway))]
    around = {
        True: [None, *joining],
        "highway": joining,
        "dense": [None] * len(units),
    }[residual]
    inputs = x = random_sequences()
    for k, layer in enumerate(recurrent):
        y = np.array(layer(x))
        alone = (residual is True and k == 0) or (
            residual == "dense" and layer is recurrent[-1]
        )
        x = y if alone else join(residual, around[k], x, y)
    assert len(recurrent) == len(units)
    np.testing.assert_allclose(model(inputs), x, **FLOAT32)


def test_a_projection_is_made_only_where_widths_differ():
    x, y = random(2, 3, 4), random(2, 3, 4)
    equal, other = Residual(), Residual()
    np.testing.assert_allclose(equal([x, y]), x + y, **FLOAT32)
    other([x[:, :, :3], y])
    assert equal.weights == []
    assert [tuple(w.shape) for w in other.weights] == [(3, 4)]


def test_a_highway_carries_most_of_its_input_at_first():
    x, y = np.zeros((1, 1, 4)), np.ones((1, 1, 4))
    np.testing.assert_allclose(Highway()([x, y]), sigma(-1.0) * y, **FLOAT32)


def test_a_highway_and_a_projection_keep_the_precision_of_their_policy():
    layer = Highway(dtype="mixed_float16")
    y = layer([ops.ones((1, 2, 3)), ops.ones((1, 2, 4))])
    assert keras.backend.standardize_dtype(y.dtype) == "float16"
    assert {w.dtype for w in layer.weights} == {"float32"}


@products(
    residual=KINDS,
    side=["left", "right"],
    bidirectional=[False, True],
    normalization=[None, "layer"],
    dilation=[1, [1, 2, 4]],
)
def test_padding_never_changes_a_stack(
    residual, side, bidirectional, normalization, dilation
):
    stack = quick_stack(
        "simple_rnn", UNITS, residual=residual, bidirectional=bidirectional,
        normalization=normalization, dropout=0.1, dilation=dilation,
    )  # fmt: skip
    model = model_of(stack, return_sequences=False, time=None)
    x, where = random_sequences(), {"left": 0, "right": TIME}[side]
    padded = np.insert(x, [where] * 3, -9.0, axis=1)
    np.testing.assert_allclose(model(padded), model(x), **FLOAT32)


@pytest.mark.parametrize("residual", KINDS)
def test_a_hole_never_changes_a_stack(residual):
    stack = quick_stack("simple_rnn", UNITS, residual=residual)
    model = model_of(stack, return_sequences=False, time=None)
    x = random_sequences()
    np.testing.assert_allclose(
        model(np.insert(x, [2, 2], -9.0, axis=1)), model(x), **FLOAT32
    )


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("residual", KINDS)
def test_a_stack_is_as_wide_as_its_last_layer(residual, return_sequences):
    stack = quick_stack("simple_rnn", [4, 6], residual=residual)
    assert model_of(stack, return_sequences).output_shape[-1] == 6


@pytest.mark.parametrize("residual", KINDS)
def test_a_connected_model_is_saved_and_loaded(residual, tmp_path):
    stack = quick_stack(
        "simple_rnn", UNITS, residual=residual, dilation=[1, 2, 1]
    )
    assert Stack.from_config(stack.get_config()) == stack
    model, x = model_of(stack), random_sequences()
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(x), model(x))


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("residual", KINDS)
def test_an_encoder_hands_its_states_to_a_decoder(
    residual, bidirectional, tmp_path
):
    stack = quick_stack(
        "simple_rnn", [4, 5], residual=residual, bidirectional=bidirectional
    )
    model = seq2seq(stack, Sequences(FEATURES, TIME), Regression(horizon=2))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    x = random_sequences()
    np.testing.assert_array_equal(loaded(x), model(x))


@pytest.mark.parametrize("residual", KINDS)
def test_a_decoder_writes_step_by_step_what_it_writes_at_once(residual):
    decoder = FeedbackDecoder(
        quick_stack(
            "simple_rnn", UNITS, residual=residual, normalization="layer"
        ),
        2,
    )
    x = random_sequences()
    decoder.build(x.shape)
    randomized(decoder)
    free = decoder(x)
    with teacher_forced(free):
        told = decoder(x, training=True)
    np.testing.assert_allclose(told, free, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("residual", KINDS)
def test_a_decoder_drops_out_between_connected_layers(residual):
    stack = quick_stack(
        "simple_rnn",
        [4, 5],
        residual=residual,
        dropout=0.5,
        recurrent_dropout=0.5,
    )
    decoder, x = FeedbackDecoder(stack, 2), random_sequences()
    first, second = (np.array(decoder(x, training=True)) for _ in range(2))
    assert not np.allclose(first, second)


@pytest.mark.parametrize("residual", KINDS)
def test_chunks_of_a_stateful_model_continue_each_other(residual):
    model = stateful_forecaster(
        quick_stack("simple_rnn", [4, 5], residual=residual),
        Sequences(FEATURES),
        Regression(),
        batch_size=BATCH,
        starts=True,
    )
    x, begin = random_sequences(), np.ones(BATCH, bool)
    go_on = ~begin
    whole = np.array(model({"past": x, "starts": begin}))
    first = np.array(model({"past": x[:, :3], "starts": begin}))
    second = np.array(model({"past": x[:, 3:], "starts": go_on}))
    np.testing.assert_allclose(
        np.concatenate([first, second], axis=1), whole, **FLOAT32
    )


@pytest.mark.parametrize("residual", KINDS)
def test_a_connected_model_reads_row_by_row(residual):
    model = many_to_one(
        quick_stack("simple_rnn", [4, 5], residual=residual),
        Sequences(FEATURES, TIME),
        Regression(),
    )
    online, x = for_inference(model), random_sequences(batch=1)
    for row in x[0]:
        said = predict_online(online, row)
    np.testing.assert_allclose(said, model(x)[0], **FLOAT32)


@pytest.mark.parametrize("residual", KINDS)
def test_an_output_that_is_a_recurrent_layer_has_no_connection(residual):
    with pytest.raises(ValueError, match="nor have a residual connection"):
        sequence_autoencoder(
            quick_stack("simple_rnn", [4, 4], residual=residual),
            Sequences(FEATURES, TIME),
            2,
            read_out="recurrent",
        )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"residual": True}, "`residual=True` needs at least two layers"),
        ({"residual": "dense"}, "`residual='dense'` needs at least two"),
        ({"residual": "skip"}, "one of False, True, 'highway', 'dense'"),
        ({"residual": None}, "one of False, True, 'highway', 'dense'"),
        ({"residual": 1}, "must be True or False"),
    ],
)
def test_what_connects_nothing_is_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Stack("elman", **settings)
