# SPDX-License-Identifier: Apache-2.0
"""What users of other libraries try first is answered with what is right.

Each table holds a guess and the words that its error must contain. Nothing is
trained.
"""

import keras
import keras_tuner
import numpy as np
import pandas as pd
import pytest

import keras_rnn
from keras_rnn.data import Columns, Windows
from keras_rnn.forecasting import Backtest, Forecaster
from keras_rnn.models import Regression, Stack, Training
from keras_rnn.tuning import (
    Arrays,
    CellSearch,
    CrossValidation,
    Forecast,
    search_cells,
)

DAYS = pd.date_range("2024-01-01", periods=40, freq="D")
FRAME = pd.DataFrame({"y": np.arange(40.0) % 7}, index=DAYS)
X, Y = np.zeros((12, 5, 2), "float32"), np.zeros(12)


def task():
    return Forecast(FRAME, Columns("y"), Windows(lookback=4, horizon=2))


def new(**given):
    return Forecaster(**{"horizon": 2, "lookback": 4, **given})


def guesses(*rows):
    """Rows of keywords and words; the words also name what takes them."""
    return pytest.mark.parametrize(("given", "words"), rows, ids=str)


def said_by(call, *args, **given):
    with pytest.raises((TypeError, ValueError)) as error:
        call(*args, **given)
    return str(error.value)


@guesses(
    ({"model_type": "GRU"}, "network='lstm'"),
    ({"hidden_dim": 8}, "network=Stack('lstm', units=64)"),
    ({"n_rnn_layers": 2}, "units=[64, 64]"),
    ({"depth": 2}, "units=[64, 64]"),
    ({"dropout_rate": 0.1}, "from keras_rnn.models import Stack"),
    ({"weight_decay": 1e-4}, "'kernel_regularizer'"),
    ({"normalization": "standard"}, "representation='level'"),
    ({"n_models": 3}, "num_seeds=3"),
    ({"past": 8}, "lookback=24"),
    ({"training_length": 8}, "lookback=24"),
    ({"n_epochs": 2}, "Training(epochs=50)"),
    ({"gradient_clip_val": 1.0}, "Training(global_clipnorm=1.0)"),
    ({"lr_scheduler": "cosine"}, "keras.optimizers.schedules"),
    ({"early_stop_patience_steps": 3}, "Training(patience=5)"),
    ({"callbacks": []}, "Training(patience=5)"),
    ({"loss": "quantile"}, "distribution='quantiles'"),
    ({"distr_output": "normal"}, "distribution='gaussian'"),
    ({"conf_int": True}, "intervals=(0.8, 0.9)"),
    ({"num_samples": 20}, "sample(num_paths=100)"),
    ({"scale": True}, "representation='level'"),
    ({"seasonal_periods": 7}, "SeasonalChange(7)"),
    ({"covariates": ["x"]}, "Columns('sales', past='visitors', future="),
    ({"features": ["x"]}, "from keras_rnn.data import Columns"),
    ({"unique_id": "id"}, "series='shop'"),
    ({"dates": "ds"}, "time='date'"),
    ({"missing": "drop"}, "gaps='interpolate'"),
    ({"autoregressive": True}, "strategy='recursive'"),
    ({"validation_split": 0.2}, "fit(frame, validation=0.1)"),
)
def test_arguments_of_a_forecaster(given, words):
    assert words in said_by(new, **given)


@pytest.mark.parametrize("given", [(24, 6), ("lstm", 24, 6), (FRAME, 2, 4)])
def test_a_forecaster_takes_no_numbers_without_a_name(given):
    said = said_by(Forecaster, *given)
    assert "Write Forecaster(horizon=6, lookback=24)" in said


METHODS = [
    ("fit", {"epochs": 1}, "training=Training(epochs=50)"),
    ("fit", {"val_size": 4}, "validation=0.1"),
    ("fit", {"X": X, "y": Y}, "fit(frame)"),
    ("fit", {"futr_exog_list": ["x"]}, "Columns('sales', future='price')"),
    ("fit", {"callbacks": []}, "verbose=1"),
    ("predict", {"n": 2}, "horizon=6"),
    ("predict", {"h": 2}, "`Forecaster.predict` has no argument `h`"),
    ("predict", {"fh": [1, 2]}, "horizon=6"),
    ("predict", {"level": [80]}, "intervals=(0.8, 0.9)"),
    ("predict", {"num_samples": 9}, "sample(num_paths=100)"),
    ("predict", {"futr_df": FRAME}, "future=frame"),
    ("predict", {"X": FRAME}, "predict(frame)"),
    ("sample", {"n_samples": 9}, "num_paths=100"),
    ("sample", {"random_state": 0}, "seed=0"),
    ("backtest", {"n_windows": 2}, "start='2024-03'"),
    ("backtest", {"step_size": 2}, "stride=2"),
    ("backtest", {"retrain": True}, "refit=True"),
    ("backtest", {"season_length": 7}, "season=7"),
    ("backtest", {"baselines": ["ets"]}, "references='ets'"),
    ("backtest", {"metric": "mae"}, ".scores"),
    ("plot", {}, "needs `axes` and `frame`"),
    ("plot", {"ax": None}, "axes=axes"),
    ("save", {"filepath": "x"}, "save('sales.forecaster')"),
    ("load", {"filename": "x"}, "Forecaster.load('sales.forecaster')"),
]


@pytest.mark.parametrize(("method", "given", "words"), METHODS, ids=str)
def test_arguments_of_methods(method, given, words):
    said = said_by(getattr(new(), method), **given)
    assert words in said
    assert f"`Forecaster.{method}`" in said


@guesses(
    ({"layers": 2}, "units=[32, 32]"),
    ({"hidden_units": 8}, "units=64"),
    ({"skip": True}, "residual=True"),
    ({"highway": True}, "residual=True, 'highway' or 'dense'"),
    ({"skip_connections": True}, "residual=True, 'highway' or 'dense'"),
    ({"dilations": [1, 2]}, "dilation=[1, 2, 4] with one per layer"),
    ({"dilation_rate": 2}, "dilation=2"),
    ({"layer_norm": True}, "normalization='layer'"),
    ({"l2": 1e-4}, "options={'kernel_regularizer': 'l2'}"),
    ({"recurrent_regularizer": "l2"}, "options="),
    ({"return_sequences": True}, "stack(x, return_sequences=True)"),
    ({"cell": 8}, "Write Stack('lstm', 8)"),
    ({"cell": [8, 8]}, "Write Stack('lstm', 8)"),
    ({"cell": keras.layers.LSTM}, "Write Stack('lstm', 8)"),
    ({"cell": keras.layers.LSTMCell(8)}, "Write Stack('lstm', 8)"),
    ({"dropout": 1.0}, "`dropout` must be less than 1"),
    ({"recurrent_dropout": 1}, "`recurrent_dropout` must be less than 1"),
)
def test_arguments_of_a_stack(given, words):
    assert words in said_by(Stack, **given)


def test_what_follows_the_units_of_a_stack_has_a_name():
    assert "takes only `cell` and `units`" in said_by(Stack, "lstm", 8, 2)


@guesses(
    ({"max_grad_norm": 1.0}, "global_clipnorm=1.0"),
    ({"early_stopping_patience": 3}, "patience=5"),
    ({"lr_scheduler": "cosine"}, "learning_rate=..., with a schedule"),
    ({"step_size": 1e-3}, "learning_rate=1e-3"),
    ({"val_size": 10}, "validation=0.1 of Forecaster.fit"),
    ({"verbose": 0}, "verbose=1 of Forecaster.fit"),
    ({"loss": keras.losses.Huber}, "keras.losses.Huber()"),
    ({"loss": keras.metrics.MeanSquaredError()}, "`loss` must be a loss"),
)
def test_arguments_of_a_training(given, words):
    assert words in said_by(Training, **given)


@pytest.mark.parametrize("loss", [keras.losses.Huber(), keras.losses.huber])
def test_a_loss_that_no_file_holds_is_refused_by_a_forecaster(loss):
    said = said_by(new, training=Training(loss=loss))
    assert said.startswith("`loss` must be the name of a loss")
    assert "Training(loss='huber')" in said


@pytest.mark.parametrize("intervals", [0.05, (0.05, 0.95), [0.1, 0.5, 0.9]])
def test_quantiles_in_the_place_of_coverages_are_told_apart(intervals):
    with pytest.warns(UserWarning, match="coverages, neither quantiles nor al"):
        new(intervals=intervals)


SEARCHES = [
    ({"cv": 3}, "validation=CrossValidation(folds=3)"),
    ({"test_size": 4}, "CrossValidation("),
    ({"executions_per_trial": 2}, "CrossValidation(repeats=2)"),
    ({"num_seeds": 2}, "CrossValidation(repeats=2)"),
    ({"seed": 0}, "CrossValidation(seed=0)"),
    ({"max_trials": 2}, "RandomSearchOracle(max_trials=20, seed=1)"),
    ({"tuner": "random"}, "oracle=keras_tuner.oracles"),
    ({"objective": "val_loss"}, "the score of the task judges"),
    ({"scoring": "r2"}, "the score of the task judges"),
    ({"param_grid": {"units": [4]}}, "units=[16, 32]"),
    ({"cell": "lstm"}, "cells=['lstm', 'gru']"),
    ({"models": ["LSTM"]}, "cells=['lstm', 'gru']"),
    ({"num_layers": [1, 2]}, "layers=[1, 2]"),
    ({"lr": [1e-2, 1e-3]}, "learning_rate=[1e-3, 1e-2]"),
    ({"horizon": 4}, "Windows(lookback=24, horizon=6)"),
    ({"window": 8}, "lookback=[24, 48]"),
    ({"columns": "y"}, "Forecast(frame, Columns('sales')"),
    ({"project_name": "p"}, "directory='out/sweep'"),
    ({"max_params": 2000}, "match_parameters=20_000"),
    ({"resume": True}, "the same call goes on"),
    ({"unit": 4}, "Did you mean `units`?"),
    ({"cells": "all"}, "`cells` must be keys of LAYERS"),
    ({"cells": [keras_rnn.LSTM]}, "cells=['lstm', 'gru']"),
    ({"cells": []}, "or leave it out for all of them"),
    ({"verbose": "no"}, "`verbose` must be one of 0, 1"),
    ({"oracle": "random"}, "RandomSearchOracle(max_trials=20, seed=1)"),
    ({"units": (4, 8)}, "Range(4, 8) for a range, and [4, 8]"),
    ({"learning_rate": (1e-4, 1e-2)}, "Range(0.0001, 0.01) for a range"),
    ({"calendar": ["month", "dayofweek"]}, "('month', 'dayofweek') for all"),
]


@guesses(*SEARCHES)
def test_arguments_of_a_search(given, words, tmp_path):
    assert words in said_by(search_cells, task(), directory=tmp_path, **given)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("args", "given"),
    [
        ((X, Y), {}),
        ((FRAME,), {}),
        ((), {"x": X, "y": Y}),
        ((FRAME, "y"), {"directory": "out"}),
        ((), {"directory": "out"}),
        ((FRAME,), {"directory": "out"}),
        ((), {"estimator": None, "param_grid": {}}),
    ],
    ids=range(7),
)
def test_a_search_says_what_a_task_is(args, given):
    said = said_by(search_cells, *args, **given)
    assert "Forecast(frame, Columns('sales'), Windows(" in said
    assert "Arrays(x, y, Regression())" in said


def test_the_seed_that_errors_recommend_is_one_to_keras_tuner():
    oracle = keras_tuner.oracles.RandomSearchOracle
    assert oracle(max_trials=20, seed=1).seed == 1
    assert oracle(max_trials=20, seed=0).seed != 0  # it draws one


@pytest.mark.parametrize(
    ("call", "given", "words"),
    [
        (Columns, {"id_col": "a"}, "series='shop'"),
        (Columns, {"ds": "a"}, "time='date'"),
        (Columns, {"y": "a"}, "target='sales'"),
        (Columns, {"exog": "a"}, "future='price'"),
        (Columns, {"stat_exog_list": "a"}, "static='size'"),
        (Windows, {"input_width": 4}, "lookback=24"),
        (Windows, {"h": 4}, "horizon=6"),
        (Windows, {"shift": 1}, "gap=0"),
        (CrossValidation, {"n_splits": 3}, "folds=3"),
        (CrossValidation, {"test_size": 3}, "size=24"),
        (CrossValidation, {"n_repeats": 3}, "repeats=2"),
        (CrossValidation, {"random_state": 3}, "seed=0"),
        (Forecast, {"input_size": 4}, "windows=Windows(lookback=24"),
        (Forecast, {"id_col": "a"}, "columns=Columns('sales'"),
        (Forecast, {"metric": "rmse"}, "mean absolute error"),
        (Arrays, {"X": X}, "x=x"),
        (Arrays, {"task": "classification"}, "head=Regression()"),
        (Arrays, {"shuffle": True}, "ordered=False"),
    ],
)
def test_arguments_of_tasks_and_columns(call, given, words):
    assert words in said_by(call, **given)


def test_what_has_no_place_in_tasks_and_columns():
    assert "Columns('sales', past=" in said_by(Columns, "y", "x")
    assert "Windows(lookback=24, horizon=6)" in said_by(Windows, 4, 2)
    assert "CrossValidation(folds=3)" in said_by(CrossValidation, 3)
    assert "needs `head`" in said_by(Arrays, X, Y)


@pytest.mark.parametrize(
    ("cls", "name", "words"),
    [
        (Forecaster, "forecast", "forecaster.predict(frame, horizon=6)"),
        (Forecaster, "cross_validation", "forecaster.backtest(frame, start)"),
        (Forecaster, "historical_forecasts", "forecaster.backtest("),
        (Forecaster, "simulate", "forecaster.sample(num_paths=100)"),
        (Forecaster, "history_", "forecaster.history"),
        (Forecaster, "model", "forecaster.networks"),
        (Forecaster, "get_params", "forecaster.settings"),
        (Forecaster, "tune", "from keras_rnn.tuning import search_cells"),
        (CellSearch, "best_params_", "search.best_settings()"),
        (CellSearch, "cv_results_", "search.leaderboard()"),
        (CellSearch, "results_summary", "search.leaderboard()"),
        (CellSearch, "get_best_models", "search.best_model()"),
        (CellSearch, "predict", "Forecaster(**search.best_settings())"),
        (Backtest, "metrics", "result.scores"),
        (Backtest, "mae", "result.scores"),
        (Backtest, "predictions", "result.forecasts"),
        (Stack, "layers", "stack.new_layers()"),
    ],
)
def test_attributes(cls, name, words):
    with pytest.raises(AttributeError) as error:
        getattr(object.__new__(cls), name)
    assert f"{cls.__name__!r} object has no attribute {name!r}. Write " in str(
        error.value
    )
    assert words in str(error.value)
    assert not hasattr(object.__new__(cls), name)


@pytest.mark.parametrize(
    ("module", "name", "words"),
    [
        (keras_rnn, "Forecaster", "from keras_rnn.forecasting import"),
        (keras_rnn, "Stack", "from keras_rnn.models import Stack"),
        (keras_rnn, "Training", "from keras_rnn.models import Training"),
        (keras_rnn, "search_cells", "from keras_rnn.tuning import"),
        (keras_rnn, "load", "Forecaster.load('sales.forecaster')"),
        (keras_rnn, "BiLSTM", "Stack('lstm', units=64, bidirectional=True)"),
        (keras_rnn.forecasting, "Columns", "from keras_rnn.data import"),
        (keras_rnn.tuning, "Windows", "from keras_rnn.data import Windows"),
        (keras_rnn.models, "Forecaster", "from keras_rnn.forecasting import"),
    ],
)
def test_names_of_other_modules(module, name, words):
    with pytest.raises(ImportError) as error:
        getattr(module, name)
    assert words in str(error.value)
    with pytest.raises(ImportError) as error:
        exec(f"from {module.__name__} import {name}")  # what users write
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("path", "error", "words"),
    [
        ("m.keras", ValueError, "m.forecaster'."),
        ("m.h5", ValueError, "m.forecaster'."),
        ("", IsADirectoryError, "It is a folder: name a file in it"),
        ("no/m", FileNotFoundError, "Make the folder first"),
    ],
)
def test_paths_that_are_no_files_of_forecasters(path, error, words, tmp_path):
    from keras_rnn.forecasting.saving import archive

    with pytest.raises(error) as refused:
        archive.file_to_write(tmp_path / path)
    assert words in str(refused.value)
    with pytest.raises(TypeError, match="`path` must be the path of a file"):
        archive.file_to_write(3)


@pytest.mark.parametrize("validation", [0, 0.0, None])
def test_a_fit_needs_rows_to_stop_by(validation):
    said = said_by(new().fit, FRAME, validation)
    assert "fit(frame, validation=0.1)" in said


def test_a_task_takes_a_loss_as_an_object():
    task = Forecast(
        FRAME,
        Columns("y"),
        Windows(lookback=4, horizon=2),
        loss=keras.losses.Huber(),
    )
    assert Arrays(X, Y, Regression(), loss=task.loss).loss is task.loss
