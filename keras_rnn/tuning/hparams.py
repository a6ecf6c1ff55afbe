# SPDX-License-Identifier: Apache-2.0
"""Writes trials for the HParams view of TensorBoard."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_hparams(
    directory: Path,
    choices: Mapping[str, Any],
    score: float,
    score_name: str,
    trial: str,
) -> None:
    """Writes one trial: its settings and its score.

    Args:
        directory: Folder that `tensorboard --logdir` shows.
        choices: Name of an entry -> value.
        score: Score of the trial.
        score_name: What the score is called.
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
