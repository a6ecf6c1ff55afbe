# SPDX-License-Identifier: Apache-2.0
"""Reads WAV files of PCM: whole numbers, as recorders write them."""

import wave
from typing import NamedTuple

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import Array, PathLike

REMEDY = "Convert it: `ffmpeg -i {} -c:a pcm_s16le new.wav`."


class Recording(NamedTuple):
    """The sound of a file.

    Attributes:
        samples: Array `(samples,)` of float32, from −1 to 1.
        sampling_rate: Samples per second.
    """

    samples: Array
    sampling_rate: int


def read_wav(path: PathLike, *, sampling_rate: int | None = None) -> Recording:
    """Reads a WAV file of 8, 16, 24 or 32 bits; channels are averaged.

    A sample of b bits is divided by 2ᵇ⁻¹, and rounded to float32, which holds
    up to 24 bits as they are.

    Args:
        path: A WAV file of PCM.
        sampling_rate: Samples per second that are expected; None for any.
            Nothing is resampled: filters change the sound, so which one is to
            be used is for you to choose.

    Returns:
        `Recording(samples, sampling_rate)`.

    Raises:
        OSError: If the file cannot be opened.
        ValueError: If the file is not a WAV file of PCM, is cut off, holds no
            sample, or has another sampling rate.

    Example:
        >>> import wave
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> import numpy as np
        >>> from keras_rnn.data.sound import read_wav
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "clip.wav")
        ...     with wave.open(str(path), "wb") as file:
        ...         file.setparams((1, 2, 8000, 0, "NONE", ""))
        ...         file.writeframes(np.array([0, 16384, -32768], "<i2"))
        ...     read_wav(path)
        Recording(samples=array([ 0. ,  0.5, -1. ], dtype=float32), \
sampling_rate=8000)
    """
    if sampling_rate is not None:
        validate.positive_int("sampling_rate", sampling_rate)
    try:
        with open(path, "rb") as file, wave.open(file) as sound:
            data = sound.readframes(sound.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(
            f"{path} must be a WAV file of PCM, 8 to 32 bits. Received: "
            f"{error or 'a file that ends too early'}. {REMEDY.format(path)}"
        ) from error
    _check(path, sound, len(data), sampling_rate)
    samples = _as_floats(data, sound.getsampwidth())
    by_channel = samples.reshape(-1, sound.getnchannels())
    return Recording(
        by_channel.mean(axis=1).astype(np.float32), sound.getframerate()
    )


def _check(
    path: PathLike,
    sound: wave.Wave_read,
    num_bytes: int,
    sampling_rate: int | None,
) -> None:
    """Compares what the header of a file says with the file, and with us."""
    width, rate = sound.getsampwidth(), sound.getframerate()
    expected = sound.getnframes()
    found = num_bytes // (width * sound.getnchannels())
    if not found or found < expected:
        raise ValueError(
            f"{path} must hold sound, {expected or 'some'} samples by its "
            f"header. Received: {found}. The file may be cut off: copy or "
            "record it anew."
        )
    if width > 4:
        raise ValueError(
            f"{path} must hold samples of 8, 16, 24 or 32 bits. Received: "
            f"{8 * width}. {REMEDY.format(path)}"
        )
    if sampling_rate not in (None, rate):
        raise ValueError(
            f"{path} must have {sampling_rate} samples per second, as asked. "
            f"Received: {rate}. Resample it: "
            f"`ffmpeg -i {path} -ar {sampling_rate} new.wav`."
        )


def _as_floats(data: bytes, width: int) -> Array:
    """Samples from their bytes, the lowest byte first."""
    octets = np.frombuffer(data, np.uint8).reshape(-1, width)
    if width == 1:  # alone among the widths, it counts from 0 to 255
        octets = octets ^ 0x80
    wide = np.zeros((len(octets), 4), np.uint8)
    wide[:, -width:] = octets
    return wide.view("<i4")[:, 0] / 2**31
