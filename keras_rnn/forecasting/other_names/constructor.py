# SPDX-License-Identifier: Apache-2.0
"""Other names of the arguments of a Forecaster, which errors translate."""

from keras_rnn._names import each, remedies

#: The beginning of each call, for who leaves out the names.
USAGE = "Forecaster(horizon=6, lookback=24)"

_COLUMNS = "columns=Columns('sales', {}='{}')"

#: Name -> what to write instead.
FORECASTER: dict[str, str] = remedies(
    {
        "cell": "network='lstm', a key of keras_rnn.layers.LAYERS, or "
        "network=Stack('lstm', units=64)",
        "width": "network=Stack('lstm', units=64)",
        "depth": "network=Stack('lstm', units=[64, 64]), one width per layer",
        "dropout": "network=Stack('lstm', dropout=0.1)",
        "ways": "network=Stack('lstm', bidirectional=True)",
        "residual": "network=Stack('lstm', units=[64, 64], residual=True)",
        "dilation": "network=Stack('lstm', units=32, dilation=[1, 2, 4])",
        "norm": "network=Stack('lstm', normalization='layer') for layers, or "
        "representation='level' for targets, which are scaled anyway",
        "options": "network=Stack('lstm', options={'activation': 'tanh'}), "
        "with any argument of the layers",
        "penalty": "network=Stack('lstm', options={'kernel_regularizer': "
        "'l2'})",
        "ensemble": "num_seeds=3, or network=['lstm', 'gru'] for an ensemble "
        "of different networks",
        "optimizer": "training=Training(learning_rate=1e-3); the optimizer is "
        "Adam",
        "rate": "training=Training(learning_rate=1e-3)",
        "schedule": "training=Training(learning_rate=...), with a schedule of "
        "keras.optimizers.schedules",
        "epochs": "training=Training(epochs=50)",
        "batch": "training=Training(batch_size=32)",
        "clip": "training=Training(global_clipnorm=1.0)",
        "patience": "training=Training(patience=5), which fit(frame, "
        "validation=0.1) counts on the last part of the frame",
        "seed": "training=Training(seed=0)",
        "loss": "training=Training(loss='mse'), or distribution='quantiles' "
        "and the like for a likelihood",
        "validation": "fit(frame, validation=0.1), a fraction or a number of "
        "rows",
        "watch": "fit(frame, verbose=1)",
        "resume": "fit(frame, resume='folder')",
        "lookback": "lookback=24, the rows that a network sees",
        "horizon": "horizon=6, the rows to forecast",
        "distribution": "distribution='gaussian', a key of "
        "keras_rnn.models.DISTRIBUTIONS",
        "intervals": "intervals=(0.8, 0.9), coverages of intervals",
        "samples": "distribution='gaussian', and sample(num_paths=100) after "
        "`fit`",
        "scaling": "representation='level', or another key of "
        "keras_rnn.data.REPRESENTATIONS; what networks see is scaled anyway",
        "change": "representation='change', the default, or 'level'",
        "season": "representation=SeasonalChange(7), or calendar=('month',)",
        "calendar": "calendar=('month', 'dayofweek')",
        "gaps": "gaps='interpolate' or gaps='mask'",
        "strategy": "strategy='recursive', 'encoder_decoder' or 'direct'",
        "target": "columns='sales', the name of the target",
        "past": _COLUMNS.format("past", "visitors"),
        "future": "columns=Columns('sales', past='visitors', future='price')",
        "static": _COLUMNS.format("static", "size"),
        "series": _COLUMNS.format("series", "shop"),
        "time": _COLUMNS.format("time", "date"),
        "freq": _COLUMNS.format("freq", "D"),
        "frame": "fit(frame) with the frame",
        "folds": "backtest(frame, start) after `fit`",
        "score": "backtest(frame, start).scores after `fit`, which has all of "
        "them",
    },
    past="columns=Columns('sales', past='visitors') for covariates, or "
    "lookback=24 for rows",
    callbacks="training=Training(patience=5) to stop early, and fit(frame, "
    "verbose=1) to watch",
    method="network='lstm' for a kind of network; intervals=(0.8, 0.9) are "
    "conformal",
    aggregation="combine='median'",
    **each(
        "stateful return_sequences attention name alias model_name shuffle "
        "accelerator device n_jobs jit_compile",
        "Leave it out: Keras and the forecaster see to it themselves",
    ),
)
