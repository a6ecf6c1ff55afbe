# SPDX-License-Identifier: Apache-2.0
"""What a training does at the ends of its epochs."""

import math

import keras
import numpy as np


class Progress(keras.callbacks.Callback):
    """Early stopping, a falling learning rate, and dropout of each epoch.

    Keras's own EarlyStopping, ReduceLROnPlateau and BackupAndRestore forget
    the best weights and their patience when a process ends; here all of it
    is in one state, which a `ResumeFolder` keeps.

    Args:
        training: `Training`.
        seed: Of the dropout.
        folder: `ResumeFolder`, or None.
    """

    def __init__(self, training, seed, folder=None):
        super().__init__()
        self.training = training
        self.seed = seed
        self.folder = folder
        self.best_weights = None
        self.state = {
            "epochs": 0,
            "best": math.inf,
            "best_epoch": 0,
            "waited": 0,
            "stopped": False,
            "history": [],
        }

    def go_on(self, state, best_weights):
        """Takes over what a `ResumeFolder` kept."""
        self.state, self.best_weights = state, best_weights

    @property
    def finished(self):
        """Whether there is nothing left to train."""
        done = self.state["epochs"] >= self.training.epochs
        return self.state["stopped"] or done

    def on_epoch_begin(self, epoch, logs=None):
        """The dropout of an epoch follows from its number alone.

        Otherwise it would depend on how often the training was interrupted:
        the states of its generators are not among what Keras saves.
        """
        states = [
            variable
            for variable in self.model.variables
            if variable.name == "seed_generator_state"
        ]
        drawn = np.random.SeedSequence((self.seed, epoch))
        # On some backends the states are signed, of 32 bits.
        seeds = drawn.generate_state(len(states)) >> 1
        for state, seed in zip(states, seeds, strict=True):
            state.assign([seed, 0])

    def on_train_batch_end(self, batch, logs=None):
        self._check_finite("loss", logs["loss"])

    def on_epoch_end(self, epoch, logs=None):
        self._check_finite("validation loss", logs["val_loss"])
        state = self.state
        state["epochs"] = epoch + 1
        state["history"].append({k: float(v) for k, v in logs.items()})
        patient = self.training.patience is not None
        if logs["val_loss"] < state["best"] or not patient:
            state["best"], state["waited"] = float(logs["val_loss"]), 0
            state["best_epoch"] = state["epochs"]
            self.best_weights = self.model.get_weights()
        else:
            state["waited"] += 1
            self._lose_patience()
        if self.folder is not None:
            self.folder.write(state, self.model)

    def _lose_patience(self):
        waited, patience = self.state["waited"], self.training.patience
        if waited >= patience:
            self.state["stopped"] = self.model.stop_training = True
        elif waited % max(1, patience // 2) == 0:
            optimizer = self.model.optimizer
            optimizer.learning_rate = 0.3 * float(
                keras.ops.convert_to_numpy(optimizer.learning_rate)
            )

    def _check_finite(self, name, value):
        if not math.isfinite(value):
            raise RuntimeError(
                f"Training diverged in epoch {self.state['epochs'] + 1}: the "
                f"{name} is {value}. Lower `learning_rate` "
                f"({self.training.learning_rate}) or `clipnorm` "
                f"({self.training.clipnorm})."
            )
