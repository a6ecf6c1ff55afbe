# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest
from keras.src.backend import get_keras_mask

from keras_rnn.models import (
    AtEveryStep,
    Binary,
    MultiClass,
    NextToken,
    Regression,
    Sequences,
    Stack,
    Tokens,
    Training,
    many_to_many,
)
from tests.models.quick import quick_stack
from tests.rows import few_keys

BATCH, TIME, FEATURES = 3, 5, 2
TOKENS = Tokens(vocabulary_size=7, embedding_units=3)
#: Unequal lengths, and one sequence of padding only.
IDS = np.array([[1, 2, 3, 4, 5], [6, 5, 0, 0, 0], [0, 0, 0, 0, 0]])


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(BATCH, TIME, FEATURES))


@few_keys
def test_every_key_trains_saves_and_loads(key, tmp_path):
    head = NextToken.of(TOKENS)
    model = many_to_many(quick_stack(key, 3), TOKENS, head)
    Training().compile(model, head)
    targets = np.roll(IDS, -1, axis=1)
    history = model.fit(IDS, targets, batch_size=BATCH, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    assert np.isfinite(history["perplexity"]).all()
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model(IDS), loaded(IDS))


@pytest.mark.parametrize(
    ("head", "width"),
    [
        (Regression(num_targets=2), 2),
        (Binary(), 1),
        (MultiClass(num_classes=5), 5),
    ],
)
def test_a_head_answers_at_every_step(head, width, x):
    model = many_to_many(Stack("elman", 3), Sequences(FEATURES), head)
    assert not model.compiled
    assert tuple(model(x).shape) == (BATCH, TIME, width)
    assert tuple(model(x[:1, :2]).shape) == (1, 2, width)


def test_a_stack_of_everything_answers_at_every_step(x):
    stack = Stack(
        ["keras_gru", "elman"], 4, bidirectional=True, dropout=0.1,
        recurrent_dropout=0.1, normalization="layer", residual=True,
    )  # fmt: skip
    model = many_to_many(
        stack, Sequences(FEATURES, mask_value=0.0), MultiClass(3)
    )
    # Of which XLA would compile each loop, in minutes.
    Training().compile(model, MultiClass(3), jit_compile=False)
    x[1, 2:] = x[2] = 0
    model.fit(x, np.zeros((BATCH, TIME)), verbose=0)
    y = np.asarray(model(x))
    assert y.shape == (BATCH, TIME, 3)
    np.testing.assert_allclose(y[1:2, :2], model(x[1:2, :2]), rtol=1e-4)


@pytest.mark.parametrize(
    ("head", "targets"),
    [
        (MultiClass(7), np.roll(IDS, -1, axis=1)),
        (Binary(), (IDS[..., None] % 2)),
        (Regression(), IDS[..., None].astype("float32")),
    ],
)
def test_padded_steps_weigh_nothing_in_loss_and_metrics(head, targets):
    model = many_to_many(Stack("elman", 3), TOKENS, head)
    Training().compile(model, head)
    before = model.evaluate(IDS, targets, batch_size=BATCH, verbose=0)
    changed = np.where(
        (IDS == 0).reshape(IDS.shape + (1,) * (targets.ndim - 2)),
        1 - np.minimum(targets, 1),
        targets,
    )
    assert not np.array_equal(changed, targets)
    after = model.evaluate(IDS, changed, batch_size=BATCH, verbose=0)
    np.testing.assert_allclose(after, before, rtol=1e-6)


def test_the_loss_is_the_mean_over_valid_steps():
    model = many_to_many(Stack("elman", 3), TOKENS, Regression())
    model.compile(loss="mae")
    targets = np.random.default_rng(1).normal(size=(*IDS.shape, 1))
    loss = model.evaluate(IDS, targets, batch_size=BATCH, verbose=0)
    errors = np.abs(np.asarray(model(IDS)) - targets)
    np.testing.assert_allclose(loss, errors[IDS != 0].mean(), rtol=1e-5)


@pytest.mark.parametrize(
    ("head", "loss", "padding"),
    [
        (Regression(), "mse", 1000.0),
        (Binary(), "binary_crossentropy", 0.0),
    ],
)
def test_padding_weighs_nothing_where_targets_lack_their_last_axis(
    head, loss, padding
):
    x = np.random.default_rng(0).normal(size=(4, 4, 1))  # as long as many
    for row, length in enumerate((1, 2, 3, 4)):
        x[row, length:] = -9
    valid = x[..., 0] != -9
    model = many_to_many(Stack("elman", 3), Sequences(mask_value=-9.0), head)
    model.compile("sgd", loss)
    answers = np.asarray(model(x))[..., 0]
    errors = (answers - 1) ** 2 if loss == "mse" else -np.log(answers)
    y = np.where(valid, 1.0, padding)
    for targets in (y, y[..., None]):
        found = model.evaluate(x, targets, verbose=0)
        np.testing.assert_allclose(found, errors[valid].mean(), rtol=1e-4)


def test_a_batch_of_padding_trains_without_nan():
    head = MultiClass(3)
    model = many_to_many(Stack("gru", 3, normalization="batch"), TOKENS, head)
    Training().compile(model, head)
    model.fit(IDS[2:], np.zeros((1, TIME)), verbose=0)
    assert np.isfinite(model(IDS)).all()


def test_logits_are_float32_under_mixed_precision():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = many_to_many(Stack("elman", 3), TOKENS, NextToken.of(TOKENS))
    finally:
        keras.config.set_dtype_policy("float32")
    assert keras.backend.standardize_dtype(model(IDS).dtype) == "float32"


@pytest.mark.parametrize("key", ["keras_lstm", "elman"])
def test_a_language_model_never_sees_the_future(key):
    model = many_to_many(
        Stack(key, [3, 3], residual=True), TOKENS, NextToken.of(TOKENS)
    )
    changed = IDS[:1].copy()
    changed[:, 3:] = 6
    np.testing.assert_allclose(
        model(changed)[:, :3], model(IDS[:1])[:, :3], rtol=1e-5, atol=1e-7
    )


def test_static_covariates_reach_every_step(x):
    model = many_to_many(
        Stack("elman", 3),
        Sequences(FEATURES, num_static=2, mask_value=0.0),
        Regression(),
    )
    x[0, 3:] = 0
    inputs = {"past": x, "static": np.zeros((BATCH, 2))}
    y = model(inputs)
    changed = model({**inputs, "static": np.ones((BATCH, 2))})
    assert (np.abs(np.asarray(changed) - np.asarray(y)) > 1e-6).all()
    np.testing.assert_array_equal(get_keras_mask(y), x.any(axis=-1))


def test_the_static_layer_survives_saving(tmp_path):
    inputs = [keras.Input((None, 3)), keras.Input((4,))]
    model = keras.Model(inputs, AtEveryStep()(inputs))
    assert model.output_shape == (None, None, 7)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    values = [np.zeros((2, 5, 3)), np.ones((2, 4))]
    np.testing.assert_array_equal(loaded(values), model(values))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("lstm", TOKENS, Binary()), TypeError, "Use Stack"),
        ((Stack(), 3, Binary()), TypeError, "Use Sequences, Tokens or Frames"),
        ((Stack(), TOKENS, "tags"), TypeError, "or NextToken"),
        (
            (Stack(), Sequences(), Regression(horizon=3)),
            ValueError,
            "no horizon.*num_targets",
        ),
        (
            (Stack(), Sequences(num_future=1), Regression()),
            ValueError,
            "no horizon for future covariates",
        ),
        (
            (Stack(bidirectional=True), TOKENS, NextToken.of(TOKENS)),
            ValueError,
            "sees the token it is to predict",
        ),
        ((Stack(), TOKENS, NextToken(8)), ValueError, "NextToken.of"),
        (
            (Stack(), TOKENS, NextToken(7, mask_zero=False)),
            ValueError,
            "`vocabulary_size` and `mask_zero` must be those",
        ),
        (
            (Stack(), Sequences(), NextToken(7)),
            TypeError,
            "predicts what it reads",
        ),
    ],
)
def test_what_cannot_be_honoured_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        many_to_many(*arguments)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: NextToken(1), ValueError, "at least 2"),
        (lambda: NextToken(5, mask_zero=1), ValueError, "`mask_zero`"),
        (lambda: NextToken.of(5), TypeError, "must be of type Tokens"),
        (lambda: Sequences(mask_value=np.nan), ValueError, "finite number"),
        (lambda: Sequences(mask_value=True), ValueError, "finite number"),
    ],
)
def test_its_parts_refuse_wrong_values(make, error, message):
    with pytest.raises(error, match=message):
        make()
