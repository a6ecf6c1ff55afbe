# SPDX-License-Identifier: Apache-2.0
"""Models with our layers in place of Keras's."""

import random

import keras
import numpy as np
import pytest
from keras import layers

import keras_rnn
from keras_rnn import models
from keras_rnn.migration import swap_layers
from tests.backend import tensorflow_only
from tests.rows import BATCH, FEATURES, FLOAT32, TIME, UNITS, random_sequences

EVERYTHING = {"return_sequences": True, "return_state": True}
OURS = (keras_rnn.LSTM, keras_rnn.GRU, keras_rnn.SimpleRNN)
KERAS_OWN = (layers.LSTM, layers.GRU, layers.SimpleRNN)


def randomized(model, seed=0):
    draw = np.random.default_rng(seed).normal
    model.set_weights([0.5 * draw(size=w.shape) for w in model.get_weights()])
    return model


def recurrent_layers(model):
    found = model._flatten_layers(include_self=False)
    return [one for one in found if isinstance(one, layers.RNN)]


def assert_swapped(model, *inputs, num_layers):
    """Checks a copy whose outputs are equal; returns it."""
    before = model.get_config(), model.get_weights()
    expected = keras.tree.flatten(model(*inputs))
    copy = swap_layers(model)
    found = recurrent_layers(copy)
    assert [type(one) in OURS for one in found] == [True] * num_layers
    assert all(type(one) in KERAS_OWN for one in recurrent_layers(model))
    for actual, y in zip(
        keras.tree.flatten(copy(*inputs)), expected, strict=True
    ):
        np.testing.assert_allclose(actual, y, **FLOAT32)
    assert type(copy) is type(model)
    assert [one.name for one in copy._flatten_layers()][1:] == [
        one.name if not one.name.endswith("_cell") else "cell"
        for one in model._flatten_layers()
    ][1:]
    assert model.get_config() == before[0]
    for weight, old in zip(model.get_weights(), before[1], strict=True):
        np.testing.assert_array_equal(weight, old)
    owned = {id(variable) for variable in model.variables}
    assert not owned & {id(variable) for variable in copy.variables}
    return copy


def sequential(*stack, **arguments):
    return keras.Sequential(
        [keras.Input((TIME, FEATURES)), *stack], **arguments
    )


@pytest.mark.parametrize(
    "layer",
    [
        layers.LSTM(UNITS),
        layers.LSTM(
            UNITS,
            use_bias=False,
            implementation=1,
            activation="relu",
            use_cudnn=False,
            unroll=True,
        ),
        layers.GRU(UNITS, reset_after=False, go_backwards=True),
        layers.GRU(UNITS, dropout=0.3, recurrent_dropout=0.2, seed=7),
        layers.SimpleRNN(
            UNITS, activity_regularizer="l2", bias_regularizer="l1"
        ),
        layers.Bidirectional(layers.LSTM(UNITS, return_sequences=True)),
        layers.Bidirectional(
            layers.GRU(UNITS),
            backward_layer=layers.GRU(UNITS, go_backwards=True, name="back"),
            merge_mode="sum",
        ),
    ],
    ids=str,
)
def test_a_sequential_model(layer):
    model = randomized(
        sequential(layers.Dense(FEATURES), layer, name="forecast")
    )
    num_layers = 1 + isinstance(layer, layers.Bidirectional)
    copy = assert_swapped(model, random_sequences(), num_layers=num_layers)
    assert copy.name == "forecast"
    for old, new in zip(
        recurrent_layers(model), recurrent_layers(copy), strict=True
    ):
        config, kept = new.get_config(), old.get_config()
        kept.setdefault("activity_regularizer", None)
        config.setdefault("activity_regularizer", None)
        assert kept.items() <= config.items()


def test_a_sequential_model_that_is_not_built_or_was_built_by_a_call():
    model = keras.Sequential([layers.LSTM(UNITS), layers.Dense(2)])
    copy = swap_layers(model)
    assert not copy.built
    assert type(copy.layers[0]) is keras_rnn.LSTM
    x = random_sequences()
    model(x)
    assert_swapped(randomized(model), x, num_layers=1)


def test_a_functional_model_with_masks_states_and_two_inputs():
    ids = keras.Input((TIME,), dtype="int32", name="ids")
    values = keras.Input((TIME, FEATURES), name="values")
    embedded = layers.Embedding(9, FEATURES, mask_zero=True)(ids)
    y, h, c = layers.LSTM(UNITS, name="encoder", **EVERYTHING)(embedded)
    mask = keras.ops.any(values > 0, axis=-1)
    z = layers.LSTM(UNITS, **EVERYTHING)(
        values, initial_state=[h, c], mask=mask
    )
    outputs = {"y": layers.Dense(2)(y), "z": z}
    model = randomized(keras.Model({"ids": ids, "values": values}, outputs))
    generator = np.random.default_rng(0)
    inputs = {
        "ids": generator.integers(0, 9, (BATCH, TIME)),
        "values": random_sequences(),
    }
    # Where a sequence begins with padding, Keras on JAX shows the given states
    # as outputs, and zeros on the other backends, as ours do.
    inputs["values"][:, 0] = 1
    copy = assert_swapped(model, inputs, num_layers=2)
    assert type(copy.get_layer("encoder")) is keras_rnn.LSTM
    assert copy(inputs).keys() == outputs.keys()


def test_a_shared_layer_stays_shared():
    shared = layers.GRU(UNITS)
    inputs = [keras.Input((TIME, FEATURES)) for _ in range(2)]
    model = keras.Model(inputs, layers.Subtract()(list(map(shared, inputs))))
    x = [random_sequences(), -random_sequences()]
    copy = assert_swapped(randomized(model), x, num_layers=1)
    assert len(copy.weights) == 3


def test_models_and_wrappers_inside():
    encoder = sequential(
        layers.Bidirectional(layers.GRU(UNITS, return_sequences=True)),
        layers.LSTM(UNITS),
        name="encoder",
    )
    windows = keras.Input((2, TIME, FEATURES))
    x = layers.TimeDistributed(encoder)(windows)
    x = layers.TimeDistributed(layers.Reshape((2, 2)))(x)
    x = layers.TimeDistributed(layers.SimpleRNN(3))(x)
    one = keras.Input((TIME, FEATURES))
    inner = keras.Model(one, layers.Dense(3)(encoder(one)), name="inner")
    model = keras.Model([windows, one], [x, inner(one), inner(-one)])
    randomized(model)
    sequences = random_sequences()
    inputs = [np.stack([sequences, -sequences], axis=1), sequences]
    expected = model(inputs)
    copy = swap_layers(model)
    assert {type(k) for k in recurrent_layers(copy)} <= set(OURS)
    for actual, y in zip(copy(inputs), expected, strict=True):
        np.testing.assert_allclose(actual, y, **FLOAT32)
    assert copy.get_layer("inner").get_layer("encoder").name == "encoder"


def test_a_stateful_model_goes_on_from_its_states():
    x = keras.Input(batch_shape=(BATCH, None, FEATURES))
    y = layers.Bidirectional(
        layers.LSTM(UNITS, stateful=True, return_sequences=True)
    )(x)
    model = randomized(keras.Model(x, layers.GRU(UNITS, stateful=True)(y)))
    sequences = random_sequences()
    model(sequences)
    copy = swap_layers(model)
    expected = model(sequences)
    np.testing.assert_allclose(copy(sequences), expected, **FLOAT32)


def test_a_compiled_model_is_compiled_and_trains_on():
    model = sequential(layers.SimpleRNN(UNITS), layers.Dense(1))
    model.compile(
        keras.optimizers.Adam(3e-3, clipnorm=1.0),
        keras.losses.Huber(0.7),
        metrics=["mae", keras.metrics.MeanSquaredError(name="squares")],
        run_eagerly=True,
    )
    x = random_sequences()
    y = x[:, -1, :1]
    model.fit(x, y, batch_size=BATCH, verbose=0)
    copy = swap_layers(model)
    expected = model(x)
    np.testing.assert_allclose(copy(x), expected, rtol=0, atol=1e-5)
    assert copy.optimizer is not model.optimizer
    assert copy.optimizer.get_config() == model.optimizer.get_config()
    assert copy.optimizer.iterations == 0
    scores = [
        one.test_on_batch(x, y, return_dict=True) for one in (model, copy)
    ]
    assert scores[0].keys() == {"loss", "mae", "squares"}
    assert scores[1] == pytest.approx(scores[0], rel=1e-4)
    before = model.get_weights()
    copy.train_on_batch(x, y)
    for weight, old in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, old)
    assert not swap_layers(model, compile=False).compiled


def test_a_loss_that_is_not_registered_is_kept():
    def own_loss(y, y_pred):
        return keras.ops.mean(keras.ops.abs(y - y_pred))

    model = sequential(layers.LSTM(UNITS))
    model.compile("sgd", own_loss)
    assert swap_layers(model).loss is own_loss


def test_a_swapped_model_is_saved_and_loaded(tmp_path):
    model = randomized(
        sequential(layers.Bidirectional(layers.LSTM(UNITS)), layers.Dense(2))
    )
    model.save(tmp_path / "theirs.keras")
    theirs = keras.models.load_model(tmp_path / "theirs.keras")
    copy = swap_layers(theirs)
    copy.save(tmp_path / "ours.keras")
    ours = keras.models.load_model(tmp_path / "ours.keras")
    x = random_sequences()
    np.testing.assert_allclose(ours(x), model(x), **FLOAT32)
    assert type(ours.layers[0].forward_layer) is keras_rnn.LSTM


def test_our_layers_and_those_of_users_stay():
    @keras.saving.register_keras_serializable("test")
    class OwnLSTM(layers.LSTM):
        pass

    class Doubled(layers.Layer):  # not registered
        def call(self, x):
            return 2 * x

    kept = [
        keras_rnn.PeepholeLSTM(
            UNITS, engine="reference", return_sequences=True
        ),
        Doubled(),
        layers.Lambda(lambda v: keras.ops.tanh(v)),
        OwnLSTM(UNITS, return_sequences=True),
        layers.RNN(layers.GRUCell(UNITS), return_sequences=True),
    ]
    model = randomized(sequential(*kept, layers.LSTM(UNITS)))
    x = random_sequences()
    copy = swap_layers(model)
    np.testing.assert_allclose(copy(x), model(x), **FLOAT32)
    assert [type(layer) for layer in copy.layers] == [
        *(type(layer) for layer in kept),
        keras_rnn.LSTM,
    ]
    assert copy.layers[0].engine == "reference"


def test_what_is_no_weight_is_carried_over():
    model = sequential(
        layers.Normalization(),
        layers.LSTM(UNITS, return_sequences=True, trainable=False),
        layers.BatchNormalization(),
        layers.Dropout(0.5),
        layers.GRU(UNITS),
    )
    x = random_sequences()
    model.layers[0].adapt(x)
    model(x, training=True)
    model.layers[2].trainable = False
    copy = assert_swapped(model, x, num_layers=2)
    flags = [[w.trainable for w in one.weights] for one in (model, copy)]
    assert flags[0] == flags[1]
    seeds = [
        np.array(one.layers[3].seed_generator.state) for one in (model, copy)
    ]
    np.testing.assert_array_equal(*seeds)


@tensorflow_only
def test_a_model_that_reads_text_keeps_its_vocabulary():
    vectorize = layers.TextVectorization(output_sequence_length=TIME)
    vectorize.adapt(["a b c d", "b c d", "c d"])
    model = keras.Sequential(
        [
            keras.Input((), dtype="string"),
            vectorize,
            layers.Embedding(9, FEATURES, mask_zero=True),
            layers.Bidirectional(layers.LSTM(UNITS)),
        ]
    )
    texts = keras.ops.convert_to_tensor(["a d", "b b c"])
    expected = randomized(model)(texts)
    np.testing.assert_allclose(swap_layers(model)(texts), expected, **FLOAT32)


def test_models_of_the_factories_keep_their_class():
    model = models.many_to_one(
        models.Stack("keras_lstm", 4), models.Sequences(), models.Regression()
    )
    x = random_sequences()[..., :1]
    expected = randomized(model)(x)
    copy = swap_layers(model)
    assert type(copy) is models.RecurrentModel
    np.testing.assert_allclose(copy(x), expected, **FLOAT32)


def test_the_random_state_of_the_user_stays():
    model = sequential(layers.LSTM(UNITS), layers.Dropout(0.5))
    before = random.getstate()
    swap_layers(model)
    assert random.getstate() == before


class OwnCall(keras.Model):
    def __init__(self):
        super().__init__()
        self.layer = layers.LSTM(UNITS)

    def call(self, x):
        return self.layer(x)


class OwnConstructor(keras.Model):
    def __init__(self, *args, width=UNITS, **kwargs):
        super().__init__(*args, **kwargs)
        self.width = width


class OwnStep(keras.Model):
    def train_step(self, data):
        return super().train_step(data)


def functional(kind, **arguments):
    x = keras.Input((TIME, FEATURES))
    return kind(x, layers.LSTM(UNITS)(x), **arguments)


def test_a_subclass_without_a_constructor_keeps_its_class():
    copy = assert_swapped(
        functional(OwnStep, name="own"), random_sequences(), num_layers=1
    )
    assert copy.name == "own"


@pytest.mark.parametrize(
    "model",
    [
        lambda: OwnCall(),
        lambda: sequential(OwnCall()),
        lambda: functional(OwnConstructor, width=2),
        lambda: layers.LSTM(UNITS),
    ],
)
def test_models_of_an_unknown_graph_are_refused(model):
    with pytest.raises(TypeError, match="must be a functional or sequential"):
        swap_layers(model())
