# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest

from keras_rnn.engine import RecurrentLayer
from keras_rnn.layers import LAYERS
from keras_rnn.models import (
    Regression,
    Sequences,
    Stack,
    Tokens,
    as_autoencoder,
    many_to_one,
    sequence_autoencoder,
)
from tests.rows import few_keys
from tests.tiers import mostly_slow

BATCH, TIME, FEATURES, LATENT = 4, 5, 2, 3
PADDING = -1.0
FORMS = {
    "plain": {},
    "reverse": {"reverse": True},
    "conditional": {"conditional": True},
    "conditional, reverse": {"conditional": True, "reverse": True},
    "recurrent read-out": {"read_out": "recurrent"},
    "recurrent read-out, reverse": {"read_out": "recurrent", "reverse": True},
}
every_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
fixed_length = Sequences(FEATURES, TIME)
padded_to_any_length = Sequences(FEATURES, mask_value=PADDING)


@pytest.fixture
def x():
    rng = np.random.default_rng(0)
    return rng.normal(size=(BATCH, TIME, FEATURES)).astype("float32")


def on_the_plain_loop(key):
    """Options that spare the compilation of the fused engine."""
    own = issubclass(LAYERS[key].layer, RecurrentLayer)
    return {"engine": "reference"} if own else {}


def trained(model, x):
    model.compile("adam", "mse", run_eagerly=True)  # spares a compilation
    model.fit(x, x, verbose=0)
    return model


@pytest.mark.parametrize("conditional", [False, True])
@few_keys
def test_every_key_trains_saves_and_loads(key, conditional, x, tmp_path):
    stack = Stack(key, [4, 3], options=on_the_plain_loop(key))
    models = sequence_autoencoder(
        stack, fixed_length, LATENT, conditional=conditional
    )
    trained(models.autoencoder, x).save(tmp_path / "model.keras")
    loaded = as_autoencoder(keras.models.load_model(tmp_path / "model.keras"))
    codes = models.encoder(x)
    np.testing.assert_array_equal(models.autoencoder(x), loaded.autoencoder(x))
    np.testing.assert_array_equal(codes, loaded.encoder(x))
    np.testing.assert_array_equal(models.decoder(codes), loaded.decoder(codes))


@pytest.mark.parametrize("units", [3, [4, 3]], ids=str)
@pytest.mark.parametrize("key", ["lstm", "keras_lstm"])
def test_the_state_as_code_is_the_lstm_autoencoder_of_keras(key, units, x):
    """Encoder, RepeatVector, decoder: weight for weight, and step by step."""
    models = sequence_autoencoder(
        Stack(key, units, options=on_the_plain_loop(key)),
        fixed_length,
        code="state",
        read_out="recurrent",
    )
    below = [] if units == 3 else [4]
    theirs = keras.Sequential(
        [
            keras.Input((TIME, FEATURES)),
            *(keras.layers.LSTM(n, return_sequences=True) for n in below),
            keras.layers.LSTM(3),
            keras.layers.RepeatVector(TIME),
            *(keras.layers.LSTM(3, return_sequences=True) for _ in below),
            keras.layers.LSTM(FEATURES, return_sequences=True),
        ]
    )
    theirs.set_weights(models.autoencoder.get_weights())
    np.testing.assert_allclose(models.autoencoder(x), theirs(x), atol=1e-6)
    assert models.encoder.output_shape == (None, 3)


@pytest.mark.parametrize(
    "form", mostly_slow(FORMS, default=["conditional, reverse"])
)
def test_the_state_as_code_suits_every_form(form, x, tmp_path):
    models = sequence_autoencoder(
        Stack("gru", [4, 3]), padded_to_any_length, code="state", **form
    )
    padded = np.insert(x, [TIME] * 2, PADDING, axis=1)
    codes = models.encoder(padded)
    np.testing.assert_allclose(codes, models.encoder(x), atol=1e-6)
    assert tuple(codes.shape) == (BATCH, 3)
    models.autoencoder.save(tmp_path / "model.keras")
    loaded = as_autoencoder(keras.models.load_model(tmp_path / "model.keras"))
    np.testing.assert_array_equal(loaded.encoder(padded), codes)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"code": "state", "latent_units": 3}, "Leave it out"),
        ({}, "`latent_units` must be a positive integer"),
        ({"code": "cell"}, "`code` must be one of"),
    ],
)
def test_the_width_of_the_code_is_said_once(settings, message):
    with pytest.raises(ValueError, match=message):
        sequence_autoencoder(Stack("gru", 3), fixed_length, **settings)


@pytest.mark.parametrize(
    "form",
    mostly_slow(FORMS, default=["conditional, reverse"]),
)
def test_it_trains_as_a_compiled_model(form):
    x = np.full((BATCH, TIME, FEATURES), 0.8, "float32")
    models = sequence_autoencoder(
        Stack("gru", 8, dropout=0.1), padded_to_any_length, 8, **form
    )
    model = models.autoencoder
    assert not model.compiled
    model.compile(keras.optimizers.Adam(0.02), "mse", jit_compile=False)
    before = model.evaluate(x, x, verbose=0)
    model.fit(x, x, epochs=10, verbose=0)
    assert model.evaluate(x, x, verbose=0) < before


@every_form
def test_the_parts_are_the_autoencoder(form, x):
    models = sequence_autoencoder(
        Stack("gru", [4, 3]), fixed_length, LATENT, **form
    )
    through = models.decoder(models.encoder(x))
    np.testing.assert_allclose(models.autoencoder(x), through, atol=1e-6)


@pytest.mark.parametrize(
    "where",
    mostly_slow({"left": 0, "gap": 2, "right": TIME}, default=["gap"]),
)
@every_form
def test_padding_changes_neither_loss_nor_code_nor_output(form, where, x):
    models = sequence_autoencoder(
        Stack("gru", [4, 3]), padded_to_any_length, LATENT, **form
    )
    model = models.autoencoder
    model.compile(loss="mse", run_eagerly=True)
    padded = np.insert(x, [where] * 3, PADDING, axis=1)
    np.testing.assert_allclose(
        models.encoder(padded), models.encoder(x), atol=1e-6
    )
    written = np.delete(np.asarray(model(padded)), np.s_[where : where + 3], 1)
    np.testing.assert_allclose(written, model(x), atol=1e-6)
    assert model.evaluate(padded, padded, verbose=0) == pytest.approx(
        model.evaluate(x, x, verbose=0), rel=1e-5
    )


@every_form
def test_the_training_loss_does_not_see_padding(form, x):
    """Sequences of three lengths, one of length 0, one step of training."""
    settings = Stack("gru", 4), padded_to_any_length, LATENT
    model = sequence_autoencoder(*settings, **form).autoencoder
    start = model.get_weights()
    lengths = np.array([TIME, 3, 1, 0])
    valid = np.arange(TIME) < lengths[:, None]
    short = np.where(valid[:, :, None], x, PADDING)
    longer = np.pad(short, [(0, 0), (0, 4), (0, 0)], constant_values=PADDING)
    losses, weights = [], []
    for padded in (short, longer):
        model.set_weights(start)
        model.compile("sgd", "mse", run_eagerly=True)
        losses.append(model.train_on_batch(padded, padded))
        weights.append(model.get_weights())
    assert np.isfinite(losses[0])
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    for a, b in zip(*weights, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


@every_form
def test_sequences_of_padding_alone_and_single_ones_pass(form, x):
    models = sequence_autoencoder(
        Stack("lstm", 4), padded_to_any_length, LATENT, **form
    )
    empty = np.full_like(x[:1], PADDING)
    trained(models.autoencoder, empty)
    assert np.isfinite(models.autoencoder(empty)).all()
    np.testing.assert_allclose(
        models.autoencoder(x[:1]), models.autoencoder(x)[:1], atol=1e-6
    )


def test_a_decoder_writes_as_many_steps_as_are_asked_for(x):
    models = sequence_autoencoder(Stack("gru", 4), Sequences(FEATURES), LATENT)
    codes = np.asarray(models.encoder(x))
    steps = np.ones((BATCH, 2 * TIME))
    y = models.decoder({"code": codes, "steps": steps})
    assert tuple(y.shape) == (BATCH, 2 * TIME, FEATURES)
    np.testing.assert_allclose(y[:, :TIME], models.autoencoder(x), atol=1e-6)


def test_in_reverse_the_decoder_writes_the_last_step_first(x):
    """Fewer steps asked for are then the last ones, not the first ones."""
    models = sequence_autoencoder(
        Stack("gru", 4), Sequences(FEATURES), LATENT, reverse=True
    )
    codes = np.asarray(models.encoder(x))
    y = models.decoder({"code": codes, "steps": np.ones((BATCH, 2))})
    np.testing.assert_allclose(y, models.autoencoder(x)[:, -2:], atol=1e-6)


@pytest.mark.parametrize("reverse", [False, True])
def test_a_conditional_decoder_sees_the_true_output_in_training(reverse, x):
    """Its loss is that of the decoder told the truth, not of its own run."""
    models = sequence_autoencoder(
        Stack("elman", 4),
        fixed_length,
        LATENT,
        conditional=True,
        reverse=reverse,
    )
    model = models.autoencoder
    model.compile(keras.optimizers.SGD(0.0), "mse", run_eagerly=True)
    feedback = models.decoder.get_layer("feedback")
    codes = np.asarray(models.encoder(x))
    repeated = np.repeat(codes[:, None], TIME, axis=1)
    own = np.asarray(model(x))
    turn = np.s_[:, ::-1] if reverse else np.s_[:, :]
    told = x[turn][:, : TIME - 1]
    seen = np.pad(told, [(0, 0), (1, 0), (0, 0)])
    hidden = feedback.recurrent[0](np.concatenate([seen, repeated], axis=-1))
    forced = np.asarray(feedback.read_out(hidden))[turn]
    trained_on = model.train_on_batch(x, x)
    assert trained_on == pytest.approx(np.square(forced - x).mean(), rel=1e-5)
    assert model.test_on_batch(x, x) == pytest.approx(
        np.square(own - x).mean(), rel=1e-5
    )


@pytest.mark.parametrize(
    "key", ["keras_simple_rnn", "keras_lstm", "peephole_lstm"]
)
def test_a_recurrent_read_out_stays_within_one(key, x):
    models = sequence_autoencoder(
        Stack(key, 3), fixed_length, LATENT, read_out="recurrent"
    )
    last = models.decoder.layers[-1]
    assert type(last) is LAYERS[key].layer
    assert last.units == FEATURES
    models.decoder.set_weights([50 * w for w in models.decoder.get_weights()])
    assert np.abs(models.autoencoder(x)).max() <= 1


def test_the_decoder_is_the_mirror_of_the_encoder():
    models = sequence_autoencoder(
        Stack(["keras_gru", "elman"], [6, 4]), fixed_length, LATENT
    )
    units = [
        [(type(layer).__name__, layer.units) for layer in part.layers
         if isinstance(layer, keras.layers.RNN)]
        for part in (models.encoder, models.decoder)
    ]  # fmt: skip
    assert units[0] == [("GRU", 6), ("Elman", 4)]
    assert units[1] == units[0][::-1]


@pytest.mark.parametrize(
    ("settings", "form"),
    [
        ({"bidirectional": True, "normalization": "batch"}, {}),
        ({"bidirectional": True}, {"conditional": True, "reverse": True}),
        ({"residual": True, "normalization": "layer"}, {"reverse": True}),
        ({"residual": True, "dropout": 0.2}, {"conditional": True}),
        ({"recurrent_dropout": 0.2}, {"read_out": "recurrent"}),
    ],
)
def test_settings_of_the_stack_are_honoured(settings, form, x, tmp_path):
    stack = Stack("lstm", [4, 4], **settings)
    models = sequence_autoencoder(stack, padded_to_any_length, LATENT, **form)
    trained(models.autoencoder, x).save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(models.autoencoder(x), loaded(x))


@pytest.mark.parametrize(
    ("stack", "inputs", "form", "message"),
    [
        ({}, {"num_static": 1}, {}, "takes no covariates"),
        ({"bidirectional": True}, {}, {"reverse": True}, "no first step"),
        (
            {},
            {},
            {"conditional": True, "read_out": "recurrent"},
            "has a linear read-out",
        ),
        (
            {"bidirectional": True},
            {},
            {"read_out": "recurrent"},
            "neither be bidirectional nor",
        ),
        (
            {"cell": "elman", "options": {"output_units": 5}},
            {},
            {"read_out": "recurrent"},
            "put out the 1 features",
        ),
        ({}, {}, {"read_out": "dense"}, "one of 'linear', 'recurrent'"),
        ({}, {}, {"reverse": 1}, "`reverse` must be True or False"),
        (
            {"normalization": "batch"},
            {},
            {"conditional": True},
            "Use normalization='layer'",
        ),
    ],
)
def test_settings_that_contradict_each_other_are_refused(
    stack, inputs, form, message
):
    with pytest.raises(ValueError, match=message):
        sequence_autoencoder(Stack(**stack), Sequences(**inputs), 2, **form)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("lstm", Sequences(), 2), TypeError, "Use Stack"),
        ((Stack(), Tokens(10), 2), TypeError, "Use Sequences"),
        ((Stack(), Sequences(), 0), ValueError, "positive integer"),
    ],
)
def test_a_wrong_part_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        sequence_autoencoder(*arguments)


def test_another_model_has_no_parts():
    model = many_to_one(Stack("elman", 3), Sequences(), Regression())
    with pytest.raises(ValueError, match="made by sequence_autoencoder"):
        as_autoencoder(model)
