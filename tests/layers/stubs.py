# SPDX-License-Identifier: Apache-2.0
"""Stub files that show editors and type checkers every argument.

The arguments of a layer are gathered from its cell and its bases when the
class is made, which `help` can see and a static checker cannot. Run
`python -m tests.layers.stubs` after a change of arguments.
"""

import inspect
from pathlib import Path

from keras_rnn.layers import LAYERS

HEADER = """\
# SPDX-License-Identifier: Apache-2.0
# Written by `python -m tests.layers.stubs` from the classes themselves.
from typing import Any

from keras_rnn.engine import {bases}
"""
CLASS = """
class {name}({base}):
    def __init__(
        self,
{parameters}
        **kwargs: Any,
    ) -> None: ...
"""


def stubs():
    """Dict, path of a stub file -> its text, one per layer of our own."""
    layers = [row.layer for row in LAYERS.values()]
    return {
        Path(inspect.getfile(layer)).with_suffix(".pyi"): stub(layer)
        for layer in layers
        if layer.__module__.startswith("keras_rnn.")
    }


def stub(layer):
    classes = (layer.cell_class, layer)
    bases = sorted(cls.__base__.__name__ for cls in classes)
    text = HEADER.format(bases=", ".join(bases))
    for cls in classes:
        text += CLASS.format(
            name=cls.__name__,
            base=cls.__base__.__name__,
            parameters="\n".join(parameters(cls)),
        )
    return text


def parameters(cls):
    for parameter in inspect.signature(cls).parameters.values():
        if parameter.name == "units":
            yield "        units: int,\n        *,"
        elif parameter.kind is parameter.KEYWORD_ONLY:
            default = repr(parameter.default).replace("'", '"')
            yield f"        {parameter.name}={default},"


if __name__ == "__main__":
    for path, text in stubs().items():
        path.write_text(text, encoding="utf-8")
