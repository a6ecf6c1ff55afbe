# SPDX-License-Identifier: Apache-2.0
"""Other names of the arguments of Stack and Training."""

from keras_rnn._names import each, remedies

_FACTORY = "compile and fit the model of a factory yourself for another one"
_FIT = "of Forecaster.fit"

STACK: dict[str, str] = remedies(
    {
        "cell": "cell='lstm', a key of keras_rnn.layers.LAYERS",
        "width": "units=64, or units=[64, 32] with a width per layer",
        "depth": "units=[32, 32], one width per layer",
        "dropout": "dropout=0.1 between layers, or recurrent_dropout=0.1",
        "ways": "bidirectional=True",
        "residual": "residual=True, 'highway' or 'dense'",
        "dilation": "dilation=2, or dilation=[1, 2, 4] with one per layer",
        "norm": "normalization='layer' or normalization='batch'",
        "options": "options={'activation': 'tanh'}, with any argument of the "
        "layers",
        "penalty": "options={'kernel_regularizer': 'l2'}, with any argument of "
        "the layers",
        "seed": "Training(seed=0)",
    },
    layers="units=[32, 32], one width per layer; cell=['lstm', 'gru'] with "
    "one key per layer",
    network="cell='lstm', a key of keras_rnn.layers.LAYERS",
    **each(
        "return_sequences return_state stateful go_backwards",
        "stack(x, return_sequences=True) when the layers are built",
    ),
    **each(
        "input_shape input_dim input_size num_features",
        "stack(x) with a tensor of that shape; the layers see it",
    ),
    **each(
        "head horizon num_targets",
        "many_to_one(Stack('lstm', units=64), Sequences(), Regression())",
    ),
)

_BUILT = "y = stack(x) with a symbolic tensor, and keras.Model(x, y)"
STACK_ATTRIBUTES: dict[str, str] = {
    **each("layers", "stack.new_layers(), or the layers of keras.Model(x, y)"),
    **each("cell_type cells", "stack.cell"),
    **each(
        "add append",
        "Stack(['lstm', 'gru'], units=[64, 32]), all layers at once",
    ),
    **each(
        "build call compute_output_shape weights trainable_weights summary "
        "output_shape get_weights",
        _BUILT,
    ),
}
STACK_CALL: dict[str, str] = each(
    "mask training initial_state",
    "stack(x) with the tensor alone; Keras hands on its mask and its training",
)

TRAINING: dict[str, str] = remedies(
    {
        "optimizer": "learning_rate=1e-3 and a clipping, the optimizer is "
        f"Adam; {_FACTORY}",
        "rate": "learning_rate=1e-3",
        "schedule": "learning_rate=..., with a schedule of "
        "keras.optimizers.schedules; with a number the rate is lowered after "
        "half of `patience`",
        "epochs": "epochs=50",
        "batch": "batch_size=32",
        "clip": "global_clipnorm=1.0, clipnorm=1.0 or clipvalue=0.5",
        "patience": "patience=5, a number of epochs, after which the best "
        "weights return; patience=None trains all epochs",
        "seed": "seed=0",
        "loss": "loss='mse'",
        "score": "loss='mse'",
        "validation": f"validation=0.1 {_FIT}",
        "watch": f"verbose=1 {_FIT}",
        "resume": f"resume='folder' {_FIT}",
        "dropout": "Stack('lstm', dropout=0.1)",
        "penalty": "Stack('lstm', options={'kernel_regularizer': 'l2'})",
        "ensemble": "num_seeds=3 of a Forecaster",
        "folds": "backtest(frame, start) of a Forecaster",
        "strategy": "strategy='encoder_decoder' of a Forecaster",
    },
    max_steps="epochs=50 and steps_per_epoch=100",
    callbacks="patience=5 to stop early, verbose=1 of Forecaster.fit to watch",
    algorithm=f"learning_rate=1e-3, the optimizer is Adam; {_FACTORY}",
    **each("alpha rate step_size", "learning_rate=1e-3"),
    **each(
        "num_steps train_steps training_steps steps",
        "epochs=50 and steps_per_epoch=100",
    ),
    metrics="Training(epochs=50).compile(model, head, metrics=['mae']) of a "
    "model, or backtest(frame, start).scores of a Forecaster",
    **each(
        "jit_compile run_eagerly steps_per_execution weighted_metrics",
        "Training(epochs=50).compile(model, head, jit_compile=True), which "
        "hands it to Keras",
    ),
    **each(
        "mixed_precision precision amp",
        "keras.config.set_dtype_policy('mixed_float16') before",
    ),
    **each(
        "accelerator device n_jobs shuffle gradient_accumulation_steps ema "
        "use_ema class_weight sample_weight",
        f"Leave it out, or {_FACTORY}",
    ),
)
