# SPDX-License-Identifier: Apache-2.0
"""Training: the one set of settings by which networks are trained."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras

from keras_rnn import _names
from keras_rnn import _validation as validate
from keras_rnn.models.heads.contract import Head
from keras_rnn.models.other_names import TRAINING
from keras_rnn.models.training.described import described, described_fields
from keras_rnn.models.training.examples import Examples
from keras_rnn.models.training.losses import check_loss
from keras_rnn.models.training.progress import Progress
from keras_rnn.models.training.resume import (
    Resume,
    ResumeFolder,
    locked_folder,
)
from keras_rnn.models.training.seeds import seeded

#: Keras's arguments for clipping gradients.
CLIPPINGS = ("global_clipnorm", "clipnorm", "clipvalue")


@_names.other_names("Training(epochs=50, learning_rate=1e-3)", **TRAINING)
@dataclass(frozen=True, kw_only=True)
class Training:
    """How a network is trained: with Adam, clipped gradients, early stopping.

    Gradients through time can explode. By default the gradient of all weights
    together is scaled to the norm 1 if it is longer, which keeps its direction
    (Pascanu et al. 2013). `clipnorm` and `clipvalue` are Keras's other two
    ways of clipping; at most one of the three is used.

    Args:
        epochs: Most passes over the training part.
        batch_size: Windows per batch.
        steps_per_epoch: Most batches per epoch; None for all of them. With
            fewer batches than the windows need, each epoch goes on where the
            epoch before stopped in the shuffled windows.
        learning_rate: Learning rate of Adam at the start, or a schedule of
            Keras.
        global_clipnorm: Largest norm of the gradient of all weights together;
            None does not clip in this way. "auto" means 1.0, or None if
            another clipping is given.
        clipnorm: Largest norm of the gradient of each weight.
        clipvalue: Largest absolute value of each number in a gradient.
        patience: Epochs without a better validation loss after which training
            stops and returns to the best weights; after half as many the
            learning rate is lowered, unless it has a schedule. None trains all
            epochs and keeps the last weights, for validation parts too small
            to judge by.
        loss: A loss of Keras, by its name or as an object; None for the loss
            of the head, such as `"mae"` of `Regression`.
        seed: Seed of weights, dropout and the order of windows.

    Raises:
        ValueError: If a number is out of range, the loss is unknown, or two
            clippings are given.

    Example:
        >>> from keras_rnn.models import (
        ...     Regression, Sequences, Stack, Training, many_to_one
        ... )
        >>> head = Regression(horizon=3)
        >>> model = many_to_one(Stack("elman", 8), Sequences(), head)
        >>> Training(learning_rate=1e-2).compile(model, head)
        >>> model.optimizer.global_clipnorm
        1.0

    Reference:
        Pascanu, R., Mikolov, T. & Bengio, Y. (2013). On the difficulty of
        training recurrent neural networks. ICML.
    """

    epochs: int = 80
    batch_size: int = 64
    steps_per_epoch: int | None = 500
    learning_rate: float | keras.optimizers.schedules.LearningRateSchedule = (
        2e-3
    )
    global_clipnorm: float | str | None = "auto"
    clipnorm: float | None = None
    clipvalue: float | None = None
    patience: int | None = 12
    loss: str | Callable[..., Any] | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        validate.positive_int("epochs", self.epochs)
        validate.positive_int("batch_size", self.batch_size)
        if self.steps_per_epoch is not None:
            validate.positive_int("steps_per_epoch", self.steps_per_epoch)
        if not self.has_schedule:
            validate.positive_number("learning_rate", self.learning_rate)
        self._settle_clipping()
        if self.patience is not None:
            validate.positive_int("patience", self.patience)
        validate.random_seed("seed", self.seed)
        if self.loss is not None:
            check_loss(self.loss)

    def _settle_clipping(self) -> None:
        """Replaces "auto" by its value, and checks the clippings."""
        clipping = self.clipping
        auto = clipping.pop("global_clipnorm", None)
        if isinstance(auto, str) and auto == "auto":
            default = None if clipping else 1.0
            object.__setattr__(self, "global_clipnorm", default)
        for name, value in self.clipping.items():
            validate.positive_number(name, value)
        if len(self.clipping) > 1:
            given = ", ".join(f"{k}={v}" for k, v in self.clipping.items())
            raise ValueError(
                "Gradients are clipped in one way. "
                f"Received: {given}. Give one of them, and None for the rest."
            )

    @property
    def has_schedule(self) -> bool:
        """Whether the learning rate follows a schedule of Keras."""
        return isinstance(
            self.learning_rate, keras.optimizers.schedules.LearningRateSchedule
        )

    @property
    def clipping(self) -> dict[str, float]:
        """The clipping, as arguments of an optimizer of Keras; {} for none."""
        return {
            name: getattr(self, name)
            for name in CLIPPINGS
            if getattr(self, name) is not None
        }

    def optimizer(self) -> keras.optimizers.Optimizer:
        """A new optimizer with these settings."""
        return keras.optimizers.Adam(self.learning_rate, **self.clipping)

    def compile(self, model: keras.Model, head: Head, **settings: Any) -> None:
        """Compiles a model with optimizer, loss and metrics.

        Unless `loss` is set, the head chooses the loss:

        | head | loss | metrics |
        |---|---|---|
        | `Regression` | `mae` | `mae`, whatever the loss |
        | a distribution, such as `Gaussian` | likelihood, or pinball loss | |
        | `Binary` | `binary_crossentropy` | accuracy, area under the ROC |
        | `MultiClass` | `sparse_categorical_crossentropy` | accuracy |
        | `NextToken` | the same of logits, without padding | perplexity |
        | `Characters` | −log p over all alignments | character error rate |
        | `NextFrame` | `binary_crossentropy` | `mae` |

        Args:
            model: A `keras.Model`, such as the factories make.
            head: The head that the model was made with.
            **settings: Further arguments of `keras.Model.compile`, such as
                `metrics=[]`, `jit_compile` or `steps_per_execution`.

        Raises:
            TypeError: If `head` is no head.
        """
        validate.instance("head", head, Head, "Use e.g. Regression(horizon=3).")
        settings.setdefault("metrics", list(head.metrics))
        model.compile(self.optimizer(), loss=self.loss_of(head), **settings)

    def loss_of(self, head: Head) -> Any:
        """The loss to train with: its name, or an object of Keras."""
        return head.loss if self.loss is None else self.loss

    def fit(
        self,
        build: Callable[[], keras.Model],
        examples: Examples,
        *,
        head: Head,
        seed: int = 0,
        resume: Resume | None = None,
        verbose: int | str = 0,
    ) -> tuple[keras.Model, list[dict[str, float]]]:
        """Trains one network.

        The order of the examples and the dropout of an epoch depend only on
        the seed and on the number of the epoch. A training that resumes from a
        folder therefore ends with the weights of an uninterrupted one, up to
        rounding. Random states that others share are neither set nor used.

        Args:
            build: Function without arguments that returns a new model. A model
                that is not compiled yet is compiled with these settings.
            examples: What it learns from, such as `PreparedExamples(data)`.
            head: The head of these models, which has the loss.
            seed: A number added to the seed of these settings.
            resume: Where to write the state. If a state of the same training
                is there, the training resumes; only `epochs` may be higher
                than before. None writes nothing.
            verbose: As in `keras.Model.fit`.

        Returns:
            The model with its best weights, and its history, a dict of losses
            per epoch.

        Raises:
            ValueError: If the folder holds another training, whose differing
                setting the error names, or a damaged one; or if there is
                patience and no validation part to wait for.
            RuntimeError: If the loss is no longer a finite number, or another
                training is using the folder.
        """
        with locked_folder(resume and resume.directory):
            folder = None
            if resume is not None:
                known = self._described(examples, head, seed) | resume.settings
                folder = ResumeFolder(resume.folder, known, resume.seconds)
            seed += self.seed
            progress = Progress(self, seed, folder)
            with seeded(seed):
                model = self._new_or_resumed(build, head, progress)
            if not progress.finished:
                self._fit(model, examples, seed, progress, verbose)
        model.set_weights(progress.best_weights)
        return model, progress.state["history"]

    def _new_or_resumed(self, build, head, progress):
        """The model that the folder of the progress kept, or a new one."""
        kept = progress.folder and progress.folder.read()
        if kept is None:
            model = build()
            if not model.compiled:
                # Metrics cost a second trace of the training step.
                self.compile(model, head, metrics=[])
            return model
        state, model, best_weights = kept
        progress.resume(state, best_weights)
        return model

    def _fit(self, model, examples, seed, progress, verbose):
        """Trains the remaining epochs."""
        steps = examples.num_batches(self.batch_size)
        if self.steps_per_epoch is not None:
            steps = min(steps, self.steps_per_epoch)
        validation = examples.validation(self.batch_size)
        if self.patience is not None and validation is None:
            raise ValueError(
                "`patience` counts epochs without a better validation loss, "
                "and there is no validation part. "
                f"{validate.received('patience', self.patience)} "
                "Use patience=None."
            )
        done = progress.state["epochs"]
        model.fit(
            examples.batches(self.batch_size, seed=seed, start=steps * done),
            steps_per_epoch=steps,
            validation_data=validation,
            initial_epoch=done,
            epochs=self.epochs,
            shuffle=False,  # the dataset shuffles
            verbose=verbose,
            callbacks=[progress],
        )

    def _described(self, examples, head, seed):
        """Describes all that affects the weights, except for the model."""
        return {
            **described_fields(self),
            "loss": described(self.loss_of(head)),
            "added_seed": seed,
            "backend": keras.backend.backend(),
            "dtype": keras.config.dtype_policy().name,
            **examples.described(),
        }
