# SPDX-License-Identifier: Apache-2.0
"""For every constructor argument a value that is not its default."""

import inspect
import re

import keras

_BY_NAME = {
    "units": 6,
    "use_bias": False,
    "unit_forget_bias": False,
    "dropout": 0.25,
    "recurrent_dropout": 0.125,
    "recurrent_weight_dropout": 0.0625,
    "zoneout": 0.375,
    "seed": 7,
    "output_units": 5,
    "peephole": "full",
    "reset_after": False,
    "form": "positive",
    "ablated_gate": "output",
    "gate_recurrence": True,
    "max_phase": 1.5,
    "max_radius": 0.9,
    "min_radius": 0.25,
    "num_heads": 2,
    "projection_units": 3,
    "variant": "keep",
    "norm_epsilon": 0.01,
    "num_observed": 1,
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
# The first goes with no unusual `engine` or `unroll`, the second with no
# unusual `use_bias`: test_checkpoints.py and test_forget_bias.py.
_APART = {"checkpoint_every", "forget_bias"}
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


def explained(cls):
    """Dict, argument -> its lines in the Args section of the docstring."""
    lines = inspect.getdoc(cls).splitlines()
    entries = {}
    for line in lines[lines.index("Args:") + 1 :]:
        if not line.startswith("    "):
            break
        name = re.match(r"    (\*{0,2}\w+)", line)
        if name:
            entries[name[1]] = []
        entries[list(entries)[-1]].append(line[4:])
    return entries


def unusual(cls):
    """Dict, argument -> a value other than the default, where they agree."""
    values = {
        name: _BY_NAME[name]
        if name in _BY_NAME
        else _BY_KIND[name.rpartition("_")[2]](k)
        for k, name in enumerate(names(cls))
        if name not in _APART
    }
    if "form" in values:  # which has a candidate of its own
        values["activation"] = "linear"
    if not getattr(cls, "cell_class", cls).z_of_h:
        values["recurrent_dropout"] = values["recurrent_weight_dropout"] = 0.0
    return {**values, **_OF_LAYER}
