# SPDX-License-Identifier: Apache-2.0
"""Trials for TensorBoard's HParams view."""


def write_hparams(directory, choices, score, score_name, trial):
    """Writes one trial.

    Args:
        directory: pathlib.Path; `tensorboard --logdir` shows it.
        choices: Name of an entry -> value.
        score: Float.
        score_name: What it is called.
        trial: Name of the trial.
    """
    import tensorflow as tf
    from tensorboard.plugins.hparams import api

    shown = {
        name: value
        if isinstance(value, (bool, int, float, str))
        else str(value)
        for name, value in choices.items()
    }
    writer = tf.summary.create_file_writer(str(directory / trial))
    with writer.as_default():
        api.hparams(shown, trial_id=trial)
        tf.summary.scalar(score_name, score, step=1)
    writer.close()
