# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_rnn.data import stream_batches
from keras_rnn.models import (
    Binary,
    Regression,
    ResetRows,
    ResetStates,
    Sequences,
    Stack,
    StatefulModel,
    Tokens,
    get_states,
    many_to_many,
    reset_states,
    stateful_forecaster,
)
from tests.rows import each_kind

BATCH, CHUNK, CHUNKS, FEATURES, HORIZON = 2, 3, 4, 3, 2
EXACT = {"rtol": 1e-5, "atol": 1e-6}


def model_of(
    key="elman",
    units=3,
    batch_size=BATCH,
    starts=False,
    num_observed=0,
    **settings,
):
    return stateful_forecaster(
        Stack(key, units, **settings),
        Sequences(FEATURES, num_observed=num_observed),
        Regression(HORIZON),
        batch_size=batch_size,
        starts=starts,
    )


def whole_series(batch=BATCH):
    shape = (batch, CHUNK * CHUNKS, FEATURES)
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def in_chunks(x):
    return np.split(x, CHUNKS, axis=1)


@each_kind
def test_chunk_by_chunk_it_says_what_one_pass_over_the_series_says(variant):
    """For the own layers the pass is that of the plain loop, the oracle."""
    options = dict(variant.arguments)
    observed = {"num_observed": options.pop("num_observed", 0)}
    own = "engine" in variant.layer().get_config()
    model = model_of(variant.key, [4, 2], options=options, **observed)
    oracle = model_of(
        variant.key,
        [4, 2],
        options={**options, "engine": "reference"} if own else options,
        **observed,
    )
    oracle.set_weights(model.get_weights())
    x = whole_series()
    chunks = [np.asarray(model(chunk)) for chunk in in_chunks(x)]
    assert chunks[0].shape == (BATCH, CHUNK, HORIZON, 1)
    np.testing.assert_allclose(
        np.concatenate(chunks, axis=1), oracle(x), **EXACT
    )


def test_a_stateless_model_of_the_same_weights_agrees():
    """The same series, read by a model that shares no code for states."""
    x, stack = whole_series(), Stack("gru", 3)
    stateless = many_to_many(stack, Sequences(FEATURES), Regression())
    stateful = stateful_forecaster(
        stack, Sequences(FEATURES), Regression(), batch_size=BATCH
    )
    stateful.set_weights(stateless.get_weights())
    chunks = [np.asarray(stateful(chunk)) for chunk in in_chunks(x)]
    np.testing.assert_allclose(
        np.concatenate(chunks, axis=1)[:, :, 0], stateless(x), **EXACT
    )


def test_predict_takes_the_chunks_of_all_batches_as_one_array():
    model, x = model_of(), whole_series()
    expected = np.asarray(model(x))
    reset_states(model)
    said = model.predict(np.concatenate(in_chunks(x)), verbose=0)
    np.testing.assert_allclose(
        np.concatenate(np.split(said, CHUNKS), axis=1), expected, **EXACT
    )


@pytest.mark.parametrize(
    "key", ["keras_lstm", "keras_simple_rnn", "jordan", "gru"]
)
def test_a_row_that_starts_forgets_and_the_others_go_on(key):
    model, x = model_of(key, [3, 3], starts=True), whole_series()
    first, second, *_ = in_chunks(x)
    both, only_row_0 = np.array([True, True]), np.array([True, False])
    whole = np.asarray(
        model({"past": np.concatenate([first, second], 1), "starts": both})
    )
    alone = np.asarray(model({"past": second, "starts": both}))
    model({"past": first, "starts": both})
    said = np.asarray(model({"past": second, "starts": only_row_0}))
    np.testing.assert_allclose(said[0], alone[0], **EXACT)
    np.testing.assert_allclose(said[1], whole[1, CHUNK:], **EXACT)


def test_rows_of_stacked_cells_are_reset_too():
    cells = [keras.layers.LSTMCell(3), keras.layers.GRUCell(2)]
    layer = ResetRows(keras.layers.RNN(cells, stateful=True))
    x = whole_series()
    first = np.asarray(layer(x, starts=np.array([True, True])))
    again = np.asarray(layer(x, starts=np.array([False, True])))
    np.testing.assert_allclose(again[1], first[1], **EXACT)
    assert not np.allclose(again[0], first[0])


def test_static_covariates_reach_every_step():
    model = stateful_forecaster(
        Stack("elman", 3),
        Sequences(FEATURES, num_static=1),
        Regression(),
        batch_size=BATCH,
    )
    x = whole_series()
    said = []
    for value in (0.0, 1.0):
        reset_states(model)
        static = np.full((BATCH, 1), value)
        said.append(np.asarray(model({"past": x, "static": static})))
    difference = said[1] - said[0]
    assert np.all(difference != 0)
    assert difference == pytest.approx(difference[0, 0, 0, 0], rel=1e-3)


@pytest.mark.parametrize("starts", [False, True])
def test_it_trains_saves_and_loads(starts, tmp_path):
    model = model_of("peephole_lstm", [3, 3], starts=starts)
    series = whole_series(1)[0]
    batches = stream_batches(
        series,
        batch_size=BATCH,
        chunk_length=2,
        horizon=HORIZON,
        targets=series[:, :1],
        starts=starts,
    )
    assert not model.compiled
    model.compile("adam", "mae")
    model.fit(batches, epochs=2, callbacks=[ResetStates()], verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded) is StatefulModel
    reset_states(model)
    np.testing.assert_allclose(
        model.predict(batches, verbose=0), loaded.predict(batches, verbose=0)
    )


def test_gradients_end_at_the_beginning_of_the_chunk():
    """The first step of a chunk alone moves its own loss, not the state."""
    model, x = model_of("jordan"), whole_series()
    first, second, *_ = (tf.constant(chunk) for chunk in in_chunks(x))
    with tf.GradientTape() as tape:
        tape.watch(first)
        model(first)
        loss = tf.reduce_sum(model(second))
    assert tape.gradient(loss, first) is None


def spoiled(value):
    """A dataset whose batches are of another size, or of an unknown one."""
    x = np.zeros((5, CHUNK, FEATURES), "float32")
    y = np.zeros((5, CHUNK, HORIZON, 1), "float32")
    pairs = tf.data.Dataset.from_tensor_slices((x, y))
    return pairs.batch(value, drop_remainder=value != BATCH)


class Sequence(keras.utils.PyDataset):
    def __len__(self):
        return 1

    def __getitem__(self, index):
        return np.zeros((3, CHUNK, FEATURES)), np.zeros((3, CHUNK, HORIZON, 1))


def arrays(rows):
    return np.zeros((rows, CHUNK, FEATURES)), np.zeros(
        (rows, CHUNK, HORIZON, 1)
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: m.fit(*arrays(5)), "multiple of batch_size=2.*Received: 5"),
        (lambda m: m.fit(*arrays(0)), "multiple of batch_size=2"),
        (lambda m: m.fit(spoiled(3)), "batches of batch_size=2.*Received: 3"),
        (lambda m: m.fit(spoiled(2)), "unknown size.*drop_remainder=True"),
        (lambda m: m.fit(Sequence()), "batches of batch_size=2.*Received: 3"),
        (lambda m: m.fit(*arrays(6), 3), "`batch_size` must be the one"),
        (lambda m: m.fit(*arrays(6), shuffle=True), "Use shuffle=False"),
        (
            lambda m: m.fit(*arrays(6), validation_split=0.5),
            "Use validation_data=",
        ),
        (
            lambda m: m.fit(*arrays(6), validation_data=arrays(3)),
            "`validation_data` must hold a multiple of batch_size=2",
        ),
        (lambda m: m.evaluate(*arrays(3)), "multiple of batch_size=2"),
        (lambda m: m.predict(arrays(3)[0]), "multiple of batch_size=2"),
        (lambda m: m.predict(spoiled(3)), "batches of batch_size=2"),
    ],
)  # fmt: skip
def test_batches_that_do_not_fit_are_refused_before_training(call, message):
    model = model_of()
    model.compile("sgd", "mae")
    before = get_states(model)
    with pytest.raises(ValueError, match=message):
        call(model)
    assert model.optimizer.iterations == 0
    assert keras.tree.map_structure(np.any, before) == keras.tree.map_structure(
        np.any, get_states(model)
    )


class Watch(keras.callbacks.Callback):
    """Notes the states at the moments that matter."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def note(self, moment):
        states = keras.tree.flatten(get_states(self.model))
        self.seen.append((moment, np.concatenate(states, axis=None)))

    def on_train_batch_begin(self, batch, logs=None):
        if batch == 0:
            self.note("epoch")

    def on_train_batch_end(self, batch, logs=None):
        self.last = None
        if batch == CHUNKS - 1:
            self.note("trained")

    def on_test_batch_begin(self, batch, logs=None):
        if batch == 0:
            self.note("validation")

    def on_epoch_end(self, epoch, logs=None):
        self.note("validated")


def test_every_epoch_and_every_validation_begins_at_zero():
    model, watch = model_of(), Watch()
    model.compile("sgd", "mae")
    x = np.concatenate(in_chunks(whole_series()))
    y = np.ones((len(x), CHUNK, HORIZON, 1))
    model.fit(
        x,
        y,
        epochs=2,
        validation_data=(x, y),
        callbacks=[ResetStates(), watch],
        verbose=0,
    )
    moments = [moment for moment, _ in watch.seen]
    assert moments == ["epoch", "trained", "validation", "validated"] * 2
    for moment, states in watch.seen:
        assert np.any(states) == (moment in {"trained", "validated"})
    for (_, trained), _, (_, validated) in zip(
        watch.seen[1::4], watch.seen[2::4], watch.seen[3::4], strict=True
    ):
        np.testing.assert_array_equal(trained, validated)


def test_the_batch_size_is_that_of_the_inputs():
    assert model_of(batch_size=5).batch_size == 5


@pytest.mark.parametrize(
    ("arguments", "settings", "error", "message"),
    [
        (("gru", Sequences(), Regression()), {}, TypeError, "Use Stack"),
        ((Stack(), Tokens(9), Regression()), {}, TypeError, "Use Sequences"),
        ((Stack(), Sequences(), Binary()), {}, TypeError, "type Regression"),
        (
            (Stack(), Sequences(), Regression()),
            {"batch_size": 0},
            ValueError,
            "`batch_size` must be a positive integer",
        ),
        (
            (Stack(), Sequences(), Regression()),
            {"starts": "yes"},
            ValueError,
            "`starts` must be True or False",
        ),
        (
            (Stack(bidirectional=True), Sequences(), Regression()),
            {},
            ValueError,
            "Use bidirectional=False",
        ),
        (
            (Stack(), Sequences(num_future=1), Regression()),
            {},
            ValueError,
            "no future covariates",
        ),
        (
            (Stack(), Sequences(mask_value=0), Regression()),
            {},
            ValueError,
            "A stream has no padding",
        ),
    ],
)
def test_wrong_arguments_are_refused(arguments, settings, error, message):
    with pytest.raises(error, match=message):
        stateful_forecaster(*arguments, **{"batch_size": 2, **settings})


def test_rows_of_a_layer_without_state_cannot_be_reset():
    with pytest.raises(ValueError, match="must be stateful"):
        ResetRows(keras.layers.GRU(2))
