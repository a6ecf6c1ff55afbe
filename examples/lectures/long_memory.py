# SPDX-License-Identifier: Apache-2.0
"""How far back does a network remember, and how much further than trained?

Three tasks of the literature: add two marked values, repeat symbols after a
wait of any length, and tell where a word aⁿbⁿ ends. Recurrent networks of 32
units stand beside a dense window of 20 steps and beside one to three
convolutions, which see 8, 64 and 512 steps. All have 1000 batches of new
sequences at most; who learns 40 steps tries 80, and then 160. `elman` is left
out: it is `simple_rnn` with a second linear read-out. Skill 0 is the trivial
answer, in adding the mean, with an error of 1/6; 1 is the rule.

Measured with --full and seed 0, longest length learned in adding, copying and
counting: three convolutions 160, 160, 160; gru 160, 160, 80; lstm 160, 40, 160;
min_gru 160, 80, 40; two convolutions 40, 40, 40; ind_rnn and lru only 80 in
counting, simple_rnn only 40; jordan, the window and one convolution nothing. Of
what copies over 40 steps, lstm and gru go on over 80 (skill 0.94 and 0.89);
convolutions have no skill beyond 40, though they see further. No network counts
beyond 50. It is one seed, and the budget decides with the cell. The run took 12
minutes on a busy machine, 8 minutes of a processor.
"""

import argparse
import logging
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up log

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from keras_rnn import models

# Every network is a new one, and TensorFlow warns when it traces several.
logging.getLogger("tensorflow").setLevel(logging.ERROR)
plt.switch_backend("agg")

SYMBOLS, COPIED = 4, 2
RECURRENT = (
    "simple_rnn", "jordan", "lstm", "gru", "ind_rnn", "min_gru", "lru",
)  # fmt: skip
#: Width of the kernel and dilation of each convolution: how far back they see.
CAUSAL = {
    "window of 20 steps": (20, (1,)),
    "1 convolution": (8, (1,)),
    "2 convolutions": (8, (1, 8)),
    "3 convolutions": (8, (1, 8, 64)),
}
NETWORKS = (*RECURRENT, *CAUSAL)
FEW = "simple_rnn,lstm,gru,window of 20 steps,2 convolutions"
UNITS, LEARNED, BINS = 32, 0.9, 4


def main():
    options = parse_options()
    compare_references(options)
    reach, by_distance = {name: {} for name in TASKS}, {}
    for task in TASKS:
        for name in options.networks:
            reach[task][name], by_distance[task, name] = climb(
                task, name, options
            )
    reach, table = pd.DataFrame(reach), pd.DataFrame(by_distance).T
    first = options.lengths[0]
    print(f"\nLongest of the lengths {options.lengths} that was learned:")
    print(reach.to_string())
    print(f"\nSkill by distance, trained on sequences of {first} steps:")
    print(table.to_string(float_format="{:.2f}".format))
    draw(table, reach, options)
    print(f"\nPicture: {options.picture}. Share that learned {first} steps:")
    print(f"{(reach >= first).to_numpy().mean():.3f}")


def parse_options():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--full", action="store_true", help="as on the page")
    parser.add_argument("--networks", help=f"of {', '.join(NETWORKS)}")
    parser.add_argument("--lengths", help="16 steps or more, upwards")
    parser.add_argument("--rounds", type=int, default=10, help="of 100 batches")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--picture", type=Path, default=Path("out/memory.png"))
    options = parser.parse_args()
    networks = ",".join(NETWORKS) if options.full else FEW
    lengths = "40,80,160" if options.full else "40"
    options.networks = (options.networks or networks).split(",")
    if unknown := set(options.networks) - set(NETWORKS):
        parser.error(f"{unknown} is not among {', '.join(NETWORKS)}.")
    options.lengths = [int(k) for k in (options.lengths or lengths).split(",")]
    return options


class Adding:
    """The sum of two marked values among values between 0 and 1."""

    features, head, loss = 2, models.Regression(), "mse"

    def make(self, rng, size, length):
        """Sequences, answers, weights of the steps, and distances.

        A distance counts the steps between an answer and the earliest step
        that it depends on.
        """
        values = rng.random((size, length))
        marked = np.sort(rng.random((size, length)).argsort(axis=1)[:, :2])
        marks = (marked[..., None] == np.arange(length)).any(axis=1)
        x = np.stack([values, marks], axis=-1).astype("float32")
        y = np.zeros((size, length, 1), "float32")
        y[:, -1, 0] = (values * marks).sum(axis=1)
        return x, y, asked(size, length, 1), length - 1 - marked[:, 0]

    def skill(self, y, answer):
        """0 is the mean of all sums, with a mean square error of 1/6."""
        return 1 - 6 * (answer - y)[:, -1, 0] ** 2

    def trivial(self, x):
        return np.ones((*x.shape[:2], 1))

    def rule(self, x):
        return (x[..., 0] * x[..., 1]).cumsum(axis=1)[..., None]


class Copying:
    """Symbols, to be repeated in the last steps, in which there is a cue."""

    features, head, loss = SYMBOLS + 1, models.MultiClass(SYMBOLS), None

    def make(self, rng, size, length):
        delay = rng.integers(length - 2 * COPIED + 1, size=size)
        symbols = rng.integers(SYMBOLS, size=(size, COPIED))
        shown = (length - 2 * COPIED - delay)[:, None] + np.arange(COPIED)
        x = np.zeros((size, length, SYMBOLS + 1), "float32")
        x[np.arange(size)[:, None], shown, symbols] = 1
        x[:, -COPIED:, SYMBOLS] = 1
        y = np.zeros((size, length), int)
        y[:, -COPIED:] = symbols
        return x, y, asked(size, length, COPIED), delay + COPIED

    def skill(self, y, answer):
        """0 is a guess, and 1 is right."""
        right = (answer.argmax(axis=-1) == y)[:, -COPIED:].mean(axis=1)
        return (SYMBOLS * right - 1) / (SYMBOLS - 1)

    def trivial(self, x):
        return np.zeros((*x.shape[:2], SYMBOLS))

    def rule(self, x):
        answer, symbols = self.trivial(x), x[..., :SYMBOLS]
        shown = symbols[symbols.any(axis=-1)]
        answer[:, -COPIED:] = shown.reshape(len(x), COPIED, SYMBOLS)
        return answer


class Counting:
    """Words aⁿbⁿ, and b's after them: is a further b part of the word?"""

    features, head, loss = 2, models.Binary(), None

    def make(self, rng, size, length):
        n = rng.integers(1, length // 2 + 1, size=size)[:, None]
        step = np.arange(length)
        x = np.stack([step < n, step >= n], axis=-1).astype("float32")
        y = (step + 1 < 2 * n).astype("float32")[..., None]
        return x, y, asked(size, length, length), 2 * n[:, 0] - 1

    def skill(self, y, answer):
        """Whether all steps of a word are right."""
        return ((answer > 0.5) == (y > 0.5)).all(axis=(1, 2)).astype(float)

    def trivial(self, x):
        """What most words have at a step."""
        step = np.arange(x.shape[1])[:, None]
        return np.repeat((step + 1 < x.shape[1] / 2)[None], len(x), axis=0)

    def rule(self, x):
        counts = x.cumsum(axis=1)
        return counts[..., :1] > counts[..., 1:]


TASKS = {"adding": Adding(), "copying": Copying(), "counting": Counting()}


def asked(size, length, last):
    """Weights of the steps, on average 1, so that all losses weigh alike."""
    weights = np.zeros((size, length), "float32")
    weights[:, -last:] = length / last
    return weights


def compare_references(options):
    for name, task in TASKS.items():
        rng = np.random.default_rng(options.seed + 2)
        x, y, *_ = task.make(rng, 10_000, options.lengths[0])
        answers = task.trivial(x), task.rule(x)
        trivial, rule = (task.skill(y, answer).mean() for answer in answers)
        print(f"{name}: trivial answer {trivial:.3f}, rule {rule:.3f}")


def build(task, name):
    if name in RECURRENT:
        stack = models.Stack(name, UNITS)
        inputs = models.Sequences(task.features)
        return models.many_to_many(stack, inputs, task.head)
    kernel, dilations = CAUSAL[name]
    x = inputs = keras.Input((None, task.features))
    for dilation in dilations:
        settings = {"dilation_rate": dilation, "activation": "relu"}
        x = keras.layers.Conv1D(UNITS, kernel, padding="causal", **settings)(x)
    return keras.Model(inputs, task.head(x))


def climb(task, name, options):
    """The longest length that is learned, and the skills by distance."""
    reach, by_distance = 0, None
    for length in options.lengths:
        model, skill = fit(TASKS[task], name, length, options)
        print(f"{task:9s} {name:19s} {length:4d}: {skill:.2f}", flush=True)
        if by_distance is None:
            by_distance = distances(model, TASKS[task], length, options)
        if skill < LEARNED:
            break
        reach = length
    return reach, by_distance


def fit(task, name, length, options):
    """A trained network, and its skill at distances of half the length on."""
    rng = np.random.default_rng(options.seed)
    x, y, _, distance = task.make(rng, 500, length)
    with models.seeded(options.seed):
        model = build(task, name)
        training = models.Training(learning_rate=1e-2, loss=task.loss)
        training.compile(model, task.head)
        for _ in range(options.rounds):
            new, y_new, weights, _ = task.make(rng, 64 * 100, length)
            # New sequences need no shuffling, which no seed of ours governs.
            fitting = {"batch_size": 64, "shuffle": False, "verbose": 0}
            model.fit(new, y_new, sample_weight=weights, **fitting)
            answer = model.predict(x, batch_size=len(x), verbose=0)
            skill = task.skill(y, answer)[2 * distance >= length].mean()
            if skill > (1 + LEARNED) / 2:
                break
    return model, float(skill)


def distances(model, task, length, options):
    """Skill by distance, in new sequences as long and twice as long."""
    rng = np.random.default_rng(options.seed + 1)
    skills, width = {}, length / BINS
    for times in (1, 2):
        x, y, _, distance = task.make(rng, 2000, times * length)
        skill = task.skill(y, model.predict(x, batch_size=500, verbose=0))
        for k in range(BINS * (times - 1), BINS * times):
            inside = (k * width <= distance) & (distance < (k + 1) * width)
            column = f"{k * width:.0f} to {(k + 1) * width:.0f}"
            skills[column] = skill[inside].mean()
    return skills


def draw(table, reach, options):
    names, columns = options.networks, 2 * BINS
    ends = np.arange(columns + 1) * options.lengths[0] // BINS
    size = (13, 1.9 + 0.33 * len(names))
    figure, places = plt.subplots(
        1, len(TASKS), figsize=size, sharey=True, layout="constrained"
    )
    for place, task in zip(places, TASKS, strict=True):
        skills = table.loc[task].loc[names].to_numpy()
        image = place.imshow(skills, vmin=0, vmax=1, aspect="auto")
        for (row, column), skill in np.ndenumerate(skills):
            text = f"{skill:.2f}" if skill >= 0 else "< 0"
            look = {"ha": "center", "color": "wk"[int(skill > 0.6)]}
            place.text(column, row, text, va="center", size="x-small", **look)
        for row, length in enumerate(reach[task]):
            place.text(columns - 0.3, row, length or "none", va="center")
        place.text(columns - 0.3, -0.7, "learned")
        place.axvline(BINS - 0.5, color="white", linewidth=3)
        place.set_xticks(np.arange(columns + 1) - 0.5, ends)
        place.set_yticks(range(len(names)), names)
        place.set(title=task, xlabel="steps between clue and answer")
    figure.colorbar(image, ax=places, label="skill", pad=0.06)
    figure.suptitle(
        f"Trained on {ends[BINS]} steps: who remembers over how many (left of "
        "the white line), and in sequences twice as long (right)?\nSkill 0 is "
        "the trivial answer, 1 the rule; beside each panel the longest length "
        f"learned of {', '.join(map(str, options.lengths))}",
        fontsize="medium",
    )
    options.picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(options.picture, dpi=100)
    plt.close(figure)


if __name__ == "__main__":
    main()
