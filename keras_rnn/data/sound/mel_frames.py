# SPDX-License-Identifier: Apache-2.0
"""From waveforms to frames: how loud each band of frequencies is, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import Array
from keras_rnn.data.sound.mel_scale import triangles

#: Power below which all sound counts as silence: logarithms end here.
FLOOR = 1e-6
#: Frames of zeros alone are padding, so that a 0 of sound becomes this number.
ALMOST_ZERO = float(np.finfo(np.float32).tiny)


class LogMel(NamedTuple):
    """Clips of one length, in frames.

    Attributes:
        frames: Array `(batch, time, mels)` of float32, the natural logarithms
            of powers. Zeros fill the time after the end of a clip; no frame of
            sound consists of zeros.
        lengths: Array `(batch,)`: the number of frames of each clip that are
            not padding.
    """

    frames: Array
    lengths: Array

    @property
    def mask(self) -> Array:
        """Array `(batch, time)` of bool: True where a frame is not padding."""
        return np.arange(self.frames.shape[1]) < self.lengths[:, None]


def log_mel(
    waveforms: Sequence[Array] | Array,
    *,
    sampling_rate: int,
    num_mels: int = 40,
    window_seconds: float = 0.025,
    stride_seconds: float = 0.010,
    fft_length: int | None = None,
    min_frequency: float = 20.0,
    max_frequency: float | None = None,
) -> LogMel:
    """The loudness of sound in bands of frequencies: log-mel spectrograms.

    What recognizers of speech and other sounds read. A model skips the padding
    with `Sequences(num_mels, mask_value=0.0)`.

    Every clip is transformed alone, so its frames are the same in any batch:

        window k    Hann, its middle on sample k · stride;
                    before and after a clip there is silence
        S           |Fourier transform of the window|², summed over triangles
        frame k     log(max(S, 10⁻⁶))

    A clip of n samples has 1 + n // stride frames, one at least.

    Args:
        waveforms: A list of arrays `(samples,)`, or an array `(batch,
            samples)`; floats from −1 to 1.
        sampling_rate: Samples per second, of all clips.
        num_mels: Number of bands, which are equally wide on the mel scale.
        window_seconds: What a frame hears, rounded to samples. 25 ms suit
            speech; longer windows tell tones apart that lie closer together.
        stride_seconds: Time from frame to frame, rounded to samples.
        fft_length: Samples of the Fourier transform; a window is filled with
            zeros up to it. None for the next power of two.
        min_frequency: Where the lowest band begins, in hertz.
        max_frequency: Where the highest band ends, in hertz; None for half the
            sampling rate.

    Returns:
        `LogMel(frames, lengths)`.

    Raises:
        TypeError: If `waveforms` is not such a list or array, or does not hold
            floats.
        ValueError: If there is no clip; if a clip is empty, has several
            channels, or a sample that is not from −1 to 1; if a setting is out
            of range, or a band holds no frequency of the transform.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.data.sound import log_mel
        >>> second = np.arange(16000) / 16000
        >>> whistle = 0.5 * np.sin(2 * np.pi * 1000 * second)
        >>> sound = log_mel([whistle, whistle[:4000]], sampling_rate=16000)
        >>> sound.frames.shape
        (2, 101, 40)
        >>> sound.lengths
        array([101,  26])

    Reference:
        Davis, S. & Mermelstein, P. (1980). Comparison of parametric
        representations for monosyllabic word recognition in continuously
        spoken sentences. IEEE TASSP 28(4). Scale and triangles are those of the
        Hidden Markov Model Toolkit: Young, S. et al. (2006). The HTK Book,
        5.6. There magnitudes are the default, here powers are summed, samples
        are integers, and windows of Hamming lie within the clip. There is no
        cosine transform: networks learn from the logarithms themselves.
    """
    transform = _Transform.of(
        sampling_rate=sampling_rate,
        num_mels=num_mels,
        window_seconds=window_seconds,
        stride_seconds=stride_seconds,
        fft_length=fft_length,
        frequencies=(min_frequency, max_frequency),
    )
    clips = [transform(clip) for clip in _checked(waveforms)]
    lengths = np.array([len(clip) for clip in clips])
    frames = np.zeros((len(clips), lengths.max(), num_mels), np.float32)
    for row, clip in zip(frames, clips, strict=True):
        row[: len(clip)] = clip
    return LogMel(frames, lengths)


@dataclass(frozen=True)
class _Transform:
    """From one clip to its frames; sizes in samples."""

    window: Array
    stride: int
    fft_length: int
    weights: Array

    @classmethod
    def of(
        cls,
        sampling_rate: int,
        num_mels: int,
        window_seconds: float,
        stride_seconds: float,
        fft_length: int | None,
        frequencies: tuple[float, float | None],
    ) -> "_Transform":
        validate.positive_int("sampling_rate", sampling_rate)
        validate.positive_int("num_mels", num_mels)
        stride = _samples("stride_seconds", stride_seconds, sampling_rate, 1)
        # The window of Hann begins with a 0, so one sample hears nothing.
        length = _samples("window_seconds", window_seconds, sampling_rate, 2)
        if fft_length is None:
            fft_length = 1 << (length - 1).bit_length()
        validate.integer("fft_length", fft_length, minimum=length)
        lowest, highest = _range(*frequencies, sampling_rate)
        return cls(
            window=0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length),
            stride=stride,
            fft_length=fft_length,
            weights=triangles(
                num_mels, fft_length, sampling_rate, (lowest, highest)
            ),
        )

    def __call__(self, clip: Array) -> Array:
        length = len(self.window)
        silent_ends = (length // 2, length - length // 2)
        windows = np.lib.stride_tricks.sliding_window_view(
            np.pad(clip, silent_ends), length
        )[:: self.stride]
        spectrum = np.fft.rfft(windows * self.window, self.fft_length)
        power = (spectrum.real**2 + spectrum.imag**2) @ self.weights
        frames = np.log(np.maximum(power, FLOOR)).astype(np.float32)
        frames[frames == 0.0] = ALMOST_ZERO
        return frames


def _samples(name: str, value: Any, sampling_rate: int, minimum: int) -> int:
    samples = round(validate.positive_number(name, value) * sampling_rate)
    if samples < minimum:
        raise ValueError(
            f"`{name}` must span at least {minimum} samples. Received: "
            f"{name}={value}, {samples} at sampling_rate={sampling_rate}. Use "
            f"at least {minimum / sampling_rate:.2g}."
        )
    return samples


def _range(
    lowest: Any, highest: Any, sampling_rate: int
) -> tuple[float, float]:
    """Where the bands begin and end, in hertz."""
    if highest is None:
        highest = sampling_rate / 2
    validate.number("min_frequency", lowest)
    validate.number("max_frequency", highest)
    if not 0 <= lowest < highest <= sampling_rate / 2:
        raise ValueError(
            "Frequencies must increase from 0 to half the sampling rate, "
            f"{sampling_rate / 2:g} hertz. Received: min_frequency={lowest}, "
            f"max_frequency={highest}. There is no sound beyond it."
        )
    return lowest, highest


def _checked(waveforms: Any) -> list[Array]:
    """The clips in float64."""
    validate.instance(
        "waveforms",
        waveforms,
        (list, tuple, np.ndarray),
        "Pass a list of arrays, one per clip.",
    )
    if not len(waveforms):
        raise ValueError(
            "`waveforms` must hold at least one clip. Received: none."
        )
    if isinstance(waveforms, np.ndarray) and waveforms.ndim != 2:
        raise ValueError(
            "An array of waveforms must be (batch, samples). Received: shape "
            f"{waveforms.shape}. Put one clip, or clips of different lengths, "
            "into a list: [clip]."
        )
    return [
        _checked_clip(f"waveforms[{k}]", clip)
        for k, clip in enumerate(waveforms)
    ]


def _checked_clip(name: str, clip: Any) -> Array:
    remedy = "Read a file with read_wav(path).samples."
    validate.instance(name, clip, np.ndarray, remedy)
    if clip.dtype.kind != "f":
        raise TypeError(
            f"`{name}` must hold floats from -1 to 1. Received: dtype "
            f"{clip.dtype}. Divide samples of 16 bits by 32768."
        )
    if clip.ndim != 1 or not clip.size:
        raise ValueError(
            f"`{name}` must be an array (samples,) with a sample or more. "
            f"Received: shape {clip.shape}. Average its channels, or leave an "
            "empty clip out, with its label."
        )
    wrong = ~(np.abs(clip) <= 1.0)  # NaN is not
    if wrong.any():
        k = int(np.argmax(wrong))
        raise ValueError(
            f"`{name}` must hold floats from -1 to 1. Received: {clip[k]} at "
            f"sample {k}. "
            + (
                "Cut out what is not a number."
                if np.isnan(clip[k])
                else "Divide all clips by one number, 32768 for 16 bits."
            )
        )
    return clip.astype(np.float64)
