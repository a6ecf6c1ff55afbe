# SPDX-License-Identifier: Apache-2.0
"""`model.fit` as users see it: samples per second, and the first epoch.

The model is a recurrent layer and `Dense(1)`, trained with Adam on arrays in
memory. Samples per second are those of epochs of 64 full batches after a
first one, for every `jit_compile`, with and without `steps_per_execution`.
All take turns in one run; the median of the turns counts.

The first epoch is timed in a Python of its own, from making the model to the
end of the epoch, with a partial last batch: all compiling is in it. The median
of several such processes counts.

    python -m benchmarks.fit
    python -m benchmarks.fit --sizes 32,48,1,32 --only '*.GRU' --runs 9
"""

import statistics
import time

import keras

from benchmarks import command, contenders
from benchmarks.contenders import BASE
from benchmarks.measure import in_fresh_process, take_turns
from benchmarks.report import machine, print_table
from benchmarks.sizes import Size

SIZES = (Size(32, 48, 1, 32), Size(64, 100, 16, 128))
ONLY = ("keras_rnn.LSTM", "keras_rnn.PeepholeLSTM")
#: Batches an epoch.
STEPS, FIRST_STEPS = 64, (20, 500)
SETTINGS = [
    {"jit_compile": jit, "steps_per_execution": steps}
    for jit in ("auto", True, False)
    for steps in (1, 16)
]


def main():
    parser = command.parser(__doc__, SIZES, runs=7, only=ONLY)
    parser.add_argument(
        "--starts", type=int, default=3, help="processes for a first epoch"
    )
    options = parser.parse_args()
    print(machine())
    layers = command.chosen(contenders.layers(), (BASE, *options.only))
    for size in options.sizes:
        print_throughput(layers, size, options.runs)
        print_first_epochs(layers, size, options.starts)


class Stopwatch(keras.callbacks.Callback):
    """Notes when the first batch of an epoch begins, and when it ends.

    Around an epoch `tf.data` may wait as long as the epoch took, for it looks
    after 10, 30, 70 ... ms only whether it may stop. That is left out.
    """

    def on_train_batch_begin(self, batch, logs=None):
        if batch == 0:
            self.begin = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.end = time.perf_counter()


def arrays(size, rows):
    """Inputs, and targets that have to do with them."""
    x = size._replace(batch=rows).sequences()
    return x, x[:, -1, :1]


def trainer(layer, size, data, **setting):
    """Function that trains a new model an epoch further, under a Stopwatch."""
    model = keras.Sequential(
        [
            keras.Input((size.time, size.features)),
            layer.new(size.units),
            keras.layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.Adam(), loss="mse", **setting)

    def epoch():
        watch = Stopwatch()
        model.fit(*data, batch_size=size.batch, verbose=0, callbacks=[watch])
        return watch

    return epoch


def full_epochs(layer, size, data, setting):
    """Function that trains for one epoch more and returns its seconds."""
    epoch = trainer(layer, size, data, **setting)

    def turn():
        watch = epoch()
        return watch.end - watch.begin

    return turn


def print_throughput(layers, size, runs):
    data = arrays(size, STEPS * size.batch)
    times = take_turns(
        {
            (k, layer.name): full_epochs(layer, size, data, setting)
            for k, setting in enumerate(SETTINGS)
            for layer in layers
        },
        runs,
    )
    rows = [
        [
            *map(str, SETTINGS[k].values()),
            name,
            f"{STEPS * size.batch / found.median:,.0f}",
            f"{found.spread:.0%}",
            f"{times[k, BASE].median / found.median:.2f}",
        ]
        for (k, name), found in times.items()
    ]
    header = [*SETTINGS[0], str(size), "samples/s", "spread", "ratio"]
    title = f"Samples per second in `fit`, and divided by those of {BASE}"
    print_table(title, header, rows)


def print_first_epochs(layers, size, starts):
    rows = []
    for steps in FIRST_STEPS:
        found = {layer.name: [] for layer in layers}
        for _ in range(starts):
            for name, so_far in found.items():
                so_far.append(in_fresh_process(first_epoch, name, size, steps))
        medians = {k: statistics.median(v) for k, v in found.items()}
        rows += [
            [str(steps), name, f"{median:.2f}", f"{median / medians[BASE]:.2f}"]
            for name, median in medians.items()
        ]
    title = f"First epoch, compiling included, and divided by that of {BASE}"
    print_table(title, ["batches", str(size), "seconds", "ratio"], rows)


def first_epoch(name, size, steps):
    """Seconds from making the model to the end of its first epoch."""
    (layer,) = command.chosen(contenders.layers(), (name,))
    data = arrays(size, (steps - 1) * size.batch + size.batch // 2)
    start = time.perf_counter()
    return trainer(layer, size, data)().end - start


if __name__ == "__main__":
    main()
