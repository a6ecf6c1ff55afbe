# SPDX-License-Identifier: Apache-2.0
"""What are an activation function and a hidden layer there for?

A linear network cannot say whether two bits differ, or whether they are equal,
and neither can two linear layers, which are one. One hidden layer with a bend
can: weights found by hand show how, and networks that are trained find others.
Beside them stand linear regressions, one of which sees the product of the bits.

Then three dense layers learn sin x from 10 or 100 points between -10 and 10,
and are asked between the points and beyond them, as is a polynomial through the
same points. What goes on beyond them reads the last values instead of x: that
is `elman_and_jordan.py`.

Measured with --full, 5 seeds: all networks with 2 or 4 units of tanh answer
both questions, none of the linear ones does, which are 0.5 off. Root mean
square errors, median: three dense layers 0.41 between 10 points and 3.0 beyond,
0.0056 between 100 and 2.2 beyond; polynomials 1.3 and 34000, 4e-6 and 360000;
always 0 has 0.69 and 0.71.
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

from keras_rnn.models import seeded

# Every network is a new one, and TensorFlow warns when it traces several.
logging.getLogger("tensorflow").setLevel(logging.ERROR)
plt.switch_backend("agg")

BITS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
#: What is asked about two bits: do they differ (XOR), are they equal?
ANSWERS = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
END = 10  # the points lie between -END and END
INTERVALS = {"between the points": (-END, END), "beyond": (END, 2 * END)}


def main():
    options = parse_options()
    print("One hidden layer, found by hand: h = ReLU(x W + b), y = h V + c")
    print(hand_table().to_string(index=False), end="\n\n")
    for inputs, x in {
        "the bits": BITS,
        "the bits and their product": product(),
    }.items():
        error = np.abs(regressed(x, ANSWERS)(x) - ANSWERS).max()
        print(f"Linear regression of {inputs}, largest error: {error:.3f}")
    print("\nNetworks that answer both questions about all four pairs:")
    print(tell_apart(options).to_string(float_format="{:.3f}".format))
    curves = learn_sine(options)
    print("\nRoot mean square error of sin x, median and worst seed:")
    print(errors(curves).to_string(float_format="{:.2g}".format))
    draw(curves, options.picture)
    print(f"\nPicture: {options.picture}. Error beyond 100 points:")
    low, high = INTERVALS["beyond"]
    error = np.median(misses(curves[100]["three dense layers"], low, high))
    print(f"{error:.4f}")


def parse_options():
    options = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--full", action="store_true", help="what pages show")
    options.add_argument("--seeds", type=int, help="1; 5 if --full")
    options.add_argument("--steps", type=int, help="1500; 3000 if --full")
    options.add_argument("--seed", type=int, default=0, help="the first one")
    options.add_argument("--picture", type=Path, default=Path("out/first.png"))
    chosen = options.parse_args()
    seeds, steps = (5, 3000) if chosen.full else (1, 1500)
    chosen.steps = chosen.steps or steps
    chosen.seeds = range(chosen.seed, chosen.seed + (chosen.seeds or seeds))
    return chosen


def hand_network(x):
    """The hidden values and the answers of weights that were found by hand.

    One unit counts the ones, the other sees whether there are two.
    """
    W, b = np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0])
    V, c = np.array([[1.0, -1.0], [-2.0, 2.0]]), np.array([0.0, 1.0])
    h = np.maximum(x @ W + b, 0.0)
    return h, h @ V + c


def hand_table():
    h, y = hand_network(BITS)
    columns = ["x1", "x2", "h1", "h2", "differ", "equal"]
    return pd.DataFrame(np.hstack([BITS, h, y]), columns=columns).astype(int)


def product():
    return np.column_stack([BITS, BITS.prod(axis=1)])


def regressed(x, y):
    """The function, linear in x, that least squares find."""

    def with_one(x):
        return np.column_stack([x, np.ones(len(x))])

    weights = np.linalg.lstsq(with_one(x), y, rcond=None)[0]
    return lambda x: with_one(x) @ weights


def tell_apart(options):
    """By network: how many seeds are right, and the error of their median."""
    rows = {}
    for activation, units in (("linear", 4), ("tanh", 2), ("tanh", 4)):
        worst = []
        for seed in options.seeds:
            with seeded(seed):
                layers = [Dense(units, activation), Dense(2)]
            network = trained(layers, BITS, ANSWERS, options.steps)
            answers = network.predict(BITS, verbose=0)
            worst.append(np.abs(answers - ANSWERS).max())
        rows[f"{units} hidden units, {activation}"] = {
            "right": f"{np.sum(np.array(worst) < 0.45)} of {len(worst)}",
            "largest error, median": np.median(worst),
        }
    return pd.DataFrame(rows).T


def trained(layers, x, y, steps):
    """Layers after so many steps of Adam, each of which sees all rows."""
    network = keras.Sequential([keras.Input(x.shape[1:]), *layers])
    rate = keras.optimizers.schedules.CosineDecay(1e-2, steps)
    # To compile so small a network would take longer than to run it.
    network.compile(keras.optimizers.Adam(rate), "mse", jit_compile=False)
    for _ in range(steps):
        network.train_on_batch(x, y)
    return network


def learn_sine(options):
    """By points and method: what each seed says of sin x everywhere."""
    curves = {}
    for points in (10, 100):
        x = np.linspace(-END, END, points)
        networks = [by_dense_layers(x, s, options.steps) for s in options.seeds]
        curves[points] = {
            "three dense layers": np.array(networks),
            "polynomial": by_polynomial(x)[np.newaxis],
            "always 0": np.zeros_like(everywhere())[np.newaxis],
        }
    return curves


def everywhere():
    return np.linspace(-END, 2 * END, 1501)


def by_dense_layers(x, seed, steps):
    with seeded(seed):
        # Inputs from -1 to 1, where the tanh of the first layer bends.
        layers = [Rescaling(1 / END), Dense(32, "tanh"), Dense(32, "tanh")]
        layers += [Dense(1)]
    network = trained(layers, x[:, None], np.sin(x)[:, None], steps)
    return network.predict(everywhere()[:, None], verbose=0)[:, 0]


def by_polynomial(x):
    """Through all of 10 points, near 100: degree 19 is enough for them."""
    degree = min(len(x) - 1, 19)
    return np.polynomial.Chebyshev.fit(x, np.sin(x), degree)(everywhere())


def misses(curves, low, high):
    """The root mean square error of each curve between two x."""
    x = everywhere()
    inside = (x >= low) & (x <= high)
    return np.sqrt(np.mean((curves - np.sin(x))[:, inside] ** 2, axis=1))


def errors(curves):
    """A row per number of points and method."""
    rows = {}
    for points, by_method in curves.items():
        for method, found in by_method.items():
            row = rows[f"{points} points, {method}"] = {}
            for name, interval in INTERVALS.items():
                error = misses(found, *interval)
                row[name] = np.median(error)
                row[f"{name}, worst"] = error.max()
    return pd.DataFrame(rows).T


def draw(curves, picture):
    figure = plt.figure(figsize=(11, 6.4), layout="constrained")
    places = figure.subplot_mosaic([["bits", "hidden"], ["10", "100"]])
    draw_border(figure, places["bits"])
    draw_hidden(places["hidden"])
    for points, by_method in curves.items():
        draw_sine(places[str(points)], points, by_method)
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture, dpi=110)
    plt.close(figure)


def draw_border(figure, place):
    """The plane of the bits, and what the weights found by hand say there."""
    side = np.linspace(-0.4, 1.4, 181)
    plane = np.stack(np.meshgrid(side, side), axis=-1)
    differ = hand_network(plane)[1][..., 0]
    levels = np.linspace(-0.5, 1, 16)
    shown = place.contourf(
        side, side, differ, levels, cmap="cividis", extend="min"
    )
    place.contour(side, side, differ, levels=[0.5], colors="white")
    mark_bits(place, BITS)
    figure.colorbar(shown, ax=place, label="answer: do they differ?")
    place.set(xlabel="x1", ylabel="x2", aspect="equal")
    place.set_title("XOR: one line cannot part them, two do")


def draw_hidden(place):
    """The same four points, where the hidden layer puts them."""
    h, _ = hand_network(BITS)
    h1 = np.array([-0.3, 2.3])
    place.plot(h1, (h1 - 0.5) / 2, color="black", label="h1 − 2 h2 = ½")
    mark_bits(place, h)
    place.set(xlabel="h1 = ReLU(x1 + x2)", ylabel="h2 = ReLU(x1 + x2 − 1)")
    place.set(xlim=(-0.3, 2.3), ylim=(-0.5, 1.5))
    place.legend(loc="upper left")
    place.set_title("Behind the hidden layer, one line is enough")


def mark_bits(place, points):
    """A disc where the bits are equal, a square where they differ."""
    names = {}
    for (x1, x2), point in zip(BITS, points, strict=True):
        name = f"({x1:.0f}, {x2:.0f})"
        at = tuple(point)
        names[at] = f"{names[at]} and {name}" if at in names else name
        equal = x1 == x2
        marker, colour = ("o", "#d55e00") if equal else ("s", "#56b4e9")
        place.plot(*point, marker, color=colour, ms=11, mec="black")
    for at, name in names.items():
        # Away from the line, which runs below the discs.
        beside = (0, 12) if at[0] == at[1] or at[1] == 1 else (0, -22)
        place.annotate(
            name, at, beside, textcoords="offset points", ha="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )  # fmt: skip


def draw_sine(place, points, by_method):
    x, seen = everywhere(), np.linspace(-END, END, points)
    place.axvspan(END, x[-1], color="0.92")
    place.plot(x, np.sin(x), color="0.5", label="sin x")
    styles = {
        "three dense layers": ("#0072b2", "-"),
        "polynomial": ("#d55e00", "--"),
    }
    for name, (colour, line) in styles.items():
        place.plot(x, by_method[name][0], line, color=colour, label=name)
    place.plot(seen, np.sin(seen), "k.", ms=8 if points == 10 else 3)
    place.set(xlabel="x", ylim=(-3, 4), xlim=(-END, x[-1]))
    place.legend(loc="upper center", fontsize="small", ncols=3)
    between = "wrong between them" if points == 10 else "right between them"
    place.set_title(f"{points} points: {between}, and lost beyond")


if __name__ == "__main__":
    main()
