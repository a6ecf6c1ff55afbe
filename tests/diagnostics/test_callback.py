# SPDX-License-Identifier: Apache-2.0
"""DiagnosticsCallback: what it measures, and that it changes nothing."""

import builtins

import keras
import numpy as np
import pytest

import keras_rnn
from keras_rnn.diagnostics import DiagnosticsCallback, gradient_flow


def data(time=12):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(16, time, 2)).astype("float32")
    return x, x.sum(axis=(1, 2))[:, None]


def model_of():
    keras.utils.set_random_seed(1)
    layers = [
        keras.Input((None, 2)),
        keras_rnn.LSTM(3, return_sequences=True, dropout=0.2),
        keras.layers.Bidirectional(keras_rnn.GRU(2)),
        keras.layers.Dense(1),
    ]
    model = keras.Sequential(layers)
    model.compile(loss="mse", optimizer="adam")
    return model


def test_training_ends_with_the_same_weights_with_and_without_it():
    x, y = data()
    weights = []
    for callbacks in ([], [DiagnosticsCallback(x, y, every=1)]):
        model = model_of()
        model.fit(x, y, epochs=3, batch_size=8, callbacks=callbacks, verbose=0)
        weights.append(model.get_weights())
    for without, with_it in zip(*weights, strict=True):
        np.testing.assert_array_equal(without, with_it)


def test_it_measures_what_gradient_flow_does():
    x, y = data()
    model = model_of()
    callback = DiagnosticsCallback(x, y, every=2)
    assert callback.frame.empty
    model.fit(x, y, epochs=5, batch_size=8, callbacks=[callback], verbose=0)
    epochs = callback.frame.index.get_level_values("epoch")
    assert sorted(set(epochs)) == [2, 4]
    model = model_of()
    model.fit(x, y, epochs=4, batch_size=8, verbose=0)
    found = gradient_flow(model, x[:4], y[:4])
    last = callback.frame.loc[4]
    assert len(last.groupby(["layer", "direction"])) == 3
    np.testing.assert_allclose(
        last["gradient_norm"], found.weights.loc["all", "before"], rtol=1e-4
    )
    longest = last["gain"].xs(12, level="distance")
    # Layers have new names in the second model, in the same order.
    np.testing.assert_allclose(
        np.sort(longest), np.sort(found.verdicts["gain"]), rtol=1e-3
    )


def test_few_distances_are_measured_up_to_the_longest():
    x, y = data(time=90)
    model = model_of()
    callback = DiagnosticsCallback(x, y, every=1)
    model.fit(x, y, epochs=1, callbacks=[callback], verbose=0)
    distances = callback.frame.index.unique("distance")
    assert len(distances) == 8
    assert distances.max() == 90
    assert distances.min() == 1


def test_tensorboard_reads_what_it_writes(tmp_path):
    reader = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator"
    )
    x, y = data()
    callback = DiagnosticsCallback(x, y, every=1, log_dir=tmp_path)
    model = model_of()
    model.fit(x, y, epochs=2, callbacks=[callback], verbose=0)
    events = reader.EventAccumulator(str(tmp_path))
    events.Reload()
    tags = events.Tags()["tensors"]
    assert "gradient_norm" in tags
    assert len(tags) == 1 + len(callback.frame.loc[1])
    steps = [event.step for event in events.Tensors("gradient_norm")]
    assert steps == [1, 2]


def test_without_tensorboard_an_error_names_the_extra(monkeypatch, tmp_path):
    load = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("tensorboard"):
            raise ImportError(name)
        return load(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"keras_rnn\[tensorboard\]"):
        DiagnosticsCallback(*data(), log_dir=tmp_path)


def test_a_dataset_is_refused():
    with pytest.raises(TypeError, match="`x` must be arrays"):
        DiagnosticsCallback(iter([data()]), None)


@pytest.mark.parametrize("every", [0, 1.5])
def test_every_is_a_number_of_epochs(every):
    with pytest.raises((TypeError, ValueError), match="`every`"):
        DiagnosticsCallback(*data(), every=every)


def test_a_training_that_has_exploded_goes_on():
    x, y = data()
    model = model_of()
    model.set_weights([np.full_like(w, np.nan) for w in model.get_weights()])
    callback = DiagnosticsCallback(x, y, every=1)
    model.fit(x, y, epochs=2, callbacks=[callback], verbose=0)
    assert callback.frame.index.unique("epoch").tolist() == [1, 2]
    assert callback.frame.isna().all(axis=None)
