# SPDX-License-Identifier: Apache-2.0
"""The table of all public names, as it stands in CONTRIBUTING.md.

Each name is explained by the first sentence of its docstring, or, of a table
or a constant, by the comment above it. `python -m tests.written` writes it
anew.
"""

import inspect
import re
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "CONTRIBUTING.md"
BEGIN, END = "<!-- public names -->\n", "<!-- end of public names -->\n"
#: Where names are offered, from the top level down.
PLACES = [
    "keras_rnn",
    *(
        f"keras_rnn.{name}"
        for name in ("layers", "engine", "metrics", "models", "data")
    ),
    "keras_rnn.data.text",
    "keras_rnn.data.sound",
    "keras_rnn.diagnostics",
    "keras_rnn.diagnostics.plots",
    "keras_rnn.migration",
    "keras_rnn.forecasting",
    "keras_rnn.tuning",
]


def table():
    """The table in Markdown; a name stands where it is offered first."""
    rows, seen = [], set()
    for place in PLACES:
        module = import_module(place)
        for name in sorted(module.__all__, key=str.lower):
            if name not in seen:
                rows.append((f"{place}.{name}", meaning(module, name)))
                seen.add(name)
    lines = [f"| `{name}` | {text} |\n" for name, text in rows]
    return "".join(["\n| Name | Meaning |\n|---|---|\n", *lines, "\n"])


def meaning(module, name):
    """The first sentence of a docstring, or of the comment above a constant."""
    value = getattr(module, name)
    documented = inspect.isclass(value) or inspect.isroutine(value)
    if not (documented or inspect.ismodule(value)):
        return sentence(comment(module, name))
    return sentence(vars(value).get("__doc__") or value.__doc__)


def comment(module, name):
    """The lines that begin with `#:` above the assignment of a name."""
    above = rf"((?:^#: .*\n)+)^{name}\b[^\n]* = "
    for path in sorted(Path(module.__file__).parent.rglob("*.py")):
        found = re.search(above, path.read_text("utf-8"), re.MULTILINE)
        if found:
            return found[1].replace("#: ", "")
    raise ValueError(f"{name} has no comment `#:` above it.")


def sentence(text):
    """The first sentence, on one line."""
    first = " ".join(inspect.cleandoc(text).split("\n\n")[0].split())
    return re.split(r"(?<=[.?])\s", first)[0].replace("|", "\\|")


if __name__ == "__main__":
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}{table()}{END}{after}", "utf-8")
