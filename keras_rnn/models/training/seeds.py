# SPDX-License-Identifier: Apache-2.0
"""Seeds for the layers that are made in a block, and for no others."""

import contextlib
import contextvars
import random
from collections.abc import Iterator
from typing import Any

from keras.src.random import seed_generator

from keras_rnn import _validation as validate

_SOURCE: contextvars.ContextVar[Any] = contextvars.ContextVar(
    "source of seeds", default=random
)


class _OfThisBlock:
    """Replaces the module `random` in Keras, and passes calls to the source."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_SOURCE.get(), name)


# In this file Keras draws every seed that the user did not give: the seeds of
# initializers and of dropout, also in cells and in copies of layers. Outside
# of a block of `seeded` the source of seeds is the module `random` as before.
seed_generator.python_random = _OfThisBlock()


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Gives the layers that are made in the block seeds drawn from one seed.

    Unlike `keras.utils.set_random_seed` it sets no state that others share:
    `random` and the generators of NumPy and of the backend do not change, nor
    do layers that other threads make meanwhile. Initial weights and dropout
    depend on the seed and on the layers that are made in the block, in every
    process alike.

    Args:
        seed: Integer from 0 to 2³² − 1.

    Raises:
        ValueError: If the seed is another value.

    Example:
        >>> import keras, numpy as np
        >>> from keras_rnn.models import seeded
        >>> def kernel():
        ...     with seeded(7):
        ...         layer = keras.layers.Dense(2)
        ...     layer.build((None, 3))
        ...     return layer.kernel.numpy()
        >>> bool(np.all(kernel() == kernel()))
        True
    """
    validate.random_seed("seed", seed)
    token = _SOURCE.set(random.Random(seed))
    try:
        yield
    finally:
        _SOURCE.reset(token)
