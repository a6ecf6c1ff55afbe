# SPDX-License-Identifier: Apache-2.0
"""conv_lstm: its equations, what it learns, saves, masks and refuses."""

import keras
import numpy as np
import pytest

from keras_rnn.models import (
    Binary,
    Frames,
    MaskedConvLSTM2D,
    MultiClass,
    NextFrame,
    Regression,
    Training,
    conv_lstm,
    for_inference,
    predict_online,
)
from tests.models.video import (
    convolved,
    predicted_in_a_fresh_process,
    videos,
)
from tests.rows import randomized

BATCH, TIME, HEIGHT, WIDTH, CHANNELS, HORIZON = 3, 4, 5, 6, 2, 3
SIZE = (HEIGHT, WIDTH, CHANNELS)
PADDING = -1.0
#: Of rounding, in sums of some hundred products.
EXACT = {"rtol": 1e-4, "atol": 1e-5}
HEADS = {
    "frames": (NextFrame(HORIZON), videos(BATCH, HORIZON, *SIZE)),
    "classes": (MultiClass(3), np.arange(BATCH)),
    "binary": (Binary(), np.array([0, 1, 1])),
}
every_head = pytest.mark.parametrize(
    ("head", "y"), HEADS.values(), ids=list(HEADS)
)


@pytest.fixture
def x():
    return videos(BATCH, TIME, *SIZE)


def small(**settings):
    return Frames(*SIZE, **settings)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def by_hand(weights, x, horizon):
    """One layer over one video, and the frames that it predicts."""
    kernel, recurrent, bias, to_pixels, pixel_bias = weights
    h = c = np.zeros((*x.shape[1:3], recurrent.shape[2]))
    frames = list(x)
    for k in range(len(x) + max(horizon - 1, 0)):
        z = convolved(frames[k], kernel) + convolved(h, recurrent) + bias
        i, f, g, o = np.split(z, 4, axis=-1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        if k >= len(x) - 1:
            frames.append(sigmoid(convolved(h, to_pixels) + pixel_bias))
    return h, np.array(frames[len(x) : len(x) + horizon])


@pytest.mark.parametrize("kernel_size", [1, 3])
@pytest.mark.parametrize("length", [None, TIME])
def test_frames_ahead_are_those_of_the_equations(x, kernel_size, length):
    model = conv_lstm(
        2,
        small(length=length),
        NextFrame(HORIZON),
        kernel_size=kernel_size,
    )
    randomized(model)
    weights = [w.numpy().astype("float64") for w in model.trainable_weights]
    found = model.predict(x, verbose=0)
    assert found.shape == (BATCH, HORIZON, *SIZE)
    for video, ahead in zip(x, found, strict=True):
        _, expected = by_hand(weights, video, HORIZON)
        np.testing.assert_allclose(ahead, expected, **EXACT)


def test_classes_are_told_by_the_means_of_the_last_state(x):
    model = randomized(conv_lstm(2, small(), MultiClass(3)))
    *weights, kernel, bias = (
        w.numpy().astype("float64") for w in model.trainable_weights
    )
    nothing = [np.zeros((3, 3, 2, CHANNELS)), np.zeros(CHANNELS)]
    for video, found in zip(x, np.asarray(model(x)), strict=True):
        h, _ = by_hand([*weights, *nothing], video, 0)
        z = h.mean(axis=(0, 1)) @ kernel + bias
        expected = np.exp(z) / np.exp(z).sum()
        np.testing.assert_allclose(found, expected, **EXACT)


@every_head
def test_it_learns_is_saved_and_loaded(head, y, x, tmp_path):
    model = conv_lstm([3, 2], small(), head, kernel_size=2)
    Training(learning_rate=1e-2).compile(model, head)
    losses = model.fit(x, y, epochs=3, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(x), model(x))
    again = loaded.evaluate(x, y, verbose=0)
    np.testing.assert_allclose(again, model.evaluate(x, y, verbose=0), **EXACT)


def test_a_fresh_process_predicts_the_same(x, tmp_path):
    model = randomized(conv_lstm([3, 2], small(length=TIME), NextFrame(2)))
    found = predicted_in_a_fresh_process(model, x, tmp_path)
    np.testing.assert_array_equal(found, model.predict(x, verbose=0))


@every_head
@pytest.mark.parametrize("length", [None, TIME])
def test_padded_frames_change_nothing(head, y, length, x):
    """At the end, at the beginning, within, and everywhere."""
    model = randomized(
        conv_lstm([3, 2], small(length=length, mask_value=PADDING), head)
    )
    padded = np.stack([x[0]] * BATCH)
    padded[0, 2:], padded[1, :2], padded[2, 1:3] = PADDING, PADDING, PADDING
    kept = [padded[0, :2], padded[1, 2:], padded[2, [0, 3]]]
    plain = conv_lstm([3, 2], small(), head)
    plain.set_weights(model.get_weights())
    for video, found in zip(kept, np.asarray(model(padded)), strict=True):
        np.testing.assert_allclose(found, plain(video[None])[0], **EXACT)
    nothing = np.full_like(x, PADDING)
    assert np.isfinite(np.asarray(model(nothing))).all()


def test_padded_frames_teach_nothing(x):
    """The gradient of a padded video is that of the video."""
    head, y = HEADS["frames"]
    weights = []
    for padding in (0, 2):
        model = conv_lstm([3, 2], small(mask_value=PADDING), head)
        randomized(model)
        model.compile(keras.optimizers.SGD(0.5), head.loss)
        width = [(0, 0), (0, padding), *[(0, 0)] * 3]
        model.fit(np.pad(x, width, constant_values=PADDING), y, verbose=0)
        weights.append(model.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_allclose(one, other, **EXACT)


@pytest.mark.parametrize(
    ("policy", "name"),
    [("mixed_float16", "frames"), ("mixed_bfloat16", "classes")],
)
def test_half_precision_learns_and_answers_in_float32(policy, name, x):
    head, y = HEADS[name]
    keras.config.set_dtype_policy(policy)
    try:
        model = conv_lstm(3, small(mask_value=PADDING), head)
    finally:
        keras.config.set_dtype_policy("float32")
    Training(learning_rate=1e-2).compile(model, head)
    losses = model.fit(x, y, epochs=3, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    x[1, 2:] = PADDING
    found = model.predict(x, verbose=0)
    assert found.dtype == "float32"
    alone = model.predict(x[1:2, :2], verbose=0)
    # Half precision has 8 or 11 digits of a binary number.
    np.testing.assert_allclose(alone[0], found[1], rtol=2**-6)


@pytest.mark.parametrize("name", ["dropout", "recurrent_dropout"])
def test_dropout_is_of_training_alone(name, x):
    model = conv_lstm(3, small(), NextFrame(2), **{name: 0.5})
    np.testing.assert_array_equal(model(x), model(x))
    drawn = [np.asarray(model(x, training=True)) for _ in range(2)]
    assert not np.allclose(*drawn)


def test_a_layer_with_masks_is_the_one_of_keras_without_them(x):
    ours, own = (
        kind(3, 2, return_sequences=True)
        for kind in (MaskedConvLSTM2D, keras.layers.ConvLSTM2D)
    )
    own.build(x.shape)
    ours.build(x.shape)
    ours.set_weights(own.get_weights())
    np.testing.assert_array_equal(ours(x), own(x))


def test_frames_may_arrive_one_by_one(x):
    model = randomized(conv_lstm([3, 2], small(length=TIME), NextFrame()))
    online = for_inference(model, batch_size=BATCH)
    for frame in x.swapaxes(0, 1):
        found = predict_online(online, frame)
    np.testing.assert_allclose(found, model(x), **EXACT)


def test_states_that_have_read_predictions_are_not_read_on_from():
    model = conv_lstm(3, small(), NextFrame(2))
    with pytest.raises(ValueError, match="runs 2 times in the model"):
        for_inference(model)


def test_targets_lie_along_the_frames_ahead(x):
    model = conv_lstm(2, Frames(HEIGHT, WIDTH), NextFrame())
    model.compile("sgd", "mse")
    pictures = videos(BATCH, HEIGHT, WIDTH)
    full = pictures[:, None, :, :, None]
    given = {"x": videos(BATCH, TIME, HEIGHT, WIDTH, 1), "verbose": 0}
    # The axes of one frame and of one channel may be left out.
    assert model.evaluate(y=pictures, **given) == pytest.approx(
        model.evaluate(y=full, **given)
    )
    weights = np.array([1.0, 0.0, 0.0])
    first = model.evaluate(given["x"][:1], pictures[:1], verbose=0)
    assert model.evaluate(
        y=pictures, sample_weight=weights, **given
    ) == pytest.approx(first / BATCH, rel=1e-4)
    for wrong in (pictures[0], pictures[:, :-1], full.repeat(2, axis=1)):
        with pytest.raises(ValueError, match="Targets must have the shape"):
            model.evaluate(y=wrong, **given)


@pytest.mark.parametrize("loss", ["binary_crossentropy", "mse"])
@pytest.mark.parametrize("wrong", [255.0, -0.1, np.nan])
def test_pixels_beyond_0_and_1_are_refused_whatever_the_loss(loss, wrong, x):
    import tensorflow as tf

    model = conv_lstm(2, small(), NextFrame())
    model.compile("sgd", loss)
    y = videos(BATCH, 1, *SIZE)
    y[1, 0, 2, 2, 0] = wrong
    with pytest.raises(ValueError, match=r"Pixels .* must lie in 0 \.\. 1"):
        model.fit(x, y, verbose=0)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(2)
    with pytest.raises(Exception, match=r"Pixels .* must lie in 0 \.\. 1"):
        model.evaluate(batches, verbose=0)
    y[1, 0, 2, 2, 0] = 1
    assert np.isfinite(model.evaluate(x, y, verbose=0))


def test_a_loaded_model_refuses_other_pixels(x, tmp_path):
    model = conv_lstm(2, small(), NextFrame())
    model.compile("sgd", "mse")
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    with pytest.raises(ValueError, match="Scale them, as with frames / 255"):
        loaded.fit(x, 255 * videos(BATCH, 1, *SIZE), verbose=0)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"filters": 0}, ValueError, "`filters` must be a positive"),
        ({"filters": [4, "4"]}, ValueError, "`filters` must be a positive"),
        ({"filters": []}, ValueError, "at least one layer"),
        ({"inputs": 3}, TypeError, r"Use Frames\(height, width\)"),
        ({"inputs": small(convolutions=())}, ValueError, "pixels themselves"),
        ({"head": "frames"}, TypeError, "Binary or MultiClass or NextFrame"),
        ({"head": Regression()}, TypeError, "for many_to_one"),
        ({"kernel_size": (3, 3)}, ValueError, "`kernel_size` must be"),
        ({"dropout": 1.0}, ValueError, "`dropout` must be less than 1"),
        ({"recurrent_dropout": -0.1}, ValueError, "from 0 to 1"),
    ],
)
def test_wrong_settings_are_refused(settings, error, message):
    given = {"filters": 4, "inputs": small(), "head": NextFrame()}
    with pytest.raises(error, match=message):
        conv_lstm(**given | settings)
