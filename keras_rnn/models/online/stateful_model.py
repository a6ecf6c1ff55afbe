# SPDX-License-Identifier: Apache-2.0
"""StatefulModel: a keras.Model that refuses batches its states do not fit."""

from typing import Any

import keras

from keras_rnn import _validation as validate
from keras_rnn.engine import backend
from keras_rnn.models.checked.recurrent_model import RecurrentModel


@keras.saving.register_keras_serializable(package="keras_rnn")
class StatefulModel(RecurrentModel):
    """A functional model whose batch size is fixed, and checked.

    `fit`, `evaluate` and `predict` take the arguments of `keras.Model`, and
    check the size of the batches first. Arrays are cut into batches of the
    model's `batch_size` and are not shuffled: n · batch_size sequences are n
    batches, in which each row continues the same row of the batch before.
    """

    @property
    def batch_size(self) -> int:
        """Number of series that the model follows side by side."""
        return self.inputs[0].shape[0]

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = False,
        **kwargs: Any,
    ) -> keras.callbacks.History:
        """Runs `keras.Model.fit` on batches that fit, in their order."""
        if validation_split:
            raise ValueError(
                "A stateful model needs whole batches in order, which "
                "`validation_split` does not keep. "
                f"{validate.received('validation_split', validation_split)} "
                "Use validation_data=."
            )
        if shuffle:
            raise ValueError(
                "Batches of a stateful model continue each other. "
                f"{validate.received('shuffle', shuffle)} Use shuffle=False."
            )
        size = self._checked_size(x, batch_size)
        if validation_data is not None:
            values = validation_data
            if isinstance(values, (list, tuple)):
                values = values[0]
            of_validation = kwargs.pop("validation_batch_size", None)
            kwargs["validation_batch_size"] = self._checked_size(
                values, of_validation, "validation_data"
            )
        return super().fit(
            x,
            y,
            batch_size=size,
            epochs=epochs,
            verbose=verbose,
            callbacks=callbacks,
            validation_data=validation_data,
            shuffle=False,
            **kwargs,
        )

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        **kwargs: Any,
    ) -> Any:
        """Runs `keras.Model.evaluate` on batches that fit."""
        size = self._checked_size(x, batch_size)
        return super().evaluate(x, y, batch_size=size, **kwargs)

    def predict(
        self, x: Any, batch_size: int | None = None, **kwargs: Any
    ) -> Any:
        """Runs `keras.Model.predict` on batches that fit."""
        size = self._checked_size(x, batch_size)
        return super().predict(x, batch_size=size, **kwargs)

    def _checked_size(self, x, batch_size, name="x"):
        """The batch size to give to Keras: None for data in batches."""
        if not backend.CARRIES_STATES:
            raise ValueError(
                f"Keras on {backend.BACKEND} does not carry the states of "
                "recurrent layers from batch to batch in fit, evaluate and "
                "predict. Set "
                "KERAS_BACKEND=tensorflow, or call the model batch by batch."
            )
        if batch_size not in (None, self.batch_size):
            raise ValueError(
                f"`batch_size` must be the one the model was built with, "
                f"{self.batch_size}: it keeps one state per row. "
                f"{validate.received('batch_size', batch_size)} Leave it out, "
                "or build a model with batch_size=."
            )
        if hasattr(x, "element_spec"):  # a tf.data.Dataset
            self._check_rows(_inputs_of(x.element_spec), name)
            return None
        if isinstance(x, keras.utils.PyDataset):
            self._check_rows(_inputs_of(x[0]), name)
            return None
        if all(hasattr(array, "shape") for array in keras.tree.flatten(x)):
            self._check_count(x, name)
            return self.batch_size
        return None

    def _check_rows(self, specs, name):
        for spec in keras.tree.flatten(specs):
            rows = spec.shape[0]
            if rows != self.batch_size:
                found = "batches of unknown size" if rows is None else rows
                raise ValueError(
                    f"`{name}` must come in batches of batch_size="
                    f"{self.batch_size}, the one the model was built with. "
                    f"Received: {found}. Use stream_batches, or "
                    f"`.batch({self.batch_size}, drop_remainder=True)`."
                )

    def _check_count(self, x, name):
        for array in keras.tree.flatten(x):
            rest = len(array) % self.batch_size
            if rest or not len(array):
                raise ValueError(
                    f"`{name}` must hold a multiple of batch_size="
                    f"{self.batch_size} sequences, the one the model was "
                    f"built with. Received: {len(array)}. Leave out {rest}, "
                    "or make an array of another size with stream_batches."
                )


def _inputs_of(element):
    """The inputs in an element of a dataset, a tuple or the inputs alone."""
    return element[0] if isinstance(element, tuple) else element
