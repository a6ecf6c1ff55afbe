# SPDX-License-Identifier: Apache-2.0
"""What settings are called elsewhere, in kinds that have one remedy each.

The names are those of version 0.1, of forecasting libraries (darts,
neuralforecast, GluonTS, skforecast, sktime, Prophet, statsmodels), of Keras,
KerasTuner, PyTorch and scikit-learn.
"""

from collections.abc import Mapping

#: Kind -> names, each of which is of one kind.
KINDS: dict[str, str] = {
    # Recurrent layers.
    "cell": "algorithm architecture backbone base_estimator build_fn cell "
    "cell_class cell_type estimator forecaster key kind layer layer_class "
    "layer_type method model model_class model_cls model_type network "
    "regressor rnn rnn_type type",
    "width": "d_model decoder_hidden_size dim encoder_hidden_size hidden "
    "hidden_dim hidden_layer_sizes hidden_size hidden_sizes hidden_units "
    "n_hidden n_units neurons num_units output_size size sizes units width "
    "widths",
    "depth": "decoder_layers depth encoder_n_layers hidden_layers layers "
    "n_layers n_rnn_layers n_stacked n_stacks num_cells num_layers num_stacked "
    "repeat stack",
    "dropout": "drop_rate dropout dropout_rate encoder_dropout rate "
    "recurrent_dropout variational_dropout",
    "ways": "bi bidir bidirectional birnn both_ways merge_mode",
    "residual": "add_residual dense_connections densenet highway "
    "highway_connections res residual residual_connections resnet shortcut "
    "skip skip_connection skip_connections use_residual",
    "dilation": "dilate dilated dilation dilation_base dilation_factor "
    "dilation_rate dilation_rates dilations",
    "norm": "batch_norm layer_norm norm norm_type normalisation "
    "normalization normalizer use_batch_norm use_layer_norm",
    "options": "activation bias_initializer dtype engine implementation "
    "kernel_constraint kernel_initializer kwargs layer_kwargs options peephole "
    "peepholes recurrent_activation recurrent_initializer reset_after "
    "unit_forget_bias unroll use_bias zoneout",
    "penalty": "kernel_regularizer l1 l2 recurrent_regularizer regularization "
    "regularizer weight_decay",
    "ensemble": "cells ensemble ensemble_size members models n_ensemble "
    "n_estimators n_init n_members n_models n_seeds networks num_models "
    "num_networks num_seeds repeats seeds",
    # Training.
    "optimizer": "amsgrad beta_1 epsilon momentum opt optimizer optimizer_cls "
    "optimizer_kwargs solver",
    "rate": "base_lr eta eta0 init_lr initial_learning_rate learning_rate "
    "learning_rate_init lr max_lr",
    "schedule": "decay decay_steps factor learning_rate_schedule lr_decay "
    "lr_decay_patience lr_patience lr_schedule lr_scheduler "
    "lr_scheduler_cls lr_scheduler_kwargs num_lr_decays reduce_lr "
    "reduce_lr_on_plateau schedule scheduler warmup warmup_steps",
    "epochs": "epoch epochs iterations max_epoch max_epochs max_iter "
    "max_steps maxiter n_epochs n_iter nb_epoch num_epochs num_steps "
    "steps_per_epoch train_steps training_steps",
    "batch": "batch batch_size batches batchsize bs mini_batch_size "
    "minibatch_size train_batch_size windows_batch_size",
    "clip": "clip clip_grad clip_gradients clip_norm clip_value clipnorm "
    "clipping clipvalue global_clip_norm global_clipnorm global_norm "
    "grad_clip grad_clip_norm grad_norm gradient_clip "
    "gradient_clip_algorithm gradient_clip_norm gradient_clip_val "
    "gradient_clipping gradient_norm gradients max_grad_norm max_norm "
    "pl_trainer_kwargs trainer_kwargs",
    "patience": "early_stop early_stop_patience_steps early_stopping "
    "early_stopping_patience early_stopping_rounds es_patience min_delta "
    "monitor n_iter_no_change patience restore_best_weights start_from_epoch "
    "stop_patience stopping tol",
    "seed": "random_seed random_state rng seed torch_seed",
    "loss": "criterion loss loss_fn loss_function losses",
    "validation": "eval_set test_size val_check_steps val_data val_df "
    "val_series val_set val_size val_split validation validation_data "
    "validation_fraction validation_size validation_split",
    "watch": "callbacks disp log_dir progress_bar quiet show_warnings silent "
    "tensorboard verbose",
    "resume": "checkpoint checkpoint_dir directory initial_epoch "
    "load_from_checkpoint model_dir resume save_checkpoints use_init_models "
    "warm_start work_dir",
    # Windows and forecasts.
    "lookback": "context context_length history input_chunk_length "
    "input_length input_size input_width lag lags look_back lookback "
    "lookback_window max_lag n_lags n_past n_timesteps p seq_len sequence_len "
    "sequence_length time_steps timesteps training_length window window_length "
    "window_size",
    "horizon": "ahead fh forecast_horizon forecast_length h horizon "
    "label_width n n_ahead n_forecasts n_out n_periods n_steps n_steps_out "
    "output_chunk_length output_length periods pred_len prediction_horizon "
    "prediction_length steps steps_ahead",
    "distribution": "density dist distr_output distribution family head "
    "likelihood output output_distribution probabilistic uncertainty",
    "intervals": "alpha conf_int conf_level confidence confidence_level "
    "conformal coverage interval interval_width intervals level levels "
    "percentiles prediction_interval prediction_intervals quantile quantiles "
    "return_conf_int return_pred_int return_std",
    "samples": "mc_dropout n_boot n_draws n_paths n_samples n_simulations "
    "num_parallel_samples num_paths num_samples return_samples samples",
    "scaling": "local_scaler_type log log_transform normalize preprocessing "
    "representation revin scale scaler scaler_type scaling standardize "
    "target_transform transform transformer transformer_y "
    "use_reversible_instance_norm",
    "change": "d detrend diff difference differences differencing "
    "differentiation growth order trend use_diff",
    "season": "m period season season_length seasonal seasonal_periods "
    "seasonality seasonality_mode sp",
    "calendar": "add_encoders calendar calendar_features country_holidays "
    "date_features datetime_features encoders fourier holidays "
    "time_features weekly_seasonality yearly_seasonality",
    "gaps": "drop_incomplete drop_missing ffill fill_gaps fill_missing "
    "fillna gaps handle_missing impute imputer interpolate mask "
    "mask_value masking missing missing_values na nan",
    "strategy": "autoregressive decoder direct mode multi_models multi_step "
    "recursive seq2seq strategy teacher_forcing",
    # Columns and frames.
    "target": "endog label label_columns labels output_columns target "
    "target_col target_column targets value_col y",
    "past": "hist_exog_list past past_covariates past_features",
    "future": "covariates exog extra_regressors feature_cols feature_columns "
    "features futr_exog_list future future_covariates inputs known "
    "known_cols known_covariates known_covariates_names known_future "
    "regressors time_varying_known_reals X x_cols",
    "static": "categorical stat_exog_list static static_covariates static_df "
    "static_features",
    "series": "by group group_col group_cols group_ids groupby groups id "
    "id_col id_column item_id keys series series_id unique_id",
    "time": "date date_col date_column dates datetime_col ds index time "
    "time_col time_column time_idx timestamp timestamp_col timestamp_column",
    "freq": "freq frequency",
    "frame": "data dataset df frame train train_data training_data ts x",
    # Searches.
    "folds": "cross_validation cv folds k k_folds n_cv n_folds n_splits "
    "n_windows num_folds splits splitter",
    "repeated": "executions executions_per_trial n_repeats",
    "score": "direction metric metrics objective score score_name scoring",
}


def each(names: str, remedy: str) -> dict[str, str]:
    """The same remedy for several names.

    Args:
        names: The names, with spaces between them.
        remedy: What to write instead.
    """
    return dict.fromkeys(names.split(), remedy)


def remedies(kinds: Mapping[str, str], /, **names: str) -> dict[str, str]:
    """A table of remedies, of kinds of names and of single names.

    Args:
        kinds: One kind or several, with spaces between them -> what to write.
        **names: Name -> what to write, whatever its kind.

    Returns:
        Name -> what to write.

    Example:
        >>> remedies({"freq": "freq='D'"}, every="freq='D'")
        {'freq': "freq='D'", 'frequency': "freq='D'", 'every': "freq='D'"}
    """
    table: dict[str, str] = {}
    for several, remedy in kinds.items():
        for kind in several.split():
            table |= each(KINDS[kind], remedy)
    return table | names
