# SPDX-License-Identifier: Apache-2.0
"""Decorators of a Forecaster's methods: other names of their arguments."""

from keras_rnn._names import Decorator, each, other_names, remedies

_COLUMNS = "Forecaster(horizon=6, lookback=24, columns=Columns({}))"
_TRAINING = "Forecaster(horizon=6, lookback=24, training=Training({}))"
_INTERVALS = (
    "Forecaster(horizon=6, lookback=24, intervals=(0.8, 0.9)); every forecast "
    "then has them"
)
_FRAME = "the frame first, without a name"
_ROLES = {
    "target": _COLUMNS.format("'sales'"),
    "past": _COLUMNS.format("'sales', past='visitors'"),
    "future": _COLUMNS.format("'sales', future='price'"),
    "static": _COLUMNS.format("'sales', static='size'"),
    "series": _COLUMNS.format("'sales', series='shop'"),
    "time": _COLUMNS.format("'sales', time='date'"),
    "freq": _COLUMNS.format("'sales', freq='D'"),
}

_FIT: dict[str, str] = remedies(
    {
        **_ROLES,
        "frame": f"fit(frame): {_FRAME}",
        "validation": "validation=0.1, a fraction or a number of the last rows",
        "epochs": _TRAINING.format("epochs=50"),
        "batch": _TRAINING.format("batch_size=32"),
        "rate schedule optimizer": _TRAINING.format("learning_rate=1e-3"),
        "patience": _TRAINING.format("patience=5"),
        "clip": _TRAINING.format("global_clipnorm=1.0"),
        "seed": _TRAINING.format("seed=0"),
        "loss": _TRAINING.format("loss='mse'"),
        "watch": "verbose=1",
        "resume": "resume='folder'",
        "horizon lookback": "Forecaster(horizon=6, lookback=24)",
        "intervals": _INTERVALS,
    },
    columns=_COLUMNS.format("'sales', past='visitors'"),
    callbacks=_TRAINING.format("patience=5")
    + " to stop early, and fit(frame, verbose=1) to watch",
    **each(
        "shuffle sample_weight class_weight",
        "Leave it out: windows are shuffled and count alike",
    ),
    **each("X x y endog", f"fit(frame): {_FRAME}, with the target in a column"),
    series="fit(frame), or " + _ROLES["series"] + " for many series",
)

_AFTER = {
    "intervals": _INTERVALS,
    "future": "future=frame, with the covariates in the rows to forecast",
    "past target": f"predict(frame): {_FRAME}, with its covariates",
}

_PREDICT: dict[str, str] = remedies(
    {
        **_AFTER,
        "frame": f"predict(frame): {_FRAME}",
        "horizon": "horizon=6, the rows to forecast",
        "samples": "sample(num_paths=100)",
        "distribution": _INTERVALS,
    },
    **each(
        "X x series last_window history context y newdata past",
        f"predict(frame): {_FRAME}; or future=frame for covariates of the rows "
        "to forecast",
    ),
    **each(
        "start end index",
        "horizon=6, the rows after the frame; or backtest(frame, start)",
    ),
    **each(
        "futr_df future_df exog_future X_future X_df",
        "future=frame, with the covariates in the rows to forecast",
    ),
    **each(
        "verbose batch_size callbacks",
        "Leave it out: a forecast is quiet, and finds its batches itself",
    ),
)

_SAMPLE: dict[str, str] = remedies(
    {
        **_AFTER,
        "frame": f"sample(frame): {_FRAME}",
        "samples": "num_paths=100",
        "horizon": "horizon=6, the rows to forecast",
        "seed": "seed=0",
    },
    n="num_paths=100, or horizon=6",
    size="num_paths=100",
    **each(
        "X x series last_window history context y", f"sample(frame): {_FRAME}"
    ),
)

_BACKTEST: dict[str, str] = remedies(
    {
        "frame": f"backtest(frame, start): {_FRAME}",
        "folds validation": "start='2024-03', the first row to forecast, which "
        "sets how many forecasts there are",
        "horizon": "Forecaster(horizon=6, lookback=24)",
        "season": "season=7",
        "intervals": _INTERVALS,
        "score": "Leave it out: backtest(frame, start).scores has all measures",
        "future past": "the covariates in the columns of the frame",
    },
    **each(
        "initial initial_train_size min_train_size cutoffs cutoff windows "
        "train_size start_date initial_window test_start split "
        "num_test_windows n_test num_windows begin",
        "start='2024-03', the first row to forecast",
    ),
    **each(
        "step_size step period gap every step_length skip strides",
        "stride=2, the rows from one cutoff to the next",
    ),
    **each(
        "retrain refit_every strategy window fit train max_train_size n_jobs",
        "refit=True to fit anew at each cutoff, or leave it out",
    ),
    **each(
        "baseline baselines benchmark benchmarks models reference methods",
        "references='ets', beside those that are always there",
    ),
    last_points_only="Leave it out: backtest(frame, start).forecasts has all "
    "steps",
    num_samples="sample(num_paths=100)",
    verbose="Leave it out: a backtest is quiet",
)

_PATH = "the path first, such as {}('sales.forecaster')"

_SAVE: dict[str, str] = each(
    "filepath fname filename file directory folder name dir",
    _PATH.format("save"),
) | each(
    "overwrite save_dataset include_optimizer save_format",
    "Leave it out: a file that is there is replaced as a whole",
)
_LOAD: dict[str, str] = each(
    "filepath fname filename file directory folder name dir custom_objects",
    _PATH.format("Forecaster.load"),
)
_PLOT: dict[str, str] = (
    each("ax axis", "axes=axes, of matplotlib")
    | each("df data series history", "frame=frame")
    | each("column y", "target='sales'")
)

fit: Decorator = other_names("forecaster.fit(frame, validation=0.1)", **_FIT)
predict: Decorator = other_names(
    "forecaster.predict(frame, horizon=6)", **_PREDICT
)
sample: Decorator = other_names(
    "forecaster.sample(frame, num_paths=100)", **_SAMPLE
)
backtest: Decorator = other_names(
    "forecaster.backtest(frame, '2024-03', stride=1)", **_BACKTEST
)
save: Decorator = other_names("forecaster.save('sales.forecaster')", **_SAVE)
load: Decorator = other_names("Forecaster.load('sales.forecaster')", **_LOAD)
plot: Decorator = other_names(
    "forecaster.plot(axes, frame), with axes of matplotlib", **_PLOT
)
