# SPDX-License-Identifier: Apache-2.0
"""CTCLoss against the sum over all paths, one by one."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops
from keras.src.backend import get_keras_mask

from keras_rnn.models import CertainBlank, CTCLoss
from tests.backend import derivatives

TIME, CLASSES = 5, 3
#: No label, one, two different ones, two alike, three with a repeat.
LABELS = np.array([[0, 0, 0], [2, 0, 0], [1, 2, 0], [1, 1, 0], [2, 1, 1]])


def drawn(time=TIME, rows=5):
    generator = np.random.default_rng(0)
    return generator.normal(size=(rows, time, CLASSES)).astype("float32")


def by_enumeration(logits, labels):
    """−log of the sum of the probabilities of all paths that give labels."""
    logits = logits.astype("float64")
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    total = 0.0
    for path in itertools.product(range(CLASSES), repeat=len(p)):
        read = [c for c, _ in itertools.groupby(path) if c]
        if read == [c for c in labels if c]:
            total += np.prod([p[t, c] for t, c in enumerate(path)])
    return -np.log(total)


def losses(labels, logits):
    return ops.convert_to_numpy(CTCLoss(reduction="none")(labels, logits))


def test_the_loss_is_minus_log_p_of_all_paths():
    logits = drawn()
    expected = [
        by_enumeration(*row) for row in zip(logits, LABELS, strict=True)
    ]
    np.testing.assert_allclose(losses(LABELS, logits), expected, rtol=1e-5)


@pytest.mark.parametrize(
    "valid",
    [
        [1, 1, 1, 1, 1, 0, 0, 0],
        [0, 0, 0, 1, 1, 1, 1, 1],
        [1, 0, 1, 0, 0, 1, 1, 1],
    ],
    ids=["end", "start", "holes"],
)
def test_padding_has_no_part_in_the_loss(valid):
    mask = np.array([valid] * len(LABELS), bool)
    logits = drawn(time=8)
    padded = CertainBlank()(logits, mask=mask)
    assert get_keras_mask(padded) is None
    alone = logits[:, mask[0]]
    np.testing.assert_allclose(
        losses(LABELS, padded), losses(LABELS, alone), rtol=1e-5
    )


def test_labels_that_do_not_fit_have_an_infinite_loss():
    labels = np.array([[1, 2, 1, 2, 1], [1, 2, 2, 1, 0], [1, 1, 1, 1, 0]])
    found = losses(labels, drawn(rows=3))  # they need 5, 5 and 7 frames
    np.testing.assert_array_equal(np.isinf(found), [False, False, True])


def test_what_is_no_label_has_an_infinite_loss():
    labels = np.array([[1, 0, 2], [3, 0, 0], [-1, 0, 0], [1, 2, 0]])
    found = losses(labels, drawn(rows=4))
    np.testing.assert_array_equal(np.isinf(found), [True, True, True, False])


def test_a_frame_that_is_blank_for_sure_is_a_frame():
    p = np.array([[[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]])
    logits = np.maximum(np.log(np.maximum(p, 1e-300)), -2e4).astype("float32")
    np.testing.assert_allclose(losses([[1, 1]], logits), 0, atol=1e-5)


def test_frames_of_padding_do_not_count_for_what_fits():
    mask = np.array([[True, True, False, False, False]])
    logits = CertainBlank()(drawn(rows=1), mask=mask)
    assert np.isinf(losses([[1, 1, 0]], logits)).all()
    assert np.isfinite(losses([[1, 2, 0]], logits)).all()


def test_more_columns_than_frames_are_no_matter():
    logits = drawn(time=2, rows=1)
    wide = losses(np.array([[1, 0, 0, 0, 0, 0]]), logits)
    np.testing.assert_allclose(wide, losses(np.array([[1]]), logits), rtol=1e-6)


class Losses(keras.layers.Layer):
    """The losses of fixed labels, as a layer to differentiate."""

    labels = np.array([[2, 1, 1], [1, 1, 1], [2, 0, 0]])

    def __init__(self):
        super().__init__()
        self.supports_masking = True
        self.built = True

    def call(self, logits, mask=None):
        found = CTCLoss(reduction="none")(
            self.labels, CertainBlank()(logits, mask=mask)
        )
        return ops.where(ops.isfinite(found), found, 0.0)


def test_gradients_are_those_of_finite_differences():
    mask = np.ones((3, TIME), bool)
    mask[0, 2] = mask[2, 3:] = False
    mask[1, 3:] = False  # three frames are too few for 1 1 1
    layer, logits = Losses(), drawn(rows=3)
    found = derivatives(layer, logits, mask=mask).gradients["sequences"]
    weights = np.cos(np.arange(3))
    expected = np.zeros_like(logits)
    for place in np.ndindex(*logits.shape):
        beside = []
        for step in (1e-2, -1e-2):
            moved = logits.copy()
            moved[place] += step
            value = ops.convert_to_numpy(layer(moved, mask=mask))
            beside.append((weights * value).sum())
        expected[place] = (beside[0] - beside[1]) / 2e-2
    np.testing.assert_allclose(found, expected, atol=2e-3)
    assert (found[1] == 0).all()
    assert (found[~mask] == 0).all()


def test_the_loss_has_a_config():
    loss = CTCLoss.from_config(CTCLoss(reduction="sum").get_config())
    logits = drawn()
    expected = losses(LABELS, logits).sum()
    assert float(loss(LABELS, logits)) == pytest.approx(expected, rel=1e-5)
