# SPDX-License-Identifier: Apache-2.0
"""Where the names stand that errors tell somebody to write."""

import re

_OFFERED = {
    "keras_rnn.data": "Change Columns Counts Level Log SeasonalChange Split "
    "SquareRoot WindowLevel Windows calendar_features prepare read_parquet",
    "keras_rnn.forecasting": "Backtest Forecaster arima ets naive plot_fan "
    "plot_forecast plot_ranking references seasonal_naive",
    "keras_rnn.layers": "Chrono",
    "keras_rnn.metrics": "coverage mae mase owa pinball rmse rmsse smape",
    "keras_rnn.migration": "from_addons from_keras from_torch swap_layers "
    "to_addons to_keras to_torch",
    "keras_rnn.models": "Binary Gaussian MultiClass NegativeBinomial NextToken "
    "Poisson Quantiles Regression Sequences Stack StudentT Tokens Training "
    "for_inference many_to_many many_to_one seeded seq2seq "
    "sequence_autoencoder stateful_forecaster",
    "keras_rnn.tuning": "Arrays Batches CellSearch CrossValidation Forecast "
    "Range RecurrentHyperModel count_weights matched_units plot_leaderboard "
    "search_cells",
}
#: Name of a class or a function -> the module that offers it.
PLACES: dict[str, str] = {
    name: module for module, names in _OFFERED.items() for name in names.split()
}


def imports(remedy: str, caller: str) -> str:
    """What to import for a remedy: the end of a sentence, or nothing.

    Args:
        remedy: What to write.
        caller: What was called, which is imported already.
    """
    own = caller.partition(".")[0]
    by_module: dict[str, list[str]] = {}
    for name in dict.fromkeys(re.findall(r"(?<![\w.'])(\w+)(?=[.(])", remedy)):
        if name in PLACES and name != own:
            by_module.setdefault(PLACES[name], []).append(name)
    wanted = [
        f"`from {module} import {', '.join(names)}`"
        for module, names in by_module.items()
    ]
    return f", after {' and '.join(wanted)}" if wanted else ""
