# SPDX-License-Identifier: Apache-2.0
"""For every constructor argument a value that is not its default."""

import inspect

import keras

_BY_NAME = {
    "units": 6,
    "use_bias": False,
    "unit_forget_bias": False,
    "dropout": 0.25,
    "recurrent_dropout": 0.125,
    "seed": 7,
    "output_units": 5,
    "peephole": "full",
    "reset_after": False,
    "engine": "reference",
    "return_sequences": True,
    "return_state": True,
    "go_backwards": True,
    "stateful": True,
    "unroll": True,
    "zero_output_for_mask": True,
}
# By the last word of a name; the number tells one argument from another.
_BY_KIND = {
    "activation": lambda k: ["softsign", "relu", "elu"][k % 3],
    "initializer": lambda k: keras.initializers.RandomUniform(seed=k),
    "regularizer": lambda k: keras.regularizers.L2(0.01 * (k + 1)),
    "constraint": lambda k: keras.constraints.MaxNorm(1.0 + k),
}
# Goes with no unusual `engine` or `unroll`: tests/engine/test_checkpoints.py.
_APART = {"checkpoint_every"}
_OF_LAYER = {
    "name": "my_name",
    "trainable": False,
    "dtype": keras.DTypePolicy("mixed_bfloat16"),
    "activity_regularizer": keras.regularizers.L1(0.5),
}


def names(cls):
    """Every argument that the signature shows, **kwargs aside."""
    return [
        parameter.name
        for parameter in inspect.signature(cls).parameters.values()
        if parameter.kind is not parameter.VAR_KEYWORD
    ]


def unusual(cls):
    """Dict, argument -> a value other than the default, where they agree."""
    values = {
        name: _BY_NAME[name]
        if name in _BY_NAME
        else _BY_KIND[name.rpartition("_")[2]](k)
        for k, name in enumerate(names(cls))
        if name not in _APART
    }
    return {**values, **_OF_LAYER}
