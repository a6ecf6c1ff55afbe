# SPDX-License-Identifier: Apache-2.0
"""Progress: the callback that begins and ends the epochs of a training."""

import math
from typing import Any

import keras
import numpy as np

from keras_rnn._types import Array
from keras_rnn.models.training.resume import ResumeFolder


class Progress(keras.callbacks.Callback):
    """Stops early, lowers the learning rate, and seeds the dropout.

    Keras's own EarlyStopping, ReduceLROnPlateau and BackupAndRestore forget
    the best weights and their patience when a process ends. This callback has
    all of it in one state, which a `ResumeFolder` keeps.

    Args:
        training: `Training`, the settings.
        seed: Seed of the dropout.
        folder: `ResumeFolder`, or None to keep nothing.
    """

    # `training` has no type: the file of `Training` imports this one.
    def __init__(
        self, training: Any, seed: int, folder: ResumeFolder | None = None
    ) -> None:
        super().__init__()
        self.training = training
        self.seed = seed
        self.folder = folder
        self.best_weights: list[Array] | None = None
        self.state: dict[str, Any] = {
            "epochs": 0,
            "best": math.inf,
            "best_epoch": 0,
            "waited": 0,
            "stopped": False,
            "history": [],
        }

    def resume(self, state: dict[str, Any], best_weights: list[Array]) -> None:
        """Takes over the state and the weights that a `ResumeFolder` kept."""
        self.state, self.best_weights = state, best_weights

    @property
    def finished(self) -> bool:
        """Whether all epochs are trained, or the training was stopped early."""
        done = self.state["epochs"] >= self.training.epochs
        return self.state["stopped"] or done

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Seeds the dropout of an epoch by the number of the epoch.

        Keras does not save the states of random generators, so that otherwise
        the dropout would depend on how often the training was interrupted.
        """
        states = [
            variable
            for variable in self.model.variables
            if variable.name == "seed_generator_state"
        ]
        drawn = np.random.SeedSequence((self.seed, epoch))
        # On some backends the states are signed integers of 32 bits.
        seeds = drawn.generate_state(len(states)) >> 1
        for state, seed in zip(states, seeds, strict=True):
            state.assign([seed, 0])

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._check_finite("loss", logs["loss"])

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        name = "val_loss" if "val_loss" in logs else "loss"
        judged = logs[name]
        self._check_finite(name.replace("val_", "validation "), judged)
        state = self.state
        state["epochs"] = epoch + 1
        state["history"].append({k: float(v) for k, v in logs.items()})
        patient = self.training.patience is not None
        if judged < state["best"] or not patient:
            state["best"], state["waited"] = float(judged), 0
            state["best_epoch"] = state["epochs"]
            self.best_weights = self.model.get_weights()
        else:
            state["waited"] += 1
            self._lose_patience()
        if self.folder is not None and (patient or self.folder.is_due()):
            self.folder.write(state, self.model)

    def _lose_patience(self) -> None:
        waited, patience = self.state["waited"], self.training.patience
        has_schedule = self.training.has_schedule
        if waited >= patience:
            self.state["stopped"] = self.model.stop_training = True
        elif waited % max(1, patience // 2) == 0 and not has_schedule:
            optimizer = self.model.optimizer
            optimizer.learning_rate = 0.3 * float(
                keras.ops.convert_to_numpy(optimizer.learning_rate)
            )

    def _check_finite(self, name: str, value: float) -> None:
        """Raises a RuntimeError if a loss is no longer a finite number."""
        if math.isfinite(value):
            return
        remedy = "or clip gradients: global_clipnorm=1.0."
        for clipping, bound in self.training.clipping.items():
            remedy = f"or `{clipping}` ({bound})."
        raise RuntimeError(
            f"Training diverged in epoch {self.state['epochs'] + 1}: the "
            f"{name} is {value}. Lower `learning_rate` "
            f"({self.training.learning_rate}) {remedy}"
        )
