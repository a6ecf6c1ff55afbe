# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
import tensorflow as tf

from keras_rnn.data import REPRESENTATIONS, Columns, Windows
from keras_rnn.models import DISTRIBUTIONS, Regression, Sequences
from keras_rnn.tuning import Arrays, Batches, CrossValidation, Forecast
from tests.tiers import mostly_slow, products
from tests.tuning import tiny


def batches(*arrays):
    return tf.data.Dataset.from_tensor_slices(arrays).batch(2)


@pytest.mark.parametrize(
    ("dataset", "words"),
    [
        (batches(np.zeros((4, 6, 3)), np.zeros(4)), "`inputs` states"),
        (batches(np.zeros((4, 6)), np.zeros(4)), "`inputs` states"),
        (tf.data.Dataset.from_tensors(np.zeros((2, 6, 1))), "give batches"),
    ],
)
def test_batches_that_no_model_takes_are_refused(dataset, words):
    with pytest.raises(ValueError, match=words):
        Batches(dataset, Regression(), Sequences())


def test_batches_of_any_length_are_taken():
    ragged = tf.data.Dataset.from_generator(
        lambda: iter(()),
        output_signature=(
            tf.TensorSpec((None, None, 1)),
            tf.TensorSpec((None, 1, 1)),
        ),
    )
    assert len(Batches(ragged, Regression(), Sequences(length=6))) == 0


def test_a_dataset_without_an_end_is_refused():
    dataset = batches(np.zeros((4, 6, 1)), np.zeros((4, 1, 1))).repeat()
    task = Batches(dataset, Regression(), Sequences())
    with pytest.raises(ValueError, match=r"Remove `.repeat\(\)`"):
        len(task)


def test_baselines_are_judged_by_the_same_windows():
    scores = tiny.forecast().baselines(CrossValidation(folds=2, gap=1))
    assert scores["seasonal_naive"] == pytest.approx([0.12, 0.12])


def counts():
    """A hundred days of visits around 9."""
    return (10 + 8 * tiny.wave()).round()


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_networks_of_every_distribution_are_tuned(distribution, tmp_path):
    task = Forecast(
        counts(),
        Columns("y"),
        Windows(lookback=6, horizon=2),
        distribution=distribution,
        intervals=(0.8,),
    )
    result = tiny.run(tmp_path, cells=("elman",), task=task)
    # Visits lie in 2 .. 26: so does a median, and no error is larger.
    assert result.leaderboard()["mean"].between(0, 26).all()


@products(
    distribution=mostly_slow(DISTRIBUTIONS, default=["gaussian"]),
    given=["arrays", "batches"],
)
def test_samples_of_every_distribution_are_tuned(distribution, given, tmp_path):
    generator = np.random.default_rng(0)
    x = generator.normal(size=(24, 4, 1)).astype("float32")
    y, head = generator.poisson(9.0, size=24), distribution()
    task = Arrays(x, y, head)
    if given == "batches":
        rows = y[:, np.newaxis, np.newaxis].astype("float32")
        task = Batches(batches(x, rows), head, Sequences(1))
    result = tiny.run(tmp_path, cells=("elman",), task=task)
    assert np.isfinite(result.leaderboard()["mean"]).all()


@pytest.mark.parametrize("key", REPRESENTATIONS)
def test_every_representation_is_tuned(key):
    distribution = "poisson" if key == "counts" else None
    shape = {
        "columns": Columns("y"),
        "windows": Windows(lookback=12, horizon=2),
    }
    task = Forecast(
        counts(),
        **shape,
        representation=key,
        season=12,
        distribution=distribution,
    )
    prepared = task.prepared(task.entries())
    kind = REPRESENTATIONS[key]
    assert isinstance(prepared.scales.representation, kind)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"representation": "logs"},
            "`representation` must be one of 'level', 'change'",
        ),
        ({"representation": "counts"}, "or a representation such as"),
        (
            {"distribution": "poisson", "representation": "level"},
            "is one of counts as they are",
        ),
        (
            {"representation": "seasonal_change"},
            "SeasonalChange needs a season",
        ),
        ({"distribution": "normal"}, "`distribution` must be one of None, 'qu"),
        ({"distribution": "gaussian", "loss": "mse"}, "brings its own loss"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Forecast(
            counts(), Columns("y"), Windows(lookback=6, horizon=2), **settings
        )
