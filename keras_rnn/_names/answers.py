# SPDX-License-Identifier: Apache-2.0
"""Errors about a name, or a place of an argument, that give the right one."""

import difflib
import functools
import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol, TypeVar, cast

from keras_rnn._names.places import PLACES, imports

Target = TypeVar("Target", bound=Callable[..., Any])


class Decorator(Protocol):
    """A decorator that leaves the type of a function as it is."""

    def __call__(self, target: Target, /) -> Target:
        """The function, decorated."""
        ...


LONGEST_REPR = 80
#: How alike two names must be for the one to be a slip of the other.
ALIKE = 0.75


def other_names(
    usage: str = "", entries: Collection[str] = (), /, **remedies: str
) -> Callable[[Target], Target]:
    """Makes a function name the right argument where it gets a wrong one.

    The signature stays as it is. A wrong argument ends in a TypeError: with
    the remedy of the table, or with all arguments, those that are spelt alike
    first. So does an argument that is missing or has no place.

    Args:
        usage: A whole call that is right, for who gives too many arguments or
            too few.
        entries: The names that `**kwargs` of the function stands for.
        **remedies: Name that somebody may come with -> what to write instead,
            as it follows "Write ", or a sentence that begins with "Leave ".
            The function's own arguments need no remedy and are passed over.

    Returns:
        A decorator of functions, of methods and of classes.

    Example:
        >>> @other_names(seeds="num_seeds=3")
        ... def train(*, num_seeds=1):
        ...     return num_seeds
        >>> train(seeds=3)
        Traceback (most recent call last):
            ...
        TypeError: `train` has no argument `seeds`. Received: seeds=3. Write
        num_seeds=3.
    """

    def decorated(target: Target) -> Target:
        if isinstance(target, type):
            checked = _checked(target.__init__, usage, entries, remedies)
            target.__init__ = checked
            return cast("Target", target)
        return _checked(target, usage, entries, remedies)

    return decorated


def other_attributes(**remedies: str) -> Callable[[Target], Target]:
    """Makes the objects of a class name the right attribute.

    Args:
        **remedies: Attribute that somebody may expect -> what to write.

    Returns:
        A decorator of classes.
    """

    def attribute(self: Any, name: str) -> Any:
        if name not in remedies:
            # Python's own error, or that of a property that has failed.
            return object.__getattribute__(self, name)
        own = type(self).__name__
        raise AttributeError(
            f"{own!r} object has no attribute {name!r}. "
            f"{_sentence(remedies[name], own)}"
        )

    def decorated(cls: Target) -> Target:
        cast("Any", cls).__getattr__ = attribute
        return cls

    return decorated


def moved(module: str, **remedies: str) -> Callable[[str], Any]:
    """The `__getattr__` of a module, which knows where its names are.

    Args:
        module: Its name.
        **remedies: Name that was here, or is looked for here -> what to write
            instead. Names that another module offers need none.
    """

    def attribute(name: str) -> Any:
        message = f"module {module!r} has no attribute {name!r}"
        remedy = remedies.get(name)
        if remedy is None and PLACES.get(name, module) != module:
            remedy = f"`from {PLACES[name]} import {name}`"
        if remedy is not None:
            # `from module import name` would swallow an AttributeError.
            raise ImportError(f"{message}. {_sentence(remedy, module)}")
        raise AttributeError(message)

    return attribute


def _checked(function, usage, entries, remedies):
    """The function, which refuses arguments that it does not have."""
    parameters = inspect.signature(function).parameters
    is_method = next(iter(parameters), "") in ("self", "cls")
    own = [
        parameter
        for name, parameter in list(parameters.items())[is_method:]
        if parameter.kind is not parameter.VAR_KEYWORD
    ]
    known = (*(parameter.name for parameter in own), *entries)
    remedies = {k: v for k, v in remedies.items() if k not in known}

    @functools.wraps(function)
    def checked(*args, **kwargs):
        for wrong, value in kwargs.items():
            if wrong not in known:
                name = _name(function, args[:is_method])
                raise TypeError(
                    f"`{name}` has no argument `{wrong}`. Received: "
                    f"{wrong}={_shown(value)}. "
                    f"{_remedy(wrong, known, remedies, name)}"
                )
        misfit = _misfit(own, args[is_method:], kwargs)
        if misfit:
            name = _name(function, args[:is_method])
            right = _sentence(usage, name) if usage else _listed(known)
            given = [*map(_shown, args[is_method:])]
            given += [f"{k}={_shown(v)}" for k, v in kwargs.items()]
            raise TypeError(
                f"`{name}` {misfit}. Received: "
                f"{', '.join(given) or 'no argument'}. {right}"
            )
        return function(*args, **kwargs)

    return checked


def _name(function, owner):
    """What was called, by the class of the object rather than a base of it."""
    if not owner:
        return function.__name__
    cls = owner[0] if isinstance(owner[0], type) else type(owner[0])
    if function.__name__ == "__init__":
        return cls.__name__
    return f"{cls.__name__}.{function.__name__}"


def _misfit(own, args, kwargs):
    """How arguments do not fit a function, or "" if they do."""
    placed = [p.name for p in own if p.kind is p.POSITIONAL_OR_KEYWORD]
    if len(args) > len(placed):
        if not placed:
            return "takes all arguments by name"
        names = " and ".join(f"`{name}`" for name in placed)
        return f"takes only {names} without a name"
    given = {*placed[: len(args)], *kwargs}
    for name in placed[: len(args)]:
        if name in kwargs:
            return f"gets `{name}` twice, by its place and by its name"
    missing = [
        f"`{p.name}`"
        for p in own
        if p.name not in given and p.default is p.empty
    ]
    return f"needs {' and '.join(missing)}" if missing else ""


def _shown(value):
    """Its beginning, where it is long: it may be a whole frame."""
    shown = " ".join(repr(value).split())
    return shown if len(shown) <= LONGEST_REPR else f"{shown[:LONGEST_REPR]}…"


def _remedy(wrong, known, remedies: Mapping[str, str], name):
    if wrong in remedies:
        return _sentence(remedies[wrong], name)
    close = difflib.get_close_matches(wrong, known, cutoff=ALIKE)
    if not close:
        return _listed(known)
    slips = " or ".join(f"`{one}`" for one in close)
    return f"Did you mean {slips}? {_listed(known)}"


def _sentence(remedy, name):
    """A remedy as a sentence, with what to import for it."""
    begin = "" if remedy.startswith("Leave ") else "Write "
    return f"{begin}{remedy}{imports(remedy, name)}."


def _listed(known):
    return f"The arguments are {', '.join(f'`{name}`' for name in known)}."
