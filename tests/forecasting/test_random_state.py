# SPDX-License-Identifier: Apache-2.0
"""A forecaster leaves the random state of its user alone."""

import random

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from keras_rnn.forecasting import Forecaster, Training
from keras_rnn.forecasting.strategies.table import STRATEGIES
from keras_rnn.models import Stack
from tests.tiers import mostly_slow

DAYS = pd.date_range("2024-01-01", periods=60, freq="D")
FRAME = pd.DataFrame({"y": np.arange(60) % 7 + 3.0}, index=DAYS)

pytestmark = pytest.mark.filterwarnings("ignore:The forecaster does not beat")


def forecaster(dropout=0.0, **settings):
    stack = Stack("elman", units=2, dropout=dropout, recurrent_dropout=dropout)
    training = Training(epochs=1, batch_size=64)
    return Forecaster(
        horizon=2, lookback=7, network=stack, training=training, **settings
    )


def drawn():
    """What the next numbers of a program would be."""
    return (
        random.getstate(),
        str(np.random.get_state()),  # noqa: NPY002
        tf.random.get_global_generator().state.numpy().tolist(),
    )


@pytest.mark.parametrize(
    "strategy", mostly_slow(list(STRATEGIES), default=["recursive"])
)
def test_fitting_and_forecasting_draw_nothing_of_others(strategy, tmp_path):
    before = drawn()
    fitted = forecaster(
        strategy=strategy, distribution="gaussian", dropout=0.2
    ).fit(FRAME, resume=tmp_path)
    fitted.predict()
    fitted.sample(num_paths=2, seed=0)
    fitted.save(tmp_path / "saved")
    Forecaster.load(tmp_path / "saved").predict()
    assert drawn() == before


def test_fitting_again_draws_nothing_of_others():
    before = drawn()
    fitted = forecaster().fit(FRAME[:50])
    fitted.backtest(FRAME, DAYS[55], stride=9, refit=True)
    assert drawn() == before


def test_forecasts_do_not_depend_on_the_random_state_of_the_user():
    found = []
    for seed in (0, 1):
        random.seed(seed)
        tf.random.set_seed(seed)
        found.append(forecaster().fit(FRAME).predict())
    pd.testing.assert_frame_equal(*found)
