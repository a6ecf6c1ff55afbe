# SPDX-License-Identifier: Apache-2.0
"""What is read off logits, against all paths there are."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn.models import (
    CTC_DECODERS,
    CertainBlank,
    Characters,
    NextToken,
    Sequences,
    Stack,
    Tokens,
    ctc,
    decode,
    many_to_many,
)
from tests.backend import BACKEND
from tests.rows import few_keys, randomized

CLASSES, TIME = 3, 6
#: More than the label sequences that six frames can give.
EVERY = 80


def drawn(rows=4, time=TIME, classes=CLASSES, seed=0):
    generator = np.random.default_rng(seed)
    return generator.normal(size=(rows, time, classes)).astype("float32")


def by_enumeration(logits, extra=lambda labels: 0.0):
    """Dict of labels -> log p of all their paths, and extra; best first."""
    logits = logits.astype("float64")
    log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    p = {}
    for path in itertools.product(range(logits.shape[-1]), repeat=len(logits)):
        labels = tuple(c for c, _ in itertools.groupby(path) if c)
        p[labels] = p.get(labels, 0) + np.exp(
            sum(log_p[t, c] for t, c in enumerate(path))
        )
    scores = {labels: np.log(v) + extra(labels) for labels, v in p.items()}
    return dict(sorted(scores.items(), key=lambda pair: -pair[1]))


def read(logits, method="beam", **settings):
    """Lists of labels and scores, per row."""
    found = CTC_DECODERS[method](**settings)(ops.convert_to_tensor(logits))
    ids, lengths, scores = map(ops.convert_to_numpy, found)
    rows = [
        [tuple(row[:length].tolist()) for row, length in zip(*k, strict=True)]
        for k in zip(ids, lengths, strict=True)
    ]
    return rows, scores


def test_the_beam_sums_over_all_paths():
    logits = drawn()
    rows, scores = read(logits, num_best=12, beam_width=EVERY)
    for row, found in enumerate(rows):
        expected = by_enumeration(logits[row])
        assert found == list(expected)[:12]
        np.testing.assert_allclose(
            scores[row], list(expected.values())[:12], atol=1e-5
        )


def test_kerass_beam_finds_the_same():
    logits = drawn(rows=3, time=4)
    rows, scores = read(logits, num_best=3, beam_width=EVERY)
    ids, log_p = ops.ctc_decode(
        logits,
        np.full(3, 4, "int32"),
        strategy="beam_search",
        beam_width=EVERY,
        top_paths=3,
        mask_index=0,
    )
    ids = np.moveaxis(ops.convert_to_numpy(ids), 0, 1)
    for row, found in enumerate(rows):
        assert found == [tuple(k[k > 0].tolist()) for k in ids[row]]
    np.testing.assert_allclose(scores, log_p, atol=1e-4)


def test_a_narrow_beam_never_scores_more_than_all_paths():
    logits = drawn(rows=6)
    for width in (1, 2, 5):
        rows, scores = read(logits, beam_width=width)
        for row, ((labels,), (score,)) in enumerate(
            zip(rows, scores, strict=True)
        ):
            assert score <= by_enumeration(logits[row])[labels] + 1e-5


def test_the_best_path_is_scored_over_all_of_its_labels_paths():
    logits = drawn(rows=8, seed=1)
    rows, scores = read(logits, "greedy")
    for row, ((labels,), (score,)) in enumerate(zip(rows, scores, strict=True)):
        path = logits[row].argmax(axis=-1)
        assert labels == tuple(c for c, _ in itertools.groupby(path) if c)
        expected = by_enumeration(logits[row])[labels]
        assert score == pytest.approx(expected, abs=1e-5)


def test_the_beam_can_find_labels_that_are_likelier_than_the_best_path():
    p = np.array([[[0.6, 0.4], [0.6, 0.4]]], "float32")  # 0.36 for blanks
    rows, scores = read(np.log(p), beam_width=3)
    assert rows == [[(1,)]]
    assert scores[0, 0] == pytest.approx(np.log(0.64), abs=1e-6)
    rows, _ = read(np.log(p), "greedy")
    assert rows == [[()]]


def test_an_insertion_bonus_counts_labels():
    logits = drawn(rows=2)
    rows, scores = read(
        logits, num_best=5, beam_width=EVERY, insertion_bonus=0.7
    )
    for row, found in enumerate(rows):
        expected = by_enumeration(logits[row], lambda k: 0.7 * len(k))
        assert found == list(expected)[:5]
        np.testing.assert_allclose(
            scores[row], list(expected.values())[:5], atol=1e-5
        )


def language_model(key="gru", classes=CLASSES, **settings):
    tokens = Tokens(classes, embedding_units=3)
    return randomized(
        many_to_many(Stack(key, 4, **settings), tokens, NextToken.of(tokens))
    )


def spoken(model, labels):
    """Σ log p of all labels but the first, without padding, by a plain call."""
    if len(labels) < 2:
        return 0.0
    logits = ops.convert_to_numpy(model(np.array([labels[:-1]], "int32")))[0]
    logits = logits[:, 1:].astype("float64")
    log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return sum(log_p[k, label - 1] for k, label in enumerate(labels[1:]))


@few_keys
def test_a_language_model_reads_the_labels_of_each_prefix(key):
    model = language_model(key)
    logits = drawn(rows=2)
    rows, scores = read(
        logits,
        num_best=6,
        beam_width=EVERY,
        language_model=model,
        language_weight=0.8,
        insertion_bonus=0.5,
    )

    def extra(labels):
        return 0.8 * spoken(model, labels) + 0.5 * len(labels)

    for row, found in enumerate(rows):
        expected = by_enumeration(logits[row], extra)
        assert found == list(expected)[:6]
        np.testing.assert_allclose(
            scores[row], list(expected.values())[:6], atol=1e-4
        )


def assert_speaks(model):
    """What a beam adds of a language model is what a plain call says."""
    rows, scores = read(
        drawn(rows=1),
        beam_width=EVERY,
        language_model=model,
        language_weight=1.0,
    )
    labels = rows[0][0]
    expected = by_enumeration(drawn(rows=1)[0])[labels] + spoken(model, labels)
    assert scores[0, 0] == pytest.approx(expected, abs=1e-4)


def test_a_language_model_of_connected_layers_is_read():
    model = language_model(
        "lstm",
        residual="highway",
        normalization="layer",
        dropout=0.5,
    )
    assert_speaks(model)


def transcriber(classes=CLASSES, key="gru"):
    inputs = Sequences(2, mask_value=0.0)
    return randomized(ctc(Stack(key, 5), inputs, Characters(classes)))


def sounds():
    x = np.random.default_rng(2).normal(size=(5, 9, 2))
    x[1:, 6:] = 0  # shorter
    x[2, 2:4] = 0  # holes
    return x.astype("float32")


@pytest.mark.parametrize("method", CTC_DECODERS)
def test_decode_reads_the_logits_of_the_model(method):
    x, model = sounds(), transcriber()
    found = decode(model, x, method=method)
    logits = model.predict(x, verbose=0)
    for row in range(len(x)):
        frames = logits[row][(x[row] != 0).any(axis=-1)]
        (((labels,),), scores) = read(frames[None], method)
        got = found.ids[row, 0, : found.lengths[row, 0]]
        assert tuple(got.tolist()) == labels
        assert (found.ids[row, 0, len(labels) :] == 0).all()
        np.testing.assert_allclose(found.scores[row], scores[0], rtol=1e-4)
    assert found.ids.shape[-1] == max(found.lengths.max(), 1)
    assert found.attention is None


def test_batches_of_one_are_read_alike():
    x, model = sounds(), transcriber()
    whole = decode(model, x, method="beam", num_best=3)
    single = decode(model, x, method="beam", num_best=3, batch_size=1)
    np.testing.assert_array_equal(whole.ids, single.ids)
    np.testing.assert_allclose(whole.scores, single.scores, rtol=1e-4)


def test_padding_adds_no_label_to_any_place():
    logits = drawn(rows=1, time=2)
    mask = np.array([[True, True, *[False] * 6]])
    padded = CertainBlank()(
        np.concatenate([logits, drawn(rows=1, time=6)], axis=1), mask=mask
    )
    settings = {"num_best": 8, "beam_width": 8, "insertion_bonus": 3e4}
    alone, scores = read(logits, **settings)
    rows, padded_scores = read(padded, **settings)
    exist = scores[0] > -1e8
    assert exist.sum() == 5  # nothing, 1, 2, 1 2 and 2 1
    assert rows[0][:5] == alone[0][:5]
    np.testing.assert_allclose(padded_scores[0, :5], scores[0, :5], rtol=1e-5)
    assert (padded_scores[0, 5:] < -1e8).all()


def test_rows_with_fewer_sequences_than_asked_for_say_so():
    x, model = sounds()[:2, :1], transcriber(classes=2)
    found = decode(model, x, method="beam", num_best=5)
    assert np.isfinite(found.scores[:, :2]).all()  # nothing, and one label
    assert (found.scores[:, 2:] == -np.inf).all()
    assert (found.ids[:, 2:] == 0).all()
    assert (found.lengths[:, 2:] == 0).all()


def test_training_a_language_model_further_changes_what_is_read():
    x, model, language = sounds(), transcriber(), language_model()
    settings = {
        "method": "beam",
        "language_model": language,
        "language_weight": 1.0,
        "num_best": 3,
    }
    before = decode(model, x, **settings)
    randomized(language, seed=5)
    after = decode(model, x, **settings)
    assert not np.allclose(before.scores, after.scores)
    logits = CertainBlank()(model.predict(x[:1], verbose=0))
    _, scores = read(
        logits, num_best=3, language_model=language, language_weight=1.0
    )
    np.testing.assert_allclose(after.scores[:1], scores, rtol=1e-4)


def test_the_beam_compiles():
    """On TensorFlow under XLA, where Keras's does not."""
    logits = drawn()
    beam = CTC_DECODERS["beam"](num_best=3, beam_width=8)
    if BACKEND == "tensorflow":
        import tensorflow as tf

        compiled = tf.function(beam, jit_compile=True)
    elif BACKEND == "jax":
        import jax

        compiled = jax.jit(beam)
    else:
        pytest.skip("PyTorch runs as it is")
    for found, expected in zip(
        compiled(ops.convert_to_tensor(logits)),
        beam(ops.convert_to_tensor(logits)),
        strict=True,
    ):
        np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"method": "sample"}, "`method` must be"),
        ({"max_length": 5}, "`max_length` is for models of seq2seq"),
        ({"temperature": 2.0}, "method='sample' of seq2seq"),
        ({"beam_width": 3}, "`beam_width` is for method='beam'"),
        ({"num_best": 2}, "one best path"),
        ({"method": "beam", "num_best": 30}, "at most `beam_width`"),
        ({"method": "beam", "beam_width": 0}, "`beam_width`"),
        ({"method": "beam", "insertion_bonus": np.nan}, "`insertion_bonus`"),
        ({"method": "beam", "language_weight": 1.0}, "weight needs a model"),
        (
            {"method": "beam", "language_weight": np.float64(1)},
            "weight needs a model",
        ),
        ({"method": "beam", "language_weight": -1.0}, "above 0"),
        ({"insertion_bonus": 1.0}, "method='beam' of ctc"),
        ({"batch_size": 0}, "`batch_size`"),
    ],
)
def test_wrong_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        decode(transcriber(), sounds(), **settings)


@pytest.mark.parametrize(
    ("model", "weight", "message"),
    [
        (language_model, 0.0, "`language_weight` above 0"),
        (lambda: language_model(classes=9), 1.0, "a vocabulary of 9"),
        (transcriber, 1.0, "must give logits of the next token"),
        (lambda: language_model(dilation=2), 1.0, "as a whole"),
    ],
)
def test_models_that_speak_otherwise_are_refused(model, weight, message):
    with pytest.raises(ValueError, match=message):
        decode(
            transcriber(),
            sounds(),
            method="beam",
            language_model=model(),
            language_weight=weight,
        )


def _calls_twice():
    ids = keras.Input((None,), dtype="int32")
    layer = keras.layers.GRU(4, return_sequences=True)
    x = layer(layer(keras.layers.Embedding(CLASSES, 4)(ids)))
    return keras.Model(ids, keras.layers.Dense(CLASSES)(x))


def _begins_elsewhere():
    ids = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(CLASSES, 4)(ids)
    first = keras.layers.LSTM(4)(x)
    x = keras.layers.GRU(4, return_sequences=True)(x, initial_state=first)
    return keras.Model(ids, keras.layers.Dense(CLASSES)(x))


@pytest.mark.parametrize(
    ("model", "message"),
    [(_calls_twice, "runs 2 times"), (_begins_elsewhere, "initial states")],
)
def test_states_that_cannot_be_carried_are_refused(model, message):
    with pytest.raises(ValueError, match=message):
        read(drawn(), language_model=model(), language_weight=1.0)


def test_sequential_models_of_stacked_cells_speak():
    cells = [keras.layers.LSTMCell(3), keras.layers.GRUCell(2)]
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(CLASSES, 4),
            keras.layers.RNN(cells, return_sequences=True),
            keras.layers.Dense(CLASSES),
        ]
    )
    randomized(model)
    assert_speaks(model)


def test_datasets_are_refused():
    tf = pytest.importorskip("tensorflow")
    dataset = tf.data.Dataset.from_tensors(sounds())
    with pytest.raises(TypeError, match="batch by batch"):
        decode(transcriber(), dataset)


def test_other_models_are_refused():
    with pytest.raises(TypeError, match=r"seq2seq of tokens, one_to_many or"):
        decode(language_model(), np.ones((2, 3)))
    with pytest.raises(TypeError, match="seq2seq"):
        decode(keras.Sequential(), sounds())
    with pytest.raises(TypeError, match="seq2seq"):
        decode("model", sounds())
