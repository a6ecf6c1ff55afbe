# SPDX-License-Identifier: Apache-2.0
"""How does an error reach the weights? Three ways, one gradient, three costs.

A SimpleRNN, an Elman and a Jordan network, written in NumPy:

    h_t = tanh(x_t W + s_(t-1) R + b)      s is h; Jordan: s is y
    y_t = h_t V + c                        SimpleRNN: y_t = h_t
    L   = ½ Σ_t |y_t − target_t|²

The gradient of L with respect to all weights is computed

- backwards: backpropagation through time (Werbos 1990),
- forwards: real-time recurrent learning (Williams & Zipser 1989), which
  carries the derivative of the state with respect to each weight,
- as a product: the sum over all pairs of steps k <= t of a path from the error
  at t to the weights at k, through a product of Jacobians,

and by the layers of `keras_rnn` in float64: what a step of gradient descent
with learning rate 1 takes off the weights. All agree. Their costs are
measured by the number of units and of steps, in time of the processor.

Measured with --full: the gradients are at most 9e-16 apart. Processor
milliseconds backwards, forwards and in product form: 0.20, 1.2, 1.9 for 16
units and 20 steps, 0.28, 853, 121 for 128 units, 1.4, 9.3, 106 for 160 steps.
"""

import argparse
import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up log

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import keras_rnn

# Every network is a new one, and TensorFlow warns when it traces several.
logging.getLogger("tensorflow").setLevel(logging.ERROR)
plt.switch_backend("agg")

FEATURES, OUTPUTS = 2, 2


@dataclass
class Task:
    """The weights W, R, b, V, c of a network, and one sequence for it."""

    kind: str  # SimpleRNN, which has no V and c, Elman or Jordan
    weights: dict[str, np.ndarray]
    x: np.ndarray
    target: np.ndarray


def main():
    options = parse_options()
    differences = pd.DataFrame(compared(options.seed)).T
    print("Four steps, 3 units: largest difference from the engine's gradient")
    print(differences.to_string(float_format="{:.0e}".format))
    doubled = 2 ** np.arange(options.sizes)
    costs = {
        "units": {n: measured(n, 20, options.seed) for n in 4 * doubled},
        "steps": {n: measured(16, n, options.seed) for n in 5 * doubled},
    }
    costs = {size: pd.DataFrame(rows).T for size, rows in costs.items()}
    for size, table in costs.items():
        print(f"\nProcessor milliseconds per gradient, Elman, by {size}:")
        print(table.to_string(float_format="{:.3g}".format))
        growth = np.log2(table.iloc[-1] / table.iloc[-2])
        print("Exponents:", ", ".join(f"{x:.1f}" for x in growth))
    draw(costs, options.picture)
    print(f"\nPicture: {options.picture}. Largest difference:")
    print(differences.to_numpy().max())


def parse_options():
    options = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--full", action="store_true", help="what pages show")
    options.add_argument("--sizes", type=int, help="4, 8, 16 ...: 5; 6 if full")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--picture", type=Path, default=Path("out/bptt.png"))
    chosen = options.parse_args()
    chosen.sizes = chosen.sizes or (6 if chosen.full else 5)
    return chosen


def make_task(kind, units, steps, seed):
    rng = np.random.default_rng(seed)
    outputs = units if kind == "SimpleRNN" else OUTPUTS
    state = outputs if kind == "Jordan" else units
    shapes = {"W": (FEATURES, units), "R": (state, units), "b": (units,)}
    if kind != "SimpleRNN":
        shapes |= {"V": (units, outputs), "c": (outputs,)}
    weights = {
        name: rng.normal(size=shape) / np.sqrt(shape[0])
        for name, shape in shapes.items()
    }
    x = rng.normal(size=(steps, FEATURES))
    return Task(kind, weights, x, rng.normal(size=(steps, outputs)))


def read_out(task):
    """V and c; a SimpleRNN says what its units say."""
    if task.kind == "SimpleRNN":
        units = len(task.weights["b"])
        return np.eye(units), np.zeros(units)
    return task.weights["V"], task.weights["c"]


def forward(task):
    """All h (time + 1, units) and y (time + 1, outputs); the first are 0."""
    w, (V, c) = task.weights, read_out(task)
    h, y = [np.zeros(len(V))], [np.zeros(len(c))]
    for x in task.x:
        state = y[-1] if task.kind == "Jordan" else h[-1]
        h.append(np.tanh(x @ w["W"] + state @ w["R"] + w["b"]))
        y.append(h[-1] @ V + c)
    return np.array(h), np.array(y)


def read_by(task, h, y):
    """What the hidden layer and the read-out read at each step, and a 1."""
    state = y if task.kind == "Jordan" else h
    one = np.ones((len(task.x), 1))
    return np.hstack([task.x, state[:-1], one]), np.hstack([h[1:], one])


def named(task, hidden, output):
    """Gradients (read, written) by weight: W, R, b above each other; V, c."""
    found = {"W": hidden[:FEATURES], "R": hidden[FEATURES:-1], "b": hidden[-1]}
    found |= {"V": output[:-1], "c": output[-1]}
    return {name: found[name] for name in task.weights}


def backward(task):
    """Backpropagation through time: dz_t = dL/dz_t, the last step first."""
    h, y = forward(task)
    R, (V, _) = task.weights["R"], read_out(task)
    dy = y[1:] - task.target
    dz, back = np.zeros_like(h[1:]), np.zeros(len(R))
    for t in reversed(range(len(dy))):
        if task.kind == "Jordan":
            dy[t] += back
            back = 0
        dz[t] = (dy[t] @ V.T + back) * (1 - h[t + 1] ** 2)
        back = dz[t] @ R.T
    by_hidden, by_output = read_by(task, h, y)
    return named(task, by_hidden.T @ dz, by_output.T @ dy)


def forward_accumulation(task):
    """Real-time recurrent learning: what each weight has done to the state."""
    h, y = forward(task)
    R, (V, _) = task.weights["R"], read_out(task)
    by_hidden, by_output = read_by(task, h, y)
    sizes = by_hidden.shape[1], len(V), by_output.shape[1], V.shape[1]
    num_hidden, num_output = sizes[0] * sizes[1], sizes[2] * sizes[3]
    d_state = np.zeros((num_hidden + num_output, len(R)))
    gradient = np.zeros(len(d_state))
    for t, error in enumerate(y[1:] - task.target):
        d_z = d_state @ R
        d_z[:num_hidden] += np.kron(by_hidden[t], np.eye(sizes[1])).T
        d_h = d_z * (1 - h[t + 1] ** 2)
        d_y = d_h @ V
        d_y[num_hidden:] += np.kron(by_output[t], np.eye(sizes[3])).T
        gradient += d_y @ error
        d_state = d_y if task.kind == "Jordan" else d_h
    hidden, output = np.split(gradient, [num_hidden])
    return named(task, hidden.reshape(sizes[:2]), output.reshape(sizes[2:]))


def product_form(task):
    """The sum over steps k <= t of a path through a product of Jacobians."""
    h, y = forward(task)
    R, (V, _) = task.weights["R"], read_out(task)
    by_hidden, by_output = read_by(task, h, y)
    jordan = task.kind == "Jordan"
    hidden = np.zeros((by_hidden.shape[1], len(V)))
    output = np.zeros((by_output.shape[1], V.shape[1]))
    for t, error in enumerate(y[1:] - task.target):
        path = np.eye(len(R))  # from the state at t back to that at k
        for k in reversed(range(t + 1)):
            slope = 1 - h[k + 1] ** 2
            dy = path @ error if jordan else error
            dh = V @ dy if jordan else path @ (V @ error)
            hidden += np.outer(by_hidden[k], dh * slope)
            if jordan or k == t:
                output += np.outer(by_output[k], dy)
            step = (R * slope) @ V if jordan else R * slope
            path = step @ path
    return named(task, hidden, output)


WAYS = {
    "backwards": backward,
    "forwards": forward_accumulation,
    "product form": product_form,
}


class HalfSquares(keras.losses.Loss):
    """½ Σ |y − target|², summed over steps and outputs."""

    def call(self, y_true, y_pred):
        return keras.ops.sum((y_pred - y_true) ** 2, axis=(1, 2)) / 2


def engine_network(task):
    """The layer of keras_rnn with the weights of a task, to be trained."""
    size = {} if task.kind == "SimpleRNN" else {"output_units": OUTPUTS}
    layer = getattr(keras_rnn, task.kind)(
        len(task.weights["b"]), return_sequences=True, dtype="float64", **size
    )
    x = keras.Input((None, FEATURES), dtype="float64")
    network = keras.Model(x, layer(x))
    layer.set_weights(list(task.weights.values()))
    loss = HalfSquares(dtype="float64")
    network.compile(keras.optimizers.SGD(1.0), loss, jit_compile=False)
    return network


def by_engine(task):
    """What one step of gradient descent with learning rate 1 takes off."""
    network = engine_network(task)
    network.train_on_batch(task.x[np.newaxis], task.target[np.newaxis])
    after = dict(zip(task.weights, network.get_weights(), strict=True))
    return {name: w - after[name] for name, w in task.weights.items()}


def compared(seed):
    """By network and way: the largest difference from the engine."""
    rows = {}
    for kind in ("SimpleRNN", "Elman", "Jordan"):
        task = make_task(kind, 3, 4, seed)
        expected = by_engine(task)
        rows[kind] = {
            way: max(np.abs(w - expected[n]).max() for n, w in f(task).items())
            for way, f in WAYS.items()
        }
    return rows


def measured(units, steps, seed):
    """Milliseconds per gradient by way."""
    task = make_task("Elman", units, steps, seed)
    network = engine_network(task)
    row = task.x[np.newaxis], task.target[np.newaxis]
    found = {way: fastest(f, task) for way, f in WAYS.items()}
    return found | {"keras_rnn": fastest(network.train_on_batch, *row)}


def fastest(call, *arguments):
    """Processor milliseconds, the fewest of ten calls after a first."""
    seconds = []
    for _ in range(11):
        start = time.process_time()
        call(*arguments)
        seconds.append(time.process_time() - start)
    return 1000 * min(seconds[1:])


def paths(task):
    """The norm of the path from the error at t (row) to z at k (column)."""
    h, y = forward(task)
    R, V = task.weights["R"], task.weights["V"]
    errors = y[1:] - task.target
    lengths = np.full((len(errors), len(errors)), np.nan)
    for t, error in enumerate(errors):
        dh = error @ V.T
        for k in reversed(range(t + 1)):
            dz = dh * (1 - h[k + 1] ** 2)
            lengths[t, k] = np.linalg.norm(dz)
            dh = dz @ R.T
    return lengths


def draw(costs, picture):
    figure = plt.figure(figsize=(12.5, 4.3), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    draw_paths(figure, left)
    draw_costs(middle, costs["units"], "units (20 steps)")
    draw_costs(right, costs["steps"], "steps (16 units)")
    middle.set_title("Forwards pays for units")
    right.set_title("The product form pays for steps")
    middle.legend(fontsize="small")
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture, dpi=110)
    plt.close(figure)


def draw_paths(figure, place):
    lengths = paths(make_task("Elman", 16, 12, seed=0))
    ends = np.array([0.5, len(lengths) + 0.5])
    shown = place.imshow(
        np.log10(lengths), cmap="cividis", extent=(*ends, *ends[::-1])
    )
    figure.colorbar(shown, ax=place, label="log₁₀ of the norm of the path")
    place.set(xlabel="k, where it meets the weights")
    place.set(ylabel="t, where the error arises")
    place.set_title("The gradient adds up all paths")


def draw_costs(place, table, size):
    styles = {
        "backwards": ("#0072b2", "o-"),
        "forwards": ("#d55e00", "s--"),
        "product form": ("#009e73", "^:"),
        "keras_rnn": ("0.4", "x-"),
    }
    for way, (colour, style) in styles.items():
        name = f"{way}, a training step" if way == "keras_rnn" else way
        place.loglog(table[way], style, color=colour, label=name)
    place.set(xlabel=size, ylabel="processor milliseconds per gradient")
    place.set_xticks(table.index, [str(n) for n in table.index])
    place.minorticks_off()


if __name__ == "__main__":
    main()
