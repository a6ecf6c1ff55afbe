# SPDX-License-Identifier: Apache-2.0
"""The answers of Arrays, checked against what the head states."""

import warnings
from typing import Any

import keras
import numpy as np

from keras_rnn._types import Array
from keras_rnn.models import Answers
from keras_rnn.tuning.problems.sequences import finite_numbers


def answers_of(y: Array, head: Any, loss: Any) -> Array:
    """Answers in the shape that a loss compares with what the head returns.

    Args:
        y: Array, one answer per sample.
        head: The head, which says what one answer looks like.
        loss: The loss to train with.

    Returns:
        Numbers `(samples, horizon, num_targets)`, probabilities
        `(samples, 1)` or `(samples, num_classes)`, or classes `(samples,)`.

    Raises:
        ValueError: If shape, type or a value is not what the head states.
    """
    finite_numbers("y", y)
    if head.horizon is not None:
        return _numbers(y, head)
    if head.answers is not Answers.CLASSES:
        return _probabilities(_flat(y, head, "")[:, np.newaxis], head)
    if _takes_probabilities(loss, y):
        return _probabilities(y, head)
    remedy = ""
    if y.shape[1:] == (head.num_classes,):
        remedy = " Numbers of one-hot rows are `y.argmax(axis=1)`."
    return _classes(_flat(y, head, remedy), head)


def warn_of_classes_in_order(y: Array) -> None:
    """Warns if samples of a class stand together, as after sorting.

    Args:
        y: What `answers_of` returned for classes.
    """
    labels = y.argmax(axis=1) if y.shape[1:] > (1,) else y.ravel()
    kinds, changes = len(np.unique(labels)), (np.diff(labels) != 0).sum()
    if 1 < kinds < len(labels) and changes == kinds - 1:
        warnings.warn(
            "The samples are sorted by class, so the first folds train on "
            "other classes than they are judged by. Pass ordered=False, unless "
            "the classes really came one after the other in time.",
            stacklevel=5,
        )


def _numbers(y: Array, head: Any) -> Array:
    """Targets with all axes, also those of size 1 that were left out."""
    full = (len(y), head.horizon, head.num_targets)
    without = tuple(n for n in full[1:] if n > 1)
    given = tuple(n for n in y.shape[1:] if n > 1)
    # Axes of another order would be mixed up by a reshape.
    if given != without or y.ndim > 3:
        raise ValueError(
            "`y` must have the shape that the head states: (samples, horizon, "
            f"num_targets) = {full}, or without axes of size 1. Received: "
            f"{y.shape}, head={head!r}. Transpose it, or change the head."
        )
    if (y < head.minimum).any():
        raise ValueError(
            f"`y` must hold numbers of at least {head.minimum}. Received: "
            f"{y.min()}, head={head!r}. Change the head."
        )
    return y.reshape(full)


def _flat(y: Array, head: Any, remedy: str) -> Array:
    """One label per sample, of shape (samples,)."""
    if y.shape[1:] not in ((), (1,)):
        raise ValueError(
            f"`y` must hold one label a sample: shape ({len(y)},). Received: "
            f"{y.shape}, head={head!r}.{remedy or ' Give one per sequence.'}"
        )
    return y.reshape(len(y))


def _classes(y: Array, head: Any) -> Array:
    """Numbers of classes, as integers."""
    wrong = (y != np.floor(y)) | (y < 0) | (y >= head.num_classes)
    if y.dtype.kind == "b" or not wrong.any():
        return y.astype("int64")
    raise ValueError(
        "Labels must be whole numbers in 0 .. num_classes − 1 = "
        f"{head.num_classes - 1}. Received: y[{wrong.argmax()}] = "
        f"{y[wrong.argmax()]}. Number the classes from 0: "
        "`np.unique(y, return_inverse=True)[1]`."
    )


def _probabilities(y: Array, head: Any) -> Array:
    """Probabilities, one per sample or one per sample and class."""
    if y.shape[1:] != (getattr(head, "num_classes", 1),):
        raise ValueError(
            "This loss compares probabilities: `y` must have shape "
            f"({len(y)}, {head.num_classes}). Received: {y.shape}. Leave "
            "`loss` out, or use `keras.ops.one_hot`."
        )
    wrong = (y < 0) | (y > 1)
    if wrong.any():
        sample, column = np.argwhere(wrong)[0]
        raise ValueError(
            "Labels must be 0 or 1, or probabilities between. Received: "
            f"y[{sample}] = {y[sample, column]}, head={head!r}. Convert them: "
            "`(y == positive).astype('float32')`."
        )
    return y.astype("float32")


def _takes_probabilities(loss: Any, y: Array) -> bool:
    """Whether a loss takes probabilities rather than numbers of classes.

    A function that is not of Keras takes what it is given: the answers tell.
    """
    known = keras.losses.get(loss)
    name = getattr(known, "name", getattr(known, "__name__", ""))
    if name.startswith("sparse_"):
        return False
    return _is_of_keras(known) or y.shape[1:] not in ((), (1,))


def _is_of_keras(loss: Any) -> bool:
    kind = type(loss) if isinstance(loss, keras.losses.Loss) else loss
    return kind.__module__.startswith("keras.")
