# SPDX-License-Identifier: Apache-2.0
"""reconstruction_error: how far reconstructions are from their sequences."""

from typing import NamedTuple

import keras
import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import ArrayLike, Floats
from keras_rnn.models.autoencoder import as_autoencoder


class ReconstructionError(NamedTuple):
    """Mean squared errors of reconstructions, float64.

    Attributes:
        per_sample: `(samples,)`, the mean over the valid steps; NaN for a
            sample without a valid step.
        per_step: `(samples, time)`, the mean over the features; NaN at
            padding.
    """

    per_sample: Floats
    per_step: Floats


def reconstruction_error(
    autoencoder: keras.Model, x: ArrayLike, *, batch_size: int = 256
) -> ReconstructionError:
    """Mean squared errors between sequences and their reconstructions.

    Use it to find anomalies: an autoencoder that was trained on normal
    sequences reconstructs unusual ones badly.

    Args:
        autoencoder: A model made by `sequence_autoencoder`, its first one.
        x: Array `(samples, time, features)`.
        batch_size: Number of sequences to reconstruct at once.

    Returns:
        `ReconstructionError`.

    Raises:
        ValueError: If the model is no autoencoder, `x` has another shape, or
            a number in a valid step is not finite.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import Sequences, Stack, sequence_autoencoder
        >>> inputs = Sequences(num_features=1, length=5)
        >>> models = sequence_autoencoder(Stack("gru", 4), inputs, 2)
        >>> error = reconstruction_error(models.autoencoder, np.ones((3, 5, 1)))
        >>> error.per_sample.shape, error.per_step.shape
        ((3,), (3, 5))
    """
    as_autoencoder(autoencoder)  # refuses other models
    validate.positive_int("batch_size", batch_size)
    x = np.asarray(x)
    _, time, num_features = autoencoder.input_shape
    if (
        x.ndim != 3
        or x.shape[2] != num_features
        or x.shape[1] != (time or x.shape[1])
    ):
        raise ValueError(
            "`x` must have shape (samples, time, features) = "
            f"(samples, {time or 'time'}, {num_features}). "
            f"Received: {x.shape}. Pad sequences with mask_value."
        )
    valid = _valid_steps(autoencoder, x)
    _check_finite(x, valid)
    y = autoencoder.predict(x, batch_size=batch_size, verbose=0)
    per_step = np.square(np.asarray(y, "float64") - x).mean(axis=-1)
    count = valid.sum(axis=1)
    total = np.where(valid, per_step, 0).sum(axis=1)
    per_sample = np.full(len(x), np.nan)
    np.divide(total, count, out=per_sample, where=count > 0)
    return ReconstructionError(per_sample, np.where(valid, per_step, np.nan))


def _check_finite(x, valid):
    """Raises a ValueError for a valid step with numbers that are not finite.

    Their error would be NaN, which exceeds no threshold.
    """
    readable = np.abs(x) <= np.finfo("float32").max  # false for NaN, too
    bad = np.argwhere(~readable.all(axis=-1) & valid)
    if len(bad):
        sample, step = bad[0].tolist()
        raise ValueError(
            "`x` must hold finite float32 numbers in all steps that are not "
            f"padding. Received: {x[sample, step].tolist()} in step {step} of "
            f"sample {sample}. Fill in what is missing, or pad such steps "
            "with mask_value."
        )


def _valid_steps(autoencoder, x):
    names = [layer.name for layer in autoencoder.layers]
    if "steps" not in names:
        return np.ones(x.shape[:2], bool)
    steps = autoencoder.get_layer("steps")(keras.ops.cast(x, "float32"))
    return keras.ops.convert_to_numpy(steps) > 0
