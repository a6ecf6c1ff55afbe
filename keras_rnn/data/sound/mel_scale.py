# SPDX-License-Identifier: Apache-2.0
"""The mel scale, and triangles that are equally wide on it."""

import numpy as np

from keras_rnn._types import Array


def triangles(
    num_mels: int,
    fft_length: int,
    sampling_rate: int,
    frequencies: tuple[float, float],
) -> Array:
    """Weights that sum the power at frequencies to the power of mels.

    A triangle rises from 0 at the centre of the one below to 1 at its own
    centre and falls to 0 at the centre of the one above, straight in mel.

    Args:
        num_mels: Number of triangles.
        fft_length: Samples of the Fourier transform, by which the distance of
            its frequencies is given.
        sampling_rate: Samples per second.
        frequencies: Where the first triangle begins and the last one ends, in
            hertz.

    Returns:
        Array `(fft_length // 2 + 1, num_mels)` of float64.

    Raises:
        ValueError: If a triangle lies between two frequencies of the
            transform: its mel would be silent whatever sounds.
    """
    lowest, highest = mel(np.array(frequencies))
    edges = np.linspace(lowest, highest, num_mels + 2)
    below, centre, above = edges[:-2], edges[1:-1], edges[2:]
    mels = mel(np.fft.rfftfreq(fft_length, 1 / sampling_rate))[:, None]
    rising = (mels - below) / (centre - below)
    falling = (above - mels) / (above - centre)
    weights = np.maximum(0.0, np.minimum(rising, falling))
    silent = np.flatnonzero(weights.sum(axis=0) == 0.0)
    if len(silent):
        raise ValueError(
            "Each mel must hold a frequency of the Fourier transform. "
            f"Received: num_mels={num_mels}, fft_length={fft_length}, which "
            f"leave {len(silent)} without, first mel {silent[0]}. Lower "
            "`num_mels`, or raise `fft_length`."
        )
    return weights


def mel(hertz: Array) -> Array:
    """Mels of frequencies in hertz, as in the Hidden Markov Model Toolkit."""
    return 2595.0 * np.log10(1.0 + hertz / 700.0)
