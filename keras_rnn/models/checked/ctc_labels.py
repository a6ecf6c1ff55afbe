# SPDX-License-Identifier: Apache-2.0
"""Refuses labels for which there are too few frames before a loss reads them.

No alignment gives them any probability. A loss of alignments is infinite
there, or a large finite number that no training lowers.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras.src.backend import get_keras_mask

from keras_rnn._types import Array, ArrayLike
from keras_rnn.engine import backend
from keras_rnn.models.checked import answers
from keras_rnn.models.checked.values import Values
from keras_rnn.models.heads.contract import Answers

#: What errors call the ids, and the remedy.
WORDS = (
    "Labels",
    "Class 0 is the blank, and padding of labels; number the labels from 1.",
)
#: Sequences whose frames are counted at once.
ROWS = 256


def check_ctc(x_lengths: ArrayLike, labels: ArrayLike) -> None:
    """Raises an error unless each row has the frames that its labels need.

    A blank must stand between any two labels that are equal:

        frames ≥ labels + adjacent repeats

    Args:
        x_lengths: Whole numbers `(batch,)`, the frames that the network
            answers, after any stride.
        labels: Ids `(batch, longest)`, 0 after the end of each row.

    Raises:
        ValueError: If a row, which the error names, has too few frames, or a
            label after its first 0.

    Example:
        >>> from keras_rnn.models import check_ctc
        >>> check_ctc([3, 2], [[5, 5], [5, 6]])
        >>> check_ctc([3, 2], [[5, 6], [5, 5]])
        Traceback (most recent call last):
        ValueError: Row 1 of the labels needs 3 frames: one for each of ...
    """
    ids, frames = np.asarray(labels), np.asarray(x_lengths)
    if ids.ndim != 2 or frames.shape != ids.shape[:1]:
        raise ValueError(
            "Each row of `labels`, (batch, longest), needs one of `x_lengths`,"
            f" (batch,). Received: shapes {ids.shape} and {frames.shape}. Pad "
            "labels with 0 to one length."
        )
    _check_ends(ids)
    counts = (ids != 0).sum(axis=1)
    repeats = ((ids[:, 1:] == ids[:, :-1]) & (ids[:, 1:] != 0)).sum(axis=1)
    short = np.flatnonzero(counts + repeats > frames)
    if len(short):
        row = short[0]
        raise ValueError(
            f"Row {row} of the labels needs {counts[row] + repeats[row]} "
            f"frames: one for each of its {counts[row]} labels, and a blank in "
            f"each of {repeats[row]} adjacent repeats. Received: {frames[row]} "
            "frames. Use a lower stride, or leave the row out."
        )


def _check_ends(ids: Array) -> None:
    later = np.flatnonzero(((ids[:, 1:] != 0) & (ids[:, :-1] == 0)).any(axis=1))
    if len(later):
        raise ValueError(
            "Labels hold nothing but 0 after the first 0, which ends them. "
            f"Received: row {later[0]}, {ids[later[0]].tolist()}. Number the "
            "labels from 1, and pad at the end."
        )


class Transcripts(Values):
    """Checks the labels of a model that reads transcripts.

    Args:
        model: A `RecurrentModel` whose answers are transcripts.
    """

    def __init__(self, model: Any) -> None:
        self.num_classes: int = model.output.shape[-1]
        self.masks: Any = model.remembered("masks", lambda: _masks_of(model))
        self.shape_of: Any = model.compute_output_shape
        self.ranks: Any = keras.tree.map_structure(
            lambda symbol: len(symbol.shape), model.input
        )

    def check(self, x: Any, y: Array, entry_by_entry: bool) -> None:
        if y.dtype.kind not in "biuf":
            raise ValueError(
                f"{WORDS[0]} must be whole numbers. Received: dtype "
                f"{y.dtype}. Encode texts by a `Vocabulary` or `TextEncoder`."
            )
        wrong = (y < 0) | (y >= self.num_classes) | (y != np.floor(y))
        if wrong.any():
            called, remedy = WORDS
            raise ValueError(
                f"{called} must lie in 0 .. {self.num_classes - 1}. Received: "
                f"{y[wrong].flat[0]}. {remedy}"
            )
        check_ctc(self._frames(x, len(y)), y)

    def asserted(
        self,
        dataset: Any,
        tensors_of: Callable[[Any], list[Any]],
        entry_by_entry: bool,
    ) -> Any:
        return backend.asserting_ids(
            dataset, tensors_of, self.num_classes, WORDS
        )

    def watching(self) -> list[keras.callbacks.Callback]:
        return [StopUnlessFinite()]

    def _frames(self, x, rows):
        if self.masks is None:
            shapes = keras.tree.map_structure(_with_features, self.ranks, x)
            return np.full(rows, self.shape_of(shapes)[1])
        found = []
        for start in range(0, rows, ROWS):
            part = keras.tree.map_structure(
                lambda v, start=start: v[start : start + ROWS], x
            )
            mask = keras.ops.convert_to_numpy(self.masks(part))
            found.append(mask.sum(axis=1))
        return np.concatenate(found or [np.zeros(0, int)])


def _masks_of(model: Any) -> keras.Model | None:
    """A model of the masks alone, without a pass through recurrent layers."""
    layer, node_index, _ = model.output._keras_history
    mask = get_keras_mask(layer._inbound_nodes[node_index].input_tensors[0])
    return None if mask is None else keras.Model(model.input, mask)


def _with_features(rank: int, x: Any) -> tuple[int, ...]:
    """The shape of an input; an axis of one feature may be left out."""
    shape = tuple(x.shape)
    return (*shape, *[1] * (rank - len(shape)))


def read_by(model: keras.Model) -> Transcripts | None:
    """What checks the labels of a model; None if it reads no transcripts."""
    if keras.tree.is_nested(model.output):
        return None
    reads = answers.kind_of(model.output) is Answers.TRANSCRIPT
    return Transcripts(model) if reads else None


class StopUnlessFinite(keras.callbacks.Callback):
    """Stops where a loss is not finite, as of labels with too few frames.

    The rows of a dataset are not known before they are trained on.
    """

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        loss = float((logs or {}).get("loss", 0.0))
        if not np.isfinite(loss):
            raise ValueError(
                "The loss must be finite: inputs and weights are numbers, and "
                "each row has as many frames as labels and adjacent repeats. "
                f"Received: a loss of {loss} in batch {batch} of this epoch. "
                "Find rows that do not fit by keras_rnn.models.check_ctc, and "
                "leave them out."
            )
