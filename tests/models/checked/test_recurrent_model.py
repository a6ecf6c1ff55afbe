# SPDX-License-Identifier: Apache-2.0
from typing import NamedTuple

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_rnn.models import (
    DISTRIBUTIONS,
    Binary,
    Gaussian,
    MultiClass,
    NextToken,
    Quantiles,
    RecurrentModel,
    Regression,
    Sequences,
    Stack,
    Tokens,
    for_inference,
    many_to_many,
    many_to_one,
    reset_states,
    seq2seq,
    sequence_autoencoder,
    stateful_forecaster,
)

#: As many sequences as steps: what confuses the two axes shows nowhere else.
N = TIME = 4
STACK = Stack("simple_rnn", 2)
TOKENS = Tokens(5, 2, mask_zero=False)
rng = np.random.default_rng(0)
X = rng.normal(size=(N, TIME, 1)).astype("float32")
IDS = rng.integers(0, 5, (N, TIME))
SPARSE = keras.losses.SparseCategoricalCrossentropy()
LOGITS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


class Case(NamedTuple):
    """A model, the shapes of targets that fit it, and some that do not."""

    build: object
    right: tuple
    refused: tuple
    losses: tuple = ("mse",)
    metrics: tuple = ()
    x: np.ndarray = X
    one_hot: int = 0


NUMBERS = {
    "losses": ("mse", keras.losses.Huber()),
    "metrics": ("mae", keras.metrics.RootMeanSquaredError()),
}
IDS_OF_CLASSES = {
    "losses": ("sparse_categorical_crossentropy", SPARSE),
    "metrics": ("accuracy", "sparse_categorical_crossentropy"),
}


def regression(right, refused, **settings):
    return Case(
        lambda: many_to_one(STACK, Sequences(), Regression(**settings)),
        right,
        refused,
        **NUMBERS,
    )


def distribution(factory, head, right, refused):
    return Case(
        lambda: factory(STACK, Sequences(), head),
        right,
        refused,
        losses=(head.loss,),
        metrics=(head.loss,),
    )


def over_time(head, right, refused, **settings):
    x = IDS if isinstance(head, NextToken) else X
    inputs = TOKENS if isinstance(head, NextToken) else Sequences()
    return Case(
        lambda: many_to_many(STACK, inputs, head),
        right,
        refused,
        x=x,
        **settings,
    )


def stateful(right, refused, **settings):
    return Case(
        lambda: stateful_forecaster(
            STACK, Sequences(), Regression(**settings), batch_size=N
        ),
        right,
        refused,
        **NUMBERS,
    )


CASES = {
    "one number": regression(
        [(N, 1, 1), (N, 1), (N,)], [(N, 2), (N, 1, N), (N, 1, 1, 1), (1, N)]
    ),
    "horizon": regression(
        [(N, 3, 1), (N, 3)], [(N,), (N, 1), (N, 1, 3), (N, 3, 1, 1)], horizon=3
    ),
    "horizon of the batch": regression(
        [(N, N, 1), (N, N)], [(N,), (N, 1, N)], horizon=N
    ),
    "targets": regression(
        [(N, 1, 3), (N, 3)], [(N,), (N, 3, 1)], num_targets=3
    ),
    "as many targets as steps": regression(
        [(N, 3, 3)], [(N, 3), (N, 3, 1), (N, 1, 3)], horizon=3, num_targets=3
    ),
    "seq2seq": Case(
        lambda: seq2seq(STACK, Sequences(), Regression(horizon=3)),
        [(N, 3, 1), (N, 3)],
        [(N,), (N, 1, 3)],
        **NUMBERS,
    ),
    "number a step": over_time(
        Regression(), [(N, TIME, 1), (N, TIME)], [(N,), (N, 1)], **NUMBERS
    ),
    "numbers a step": over_time(
        Regression(num_targets=2),
        [(N, TIME, 2)],
        [(N,), (N, TIME), (N, 2), (N, TIME, 1)],
        **NUMBERS,
    ),
    "stateful": stateful(
        [(N, TIME, 1, 1), (N, TIME), (N, TIME, 1)], [(N,), (N, 1, TIME)]
    ),
    "stateful horizon": stateful(
        [(N, TIME, 2, 1), (N, TIME, 2)], [(N, TIME), (N, 2)], horizon=2
    ),
    "autoencoder": Case(
        lambda: sequence_autoencoder(STACK, Sequences(), 2).autoencoder,
        [(N, TIME, 1), (N, TIME)],
        [(N,), (N, 1)],
        **NUMBERS,
    ),
    "decoder": Case(
        lambda: sequence_autoencoder(STACK, Sequences(length=3), 2).decoder,
        [(N, 3, 1), (N, 3)],
        [(N,), (N, 1, 3)],
        x=rng.normal(size=(N, 2)),
        **NUMBERS,
    ),
    "binary": Case(
        lambda: many_to_one(STACK, Sequences(), Binary()),
        [(N, 1), (N,)],
        [(N, 2), (N, 1, 1)],
        losses=("binary_crossentropy",),
        metrics=("accuracy", keras.metrics.Recall()),
        one_hot=2,
    ),
    "binary a step": over_time(
        Binary(),
        [(N, TIME, 1), (N, TIME)],
        [(N,), (N, 1)],
        losses=("binary_crossentropy",),
        metrics=("accuracy",),
        one_hot=2,
    ),
    "classes": Case(
        lambda: many_to_one(STACK, Sequences(), MultiClass(3)),
        [(N,), (N, 1)],
        [(N, 2), (N, 1, 1), (1, N)],
        one_hot=3,
        **IDS_OF_CLASSES,
    ),
    "classes a step": over_time(
        MultiClass(3),
        [(N, TIME), (N, TIME, 1)],
        [(N,), (N, 1), (N, TIME, 2)],
        one_hot=3,
        **IDS_OF_CLASSES,
    ),
    "next token": over_time(
        NextToken.of(TOKENS),
        [(N, TIME), (N, TIME, 1)],
        [(N,), (N, 1)],
        one_hot=5,
        losses=(LOGITS,),
        metrics=("accuracy",),
    ),
} | {
    f"{type(head).__name__} {factory.__name__} {head.horizon}": distribution(
        factory, head, right, refused
    )
    for factory in (many_to_one, seq2seq)
    for kind in DISTRIBUTIONS.values()
    for head, right, refused in (
        (kind(), [(N, 1, 1), (N, 1), (N,)], [(N, 2), (N, 1, 1, 1), (1, N)]),
        (kind(horizon=3), [(N, 3, 1), (N, 3)], [(N,), (N, 1), (N, 3, 1, 2)]),
    )
}  # fmt: skip
every_case = pytest.mark.parametrize("name", CASES)


def compiled(model, loss, metrics=(), eagerly=True):
    metrics = [
        type(k).from_config(k.get_config())
        if isinstance(k, keras.metrics.Metric)
        else k
        for k in metrics
    ]
    # Running eagerly spares a trace for each of many shapes.
    model.compile("sgd", loss, metrics=metrics, run_eagerly=eagerly)
    return model


def targets_of(case):
    """Targets of the full shape."""
    shape = case.right[0]
    if case.one_hot:
        return rng.integers(0, case.one_hot, shape).astype("float32")
    return rng.integers(0, 9, shape).astype("float32")


@every_case
def test_targets_lie_along_the_axes_of_the_head(name):
    case = CASES[name]
    model, y = case.build(), targets_of(case)
    assert isinstance(model, RecurrentModel)
    for loss in case.losses:
        compiled(model, loss, case.metrics)
        found = []
        for shape in case.right:
            if "stateful" in name:
                reset_states(model)
            found.append(model.test_on_batch(case.x, y.reshape(shape)))
            np.testing.assert_allclose(found[-1], found[0], rtol=1e-5)


@every_case
def test_other_targets_are_refused_before_anything_is_trained(name):
    case = CASES[name]
    model = case.build()
    for loss in case.losses:
        compiled(model, loss)
        before = [w.copy() for w in model.get_weights()]
        for shape in case.refused:
            y = np.zeros((N, *shape[1:]) if shape[0] == N else shape, "float32")
            match = rf"Received: targets of shape \({shape[0]},"
            with pytest.raises(ValueError, match=match):
                model.train_on_batch(case.x, y)
        for old, new in zip(before, model.get_weights(), strict=True):
            np.testing.assert_array_equal(old, new)


GRAPHS = ("one number", "number a step", "classes a step", "seq2seq")
GRAPHS += ("Gaussian many_to_one 1",)


@pytest.mark.parametrize("name", GRAPHS)
def test_a_dataset_is_read_as_the_arrays_are(name):
    case = CASES[name]
    model, y = case.build(), targets_of(case)
    compiled(model, case.losses[0], case.metrics, eagerly=False)
    right = model.evaluate(case.x, y, verbose=0)
    squeezed = y.reshape(case.right[-1])
    data = tf.data.Dataset.from_tensor_slices((case.x, squeezed)).batch(N)
    found = model.evaluate(data, verbose=0)
    np.testing.assert_allclose(found, right, rtol=1e-5)
    wrong = np.zeros(case.refused[0], "float32")
    data = tf.data.Dataset.from_tensor_slices((case.x, wrong)).batch(N)
    with pytest.raises(ValueError, match="Received: targets of shape"):
        model.fit(data, shuffle=False, verbose=0)


@pytest.mark.parametrize(
    ("build", "right", "refused"),
    [
        (CASES["horizon"].build, (N, 3), [(N, 1), (N, 1, 1), (N, 1, 3)]),
        (CASES["number a step"].build, (N, TIME), [(N, 1), (N, 1, 1)]),
    ],
)
def test_sizes_that_a_graph_learns_when_it_runs_are_checked_then(
    build, right, refused
):
    model = build()
    model.compile("sgd", "mse")

    def loss(*shape):
        y = np.ones(shape, "float32")
        unknown = [tf.TensorSpec([None] * k) for k in (3, len(shape))]
        data = tf.data.Dataset.from_generator(
            lambda: iter([(X, y)]), output_signature=tuple(unknown)
        )
        return model.evaluate(data.repeat(), steps=1, verbose=0)

    errors = (np.asarray(model(X)) - 1) ** 2
    np.testing.assert_allclose(loss(*right), errors.mean(), rtol=1e-5)
    for shape in refused:  # NumPy would broadcast all of these
        with pytest.raises(tf.errors.InvalidArgumentError):
            loss(*shape)


@pytest.mark.parametrize("over", ["sequences", "steps"])
def test_one_hot_targets_of_classes_stay_what_they_are(over):
    ids = rng.integers(0, 3, (N, TIME))
    model = many_to_many(STACK, Sequences(), MultiClass(3))
    if over == "sequences":
        model = many_to_one(STACK, Sequences(), MultiClass(3))
        ids = ids[:, 0]
    compiled(model, "sparse_categorical_crossentropy")
    right = model.test_on_batch(X, ids)
    compiled(model, "categorical_crossentropy", ["accuracy"])
    found = model.test_on_batch(X, np.eye(3)[ids])
    np.testing.assert_allclose(found[0], right, rtol=1e-5)


@pytest.mark.parametrize(
    ("head", "loss", "metrics", "remedy"),
    [
        (MultiClass(3), "mse", [], "sparse"),
        (MultiClass(3), keras.losses.MeanAbsoluteError(), [], "one-hot"),
        (MultiClass(3), SPARSE, ["mae"], "sparse metric"),
        (MultiClass(3), SPARSE, [keras.metrics.AUC()], "sparse metric"),
        (Gaussian(), "mse", [], "head.loss"),
        (Quantiles(), keras.losses.mean_absolute_error, [], "head.loss"),
        (Gaussian(), Gaussian().loss, ["mae"], "head.loss"),
    ],
)
def test_a_loss_that_would_compare_ids_with_chances_is_refused(
    head, loss, metrics, remedy
):
    model = many_to_one(STACK, Sequences(), head)
    compiled(model, loss, metrics)
    with pytest.raises(ValueError, match=f"entry by entry.*{remedy}"):
        model.train_on_batch(X, np.zeros(N))


def test_a_function_of_ids_written_by_a_user_gets_them():
    def chance_of_a_mistake(y_true, y_pred):
        ids = keras.ops.cast(y_true, "int32")
        right = keras.ops.one_hot(ids, 3) * y_pred
        return 1 - keras.ops.sum(right, axis=-1)

    ids = rng.integers(0, 3, N)
    model = many_to_one(STACK, Sequences(), MultiClass(3))
    compiled(model, chance_of_a_mistake)
    expected = 1 - np.asarray(model(X))[np.arange(N), ids].mean()
    np.testing.assert_allclose(model.test_on_batch(X, ids), expected, rtol=1e-5)


MASKED = Sequences(mask_value=-9.0)
PADDED = X.copy()
for row, length in enumerate((1, 2, 3, 4)):
    PADDED[row, length:] = -9
VALID = PADDED[..., 0] != -9


def test_weights_of_sequences_spread_over_their_valid_steps():
    model = many_to_many(STACK, MASKED, Regression())
    model.compile("sgd", "mse", weighted_metrics=["mae"], run_eagerly=True)
    y = np.where(VALID, 0.0, 1e6)
    errors = np.asarray(model(PADDED))[..., 0]
    weights = np.array([1.0, 2.0, 3.0, 5.0])
    of_steps = np.repeat(weights[:, None], TIME, axis=1)
    expected = (errors**2 * of_steps)[VALID].sum() / VALID.sum()
    for given in (weights, weights[:, None], of_steps, of_steps[..., None]):
        loss, mae = model.test_on_batch(PADDED, y, sample_weight=given)
        np.testing.assert_allclose(loss, expected, rtol=1e-4)
        of_metric = (np.abs(errors) * of_steps)[VALID].sum()
        of_metric /= of_steps[VALID].sum()
        np.testing.assert_allclose(mae, of_metric, rtol=1e-4)


def test_weights_of_steps_stay_at_their_steps():
    model = many_to_many(STACK, Sequences(), Regression())
    compiled(model, "mse")
    weights = rng.uniform(size=(N, TIME))
    errors = np.asarray(model(X))[..., 0]
    loss = model.test_on_batch(X, np.zeros((N, TIME)), sample_weight=weights)
    np.testing.assert_allclose(loss, (errors**2 * weights).mean(), rtol=1e-5)


@pytest.mark.parametrize("head", [Regression(N, N), Gaussian(N, N)])
def test_weights_of_forecasts_lie_along_the_horizon(head):
    model = many_to_one(STACK, Sequences(), head)
    loss = head.loss
    compiled(model, loss)
    y = rng.normal(size=(N, N, N)).astype("float32")
    function = keras.losses.get(loss) if isinstance(loss, str) else loss.call
    of_one = np.array(function(keras.ops.convert_to_tensor(y), model(X)))
    weights = rng.uniform(size=(N, N))
    while of_one.ndim > 2:
        of_one = of_one.mean(axis=-1)
    found = model.test_on_batch(X, y, sample_weight=weights)
    np.testing.assert_allclose(found, (of_one * weights).mean(), rtol=1e-4)
    found = model.test_on_batch(X, y, sample_weight=weights[0])
    by_sequence = (of_one * weights[0][:, None]).mean()
    np.testing.assert_allclose(found, by_sequence, rtol=1e-4)


def test_weights_that_lie_nowhere_are_refused():
    model = many_to_many(STACK, Sequences(), Regression())
    compiled(model, "mse")
    for shape in ((N, TIME + 1), (N, TIME, 2), (N, 1, TIME)):
        with pytest.raises(ValueError, match="`sample_weight` must have"):
            model.train_on_batch(
                X, np.zeros((N, TIME)), sample_weight=np.ones(shape)
            )


@pytest.mark.parametrize("data", ["arrays", "dataset", "batch"])
def test_class_weight_of_a_tagger_is_refused_with_its_remedy(data):
    model = many_to_many(STACK, TOKENS, MultiClass(3))
    model.compile("sgd", "sparse_categorical_crossentropy")
    weights, y = {0: 1.0, 1: 9.0}, np.ones((N, TIME))
    given = (IDS, y)
    if data == "dataset":
        given = (tf.data.Dataset.from_tensor_slices((IDS, y)).batch(N),)
    train = model.train_on_batch if data == "batch" else model.fit
    with pytest.raises(ValueError, match="Use sample_weight"):
        train(*given, class_weight=weights)


@pytest.mark.parametrize("shape", [(N,), (N, 1)])
def test_class_weight_of_sequences_equals_the_same_sample_weights(shape):
    model = many_to_one(STACK, Sequences(), MultiClass(3))
    compiled(model, "sparse_categorical_crossentropy")
    model.optimizer.learning_rate = 0.0
    y = np.array([0, 1, 2, 1])
    weights = np.array([1.0, 5.0, 2.0])
    found = model.train_on_batch(
        X, y.reshape(shape), class_weight=dict(enumerate(weights))
    )
    right = model.test_on_batch(X, y, sample_weight=weights[y])
    np.testing.assert_allclose(found, right, rtol=1e-5)


def test_a_conditional_autoencoder_is_told_targets_with_all_axes():
    models = sequence_autoencoder(STACK, Sequences(), 2, conditional=True)
    compiled(models.autoencoder, "mse")
    models.autoencoder.optimizer.learning_rate = 0.0
    found = [models.autoencoder.train_on_batch(X, y) for y in (X, X[..., 0])]
    np.testing.assert_allclose(found[0], found[1], rtol=1e-5)


@pytest.mark.parametrize("name", ["classes a step", "Gaussian many_to_one 3"])
def test_copies_know_their_axes(name, tmp_path):
    case = CASES[name]
    model, y = case.build(), targets_of(case)
    model.save(tmp_path / "model.keras")
    copies = [
        keras.models.load_model(tmp_path / "model.keras"),
        keras.models.clone_model(model),
        for_inference(model, batch_size=N),
    ]
    for copy in copies:
        assert type(copy) is RecurrentModel
        assert [k.name for k in copy.layers] == [k.name for k in model.layers]
        compiled(copy, case.losses[0])
        copy.test_on_batch(case.x, y)
        with pytest.raises(ValueError, match="Received: targets of shape"):
            copy.test_on_batch(case.x, np.zeros(case.refused[0]))


def test_metrics_of_training_heed_the_mask():
    model = many_to_many(STACK, MASKED, Regression())
    y = np.where(VALID, 0.0, 1e6)[..., None]
    model.compile(keras.optimizers.SGD(0.0), "mse", metrics=["mae"])
    found = model.fit(PADDED, y, verbose=0).history["mae"]
    errors = np.abs(np.asarray(model(PADDED))[..., 0])
    np.testing.assert_allclose(found, errors[VALID].mean(), rtol=0.3)


def train_on_batches(model):
    for _ in range(2):
        model.train_on_batch(X, np.zeros(N))


@pytest.mark.parametrize(
    "train",
    [
        lambda model: model.fit(X, np.zeros(N), epochs=2, verbose=0),
        train_on_batches,
    ],
    ids=["fit", "train_on_batch"],
)
def test_a_training_step_is_traced_once(train, monkeypatch):
    model = many_to_one(STACK, Sequences(), Regression())
    model.compile("adam", "mse")
    traces, step = [], model.train_step
    monkeypatch.setattr(
        model, "train_step", lambda *data: traces.append(1) or step(*data)
    )
    train(model)
    assert len(traces) == 1
