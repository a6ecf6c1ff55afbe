# SPDX-License-Identifier: Apache-2.0
"""One small model of each factory: trained, saved, loaded, asked again.

Runs on every backend and on the oldest supported versions.
"""

import keras
import numpy as np
import pytest

from keras_rnn.models import (
    DECODERS,
    Characters,
    Frames,
    MultiClass,
    NextFrame,
    NextToken,
    Regression,
    Sequences,
    Stack,
    Tokens,
    Vector,
    conv_lstm,
    ctc,
    decode,
    generate,
    many_to_many,
    many_to_one,
    one_to_many,
    seq2seq,
    sequence_autoencoder,
    stateful_forecaster,
)
from tests.rows import random

BATCH, TIME, FEATURES, HORIZON, WORDS, CLASSES = 8, 6, 2, 3, 9, 4


def sequences(batch=BATCH):
    return random(batch, TIME, FEATURES).astype("float32")


def token_ids(batch=BATCH):
    generator = np.random.default_rng(1)
    return generator.integers(1, WORDS, (batch, TIME)).astype("int32")


def trained(model, x, y, loss):
    """The model, and its outputs after an epoch that taught it something."""
    model.compile(keras.optimizers.Adam(0.01), loss)
    losses = model.fit(x, y, epochs=3, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    return model, model.predict(x, verbose=0)


def assert_survives(model, x, expected, folder):
    model.save(folder / "model.keras")
    loaded = keras.models.load_model(folder / "model.keras")
    actual = loaded.predict(x, verbose=0)
    np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("cell", ["elman", "gru", "keras_lstm"])
def test_many_to_one(cell, tmp_path):
    model = many_to_one(
        Stack(cell, 4), Sequences(FEATURES, TIME), Regression(horizon=HORIZON)
    )
    x = sequences()
    y = np.repeat(x[:, -1:, :1], HORIZON, axis=1)
    model, answers = trained(model, x, y, "mse")
    assert answers.shape == (BATCH, HORIZON, 1)
    assert_survives(model, x, answers, tmp_path)


def test_many_to_many(tmp_path):
    model = many_to_many(
        Stack("coupled_gate_lstm", 4, bidirectional=True),
        Tokens(WORDS),
        MultiClass(CLASSES),
    )
    x = token_ids()
    loss = "sparse_categorical_crossentropy"
    model, answers = trained(model, x, x % CLASSES, loss)
    assert answers.shape == (BATCH, TIME, CLASSES)
    assert_survives(model, x, answers, tmp_path)


def test_seq2seq(tmp_path):
    model = seq2seq(
        Stack("peephole_lstm", 4),
        Sequences(FEATURES, TIME),
        Regression(horizon=HORIZON),
    )
    x = sequences()
    y = np.repeat(x[:, -1:, :1], HORIZON, axis=1)
    model, answers = trained(model, x, y, "mse")
    assert answers.shape == (BATCH, HORIZON, 1)
    assert_survives(model, x, answers, tmp_path)


def test_sequence_autoencoder(tmp_path):
    models = sequence_autoencoder(
        Stack("jordan", 4), Sequences(FEATURES, TIME), latent_units=2
    )
    x = sequences()
    model, answers = trained(models.autoencoder, x, x, "mse")
    assert answers.shape == x.shape
    assert models.encoder.predict(x, verbose=0).shape == (BATCH, 2)
    assert_survives(model, x, answers, tmp_path)


def test_stateful_forecaster():
    """Called step by step it answers as if it saw the whole sequence."""
    model = stateful_forecaster(
        Stack("lstm", 4),
        Sequences(FEATURES),
        Regression(),
        batch_size=BATCH,
    )
    x = sequences()
    whole = np.array(model(x))
    assert whole.shape == (BATCH, TIME, 1, 1)
    for layer in model.layers:
        if hasattr(layer, "reset_state"):
            layer.reset_state()
    steps = [np.array(model(x[:, t : t + 1])) for t in range(TIME)]
    np.testing.assert_allclose(
        np.concatenate(steps, axis=1), whole, rtol=1e-4, atol=1e-6
    )


def test_generate():
    """Taught that each token follows the one before, it counts."""
    tokens = Tokens(WORDS)
    model = many_to_many(Stack("elman", 16), tokens, NextToken.of(tokens))
    x = np.tile(np.arange(1, WORDS), (BATCH, 1)).astype("int32")
    model.compile(
        keras.optimizers.Adam(0.05),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(x[:, :-1], x[:, 1:], epochs=40, verbose=0)
    written = generate(model, [1, 2], num_tokens=4, top_k=1, seed=0)
    assert list(written) == [3, 4, 5, 6]


@pytest.mark.parametrize("attention", [None, "additive", "dot"])
def test_seq2seq_of_tokens(attention, tmp_path):
    head = NextToken(WORDS)
    model = seq2seq(
        Stack("gru", 4, bidirectional=True),
        Tokens(WORDS),
        head,
        attention=attention,
        input_feeding=attention == "dot",
        start_id=1,
        end_id=2,
    )
    x = np.maximum(token_ids(), 3)
    y = np.concatenate([x[:, ::-1], np.full((BATCH, 1), 2)], axis=1)
    _assert_writes(model, head, x, y, tmp_path)


def test_one_to_many(tmp_path):
    head = NextToken(WORDS)
    model = one_to_many(
        Stack("elman", 4), Vector(FEATURES), head, start_id=1, end_id=2
    )
    x = random(BATCH, FEATURES).astype("float32")
    y = np.tile([3, 4, 2], (BATCH, 1))
    _assert_writes(model, head, x, y, tmp_path)


def test_convolution_per_frame(tmp_path):
    model = many_to_one(
        Stack("gru", 4), Frames(6, 8, mask_value=-1), MultiClass(CLASSES)
    )
    x = videos()
    loss = "sparse_categorical_crossentropy"
    y = np.arange(BATCH) % CLASSES
    model, answers = trained(model, x, y, loss)
    assert answers.shape == (BATCH, CLASSES)
    assert_survives(model, x, answers, tmp_path)


@pytest.mark.parametrize("length", [None, TIME])
def test_conv_lstm(length, tmp_path):
    frames = Frames(6, 8, length=length, mask_value=-1)
    model = conv_lstm([3, 2], frames, NextFrame(2))
    x = videos()
    model, answers = trained(model, x, x[:, :2], "binary_crossentropy")
    assert answers.shape == (BATCH, 2, 6, 8, 1)
    assert_survives(model, x, answers, tmp_path)


def videos():
    """Of which the second one ends early."""
    x = np.random.default_rng(2).random((BATCH, TIME, 6, 8, 1))
    x[1, 3:] = -1
    return x.astype("float32")


@pytest.mark.parametrize("cell", ["lstm", "keras_gru"])
def test_ctc(cell, tmp_path):
    head = Characters(CLASSES)
    model = ctc(
        Stack(cell, 4, bidirectional=True),
        Sequences(FEATURES, mask_value=0.0),
        head,
        stride=2,
    )
    x, y = sequences(), np.tile([1, 2], (BATCH, 1))
    x[0, 4:] = 0
    model.compile(keras.optimizers.Adam(0.01), head.loss, metrics=head.metrics)
    losses = model.fit(x, y, epochs=3, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    tokens = Tokens(CLASSES)
    speaks = many_to_many(Stack(cell, 4), tokens, NextToken.of(tokens))
    for settings in (
        {},
        {"method": "beam", "num_best": 2},
        {"method": "beam", "language_model": speaks, "language_weight": 0.5},
    ):
        expected = decode(model, x, **settings)
        actual = decode(loaded, x, **settings)
        np.testing.assert_array_equal(actual.ids, expected.ids)
        np.testing.assert_allclose(
            actual.scores, expected.scores, rtol=1e-4, atol=1e-5
        )


def _assert_writes(model, head, x, y, folder):
    """It learns, and decodes as before after it was saved and loaded."""
    model.compile(keras.optimizers.Adam(0.01), head.loss)
    losses = model.fit(x, y, epochs=3, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    model.save(folder / "model.keras")
    loaded = keras.models.load_model(folder / "model.keras")
    for method in DECODERS:
        settings = {"method": method, "max_length": 4, "seed": 0}
        expected = decode(model, x, **settings)
        actual = decode(loaded, x, **settings)
        assert expected.ids.shape == (BATCH, 1, 4)
        np.testing.assert_array_equal(actual.ids, expected.ids)
        np.testing.assert_allclose(
            actual.scores, expected.scores, rtol=1e-4, atol=1e-5
        )
