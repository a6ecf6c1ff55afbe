# SPDX-License-Identifier: Apache-2.0
"""What diagnostics ask of a model and of its arrays."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.models import RecurrentModel


def check_has_loss(model: Any) -> None:
    """Raises an error if a model is none, or is not compiled with a loss."""
    validate.instance("model", model, keras.Model)
    if getattr(model, "_compile_loss", None) is None:
        raise ValueError(
            "`model` must be compiled with a loss. Received: the model "
            f"{model.name!r} without one. Call model.compile(loss=...) first."
        )


def check_one_input_and_output(model: Any) -> None:
    """Raises a ValueError if a model reads or answers several arrays."""
    inputs, outputs = model.inputs or [], model.outputs or []
    if inputs and (len(inputs) != 1 or len(outputs) != 1):
        raise ValueError(
            "`model` must have one input, a sequence, and one output. "
            f"Received: inputs {[symbol.name for symbol in inputs]}, outputs "
            f"{[symbol.name for symbol in outputs]}. Fix the others in a model "
            "around it."
        )


def one_batch(model: keras.Model, x: Any, y: Any) -> tuple[Any, Any]:
    """Inputs and targets as tensors, of the same number of sequences."""
    if isinstance(model, RecurrentModel):
        x, y, _ = model.incoming().data("x", x, y)
    x, y = keras.tree.map_structure(_as_tensor, (x, y))
    batches = {tuple(v.shape)[:1] for v in keras.tree.flatten((x, y))}
    if len(batches) > 1:
        raise ValueError(
            "`x` and `y` must have the same batch. Received: first axes "
            f"{sorted(batches)}. Give as many targets as sequences."
        )
    return x, y


def _as_tensor(values: Any) -> Tensor:
    values = np.asarray(values)
    floating = np.issubdtype(values.dtype, np.floating)
    return ops.convert_to_tensor(
        values, keras.config.floatx() if floating else None
    )
