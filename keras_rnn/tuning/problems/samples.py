# SPDX-License-Identifier: Apache-2.0
"""What Arrays and Batches share: a head, and a score of Keras."""

from typing import Any

import keras

from keras_rnn import _validation as validate
from keras_rnn.models import (
    Sequences,
    Stack,
    Tokens,
    check_loss,
    head_for,
    many_to_one,
)
from keras_rnn.tuning.folds import CrossValidation
from keras_rnn.tuning.problems.base import FoldData, Task


class Samples(Task):
    """A task of sequences and answers, judged by its loss or its accuracy.

    Attributes:
        inputs: What enters a model, Sequences or Tokens.
    """

    inputs: Any

    def check(self) -> None:
        """Raises an error for a wrong head, score or loss."""
        head_for("many_to_one", self.head)
        validate.instance(
            "inputs",
            self.inputs,
            (Sequences, Tokens),
            "Use Sequences(num_features=...) or Tokens(...).",
        )
        validate.one_of("score_name", self.score_name, ("loss", "accuracy"))
        if self.score_name not in ("loss", *self.head.metrics):
            raise ValueError(
                "Only classes have an accuracy. Received: "
                f"score_name='accuracy', head={self.head!r}. "
                "Leave `score_name` out, or use Binary or MultiClass."
            )
        check_loss(self.training_loss)

    @property
    def direction(self) -> str:
        """Whether small or large scores are good: "min" or "max"."""
        return "max" if self.score_name == "accuracy" else "min"

    def baselines(self, validation: CrossValidation) -> dict[str, list[float]]:
        """No references: none is known that answers any samples."""
        return {}


class SampleFold(FoldData):
    """A fold of samples: its models read a sequence and answer once.

    Attributes:
        task: The task whose fold it is.
    """

    task: Samples

    def network(self, stack: Stack) -> keras.Model:
        return many_to_one(stack, self.task.inputs, self.task.head)

    def evaluated(self, model: keras.Model, **data: object) -> float:
        """The score of a model when Keras evaluates it.

        Args:
            model: A compiled model.
            **data: Arguments of `keras.Model.evaluate`.
        """
        found = model.evaluate(**data, verbose=0, return_dict=True)
        return float(found[self.task.score_name])
