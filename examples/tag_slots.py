# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: SIM905 -- lists of words read best as one string
"""Who is leaving, where, when? Four networks fill the slots of a request.

A grammar writes travel requests: "arrive in Taipei on November 2nd". Whether
a city is the origin or the destination stands in the words around it: often
before it, sometimes only after it ("Taipei is where I start from"), which a
network that reads in one direction cannot know yet. The cities of the test
part never occur in the training part, so each is the same "other" word.

Measured on 500 requests (F1 of whole slots / whole requests right):
elman 0.940 / 0.834, jordan 0.940 / 0.834, lstm 0.948 / 0.846, bidirectional
lstm 1.000 / 1.000. What the first three miss is origin against destination.

With --train and --test it reads files of ATIS instead, a request a line:
`BOS words EOS`, a tab, a label for each token and at last the intent.
"""

import argparse
import itertools
import logging
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up log

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from keras_rnn.data.text import Vocabulary, pad
from keras_rnn.metrics import span_scores
from keras_rnn.models import MultiClass, Stack, Tokens, Training, many_to_many

# Every network is a new one, and TensorFlow warns when it traces several.
logging.getLogger("tensorflow").setLevel(logging.ERROR)
plt.switch_backend("agg")

NETWORKS = {
    "elman": {"cell": "elman"},
    "jordan": {"cell": "jordan"},
    "lstm": {"cell": "lstm"},
    "bidirectional lstm": {"cell": "lstm", "bidirectional": True},
}
#: A request is a pattern whose slots, in braces, are filled at random.
PATTERNS = """
i would like to arrive in {destination} on {date}
i want to leave {origin} on {date} and arrive in {destination} by {time}
show me flights from {origin} to {destination}
flights to {destination} from {origin} on {date} please
is there a flight on {date} from {origin} to {destination} after {time}
book me on {airline} to {destination} , leaving {origin} at {time}
{airline} from {origin} on {date}
{origin} to {destination} , {date} , {airline}
{destination} is where i want to go on {date}
{origin} is where i start from , at {time} on {date}
{destination} from {origin} at {time} please
{origin} on {date} , and from there to {destination}
{destination} on {date} , and i start from {origin}
i have to be in {destination} before {time}
i am in {origin} and have to be in {destination} on {date}
what does {airline} charge from {origin} to {destination}
on {date} i fly with {airline} , to {destination}
which flights leave {origin} after {time}
""".strip().splitlines()
CITIES = (
    "taipei|tokyo|berlin|lima|oslo|san diego|new delhi|rome|cairo|boston|"
    "kuala lumpur|hong kong|vienna|quito|rio de janeiro|dublin".split("|")
)
#: Other cities are made of these; the endings of the test part are its own.
SYLLABLES = "al ba co da el fo gra hu in jo ka lo mi na or pe qua ri".split()
ENDINGS = {"train": ["ton", "ville", "ra", "ku"], "test": ["grad", "pur", "mo"]}
BEGINNINGS = ["san", "new", "port", "el"]
AIRLINES = "united|delta|air france|china airlines|lufthansa|klm".split("|")
MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|"
    "november|december".split("|")
)
DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday".split("|")
TIMES = "noon|midnight|the evening|the morning".split("|")


def main():
    options = parse_options()
    train, test = load(options)
    vocabulary = Vocabulary.of(
        (words for words, _ in train), min_count=options.min_count
    )
    labels = sorted(set(itertools.chain(*(marks for _, marks in train))))
    unseen = sum(word not in vocabulary for words, _ in test for word in words)
    print(
        f"{len(train)} requests train, {len(test)} test; {len(vocabulary)} "
        f"words, {len(labels)} labels, {unseen} unseen words in the test "
        "part.\n"
    )
    actual = [marks for _, marks in test]
    scores, by_slot, guesses = {}, {}, {}
    for name in options.networks:
        guesses[name], facts = fit(
            name, train, test, vocabulary, labels, options
        )
        by_slot[name] = span_scores(actual, guesses[name])
        total = by_slot[name].loc["all"]
        right = np.mean(
            [a == b for a, b in zip(actual, guesses[name], strict=True)]
        )
        scores[name] = {
            **total.drop("spans"), "whole requests": right, **facts
        }  # fmt: skip
    table = pd.DataFrame(scores).T
    slots = pd.DataFrame({name: by_slot[name]["f1"] for name in scores})
    if len(slots) <= 12:
        print("F1 by slot:")
        print(slots.to_string(float_format="{:.3f}".format), end="\n\n")
    print(f"Slots right in kind, first and last word, {len(test)} requests:")
    print(table.to_string(float_format="{:.3f}".format))
    draw(test, guesses, slots, options.picture)
    best = table["f1"].idxmax()
    print(f"\nPicture: {options.picture}. Best slot F1, {best}:")
    print(f"{table['f1'].max():.3f}")


def parse_options():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--train", type=Path, help="an .iob file of ATIS")
    parser.add_argument("--test", type=Path, help="another one")
    parser.add_argument("--requests", type=int, default=1500)
    parser.add_argument(
        "--min-count", type=int, default=3, help="rarer words are other"
    )
    parser.add_argument("--networks", default=",".join(NETWORKS))
    parser.add_argument("--units", type=int, default=48)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--picture", type=Path, default=Path("out/slots.png"))
    options = parser.parse_args()
    options.networks = options.networks.split(",")
    if unknown := set(options.networks) - set(NETWORKS):
        parser.error(f"--networks knows {', '.join(NETWORKS)}, not {unknown}")
    if (options.train is None) != (options.test is None):
        parser.error("--train and --test belong together")
    return options


def load(options):
    """Training and test part: lists of (words, labels)."""
    if options.train:
        return read_atis(options.train), read_atis(options.test)
    rng = np.random.default_rng(options.seed)
    train = [request(rng, "train") for _ in range(options.requests)]
    return train, [request(rng, "test") for _ in range(options.requests // 3)]


def city(rng, part):
    """A name: half of those in the training part are known ones."""
    if part == "train" and rng.random() < 0.5:
        return rng.choice(CITIES)
    syllables = rng.choice(SYLLABLES, rng.integers(1, 4))
    name = "".join([*syllables, rng.choice(ENDINGS[part])])
    return f"{rng.choice(BEGINNINGS)} {name}" if rng.random() < 0.3 else name


def request(rng, part):
    """One request: its words, and a label for each."""
    words, labels = [], []
    fillers = {
        "{origin}": city(rng, part),
        "{destination}": city(rng, part),
        "{airline}": rng.choice(AIRLINES),
        "{date}": date(rng),
        "{time}": clock(rng),
    }
    for word in rng.choice(PATTERNS).split():
        filler = fillers.get(word, word).split()
        words += filler
        if word in fillers:
            slot = word.strip("{}")
            labels += [f"B-{slot}"] + [f"I-{slot}"] * (len(filler) - 1)
        else:
            labels.append("O")
    return words, labels


def date(rng):
    day = rng.integers(1, 32)
    last = day % 10 if day not in (11, 12, 13) else 0
    ending = {1: "st", 2: "nd", 3: "rd"}.get(last, "th")
    return rng.choice([f"{rng.choice(MONTHS)} {day}{ending}", rng.choice(DAYS)])


def clock(rng):
    hour = f"{rng.integers(1, 13)} {rng.choice(['am', 'pm'])}"
    return rng.choice([hour, rng.choice(TIMES)])


def read_atis(path):
    """Requests of a file of ATIS, without BOS, EOS and the intent."""
    requests = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        text, _, marks = line.partition("\t")
        words, marks = text.split(), marks.split()
        if words[:1] != ["BOS"] or len(words) != len(marks):
            raise SystemExit(
                f"Line {number} of {path} must be `BOS words EOS`, a tab, and "
                "a label for each token, the last one the intent. Received "
                f"{len(words)} tokens and {len(marks)} labels."
            )
        requests.append((words[1:-1], marks[1:-1]))
    return requests


def fit(name, train, test, vocabulary, labels, options):
    """The labels of the test part by a network, and the facts about it."""
    start = time.perf_counter()
    keras.utils.set_random_seed(options.seed)
    # All of one length, so that one compiled program serves both parts.
    steps = max(len(words) for words, _ in train + test)
    number = {label: k for k, label in enumerate(labels)}
    head = MultiClass(len(labels))
    model = many_to_many(
        Stack(units=options.units, dropout=0.2, **NETWORKS[name]),
        Tokens(len(vocabulary), embedding_units=32, length=steps),
        head,
    )
    training = Training(learning_rate=5e-3, clipnorm=1.0)
    training.compile(model, head, metrics=[])
    tokens = pad([vocabulary.encode(words) for words, _ in train], steps).ids
    marks = pad([[number[m] for m in marks] for _, marks in train], steps).ids
    model.fit(tokens, marks, batch_size=32, epochs=options.epochs, verbose=0)
    tokens, lengths = pad([vocabulary.encode(w) for w, _ in test], steps)
    chances = model.predict(tokens, batch_size=128, verbose=0)
    guesses = [
        [labels[k] for k in row[:length]]
        for row, length in zip(chances.argmax(axis=-1), lengths, strict=True)
    ]
    return guesses, {
        "parameters": model.count_params(),
        "seconds": time.perf_counter() - start,
    }


def draw(test, guesses, slots, path):
    """What each network reads into one request, and its F1 a slot."""
    shown = telling_request(test, guesses)
    words, truth = test[shown]
    rows = {"truth": truth, **{k: v[shown] for k, v in guesses.items()}}
    kinds = sorted({mark[2:] for marks in rows.values() for mark in marks})
    pastels = plt.get_cmap("Set2")(range(8)).tolist()
    colors = dict(zip(kinds, ["white", *pastels * 9], strict=False))
    if "" in colors:  # outside of all slots
        colors[""] = "white"

    figure, (top, bottom) = plt.subplots(
        2, figsize=(11, 6), layout="constrained", height_ratios=[3, 4]
    )
    for y, marks in enumerate(rows.values()):
        for x, mark in enumerate(marks):
            wrong = mark != truth[x]
            top.add_patch(
                Rectangle(
                    (x + 0.03, y + 0.06),
                    0.94,
                    0.88,
                    facecolor=colors[mark[2:]],
                    edgecolor="red" if wrong else "lightgrey",
                    linewidth=2 if wrong else 1,
                )
            )
            label = mark if mark == "O" else mark[2:].replace(".", "\n")
            top.text(x + 0.5, y + 0.5, label, ha="center", va="center", size=8)
    top.set(xlim=(0, len(words)), ylim=(len(rows), 0))
    top.set_title("One request of the test part, labels in red are wrong")
    top.set_xticks(np.arange(len(words)) + 0.5, words)
    top.set_yticks(np.arange(len(rows)) + 0.5, rows)
    top.xaxis.tick_top()
    top.tick_params(length=0)
    top.spines[:].set_visible(False)

    frequent = slots.iloc[:12]
    width = 0.8 / len(slots.columns)
    for k, name in enumerate(slots.columns):
        x = np.arange(len(frequent)) + k * width
        bottom.bar(x, frequent[name], width * 0.9, label=name)
    middle = np.arange(len(frequent)) + 0.4 - width / 2
    bottom.set_xticks(
        middle, [name.replace(".", "\n") for name in frequent.index]
    )
    bottom.set(ylim=(0, 1.02), ylabel="F1 of the slots")
    bottom.legend(ncols=4, loc="lower center", framealpha=1)
    bottom.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def telling_request(test, guesses):
    """The short request on which the networks differ most."""

    def telling(k):
        right = sum(guess[k] == test[k][1] for guess in guesses.values())
        return (0 < right < len(guesses), -right, -len(test[k][0]))

    return max(range(len(test)), key=telling)


if __name__ == "__main__":
    main()
