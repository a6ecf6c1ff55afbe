# SPDX-License-Identifier: Apache-2.0
"""Constructor arguments: signatures name them, and configs store them.

The last word of a name decides how an argument is resolved and serialized: by
`keras.initializers` if it is `..._initializer`, and so on.
"""

import difflib
import inspect
from collections.abc import Iterable
from typing import Any

import keras

from keras_rnn import _validation as validate
from keras_rnn.engine.cells.docstrings import explain_arguments

_MODULES = {
    "activation": keras.activations,
    "initializer": keras.initializers,
    "regularizer": keras.regularizers,
    "constraint": keras.constraints,
}

# Arguments of these classes are not gathered: which bases Keras's own classes
# have differs between backends.
_OF_KERAS = {*keras.layers.RNN.__mro__, *keras.layers.SimpleRNNCell.__mro__}


def _module(name):
    return _MODULES.get(name.rpartition("_")[2])


def resolve(name: str, value: Any) -> Any:
    """The object that an argument names: `"tanh"` -> the function tanh."""
    module = _module(name)
    return value if module is None else module.get(value)


def serialize(name: str, value: Any) -> Any:
    """The form in which a config stores an argument."""
    module = _module(name)
    if isinstance(value, keras.initializers.Initializer):  # as `forget_bias`
        module = keras.initializers
    return value if module is None else module.serialize(value)


def constructor_parameters(cls: type) -> dict[str, inspect.Parameter]:
    """Parameters of `cls.__init__` and of those of its bases.

    Args:
        cls: A class whose constructors hand unknown arguments on by **kwargs.

    Returns:
        Dict, name -> `inspect.Parameter`, base classes first.
    """
    parameters = {}
    for base in reversed(cls.__mro__):
        if "__init__" not in vars(base) or base in _OF_KERAS:
            continue
        own = list(inspect.signature(base.__init__).parameters.values())[1:]
        for parameter in own:
            if parameter.kind is not parameter.VAR_KEYWORD:
                parameters[parameter.name] = parameter
    return parameters


def parameters_of_rnn() -> dict[str, inspect.Parameter]:
    """Dict, name -> parameter, of `keras.layers.RNN` without its cell."""
    parameters = inspect.signature(keras.layers.RNN.__init__).parameters
    return {
        name: parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for name, parameter in parameters.items()
        if name not in ("self", "cell", "kwargs")
    }


def publish(
    cls: Any,
    parameters: dict[str, inspect.Parameter],
    explained_by: Iterable[type],
) -> None:
    """Registers a class for saving, and shows all its arguments in help.

    Args:
        cls: A class that was just defined.
        parameters: Dict, name -> `inspect.Parameter`, in order.
        explained_by: Classes whose docstrings explain the parameters.
    """
    keras.saving.register_keras_serializable(
        package=cls.__module__.partition(".")[0]
    )(cls)
    # The types stand in the stubs; written out here they would hide the names.
    shown = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in parameters.values()
    ]
    others = inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD)
    cls.__signature__ = inspect.Signature([*shown, others])
    explain_arguments(cls, parameters, explained_by)


def refuse_misspelt(cls: type, arguments: dict[str, Any]) -> None:
    """Refuses an unknown argument that is close to a known one.

    Keras refuses those that are close to none.

    Args:
        cls: A published class.
        arguments: Dict of the arguments that the class hands on to Keras.

    Raises:
        ValueError: If an unknown argument is close to a known one.
    """
    known = [
        *inspect.signature(cls).parameters,
        *inspect.signature(keras.layers.Layer.__init__).parameters,
    ]
    for name, value in arguments.items():
        meant = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
        if meant and name not in known:
            raise ValueError(
                f"{cls.__name__} has no argument `{name}`. "
                f"{validate.received(name, value)} "
                f"Did you mean `{meant[0]}`?"
            )
