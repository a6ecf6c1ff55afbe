# SPDX-License-Identifier: Apache-2.0
"""Training stops, says why, and goes on where a kill left it."""

import json

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from keras_rnn.data import Columns, Part, Windows, prepare
from keras_rnn.forecasting import Training
from keras_rnn.forecasting.training import Progress
from keras_rnn.models import Regression, Sequences, Stack, many_to_one


@pytest.fixture(scope="module")
def data():
    frame = pd.DataFrame({"y": np.sin(np.arange(200) / 3)})
    return prepare(frame, Columns("y"), Windows(lookback=6, horizon=2))


def network(data):
    stack = Stack("elman", units=3)
    return lambda: many_to_one(stack, Sequences.of(data), Regression.of(data))


class Killed(Exception):
    pass


def test_a_killed_training_goes_on_after_its_last_epoch(
    data, tmp_path, monkeypatch
):
    build, training = network(data), Training(epochs=4)
    write = Progress._write

    def write_and_die(self):
        write(self)
        if self.state["epochs"] == 2:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Progress, "_write", write_and_die)
        with pytest.raises(Killed):
            training.fit(build, data, directory=tmp_path)
    state = json.loads((tmp_path / "progress.json").read_text())
    assert state["epochs"] == 2
    _, history = training.fit(build, data, directory=tmp_path)
    assert len(history) == 4
    assert history[:2] == state["history"]
    # The optimizer went on too: every batch of all four epochs is counted.
    batches = len(data.train.dataset(training.batch_size))
    assert len(list(tmp_path.glob("epoch_*.keras"))) <= 2
    last = keras.saving.load_model(tmp_path / "epoch_4.keras")
    assert int(last.optimizer.iterations.numpy()) == 4 * batches


def test_a_finished_training_is_not_repeated(data, tmp_path):
    build, training = network(data), Training(epochs=2)
    first, history = training.fit(build, data, directory=tmp_path)
    again, same = training.fit(build, data, directory=tmp_path)
    assert same == history
    for a, b in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_best_weights_are_kept(data):
    training = Training(epochs=6, learning_rate=0.2, patience=2)
    model, history = training.fit(network(data), data)
    losses = [row["val_loss"] for row in history]
    loss = model.evaluate(data.validation.dataset(256), verbose=0)
    assert loss == pytest.approx(min(losses), rel=1e-5)
    if len(losses) < 6:
        assert min(losses) == losses[-3]


def test_without_patience_the_last_weights_are_kept(data):
    training = Training(epochs=6, learning_rate=0.2, patience=None)
    model, history = training.fit(network(data), data)
    losses = [row["val_loss"] for row in history]
    assert len(losses) == 6
    assert min(losses) < losses[-1]  # others would have been better
    loss = model.evaluate(data.validation.dataset(256), verbose=0)
    assert loss == pytest.approx(losses[-1], rel=1e-5)


def test_a_diverging_training_names_the_cause(data):
    def build():
        model = network(data)()
        model.layers[-2].kernel.assign(np.nan * model.layers[-2].kernel)
        return model

    with pytest.raises(RuntimeError, match=r"epoch 1: the loss is nan\. Lower"):
        Training(epochs=1).fit(build, data)


@pytest.mark.parametrize(
    "setting",
    [{"epochs": 0}, {"learning_rate": 0}, {"clipnorm": -1}, {"patience": 0}],
)
def test_a_wrong_setting_is_refused(setting):
    with pytest.raises(ValueError, match=f"`{next(iter(setting))}` must be"):
        Training(**setting)


def test_short_epochs_go_on_where_the_one_before_stopped(data, monkeypatch):
    training = Training(epochs=4, batch_size=16, steps_per_epoch=2)
    cut = Part.dataset
    seen = []

    def watched(part, batch_size, *, shuffle=False, seed=None):
        batches = cut(part, batch_size, shuffle=shuffle, seed=seed)
        if not shuffle:
            return batches

        def note(x, y):
            tf.numpy_function(lambda rows: seen.append(rows), [x], [])
            return x, y

        return batches.map(note)

    monkeypatch.setattr(Part, "dataset", watched)
    model, history = training.fit(network(data), data)
    assert len(history) == 4
    assert int(model.optimizer.iterations.numpy()) == 8
    windows = np.concatenate(seen[:8])[:, :, 0]
    assert len(np.unique(windows, axis=0)) == 8 * 16  # none twice


def test_an_epoch_has_no_more_batches_than_there_are(data):
    training = Training(epochs=2, batch_size=64, steps_per_epoch=1000)
    model, _ = training.fit(network(data), data)
    batches = len(data.train.dataset(64))
    assert int(model.optimizer.iterations.numpy()) == 2 * batches
