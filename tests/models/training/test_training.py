# SPDX-License-Identifier: Apache-2.0
"""Training stops, says why, and goes on where a kill left it."""

import json
import re
from dataclasses import fields, replace

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from keras_rnn.data import Columns, Part, Windows, prepare
from keras_rnn.forecasting import Training
from keras_rnn.models import (
    PreparedExamples,
    Regression,
    Resume,
    Sequences,
    Stack,
    many_to_one,
)
from keras_rnn.models.training.progress import Progress
from keras_rnn.models.training.resume import ResumeFolder

WAVE = np.sin(np.arange(200) / 3)


@pytest.fixture(scope="module")
def data():
    frame = pd.DataFrame({"y": WAVE})
    return prepare(frame, Columns("y"), Windows(lookback=6, horizon=2))


def network(data, **settings):
    stack = Stack("elman", units=3, **settings)
    return lambda: many_to_one(stack, Sequences.of(data), Regression.of(data))


def fit(training, build, data, *, directory=None):
    return training.fit(
        build,
        PreparedExamples(data),
        head=Regression.of(data),
        resume=directory and Resume(directory),
    )


def interrupted(training, build, data, folder, after):
    """Trains, and presses Ctrl-C at the end of each of these epochs."""
    end = Progress.on_epoch_end
    for last in after:

        def press(self, epoch, logs=None, last=last):
            end(self, epoch, logs)
            if epoch + 1 == last:
                raise KeyboardInterrupt

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Progress, "on_epoch_end", press)
            with pytest.raises(KeyboardInterrupt):
                fit(training, build, data, directory=folder)
    return fit(training, build, data, directory=folder)


def check_the_same(one, two):
    (model, history), (other, of_other) = one, two
    assert len(history) == len(of_other)
    for mine, theirs in zip(history, of_other, strict=True):
        assert mine == pytest.approx(theirs, rel=1e-5)
    for mine, theirs in zip(
        model.get_weights(), other.get_weights(), strict=True
    ):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("steps_per_epoch", "after"),
    [
        (None, [1, 3]),
        (2, [2]),
        pytest.param(None, [1], marks=pytest.mark.slow),
        pytest.param(2, [1, 2, 3], marks=pytest.mark.slow),
        pytest.param(5, [3], marks=pytest.mark.slow),
    ],
)
def test_an_interrupted_training_ends_like_one_that_was_not(
    data, tmp_path, steps_per_epoch, after
):
    # Two batches of an epoch of six: the rest is for the next epochs. A
    # patience of 2 lowers the learning rate after each epoch that is worse.
    training = Training(
        epochs=4,
        batch_size=24,
        steps_per_epoch=steps_per_epoch,
        learning_rate=0.1,
        patience=2,
    )
    build = network(data, dropout=0.3, recurrent_dropout=0.3)
    found = interrupted(training, build, data, tmp_path, after)
    check_the_same(found, fit(training, build, data))
    assert len(list(tmp_path.glob("epoch_*.keras"))) <= 2


def test_each_epoch_has_dropout_of_its_own(data, monkeypatch):
    """The same batch twice, no step between: another loss, another mask."""
    training = Training(epochs=2, batch_size=500, learning_rate=1e-30)
    _, history = fit(training, network(data, recurrent_dropout=0.5), data)
    assert history[0]["loss"] != pytest.approx(history[1]["loss"], rel=1e-4)


def test_an_interruption_within_an_epoch_loses_that_epoch_alone(data, tmp_path):
    training, build = Training(epochs=2, batch_size=24), network(data)
    check = Progress.on_train_batch_end

    def press(self, batch, logs=None):
        check(self, batch, logs)
        if self.state["epochs"] == 1 and batch == 2:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Progress, "on_train_batch_end", press)
        with pytest.raises(KeyboardInterrupt):
            fit(training, build, data, directory=tmp_path)
    found = fit(training, build, data, directory=tmp_path)
    check_the_same(found, fit(training, build, data))


def test_more_epochs_go_on_and_fewer_are_refused(data, tmp_path):
    build, longer = network(data), Training(epochs=3)
    fit(Training(epochs=2), build, data, directory=tmp_path)
    with pytest.raises(ValueError, match=r"with epochs=2\. Received: epochs=1"):
        fit(Training(epochs=1), build, data, directory=tmp_path)
    found = fit(longer, build, data, directory=tmp_path)
    check_the_same(found, fit(longer, build, data))
    with pytest.raises(ValueError, match=r"epochs=3.* with at least as many"):
        fit(Training(epochs=2), build, data, directory=tmp_path)


def test_a_training_that_lost_patience_comes_back_as_it_is(data, tmp_path):
    # Steps of this size make the second epoch worse than the first.
    settings = {"learning_rate": 5.0, "global_clipnorm": None, "patience": 1}
    build, training = network(data), Training(epochs=9, **settings)
    found = fit(training, build, data, directory=tmp_path)
    assert len(found[1]) < 9
    more = Training(epochs=20, **settings)
    check_the_same(fit(more, build, data, directory=tmp_path), found)


#: What a folder is kept of. Of two clippings only one can be named.
UNCLIPPED = Training(epochs=2, global_clipnorm=None)
#: Another value of each setting.
CHANGED = {
    "batch_size": 32,
    "steps_per_epoch": 3,
    "learning_rate": 0.01,
    "global_clipnorm": 0.5,
    "clipnorm": 0.5,
    "clipvalue": 0.5,
    "patience": None,
    "loss": "mse",
    "seed": 1,
}


@pytest.fixture(scope="module")
def kept(data, tmp_path_factory):
    """A folder with the state of one epoch of two."""
    folder = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        write = ResumeFolder.write

        def write_and_stop(self, *state):
            write(self, *state)
            raise KeyboardInterrupt

        patch.setattr(ResumeFolder, "write", write_and_stop)
        with pytest.raises(KeyboardInterrupt):
            fit(UNCLIPPED, network(data), data, directory=folder)
    return folder


def test_every_setting_of_a_training_is_tried_below():
    assert {f.name for f in fields(Training)} == {"epochs", *CHANGED}


@pytest.mark.parametrize("name", CHANGED)
def test_a_changed_setting_is_refused_by_name_with_both_values(
    name, data, kept
):
    old = "'mae'" if name == "loss" else repr(getattr(UNCLIPPED, name))
    changed = replace(UNCLIPPED, **{name: CHANGED[name]})
    message = f"with {name}={old}. Received: {name}={CHANGED[name]!r}. Resume"
    with pytest.raises(ValueError, match=re.escape(message)):
        fit(changed, network(data), data, directory=kept)


@pytest.mark.parametrize(
    ("rows", "windows", "name"),
    [
        (np.cos(np.arange(200)), Windows(lookback=6, horizon=2), "rows"),
        (np.sin(np.arange(199) / 3), Windows(lookback=6, horizon=2), "rows"),
        (WAVE, Windows(lookback=5, horizon=2), "lookback"),
        (WAVE, Windows(lookback=6, horizon=1), "horizon"),
    ],
)
def test_other_data_is_refused(kept, rows, windows, name):
    other = prepare(pd.DataFrame({"y": rows}), Columns("y"), windows)
    with pytest.raises(ValueError, match=f"holds a training with {name}="):
        fit(UNCLIPPED, network(other), other, directory=kept)


def test_a_state_of_version_0_1_is_refused(data, tmp_path):
    state = {"fingerprint": "3f", "epochs": 1, "history": []}
    (tmp_path / "progress.json").write_text(json.dumps(state))
    with pytest.raises(ValueError, match=r"training by keras_rnn 0\.1"):
        fit(Training(epochs=2), network(data), data, directory=tmp_path)


def test_a_finished_training_is_not_repeated(data, tmp_path):
    build, training = network(data), Training(epochs=2)
    first, history = fit(training, build, data, directory=tmp_path)
    again, same = fit(training, build, data, directory=tmp_path)
    assert same == history
    for a, b in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_best_weights_are_kept(data):
    training = Training(epochs=6, learning_rate=0.2, patience=2)
    model, history = fit(training, network(data), data)
    losses = [row["val_loss"] for row in history]
    loss = model.evaluate(data.validation.dataset(256), verbose=0)
    assert loss == pytest.approx(min(losses), rel=1e-5)
    if len(losses) < 6:
        assert min(losses) == losses[-3]


def test_a_schedule_is_followed_where_a_plateau_would_lower_the_rate(
    data, tmp_path
):
    schedule = keras.optimizers.schedules.ExponentialDecay(0.2, 10, 0.9)
    training = Training(epochs=6, learning_rate=schedule, patience=2)
    build = network(data)
    found = interrupted(training, build, data, tmp_path, [2])
    check_the_same(found, fit(training, build, data))
    model, history = found
    losses = [row["val_loss"] for row in history]
    assert losses != sorted(losses, reverse=True)  # some epoch was worse
    optimizer = model.optimizer
    rate = float(schedule(int(optimizer.iterations)))
    assert float(optimizer.learning_rate) == pytest.approx(rate)


def test_without_patience_the_last_weights_are_kept(data):
    training = Training(epochs=6, learning_rate=0.2, patience=None)
    model, history = fit(training, network(data), data)
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
        fit(Training(epochs=1), build, data)


@pytest.mark.parametrize(
    "setting",
    [
        {"epochs": 0},
        {"learning_rate": 0},
        {"global_clipnorm": 0},
        {"clipnorm": -1},
        {"clipvalue": -1},
        {"patience": 0},
    ],
)
def test_a_wrong_setting_is_refused(setting):
    with pytest.raises(ValueError, match=f"`{next(iter(setting))}` must be"):
        Training(**setting)


def test_short_epochs_go_on_where_the_one_before_stopped(data, monkeypatch):
    training = Training(epochs=4, batch_size=16, steps_per_epoch=2)
    cut = Part.epochs
    seen = []

    def watched(part, *arguments, **settings):
        def note(x, y):
            tf.numpy_function(lambda rows: seen.append(rows), [x], [])
            return x, y

        return cut(part, *arguments, **settings).map(note)

    monkeypatch.setattr(Part, "epochs", watched)
    model, history = fit(training, network(data), data)
    assert len(history) == 4
    assert int(model.optimizer.iterations.numpy()) == 8
    windows = np.concatenate(seen[:8])[:, :, 0]
    assert len(np.unique(windows, axis=0)) == 8 * 16  # none twice


def test_an_epoch_has_no_more_batches_than_there_are(data):
    training = Training(epochs=2, batch_size=64, steps_per_epoch=1000)
    model, _ = fit(training, network(data), data)
    batches = len(data.train.dataset(64))
    assert int(model.optimizer.iterations.numpy()) == 2 * batches
