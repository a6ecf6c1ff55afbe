# SPDX-License-Identifier: Apache-2.0
"""Whether a model is traced for programs without this package."""

import contextlib
import contextvars
import inspect

from keras_rnn.engine.backend.name import BACKEND

if BACKEND == "tensorflow":
    # Public is only what it leads to: the options that a model is saved with.
    from tensorflow.python.saved_model.save_context import in_save_context

# A layer is told when it trains, but not when it is exported: these modules
# call it then.
LITERT_EXPORTERS = ("keras.src.export.litert", "tensorflow.lite.")
EXPORTERS = ("keras.src.export.", "tf2onnx.", *LITERT_EXPORTERS)

_PORTABLE = contextvars.ContextVar("portable", default=False)


@contextlib.contextmanager
def portable():
    """Traces layers for programs that know TensorFlow alone.

    Use it for a concrete function that you freeze or convert yourself:
    nothing tells a layer what it is traced for. Under it a layer runs as a
    plain loop, without XLA, which servers leave switched off and converters
    do not know. The numbers are the same; the loop is slower.
    `model.export` and `tf.saved_model.save` do without it. A function that
    was traced before for the same shapes keeps its old trace: make a new one.

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


def exporting():
    """Whether a model is being traced for export.

    What is exported must run without XLA, which TensorFlow Serving leaves
    switched off, and be made of what converters know: a plain loop is.
    """
    if BACKEND != "tensorflow":
        return False
    return _PORTABLE.get() or in_save_context() or _called_from(EXPORTERS)


def for_litert():
    """Whether it may be exported to LiteRT."""
    return _PORTABLE.get() or _called_from(LITERT_EXPORTERS)


def _called_from(modules):
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith(modules):
            return True
        frame = frame.f_back
    return False
