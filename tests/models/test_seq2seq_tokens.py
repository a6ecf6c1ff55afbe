# SPDX-License-Identifier: Apache-2.0
"""seq2seq of tokens: what it reads, learns, saves and refuses."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn.models import (
    NextToken,
    Regression,
    Sequences,
    Stack,
    Tokens,
    Training,
    Vector,
    decode,
    one_to_many,
    seq2seq,
)
from tests.models.quick import quick_stack
from tests.rows import few_keys, randomized
from tests.tiers import mostly_slow

START, END, WORDS = 1, 2, 9
TARGET = NextToken(WORDS, embedding_units=5)
MODES = {
    "plain": {},
    "dot": {"attention": "dot"},
    "additive": {"attention": "additive", "tie_embeddings": True},
    "input feeding": {"attention": "dot", "input_feeding": True},
    "scheduled": {"teacher_forcing": 0.5},
}


def model_of(stack=None, source=None, head=TARGET, **settings):
    return seq2seq(
        Stack("gru", 6) if stack is None else stack,
        Tokens(8, embedding_units=4) if source is None else source,
        head,
        start_id=START,
        end_id=END,
        **settings,
    )


def pairs(rows=24, length=5):
    """The target is the source, each id one more, in reverse."""
    generator = np.random.default_rng(0)
    x = generator.integers(2, 7, (rows, length))
    lengths = generator.integers(1, length + 1, rows)
    x = np.where(np.arange(length) < lengths[:, None], x, 0)
    y = np.zeros((rows, length + 1), int)
    for row, count in enumerate(lengths):
        y[row, :count] = x[row, :count][::-1] + 1
        y[row, count] = END
    return x, y


def cross_entropy(model, x, y):
    """By NumPy, of the logits of a plain call: means over valid tokens."""
    before = np.concatenate([np.full((len(y), 1), START), y[:, :-1]], axis=1)
    inputs = {"source": x.astype("int32"), "before": before.astype("int32")}
    logits = ops.convert_to_numpy(model(inputs)).astype("float64")
    log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    valid = y != 0
    nll = -np.take_along_axis(log_p, y[..., None], axis=-1)[..., 0]
    uniform = -log_p[..., 1:].mean(axis=-1)
    return nll[valid].mean(), uniform[valid].mean()


@pytest.mark.parametrize(
    "mode", mostly_slow(list(MODES), default=["additive", "input feeding"])
)
@few_keys
def test_every_mode_learns_and_is_saved(key, mode, tmp_path):
    x, y = pairs()
    model = model_of(quick_stack(key, [6, 6]), **MODES[mode])
    Training(learning_rate=1e-2).compile(model, TARGET)
    losses = model.fit(x, y, epochs=4, verbose=0, batch_size=8).history["loss"]
    assert losses[-1] < losses[0]
    expected = model.evaluate(x, y, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(
        loaded.evaluate(x, y, verbose=0), expected, rtol=1e-5
    )
    written = decode(model, x, max_length=6)
    again = decode(loaded, x, max_length=6)
    np.testing.assert_array_equal(written.ids, again.ids)
    np.testing.assert_allclose(written.scores, again.scores, rtol=1e-4)


@pytest.mark.parametrize("mode", MODES)
def test_evaluate_reads_the_true_tokens(mode):
    x, y = pairs()
    model = randomized(model_of(**MODES[mode]))
    Training().compile(model, TARGET)
    loss, perplexity = model.evaluate(x, y, verbose=0)
    expected, _ = cross_entropy(model, x, y)
    assert loss == pytest.approx(expected, rel=1e-4)
    assert perplexity == pytest.approx(np.exp(expected), rel=1e-4)


def test_label_smoothing_is_of_training_alone():
    x, y = pairs()
    model = randomized(model_of(label_smoothing=0.25))
    model.compile(keras.optimizers.SGD(0.0), TARGET.loss)
    nll, uniform = cross_entropy(model, x, y)
    history = model.fit(x, y, batch_size=len(x), verbose=0).history
    expected = 0.75 * nll + 0.25 * uniform
    assert history["loss"][0] == pytest.approx(expected, rel=1e-4)
    assert model.evaluate(x, y, verbose=0) == pytest.approx(nll, rel=1e-4)


def test_weights_of_sequences_weigh_the_smoothed_loss_too():
    x, y = pairs()
    model = randomized(model_of(label_smoothing=0.5))
    model.compile(keras.optimizers.SGD(0.0), TARGET.loss)
    weights = np.zeros(len(x))
    weights[:4] = 1
    settings = {"batch_size": len(x), "verbose": 0}
    weighted = model.fit(x, y, sample_weight=weights, **settings)
    nll, uniform = cross_entropy(model, x[:4], y[:4])
    # Keras divides by the number of valid tokens, weighted or not.
    share = (y[:4] != 0).sum() / (y != 0).sum()
    assert weighted.history["loss"][0] == pytest.approx(
        0.5 * (nll + uniform) * share, rel=1e-4
    )


def test_steps_one_by_one_say_what_all_at_once_say():
    """The step that decode runs, against the layers that fit runs."""
    x, y = pairs(rows=3)
    for mode in ("plain", "dot", "additive"):
        model = randomized(model_of(Stack("lstm", [6, 5]), **MODES[mode]))
        before = model.incoming().before(y)
        whole = model({"source": x.astype("int32"), "before": before})
        source, states, read = model.read()
        *states, read = keras.Model(source, [*states, read])(x.astype("int32"))
        seen = model.decoder.seen_of(read, x != 0)
        carried = model.decoder.carried_at_start(states)
        for step in range(y.shape[1]):
            logits, carried, _ = model.decoder.step(
                ops.convert_to_tensor(before[:, step]), carried, seen
            )
            np.testing.assert_allclose(
                logits, whole[:, step], rtol=1e-4, atol=1e-5
            )


def test_tied_logits_read_the_embedding():
    model = model_of(tie_embeddings=True)
    names = [weight.path for weight in model.decoder.weights]
    shapes = [tuple(weight.shape) for weight in model.decoder.weights]
    assert shapes.count((WORDS, 5)) == 1
    assert (6, WORDS) not in shapes
    assert (6, 5) in shapes, names  # the projection from the layers
    square = model_of(
        tie_embeddings=True, head=NextToken(WORDS, embedding_units=6)
    )
    assert (6, 6) not in [
        tuple(w.shape) for w in square.decoder.read_out.weights
    ]


def test_padding_of_the_source_changes_nothing():
    x, y = pairs(rows=6)
    longer = np.pad(x, [(0, 0), (0, 3)])
    for stack in (Stack("gru", 4), Stack("lstm", 4, bidirectional=True)):
        model = randomized(model_of(stack, attention="dot"))
        before = model.incoming().before(y)
        short, long = (
            model({"source": v.astype("int32"), "before": before})
            for v in (x, longer)
        )
        np.testing.assert_allclose(short, long, rtol=1e-4, atol=1e-5)


def test_batches_of_a_dataset_and_a_generator_are_read_the_same():
    import tensorflow as tf

    x, y = pairs()
    model = randomized(model_of())
    Training().compile(model, TARGET)
    expected = model.evaluate(x, y, verbose=0, batch_size=8)
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(8)
    np.testing.assert_allclose(
        model.evaluate(dataset, verbose=0), expected, rtol=1e-5
    )
    batches = ((x[k : k + 8], y[k : k + 8]) for k in range(0, len(x), 8))
    np.testing.assert_allclose(
        model.evaluate(batches, steps=3, verbose=0), expected, rtol=1e-5
    )


def test_a_dataset_without_ends_fails_while_it_is_read():
    import tensorflow as tf

    x, y = pairs()
    model = model_of()
    Training().compile(model, TARGET)
    wrong = np.where(y == END, 3, y)
    dataset = tf.data.Dataset.from_tensor_slices((x, wrong)).batch(8)
    with pytest.raises(Exception, match="must end in end_id=2"):
        model.evaluate(dataset, verbose=0)


def test_a_dataset_with_an_empty_source_fails_while_it_is_read():
    import tensorflow as tf

    x, y = pairs()
    model = model_of()
    Training().compile(model, TARGET)
    x[3] = 0
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(8)
    with pytest.raises(Exception, match="must hold a token besides"):
        model.evaluate(dataset, verbose=0)


def test_a_vector_is_learnt_about():
    x = np.eye(5).repeat(4, axis=0)
    y = np.array([[3 + k, 4, END] for k in range(5)]).repeat(4, axis=0)
    model = one_to_many(
        Stack("gru", 8), Vector(5), TARGET, start_id=START, end_id=END
    )
    Training(learning_rate=3e-2).compile(model, TARGET)
    model.fit(x, y, epochs=60, verbose=0)
    written = decode(model, x, max_length=3)
    np.testing.assert_array_equal(written.ids[:, 0, :2], y[:, :2])
    assert (written.lengths == 2).all()


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([[3, 4]], [[3, 4]], r"must end in end_id=2.*row 0, \[3, 4\]"),
        ([[3, 4]], [[3, 2, 4]], "nothing but 0 after it"),
        ([[3, 4]], [[0, 3, 2]], "no 0 before end_id"),
        ([[3, 4]], [[1, 3, 2]], "begin without start_id=1"),
        ([[3, 4]], [[3, 9, 2]], r"Token ids must lie in 0 \.\. 8"),
        ([[3, 8]], [[3, 2]], r"Token ids must lie in 0 \.\. 7"),
        ([[0, 0]], [[3, 2]], "row 0 holds none"),
        ([[3, 4]], [3, 2], r"shape \(batch, time\)"),
    ],
)
def test_wrong_ids_are_refused_before_anything_is_trained(x, y, message):
    model = model_of()
    Training().compile(model, TARGET)
    for call in (model.fit, model.evaluate):
        with pytest.raises(ValueError, match=message):
            call(np.array(x), np.array(y), verbose=0)


def test_a_source_alone_is_sent_to_decode():
    x, _ = pairs()
    with pytest.raises(ValueError, match=r"keras_rnn\.models\.decode"):
        model_of().predict(x, verbose=0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"input_feeding": True}, "Use attention='dot'"),
        ({"attention": "best"}, "one of 'additive', 'dot'"),
        ({"start_id": 0}, "`start_id`"),
        ({"start_id": 9}, r"an id of the target, 1 \.\. 8"),
        ({"end_id": None}, "`end_id`"),
        ({"end_id": START}, "must differ"),
        ({"label_smoothing": 2}, "`label_smoothing`"),
        ({"head": NextToken(9, mask_zero=False)}, "mask_zero=True"),
        ({"stack": Stack("gru", 4, dilation=2)}, "dilated"),
    ],
)
def test_wrong_settings_are_refused(settings, message):
    given = {
        "stack": Stack("gru", 4),
        "inputs": Tokens(8),
        "head": TARGET,
        "start_id": START,
        "end_id": END,
    }
    with pytest.raises((ValueError, TypeError), match=message):
        seq2seq(**given | settings)


def test_settings_of_tokens_are_refused_for_numbers():
    with pytest.raises(ValueError, match="`attention` is for tokens"):
        seq2seq(
            Stack("gru", 4), Sequences(), Regression(horizon=2), attention="dot"
        )
    with pytest.raises(TypeError, match="Use Tokens as inputs"):
        seq2seq(Stack("gru", 4), Sequences(), TARGET)
