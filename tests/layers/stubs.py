# SPDX-License-Identifier: Apache-2.0
"""Stub files that show editors and type checkers every argument.

The arguments of a layer are gathered from its cell and its bases when the
class is made, which `help` can see and a static checker cannot. Their types
stand in the sources of these classes. `python -m tests.written` writes the
stubs anew.
"""

import ast
import inspect
import sys
from collections import ChainMap
from importlib import import_module
from pathlib import Path

from keras_rnn.engine import RecurrentLayer
from keras_rnn.layers import LAYERS

HEADER = """\
# SPDX-License-Identifier: Apache-2.0
# Written by `python -m tests.layers.stubs` from the classes themselves.
"""
ATTRIBUTE = """\
    {name}: {type}
"""
CONSTRUCTOR = """\
    def __init__(
        self,
{parameters}
        **kwargs: Any,
    ) -> None: ...
"""
LINE_LENGTH = 80

# Where the names in annotations come from, in the order of import statements.
HOMES = [
    "collections.abc",
    "typing",
    "keras",
    "",
    "keras_rnn._types",
    "keras_rnn.engine",
    "keras_rnn.engine.choice",
    "keras_rnn.engine.fused",
]


def stubs():
    """Dict, path of a stub file -> its text, one per layer of our own."""
    layers = [row.layer for row in LAYERS.values()]
    return {
        Path(inspect.getfile(layer)).with_suffix(".pyi"): stub(
            sys.modules[layer.__module__]
        )
        for layer in layers
        if layer.__module__.startswith("keras_rnn.")
    }


def stub(module):
    classes = [
        cls
        for cls in vars(module).values()
        if inspect.isclass(cls) and cls.__module__ == module.__name__
    ]
    texts = [class_stub(cls) for cls in classes]
    return "\n".join([HEADER + imports(classes, texts), *texts])


def class_stub(cls):
    written = Written(cls)
    attributes, properties = written.attributes, written.properties
    if issubclass(cls, RecurrentLayer):
        attributes = {"cell": cls.cell_class.__name__}
        properties = properties_of_cell(cls)
    lines = [
        *(ATTRIBUTE.format(name=k, type=v) for k, v in attributes.items()),
        *(property_stub(name, v) for name, v in properties.items()),
        CONSTRUCTOR.format(parameters="\n".join(parameters(cls))),
    ]
    text = "".join(lines).replace("'", '"')
    bases = ", ".join(base.__name__ for base in cls.__bases__)
    return f"class {cls.__name__}({bases}):\n{text}"


def property_stub(name, returned):
    signature = f"    def {name}(self) -> {returned}: ...\n"
    if len(signature) > LINE_LENGTH + 1:
        signature = (
            f"    def {name}(\n        self,\n    ) -> {returned}: ...\n"
        )
    return "    @property\n" + signature


def properties_of_cell(layer):
    """Dict, name -> type, of what a layer shows of its cell."""
    cell = layer.cell_class
    attributes = merged(cell, "attributes")
    arguments = merged(cell, "arguments")
    return {
        name: attributes.get(name, arguments.get(name, "Any"))
        for name in inspect.signature(cell).parameters
        if name != "kwargs"
    }


def parameters(cls):
    types = merged(cls, "arguments")
    if issubclass(cls, RecurrentLayer):
        types = {**types, **merged(cls.cell_class, "arguments")}
    for name, parameter in inspect.signature(cls).parameters.items():
        # Keras's own options are all booleans, without annotations.
        of_keras = "bool" if isinstance(parameter.default, bool) else "Any"
        if name == "units":
            yield "        units: int,\n        *,"
        elif parameter.kind is parameter.KEYWORD_ONLY:
            text = f"{types.get(name, of_keras)} = {parameter.default!r}"
            yield f"        {name}: {text},"


class Written:
    """The types in the source of a class: dicts, name -> annotation."""

    def __init__(self, cls):
        self.attributes, self.arguments, self.properties = {}, {}, {}
        (tree,) = ast.parse(inspect.getsource(cls)).body
        for node in tree.body:
            if isinstance(node, ast.AnnAssign) and node.value is None:
                self.attributes[node.target.id] = ast.unparse(node.annotation)
            elif isinstance(node, ast.FunctionDef):
                self._read(node)

    def _read(self, function):
        if function.name == "__init__":
            for argument in function.args.kwonlyargs:
                if argument.annotation:
                    text = ast.unparse(argument.annotation)
                    self.arguments[argument.arg] = text
        elif [ast.unparse(d) for d in function.decorator_list] == ["property"]:
            returned = function.returns and ast.unparse(function.returns)
            self.properties[function.name] = returned or "Any"


def merged(cls, kind):
    """The types of one kind in the sources of a class and of its bases."""
    return ChainMap(
        *(
            getattr(Written(base), kind)
            for base in cls.__mro__
            if base.__module__.startswith("keras_rnn.")
        )
    )


def imports(classes, texts):
    """The import statements for the names in the texts of classes."""
    names = {
        node.id
        for node in ast.walk(ast.parse("\n".join(texts)))
        if isinstance(node, ast.Name)
    } - {cls.__name__ for cls in classes}
    uses_keras = "keras" in names
    names -= {"keras"}
    lines = []
    for home in HOMES:
        if home == "keras":
            # mypy.stubtest refuses what has no types of its own.
            statement = "import keras  # type: ignore[import-untyped]"
            lines += ["", statement] if uses_keras else []
        elif not home:
            lines.append("")
        else:
            module = import_module(home)
            found = {name for name in names if hasattr(module, name)}
            names -= found
            if found:
                lines.append(import_statement(home, sorted(found)))
    return "\n".join([*lines, ""])


def import_statement(home, names):
    statement = f"from {home} import {', '.join(names)}"
    if len(statement) <= LINE_LENGTH:
        return statement
    lines = [f"    {name}," for name in names]
    return "\n".join([f"from {home} import (", *lines, ")"])


if __name__ == "__main__":
    for path, text in stubs().items():
        path.write_text(text, encoding="utf-8")
