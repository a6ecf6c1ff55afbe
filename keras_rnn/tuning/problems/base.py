# SPDX-License-Identifier: Apache-2.0
"""What all tasks have in common."""

from typing import ClassVar

from keras_rnn import _validation as validate
from keras_rnn.models import check_loss
from keras_rnn.tuning.records.fingerprint import fields_of


class Task:
    """What a search learns: data, and how a model of it is judged.

    Attributes:
        score_name: What the score is called.
        direction: "min" or "max".
        fixed: Entries of the space that the task decides itself.
    """

    fixed: ClassVar[tuple] = ()

    def entries(self):
        """What the task adds to the space: name -> its own value."""
        return {}

    def question(self):
        """What scores depend on: name -> value, for a fingerprint."""
        return fields_of(self) | {"loss": self.training_loss}

    @property
    def training_loss(self):
        """What models are compiled with: the loss, or what fits the head."""
        return self.head.forecast_loss if self.loss is None else self.loss

    def check_settings(self, settings):
        """Raises a ValueError for settings that no model of it can have."""
        return

    def check_folds(self, validation, space):
        """Raises a ValueError if no trial of a space could be judged.

        Args:
            validation: CrossValidation.
            space: Name of an entry -> its values.
        """
        self.folds(validation)


def check_name_of_loss(loss):
    """Raises an error for what Keras does not take as a loss."""
    if isinstance(loss, str):
        check_loss(loss)
    elif not callable(loss):
        raise TypeError(
            "`loss` must be a loss of Keras: its name, an object or a "
            f"function. {validate.received('loss', loss)}"
        )
