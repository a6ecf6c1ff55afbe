# SPDX-License-Identifier: Apache-2.0
"""How fast the layers train and predict, against Keras's own and PyTorch's.

A training step is the forward pass, a loss and all gradients, in a
`tf.function`. All contenders take turns in one run, so that a slow moment of
the machine meets them all; medians are given as ratios to `keras.layers.LSTM`.

    python -m benchmarks.layers
    python -m benchmarks.layers --sizes 32,48,1,32 64,100,16,128 --runs 21
"""

import argparse
import logging
import os
import statistics
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from keras_rnn.layers import LAYERS

try:
    import torch
except ImportError:
    torch = None

#: batch, time, features, units
SIZES = (
    (32, 48, 1, 32),
    (64, 100, 16, 128),
    (128, 100, 8, 64),
    (32, 336, 7, 64),
    (16, 50, 64, 512),
)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--sizes",
        nargs="+",
        type=lambda text: tuple(map(int, text.split(","))),
        default=SIZES,
        help="batch,time,features,units",
    )
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    # Every layer is a new one, and TensorFlow warns when it traces several.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    columns = {}
    for size in options.sizes:
        medians = measure(contenders(size), options.runs)
        base = medians["lstm"]
        print(
            f"{size}: keras.layers.LSTM {1e3 * base[0]:.1f} ms a training "
            f"step, {1e3 * base[1]:.1f} ms forward",
            flush=True,
        )
        columns[", ".join(map(str, size))] = {
            name: f"{step / base[0]:.2f} / {forward / base[1]:.2f}"
            for name, (step, forward) in medians.items()
        }
    print("\ntraining step / forward, ratios to keras.layers.LSTM")
    print(pd.DataFrame(columns).to_string())


def contenders(size):
    """Dict, name -> (training step, forward), functions without arguments."""
    batch, time_steps, features, units = size
    x = np.random.default_rng(0).normal(size=(batch, time_steps, features))
    x = x.astype("float32")
    layers = {
        key if variant is None else f"{key} {variant}": row.layer(
            units, **row.variants.get(variant, {})
        )
        for key, row in LAYERS.items()
        for variant in (None, *row.variants)
    }
    found = {
        name: of_layer(layer, tf.constant(x)) for name, layer in layers.items()
    }
    if torch is not None:
        for kind in (torch.nn.RNN, torch.nn.LSTM, torch.nn.GRU):
            network = kind(features, units, batch_first=True)
            found[f"torch.nn.{kind.__name__}"] = of_torch(network, x)
    found["products alone"] = products_alone(size)
    return found


def of_layer(layer, x):
    layer.build(x.shape)
    weights = [v.value for v in layer.trainable_weights]

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(layer(x, training=True)))
        return tape.gradient(loss, weights)

    @tf.function
    def forward():
        return [layer(x)]

    return of_tensorflow(step), of_tensorflow(forward)


def of_tensorflow(function):
    return lambda: [v.numpy() for v in function()]


def of_torch(network, x):
    x = torch.from_numpy(x)

    def step():
        network.zero_grad()
        network(x)[0][:, -1].square().sum().backward()

    def forward():
        with torch.no_grad():
            network(x)

    return step, forward


def products_alone(size):
    """The matrix products of an LSTM: three times the forward ones."""
    batch, time_steps, features, units = size
    rng = np.random.default_rng(0)
    a = tf.constant(rng.normal(size=(batch, units + features)), tf.float32)
    m = tf.constant(rng.normal(size=(units + features, 4 * units)), tf.float32)

    def products(times):
        @tf.function(jit_compile=True)
        def run():
            def body(t, h):
                return t + 1, tf.matmul(a + h[:, :1], m)

            start = tf.zeros((batch, 4 * units))
            return [tf.while_loop(lambda t, _: t < times, body, (0, start))[1]]

        return of_tensorflow(run)

    return products(3 * time_steps), products(time_steps)


def measure(functions, runs):
    """Median seconds of each pair of functions, taking turns."""
    seconds = {name: ([], []) for name in functions}
    for run in range(runs + 1):
        for name, pair in functions.items():
            for k, function in enumerate(pair):
                start = time.perf_counter()
                function()
                if run:  # the first one compiles
                    seconds[name][k].append(time.perf_counter() - start)
    return {
        name: tuple(statistics.median(v) for v in pair)
        for name, pair in seconds.items()
    }


if __name__ == "__main__":
    print(f"Keras {keras.__version__}, TensorFlow {tf.__version__}")
    main()
