# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest

import keras_rnn
from keras_rnn.models import (
    Binary,
    LastStep,
    MeanPooling,
    MultiClass,
    Regression,
    Sequences,
    Stack,
    Tokens,
    for_inference,
    get_states,
    many_to_many,
    many_to_one,
    predict_online,
    reset_states,
    seq2seq,
    sequence_autoencoder,
    stateful_forecaster,
)
from tests.rows import each_kind

TIME, FEATURES = 5, 3
EXACT = {"rtol": 1e-5, "atol": 1e-6}


def rows(batch=1, seed=0):
    shape = (batch, TIME, FEATURES)
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def forecaster(key="elman", units=3, length=TIME, **settings):
    return many_to_one(
        Stack(key, units, **settings),
        Sequences(FEATURES, length),
        Regression(horizon=2),
    )


@each_kind
def test_row_by_row_it_says_what_it_says_to_the_whole_prefix(variant):
    options = dict(variant.arguments)
    observed = options.pop("num_observed", 0)
    model = many_to_one(
        Stack(variant.key, [4, 2], options=options),
        Sequences(FEATURES, num_observed=observed),
        Regression(horizon=2),
    )
    online, x = for_inference(model), rows()
    for k in range(TIME):
        np.testing.assert_allclose(
            predict_online(online, x[0, k]), model(x[:, : k + 1])[0], **EXACT
        )


@pytest.mark.parametrize(
    "settings",
    [
        {"normalization": "layer"},
        {"normalization": "batch"},
        {"residual": True, "units": [4, 4]},
        {"dropout": 0.5, "recurrent_dropout": 0.5},
        {"options": {"unroll": True}},
    ],
    ids=str,
)
def test_every_setting_of_a_stack_works_row_by_row(settings):
    model = forecaster(**settings)
    online, x = for_inference(model), rows()
    said = [predict_online(online, row) for row in x[0]]
    np.testing.assert_allclose(said[-1], model(x)[0], **EXACT)


def test_several_sequences_are_followed_side_by_side():
    model = forecaster("gru")
    online, x = for_inference(model, batch_size=3), rows(3)
    for k in range(TIME):
        said = predict_online(online, x[:, k])
    assert said.shape == (3, 2, 1)
    np.testing.assert_allclose(said, model(x), **EXACT)


def test_tokens_and_an_answer_at_every_step():
    model = many_to_many(Stack("gru", 3), Tokens(9, 4), MultiClass(5))
    online, ids = for_inference(model, batch_size=2), np.array([[1, 2], [3, 4]])
    said = [predict_online(online, ids[:, k]) for k in range(2)]
    np.testing.assert_allclose(np.stack(said, axis=1), model(ids), **EXACT)


def test_a_dict_of_inputs_is_given_row_by_row_and_whole():
    model = many_to_one(
        Stack("elman", 3),
        Sequences(FEATURES, TIME, num_future=1, num_static=2),
        Regression(horizon=4),
    )
    online, x = for_inference(model), rows()
    whole = {"future": np.ones((1, 4, 1)), "static": np.ones((1, 2))}
    for row in x[0]:
        said = predict_online(
            online, {"past": row, "future": np.ones((4, 1)), "static": [1, 1]}
        )
    np.testing.assert_allclose(said, model({"past": x, **whole})[0], **EXACT)


@pytest.mark.parametrize("share_weights", [False, True])
def test_a_seq2seq_model_keeps_what_it_read_and_writes_anew(share_weights):
    model = seq2seq(
        Stack("gru", [3, 4]),
        Sequences(FEATURES, num_future=1, num_static=2),
        Regression(horizon=4),
    )
    online, x = for_inference(model, share_weights=share_weights), rows()
    future, static = np.ones((1, 4, 1)), np.ones((1, 2))
    for k in range(TIME):
        said = predict_online(
            online, {"past": x[:, k], "future": future, "static": static}
        )
        whole = {"past": x[:, : k + 1], "future": future, "static": static}
        np.testing.assert_allclose(said, model(whole), **EXACT)


def test_models_in_models_and_stacked_cells_work_row_by_row():
    inner = keras.Sequential(
        [
            keras.Input((TIME, FEATURES)),
            keras.layers.LSTM(4, return_sequences=True, name="lstm"),
        ],
        name="inner",
    )
    cells = [keras.layers.GRUCell(3), keras_rnn.JordanCell(2)]
    x = keras.Input((TIME, FEATURES))
    y = keras.layers.RNN(cells, return_sequences=True)(inner(x))
    y = keras.layers.TimeDistributed(keras.layers.Dense(2))(y)
    model = keras.Model(x, {"answer": y * 2.0})
    online, x = for_inference(model), rows()
    said = [predict_online(online, row)["answer"] for row in x[0]]
    np.testing.assert_allclose(said, model(x)["answer"][0], **EXACT)
    assert next(iter(get_states(online))) == "inner/lstm"


def test_with_shared_weights_later_training_shows_at_once():
    model, x = forecaster("lstm", length=None), rows(4)
    online = for_inference(model)
    assert [w.path for w in online.weights] == [w.path for w in model.weights]
    assert all(
        a is b for a, b in zip(online.weights, model.weights, strict=True)
    )
    before = predict_online(online, x[0, 0])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    model.fit(x, np.ones((4, 2, 1)), verbose=0)
    reset_states(online)
    after = predict_online(online, x[0, 0])
    assert not np.allclose(before, after)
    np.testing.assert_allclose(after, model(x[:1, :1])[0], **EXACT)


def test_with_copied_weights_later_training_does_not_show():
    model = forecaster("peephole_lstm", length=None, normalization="batch")
    x = rows()
    online = for_inference(model, share_weights=False)
    model.set_weights([w + 1 for w in model.get_weights()])
    fresh = for_inference(model)
    before = predict_online(online, x[0, 0])
    assert not np.allclose(before, predict_online(fresh, x[0, 0]))
    model.set_weights(online.get_weights())
    np.testing.assert_allclose(before, model(x[:1, :1])[0], **EXACT)


def test_the_model_itself_is_left_as_it_was():
    model, x = forecaster("lstm"), rows()
    before, config = np.asarray(model(x)), model.get_config()
    online = for_inference(model)
    predict_online(online, x[0, 0])
    assert not any(getattr(layer, "stateful", False) for layer in model.layers)
    assert model.get_config() == config
    np.testing.assert_array_equal(model(x), before)


def test_a_compiled_model_gives_an_uncompiled_copy():
    model = forecaster()
    model.compile("adam", loss=lambda y, p: keras.ops.mean((y - p) ** 2))
    assert not for_inference(model).compiled


def test_a_copy_is_saved_and_loaded(tmp_path):
    online, x = for_inference(forecaster("coupled_gate_lstm")), rows()
    online.save(tmp_path / "online.keras")
    loaded = keras.models.load_model(tmp_path / "online.keras")
    for row in x[0]:
        np.testing.assert_array_equal(
            predict_online(online, row), predict_online(loaded, row)
        )


@pytest.mark.parametrize("starts", [False, True])
@pytest.mark.parametrize("share_weights", [False, True])
def test_a_stateful_model_moves_to_another_batch_size(starts, share_weights):
    model = stateful_forecaster(
        Stack("gru", [3, 3]),
        Sequences(FEATURES),
        Regression(horizon=2),
        batch_size=3,
        starts=starts,
    )
    x = rows(3)
    inputs = {"past": x, "starts": np.ones(3, bool)} if starts else x
    expected = np.asarray(model(inputs))
    online = for_inference(model, share_weights=share_weights)
    said = np.stack([predict_online(online, row) for row in x[0]])
    np.testing.assert_allclose(said, expected[0], **EXACT)


def test_starts_can_be_told_row_by_row():
    model = stateful_forecaster(
        Stack("gru", 3), Sequences(FEATURES), Regression(), batch_size=2,
        starts=True,
    )  # fmt: skip
    x = rows(2)
    first = predict_online(model, x[:, 0])
    starts = np.array([True, False])
    again = predict_online(model, {"past": x[:, 0], "starts": starts})
    np.testing.assert_allclose(again[0], first[0], **EXACT)
    assert not np.allclose(again[1], first[1])


def pooled(layer):
    x = keras.Input((TIME, FEATURES))
    return keras.Model(x, layer(keras_rnn.Elman(3, return_sequences=True)(x)))


def backwards():
    x = keras.Input((TIME, FEATURES))
    return keras.Model(x, keras_rnn.Elman(3, go_backwards=True)(x))


def nested_bidirectional():
    x = keras.Input((TIME, FEATURES))
    return keras.Model(x, forecaster(bidirectional=True)(x))


def autoencoder():
    inputs = Sequences(FEATURES, TIME)
    return sequence_autoencoder(Stack("gru", 3), inputs, 2).autoencoder


def no_memory():
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: forecaster(bidirectional=True), ValueError, "the future"),
        (nested_bidirectional, ValueError, "needs the future"),
        (backwards, ValueError, "needs the future"),
        (lambda: pooled(MeanPooling()), ValueError, "sequence as a whole"),
        (lambda: pooled(LastStep(True)), ValueError, "as a whole"),
        (lambda: pooled(keras.layers.Conv1D(2, 3)), ValueError, "as a whole"),
        (autoencoder, ValueError, "as a whole"),
        (no_memory, ValueError, "has no recurrent layer"),
        (lambda: keras.Sequential([keras_rnn.GRU(2)]), TypeError, "functional"),
        (lambda: "model.keras", TypeError, "functional"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_row_by_row_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        for_inference(make())


@pytest.mark.parametrize(
    ("batch_size", "row", "message"),
    [
        (1, np.zeros(2), r"`row` must have the shape .* \(1, 3\)"),
        (2, np.zeros(3), r"\(2, 3\).*Received: \(3,\).*batch_size"),
        (1, np.zeros((1, 1, 2)), "Give one row per sequence"),
    ],
)
def test_a_row_of_another_shape_is_refused(batch_size, row, message):
    online = for_inference(forecaster(), batch_size=batch_size)
    with pytest.raises(ValueError, match=message):
        predict_online(online, row)


def test_a_row_without_an_input_or_for_a_model_without_state_is_refused():
    model = many_to_one(
        Stack("elman", 3), Sequences(FEATURES, num_static=1), Binary()
    )
    with pytest.raises(ValueError, match="has no stateful layer"):
        predict_online(model, np.zeros(2))
    online = for_inference(model)
    with pytest.raises(ValueError, match="must have the keys"):
        predict_online(online, {"past": np.zeros(2)})
    with pytest.raises(TypeError, match="`row` must be of type dict"):
        predict_online(online, np.zeros(2))


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["past", "static"])
def test_a_row_that_is_no_number_is_refused_and_not_read(name, value):
    model = many_to_one(
        Stack("simple_rnn", 2), Sequences(2, num_static=1), Regression()
    )
    online, right = for_inference(model), for_inference(model)
    row = {"past": np.ones(2), "static": np.ones(1)}
    wrong = {**row, name: np.full_like(row[name], value)}
    with pytest.raises(ValueError, match=f"finite numbers.*'{name}'"):
        predict_online(online, wrong)
    np.testing.assert_array_equal(
        predict_online(online, row), predict_online(right, row)
    )
