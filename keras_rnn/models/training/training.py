# SPDX-License-Identifier: Apache-2.0
"""Training that stops early, names what went wrong, and survives a kill."""

from dataclasses import dataclass

import keras

from keras_rnn import _validation as validate
from keras_rnn.models.training.described import (
    described,
    described_data,
    described_fields,
)
from keras_rnn.models.training.progress import Progress
from keras_rnn.models.training.resume import ResumeFolder, held
from keras_rnn.models.training.seeds import seeded


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
        settings=None,
        verbose=0,
    ):
        """Trains one network on prepared data.

        The order of the windows and the dropout of an epoch follow from the
        seed and the number of the epoch alone: a training that goes on from a
        folder ends with the weights of one that was not interrupted, to
        rounding. No random state of others is set or used.

        Args:
            build: Function without arguments that returns a new model.
            data: `PreparedData` with a validation part.
            loss: As in `compile`.
            seed: Added to the seed of these settings.
            directory: Where the state is written after each epoch; what
                stands there is continued, up to `epochs`, which may be more
                than before. None writes nothing.
            settings: Dict, name -> value, of what `build` depends on: a state
                with other ones is not continued.
            verbose: As in `keras.Model.fit`.

        Returns:
            The model with its best weights, and the rows of its history.

        Raises:
            ValueError: If the directory holds another training (the error
                names what differs), or one that is damaged.
            RuntimeError: If the loss is no longer a finite number, or another
                training goes on in the directory.
        """
        if directory is not None:
            directory = validate.folder("directory", directory)
        with held(directory):
            folder = None
            if directory is not None:
                everything = self._described(data, loss, seed)
                everything |= settings or {}
                folder = ResumeFolder(directory, everything)
            seed += self.seed
            progress = Progress(self, seed, folder)
            with seeded(seed):
                model = self._begun(build, loss, progress)
            if not progress.finished:
                self._fit(model, data, seed, progress, verbose)
        model.set_weights(progress.best_weights)
        return model, progress.state["history"]

    def _begun(self, build, loss, progress):
        """The model that a folder kept, or else a new one."""
        kept = progress.folder and progress.folder.read()
        if kept is None:
            model = build()
            self.compile(model, loss)
            return model
        state, model, best_weights = kept
        progress.go_on(state, best_weights)
        return model

    def _fit(self, model, data, seed, progress, verbose):
        """Trains the epochs that are left."""
        steps = -(-len(data.train) // self.batch_size)
        if self.steps_per_epoch is not None:
            steps = min(steps, self.steps_per_epoch)
        done = progress.state["epochs"]
        model.fit(
            data.train.epochs(self.batch_size, seed=seed, start=steps * done),
            steps_per_epoch=steps,
            validation_data=data.validation.dataset(4 * self.batch_size),
            initial_epoch=done,
            epochs=self.epochs,
            shuffle=False,  # the dataset shuffles
            verbose=verbose,
            callbacks=[progress],
        )

    def _described(self, data, loss, seed):
        """All that moves the weights, but for what `build` depends on."""
        return {
            **described_fields(self),
            "loss": described(loss if self.loss is None else self.loss),
            "added_seed": seed,
            "backend": keras.backend.backend(),
            "dtype": keras.config.dtype_policy().name,
            **described_data(data),
        }


def check_loss(loss):
    """Raises a ValueError for what Keras does not know as a loss."""
    try:
        keras.losses.get(str(loss))
    except ValueError as error:
        raise ValueError(
            "`loss` must be the name of a Keras loss, such as 'mae'. "
            f"{validate.received('loss', loss)}"
        ) from error
