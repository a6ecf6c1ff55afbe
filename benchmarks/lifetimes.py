# SPDX-License-Identifier: Apache-2.0
"""What a process keeps that makes many models, or meets many lengths.

A sweep builds and fits one model after another in one process, and a loop
over texts calls a model with ever other lengths. Told is, for each layer, in
a Python of its own:

    build and fit   MiB that stay per model, after the first ten
    lengths         MiB that stay, and seconds of CPU, after eager calls of
                    one layer and of one model of ids with distinct lengths

Ours may keep 2 MiB a model more than keras.layers.LSTM, and after 200 lengths
100 MiB in all, and take no more CPU. What is told is private memory (RssAnon):
pages of a library that is mapped from its file are no one's to keep, and XLA
is some 60 MiB of them. Before it is read, freed memory goes back to the system
(`malloc_trim`). Needs Linux (/proc).

    python -m benchmarks.lifetimes
    python -m benchmarks.lifetimes --models 20 --lengths 50 --only '*.GRU'
"""

import argparse
import gc
import time

import keras
import numpy as np

from benchmarks import command, contenders, targets
from benchmarks.contenders import BASE, OURS
from benchmarks.measure import in_fresh_process
from benchmarks.memory import give_back, kibibytes
from benchmarks.report import machine, print_table, verdict

MODELS, LENGTHS = 60, 200
#: Models before the first reading: the libraries fill their own caches.
FIRST = 10
UNITS, FEATURES, TIME, WORDS = 16, 4, 20, 50
SHORTEST = 10


def main():
    options = parser().parse_args()
    print(machine())
    layers = command.chosen(contenders.layers(), (BASE, *options.only))
    names = [layer.name for layer in layers]
    print_models(names, options.models)
    print_lengths(names, options.lengths)


def parser():
    found = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found.add_argument(
        "--models", type=int, default=MODELS, help="to build and fit"
    )
    found.add_argument(
        "--lengths", type=int, default=LENGTHS, help="to call eagerly"
    )
    found.add_argument(
        "--only",
        nargs="+",
        default=("keras_rnn.PeepholeLSTM", "keras_rnn.GRU"),
        metavar="NAME",
        help="names of contenders, with * and ? as in file names",
    )
    return found


def print_models(names, models):
    kept = {
        name: in_fresh_process(kept_per_model, name, models) for name in names
    }
    rows = [
        [
            name,
            f"{mib:.2f}",
            verdict(mib - kept[BASE], _limit(name, targets.KEPT_PER_MODEL)),
        ]
        for name, mib in kept.items()
    ]
    header = [f"{models} models", "MiB each", f"more than {BASE}"]
    print_table("Built, fitted, forgotten", header, rows)


def print_lengths(names, lengths):
    for kind in CALLED:
        found = {
            name: in_fresh_process(of_lengths, name, kind, lengths)
            for name in names
        }
        base = found[BASE][1]
        rows = [
            [
                name,
                verdict(mib, _limit(name, targets.KEPT_OF_LENGTHS)),
                f"{seconds:.2f}",
                verdict(seconds / base, _limit(name, targets.CPU_OF_LENGTHS)),
            ]
            for name, (mib, seconds) in found.items()
        ]
        header = [kind, "MiB kept", "CPU seconds", f"divided by {BASE}"]
        print_table(f"{lengths} lengths, called eagerly", header, rows)


def _limit(name, target):
    return target if name.startswith(OURS) else None


def kept_per_model(name, models):
    """MiB that stay of each model that was built, fitted and forgotten."""
    (layer,) = command.chosen(contenders.layers(), (name,))
    x = np.ones((32, TIME, FEATURES), "float32")
    y = np.ones((32, 1), "float32")
    for _ in range(FIRST):
        _build_and_fit(layer, x, y)
    before = _mib()
    for _ in range(models):
        _build_and_fit(layer, x, y)
    return (_mib() - before) / models


def _build_and_fit(layer, x, y):
    model = keras.Sequential([layer.new(UNITS), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, y, verbose=0)
    del model
    gc.collect()


def _a_layer(layer):
    function = layer.new(UNITS)
    return lambda time: function(np.ones((1, time, FEATURES), "float32"))


def _a_model_of_ids(layer):
    parts = [
        keras.layers.Embedding(WORDS, FEATURES, mask_zero=True),
        layer.new(UNITS),
        keras.layers.Dense(1),
    ]
    function = keras.Sequential(parts)
    return lambda time: function(np.ones((1, time), "int32"))


#: What is called -> function of a contender that returns `call(time)`.
CALLED = {"a layer": _a_layer, "a model of ids": _a_model_of_ids}


def of_lengths(name, kind, lengths):
    """MiB kept and seconds of CPU of eager calls with distinct lengths."""
    (layer,) = command.chosen(contenders.layers(), (name,))
    call = CALLED[kind](layer)
    order = np.random.default_rng(0).permutation(lengths) + SHORTEST
    before, start = _mib(), time.process_time()
    for length in order:
        call(int(length))
    return _mib() - before, time.process_time() - start


def _mib():
    give_back()
    return kibibytes("RssAnon") / 1024


if __name__ == "__main__":
    main()
