# SPDX-License-Identifier: Apache-2.0
"""ctc: what it reads, learns, saves and refuses."""

import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn.models import (
    Characters,
    JoinedSteps,
    Regression,
    Sequences,
    Stack,
    Tokens,
    Training,
    ctc,
    decode,
)
from tests.models.quick import quick_stack
from tests.rows import few_keys, randomized

CLASSES, WIDTH = 4, 3
HEAD = Characters(CLASSES)
INPUTS = Sequences(WIDTH, mask_value=0.0)


def lines(rows=48, longest=3, seed=0):
    """Each label is a mark of 1 to 3 steps, after 1 or 2 steps of noise."""
    generator = np.random.default_rng(seed)
    x = np.zeros((rows, 6 * longest, WIDTH), "float32")
    y = np.zeros((rows, longest), int)
    for row in range(rows):
        end = 0
        for k in range(generator.integers(1, longest + 1)):
            y[row, k] = generator.integers(1, CLASSES)
            start = end + generator.integers(1, 3)
            x[row, end:start] = 0.1
            end = start + generator.integers(1, 4)
            x[row, start:end, y[row, k] - 1] = 1
            x[row, start:end] += 0.1
    return x, y


@few_keys
def test_every_key_learns_and_is_saved(key, tmp_path):
    x, y = lines()
    model = ctc(quick_stack(key, 8), INPUTS, HEAD)
    Training(learning_rate=1e-2).compile(model, HEAD)
    losses = model.fit(x, y, epochs=4, verbose=0, batch_size=16).history["loss"]
    assert losses[-1] < losses[0]
    expected = model.evaluate(x, y, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(
        loaded.evaluate(x, y, verbose=0), expected, rtol=1e-5
    )
    for method in ("greedy", "beam"):
        read, again = (decode(m, x, method=method) for m in (model, loaded))
        np.testing.assert_array_equal(read.ids, again.ids)
        np.testing.assert_allclose(read.scores, again.scores, rtol=1e-4)


def test_alignments_are_learnt():
    x, y = lines(rows=96)
    keras.utils.set_random_seed(0)
    model = ctc(Stack("gru", 16, bidirectional=True), INPUTS, HEAD)
    Training(learning_rate=2e-2).compile(model, HEAD)
    model.fit(x, y, epochs=25, verbose=0)
    unseen, labels = lines(seed=1)
    _, error_rate = model.evaluate(unseen, labels, verbose=0)
    assert error_rate < 0.05
    read = decode(model, unseen)
    right = (read.ids[:, 0] == labels[:, : read.ids.shape[-1]]).all(axis=1)
    assert right.mean() > 0.9


PREDICT = """
import sys
import keras, numpy as np
from keras_rnn.models import decode
model = keras.models.load_model(sys.argv[1] + "/model.keras")
read = decode(model, np.load(sys.argv[1] + "/x.npy"), method="beam")
np.savez(sys.argv[1] + "/read.npz", ids=read.ids, scores=read.scores)
"""


def test_another_process_reads_the_same(tmp_path):
    x, _ = lines(rows=5)
    model = randomized(ctc(Stack("peephole_lstm", 4), INPUTS, HEAD, stride=2))
    model.save(tmp_path / "model.keras")
    np.save(tmp_path / "x.npy", x)
    subprocess.run([sys.executable, "-c", PREDICT, str(tmp_path)], check=True)
    read = decode(model, x, method="beam")
    with np.load(tmp_path / "read.npz") as found:
        np.testing.assert_array_equal(found["ids"], read.ids)
        np.testing.assert_allclose(found["scores"], read.scores, rtol=1e-4)


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_sequence_is_read_alone_as_in_a_batch(stride, bidirectional):
    x, _ = lines(rows=6)
    stack = Stack("gru", 5, bidirectional=bidirectional)
    model = randomized(ctc(stack, INPUTS, HEAD, stride=stride))
    model.compile("sgd", HEAD.loss)
    read = decode(model, x, method="beam")
    for row in range(6):
        length = (x[row] != 0).any(axis=-1).sum()
        alone = x[row : row + 1, :length]
        found = decode(model, alone, method="beam")
        expected = read.ids[row, 0][read.ids[row, 0] != 0]
        np.testing.assert_array_equal(found.ids[0, 0], expected)
        np.testing.assert_allclose(found.scores[0], read.scores[row], rtol=1e-3)


def test_steps_are_joined_side_by_side():
    x = np.arange(1.0, 11.0, dtype="float32").reshape(1, 5, 2)
    joined = JoinedSteps(2)(x)
    expected = [[[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 0, 0]]]
    np.testing.assert_array_equal(joined, expected)
    layer = JoinedSteps.from_config(JoinedSteps(2).get_config())
    mask = np.array([[True, False, False, False, True]])
    found = ops.convert_to_numpy(layer(x, mask=mask))
    np.testing.assert_array_equal(found[0, 0], [1, 2, 9, 10])
    np.testing.assert_array_equal(
        layer.compute_mask(x, mask), [[True, False, False]]
    )
    assert layer.compute_output_shape((None, 5, 2)) == (None, 3, 4)
    assert layer.compute_output_shape((None, None, 2)) == (None, None, 4)


def test_tokens_and_static_covariates_are_read():
    ids = np.array([[3, 3, 1, 2, 0, 0], [1, 1, 2, 2, 3, 0]])
    model = ctc(Stack("elman", 4), Tokens(5), HEAD)
    assert model.predict(ids, verbose=0).shape == (2, 6, CLASSES)
    inputs = Sequences(WIDTH, num_static=2, mask_value=0.0)
    model = ctc(Stack("elman", 4), inputs, HEAD, stride=2)
    model.compile("sgd", HEAD.loss)
    x, y = lines(rows=4)
    given = {"past": x, "static": np.ones((4, 2))}
    assert np.isfinite(model.evaluate(given, y, verbose=0))
    assert decode(model, given).ids.shape[:2] == (4, 1)


def test_sequences_are_weighed():
    x, y = lines(rows=6)
    model = randomized(ctc(Stack("gru", 4), INPUTS, HEAD))
    model.compile("sgd", HEAD.loss, weighted_metrics=HEAD.metrics)
    each = [
        model.evaluate(x[k : k + 1], y[k : k + 1], verbose=0)[0]
        for k in range(6)
    ]
    weights = np.array([0, 1, 2, 0, 0.5, 1])
    loss, _ = model.evaluate(
        x, y, sample_weight=weights, batch_size=6, verbose=0
    )
    assert loss == pytest.approx((weights * each).mean(), rel=1e-4)
    with pytest.raises(ValueError, match=r"shape \(batch,\)"):
        model.evaluate(x, y, sample_weight=np.ones((6, 3, 2)), verbose=0)


@pytest.mark.filterwarnings("ignore:`shuffle=True` was passed")
def test_a_dataset_is_read_until_a_row_does_not_fit():
    tf = pytest.importorskip("tensorflow")
    x, y = lines(rows=8)
    model = ctc(Stack("gru", 4), INPUTS, HEAD)
    Training().compile(model, HEAD)
    whole = tf.data.Dataset.from_tensor_slices((x, y)).batch(4)
    model.fit(whole, verbose=0, callbacks=[keras.callbacks.History()])
    history = keras.callbacks.History()
    listed = keras.callbacks.CallbackList([history], model=model)
    model.fit(whole, verbose=0, callbacks=listed)
    assert len(history.history["loss"]) == 1
    short = np.where(np.arange(x.shape[1])[:, None] < 1, x, 0)
    last = np.stack([*x[:7], short[7]])
    y[7] = [1, 2, 0]
    dataset = tf.data.Dataset.from_tensor_slices((last, y)).batch(4)
    assert np.isinf(model.evaluate(dataset, verbose=0)[0])
    with pytest.raises(ValueError, match="a loss of inf in batch 1"):
        model.fit(dataset, verbose=0)
    assert all(np.isfinite(w).all() for w in model.get_weights())
    with pytest.raises(tf.errors.InvalidArgumentError, match="Labels must lie"):
        model.fit(
            tf.data.Dataset.from_tensor_slices((x, y + CLASSES)).batch(4),
            verbose=0,
        )


def test_it_is_trained_eagerly_after_it_was_in_a_graph():
    x, y = lines(rows=4)
    model = ctc(Stack("gru", 3), INPUTS, HEAD)
    for run_eagerly in (False, True):
        model.compile("sgd", HEAD.loss, run_eagerly=run_eagerly)
        assert np.isfinite(model.fit(x, y, verbose=0).history["loss"]).all()


@pytest.mark.parametrize("stride", [2, 3])
def test_padding_may_stand_anywhere_with_a_stride(stride):
    x, y = lines(rows=4)
    model = randomized(ctc(Stack("gru", 4), INPUTS, HEAD, stride=stride))
    model.compile("sgd", HEAD.loss)
    expected = model.evaluate(x, y * (np.arange(3) < 1), verbose=0)
    holes = np.insert(x, [0, 2, 2, 5], 0, axis=1)
    found = model.evaluate(holes, y * (np.arange(3) < 1), verbose=0)
    assert found == pytest.approx(expected, rel=1e-5)


class Batches(keras.utils.PyDataset):
    """Batches of unequal length and width."""

    def __len__(self):
        return 3

    def __getitem__(self, index):
        x, y = lines(rows=4, longest=index + 1, seed=index)
        return x, y


def test_batches_of_unequal_lengths_are_read():
    model = ctc(Stack("gru", 4), INPUTS, HEAD)
    Training().compile(model, HEAD)
    history = model.fit(Batches(workers=2), epochs=2, verbose=0).history
    assert np.isfinite(history["loss"]).all()


def test_half_precision_is_read_in_single():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = ctc(Stack("gru", 4), INPUTS, HEAD)
        Training().compile(model, HEAD)
        x, y = lines(rows=8)
        history = model.fit(x, y, verbose=0).history
        assert np.isfinite(history["loss"]).all()
        assert model.predict(x, verbose=0).dtype == np.float32
        assert decode(model, x, method="beam").scores.dtype == np.float32
    finally:
        keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize(
    ("stack", "inputs", "head", "settings", "error", "message"),
    [
        ("elman", INPUTS, HEAD, {}, TypeError, "`stack`"),
        (Stack("elman", 3), 7, HEAD, {}, TypeError, "`inputs`"),
        (Stack("elman", 3), INPUTS, Regression(), {}, TypeError, "`head`"),
        (
            Stack("elman", 3),
            INPUTS,
            HEAD,
            {"stride": 0},
            ValueError,
            "`stride`",
        ),
        (
            Stack("elman", 3),
            Sequences(3, num_future=1),
            HEAD,
            {},
            ValueError,
            "num_future=1",
        ),
        (
            Stack("grud", 3),
            Sequences(3, num_observed=1),
            HEAD,
            {"stride": 2},
            ValueError,
            "Use stride=1",
        ),
    ],
)
def test_what_is_no_model_is_refused(
    stack, inputs, head, settings, error, message
):
    with pytest.raises(error, match=message):
        ctc(stack, inputs, head, **settings)


def test_a_head_has_two_classes_at_least():
    with pytest.raises(ValueError, match="num_classes"):
        Characters(1)
