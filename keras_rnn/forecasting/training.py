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
        steps_per_epoch: Most batches an epoch; None for all of them. Many
            series have more windows than an epoch should take: it then goes
            on where the one before stopped in the shuffled windows.
        learning_rate: Of Adam, at the start.
        clipnorm: Greatest norm of the gradient of one weight; None for no
            clipping.
        patience: Epochs without a better validation loss after which training
            stops and returns to the best weights; after half as many the
            learning rate is lowered. None trains all epochs and keeps the
            last weights, for validation parts too small to judge by.
        loss: Name of a Keras loss; None for the one that goes with what is
            forecast, `"mae"` for numbers.
        seed: Of weights, dropout and the order of windows.

    Raises:
        ValueError: If a number is out of range, or the loss is unknown.
    """

    epochs: int = 80
    batch_size: int = 64
    steps_per_epoch: int | None = 500
    learning_rate: float = 2e-3
    clipnorm: float | None = 1.0
    patience: int | None = 12
    loss: str | None = None
    seed: int = 0

    def __post_init__(self):
        validate.positive_int("epochs", self.epochs)
        validate.positive_int("batch_size", self.batch_size)
        if self.steps_per_epoch is not None:
            validate.positive_int("steps_per_epoch", self.steps_per_epoch)
        validate.positive_number("learning_rate", self.learning_rate)
        if self.clipnorm is not None:
            validate.positive_number("clipnorm", self.clipnorm)
        if self.patience is not None:
            validate.positive_int("patience", self.patience)
        validate.random_seed("seed", self.seed)
        if self.loss is not None:
            check_loss(self.loss)

    def compile(self, model, loss="mae"):
        """Compiles a model with Adam, clipping and a loss.

        Args:
            model: A `keras.Model`.
            loss: What is trained with, unless these settings name a loss.
        """
        optimizer = keras.optimizers.Adam(
            self.learning_rate, clipnorm=self.clipnorm
        )
        model.compile(optimizer, loss=loss if self.loss is None else self.loss)

    def fit(
        self,
        build,
        data,
        *,
        loss="mae",
        seed=0,
        directory=None,
        fingerprint=None,
        verbose=0,
    ):
        """Trains one network on prepared data.

        Args:
            build: Function without arguments that returns a new model.
            data: `PreparedData` with a validation part.
            loss: As in `compile`.
            seed: Added to the seed of these settings.
            directory: Where the state is written after each epoch; what
                stands there is continued. None writes nothing.
            fingerprint: Text that says what is trained on what: only a state
                with the same one is continued.
            verbose: As in `keras.Model.fit`.

        Returns:
            The model with its best weights, and the rows of its history.

        Raises:
            ValueError: If the directory holds another training.
            RuntimeError: If the loss is no longer a finite number.
        """
        keras.utils.set_random_seed(self.seed + seed)
        progress = Progress(self, directory and Path(directory), fingerprint)
        model = progress.continued()
        if model is None:
            model = build()
            self.compile(model, loss)
        if not progress.finished(self.epochs):
            batches = data.train.dataset(
                self.batch_size, shuffle=True, seed=self.seed + seed
            )
            steps = self.steps_per_epoch
            if steps is None or steps >= len(batches):
                steps = None
            else:
                batches = batches.repeat()
            model.fit(
                batches,
                steps_per_epoch=steps,
                validation_data=data.validation.dataset(4 * self.batch_size),
                initial_epoch=progress.state["epochs"],
                epochs=self.epochs,
                shuffle=False,  # the dataset shuffles
                verbose=verbose,
                callbacks=[progress],
            )
        model.set_weights(progress.best_weights)
        return model, progress.state["history"]


def check_loss(loss):
    """Raises a ValueError for what Keras does not know as a loss."""
    try:
        keras.losses.get(str(loss))
    except ValueError as error:
        raise ValueError(
            "`loss` must be the name of a Keras loss, such as 'mae'. "
            f"{validate.received('loss', loss)}"
        ) from error


class Progress(keras.callbacks.Callback):
    """Early stopping and a falling learning rate, with a state on disk.

    Keras's own EarlyStopping, ReduceLROnPlateau and BackupAndRestore forget
    the best weights and their patience when a process ends; here all of it
    is in one state, written after each epoch and replaced as a whole.

    Args:
        training: `Training`.
        directory: `Path` of the state, or None.
        fingerprint: What is trained on what, or None.
    """

    def __init__(self, training, directory=None, fingerprint=None):
        super().__init__()
        self.training = training
        self.directory = directory
        self.best_weights = None
        self.state = {
            "fingerprint": fingerprint,
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
        patient = self.training.patience is not None
        if logs["val_loss"] < state["best"] or not patient:
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
        state = json.loads((path / "progress.json").read_text())
        if state["fingerprint"] != self.state["fingerprint"]:
            raise ValueError(
                f"{str(path)!r} holds the training of other settings or of "
                "other rows. Resume with those, or name another folder."
            )
        self.state = state
        best, last = (
            keras.saving.load_model(path / f"epoch_{epoch}.keras")
            for epoch in (self.state["best_epoch"], self.state["epochs"])
        )
        self.best_weights = best.get_weights()
        return last
