# SPDX-License-Identifier: Apache-2.0
"""Seeds for the layers that are made in a block, and for no others."""

import contextlib
import contextvars
import random

from keras.src.random import seed_generator

from keras_rnn import _validation as validate

_SOURCE = contextvars.ContextVar("source of seeds", default=random)


class _OfThisBlock:
    """Stands where Keras looks for the module `random`, and hands on."""

    def __getattr__(self, name):
        return getattr(_SOURCE.get(), name)


# Whatever has no seed in Keras (initializers and dropout of any layer, also
# of cells and copies inside of others) draws one here, and nowhere else.
# Outside of a block that remains the module `random`.
seed_generator.python_random = _OfThisBlock()


@contextlib.contextmanager
def seeded(seed):
    """Layers made in this block get their seeds from one number.

    Unlike `keras.utils.set_random_seed` it sets no state that others share:
    NumPy, `random` and TensorFlow go on as if the block had not been, and
    other threads are not in it. Initial weights and dropout then depend on
    the seed and on what is made in the block, in whatever process.

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
