# SPDX-License-Identifier: Apache-2.0
import cmath
import math

import keras
import numpy as np
import pytest

from keras_rnn.data.sound import log_mel, mel_frames
from keras_rnn.models import Characters, Sequences, Stack, ctc

RATE = 16000


def noise(samples, seed=0, loudness=0.1):
    rng = np.random.default_rng(seed)
    return np.clip(rng.normal(0, loudness, samples), -1, 1)


def tone(hertz, seconds=0.5, rate=RATE):
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(seconds * rate) / rate)


def by_definition(clip, frame, rate, length, stride, fft_length, mels):
    """One frame, sum by sum as the docstring defines it."""
    first = frame * stride - length // 2
    heard = [
        clip[first + n] * (0.5 - 0.5 * math.cos(2 * math.pi * n / length))
        if 0 <= first + n < len(clip)
        else 0.0
        for n in range(length)
    ]
    power = [
        abs(
            sum(
                x * cmath.exp(-2j * math.pi * k * n / fft_length)
                for n, x in enumerate(heard)
            )
        )
        ** 2
        for k in range(fft_length // 2 + 1)
    ]

    def mel(hertz):
        return 2595 * math.log10(1 + hertz / 700)

    width = (mel(rate / 2) - mel(20)) / (mels + 1)
    energies = [
        sum(
            p
            * max(
                0.0,
                1 - abs(mel(k * rate / fft_length) - centre) / width,
            )
            for k, p in enumerate(power)
        )
        for centre in (mel(20) + width * (m + 1) for m in range(mels))
    ]
    return [math.log(max(energy, 1e-6)) for energy in energies]


@pytest.mark.parametrize("frame", [0, 1, 4, 7])
@pytest.mark.parametrize(
    ("rate", "window", "stride", "fft_length"),
    # An even and an odd window, and a transform longer than its window.
    [(1000, 32, 16, None), (1000, 25, 16, 48)],
)
def test_frames_are_what_the_definition_says(
    frame, rate, window, stride, fft_length
):
    clip = noise(120)
    (frames,), lengths = log_mel(
        [clip],
        sampling_rate=rate,
        num_mels=6,
        window_seconds=window / rate,
        stride_seconds=stride / rate,
        fft_length=fft_length,
    )
    assert lengths == [8]  # 1 + 120 // 16
    expected = by_definition(
        clip, frame, rate, window, stride, fft_length or 32, 6
    )
    np.testing.assert_allclose(frames[frame], expected, rtol=1e-6)


def test_frames_are_those_of_keras_but_for_ends_floor_and_unit():
    clip = noise(RATE // 2)
    layer = keras.layers.MelSpectrogram(
        fft_length=512,
        sequence_stride=160,
        sequence_length=400,
        sampling_rate=RATE,
        num_mel_bins=40,
        # Its decibels end 80 below the loudest frame of the whole batch, so
        # that a clip depends on its neighbours; powers do not.
        power_to_db=False,
    )
    powers = np.asarray(layer(clip[None].astype(np.float32)))[0].T
    (frames,), _ = log_mel([clip], sampling_rate=RATE)
    assert frames.shape == powers.shape
    # It mirrors the clip at its ends, where silence is heard here: two frames
    # of 160 samples lie within the 256 samples at an end.
    inner = slice(2, -2)
    np.testing.assert_allclose(
        frames[inner], np.log(powers)[inner], rtol=1e-3, atol=1e-3
    )


@pytest.mark.parametrize("hertz", [300, 1000, 3000])
def test_a_pure_tone_is_loudest_in_the_mel_whose_middle_is_next_to_it(hertz):
    (frames,), _ = log_mel([tone(hertz)], sampling_rate=RATE)
    edges = np.linspace(*(np.log1p(np.array([20, 8000]) / 700)), 42)
    nearest = np.abs(edges[1:-1] - np.log1p(hertz / 700)).argmin()
    assert set(frames[5:-5].argmax(axis=1)) == {nearest}


def test_a_clip_is_heard_where_it_sounds():
    clip = np.zeros(RATE)
    clip[8000] = 1.0
    (frames,), _ = log_mel([clip], sampling_rate=RATE)
    # Windows of 400 samples around multiples of 160; that of frame 50 has its
    # middle, where Hann's window is 1, on the click, whose power is 1 at every
    # frequency.
    heard = np.flatnonzero((frames > math.log(1e-6)).all(axis=1))
    assert heard.tolist() == [49, 50, 51]
    weights = keras.layers.MelSpectrogram().linear_to_mel_weight_matrix(
        40, 257, RATE, 20.0, 8000.0
    )
    np.testing.assert_allclose(
        frames[50], np.log(np.asarray(weights).sum(axis=0)), atol=1e-4
    )


def test_frames_of_a_clip_are_the_same_alone_and_in_any_batch():
    clips = [noise(n, seed=n, loudness=n / 1e4) for n in (5000, 7, 1203, 400)]
    frames, lengths = log_mel(clips, sampling_rate=RATE)
    for clip, row, length in zip(clips, frames, lengths, strict=True):
        alone, own_length = log_mel([clip], sampling_rate=RATE)
        assert own_length == length == 1 + len(clip) // 160
        assert np.array_equal(alone[0], row[:length])
        assert (row[length:] == 0).all()


def test_an_array_of_clips_is_a_list_of_its_rows():
    clips = np.stack([noise(900, seed) for seed in range(3)])
    of_array = log_mel(clips, sampling_rate=RATE)
    of_list = log_mel(list(clips), sampling_rate=RATE)
    assert np.array_equal(of_array.frames, of_list.frames)
    assert of_array.lengths.tolist() == [6, 6, 6]


def test_clips_are_left_as_they_were():
    clip = noise(900)
    clip.flags.writeable = False
    log_mel([clip], sampling_rate=RATE)


@pytest.mark.parametrize("samples", [1, 2, 159, 160, 399])
def test_clips_shorter_than_a_window_have_frames(samples):
    frames, lengths = log_mel([np.ones(samples)], sampling_rate=RATE)
    assert lengths == [1 + samples // 160]
    assert np.isfinite(frames).all()
    assert (frames[0, 0] > math.log(1e-6)).any()


def test_single_precision_is_enough_of_a_waveform():
    clip = noise(900).astype(np.float32)
    of_32 = log_mel([clip], sampling_rate=RATE).frames
    of_64 = log_mel([clip.astype(np.float64)], sampling_rate=RATE).frames
    assert np.array_equal(of_32, of_64)
    assert of_32.dtype == np.float32


def test_silence_is_the_floor():
    (frames,), _ = log_mel([np.zeros(500)], sampling_rate=RATE)
    assert np.array_equal(frames, np.full((4, 40), np.log(np.float32(1e-6))))


def test_no_frame_of_sound_looks_like_padding(monkeypatch):
    # log 1 = 0, so that at this floor silence would be zeros alone.
    monkeypatch.setattr(mel_frames, "FLOOR", 1.0)
    clips = [np.zeros(500), np.zeros(200)]
    sound = log_mel(clips, sampling_rate=RATE)
    seen = keras.layers.Masking(0.0).compute_mask(sound.frames)
    assert np.array_equal(np.asarray(seen), sound.mask)
    assert sound.mask.tolist() == [[True] * 4, [True, True, False, False]]


def test_a_model_hears_the_same_clip_alone_and_padded():
    model = ctc(
        Stack("lstm", 4, bidirectional=True),
        Sequences(12, mask_value=0.0),
        Characters(5),
    )
    clips = [noise(3000), noise(800, seed=1)]
    both = log_mel(clips, sampling_rate=RATE, num_mels=12).frames
    alone = log_mel(clips[1:], sampling_rate=RATE, num_mels=12).frames
    np.testing.assert_allclose(
        model.predict(both, verbose=0)[1, :6],
        model.predict(alone, verbose=0)[0],
        atol=1e-6,
    )


def test_the_highest_frequency_is_half_the_sampling_rate():
    given = log_mel([noise(900)], sampling_rate=RATE, max_frequency=8000.0)
    default = log_mel([noise(900)], sampling_rate=RATE)
    assert np.array_equal(given.frames, default.frames)


def test_what_lies_outside_the_frequencies_is_not_heard():
    (frames,), _ = log_mel(
        [tone(3000)],
        sampling_rate=RATE,
        num_mels=10,
        min_frequency=300,
        max_frequency=2000,
    )
    # Hann's window damps what is 1000 Hz away by more than 80 dB: below 1e-8
    # of (0.5 · 200 / 2)², the power of the tone itself; a triangle sums tens.
    assert frames[5:-5].max() < math.log(2500 * 1e-8 * 100)


@pytest.mark.parametrize(
    ("waveforms", "said"),
    [
        (noise(9), r"shape \(9,\). Put one clip"),
        (np.zeros((2, 9, 1)), r"shape \(2, 9, 1\)"),
        ([], "at least one clip"),
        (np.zeros((0, 9)), "at least one clip"),
        ([noise(9), np.zeros(0)], r"`waveforms\[1\]`.* shape \(0,\)"),
        (np.zeros((2, 0)), r"`waveforms\[0\]`.* shape \(0,\)"),
        ([np.zeros((9, 2))], r"shape \(9, 2\). Average its channels"),
        ([noise(9), np.array([0.0, np.nan])], r"\[1\]`.* nan at sample 1"),
        ([np.array([0.0, -np.inf])], "-inf at sample 1. Divide"),
        ([np.array([0.5, 12000.0])], r"12000.0 at sample 1. Divide .* 32768"),
    ],
)
def test_clips_that_hold_no_waveform_are_refused(waveforms, said):
    with pytest.raises(ValueError, match=said):
        log_mel(waveforms, sampling_rate=RATE)


@pytest.mark.parametrize(
    ("waveforms", "said"),
    [
        ("clip.wav", "one per clip"),
        (iter([noise(9)]), "one per clip"),
        (["clip.wav"], "read_wav"),
        ([[0.0, 0.5]], "read_wav"),
        ([np.array([0, 12000], np.int16)], "dtype int16. Divide .* 32768"),
        (np.zeros((2, 9), complex), "dtype complex128"),
    ],
)
def test_what_holds_no_floats_is_refused(waveforms, said):
    with pytest.raises(TypeError, match=said):
        log_mel(waveforms, sampling_rate=RATE)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"sampling_rate": 0}, "`sampling_rate` must be a positive integer"),
        ({"num_mels": 0}, "`num_mels` must be a positive integer"),
        ({"window_seconds": 0}, "`window_seconds` must be a finite number"),
        (
            {"window_seconds": 5e-5},
            "must span at least 2 samples.* at least 0.0001",
        ),
        ({"stride_seconds": -0.01}, "`stride_seconds` must be a finite number"),
        ({"stride_seconds": 1e-6}, "must span at least 1 samples"),
        (
            {"fft_length": 256},
            "`fft_length` must be an integer of at least 400",
        ),
        ({"min_frequency": -1}, "increase from 0 to half"),
        ({"max_frequency": 9000}, "8000 hertz.* max_frequency=9000"),
        ({"min_frequency": 500, "max_frequency": 500}, "must increase"),
        ({"min_frequency": "20"}, "`min_frequency` must be a finite number"),
        ({"num_mels": 128}, r"leave \d+ without.* Lower `num_mels`"),
    ],
)
def test_wrong_settings_are_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        log_mel([noise(900)], **{"sampling_rate": RATE, **wrong})
