# SPDX-License-Identifier: Apache-2.0
"""Training that stops early, names what went wrong, and survives a kill."""

import json
import math
import os
from dataclasses import dataclass
from pathlib import Path

import keras

from keras_rnn import _validation as validate


@dataclass(frozen=True, kw_only=True)
class Training:
    """How a network is trained.

    Args:
        epochs: Most passes over the training part.
        batch_size: Windows in a batch.
        learning_rate: Of Adam, at the start.
        clipnorm: Greatest norm of the gradient of one weight; None for no
            clipping.
        patience: Epochs without a better validation loss after which training
            stops; after half as many the learning rate is lowered.
        loss: A Keras loss.
        seed: Of weights, dropout and the order of windows.

    Raises:
        ValueError: If a number is out of range.
    """

    epochs: int = 80
    batch_size: int = 64
    learning_rate: float = 2e-3
    clipnorm: float | None = 1.0
    patience: int = 12
    loss: str = "mae"
    seed: int = 0

    def __post_init__(self):
        validate.positive_int("epochs", self.epochs)
        validate.positive_int("batch_size", self.batch_size)
        validate.positive_number("learning_rate", self.learning_rate)
        if self.clipnorm is not None:
            validate.positive_number("clipnorm", self.clipnorm)
        validate.positive_int("patience", self.patience)
        validate.integer("seed", self.seed, minimum=0)

    def compile(self, model):
        """Compiles a model with Adam, the loss and clipping."""
        optimizer = keras.optimizers.Adam(
            self.learning_rate, clipnorm=self.clipnorm
        )
        model.compile(optimizer, loss=self.loss)

    def fit(self, build, data, *, seed=0, directory=None, verbose=0):
        """Trains one network on prepared data.

        Args:
            build: Function without arguments that returns a new model.
            data: `PreparedData` with a validation part.
            seed: Added to the seed of these settings.
            directory: Where the state is written after each epoch; what
                stands there is continued. None writes nothing.
            verbose: As in `keras.Model.fit`.

        Returns:
            The model with its best weights, and the rows of its history.

        Raises:
            RuntimeError: If the loss is no longer a finite number.
        """
        keras.utils.set_random_seed(self.seed + seed)
        progress = Progress(self, directory and Path(directory))
        model = progress.continued()
        if model is None:
            model = build()
            self.compile(model)
        if not progress.finished(self.epochs):
            model.fit(
                data.train.dataset(
                    self.batch_size, shuffle=True, seed=self.seed + seed
                ),
                validation_data=data.validation.dataset(4 * self.batch_size),
                initial_epoch=progress.state["epochs"],
                epochs=self.epochs,
                shuffle=False,  # the dataset shuffles
                verbose=verbose,
                callbacks=[progress],
            )
        model.set_weights(progress.best_weights)
        return model, progress.state["history"]


class Progress(keras.callbacks.Callback):
    """Early stopping and a falling learning rate, with a state on disk.

    Keras's own EarlyStopping, ReduceLROnPlateau and BackupAndRestore forget
    the best weights and their patience when a process ends; here all of it
    is in one state, written after each epoch and replaced as a whole.

    Args:
        training: `Training`.
        directory: `Path` of the state, or None.
    """

    def __init__(self, training, directory=None):
        super().__init__()
        self.training = training
        self.directory = directory
        self.best_weights = None
        self.state = {
            "epochs": 0,
            "best": math.inf,
            "waited": 0,
            "stopped": False,
            "history": [],
        }

    def finished(self, epochs):
        """Whether there is nothing left to train."""
        return self.state["stopped"] or self.state["epochs"] >= epochs

    def on_train_batch_end(self, batch, logs=None):
        self._check_finite("loss", logs["loss"])

    def on_epoch_end(self, epoch, logs=None):
        self._check_finite("validation loss", logs["val_loss"])
        state = self.state
        state["epochs"] = epoch + 1
        state["history"].append({k: float(v) for k, v in logs.items()})
        if logs["val_loss"] < state["best"]:
            state["best"], state["waited"] = float(logs["val_loss"]), 0
            self.best_weights = self.model.get_weights()
        else:
            state["waited"] += 1
            self._lose_patience()
        if self.directory is not None:
            self._write()

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

    def _write(self):
        """The state of this epoch, then the file that makes it valid."""
        self.directory.mkdir(parents=True, exist_ok=True)
        epoch = self.state["epochs"]
        self.model.save(self.directory / f"epoch_{epoch}.keras")
        if self.state["waited"] == 0:
            self.state["best_epoch"] = epoch
        written = self.directory / "progress.json.new"
        written.write_text(json.dumps(self.state))
        os.replace(written, self.directory / "progress.json")
        keep = {epoch, self.state["best_epoch"]}
        for path in self.directory.glob("epoch_*.keras"):
            if int(path.stem.removeprefix("epoch_")) not in keep:
                path.unlink()

    def continued(self):
        """The model as it was after the last whole epoch, or None."""
        path = self.directory
        if path is None or not (path / "progress.json").exists():
            return None
        self.state = json.loads((path / "progress.json").read_text())
        best, last = (
            keras.saving.load_model(path / f"epoch_{epoch}.keras")
            for epoch in (self.state["best_epoch"], self.state["epochs"])
        )
        self.best_weights = best.get_weights()
        return last
