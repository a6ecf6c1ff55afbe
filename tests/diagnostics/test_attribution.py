# SPDX-License-Identifier: Apache-2.0
"""attribution, against closed forms, Riemann sums and finite differences."""

import itertools

import keras
import numpy as np
import pandas as pd
import pytest
from keras import ops

import keras_rnn
from keras_rnn.diagnostics import attribution
from keras_rnn.models import (
    Binary,
    MultiClass,
    NextToken,
    Regression,
    Sequences,
    Stack,
    Tokens,
    many_to_many,
    many_to_one,
)
from tests.rows import randomized
from tests.tiers import mostly_slow

FEATURES = 2


def sequences(batch=3, time=6, seed=0):
    generator = np.random.default_rng(seed)
    return generator.normal(size=(batch, time, FEATURES)).astype("float32")


def linear():
    """h = A h' + x W + b, whose answer is linear in every step."""
    layer = keras_rnn.SimpleRNN(2, activation="linear")
    model = keras.Sequential([keras.Input((None, FEATURES)), layer])
    weights = [
        np.array([[1.0, 0.5], [-1.0, 2.0]]),
        np.array([[0.5, 0.1], [0.0, -0.8]]),
        np.array([3.0, -1.0]),
    ]
    layer.set_weights(weights)
    return model, weights


def lstm(**settings):
    return randomized(
        many_to_one(
            Stack("lstm", 4), Sequences(FEATURES, **settings), Regression()
        ),
        seed=1,
    )


def answers(model, x):
    return np.asarray(model.predict(x, verbose=0), np.float64)


@pytest.mark.parametrize("baseline", [0, 0.5, [1.0, -2.0]])
@pytest.mark.parametrize("target", [0, 1, -1])
def test_a_linear_network_has_its_weights_times_its_inputs(baseline, target):
    model, (kernel, recurrent, _) = linear()
    x = sequences()
    found = attribution(model, x, output=target, baseline=baseline, steps=1)
    steps = x.shape[1]
    expected = np.stack(
        [
            (x[:, t] - baseline)
            * (kernel @ np.linalg.matrix_power(recurrent, steps - 1 - t))[
                :, target
            ]
            for t in range(steps)
        ],
        axis=1,
    )
    table = found.attributions
    assert table.index.names == ["sample", "time"]
    np.testing.assert_allclose(
        table.to_numpy().reshape(x.shape), expected, rtol=1e-4, atol=1e-5
    )
    np.testing.assert_allclose(found.sums, found.differences, atol=1e-4)


def test_an_lstm_has_a_fine_riemann_sum_of_finite_differences():
    """Each slope is a central difference of what predict answers."""
    model, x = lstm(), 2 * sequences(batch=1, time=3)
    baseline = np.array([0.3, -0.1], "float32")
    found = attribution(model, x, baseline=baseline)

    nodes, size = (np.arange(400) + 0.5) / 400, 0.02
    way = baseline + nodes[:, None, None] * (x - baseline)
    expected = np.zeros(x.shape[1:])
    for t, k in itertools.product(range(3), range(FEATURES)):
        moved = np.zeros(x.shape)
        moved[0, t, k] = size
        rise = answers(model, way + moved) - answers(model, way - moved)
        slope = rise.mean() / (2 * size)
        expected[t, k] = slope * (x - baseline)[0, t, k]
    np.testing.assert_allclose(
        found.attributions.to_numpy(), expected, rtol=5e-3, atol=5e-4
    )
    start = np.broadcast_to(baseline, x.shape)
    change = (answers(model, x) - answers(model, start)).ravel()
    np.testing.assert_allclose(found.differences, change, atol=1e-6)


#: Keys of each family: without gates, gated, normalized, in parallel.
KEYS = ("elman", "gru", "peephole_lstm", "layer_norm_lstm", "min_gru", "lru")
of_some_keys = pytest.mark.parametrize(
    "key", mostly_slow(KEYS, default=["peephole_lstm"])
)


def complete(found):
    """Whether all attributions add up to the differences, which are none."""
    assert found.differences.abs().max() > 1e-3
    gaps = (found.sums - found.differences).abs()
    assert (gaps <= 0.01 * found.differences.abs() + 1e-5).all()
    by_hand = found.attributions.to_numpy().reshape(len(found.sums), -1)
    np.testing.assert_allclose(found.sums, by_hand.sum(axis=1))


@of_some_keys
@pytest.mark.parametrize("value", [0.0, -1.0])
def test_masked_steps_have_nothing_and_the_others_add_up(key, value):
    """Also where the baseline is the number of padding."""
    model = randomized(
        many_to_one(
            Stack(key, 4), Sequences(FEATURES, mask_value=value), Regression()
        )
    )
    x = sequences()
    x[0, 4:] = x[1, :2] = value
    found = attribution(model, x, baseline=value, steps=16)
    complete(found)
    table = found.attributions.to_numpy().reshape(x.shape)
    assert not table[0, 4:].any()
    assert not table[1, :2].any()
    assert np.count_nonzero(table) == x.size - 4 * FEATURES
    # What a sequence says does not depend on how far it is padded.
    alone = attribution(model, x[:1, :4], baseline=value, steps=16)
    np.testing.assert_allclose(
        table[0, :4], alone.attributions, rtol=1e-3, atol=1e-5
    )


@of_some_keys
def test_an_answer_at_a_step_is_due_to_what_was_read_before(key):
    model = randomized(
        many_to_many(Stack(key, 4), Sequences(FEATURES), MultiClass(3))
    )
    x = sequences(batch=2)
    found = attribution(model, x, output=(3, 2), baseline=0.1, steps=16)
    complete(found)
    start = np.full(x.shape, 0.1)
    change = answers(model, x) - answers(model, start)
    np.testing.assert_allclose(found.differences, change[:, 3, 2], atol=1e-5)
    by_step = found.attributions.abs().groupby("time").max().max(axis=1)
    assert (by_step[:4] > 0).all()
    assert (by_step[4:] == 0).all()


def embedded(model, table):
    """The layers above the embedding, as a model of vectors."""
    inputs = keras.Input((None, table.shape[1]))
    x = inputs
    for layer in model.layers[2:]:
        x = layer(x)
    return keras.Model(inputs, x)


@pytest.mark.parametrize("baseline", [0, 4])
def test_tokens_have_the_sum_over_the_units_of_their_embedding(baseline):
    """As the model above the embedding has, which reads vectors."""
    model = randomized(
        many_to_one(Stack("gru", 4), Tokens(7, 3, mask_zero=False), Binary())
    )
    ids = np.array([[1, 6, 2, 5], [3, 3, 4, 1]])
    found = attribution(model, ids, baseline=baseline, steps=16)
    complete(found)
    table = ops.convert_to_numpy(model.layers[1].embeddings)
    above = embedded(model, table)
    start = table[baseline] if baseline else np.zeros(3)
    expected = attribution(above, table[ids], baseline=start, steps=16)
    assert found.attributions.columns.tolist() == ["token"]
    np.testing.assert_allclose(
        found.attributions["token"],
        expected.attributions.sum(axis=1),
        rtol=1e-4,
        atol=1e-6,
    )
    if baseline:
        assert found.attributions.loc[(1, 2), "token"] == 0  # the same token
        change = answers(model, ids) - answers(model, np.full((2, 4), 4))
        np.testing.assert_allclose(found.differences, change.ravel(), atol=1e-5)


def test_padding_between_tokens_has_nothing():
    model = randomized(
        many_to_many(
            Stack("lstm", 4, bidirectional=True), Tokens(7, 3), MultiClass(2)
        )
    )
    ids = np.array([[1, 6, 0, 0], [0, 3, 4, 1]])
    found = attribution(model, ids, output=(1, 0), steps=16)
    complete(found)
    zeros = found.attributions["token"].to_numpy().reshape(2, 4) == 0
    np.testing.assert_array_equal(zeros, ids == 0)
    language = randomized(
        many_to_many(Stack("gru", 4), Tokens(7, 3), NextToken(7))
    )
    complete(
        attribution(language, ids[1:], output=(-1, 5), baseline=2, steps=16)
    )


def test_where_an_answer_jumps_the_way_is_halved():
    inputs = keras.Input((2, 1))
    steep = ops.sigmoid(200.0 * (inputs - 0.337))
    model = keras.Model(inputs, ops.sum(steep, axis=1))
    x = np.array([[[1.0], [0.2]]])
    found = attribution(model, x, steps=16)
    np.testing.assert_allclose(found.attributions, [[1.0], [0.0]], atol=0.01)


def test_attributions_that_do_not_add_up_are_warned_of():
    """A staircase, whose slope is 0 wherever it has one."""
    inputs = keras.Input((2, 1))
    model = keras.Model(inputs, ops.sum(ops.sign(inputs - 0.4), axis=1))
    with pytest.warns(UserWarning, match=r"samples \[1\] .* `steps`, now 2,"):
        attribution(model, np.array([[[0.1]] * 2, [[1.0]] * 2]), steps=2)


def test_nothing_of_the_model_changes():
    layer = keras_rnn.GRU(3, stateful=True, dropout=0.5)
    model = keras.Sequential([keras.Input(batch_shape=(2, 4, 1)), layer])
    x = np.ones((2, 4, 1))
    model.predict(x, verbose=0)
    before = [ops.convert_to_numpy(v).copy() for v in layer.variables]
    attribution(model, x, output=2)
    for old, new in zip(before, layer.variables, strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(new), old)


def test_a_saved_model_is_attributed_alike(tmp_path):
    model, x = lstm(mask_value=0.0), sequences()
    x[0, 4:] = 0.0
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    tables = [attribution(m, x, steps=4).attributions for m in (model, loaded)]
    pd.testing.assert_frame_equal(*tables)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, r"Use output=\(5, 0\), say"),
        ({"output": 0}, "`output` must be the index"),
        ({"output": (6, 0)}, "`output` must be the index"),
        ({"output": (0, 1.5)}, "`output` must be the index"),
        ({"output": (0, 0), "steps": 0}, "`steps` must be a positive"),
        ({"output": (0, 0), "baseline": np.ones(3)}, r"Received: shape \(3,\)"),
        ({"output": (0, 0), "baseline": np.nan}, "must be finite"),
    ],
)
def test_what_cannot_be_meant_is_refused(settings, message):
    model = many_to_many(Stack("gru", 2), Sequences(FEATURES), MultiClass(3))
    with pytest.raises(ValueError, match=message):
        attribution(model, sequences(), **settings)


def test_models_and_tokens_that_do_not_fit_are_refused():
    stack = Stack("gru", 2)
    with_statics = many_to_one(
        stack, Sequences(FEATURES, num_static=1), Regression()
    )
    with pytest.raises(ValueError, match="must have one input"):
        attribution(with_statics, sequences())
    with pytest.raises(ValueError, match="the 3 axes that the model reads"):
        attribution(lstm(), np.zeros((3, 4)))
    tokens = many_to_one(stack, Tokens(5, 2), Binary())
    for wrong in (5, -1, 0.5):
        with pytest.raises(ValueError, match="`baseline` must be"):
            attribution(tokens, np.ones((1, 3), int), baseline=wrong)
    dense = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match="must embed them once"):
        attribution(dense, np.zeros((1, 4)))
