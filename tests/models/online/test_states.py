# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest

import keras_rnn
from keras_rnn.models import get_states, reset_states, set_states

BATCH, FEATURES = 2, 3


def nested_model():
    """Own and built-in layers: nested, both ways, and over stacked cells."""
    inner = keras.Sequential(
        [
            keras.Input(batch_shape=(BATCH, None, FEATURES)),
            keras.layers.LSTM(
                4, stateful=True, return_sequences=True, name="lstm"
            ),
        ],
        name="inner",
    )
    x = keras.Input(batch_shape=(BATCH, None, FEATURES))
    y = keras.layers.Bidirectional(
        keras_rnn.PeepholeLSTM(
            3, stateful=True, return_sequences=True, name="peephole"
        ),
        name="both",
    )(inner(x))
    cells = [keras.layers.LSTMCell(4), keras_rnn.ElmanCell(2)]
    y = keras.layers.RNN(cells, stateful=True, name="stacked")(y)
    return keras.Model(x, y)


WIDTHS = {
    "inner/lstm": [4, 4],
    "both/forward_peephole": [3, 3],
    "both/backward_peephole": [3, 3],
    "stacked": [[4, 4], [2]],
}


@pytest.fixture(scope="module")
def shared_model():
    return nested_model()


@pytest.fixture
def model(shared_model):
    reset_states(shared_model)
    return shared_model


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(BATCH, 4, FEATURES))


def assert_equal_states(left, right):
    keras.tree.assert_same_structure(left, right)
    for a, b in zip(
        keras.tree.flatten(left), keras.tree.flatten(right), strict=True
    ):
        np.testing.assert_array_equal(a, b)


def test_states_of_all_nested_layers_are_named_by_their_path(model):
    states = get_states(model)
    assert states.keys() == WIDTHS.keys()
    shapes = keras.tree.map_structure(lambda v: v.shape, states["stacked"])
    assert shapes == [[(BATCH, 4), (BATCH, 4)], [(BATCH, 2)]]
    assert {len(v) for v in states.values()} == {2}
    assert all(type(v) is np.ndarray for v in keras.tree.flatten(states))


def test_reset_states_makes_every_state_zero(model, x):
    model(x)
    assert all(np.any(v) for v in keras.tree.flatten(get_states(model)))
    reset_states(model)
    assert not any(np.any(v) for v in keras.tree.flatten(get_states(model)))


def test_set_states_goes_back_to_where_get_states_was(model, x):
    model(x)
    states = get_states(model)
    first = np.asarray(model(x))
    assert not np.allclose(model(x), first)
    set_states(model, states)
    np.testing.assert_array_equal(model(x), first)


def test_what_get_states_returned_does_not_change_later(model, x):
    model(x)
    states = get_states(model)
    kept = keras.tree.map_structure(np.copy, states)
    model(x)
    reset_states(model)
    assert_equal_states(states, kept)


def without(states, path):
    return {name: value for name, value in states.items() if name != path}


def each(states, change):
    return keras.tree.map_structure(change, states)


def as_words(state):
    return state.astype(str)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda s: list(s), TypeError, "`states` must be of type dict"),
        (lambda s: without(s, "stacked"), ValueError, "one entry per stateful"),
        (lambda s: {**s, "more": []}, ValueError, "one entry per stateful"),
        (
            lambda s: {**s, "stacked": s["stacked"][:1]},
            ValueError,
            "The states of 'stacked' must have the shapes",
        ),
        (
            lambda s: {**s, "stacked": each(s["stacked"], lambda v: v[:1])},
            ValueError,
            "same units and batch size",
        ),
        (
            lambda s: {**s, "stacked": each(s["stacked"], as_words)},
            ValueError,
            "must be numbers",
        ),
    ],
)  # fmt: skip
def test_wrong_states_are_refused_before_anything_changes(
    change, error, message, model, x
):
    model(x)
    before = get_states(model)
    zeros = keras.tree.map_structure(np.zeros_like, before)
    with pytest.raises(error, match=message):
        set_states(model, change(zeros))
    assert_equal_states(get_states(model), before)


@pytest.mark.parametrize("function", [reset_states, get_states])
def test_a_model_without_stateful_layers_is_refused(function):
    x = keras.Input((5, FEATURES))
    model = keras.Model(x, keras_rnn.Elman(3)(x))
    with pytest.raises(ValueError, match=r"has no stateful layer.*for_infer"):
        function(model)


def test_a_layer_shared_by_two_models_appears_once(x):
    a = keras.Input(batch_shape=(BATCH, None, FEATURES))
    layer = keras_rnn.Elman(3, stateful=True, name="memory")
    inner = keras.Model(a, layer(a), name="inner")
    b = keras.Input(batch_shape=(BATCH, None, FEATURES))
    outer = keras.Model(b, keras.layers.Add()([inner(b), layer(b)]))
    assert len(get_states(outer)) == 1


def test_layers_of_one_name_in_a_subclassed_model_are_told_apart(x):
    class Twins(keras.Model):
        def __init__(self):
            super().__init__()
            self.one = keras_rnn.Elman(3, stateful=True, name="twin")
            self.two = keras_rnn.Elman(3, stateful=True, name="twin")

        def call(self, x):
            return self.one(x) + self.two(x)

    model = Twins()
    with pytest.raises(ValueError, match=r"'twin' is not built.*Call it"):
        get_states(model)
    model(x)
    assert list(get_states(model)) == ["twin", "twin#2"]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_states_that_are_no_numbers_are_refused(model, x, value):
    model(x)
    before, wrong = get_states(model), get_states(model)
    wrong["both/backward_peephole"][1][1, 2] = value
    with pytest.raises(ValueError, match=r"'both/backward_peephole'.*finite"):
        set_states(model, wrong)
    assert_equal_states(get_states(model), before)
