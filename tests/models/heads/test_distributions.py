# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pandas as pd
import pytest
from keras import ops

from keras_rnn.data import Columns, Counts, Split, Windows, prepare
from keras_rnn.models import (
    DISTRIBUTIONS,
    FeedbackDecoder,
    NegativeBinomial,
    Quantiles,
    Sequences,
    Stack,
    many_to_one,
    seq2seq,
    teacher_forced,
    with_horizon,
)
from keras_rnn.models.heads.distributions.quantiles import NonCrossing
from tests.tiers import mostly_slow

HEADS = {
    key: head(horizon=2, num_targets=3) for key, head in DISTRIBUTIONS.items()
}
OTHER_LEVELS = {
    str(levels): Quantiles(levels, horizon=2, num_targets=3)
    for levels in [(0.1, 0.4, 0.6, 0.9), (0.9,)]
}
every_head = pytest.mark.parametrize(
    "head", mostly_slow(HEADS | OTHER_LEVELS, default=HEADS)
)


def model_of(head):
    return many_to_one(Stack("elman", 3), Sequences(2, 5), head)


@every_head
def test_it_trains_saves_and_loads(head, tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(8, 5, 2))
    y = rng.poisson(4, size=(8, 2, 3)).astype("float32")
    model = model_of(head)
    model.compile(keras.optimizers.Adam(0.05), head.loss)
    losses = model.fit(x, y, epochs=20, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model(x), loaded(x))
    assert loaded.evaluate(x, y, verbose=0) == pytest.approx(
        model.evaluate(x, y, verbose=0)
    )


@every_head
def test_the_answer_has_an_axis_more_than_the_targets(head):
    assert model_of(head).output_shape == (None, 2, 3, head.num_parameters)


@pytest.mark.parametrize("middle", [0, 1, 3])
def test_quantiles_never_cross(middle):
    x = np.random.default_rng(1).normal(scale=20, size=(50, 4))
    y = ops.convert_to_numpy(NonCrossing(middle)(x))
    assert (np.diff(y, axis=-1) >= 0).all()
    np.testing.assert_allclose(y[:, middle], x[:, middle], rtol=1e-6)


def test_quantiles_are_learned():
    # Without a signal in x the best forecast is the sample's own quantiles.
    rng = np.random.default_rng(2)
    x = np.ones((512, 1, 1))
    y = rng.exponential(size=(512, 1, 1))
    head = Quantiles(levels=(0.1, 0.5, 0.9))
    model = many_to_one(Stack("elman", 2), Sequences(1, 1), head)
    model.compile(keras.optimizers.Adam(0.03), head.loss)
    model.fit(x, y, epochs=60, batch_size=128, verbose=0)
    found = ops.convert_to_numpy(model(x[:1]))[0, 0, 0]
    np.testing.assert_allclose(found, np.quantile(y, head.levels), atol=0.12)


def test_samples_have_the_variance_of_the_definition():
    # 4 + 0.5 · 4² = 12.
    prediction = np.array([[[[4.0, 0.5]]]])
    draws = NegativeBinomial().sample(prediction, 40_000, seed=0)
    assert draws.mean() == pytest.approx(4, rel=0.03)
    assert draws.var() == pytest.approx(12, rel=0.05)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"levels": (0.5, 0.5)}, "`levels` must be increasing"),
        ({"horizon": 0}, "`horizon` must be a positive integer"),
        ({"num_targets": 1.5}, "`num_targets` must be a positive integer"),
    ],
)
def test_wrong_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Quantiles(**settings)


@every_head
def test_a_head_works_in_float32_under_mixed_precision(head):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = model_of(head)
    finally:
        keras.config.set_dtype_policy("float32")
    y = model(np.zeros((1, 5, 2)))
    assert keras.backend.standardize_dtype(y.dtype) == "float32"


@pytest.mark.parametrize(
    "head",
    mostly_slow(
        HEADS | OTHER_LEVELS, default=["gaussian", "negative_binomial"]
    ),
)
def test_a_decoder_writes_it_step_by_step(head, tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(8, 5, 2)).astype("float32")
    y = rng.poisson(4, size=(8, 2, 3)).astype("float32")
    model = seq2seq(Stack("elman", 3), Sequences(2, 5), head, teacher_forcing=0)
    assert model.output_shape == (None, 2, 3, head.num_parameters)
    model.compile(keras.optimizers.Adam(0.05), head.loss)
    losses = model.fit(x, y, epochs=10, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model(x), loaded(x))
    longer = with_horizon(loaded, 4)(x)
    np.testing.assert_allclose(longer[:, :2], model(x), rtol=1e-5)


@every_head
def test_a_decoder_feeds_the_middle_or_the_mean_back(head):
    layer = head.parameter_layer()
    decoder = FeedbackDecoder(
        Stack("gru", 4),
        3,
        num_parameters=head.num_parameters,
        parameter_layer=layer,
    )
    x = np.random.default_rng(0).normal(size=(4, 5, 2)).astype("float32")
    free = ops.convert_to_numpy(decoder(x))
    with teacher_forced(free[..., layer.point_index]):
        told = decoder(x, training=True)
    np.testing.assert_allclose(ops.convert_to_numpy(told), free, atol=1e-5)


def test_counts_have_the_size_of_the_training_rows():
    counts = np.array([[3, 30], [5, 50]] * 20)
    frame = pd.DataFrame(counts, columns=["a", "b"])
    data = prepare(
        frame,
        Columns(("a", "b")),
        Windows(lookback=4, horizon=2),
        split=Split(validation=0, test=10),
        representation=Counts(),
    )
    head = NegativeBinomial.of(data)
    assert head == NegativeBinomial(horizon=2, num_targets=2, size=(5.0, 41.0))
    raw = np.zeros((1, 2, 2, 2))
    plain = NegativeBinomial(2, 2).parameter_layer()(raw)
    sized = ops.convert_to_numpy(head.parameter_layer()(raw))
    expected = ops.convert_to_numpy(plain) * [[5.0, 1.0], [41.0, 1.0]]
    np.testing.assert_allclose(sized, expected, rtol=1e-6)
    x, y = next(iter(data.test.dataset(8)))
    np.testing.assert_array_equal(y, data.test.actual[:8])
    assert (np.abs(x) < 3).all()


def test_a_size_for_each_target_is_asked_for():
    with pytest.raises(ValueError, match="one number for each of the 2 targ"):
        NegativeBinomial(num_targets=2, size=(1.0,))
    with pytest.raises(ValueError, match="`size` must be a finite number"):
        NegativeBinomial(size=(0.0,))


def test_quantiles_are_picked_by_their_levels():
    head = Quantiles(levels=(0.1, 0.5, 0.9))
    assert head.quantiles([[[1, 2, 3]]], (0.1, 0.9)).tolist() == [[[1, 3]]]
    with pytest.raises(ValueError, match=r"must be one of 0\.1, 0\.5, 0\.9"):
        head.quantiles([[[1, 2, 3]]], (0.2,))
