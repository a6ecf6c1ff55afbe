# SPDX-License-Identifier: Apache-2.0
"""Labels with too few frames are refused before anything is trained."""

import numpy as np
import pytest

from keras_rnn.models import (
    Characters,
    Sequences,
    Stack,
    Tokens,
    check_ctc,
    ctc,
)

CLASSES = 5


def test_labels_need_a_frame_each_and_one_between_repeats():
    check_ctc([0, 1, 3, 5], [[0, 0, 0], [4, 0, 0], [2, 2, 0], [1, 1, 1]])


@pytest.mark.parametrize(
    ("lengths", "labels", "message"),
    [
        ([3, 1], [[1, 2], [3, 4]], "Row 1 of the labels needs 2 frames"),
        ([2, 9], [[3, 3], [3, 4]], "Row 0 .* needs 3 .* 1 adjacent repeats"),
        ([9, 9], [[1, 2, 0], [1, 0, 2]], r"row 1, \[1, 0, 2\]"),
        ([9], [[1, 2], [3, 4]], r"shapes \(2, 2\) and \(1,\)"),
        ([9], [1, 2], "needs one of `x_lengths`"),
    ],
)
def test_rows_that_cannot_fit_are_named(lengths, labels, message):
    with pytest.raises(ValueError, match=message):
        check_ctc(lengths, labels)


def compiled(inputs=None, **settings):
    head = Characters(CLASSES)
    if inputs is None:
        inputs = Sequences(2, mask_value=0.0)
    model = ctc(Stack("elman", 3), inputs, head, **settings)
    model.compile("sgd", head.loss)
    return model


def sequences(*lengths, time=8):
    x = np.zeros((len(lengths), time, 2), "float32")
    for row, length in enumerate(lengths):
        x[row, :length] = 1 + row
    return x


@pytest.mark.parametrize("run", ["fit", "evaluate", "train_on_batch"])
def test_padding_is_no_frame(run):
    model = compiled()
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"Row 1 .* Received: 2 frames"):
        getattr(model, run)(sequences(8, 2), np.array([[1, 2, 3], [1, 2, 3]]))
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(
    ("inputs", "frames"),
    [(Sequences(2, mask_value=0.0), 2), (Sequences(2), 4), (Tokens(9), 2)],
    ids=["masked", "whole", "tokens"],
)
def test_a_stride_leaves_fewer_frames(inputs, frames):
    x = sequences(3, 3, time=7)
    x = x[..., 0].astype("int32") if isinstance(inputs, Tokens) else x
    model = compiled(inputs, stride=2)
    with pytest.raises(ValueError, match=f"Received: {frames} frames"):
        model.fit(x, np.array([[1, 2, 0, 0, 0], [1, 2, 3, 2, 1]]), verbose=0)


def test_validation_data_are_checked_too():
    x, y = sequences(8, 8), np.array([[1, 2], [3, 4]])
    with pytest.raises(ValueError, match="Row 0 of the labels needs 3 frames"):
        compiled().fit(
            x, y, validation_data=(sequences(2, 2), y * 0 + 1), verbose=0
        )


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([[1, 5], [1, 2]], "must lie in 0 .. 4. Received: 5"),
        ([[1, -1], [1, 2]], "Received: -1"),
        ([[1, 1.5], [1, 2]], "Received: 1.5"),
        ([[1, np.nan], [1, 2]], "Received: nan"),
        ([[[1], [2]], [[1], [2]]], r"Received: labels of shape \(2, 2, 1\)"),
        ([[0, 1], [1, 2]], "after the first 0"),
    ],
)
def test_labels_are_ids_of_the_classes(labels, message):
    with pytest.raises(ValueError, match=message):
        compiled().fit(sequences(8, 8), np.array(labels), verbose=0)


def test_losses_that_compare_entries_are_refused():
    model = ctc(Stack("elman", 3), Sequences(2), Characters(CLASSES))
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="Use CTCLoss"):
        model.fit(sequences(8, 8), np.array([[1, 2], [3, 4]]), verbose=0)
