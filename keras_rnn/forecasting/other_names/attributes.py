# SPDX-License-Identifier: Apache-2.0
"""What somebody looks for on a Forecaster or a Backtest under another name."""

from keras_rnn._names import each

FORECASTER_ATTRIBUTES: dict[str, str] = {
    **each(
        "forecast get_forecast make_future_dataframe update",
        "forecaster.predict(frame, horizon=6)",
    ),
    **each(
        "predict_interval predict_quantiles conf_int get_prediction",
        "Forecaster(horizon=6, lookback=24, intervals=(0.8, 0.9)); `predict` "
        "then gives them",
    ),
    **each(
        "score evaluate historical_forecasts cross_validation cross_validate "
        "residuals",
        "forecaster.backtest(frame, start).scores",
    ),
    **each(
        "simulate predict_samples predict_proba generate",
        "forecaster.sample(num_paths=100)",
    ),
    **each(
        "get_params get_config params config summary strategy calendar gaps",
        "forecaster.settings",
    ),
    **each("horizon lookback", "forecaster.settings.windows"),
    **each(
        "set_params compile",
        "a new Forecaster(horizon=6, lookback=24, "
        "training=Training(epochs=50))",
    ),
    **each("history_ losses loss", "forecaster.history"),
    **each(
        "model model_ models network weights layers is_fitted fitted_",
        "forecaster.networks, a list that is empty before `fit`",
    ),
    **each("fit_predict fit_transform", "forecaster.fit(frame).predict()"),
    **each("plot_components", "forecaster.plot(axes, frame)"),
    **each(
        "save_weights save_model export to_json dump",
        "forecaster.save('sales.forecaster')",
    ),
    **each(
        "load_model load_weights load_from_checkpoint",
        "Forecaster.load('sales.forecaster')",
    ),
    **each(
        "gridsearch tune search optimize",
        "search_cells(Forecast(frame, columns, windows), "
        "directory='out/sweep')",
    ),
}

BACKTEST_ATTRIBUTES: dict[str, str] = {
    **each(
        "metrics metrics_ mae rmse mase smape summary score table results "
        "leaderboard mean ranking",
        "result.scores",
    ),
    **each("predictions to_frame df frame", "result.forecasts"),
    **each("plot", "plot_fan(axes, ...) or plot_ranking(axes, ...)"),
}
