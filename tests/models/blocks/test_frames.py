# SPDX-License-Identifier: Apache-2.0
"""Frames: what the layers above see of a video, and what is refused."""

import keras
import numpy as np
import pytest

from keras_rnn.models import (
    Binary,
    ConvolutionPerFrame,
    FrameMasking,
    Frames,
    MultiClass,
    Regression,
    Stack,
    Training,
    for_inference,
    many_to_many,
    many_to_one,
    predict_online,
)
from tests.models.video import (
    convolved,
    predicted_in_a_fresh_process,
    videos,
)
from tests.rows import each_kind, randomized

BATCH, TIME, HEIGHT, WIDTH, CHANNELS = 3, 4, 5, 7, 2
SIZE = (HEIGHT, WIDTH, CHANNELS)
PADDING = -1.0
#: Of rounding, in sums of some hundred products.
EXACT = {"rtol": 1e-4, "atol": 1e-5}


@pytest.fixture
def x():
    return videos(BATCH, TIME, *SIZE)


def halved(picture):
    """The largest number of each 2 × 2 pixels; what is left over is cut off."""
    height, width, channels = picture.shape
    whole = picture[: height // 2 * 2, : width // 2 * 2]
    return whole.reshape(height // 2, 2, width // 2, 2, channels).max((1, 3))


@pytest.mark.parametrize("filters", [(), (3,), (3, 4)])
def test_each_frame_is_convolved_and_halved_as_by_hand(x, filters):
    layer = ConvolutionPerFrame(filters)
    layer.build((None, None, *SIZE))
    randomized(layer)
    weights = [w.numpy().astype("float64") for w in layer.trainable_weights]
    for row, found in zip(x, np.asarray(layer(x)), strict=True):
        for picture, vector in zip(row, found, strict=True):
            expected = picture
            for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
                z = convolved(expected, kernel) + bias
                expected = halved(np.maximum(z, 0))
            np.testing.assert_allclose(vector, expected.ravel(), **EXACT)


def test_frames_are_padding_if_all_of_their_pixels_are(x):
    x[1, 2:] = PADDING
    x[2, 3, 0] = PADDING  # a row of pixels alone
    x[0, 0, :, :, 1] = PADDING  # a channel alone
    expected = np.ones((BATCH, TIME), bool)
    expected[1, 2:] = False
    layer = FrameMasking(PADDING)
    np.testing.assert_array_equal(layer.compute_mask(x), expected)
    earlier = np.arange(TIME) < [[3], [4], [0]]
    np.testing.assert_array_equal(
        layer.compute_mask(x, earlier), expected & earlier
    )
    y = np.asarray(layer(x))
    np.testing.assert_array_equal(y[1, 2:], 0)
    np.testing.assert_array_equal(y[expected], x[expected])


@each_kind
def test_any_cell_reads_frames_and_skips_padding(variant, x, tmp_path):
    """A video padded at its end is that video, as trained and as loaded."""
    options = dict(variant.arguments)
    options.pop("num_observed", None)  # no pixel is missing
    head = MultiClass(3)
    model = many_to_one(
        Stack(variant.key, 4, options=options),
        Frames(*SIZE, convolutions=(3, 2), mask_value=PADDING),
        head,
    )
    x[1, 2:] = PADDING
    Training().compile(model, head)
    model.fit(x, np.array([0, 1, 2]), verbose=0)
    expected = model.predict(x, verbose=0)
    alone = model.predict(x[1:2, :2], verbose=0)
    np.testing.assert_allclose(alone[0], expected[1], **EXACT)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), expected)


def test_a_fresh_process_predicts_the_same(x, tmp_path):
    model = many_to_one(
        Stack("gru", 3), Frames(*SIZE, length=TIME), Regression(horizon=2)
    )
    found = predicted_in_a_fresh_process(model, x, tmp_path)
    np.testing.assert_array_equal(found, model.predict(x, verbose=0))


def test_frames_are_tagged_and_padding_has_no_weight(x):
    head = Binary()
    model = many_to_many(
        Stack("elman", 3, bidirectional=True),
        Frames(*SIZE, mask_value=PADDING),
        head,
    )
    Training().compile(model, head, metrics=["accuracy"])
    y = np.ones((BATCH, TIME))
    whole = model.evaluate(x[:2], y[:2], verbose=0)
    x[2] = PADDING
    y[2] = 0
    np.testing.assert_allclose(model.evaluate(x, y, verbose=0), whole, **EXACT)


def test_frames_that_arrive_one_by_one_are_read_on_from(x):
    model = many_to_one(Stack("lstm", 3), Frames(*SIZE), Regression())
    online = for_inference(model, batch_size=BATCH)
    for frame in x.swapaxes(0, 1):
        found = predict_online(online, frame)
    np.testing.assert_allclose(found, model(x), **EXACT)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_learns_and_skips_padding(policy, x):
    head = MultiClass(3)
    keras.config.set_dtype_policy(policy)
    try:
        model = many_to_one(
            Stack("gru", 4), Frames(*SIZE, mask_value=PADDING), head
        )
    finally:
        keras.config.set_dtype_policy("float32")
    half = policy.removeprefix("mixed_")
    (layer,) = (v for v in model.layers if isinstance(v, ConvolutionPerFrame))
    assert {c.compute_dtype for c in layer.convolutions} == {half}
    Training(learning_rate=1e-2).compile(model, head)
    losses = model.fit(x, np.array([0, 1, 2]), epochs=5, verbose=0)
    assert losses.history["loss"][-1] < losses.history["loss"][0]
    x[1, 2:] = PADDING
    y = model.predict(x, verbose=0)
    assert y.dtype == "float32"
    alone = model.predict(x[1:2, :2], verbose=0)
    # Half precision has 8 or 11 digits of a binary number.
    np.testing.assert_allclose(alone[0], y[1], rtol=2**-6)


def test_a_layer_is_remade_from_its_config():
    layer = ConvolutionPerFrame((3, 4), dtype="bfloat16", name="eyes")
    again = ConvolutionPerFrame.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert again.filters == (3, 4)
    assert again.convolutions[0].compute_dtype == "bfloat16"
    masking = FrameMasking(0.5)
    assert FrameMasking.from_config(masking.get_config()).mask_value == 0.5


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"height": 0}, ValueError, "`height` must be a positive"),
        ({"width": 2.5}, ValueError, "`width` must be a positive"),
        ({"channels": True}, ValueError, "`channels` must be a positive"),
        ({"length": 0}, ValueError, "`length` must be a positive"),
        ({"convolutions": 16}, TypeError, r"convolutions=\(16,\) for one"),
        ({"convolutions": [16]}, TypeError, "must be of type tuple"),
        ({"convolutions": (16, 0)}, ValueError, "`convolutions` must be"),
        ({"width": 3}, ValueError, "need 4 × 4 pixels.*height=8, width=3"),
        ({"convolutions": (1,) * 4}, ValueError, "need 16 × 16 pixels"),
        ({"mask_value": np.nan}, ValueError, "`mask_value` must be a finite"),
        ({"mask_value": "black"}, ValueError, "`mask_value` must be a finite"),
    ],
)
def test_wrong_settings_are_refused(settings, error, message):
    with pytest.raises(error, match=message):
        Frames(**{"height": 8, "width": 8} | settings)
