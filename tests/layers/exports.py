# SPDX-License-Identifier: Apache-2.0
"""The names of all layers and cells, where the package exports them.

`python -m tests.written` writes them anew from the table.
"""

import re
import subprocess
import sys
from pathlib import Path

import keras_rnn
from keras_rnn.engine import RecurrentCell, RecurrentLayer
from keras_rnn.layers import LAYERS

HOMES = {
    Path(keras_rnn.layers.__file__): None,
    Path(keras_rnn.__file__): "keras_rnn.layers",
}


def names():
    """Dict, module of a layer of our own -> names of the layer and its cell."""
    layers = [row.layer for row in LAYERS.values()]
    return {
        layer.__module__: (layer.__name__, layer.cell_class.__name__)
        for layer in layers
        if issubclass(layer, RecurrentLayer)
    }


def text(path):
    """What a file should be, but for the order of its names."""
    source = path.read_text(encoding="utf-8")
    module = HOMES[path]
    exported = [name for both in names().values() for name in both]
    if module is None:
        statements = "".join(
            f"from {home} import {', '.join(both)}\n"
            for home, both in names().items()
        )
        home = r"from keras_rnn\.layers\.(?!table|keras_cells)\w+ import "
        old = rf"{home}(?:[^()\n]+|\([^)]*\))\n"
    else:
        statements = f"from {module} import {', '.join(exported)}\n"
        old = r"from keras_rnn\.layers import \([^)]*\)\n"
    place = re.search(old, source).start()
    source = re.sub(old, "", source)
    source = source[:place] + statements + source[place:]
    public = {*exported, *_others(path)}
    listed = ", ".join(map(repr, sorted(public)))
    return re.sub(r"__all__ = \[[^]]*\]", f"__all__ = [{listed}]", source)


def _others(path):
    """The names that a file exports beside layers and cells."""
    package = keras_rnn.layers if HOMES[path] is None else keras_rnn
    return {
        name
        for name in package.__all__
        if not isinstance(found := getattr(package, name), type)
        or not issubclass(found, (RecurrentLayer, RecurrentCell))
    }


def write():
    """Writes the files, and lets ruff put the names in order."""
    for path in HOMES:
        path.write_text(text(path), encoding="utf-8")
        ruff = [sys.executable, "-m", "ruff"]
        rules = ["--select", "I,RUF022", "--fix", "--quiet", str(path)]
        subprocess.run([*ruff, "check", *rules], check=True)
        subprocess.run([*ruff, "format", "--quiet", str(path)], check=True)


if __name__ == "__main__":
    write()
