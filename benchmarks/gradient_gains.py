# SPDX-License-Identifier: Apache-2.0
"""Through which layers do gradients vanish, as they come?

Each layer of `LAYERS` is new, with its default settings, and reads sequences of
normal numbers. Printed is what `gradient_flow` finds over their whole time d:
the gain, the median over sequences of ‖∂s(d) / ∂s(0)‖, s all states side by
side, the median of several networks and their range; per step; and the verdict
of the median. Layers whose states are wider than 256 take most of the time.

    python -m benchmarks.gradient_gains
    python -m benchmarks.gradient_gains --sizes 4,200,3,32 --only lstm 'gru*'
"""

from types import SimpleNamespace

import keras
import numpy as np

from benchmarks import command
from benchmarks.report import machine, print_table
from benchmarks.sizes import Size
from keras_rnn.diagnostics import gradient_flow
from keras_rnn.layers import LAYERS
from keras_rnn.models import seeded

SIZES = (Size(4, 50, 3, 32),)


def main():
    options = command.parser(__doc__, SIZES, runs=3).parse_args()
    print(machine())
    rows = [SimpleNamespace(name=n, row=row) for n, row in LAYERS.items()]
    for size in options.sizes:
        print_gains(command.chosen(rows, options.only), size, options.runs)


def print_gains(rows, size, runs):
    table = []
    for named in rows:
        found = [measured(named.row.layer, size, seed) for seed in range(runs)]
        gains = [verdict["gain"] for verdict in found]
        # The verdict of a network whose gain is the median.
        middle = found[int(np.argsort(gains)[len(gains) // 2])]
        table.append(
            [
                f"`{named.name}`",
                f"{middle['gain']:.1e}",
                f"{min(gains):.1e} to {max(gains):.1e}",
                f"{middle['gain_per_step']:.2f}",
                middle["verdict"],
            ]
        )
    header = ["layer", "gain", "range", "per step", "verdict"]
    print_table(f"Gain over {size.time} steps, {size}", header, table)


def measured(layer, size, seed):
    """The verdict of `gradient_flow` over the whole time."""
    with seeded(seed):
        inputs = keras.Input((size.time, size.features))
        recurrent = layer(size.units)
        network = keras.Sequential([inputs, recurrent, keras.layers.Dense(1)])
    network.compile(loss="mse", jit_compile=False)
    x, y = size.sequences(), np.ones((size.batch, 1))
    flow = gradient_flow(network, x, y, distances=[size.time])
    return flow.verdicts.iloc[0]


if __name__ == "__main__":
    main()
