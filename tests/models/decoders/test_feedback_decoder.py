# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn.models import FeedbackDecoder, Stack, teacher_forced
from tests.rows import few_keys

BATCH, TIME, FEATURES, OUTPUTS = 3, 5, 2, 2
#: Layer, normalization, dropout and residual connection all at once.
ALL_SETTINGS = {
    "units": [4, 4],
    "normalization": "layer",
    "residual": True,
}


@pytest.fixture
def x():
    rng = np.random.default_rng(0)
    return rng.normal(size=(BATCH, TIME, FEATURES)).astype("float32")


def array(tensor):
    return ops.convert_to_numpy(tensor)


@few_keys
def test_told_its_own_outputs_a_decoder_writes_them_again(key, x):
    """All steps at once, on the engine, equal step by step, on the cells."""
    decoder = FeedbackDecoder(Stack(key, **ALL_SETTINGS), OUTPUTS)
    free = decoder(x)
    with teacher_forced(free):
        told = decoder(x, training=True)
    np.testing.assert_allclose(array(told), array(free), atol=1e-5)


def test_told_its_own_outputs_with_gaps_it_writes_them_again(x):
    mask = np.array([[1, 1, 0, 0, 1], [0, 0, 1, 0, 1], [0, 0, 0, 0, 0]], bool)
    decoder = FeedbackDecoder(Stack("gru", [4, 4]), OUTPUTS)
    free = array(decoder(x, mask=mask))
    with teacher_forced(np.where(mask[:, :, None], free, 99.0)):
        told = array(decoder(x, mask=mask, training=True))
    np.testing.assert_allclose(told[mask], free[mask], atol=1e-5)


def test_masked_steps_change_nothing(x):
    decoder = FeedbackDecoder(Stack("peephole_lstm", 4), OUTPUTS)
    with_gap = np.insert(x, 2, 99.0, axis=1)
    mask = np.ones(with_gap.shape[:2], bool)
    mask[:, 2] = False
    y = array(decoder(with_gap, mask=mask))
    np.testing.assert_allclose(
        np.delete(y, 2, axis=1), array(decoder(x)), atol=1e-6
    )


def test_going_backwards_writes_the_last_step_first(x):
    forward = FeedbackDecoder(Stack("elman", 4), OUTPUTS)
    backward = FeedbackDecoder(Stack("elman", 4), OUTPUTS, go_backwards=True)
    y = array(forward(x[:, ::-1]))
    backward(x)
    backward.set_weights(forward.get_weights())
    np.testing.assert_allclose(array(backward(x))[:, ::-1], y, atol=1e-6)


def test_the_truth_of_a_step_reaches_later_steps_only(x):
    decoder = FeedbackDecoder(Stack("lstm", 4), OUTPUTS)
    targets = np.zeros((BATCH, TIME, OUTPUTS), "float32")
    other = targets.copy()
    other[:, 2] = 5.0
    outputs = []
    for truth in (targets, other):
        with teacher_forced(truth):
            outputs.append(array(decoder(x, training=True)))
    moved = np.abs(outputs[0] - outputs[1]).max(axis=(0, 2)) > 1e-6
    assert moved.tolist() == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("training", "teacher_forcing"), [(False, 1.0), (True, 0.0)]
)
def test_truth_is_not_seen(training, teacher_forcing, x):
    decoder = FeedbackDecoder(
        Stack("elman", 4), OUTPUTS, teacher_forcing=teacher_forcing
    )
    free = array(decoder(x))
    with teacher_forced(np.full((BATCH, TIME, OUTPUTS), 7.0)):
        np.testing.assert_allclose(
            array(decoder(x, training=training)), free, atol=1e-6
        )


def test_scheduled_sampling_lies_between_truth_and_own_output(x):
    """Each step of 200 equal sequences is told the truth or is not."""
    decoder = FeedbackDecoder(Stack("elman", 4), OUTPUTS, teacher_forcing=0.25)
    x = np.repeat(x[:1, :2], 200, axis=0)
    with teacher_forced(np.full((200, 2, OUTPUTS), 7.0)):
        second = array(decoder(x, training=True))[:, 1]
    free = array(decoder(x))[0, 1]
    own = np.isclose(second, free, atol=1e-5).all(axis=1)
    assert 0.6 < own.mean() < 0.9  # 0.75, five standard deviations around


@pytest.mark.parametrize("teacher_forcing", [0.0, 0.5, 1.0])
def test_dropout_acts_in_training_only(teacher_forcing, x):
    decoder = FeedbackDecoder(
        Stack("lstm", 8, dropout=0.5, recurrent_dropout=0.5),
        OUTPUTS,
        teacher_forcing=teacher_forcing,
    )
    with teacher_forced(np.zeros((BATCH, TIME, OUTPUTS))):
        runs = [array(decoder(x, training=t)) for t in (True, True, False)]
    assert not np.allclose(runs[0], runs[1])
    np.testing.assert_array_equal(array(decoder(x)), runs[2])


def test_initial_states_reach_the_first_step(x):
    decoder = FeedbackDecoder(Stack("lstm", [4, 3]), OUTPUTS)
    states = [[np.ones((BATCH, n), "float32")] * 2 for n in (4, 3)]
    before = array(decoder(x))
    assert not np.allclose(array(decoder(x, initial_state=states)), before)


@pytest.mark.parametrize(
    ("stack", "settings", "message"),
    [
        (Stack("gru", 4, bidirectional=True), {}, "goes one way"),
        (Stack("gru", 4, normalization="batch"), {}, "would mix"),
        (Stack("gru", 4), {"teacher_forcing": 1.5}, "teacher_forcing"),
        (Stack("gru", 4), {"go_backwards": 1}, "go_backwards"),
    ],
)
def test_what_cannot_decode_is_refused(stack, settings, message):
    with pytest.raises(ValueError, match=message):
        FeedbackDecoder(stack, OUTPUTS, **settings)


def test_truth_of_another_shape_is_refused(x):
    decoder = FeedbackDecoder(Stack("gru", 4), OUTPUTS)
    with (
        teacher_forced(np.zeros((BATCH, TIME + 1, OUTPUTS))),
        pytest.raises(ValueError, match="needs targets"),
    ):
        decoder(x, training=True)


def test_every_argument_survives_its_config():
    decoder = FeedbackDecoder(
        Stack(["keras_gru", "elman"], 4, options={"activation": "relu"}),
        OUTPUTS,
        teacher_forcing=0.5,
        go_backwards=True,
    )
    config = keras.saving.serialize_keras_object(decoder)
    again = keras.saving.deserialize_keras_object(config)
    assert again.stack == decoder.stack
    assert again.get_config() == decoder.get_config()
