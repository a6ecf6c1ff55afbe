# SPDX-License-Identifier: Apache-2.0
"""What an optimizer's clipping leaves of gradients."""

import keras
import numpy as np
import pandas as pd

from keras_rnn._types import Array


def gradient_norms(model: keras.Model, by_weights: list[Array]) -> pd.DataFrame:
    """The norm of the gradient of each weight, and of all, and what is kept.

    Args:
        model: A compiled model.
        by_weights: The gradients of its trainable variables.

    Returns:
        A row per `weight`, by its path, and the row "all"; the columns
        `before` and `after` clipping.
    """
    clipped = _clipped(model.optimizer, by_weights)
    names = [variable.path for variable in model.trainable_variables]
    return pd.DataFrame(
        {"before": _norms(by_weights), "after": _norms(clipped)},
        index=pd.Index([*names, "all"], name="weight"),
    )


def _norms(arrays: list[Array]) -> list[float]:
    norms = [float(np.linalg.norm(v.ravel().astype(float))) for v in arrays]
    return [*norms, float(np.linalg.norm(norms))]


def _clipped(optimizer, arrays: list[Array]) -> list[Array]:
    """As optimizers of Keras clip: by `clipnorm`, or the next that is set."""
    *norms, norm_of_all = _norms(arrays)
    if optimizer.clipnorm:
        limits = [optimizer.clipnorm] * len(arrays)
    elif optimizer.global_clipnorm:
        norms = [norm_of_all] * len(arrays)
        limits = [optimizer.global_clipnorm] * len(arrays)
    elif optimizer.clipvalue:
        return [
            np.clip(v, -optimizer.clipvalue, optimizer.clipvalue)
            for v in arrays
        ]
    else:
        return arrays
    return [
        v * (limit / max(norm, limit))
        for v, norm, limit in zip(arrays, norms, limits, strict=True)
    ]
