# SPDX-License-Identifier: Apache-2.0
"""For tests of videos: an oracle of convolutions, and fresh processes."""

import subprocess
import sys

import numpy as np

PREDICT = """
import sys
import keras, numpy as np
import keras_rnn
folder = sys.argv[1]
model = keras.models.load_model(f"{folder}/model.keras")
x = np.load(f"{folder}/x.npy")
np.save(f"{folder}/y.npy", model.predict(x, verbose=0))
"""


def videos(*shape):
    """Pixels in [0, 1], of which no frame is all equal."""
    return np.random.default_rng(0).random(shape).astype("float32")


def convolved(picture, kernel):
    """A "same" convolution, pixel by pixel: (height, width, channels)."""
    height, width, _ = picture.shape
    rows, columns, _, filters = kernel.shape
    above, left = (rows - 1) // 2, (columns - 1) // 2
    around = [(above, rows), (left, columns), (0, 0)]
    padded = np.pad(picture.astype("float64"), around)
    y = np.zeros((height, width, filters))
    for i in range(height):
        for j in range(width):
            seen = padded[i : i + rows, j : j + columns]
            y[i, j] = np.einsum("rkc,rkcf->f", seen, kernel)
    return y


def predicted_in_a_fresh_process(model, x, folder):
    model.save(folder / "model.keras")
    np.save(folder / "x.npy", x)
    done = subprocess.run(
        [sys.executable, "-c", PREDICT, folder],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return np.load(folder / "y.npy")
