# SPDX-License-Identifier: Apache-2.0
"""What a search learns, if it has a tf.data.Dataset of batches."""

import hashlib
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from keras_rnn import _validation as validate
from keras_rnn.data.cutting import datasets
from keras_rnn.models import Head, Sequences, Tokens
from keras_rnn.tuning.problems.samples import Samples, score
from keras_rnn.tuning.problems.sequences import check_shape


@dataclass(frozen=True, eq=False)
class Batches(Samples):
    """To answer sequences in a tf.data.Dataset of batches.

    Folds are cut by rolling origin between batches, so the dataset must
    neither shuffle nor repeat; nothing is held in memory. Its batches stay as
    they are: there is no batch size to tune.

    Args:
        dataset: tf.data.Dataset of batches (inputs, targets).
        head: What a model says once a sequence: Regression, Binary,
            MultiClass or a distribution.
        inputs: Sequences or Tokens, what enters a model.
        loss: A loss of Keras; None: what fits the head.
        score_name: What is judged by: `"loss"` or `"accuracy"`.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If the dataset does not give batches of such inputs.
    """

    dataset: datasets.Dataset
    head: Head
    inputs: Sequences | Tokens
    _: KW_ONLY
    loss: str | None = None
    score_name: str = "loss"

    fixed: ClassVar[tuple] = ("batch_size",)

    def __post_init__(self):
        validate.instance(
            "dataset", self.dataset, datasets.Dataset, "Use Arrays(x, y, head)."
        )
        self.check()
        spec = self.dataset.element_spec
        if not isinstance(spec, tuple) or len(spec) not in (2, 3):
            raise ValueError(
                "The dataset must give batches (inputs, targets), or with "
                f"sample weights. Received: {spec!r}. Zip them together."
            )
        shape = getattr(spec[0], "shape", None)  # not of a dict of inputs
        if shape is not None and shape.rank is not None:
            check_shape(tuple(shape), self.inputs)

    def __len__(self):
        if datasets.has_no_end(self.dataset):
            raise ValueError(
                "The dataset has no end. Received: a dataset that repeats. "
                "Remove `.repeat()`."
            )
        known = int(self.dataset.cardinality())
        return known if known >= 0 else sum(1 for _ in self.dataset)

    def folds(self, validation):
        """The folds, as cuts of the batches."""
        return validation.rolling(len(self))

    def fold_data(self, settings, fold):
        """What one fold trains on and is judged by."""
        first, size = int(fold.validation[0]), len(fold.validation)
        return BatchFold(
            self.dataset.take(len(fold.train)),
            self.dataset.skip(first).take(size),
            self.score_name,
        )

    def all_data(self, settings):
        """What the best model trains on: everything."""
        return BatchFold(self.dataset, None, self.score_name)

    def question(self):
        """What scores depend on, as far as it can be known.

        Of the dataset that is the shape and number of its batches, and what
        the first one holds unless it differs from reading to reading, as
        augmented samples do.
        """
        readings = {_first(self.dataset) for _ in range(2)}
        return super().question() | {
            "dataset": repr(self.dataset.element_spec),
            "batches": len(self),
            "first_batch": readings.pop() if len(readings) == 1 else None,
        }


def _first(dataset):
    """A hash of what the first batch holds."""
    content = hashlib.sha256()
    for array in datasets.arrays_of_first(dataset):
        told = array.dtype.kind == "O"  # texts, kept as pointers
        content.update(repr(array).encode() if told else array.tobytes())
    return content.hexdigest()[:16]


@dataclass(frozen=True, eq=False)
class BatchFold:
    """Batches to train on, and batches to judge by, or None."""

    train: datasets.Dataset
    validation: datasets.Dataset | None
    score_name: str

    def fit_arguments(self, batch_size, seed):
        """What `model.fit` gets: the batches as they are, in their order."""
        return {"x": self.train, "shuffle": False}

    def validation_data(self):
        """What `model.fit` gets as validation_data."""
        return self.validation

    def score(self, model):
        """The loss, or the accuracy, of the batches that judge."""
        return score(model, self.score_name, x=self.validation)
