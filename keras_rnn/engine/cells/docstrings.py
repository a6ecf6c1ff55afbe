# SPDX-License-Identifier: Apache-2.0
"""Docstrings that explain all arguments, those of base classes as well.

In the source a class explains the arguments of its own constructor, which hands
all others on by `**kwargs`. What the bases say of those is added when the class
is made, so that `help` explains every argument in place.
"""

import inspect
import re
import textwrap
from collections.abc import Iterable

# The first line of an entry: the name of an argument, up to a colon.
_NAME = re.compile(r"(\*{0,2}\w+)[^:]*:")

# The sections that come after Args.
_LATER = {
    "Call arguments:",
    "Returns:",
    "Raises:",
    "Example:",
    "Examples:",
    "Reference:",
    "References:",
}

# What all constructors hand on to Keras in the end.
_OTHERS = {
    "**kwargs": "**kwargs: Arguments of `keras.layers.Layer`, such as `name` "
    "and `dtype`."
}


def explain_arguments(
    cls: type, names: Iterable[str], classes: Iterable[type]
) -> None:
    """Completes the Args section in the docstring of a class.

    What the class itself says of an argument stays as it is. A class without
    a docstring stays without one; `inspect.getdoc` finds that of its base.
    Python without docstrings (`-OO`) has none to complete.

    Args:
        cls: A class that was just defined.
        names: The arguments of its constructor, in order.
        classes: Classes whose docstrings explain arguments. Where two explain
            the same argument, the later one counts.
    """
    if cls.__doc__ is None:
        return
    before, section, after = _cut(cls.__doc__)
    own = _entries(section)
    taken_over = {}
    for other in classes:
        _, explained, _ = _cut(other.__doc__ or "")
        taken_over |= _entries(explained)
    own.pop("**kwargs", None)
    entries = own | {
        name: taken_over[name]
        for name in names
        if name in taken_over and name not in own
    }
    text = "\n".join((entries | _OTHERS).values())
    section = ["Args:", *textwrap.indent(text, " " * 4).splitlines(), ""]
    cls.__doc__ = "\n".join([*before, *section, *after]).rstrip() + "\n"


def _cut(docstring):
    """The lines before the Args section, those in it, and those after it."""
    lines = inspect.cleandoc(docstring).splitlines()
    if "Args:" not in lines:
        places = (k for k, line in enumerate(lines) if line in _LATER)
        place = next(places, len(lines))
        gap = [""] if lines[place:] == [] else []
        return lines[:place] + gap, [], lines[place:]
    begin = lines.index("Args:") + 1
    ends = (
        k
        for k, line in enumerate(lines)
        if k >= begin and line and not line.startswith(" ")
    )
    end = next(ends, len(lines))
    section = textwrap.dedent("\n".join(lines[begin:end])).splitlines()
    return lines[: begin - 1], section, lines[end:]


def _entries(section):
    """Dict, name of an argument -> what the lines of a section say of it."""
    entries, name = {}, None
    for line in section:
        found = _NAME.match(line)
        if found:
            name = found[1]
            entries[name] = line
        elif name is not None:
            entries[name] += f"\n{line}"
    return {name: entry.rstrip() for name, entry in entries.items()}
