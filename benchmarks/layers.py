# SPDX-License-Identifier: Apache-2.0
"""How fast the layers train and predict, against Keras's own and PyTorch's.

A training step is the forward pass, a loss and all gradients, in a
`tf.function` (on JAX under `jax.jit`). Measured are all rows of LAYERS in all
variants; Keras's nearest to each, on TensorFlow and, where JAX is found, on
JAX; PyTorch's layers, where it is installed; and the matrix products of an
LSTM alone. All take turns in one run; the median of the turns counts. Beside
five known sizes two are drawn at random, so that nobody tunes to them.

Printed are milliseconds with their spread (interquartile range, divided by
the median), ratios to `keras.layers.LSTM`, and the targets of targets.py.

    python -m benchmarks.layers
    python -m benchmarks.layers --sizes 32,48,1,32 --only '*LSTM*' --runs 21
    python -m benchmarks.layers --picture layers.png
"""

import random
import sys

import pandas as pd

from benchmarks import command, contenders, picture, targets, worker
from benchmarks.contenders import BASE
from benchmarks.measure import take_turns
from benchmarks.programs import FORWARD, STEP
from benchmarks.report import machine, print_table, verdict
from benchmarks.sizes import SIZES, drawn


def main():
    parser = command.parser(__doc__, sizes=None, runs=15)
    parser.add_argument(
        "--seed", type=int, help="of the drawn sizes; a new one by default"
    )
    parser.add_argument("--picture", metavar="FILE", help="to draw the ratios")
    parser.add_argument(
        "--jax-python",
        default=sys.executable,
        metavar="PYTHON",
        help="the interpreter that has JAX, if it is not this one",
    )
    options = parser.parse_args()
    print(machine())
    everyone = taking_part(options)
    measured = {}
    for size in options.sizes or known_and_drawn(options.seed):
        measured[size] = measure(everyone, size, options.runs)
        print_milliseconds(size, everyone, measured[size])
    ratios = ratios_to_base(everyone, measured)
    print_ratios(ratios)
    print_targets(everyone, measured)
    if options.picture:
        picture.draw(ratios, BASE, options.picture)


def known_and_drawn(seed):
    if seed is None:
        seed = random.randrange(10**6)
    print(f"The last two sizes are drawn with --seed {seed}.")
    return (*SIZES, *drawn(seed))


def taking_part(options):
    """The chosen contenders, and always the one all are divided by."""
    layers = contenders.layers()
    everyone = [*layers, *contenders.others()]
    version = worker.version_of_jax(options.jax_python)
    if version:
        print(f"JAX {version} takes turns in a process of its own.")
        jax = worker.Worker(options.jax_python)
        everyone += [jax.contender(layer) for layer in layers]
    return command.chosen(everyone, (BASE, *options.only))


def measure(everyone, size, runs):
    """Dict, (name, program) -> `Times`."""
    programs = {
        (contender.name, program): function
        for contender in everyone
        for program, function in contender.programs(size).items()
    }
    return take_turns(programs, runs)


def print_milliseconds(size, everyone, times):
    rows = []
    for contender in everyone:
        row = [contender.name]
        for program in (STEP, FORWARD):
            found = times[contender.name, program]
            row += [f"{1e3 * found.median:.2f}", f"{found.spread:.0%}"]
        rows.append(row)
    header = ["ms", STEP, "spread", FORWARD, "spread"]
    print_table(f"batch, time, features, units: {size}", header, rows)


def ratios_to_base(everyone, measured):
    """DataFrame, one row a size, contender and program."""
    rows = []
    for size, times in measured.items():
        for contender in everyone:
            for program in (STEP, FORWARD):
                found = times[contender.name, program]
                low, high = found.quartiles
                one = times[BASE, program].median
                row = {
                    "size": str(size),
                    "program": program,
                    "name": contender.name,
                    "kind": contender.kind,
                    "maker": contender.maker,
                    "median": found.median / one,
                    "low": low / one,
                    "high": high / one,
                }
                rows.append(row)
    return pd.DataFrame(rows)


def print_ratios(ratios):
    table = ratios.pivot_table(
        values="median",
        index="name",
        columns=["size", "program"],
        sort=False,
    )
    sizes = list(ratios["size"].unique())
    rows = [
        [
            name,
            *(f"{row[s, STEP]:.2f} / {row[s, FORWARD]:.2f}" for s in sizes),
        ]
        for name, row in table.iterrows()
    ]
    title = f"{STEP} / {FORWARD}, divided by {BASE}"
    print_table(title, ["batch, time, features, units", *sizes], rows)


def print_targets(everyone, measured):
    rows = []
    for size, times in measured.items():
        for target in targets.at(size, everyone):
            row = [str(size), target.name, target.against]
            for program, limit in target.limits.items():
                ours = times[target.name, program].median
                theirs = times[target.against, program].median
                row.append(verdict(ours / theirs, limit))
            rows.append(row)
    header = ["targets at", "layer", "divided by", STEP, FORWARD]
    print_table("Targets", header, rows)
    verdicts = [cell.split()[-1] for row in rows for cell in row[3:]]
    print(f"\n{verdicts.count('met')} met, {verdicts.count('missed')} missed.")


if __name__ == "__main__":
    main()
