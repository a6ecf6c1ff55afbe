# SPDX-License-Identifier: Apache-2.0
import struct
import wave

import numpy as np
import pytest

from keras_rnn.data.sound import log_mel, read_wav

#: Bytes -> the smallest, some, and the largest sample.
SAMPLES = {
    1: [-128, -1, 0, 1, 127],
    2: [-32768, -1, 0, 1, 32767],
    3: [-(2**23), -1, 0, 1, 2**23 - 1],
    4: [-(2**31), -256, 0, 256, 2**31 - 256],  # float32 holds 24 bits
}


def write(path, samples, width=2, channels=1, rate=8000):
    """Writes integers, those of all channels in turn."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(
            b"".join(
                (sample + 128 * (width == 1)).to_bytes(
                    width, "little", signed=width > 1
                )
                for sample in samples
            )
        )
    return path


@pytest.mark.parametrize("width", SAMPLES)
def test_samples_come_back_exactly(width, tmp_path):
    path = write(tmp_path / "clip.wav", SAMPLES[width], width)
    samples, rate = read_wav(path)
    assert samples.dtype == np.float32
    assert rate == 8000
    whole = samples.astype(np.float64) * 2 ** (8 * width - 1)
    assert whole.tolist() == SAMPLES[width]


@pytest.mark.parametrize("width", SAMPLES)
def test_channels_are_averaged(width, tmp_path):
    left = SAMPLES[width]
    right = [0, 0, 0, 0, left[0]]
    both = [sample for pair in zip(left, right, strict=True) for sample in pair]
    path = write(tmp_path / "clip.wav", both, width, channels=2)
    expected = np.add(left, right, dtype=np.float64) / 2 ** (8 * width)
    assert read_wav(path).samples.tolist() == expected.tolist()


def test_all_numbers_of_16_bits_come_back(tmp_path):
    every = range(-(2**15), 2**15)
    samples = read_wav(write(tmp_path / "clip.wav", every)).samples
    assert (samples * 32768).tolist() == list(every)


def test_what_was_read_can_be_heard(tmp_path):
    path = write(tmp_path / "clip.wav", SAMPLES[2] * 20, rate=4000)
    samples, rate = read_wav(str(path), sampling_rate=4000)
    sound = log_mel([samples], sampling_rate=rate, num_mels=10)
    assert sound.frames.shape == (1, 3, 10)  # 1 + 100 // 40


def test_a_sampling_rate_that_was_not_asked_for_is_refused(tmp_path):
    path = write(tmp_path / "clip.wav", [1, 2])
    with pytest.raises(
        ValueError, match=r"16000 samples .* Received: 8000\..*-ar 16000"
    ):
        read_wav(path, sampling_rate=16000)
    with pytest.raises(ValueError, match="positive integer"):
        read_wav(path, sampling_rate=16000.5)


def test_a_file_without_samples_is_refused(tmp_path):
    path = write(tmp_path / "clip.wav", [])
    with pytest.raises(ValueError, match="must hold sound, some samples"):
        read_wav(path)


@pytest.mark.parametrize("channels", [1, 2])
def test_a_file_that_is_cut_off_is_refused(channels, tmp_path):
    path = write(tmp_path / "clip.wav", range(100), channels=channels)
    path.write_bytes(path.read_bytes()[:-3])
    counts = {1: "100 samples .* Received: 98", 2: "50 samples .* Received: 49"}
    with pytest.raises(ValueError, match=counts[channels]):
        read_wav(path)


@pytest.mark.parametrize(
    "content",
    [b"", b"RIFF", b"RIFF\x04\0\0\0WAVE", b"ID3 of an mp3", bytes(100)],
)
def test_a_file_of_another_kind_is_refused(content, tmp_path):
    path = tmp_path / "clip.wav"
    path.write_bytes(content)
    with pytest.raises(
        ValueError, match=r"clip.wav must be a WAV file.*ffmpeg"
    ):
        read_wav(path)


@pytest.mark.parametrize("end", range(44))
def test_no_cut_of_a_header_goes_unnoticed(end, tmp_path):
    path = write(tmp_path / "clip.wav", [1, 2])
    path.write_bytes(path.read_bytes()[:end])
    with pytest.raises(ValueError, match=r"clip\.wav must"):
        read_wav(path)


def header(kind, bits, data):
    width = bits // 8
    facts = struct.pack("<HHIIHH", kind, 1, 8000, 8000 * width, width, bits)
    chunks = b"fmt " + struct.pack("<I", len(facts)) + facts
    chunks += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def test_floats_are_refused(tmp_path):
    path = tmp_path / "clip.wav"
    path.write_bytes(header(3, 32, np.array([0.5], "<f4").tobytes()))
    with pytest.raises(ValueError, match=r"PCM.* unknown format: 3"):
        read_wav(path)


def test_samples_of_64_bits_are_refused(tmp_path):
    path = tmp_path / "clip.wav"
    path.write_bytes(header(1, 64, bytes(16)))
    with pytest.raises(
        ValueError, match=r"8, 16, 24 or 32 bits\. Received: 64"
    ):
        read_wav(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="missing"):
        read_wav(tmp_path / "missing.wav")
