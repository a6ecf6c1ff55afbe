# SPDX-License-Identifier: Apache-2.0
"""Whether Keras is writing a model for programs without this package."""

import inspect

from keras_rnn.engine.backend.name import BACKEND

# A layer is told when it trains, but not when it is exported: these modules
# call it then.
LITERT_EXPORTERS = ("keras.src.export.litert", "tensorflow.lite.")
EXPORTERS = ("keras.src.export.", "tf2onnx.", *LITERT_EXPORTERS)


def exporting():
    """Whether a model is being traced for export.

    What is exported must run without XLA, which TensorFlow Serving leaves
    switched off, and be made of what converters know: a plain loop is.
    """
    return BACKEND == "tensorflow" and _called_from(EXPORTERS)


def for_litert():
    """Whether it is exported to LiteRT."""
    return _called_from(LITERT_EXPORTERS)


def _called_from(modules):
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith(modules):
            return True
        frame = frame.f_back
    return False
