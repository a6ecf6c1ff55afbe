# SPDX-License-Identifier: Apache-2.0
"""What the arguments and results of a search are called elsewhere."""

from keras_rnn._names import each, remedies

_TASK = (
    "search_cells(Forecast(frame, Columns('sales'), Windows(lookback=24, "
    "horizon=6){}), directory='out/sweep')"
)
_TASKS = _TASK.format("") + "; a task of arrays is Arrays(x, y, Regression())"
#: The whole call, for who gives something else than a task.
USAGE = _TASKS
# KerasTuner takes seed=0 for none, and draws one.
_ORACLE = "oracle=keras_tuner.oracles.RandomSearchOracle(max_trials=20, seed=1)"
_FOLDS = "validation=CrossValidation(folds=3)"
_ENTRY = ", an entry of the space"

SEARCH_CELLS: dict[str, str] = remedies(
    {
        "frame future past target": _TASKS,
        "cell ensemble": "cells=['lstm', 'gru']",
        "width": f"units=[16, 32]{_ENTRY}",
        "depth": f"layers=[1, 2]{_ENTRY}",
        "dropout": f"dropout=[0.0, 0.2]{_ENTRY}",
        "ways": f"bidirectional=[False, True]{_ENTRY}",
        "residual": f"residual=[False, True]{_ENTRY}",
        "norm": f"normalization=['none', 'layer']{_ENTRY}",
        "optimizer rate schedule": f"learning_rate=[1e-3, 1e-2]{_ENTRY}; the "
        "optimizer is Adam",
        "epochs": f"epochs=[20, 40]{_ENTRY}",
        "batch": f"batch_size=[32, 64]{_ENTRY}",
        "clip": f"global_clipnorm=[0.1, 1.0]{_ENTRY}",
        "patience": "epochs=[20, 40], all of which are trained: rows that "
        "judge must not stop a training",
        "options penalty": "Leave it out: the space has the entries of "
        "keras_rnn.tuning.SPACE, such as dropout=[0.0, 0.2] and layers=[1, 2]",
        "seed": "validation=CrossValidation(seed=0)",
        "score loss": "Leave out any objective: the score of the task judges, "
        "and its `loss` trains",
        "validation folds": _FOLDS,
        "repeated": "validation=CrossValidation(repeats=2)",
        "samples": _ORACLE,
        "lookback": f"lookback=[24, 48]{_ENTRY}",
        "horizon series time freq static": _TASK.format(""),
        "distribution": _TASK.format(", distribution='gaussian'"),
        "intervals": _TASK.format(
            ", distribution='quantiles', intervals=(0.8, 0.9)"
        ),
        "season": _TASK.format(", season=7"),
        "gaps": _TASK.format(", gaps='interpolate'"),
        "scaling change": f"representation=['level', 'change']{_ENTRY}",
        "calendar": f"calendar=[(), ('month', 'dayofweek')]{_ENTRY}",
        "strategy": f"strategy=['direct', 'recursive']{_ENTRY}",
        "watch": "verbose=0 or verbose=1",
    },
    **each("X y train_y estimator forecaster", _TASKS),
    **each("columns windows", _TASK.format("")),
    training="epochs=20 and learning_rate=[1e-3, 1e-2], entries of the space",
    **each(
        "cells candidates kinds networks cell_types rnn_types layer_types "
        "estimators",
        "cells=['lstm', 'gru']",
    ),
    **each(
        "seeds n_seeds num_seeds repeats",
        "validation=CrossValidation(repeats=2)",
    ),
    **each("gap size", "validation=CrossValidation(folds=3, gap=0, size=24)"),
    **each(
        "max_trials num_trials n_trials trials n_iter timeout n_random_samples "
        "max_evals n_configs max_models n_calls time_budget tuner search "
        "method algorithm search_alg search_algorithm backend sampler pruner "
        "factor n_initial_points",
        _ORACLE,
    ),
    max_epochs="epochs=[20, 40], or oracle=keras_tuner.oracles.HyperbandOracle("
    "max_epochs=40, seed=1)",
    **each(
        "param_grid param_distributions search_space space grid config "
        "hyperparameters hp hypermodel params param_space tune_new_entries "
        "parameter_space",
        "each entry of the space by its name, such as units=[16, 32] and "
        "learning_rate=Range(1e-4, 1e-2, log=True)",
    ),
    **each(
        "num_parameters n_parameters max_parameters max_model_size "
        "equal_parameters match_size parameter_budget max_params num_params "
        "match_params",
        "match_parameters=20_000, a number of weights",
    ),
    parameters="match_parameters=20_000 for a number of weights, or an entry "
    "of the space by its name, units=[16, 32]",
    budget=f"match_parameters=20_000 for a number of weights, or {_ORACLE}",
    **each(
        "path output_dir log_dir save_dir dir project_name storage study_name "
        "folder local_dir work_dir out out_dir name",
        "directory='out/sweep'",
    ),
    **each(
        "force restart reload clean load_if_exists exist_ok",
        "overwrite=True to begin anew; otherwise a sweep goes on",
    ),
    **each(
        "resume warm_start checkpoint",
        "Leave it out: the same call goes on where it stopped, and "
        "overwrite=True begins anew",
    ),
    **each(
        "retry max_retries_per_trial max_consecutive_failed_trials",
        "retry_failed=True",
    ),
    n_jobs="Leave it out: several processes share a sweep by the variables of "
    "KerasTuner's distributed tuning",
    refit="search.best_model(), which is trained on all data",
)

CELL_SEARCH: dict[str, str] = {
    **each(
        "best_params_ best_params best_config best_hyperparameters best_trial "
        "get_best_hyperparameters best best_cell best_units",
        "search.best_settings()",
    ),
    **each(
        "best_score_ best_score cv_results_ results_summary results results_ "
        "summary leaderboard_ ranking scores table",
        "search.leaderboard()",
    ),
    **each(
        "best_estimator_ best_model_ get_best_model get_best_models",
        "search.best_model()",
    ),
    **each(
        "best_forecaster fit predict forecast",
        "Forecaster(**search.best_settings()).fit(frame), where best_model() "
        "has no dates",
    ),
}

CROSS_VALIDATION: dict[str, str] = remedies(
    {
        "folds": "folds=3",
        "repeated ensemble": "repeats=2",
        "seed": "seed=0",
        "validation": "size=24, the rows that judge in each fold",
        "horizon": "size=24, the rows that judge in each fold; a horizon is "
        "one of Windows(lookback=24, horizon=6)",
    },
    **each(
        "step stride step_size window max_train_size train_size expanding",
        "folds=3 and size=24: the folds lie side by side at the end, and each "
        "trains on all rows before it",
    ),
    shuffle="Arrays(x, y, Regression(), ordered=False)",
)

FORECAST: dict[str, str] = remedies(
    {
        "frame": "frame=frame",
        "target past future static series time freq": "columns=Columns("
        "'sales', past='visitors', future='price', series='shop')",
        "lookback horizon": "windows=Windows(lookback=24, horizon=6)",
        "season": "season=7",
        "scaling change": "representation='change'",
        "calendar": "calendar=('month', 'dayofweek')",
        "gaps": "gaps='interpolate'",
        "strategy": "strategy='recursive'",
        "distribution": "distribution='gaussian'",
        "intervals": "intervals=(0.8, 0.9)",
        "loss": "loss='mse'",
        "score": "Leave it out: forecasts are judged by their mean absolute "
        "error, and `loss` is what trains",
        "validation folds": "search_cells(task, directory='out/sweep', "
        "validation=CrossValidation(folds=3))",
        "cell ensemble": "search_cells(task, directory='out/sweep', "
        "cells=['lstm', 'gru'])",
        "width depth dropout epochs batch rate": "search_cells(task, "
        "directory='out/sweep', units=[16, 32], epochs=20)",
    },
    training="search_cells(task, directory='out/sweep', epochs=20)",
    lookback="windows=Windows(lookback=24, horizon=6)",
)

_HEAD = "head=Regression(), or another head of keras_rnn.models"
ARRAYS: dict[str, str] = remedies(
    {
        "frame": "x=x, the sequences",
        "target": "y=y, the answers",
        "loss": "loss='mse'",
        "score": "score_name='loss' or score_name='accuracy'",
        "distribution": "head=Gaussian(), a distribution as the head",
        "horizon": "head=Regression(horizon=6)",
        "validation folds": "search_cells(task, directory='out/sweep', "
        "validation=CrossValidation(folds=3))",
    },
    X="x=x, the sequences",
    **each("task problem output num_classes", _HEAD),
    **each(
        "shuffle shuffled time_series sorted",
        "ordered=False, if the samples are in no order of time",
    ),
)
