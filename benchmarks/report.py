# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks print: where they ran, tables, and targets met."""

import os
from importlib import metadata
from pathlib import Path

import keras


def machine():
    """One line: processor, accelerator, load, versions."""
    packages = ("keras", "tensorflow", "torch")
    return ", ".join(
        [
            f"{os.cpu_count()} cores of {_processor()}",
            *keras.distribution.list_devices("gpu"),
            f"load {os.getloadavg()[0]:.1f}",
            *filter(None, map(_version, packages)),
        ]
    )


def _processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except FileNotFoundError:
        return "an unknown processor"
    names = (line for line in lines if line.startswith("model name"))
    return next(names, ":unknown").partition(":")[2].strip()


def _version(package):
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return None


def print_table(title, header, rows):
    """Prints a table that reads in a terminal and pastes into Markdown."""
    table = [header, *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    table.insert(1, ["-" * width for width in widths])
    print(f"\n{title}\n", flush=True)
    for row in table:
        cells = (c.ljust(w) for c, w in zip(row, widths, strict=True))
        print(f"| {' | '.join(cells)} |", flush=True)


def verdict(value, target):
    """`"0.42 ≤ 0.45 met"`, or the value alone where there is no target."""
    if target is None:
        return f"{value:.2f}"
    if value <= target:
        return f"{value:.2f} ≤ {target:.2f} met"
    return f"{value:.2f} > {target:.2f} missed"
