# SPDX-License-Identifier: Apache-2.0
"""Batches: what a search learns from a tf.data.Dataset of batches."""

import hashlib
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

import keras

from keras_rnn import _validation as validate
from keras_rnn.data.cutting import datasets
from keras_rnn.models import Head, Sequences, Tokens
from keras_rnn.tuning.folds import CrossValidation, Fold
from keras_rnn.tuning.problems.base import Settings
from keras_rnn.tuning.problems.samples import SampleFold, Samples
from keras_rnn.tuning.problems.sequences import check_shape


@dataclass(frozen=True, eq=False)
class Batches(Samples):
    """The task to answer each sequence in a tf.data.Dataset of batches.

    Folds are cut by rolling origin between batches, so the dataset must
    neither shuffle nor repeat. Nothing is held in memory. The batches stay as
    they are, so there is no batch size to tune.

    Args:
        dataset: tf.data.Dataset of batches (inputs, targets).
        head: What a model says once per sequence: Regression, Binary,
            MultiClass or a distribution.
        inputs: What enters a model: Sequences or Tokens.
        loss: A loss of Keras; None for the loss of the head.
        score_name: What models are judged by: `"loss"` or `"accuracy"`.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If the dataset does not give batches of such inputs.
    """

    dataset: datasets.Dataset
    head: Head
    inputs: Sequences | Tokens
    _: KW_ONLY
    loss: Any = None
    score_name: str = "loss"

    fixed: ClassVar[tuple[str, ...]] = ("batch_size",)

    def __post_init__(self) -> None:
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

    def __len__(self) -> int:
        """The number of batches."""
        if datasets.has_no_end(self.dataset):
            raise ValueError(
                "The dataset has no end. Received: a dataset that repeats. "
                "Remove `.repeat()`."
            )
        known = int(self.dataset.cardinality())
        return known if known >= 0 else sum(1 for _ in self.dataset)

    def folds(self, validation: CrossValidation) -> list[Fold]:
        """The folds, as cuts of the batches."""
        return validation.rolling(len(self))

    def fold_data(self, settings: Settings, fold: Fold) -> "BatchFold":
        """The batches of one fold, to train on and to judge by."""
        first, size = int(fold.validation[0]), len(fold.validation)
        return BatchFold(
            self,
            self.dataset.take(len(fold.train)),
            len(fold.train),
            self.dataset.skip(first).take(size),
        )

    def all_data(self, settings: Settings) -> "BatchFold":
        """All batches, which the best model trains on."""
        return BatchFold(self, self.dataset, len(self), None)

    def question(self) -> dict[str, Any]:
        """The settings that scores depend on, as far as they can be known.

        A dataset is known by the shape and the number of its batches, and by
        the content of the first one. That counts unless it differs from
        reading to reading, as augmented samples do.
        """
        readings = {_first(self.dataset) for _ in range(2)}
        return super().question() | {
            "dataset": repr(self.dataset.element_spec),
            "batches": len(self),
            "first_batch": readings.pop() if len(readings) == 1 else None,
        }


def _first(dataset: datasets.Dataset) -> str:
    """A hash of the first batch."""
    content = hashlib.sha256()
    for array in datasets.arrays_of_first(dataset):
        text = array.dtype.kind == "O"  # kept as pointers
        content.update(repr(array).encode() if text else array.tobytes())
    return content.hexdigest()[:16]


@dataclass(frozen=True, eq=False)
class BatchFold(SampleFold):
    """Batches to train on, and batches to judge by.

    Args:
        task: The task whose fold it is.
        train: Batches to train on.
        count: Number of these batches.
        judged: Batches to judge by; None for none.
    """

    task: Batches
    train: datasets.Dataset
    count: int
    judged: datasets.Dataset | None

    def num_batches(self, batch_size: int) -> int:
        """The number of batches, which stay as they are at any batch size."""
        return self.count

    def batches(self, batch_size: int, *, seed: int, start: int) -> Any:
        """The batches as they are, in their order."""
        return datasets.repeated(self.train, self.count, start)

    def validation_data(self) -> Any:
        return self.judged

    def score(self, model: keras.Model) -> float:
        """The loss, or the accuracy, of the batches that judge."""
        return self.evaluated(model, x=self.judged)
