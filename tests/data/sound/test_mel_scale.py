# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest

from keras_rnn.data.sound.mel_scale import mel, triangles


@pytest.mark.parametrize(
    ("num_mels", "fft_length", "rate", "lowest", "highest"),
    [(40, 512, 16000, 20.0, 8000.0), (13, 256, 8000, 0.0, 3000.0)],
)
def test_triangles_are_those_of_keras(
    num_mels, fft_length, rate, lowest, highest
):
    theirs = keras.layers.MelSpectrogram().linear_to_mel_weight_matrix(
        num_mels, fft_length // 2 + 1, rate, lowest, highest
    )
    ours = triangles(num_mels, fft_length, rate, (lowest, highest))
    np.testing.assert_allclose(ours, np.asarray(theirs), atol=1e-4)


def test_a_thousand_mels_are_a_thousand_hertz():
    assert mel(np.array([0.0, 1000.0])) == pytest.approx([0.0, 1000.0], abs=0.1)


def test_neighbours_share_a_frequency_between_their_middles():
    weights = triangles(20, 1024, 16000, (0.0, 8000.0))
    mels = mel(np.fft.rfftfreq(1024, 1 / 16000))
    middles = np.linspace(0.0, mels[-1], 22)[1:-1]
    between = (mels >= middles[0]) & (mels <= middles[-1])
    np.testing.assert_allclose(weights.sum(axis=1)[between], 1.0)


def test_a_triangle_without_a_frequency_is_refused():
    # Frequencies lie 16000 / 512 = 31.25 Hz apart. Of 128 triangles the lowest
    # is 2 · 2808 / 129 mel wide, which is 28 Hz there.
    with pytest.raises(ValueError, match="num_mels=128, fft_length=512"):
        triangles(128, 512, 16000, (20.0, 8000.0))
    triangles(128, 1024, 16000, (20.0, 8000.0))
