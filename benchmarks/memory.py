# SPDX-License-Identifier: Apache-2.0
"""Peak memory of a training step, above what the process held before it.

Each layer and size has a Python of its own. It loads the libraries, trains the
same layer on two rows, and runs two steps at full size: the first one compiles,
later ones are like the second. Before either, freed memory goes back to the
system (`malloc_trim`), so that the second tells what a step itself needs, and
the programs that were made for it. Told is how far the kernel's high-water
mark, set back before each step, lies above what the process held before the
first, in MiB, the median of several processes. Saved states, gradients and
scratch are in it; weights, inputs and libraries are not.

`None` is `checkpoint_every=None`: every step is kept, whatever the time.

Needs Linux (/proc) and a C library with `malloc_trim`. It is the memory of the
host that is told, not that of a GPU.

    python -m benchmarks.memory
    python -m benchmarks.memory --sizes 32,336,7,64 --only '*.GRU' --runs 1
"""

import ctypes
import gc
import inspect
import re
from pathlib import Path

import numpy as np

from benchmarks import command, contenders, targets
from benchmarks.contenders import BASE, OURS
from benchmarks.measure import in_fresh_process
from benchmarks.programs import STEP, of_layer
from benchmarks.report import machine, print_table, verdict
from benchmarks.sizes import Size
from keras_rnn.engine.fused.checkpoints import SHORT

SIZES = (
    Size(32, 336, 7, 64),
    Size(32, 2_000, 7, 64),
    Size(8, 20_000, 7, 64),
)
ONLY = ("keras_rnn.LSTM", "keras_rnn.PeepholeLSTM", "keras_rnn.CoupledGateLSTM")
#: A small batch of the same size otherwise: what any training step needs once
#: stays out of the figures.
SMALL_BATCH = 2


def main():
    options = command.parser(__doc__, SIZES, runs=3, only=ONLY).parse_args()
    print(machine())
    layers = command.chosen(contenders.layers(), (BASE, *options.only))
    for size in options.sizes:
        print_peaks(layers, size, options.runs)


def print_peaks(layers, size, runs):
    found = {}
    for layer in layers:
        for arguments in variants(layer, size):
            options = (f"{k}={v}" for k, v in arguments.items())
            found[", ".join((layer.name, *options))] = np.median(
                [
                    in_fresh_process(peaks, layer.name, arguments, size)
                    for _ in range(runs)
                ],
                axis=0,
            )
    base = found[BASE][-1]
    rows = [
        [
            name,
            f"{first:,.0f}",
            f"{later:,.0f}",
            verdict(
                later / base,
                targets.MEMORY if name.startswith(OURS) else None,
            ),
        ]
        for name, (first, later) in found.items()
    ]
    header = [str(size), "first step, MiB", "later, MiB", f"later / {BASE}"]
    print_table(f"Peak memory of a {STEP}", header, rows)


def variants(layer, size):
    """Constructor arguments that a layer is measured with."""
    yield {}
    name = "checkpoint_every"
    if size.time > SHORT and name in inspect.signature(layer.new).parameters:
        yield {name: None}


def peaks(name, arguments, size):
    """MiB of the first training step, and of the second."""
    (layer,) = command.chosen(contenders.layers(), (name,))
    small = size._replace(batch=SMALL_BATCH)
    of_layer(layer.new(size.units, **arguments), small)[STEP]()
    step = of_layer(layer.new(size.units, **arguments), size)[STEP]
    give_back()
    before = kibibytes("VmRSS")
    first = peak(step)
    give_back()
    return [(kib - before) / 1024 for kib in (first, peak(step))]


def give_back():
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)


def peak(function):
    """KiB that the process holds at most while `function` runs."""
    Path("/proc/self/clear_refs").write_text("5")  # resets VmHWM
    function()
    return kibibytes("VmHWM")


def kibibytes(key):
    """A number of /proc/self/status."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{key}:\s+(\d+) kB", status)[1])


if __name__ == "__main__":
    main()
