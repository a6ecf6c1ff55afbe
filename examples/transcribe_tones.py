# SPDX-License-Identifier: Apache-2.0
"""Which notes are played, in which order? From sound to letters.

Melodies made by rule: three to nine notes in one of two octaves, by
instruments that differ in their overtones and their tuning, quick or slow, with
notes that are repeated at once, in noise, and with silence around them. The
network reads log-mel frames and is told the letters alone, never when a note
sounds. The melodies of the test part are drawn apart.

Beside it stands what is tried first: the loudest frequency of each frame, as
the nearest note; quiet frames separate notes, and short ones are left out. How
quiet and how short is what suits the training part best.

Measured on 300 melodies (character error rate, melodies all right): the loudest
frequency 0.130 and 0.75, the network 0.016 and 0.93 by the best path, 0.013 and
0.94 with a beam; another run was better by 0.001 or 0.002.

With --wav and --labels it transcribes recordings of your own, such as spoken
digits: a folder of WAV files, and a CSV file without a header, a file name and
its text per row. Each fifth row is tested.
"""

import argparse
import logging
import os
from itertools import pairwise, product
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up log

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from keras_rnn.data.sound import log_mel, read_wav
from keras_rnn.metrics import character_error_rate
from keras_rnn.models import (
    Characters,
    Sequences,
    Stack,
    Training,
    ctc,
    decode,
    seeded,
)

# Every network is a new one, and TensorFlow warns when it traces several.
logging.getLogger("tensorflow").setLevel(logging.ERROR)
plt.switch_backend("agg")

RATE = 8000
#: Semitones above the C of an octave.
NOTES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
MIDDLE_C = 440 * 2 ** (-9 / 12)  # hertz
OCTAVES = 2
BATCH = 64
STRIDE = 2  # frames that the network reads as one: it is twice as fast


class Clips(NamedTuple):
    """Waveforms, their texts, and of melodies when each note sounds."""

    waveforms: tuple
    texts: tuple
    spans: tuple  # of lists of pairs of seconds; empty for recordings


def main():
    options = parse_options()
    train, test, rate = load(options)
    letters = sorted(set("".join(train.texts)))
    if new := set("".join(test.texts)) - set(letters):
        raise SystemExit(f"The test part alone has {new}: record more.")
    x, x_test = frames_of(train, test, rate, options)
    y = np.zeros((len(x), max(map(len, train.texts))), int)
    for row, text in zip(y, train.texts, strict=True):
        row[: len(text)] = [1 + letters.index(letter) for letter in text]
    head = Characters(1 + len(letters))  # class 0 is the blank
    with seeded(options.seed):
        model = ctc(
            Stack("lstm", options.units, bidirectional=True),
            Sequences(options.mels, mask_value=0.0),
            head,
            stride=STRIDE,
        )
    steps = options.epochs * -(-len(x) // BATCH)
    falling = keras.optimizers.schedules.CosineDecay(1e-2, steps)
    Training(learning_rate=falling).compile(model, head, metrics=[])
    model.fit(x, y, batch_size=BATCH, epochs=options.epochs, verbose=0)
    read = {} if options.wav else {"loudest frequency": by_peaks(train, test)}
    for method in ("greedy", "beam"):
        found = decode(model, x_test, method=method).ids[:, 0]
        read[f"network, {method}"] = [
            "".join(letters[k - 1] for k in ids if k) for ids in found
        ]
    table = pd.DataFrame(
        {
            name: {
                "character error rate": character_error_rate(test.texts, found),
                "all right": np.mean(np.array(found) == np.array(test.texts)),
            }
            for name, found in read.items()
        }
    ).T
    print(f"{len(x)} clips train, {len(x_test)} test:")
    print(table.to_string(float_format="{:.4f}".format), end="\n\n")
    shown = most_repeated(test.texts)
    for name, found in read.items():
        print(f"{test.texts[shown]} -> {found[shown]} ({name})")
    clip = (test.texts[shown], test.spans[shown])
    draw(model, x_test[shown], clip, letters, rate, options)
    print(f"\nPicture: {options.picture}. Character error rate with a beam:")
    print(f"{table['character error rate'].iloc[-1]:.4f}")


def parse_options():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--wav", type=Path, help="a folder of WAV files")
    parser.add_argument("--labels", type=Path, help="their texts, a CSV file")
    parser.add_argument("--train", type=int, default=2000, help="melodies")
    parser.add_argument("--test", type=int, default=300, help="melodies")
    parser.add_argument("--mels", type=int, default=64)
    parser.add_argument(
        "--window", type=float, default=0.064, help="seconds; speech: 0.025"
    )
    parser.add_argument(
        "--stride", type=float, default=0.016, help="seconds; speech: 0.010"
    )
    parser.add_argument("--units", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--picture", type=Path, default=Path("out/tones.png"))
    options = parser.parse_args()
    if (options.wav is None) != (options.labels is None):
        parser.error("--wav and --labels belong together")
    return options


def load(options):
    """Clips of both parts, and their sampling rate."""
    if options.wav is None:
        rng, rate = np.random.default_rng(options.seed), RATE
        clips = [melody(rng) for _ in range(options.train + options.test)]
        is_test = np.arange(len(clips)) >= options.train
    else:
        rows = pd.read_csv(
            options.labels, header=None, dtype=str, keep_default_na=False
        )
        if len(rows) < 5:
            raise SystemExit(f"{options.labels} must have five rows or more.")
        rate = read_wav(options.wav / rows[0][0]).sampling_rate
        clips = [
            (read_wav(options.wav / file, sampling_rate=rate).samples, text, [])
            for file, text in zip(rows[0], rows[1], strict=True)
        ]
        is_test = np.arange(len(clips)) % 5 == 4
    train, test = (
        Clips(*zip(*(clips[k] for k in np.flatnonzero(part)), strict=True))
        for part in (~is_test, is_test)
    )
    return train, test, rate


def melody(rng):
    """A waveform, its letters, and when each of them begins and ends."""
    keys = list(NOTES)
    text = ""
    for _ in range(rng.integers(3, 10)):
        again = text and rng.random() < 0.2
        text += text[-1] if again else str(rng.choice(keys))
    octave = rng.integers(OCTAVES)
    overtones = rng.uniform((0.3, 0, 0, 0), 1.0)  # how loud each of them is
    detuned = rng.uniform(-0.3, 0.3)  # semitones
    tempo = rng.uniform(0.1, 0.3)
    end, spans, sounds = rng.uniform(0.05, 0.4), [], []
    for letter in text:
        start = end + rng.choice([0.0, rng.uniform(0.0, 0.15)])
        end = start + tempo * rng.uniform(0.7, 1.4)
        t = np.arange(int((end - start) * RATE)) / RATE
        pitch = MIDDLE_C * 2 ** (octave + (NOTES[letter] + detuned) / 12)
        tone = sum(
            volume * np.sin(2 * np.pi * n * pitch * t + rng.uniform(0, 6.3))
            for n, volume in enumerate(overtones, start=1)
        )
        # A note swells within 10 ms and fades; it is damped at its end.
        swell = np.minimum(1, np.minimum(t, t[-1] - t) / 0.01)
        spans.append((start, end))
        sounds.append(tone * swell * np.exp(-t / 0.25))
    waveform = np.zeros(int((end + rng.uniform(0.05, 0.4)) * RATE))
    for (start, _), sound in zip(spans, sounds, strict=True):
        first = int(start * RATE)
        waveform[first : first + len(sound)] += sound
    noise = rng.uniform(0.2, 1.2) * waveform.std()
    waveform += rng.normal(0, noise, len(waveform))
    return 0.9 * waveform / np.abs(waveform).max(), text, spans


def frames_of(train, test, rate, options):
    """Frames of both parts, standardised by those of the training part."""
    parts = [
        log_mel(
            part.waveforms,
            sampling_rate=rate,
            num_mels=options.mels,
            window_seconds=options.window,
            stride_seconds=options.stride,
        )
        for part in (train, test)
    ]
    heard = parts[0].frames[parts[0].mask]
    return [
        # Padding stays zero, which the network skips.
        np.where(
            part.mask[..., None],
            (part.frames - heard.mean()) / heard.std(),
            0.0,
        )
        for part in parts
    ]


def by_peaks(train, test):
    """Texts by the loudest frequency of each frame."""
    heard = [peaks(waveform) for waveform in train.waveforms[:300]]
    best = min(
        product(np.linspace(0.05, 0.95, 19), range(1, 7)),
        key=lambda settings: character_error_rate(
            train.texts[:300], [collapsed(*one, *settings) for one in heard]
        ),
    )
    return [collapsed(*peaks(one), *best) for one in test.waveforms]


def peaks(waveform, window=512, stride=128):
    """The note next to the loudest frequency of each frame, and loudness."""
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(waveform, window // 2), window
    )[::stride]
    spectrum = np.abs(np.fft.rfft(windows * np.hanning(window), 4096))
    hertz = np.fft.rfftfreq(4096, 1 / RATE)
    lowest, highest = MIDDLE_C * 0.97, MIDDLE_C * 2**OCTAVES
    spectrum[:, (hertz < lowest) | (hertz > highest)] = 0
    semitones = 12 * np.log2(hertz[spectrum.argmax(axis=1)] / MIDDLE_C) % 12
    # From b to the c above it is one semitone, around the octave.
    away = np.abs(semitones[:, None] - np.array([*NOTES.values(), 12]))
    loudness = spectrum.max(axis=1)
    return away.argmin(axis=1) % len(NOTES), loudness / loudness.max()


def collapsed(notes, loudness, quiet, shortest):
    """Letters of the runs of equal notes that are long and loud enough."""
    notes = np.where(loudness > quiet, notes, -1)
    changes = np.flatnonzero(np.diff(notes, prepend=-2, append=-2))
    return "".join(
        list(NOTES)[notes[start]]
        for start, end in pairwise(changes)
        if notes[start] >= 0 and end - start >= shortest
    )


def most_repeated(texts):
    """The number of the text with the most letters that follow themselves."""
    repeats = [sum(a == b for a, b in pairwise(text)) for text in texts]
    return int(np.argmax(repeats))


def draw(model, frames, clip, letters, rate, options):
    """A spectrogram, and below it how probable each letter is, and when."""
    text, spans = clip
    frames = frames[frames.any(axis=1)]
    logits = model.predict(frames[None], verbose=0)[0]
    p = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p /= p.sum(axis=-1, keepdims=True)
    figure, (above, below) = plt.subplots(
        2, figsize=(11, 5.5), sharex=True, layout="constrained"
    )
    ends = (np.array([0, len(frames)]) - 0.5) * options.stride
    above.imshow(
        frames.T,
        origin="lower",
        aspect="auto",
        cmap="magma",
        extent=(*ends, 0, options.mels),
    )
    # Mels are equally wide on a scale of log(1 + hertz / 700).
    hertz = np.array([20, 250, 500, 1000, 2000, 4000, 8000, rate / 2])
    places = np.log1p(hertz / 700) - np.log1p(20 / 700)
    places = places / places[-1] * (options.mels + 1) - 0.5
    ticks = np.flatnonzero(hertz[:-1] < rate / 2)[1:]
    above.set_yticks(places[ticks], hertz[ticks].astype(int))
    above.set(ylabel="hertz", title=f"Heard: the log-mel frames of “{text}”")

    seconds = (STRIDE * np.arange(len(p)) + 0.5) * options.stride
    below.plot(seconds, p[:, 0], color="0.6", linestyle=":", label="blank")
    colors = [f"C{k}" for k in range(10) if k != 7]  # which is grey
    for k, letter in enumerate(letters):
        if letter in text:
            color = colors[k % len(colors)]
            below.plot(seconds, p[:, k + 1], color=color, label=letter)
    # Nobody knows when the letters of recordings sound.
    for (start, end), letter in zip(spans, text, strict=False):
        color = colors[letters.index(letter)]
        below.axvspan(start, end, facecolor=color, alpha=0.15, edgecolor="k")
        below.text((start + end) / 2, 1.07, letter, ha="center")
    below.set_yticks([0, 0.5, 1])
    below.set(xlabel="seconds", ylabel="probability", ylim=(0, 1.2), xlim=ends)
    below.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    title = "Answered: a spike per letter (CTC)"
    if spans:
        title += "; shaded: when each note sounds, which it was not told"
    below.set_title(title)
    options.picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(options.picture, dpi=120)
    plt.close(figure)


if __name__ == "__main__":
    main()
