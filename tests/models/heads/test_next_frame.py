# SPDX-License-Identifier: Apache-2.0
"""NextFrame: its layers, loss and metrics, and who takes it."""

import keras
import numpy as np
import pytest

from keras_rnn.models import (
    Frames,
    NextFrame,
    Sequences,
    Stack,
    Training,
    conv_lstm,
    many_to_one,
)
from tests.models.video import videos


def test_a_frame_is_made_of_shares_in_float32():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        layer = NextFrame().pixels(channels=2)
    finally:
        keras.config.set_dtype_policy("float32")
    y = np.asarray(layer(100 * videos(3, 4, 5, 6) - 50))
    assert y.shape == (3, 4, 5, 2)
    assert y.dtype == "float32"
    assert ((y >= 0) & (y <= 1)).all()
    assert y.min() < 0.01
    assert y.max() > 0.99


def test_frames_are_joined_in_their_order():
    frames = [videos(2, 1, 4, 5, 1) + k for k in range(3)]
    y = np.asarray(NextFrame(3)(frames))
    np.testing.assert_array_equal(y, np.concatenate(frames, axis=1))


def test_it_knows_its_loss_and_metrics():
    """The cross-entropy of shares is smallest at the shares, above 0."""
    head = NextFrame(2)
    model = conv_lstm(2, Frames(4, 5), head)
    Training().compile(model, head)
    x, y = videos(3, 2, 4, 5, 1), videos(3, 2, 4, 5, 1)
    scores = model.evaluate(x, y, verbose=0, return_dict=True)
    p = model.predict(x, verbose=0).astype("float64")
    assert scores["mae"] == pytest.approx(np.abs(y - p).mean(), rel=1e-4)
    entropy = -(y * np.log(p) + (1 - y) * np.log1p(-p)).mean()
    assert scores["loss"] == pytest.approx(entropy, rel=1e-4)


@pytest.mark.parametrize("horizon", [0, 1.5, True])
def test_a_horizon_is_a_number_of_frames(horizon):
    with pytest.raises(ValueError, match="`horizon` must be a positive"):
        NextFrame(horizon)


def test_other_factories_send_it_where_it_belongs():
    with pytest.raises(TypeError, match="This one is for conv_lstm"):
        many_to_one(Stack(), Sequences(), NextFrame())
