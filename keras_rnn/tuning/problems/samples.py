# SPDX-License-Identifier: Apache-2.0
"""What Arrays and Batches share: a head, and a score of Keras."""

from keras_rnn import _validation as validate
from keras_rnn.models import Sequences, Tokens, head_for
from keras_rnn.tuning.problems.base import Task, check_name_of_loss


class Samples(Task):
    """A task of sequences and answers, judged by its loss or its accuracy."""

    def check(self):
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
        check_name_of_loss(self.training_loss)

    @property
    def direction(self):
        """Whether small or large scores are good."""
        return "max" if self.score_name == "accuracy" else "min"

    def shape(self, settings):
        """Inputs and head of a model of any settings."""
        return self.inputs, self.head

    def baselines(self, validation):
        """No references: what they would be is not known here."""
        return {}


def score(model, name, **data):
    """The loss, or the accuracy, of a model that is compiled."""
    return float(model.evaluate(**data, verbose=0, return_dict=True)[name])
