# SPDX-License-Identifier: Apache-2.0
"""Whether a model is traced for programs without this package."""

import contextlib
import contextvars
import inspect
from collections.abc import Iterator

from keras_rnn.engine.backend.name import BACKEND

if BACKEND == "tensorflow":
    # TensorFlow offers no public way to ask whether a model is being saved.
    from tensorflow.python.saved_model.save_context import in_save_context

# Keras tells a layer when it trains, but not when it is exported. A layer that
# these modules call is being exported.
LITERT_EXPORTERS = ("keras.src.export.litert", "tensorflow.lite.")
EXPORTERS = ("keras.src.export.", "tf2onnx.", *LITERT_EXPORTERS)

_PORTABLE = contextvars.ContextVar("portable", default=False)


@contextlib.contextmanager
def portable() -> Iterator[None]:
    """Traces layers for programs that have TensorFlow but not this package.

    Use it around a concrete function that you freeze or convert yourself,
    because a layer cannot find out what such a function is traced for. Within
    the block a layer runs as a plain loop, without XLA, which servers leave
    switched off and converters do not know. The numbers are the same; the loop
    is slower. `model.export` and `tf.saved_model.save` need no such block. A
    function that was traced before for the same shapes keeps its old trace, so
    make a new function.

    Example:
        >>> import keras, keras_rnn, tensorflow as tf
        >>> inputs = keras.Input((5, 3))
        >>> model = keras.Model(inputs, keras_rnn.LSTM(4)(inputs))
        >>> call = tf.function(lambda x: model(x))
        >>> with keras_rnn.engine.portable():
        ...     concrete = call.get_concrete_function(
        ...         tf.TensorSpec((1, 5, 3), "float32")
        ...     )
        >>> tuple(concrete(tf.zeros((1, 5, 3))).shape)
        (1, 4)
    """
    token = _PORTABLE.set(True)
    try:
        yield
    finally:
        _PORTABLE.reset(token)


def exporting() -> bool:
    """Whether a model is being traced for export.

    An exported model must run without XLA, which TensorFlow Serving leaves
    switched off, and hold only operations that converters know. The plain loop
    does both.
    """
    if BACKEND != "tensorflow":
        return False
    return _PORTABLE.get() or in_save_context() or _called_from(EXPORTERS)


def for_litert() -> bool:
    """Whether the model that is being traced may be meant for LiteRT."""
    return _PORTABLE.get() or _called_from(LITERT_EXPORTERS)


def _called_from(modules):
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith(modules):
            return True
        frame = frame.f_back
    return False
