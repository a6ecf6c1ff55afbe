# SPDX-License-Identifier: Apache-2.0
"""The rules of the source tree, read from the syntax trees of its files."""

import ast
import collections
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
    {"_files", "_names", "_types", "_validation"},
    {"engine", "data", "metrics"},
    {"layers"},
    {"models"},
    {"diagnostics", "migration"},
    {"forecasting"},
    {"tasks"},
    {"tuning"},
]
FLOOR = {name: k for k, floor in enumerate(FLOORS) for name in floor}

DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
BACKENDS = {"tensorflow", "jax", "torch"}

# What takes long to import -> the files that may do so when they are imported.
HEAVY = {
    "tensorflow": (
        "keras_rnn.engine.backend.",
        "keras_rnn.data.cutting.datasets",
    ),
    "keras_tuner": ("keras_rnn.tuning.",),
}

# A folder is read at a glance: the gallery of layers has a file for each.
FILES_A_FOLDER, LINES_A_FILE = 12, 300
GALLERIES = {"keras_rnn.layers"}

# What a cell never knows of, except where it runs a whole sequence itself: see
# `over_time` and `in_parallel` in engine/cells/contract.py. A word with an
# ending (times, masked) counts as the word.
NOT_IN_CELLS = re.compile(
    r"time|step(?!$|_gradient$)|mask|dropout|sequence|backend|tensorflow|jax"
    r"|torch|config|(?<!ons)train|batch",
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


def _is_for_types(node):
    return isinstance(node, ast.If) and (
        getattr(node.test, "id", None) == "TYPE_CHECKING"
    )


def _walk(tree):
    """All nodes but those that only type checkers read."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [
            child
            for child in ast.iter_child_nodes(node)
            if not _is_for_types(child)
        ]


def _imports(module):
    """Modules named by the import statements of a file, wherever they stand.

    `from package import name` counts as `package.name` where that is a file.
    """
    for node in _walk(_tree(module)):
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


def _offered(package):
    """What the `__init__.py` of a package binds or lists in `__all__`."""
    module = f"{package}.__init__"
    yield from _listed(module)
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _listed(module):
    """What a file lists in `__all__`, and what it takes over with a star."""
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.List):
            yield from (getattr(item, "value", None) for item in node.elts)
        elif isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            yield from _listed(node.module)


def _is_offered(package, name):
    """Whether `from package import name` needs no look into its files."""
    if f"{package}.__init__" not in FILES or name not in _offered(package):
        return False
    above, _, own = package.rpartition(".")
    return above == "keras_rnn" or _is_offered(above, own)


@every_file
def test_what_one_subpackage_needs_of_another_is_exported_there(module):
    mine = _subpackage(module)
    for node in ast.walk(_tree(module)):
        if not isinstance(node, ast.ImportFrom):
            continue
        other = _subpackage(node.module)
        foreign = node.module.startswith("keras_rnn.") and other != mine
        if not foreign or mine == "__init__" or other in FLOORS[0]:
            continue
        for alias in node.names:
            assert _is_offered(node.module, alias.name), (
                f"Export {alias.name!r} in {node.module}, or in its folder."
            )


def _at_import(tree):
    """The import statements that run when a file is imported."""
    waiting = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif not isinstance(node, ast.FunctionDef):
            waiting += ast.iter_child_nodes(node)


@pytest.mark.parametrize(("package", "places"), HEAVY.items())
def test_heavy_packages_are_imported_in_few_places(package, places):
    found = {
        module
        for module in FILES
        for node in _at_import(_tree(module))
        for name in (
            [node.module]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
        )
        if name.partition(".")[0] == package
    }
    assert found, f"Nothing imports {package}: take it out of HEAVY."
    for module in found:
        assert module.startswith(places), f"{module} imports {package}."


@every_file
def test_no_file_is_a_drawer(module):
    assert not DRAWERS & set(module.split("."))


def test_folders_are_read_at_a_glance():
    beside = collections.Counter(
        module.rpartition(".")[0]
        for module in FILES
        if not module.endswith(".__init__")
    )
    for folder in beside.keys() - GALLERIES:
        assert beside[folder] <= FILES_A_FOLDER, folder


@every_file
def test_files_are_short(module):
    lines = FILES[module].read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LINES_A_FILE


@every_file
def test_one_package_of_the_engine_names_a_backend(module):
    if _subpackage(module) not in {"engine", "layers", "models"}:
        return
    named = {name.split(".")[0] for name in _imports(module)}
    named |= {
        node.value
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    named &= BACKENDS
    assert not named or module.startswith("keras_rnn.engine.backend.")


@pytest.mark.parametrize("module", CELL_FILES)
def test_a_cell_knows_nothing_but_its_equations(module):
    identifiers, nodes = set(), [_tree(module)]
    while nodes:
        node = nodes.pop()
        if getattr(node, "name", None) in {"over_time", "in_parallel"}:
            continue
        nodes += ast.iter_child_nodes(node)
        for field in ("id", "attr", "arg", "name"):
            identifiers.add(getattr(node, field, None))
    for identifier in identifiers - {None}:
        found = NOT_IN_CELLS.search(str(identifier))
        assert not found, f"{identifier!r} in {module}"


@every_file
def test_every_file_begins_with_its_licence(module):
    first = FILES[module].read_text(encoding="utf-8").splitlines()[0]
    assert first == "# SPDX-License-Identifier: Apache-2.0"
