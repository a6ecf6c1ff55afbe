# SPDX-License-Identifier: Apache-2.0
"""When do gradients vanish or explode? Gains by distance, bounds, clipping.

`keras_rnn.diagnostics.gradient_flow` measures the gain ‖∂s(t)/∂s(t − d)‖ of
new networks of 32 units that read noise, beside the bound (γ_R γ_φ)^d of the
simple ones. Then networks are trained to say the first of 50 numbers, so that
an error has to travel back over 50 steps:

- a SimpleRNN whose recurrent kernel is 1.5 times a rotation, by plain gradient
  descent and by three kinds of clipping,
- five networks as they come, by Adam: along which of them does an error reach
  the first step, before and after training?

A network of one unit is trained onto the cliff of its cost surface, where
`keras_rnn.diagnostics.loss_surface` lets three descents walk. The task needs no
network: a ridge regression of the 50 numbers answers without an error.

Measured with --full, medians of 3 seeds, gains of new networks over 50 steps:
SimpleRNN with σ 3e-32, with tanh 4e-5 (bound 1), with 1.5 R 3.7 (bound 6e8),
GRU 2e-10, LSTM 3e-4, LSTM with Chrono(200) 0.90, carousel 1.1. Mean square
error of 1.5 R with learning rate 0.03: plain 0.28, clipnorm=1 0.011,
clipvalue=1 0.36, clipvalue=0.03 0.023; with rate 0.1: NaN, 0.19, 2.3, 0.11. As
they come, by Adam: SimpleRNN 0.0025, GRU and LSTM 0.34 (always 0 has 0.33),
LSTM with Chrono(200) 5e-5, no forget gate 3e-4.
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
from sklearn.linear_model import Ridge

import keras_rnn
from keras_rnn.diagnostics import gradient_flow, loss_surface
from keras_rnn.diagnostics.plots import plot_loss_surface
from keras_rnn.layers import Chrono
from keras_rnn.models import seeded

# Every network is a new one, and TensorFlow warns when it traces several.
logging.getLogger("tensorflow").setLevel(logging.ERROR)
plt.switch_backend("agg")

UNITS, STEPS, LONGEST = 32, 50, 200
DISTANCES = [1, 10, 20, 50, 100, LONGEST]
#: Start of R: as it comes, a rotation, times this.
TOO_LARGE = 1.5
#: Layers: the name of a class, and its arguments beside the units.
SIGMOID = "SimpleRNN", {"activation": "sigmoid"}
SIMPLE, GRU, LSTM = ("SimpleRNN", {}), ("GRU", {}), ("LSTM", {})
NO_FORGET_GATE = "AblatedLSTM", {"ablated_gate": "forget", "peephole": None}
#: Network -> its layer, a factor of R, the spread of what it reads.
NEW = {
    "SimpleRNN, σ": (SIGMOID, 1, 1),
    "SimpleRNN, σ, 6 R": (SIGMOID, 6, 1),
    "SimpleRNN, tanh": (SIMPLE, 1, 1),
    "SimpleRNN, tanh, weak inputs": (SIMPLE, 1, 0.01),
    "SimpleRNN, tanh, 1.5 R": (SIMPLE, TOO_LARGE, 1),
    "SimpleRNN, tanh, 1.5 R, weak inputs": (SIMPLE, TOO_LARGE, 0.01),
    "SimpleRNN, tanh, 3 R": (SIMPLE, 3, 1),
    "GRU": (GRU, 1, 1),
    "LSTM": (LSTM, 1, 1),
    "LSTM, Chrono(200)": (("LSTM", {"forget_bias": Chrono(LONGEST)}), 1, 1),
    "carousel (no forget gate, R = 0)": (NO_FORGET_GATE, 0, 1),
    "no forget gate": (NO_FORGET_GATE, 1, 1),
}
#: Those that are trained as they come.
TRAINED = [n for n in NEW if n in ("GRU", "SimpleRNN, tanh") or "LSTM" in n]
TRAINED.append("no forget gate")
CLIPPING = {
    "plain": {},
    "clipnorm=1": {"clipnorm": 1.0},
    "clipvalue=1": {"clipvalue": 1.0},
    "clipvalue=0.03": {"clipvalue": 0.03},
}
NORM = "clipnorm=1"
COLOURS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "0.3")
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), "-")


def main():
    options = parse_options()
    flows = gains(options.seeds, options.longest)
    print("Gain of new networks over d steps, and the bound of simple ones:")
    print(flows.to_string(float_format="{:.2g}".format))
    clipped, curves = clipping(options)
    print(f"\nSimpleRNN, {TOO_LARGE} R, says the first of {STEPS} numbers:")
    print(clipped.to_string(float_format="{:.2g}".format))
    trained, errors = carousels(options)
    print("\nNetworks as they come, trained by Adam with clipnorm=1:")
    print(trained.to_string(float_format="{:.2g}".format))
    print(f"ridge regression {ridge(options.seed):.2g}, always 0 0.33")
    (w, b), surface = cliff()
    print(f"\nOne unit, trained onto the cliff: w = {w:.2f}, b = {b:.2f}")
    print(surface.paths.groupby("descent")["loss"].agg(["first", "last"]))
    draw(flows, curves, errors, surface, options.picture)
    print(f"\nPicture: {options.picture}. Error after clipping by norm:")
    print(clipped.loc[(options.rates[0], NORM), "error"])


def parse_options():
    options = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--full", action="store_true", help="what pages show")
    options.add_argument("--epochs", type=int, help="6; 15 if --full")
    options.add_argument("--longest", type=int, default=LONGEST, help="steps")
    options.add_argument("--rows", type=int, default=2000, help="to train")
    options.add_argument("--seed", type=int, default=0, help="the first one")
    options.add_argument("--picture", type=Path, default=Path("out/flow.png"))
    chosen = options.parse_args()
    seeds, epochs = (3, 15) if chosen.full else (1, 6)
    chosen.epochs = chosen.epochs or epochs
    chosen.seeds = range(chosen.seed, chosen.seed + seeds)
    chosen.rates = (0.03, 0.1) if chosen.full else (0.03,)
    return chosen


def new_network(layer, seed, features, optimizer, factor=1.0):
    with seeded(seed):
        kind, options = layer
        recurrent = getattr(keras_rnn, kind)(UNITS, **options)
        layers = [recurrent, keras.layers.Dense(1)]
        network = keras.Sequential([keras.Input((None, features)), *layers])
    R = recurrent.cell.recurrent_kernel
    R.assign(factor * keras.ops.convert_to_numpy(R))
    # To compile so small a network would take longer than to run it.
    network.compile(optimizer, "mse", jit_compile=False)
    return network


def gains(seeds, longest):
    """By network: the median gain by distance, its bound, and the verdict."""
    rows = {}
    for name, (layer, factor, spread) in NEW.items():
        flows = [
            flow_of_new(layer, factor, spread, seed, longest) for seed in seeds
        ]
        tables = [f.jacobians.xs("joint", level="block") for f in flows]
        joint = pd.concat(tables).groupby("distance").median()
        verdicts = sorted({f.verdicts["verdict"].iloc[0] for f in flows})
        rows[name, "gain"] = {**joint["median"], "verdict": ", ".join(verdicts)}
        if joint["bound"].notna().all():
            rows[name, "bound"] = {**joint["bound"], "verdict": ""}
    return pd.DataFrame(rows).T


def flow_of_new(layer, factor, spread, seed, longest=LONGEST):
    network = new_network(layer, seed, 3, "sgd", factor)
    rng = np.random.default_rng(seed)
    x = spread * rng.normal(size=(4, longest, 3)).astype("float32")
    y = rng.normal(size=(4, 1))
    distances = [d for d in DISTANCES if d <= longest]
    return gradient_flow(network, x, y, distances=distances)


def first_number(rng, rows):
    """Numbers from −1 to 1 with a flag at the first, which is the answer."""
    x = np.zeros((rows, STEPS, 2), "float32")
    x[..., 0] = rng.uniform(-1, 1, size=(rows, STEPS))
    x[:, 0, 1] = 1
    return x, x[:, :1, 0]


def fitted(network, seed, options):
    """The loss by epoch, and the error on numbers that were not trained on."""
    x, y = first_number(np.random.default_rng(seed), options.rows)
    found = network.fit(
        x, y, 20, options.epochs, verbose=0, shuffle=False
    ).history["loss"]
    x, y = first_number(np.random.default_rng(seed + 1000), 1000)
    error = np.mean((network.predict(x, verbose=0) - y) ** 2)
    return found, float(error)


def flow_of_task(network, seed):
    x, y = first_number(np.random.default_rng(seed + 1000), 20)
    return gradient_flow(network, x, y, samples=4, distances=[STEPS])


def clipping(options):
    """A row per learning rate and clipping, and losses (seeds, epochs)."""
    rows, curves = {}, {}
    for rate in options.rates:
        for name, clip in CLIPPING.items():
            found = [
                clipped_training(rate, clip, seed, options)
                for seed in options.seeds
            ]
            curves[rate, name] = np.array([losses for losses, _ in found])
            rows[rate, name] = over_seeds([row for _, row in found])
    return pd.DataFrame(rows).T.rename_axis(["rate", "clipping"]), curves


def clipped_training(rate, clip, seed, options):
    sgd = keras.optimizers.SGD(rate, **clip)
    network = new_network(SIMPLE, seed, 2, sgd, TOO_LARGE)
    before = flow_of_task(network, seed)
    losses, error = fitted(network, seed, options)
    after = flow_of_task(network, seed)
    row = {"error": error, **before.weights.loc["all"].add_prefix("norm ")}
    for when, flow in {"first": before, "last": after}.items():
        found = flow.verdicts.iloc[0]
        row |= {f"gain {when}": found["gain"], when: found["verdict"]}
    return losses, row


def over_seeds(rows):
    """The median of each number, the worst error, and all verdicts."""
    table = pd.DataFrame(rows)
    table.insert(1, "worst", table["error"].max(skipna=False))
    return {
        name: ", ".join(sorted(set(column)))
        if name in ("first", "last")
        else column.median(skipna=False)
        for name, column in table.items()
    }


def carousels(options):
    """A row per network, and errors by step, those of the last step 1."""
    rows, errors = {}, {}
    for name in TRAINED:
        (layer, *_), found = NEW[name], []
        for seed in options.seeds:
            adam = keras.optimizers.Adam(0.005, clipnorm=1.0)
            network = new_network(layer, seed, 2, adam)
            before = errors_by_step(network, seed)
            _, error = fitted(network, seed, options)
            after = errors_by_step(network, seed)
            row = {"error": error, "reach new": before[0], "trained": after[0]}
            found.append(row)
            errors.setdefault(name, after)
        rows[name] = over_seeds(found)
    return pd.DataFrame(rows).T, errors


def errors_by_step(network, seed):
    """‖dL/ds(t)‖, s all states: the median share of that at the last step."""
    errors = flow_of_task(network, seed).errors["norm"]
    norms = (errors**2).groupby(["sample", "time"]).sum() ** 0.5
    norms = norms.to_numpy().reshape(-1, STEPS)
    return np.median(norms / norms[:, -1:], axis=0)


def ridge(seed):
    """The mean square error of a ridge regression of all numbers."""
    x, y = first_number(np.random.default_rng(seed), 2000)
    new_x, new_y = first_number(np.random.default_rng(seed + 1000), 1000)
    said = Ridge(1e-3).fit(x[..., 0], y.ravel()).predict(new_x[..., 0])
    return np.mean((said - new_y.ravel()) ** 2)


def cliff():
    """A unit h = σ(w h' + b), trained to say 0.7, and the loss around it."""
    unit = keras_rnn.SimpleRNN(1, activation="sigmoid")
    network = keras.Sequential([keras.Input((STEPS, 1)), unit])
    unit.set_weights([np.ones((1, 1)), np.array([[4.75]]), np.array([-2.4])])
    network.compile(keras.optimizers.SGD(0.005, clipnorm=1.0), "mse")
    x, y = np.zeros((1, STEPS, 1)), np.array([[0.7]])
    network.fit(x, y, epochs=400, verbose=0)
    w, b = (v.item() for v in network.get_weights()[1:])
    surface = loss_surface(
        network, x, y, span=1.5, steps=61, learning_rate=0.3,
        directions=((unit.cell.recurrent_kernel, (0, 0)), (unit.cell.bias, 0)),
        start=(4.75 - w, -2.4 - b),
    )  # fmt: skip
    return (w, b), surface


def draw(flows, curves, errors, surface, picture):
    figure = plt.figure(figsize=(13, 10.5), layout="constrained")
    (top_left, top_right), (left, right) = figure.subplots(2, 2)
    marks = 6 * ["None"] + 6 * ["o"]
    for place in (top_left, top_right):
        place.set_prop_cycle(color=2 * COLOURS, ls=2 * LINES, marker=marks)
    draw_gains(top_left, flows)
    draw_errors(top_right, errors)
    draw_curves(left, curves)
    plot_loss_surface(surface, ax=right)
    right.set(xlabel="w, from where it is trained", ylabel="b, likewise")
    right.set_title("The cliff throws plain descent off")
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture, dpi=75, pil_kwargs={"optimize": True})
    plt.close(figure)


def draw_gains(place, flows):
    distances = [d for d in flows.columns if d != "verdict"]
    for name in NEW:
        if "weak" not in name and "6" not in name:
            gain = flows.loc[(name, "gain"), distances].astype(float)
            place.semilogy(gain, label=name)
    bound = TOO_LARGE ** np.array(distances, float)
    place.semilogy(distances, bound, "k:", lw=1, label="bound of 1.5 R")
    place.set(ylim=(1e-12, 1e6), xlabel="distance d in steps", ylabel="gain")
    place.set_title("New networks: what is left of a change after d steps")
    place.legend(
        fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.14),
        ncols=3,
    )  # fmt: skip


def draw_errors(place, errors):
    for name, shares in errors.items():
        place.semilogy(range(1, STEPS + 1), shares, label=name)
    place.set(xlabel="step t", ylabel="error at t / error at the last step")
    place.set_title("Trained networks: how far an error travels back")
    place.legend(fontsize="small")


def draw_curves(place, curves):
    rate = min(rate for rate, _ in curves)
    for name, colour, line in zip(CLIPPING, COLOURS, LINES, strict=False):
        losses = curves[rate, name].T
        epochs = np.arange(1, len(losses) + 1)
        lines = place.semilogy(epochs, losses, line, color=colour)
        lines[0].set_label(name)
    place.axhline(1 / 3, color="0.7", lw=1, label="always 0")
    place.set(xlabel="epoch", ylabel="mean square error of training")
    place.set_title(
        f"Which clipping lets {TOO_LARGE} R learn (a line per seed)"
    )
    place.legend(fontsize="small")


if __name__ == "__main__":
    main()
