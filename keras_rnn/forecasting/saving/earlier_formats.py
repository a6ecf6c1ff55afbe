# SPDX-License-Identifier: Apache-2.0
"""Files of formats 1 and 2, read as if they were written today."""

from dataclasses import replace
from typing import Any

from keras_rnn._types import Array, PathLike
from keras_rnn.forecasting.saving.contents import decode
from keras_rnn.forecasting.saving.guard import check_cells
from keras_rnn.layers import key_of_0_1
from keras_rnn.models import Stack


def read(
    words: Any, arrays: dict[str, Array], path: PathLike
) -> dict[str, Any]:
    """The contents of a file, with the arguments that they have today.

    Args:
        words: The contents as JSON.
        arrays: The arrays in the file, by name.
        path: The file, for errors.
    """
    contents = decode(words, arrays)
    settings = contents["settings"]
    cell, units, options, num_seeds = (
        settings.pop(name) for name in ("cell", "units", "options", "seeds")
    )
    given = [cell] if isinstance(cell, str) else list(cell)
    keys: list[Any] = [key_of_0_1(key) for key in given]
    check_cells(keys, path)
    stacks = [Stack(key, units, **options or {}) for key in keys]
    settings["network"] = stacks[0] if isinstance(cell, str) else stacks
    settings["num_seeds"] = num_seeds
    training = settings["training"]
    if training is not None:
        # These formats knew `clipnorm` and `clipvalue`, or no clipping.
        settings["training"] = replace(training, global_clipnorm=None)
    return contents
