# SPDX-License-Identifier: Apache-2.0
"""The rules of the source tree, read from the syntax trees of its files."""

import ast
import re
from pathlib import Path

import pytest

import keras_rnn

ROOT = Path(keras_rnn.__file__).parent
FILES = {
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts): path
    for path in sorted(ROOT.rglob("*.py"))
}

# A subpackage imports from the floors below its own, and from no sibling.
FLOORS = [
    {"_files", "_validation"},
    {"engine", "data", "metrics"},
    {"layers"},
    {"models", "diagnostics", "migration"},
    {"forecasting"},
    {"tuning"},
]
FLOOR = {name: k for k, floor in enumerate(FLOORS) for name in floor}

DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
BACKENDS = {"tensorflow", "jax", "torch"}

# What a cell never knows of: see the seam in engine/cells/contract.py. A word
# with an ending (times, masked) counts as the word.
NOT_IN_CELLS = re.compile(
    r"time|step(?!$|_gradient$)|mask|dropout|sequence|backend|tensorflow|jax"
    r"|torch|config|train|batch",
)

every_file = pytest.mark.parametrize("module", FILES)
CELL_FILES = [
    module
    for module in FILES
    if module.startswith("keras_rnn.layers.")
    and module.split(".")[-1] not in {"__init__", "table"}
]


def _tree(module):
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


def _imports(module):
    """Modules named by the import statements of a file, wherever they stand.

    `from package import name` counts as `package.name` where that is a file.
    """
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                known = full in FILES or f"{full}.__init__" in FILES
                yield full if known else node.module


def _own_imports(module):
    return {name for name in _imports(module) if name.startswith("keras_rnn")}


def _subpackage(module):
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


@every_file
def test_imports_only_go_down(module):
    mine = _subpackage(module)
    if mine == "__init__":
        return
    assert mine in FLOOR, f"Give {mine!r} a floor in FLOORS."
    for name in _own_imports(module):
        other = _subpackage(name)
        assert other == mine or FLOOR[other] < FLOOR[mine], (
            f"{module} imports {name}"
        )


def test_the_package_itself_is_imported_by_none_of_its_files():
    for module in FILES:
        assert "keras_rnn" not in _own_imports(module), module


def test_no_subpackage_imports_in_a_circle():
    def edges(module):
        # A package is its __init__.py, to those who import it by name.
        return {
            name if name in FILES else f"{name}.__init__"
            for name in _own_imports(module)
        }

    graph = {module: edges(module) for module in FILES}
    finished, path = set(), []

    def visit(module):
        assert module not in path, " -> ".join([*path, module])
        if module in finished:
            return
        path.append(module)
        for other in graph[module]:
            visit(other)
        path.pop()
        finished.add(module)

    for module in graph:
        visit(module)


@every_file
def test_no_file_is_a_drawer(module):
    assert not DRAWERS & set(module.split("."))


@every_file
def test_one_package_of_the_engine_names_a_backend(module):
    if _subpackage(module) not in {"engine", "layers"}:
        return
    named = {name.split(".")[0] for name in _imports(module)} & BACKENDS
    assert not named or module.startswith("keras_rnn.engine.backend.")


@pytest.mark.parametrize("module", CELL_FILES)
def test_a_cell_knows_nothing_but_its_equations(module):
    identifiers = set()
    for node in ast.walk(_tree(module)):
        for field in ("id", "attr", "arg", "name"):
            identifiers.add(getattr(node, field, None))
    for identifier in identifiers - {None}:
        found = NOT_IN_CELLS.search(str(identifier))
        assert not found, f"{identifier!r} in {module}"


@every_file
def test_every_file_begins_with_its_licence(module):
    first = FILES[module].read_text(encoding="utf-8").splitlines()[0]
    assert first == "# SPDX-License-Identifier: Apache-2.0"
