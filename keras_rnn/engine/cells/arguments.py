# SPDX-License-Identifier: Apache-2.0
"""Constructor arguments: read once from signatures, from there into configs.

An argument named `..._initializer` is got and serialized by
`keras.initializers`, and so on: the last word of a name decides.
"""

import difflib
import inspect

import keras

from keras_rnn import _validation as validate

_MODULES = {
    "activation": keras.activations,
    "initializer": keras.initializers,
    "regularizer": keras.regularizers,
    "constraint": keras.constraints,
}

# Keras explains its own arguments; its bases differ between backends.
_OF_KERAS = {*keras.layers.RNN.__mro__, *keras.layers.SimpleRNNCell.__mro__}


def _module(name):
    return _MODULES.get(name.rpartition("_")[2])


def resolve(name, value):
    """The object an argument stands for: `"tanh"` -> the function tanh."""
    module = _module(name)
    return value if module is None else module.get(value)


def serialize(name, value):
    """What a config holds for an argument."""
    module = _module(name)
    return value if module is None else module.serialize(value)


def constructor_parameters(cls):
    """Parameters of `cls.__init__` and of those it hands **kwargs up to.

    Args:
        cls: A class whose constructors hand unknown arguments up by **kwargs.

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


def publish(cls, parameters):
    """Registers a class for saving, and shows all arguments in help().

    Args:
        cls: A class that was just defined.
        parameters: Dict, name -> `inspect.Parameter`, in order.
    """
    keras.saving.register_keras_serializable(
        package=cls.__module__.partition(".")[0]
    )(cls)
    others = inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD)
    cls.__signature__ = inspect.Signature([*parameters.values(), others])


def refuse_misspelt(cls, arguments):
    """Names the argument that was meant; what is like none is left to Keras.

    Args:
        cls: A published class.
        arguments: Dict of the arguments that the class hands up to Keras.

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
