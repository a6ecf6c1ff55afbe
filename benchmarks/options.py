# SPDX-License-Identifier: Apache-2.0
"""What the options of a layer cost.

Printed are the seconds of the first training step, which traces and compiles;
a training step and a forward pass with an option, divided by those of the
same layer without it; and two stacked layers, divided by two of Keras's. All
take turns in one run; the median of the turns counts.

The options: a mask (lengths from a quarter of the time to all of it),
recurrent dropout, both directions, narrow floats, and a call outside any
`tf.function`. The layers: all rows of LAYERS, without their variants.

    python -m benchmarks.options
    python -m benchmarks.options --sizes 32,48,1,32 --only '*.LSTM' --runs 21
"""

import keras
import numpy as np
import tensorflow as tf

from benchmarks import command, contenders, programs, targets
from benchmarks.contenders import BASE, OURS
from benchmarks.measure import seconds, take_turns, timed
from benchmarks.programs import FORWARD, STEP, of_layer
from benchmarks.report import machine, print_table, verdict
from benchmarks.sizes import Size

SIZES = (
    Size(32, 48, 8, 32),
    Size(64, 100, 16, 128),
    Size(32, 336, 7, 64),
)
STACK = Size(64, 100, 128, 128)


def main():
    options = command.parser(__doc__, SIZES, runs=11).parse_args()
    print(machine())
    layers = [c for c in contenders.layers() if not set(" (") & set(c.name)]
    layers = command.chosen(layers, (BASE, *options.only))
    print_compile_times(layers, options.sizes)
    for size in options.sizes:
        print_options(layers, size, options.runs)
    print_stacks(layers, options.runs)


def plain(new, size):
    return of_layer(new(size.units), size)


def masked(new, size):
    lengths = np.linspace(size.time / 4, size.time, size.batch)
    mask = np.arange(size.time) < lengths[:, None]
    return of_layer(new(size.units), size, mask=tf.constant(mask))


def dropping(new, size):
    return of_layer(new(size.units, recurrent_dropout=0.2), size)


def bidirectional(new, size):
    return of_layer(keras.layers.Bidirectional(new(size.units)), size)


def of_dtype(dtype):
    return lambda new, size: of_layer(new(size.units, dtype=dtype), size)


def eager(new, size):
    layer, x = new(size.units), tf.constant(size.sequences())
    return {FORWARD: programs.waiting(lambda: layer(x))}


#: Function `(new, size) -> programs`; `new(units, **arguments)` is a layer.
OPTIONS = {
    "mask": masked,
    "recurrent_dropout": dropping,
    "Bidirectional": bidirectional,
    "float16": of_dtype("float16"),
    "mixed_float16": of_dtype("mixed_float16"),
    "mixed_bfloat16": of_dtype("mixed_bfloat16"),
    "eager call": eager,
}


def print_compile_times(layers, sizes):
    programs.of_products(Size(2, 3, 1, 2))[STEP]()  # loads the compiler
    rows = []
    for layer in layers:
        target = targets.COMPILE if layer.maker == OURS else None
        row = [layer.name]
        for size in sizes:
            first = seconds(plain(layer.new, size)[STEP])
            row.append(verdict(first, target))
        rows.append(row)
    title = f"First {STEP}, traced and compiled, seconds"
    header = ["batch, time, features, units", *map(str, sizes)]
    print_table(title, header, rows)


def print_options(layers, size, runs):
    times = take_turns(
        {
            (layer.name, option, program): timed(function)
            for layer in layers
            for option, make in {"": plain, **OPTIONS}.items()
            for program, function in make(layer.new, size).items()
        },
        runs,
    )
    for program in (STEP, FORWARD):
        rows = [row_of_options(layer, program, times) for layer in layers]
        header = [str(size), "ms", *OPTIONS]
        print_table(f"{program}, divided by that without", header, rows)


def row_of_options(layer, program, times):
    without = times[layer.name, "", program].median
    row = [layer.name, f"{1e3 * without:.2f}"]
    limited = layer.maker == OURS and program == STEP
    for option in OPTIONS:
        found = times.get((layer.name, option, program))
        target = targets.OPTIONS.get(option) if limited else None
        row.append(verdict(found.median / without, target) if found else "")
    return row


def print_stacks(layers, runs):
    times = take_turns(
        {
            (layer.name, program): timed(function)
            for layer in layers
            for program, function in of_layer(stack(layer), STACK).items()
        },
        runs,
    )
    rows = []
    for layer in layers:
        step, forward = (
            times[layer.name, p].median / times[BASE, p].median
            for p in (STEP, FORWARD)
        )
        target = targets.STACK.get(layer.name)
        rows.append([layer.name, verdict(step, target), verdict(forward, None)])
    title = f"Two stacked layers, divided by two {BASE}"
    print_table(title, [str(STACK), STEP, FORWARD], rows)


def stack(layer):
    return keras.Sequential(
        [
            layer.new(STACK.units, return_sequences=True),
            layer.new(STACK.units),
        ]
    )


if __name__ == "__main__":
    main()
