# SPDX-License-Identifier: Apache-2.0
"""Two devices on one machine: `tf.distribute.MirroredStrategy`.

A process has two CPU devices only if it asks for them before TensorFlow
starts, so what is tested runs in one of its own: `main` of this file.
"""

import contextlib
import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest


def main():
    import tensorflow as tf

    (cpu,) = tf.config.list_physical_devices("CPU")
    halves = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, halves)
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    found = {
        "replicas": strategy.num_replicas_in_sync,
        "one": trained(contextlib.nullcontext()),
        "two": trained(strategy.scope()),
        "forecast": forecast(strategy),
    }
    print(json.dumps(found))


def series():
    days = pd.date_range("2024-01-01", periods=90, freq="D")
    return pd.DataFrame({"y": np.sin(np.arange(90.0))}, index=days)


def trained(scope):
    """Losses and weights of a model trained in a scope on the same batches."""
    import keras

    from keras_rnn.data import Columns, Windows, prepare
    from keras_rnn.models import Regression, Sequences, Stack, many_to_one

    data = prepare(series(), Columns("y"), Windows(lookback=4, horizon=2))
    keras.utils.set_random_seed(0)
    with scope:
        model = many_to_one(
            Stack("peephole_lstm", units=2, options={"engine": "fused"}),
            Sequences.of(data),
            Regression.of(data),
        )
        model.compile(keras.optimizers.SGD(0.1), loss="mae")
    # Each device takes half of a batch; Keras wants the first one to be even.
    history = model.fit(
        data.train.dataset(18), epochs=2, shuffle=False, verbose=0
    )
    return {
        "losses": history.history["loss"],
        "weights": [weights.tolist() for weights in model.get_weights()],
    }


def forecast(strategy):
    """Forecasts of a Forecaster fitted in the scope of a strategy."""
    from keras_rnn.forecasting import Forecaster, Training
    from keras_rnn.models import Stack

    forecaster = Forecaster(
        horizon=2,
        lookback=4,
        network=Stack("elman", units=2),
        training=Training(epochs=1),
    )
    with strategy.scope():
        forecaster.fit(series())
    return forecaster.predict()["y"].tolist()


# It takes a process of its own and three trainings.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found():
    finished = subprocess.run(
        [sys.executable, "-m", "tests.forecasting.test_distributed"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr[-2000:]
    return json.loads(finished.stdout.splitlines()[-1])


def test_two_devices_train_as_one(found):
    assert found["replicas"] == 2
    one, two = found["one"], found["two"]
    assert one["losses"][1] < one["losses"][0]
    np.testing.assert_allclose(two["losses"], one["losses"], rtol=1e-5)
    for mine, theirs in zip(two["weights"], one["weights"], strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-6)


def test_a_forecaster_is_fitted_in_the_scope_of_a_strategy(found):
    assert len(found["forecast"]) == 2
    assert np.isfinite(found["forecast"]).all()


if __name__ == "__main__":
    main()
