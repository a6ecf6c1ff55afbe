# SPDX-License-Identifier: Apache-2.0
"""What is a state there for? Elman and Jordan networks go on with a sine.

All methods learn sin x from 10 or 100 points between -10 and 10, and go on to
30. Three dense layers read x; they have nothing to go on from. An Elman network
and a Jordan network read the last value and say the next, which they read in
turn; what came before, they must remember:

    Elman    h = tanh(x W + h' R + b),  y = h V + c        the state is h
    Jordan   h = tanh(x W + y' R + b),  y = h V + c        the state is y

A Jordan network remembers what it said and no more. If it says one value ahead,
that is the value it reads next, and tells nothing new: is the sine rising or
falling? If it says two, it remembers enough.

What one would try first: a dense network that reads two values, autoregression
of order 2, which is exact here because sin(x + d) = 2 cos d sin x - sin(x - d),
and the last period again.

Measured with --full, root mean square error from 20 to 30 after 100 points,
median and worst of 5 seeds: three dense layers 3.0 and 3.5, Elman 0.057 and
0.076, Jordan with one output 0.73 and 0.74, with two 0.049 and 1.8, dense
layers of two values 0.048 and 0.057, the last period 0.040, always 0 0.72,
autoregression 6e-14. After 10 points only two go on, the dense layers of two
values, 0.016, and autoregression, 1e-15; Elman has 0.59.
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
from keras.layers import Dense, Rescaling

import keras_rnn
from keras_rnn.models import seeded

# Every network is a new one, and TensorFlow warns when it traces several.
logging.getLogger("tensorflow").setLevel(logging.ERROR)
plt.switch_backend("agg")

END, AHEAD = 10, 20  # sin is known from -END to END, and asked AHEAD further
INTERVALS = {"10 to 20": (10, 20), "20 to 30": (20, 30)}
STYLES = {
    "Elman": ("#0072b2", "-"),
    "Jordan, two outputs": ("#d55e00", "-"),
    "Jordan, one output": ("#cc79a7", "--"),
    "three dense layers": ("#009e73", ":"),
}


def main():
    options = parse_options()
    found = {
        points: {
            method: [go(points, seed, options) for seed in options.seeds]
            for method, go in METHODS.items()
        }
        for points in (10, 100)
    }
    print("Root mean square error of sin x, median and (worst) seed:")
    print(errors(found).to_string())
    draw(found[100], options.picture)
    print(
        f"\nPicture: {options.picture}. Error of Elman, 100 points, 10 to 20:"
    )
    print(f"{np.median(misses(found[100]['Elman'], 10, 20)):.4f}")


def parse_options():
    options = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--full", action="store_true", help="what pages show")
    options.add_argument("--seeds", type=int, help="1; 5 if --full")
    options.add_argument("--steps", type=int, help="1500; 2000 if --full")
    options.add_argument("--units", type=int, default=16)
    options.add_argument("--seed", type=int, default=0, help="the first one")
    options.add_argument("--picture", type=Path, default=Path("out/elman.png"))
    chosen = options.parse_args()
    seeds, steps = (5, 2000) if chosen.full else (1, 1500)
    chosen.steps = chosen.steps or steps
    chosen.seeds = range(chosen.seed, chosen.seed + (chosen.seeds or seeds))
    return chosen


def known(points):
    """The points that all methods learn from, and those ahead."""
    x = np.linspace(-END, END, points)
    gap = x[1] - x[0]
    return x, END + gap * np.arange(1, round(AHEAD / gap) + 1)


def trained(layers, x, y, steps):
    """Layers after so many steps of Adam, each of which sees all rows."""
    network = keras.Sequential([keras.Input(x.shape[1:]), *layers])
    rate = keras.optimizers.schedules.CosineDecay(1e-2, steps)
    # To compile so small a network would take longer than to run it.
    network.compile(
        keras.optimizers.Adam(rate, clipnorm=1.0), "mse", jit_compile=False
    )
    for _ in range(steps):
        network.train_on_batch(x, y)
    return network


def by_dense_layers(points, seed, options):
    x, ahead = known(points)
    with seeded(seed):
        # Inputs from -1 to 1, where the tanh of the first layer bends.
        layers = [Rescaling(1 / END), Dense(32, "tanh"), Dense(32, "tanh")]
        layers += [Dense(1)]
    rows = x[:, None], np.sin(x)[:, None]
    network = trained(layers, *rows, options.steps)
    return network.predict(ahead[:, None], verbose=0)[:, 0]


def elman_step(weights, x, h):
    """The output, and the state h that the next step sees."""
    W, R, b, V, c = weights
    h = np.tanh(x @ W + h @ R + b)
    y = h @ V + c
    return y, h


def jordan_step(weights, x, y):
    """The output, and the state y that the next step sees."""
    W, R, b, V, c = weights
    h = np.tanh(x @ W + y @ R + b)
    y = h @ V + c
    return y, y


def recurrent(layer_class, step, outputs=1):
    """The method that trains a layer, and goes on by its equations.

    Each output names so many of the next values, the very next one first.
    """

    def go(points, seed, options):
        x, ahead = known(points)
        values, past = np.sin(x), 6 * points // 10
        rows = np.lib.stride_tricks.sliding_window_view(values, past + outputs)
        later = [rows[:, k : k + past] for k in range(1, outputs + 1)]
        with seeded(seed):
            layer = layer_class(
                options.units, output_units=outputs, return_sequences=True
            )
        read = rows[:, :past, np.newaxis]
        trained([layer], read, np.stack(later, axis=-1), options.steps)
        return go_on(layer.get_weights(), step, values[-past:], len(ahead))

    return go


def go_on(weights, step, values, steps):
    """What a network says after it read the values, and then its own."""
    state = np.zeros(weights[1].shape[0])
    for value in values:
        y, state = step(weights, np.array([value]), state)
    said = [y[0]]
    while len(said) < steps:
        y, state = step(weights, y[:1], state)
        said.append(y[0])
    return np.array(said)


def pairs(values):
    """The last two values, the latest first, and the value after them."""
    return np.column_stack([values[1:-1], values[:-2]]), values[2:]


def from_two_values(predict, values, steps):
    values = list(values[-2:])
    for _ in range(steps):
        values.append(predict(np.array([values[-1], values[-2]])).item())
    return np.array(values[2:])


def by_window(points, seed, options):
    x, ahead = known(points)
    read, following = pairs(np.sin(x))
    with seeded(seed):
        layers = [Dense(options.units, "tanh"), Dense(1)]
    network = trained(layers, read, following[:, None], options.steps)
    W, b, V, c = network.get_weights()

    def predict(two):
        return np.tanh(two @ W + b) @ V + c

    return from_two_values(predict, np.sin(x), len(ahead))


def by_autoregression(points, seed, options):
    x, ahead = known(points)
    weights = np.linalg.lstsq(*pairs(np.sin(x)), rcond=None)[0]
    return from_two_values(lambda two: two @ weights, np.sin(x), len(ahead))


def by_last_period(points, seed, options):
    x, ahead = known(points)
    period = round(2 * np.pi / (x[1] - x[0]))
    return np.resize(np.sin(x[-period:]), len(ahead))


#: Name -> the function of points, seed and options that goes on.
METHODS = {
    "three dense layers": by_dense_layers,
    "Elman": recurrent(keras_rnn.Elman, elman_step),
    "Jordan, one output": recurrent(keras_rnn.Jordan, jordan_step),
    "Jordan, two outputs": recurrent(keras_rnn.Jordan, jordan_step, 2),
    "dense, two last values": by_window,
    "autoregression of order 2": by_autoregression,
    "the last period again": by_last_period,
    "always 0": lambda points, seed, options: np.zeros(len(known(points)[1])),
}


def misses(curves, low, high):
    """The root mean square error of each curve between two x."""
    x = known(len(curves[0]) + 1)[1]  # it goes on as far as it has seen
    inside = (x > low) & (x <= high)
    return np.sqrt(np.mean((curves - np.sin(x))[:, inside] ** 2, axis=1))


def errors(found):
    """A row per method, a column per number of points and interval."""
    columns = {}
    for points, by_method in found.items():
        for name, interval in INTERVALS.items():
            columns[f"{points} points, {name}"] = {
                method: said(misses(curves, *interval))
                for method, curves in by_method.items()
            }
    return pd.DataFrame(columns)


def said(errors):
    return f"{np.median(errors):.2g} ({errors.max():.2g})"


def draw(found, picture):
    figure = plt.figure(figsize=(11, 6.6), layout="constrained")
    places = figure.subplot_mosaic([["curves", "curves"], ["error", "seeds"]])
    draw_curves(places["curves"], found)
    draw_growth(places["error"], found)
    draw_seeds(places["seeds"], found)
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture, dpi=110)
    plt.close(figure)


def middle(curves):
    """The curve of the seed whose error is the median."""
    order = misses(curves, *INTERVALS["20 to 30"]).argsort()
    return curves[order[len(order) // 2]]


def draw_curves(place, found):
    before, ahead = known(100)
    x = np.concatenate([before[-30:], ahead])
    place.axvspan(END, END + AHEAD, color="0.93")
    place.plot(x, np.sin(x), color="black", lw=4, alpha=0.25, label="sin x")
    for name, (colour, line) in STYLES.items():
        place.plot(ahead, middle(found[name]), line, color=colour, label=name)
    place.set(xlim=(x[0], x[-1]), ylim=(-3.2, 3.2), xlabel="x")
    place.legend(loc="upper center", fontsize="small", ncols=5)
    place.set_title("From 100 points: who remembers two values goes on")


def draw_growth(place, found):
    x = known(100)[1]
    for name, (colour, line) in STYLES.items():
        error = np.abs(middle(found[name]) - np.sin(x))
        place.semilogy(x, error, line, color=colour)
    place.set(xlabel="x", ylabel="absolute error", xlim=(END, x[-1]))
    place.set_title("The errors, by distance (seed of the median)")


def draw_seeds(place, found):
    for row, (name, curves) in enumerate(found.items()):
        errors = misses(np.array(curves), *INTERVALS["20 to 30"])
        colour, _ = STYLES.get(name, ("0.4", "-"))
        # What is exact would need an axis of its own.
        place.semilogx(
            np.maximum(errors, 1e-4), [row] * len(errors), "o", color=colour
        )
    place.set(yticks=range(len(found)), xlim=(7e-5, 10))
    place.set_yticklabels(list(found))
    place.invert_yaxis()
    place.grid(axis="x", alpha=0.4)
    place.set_xlabel("root mean square error, 20 to 30 (at least 10⁻⁴)")
    place.set_title("Every seed, beside what one tries first")


if __name__ == "__main__":
    main()
