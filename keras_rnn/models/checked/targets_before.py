# SPDX-License-Identifier: Apache-2.0
"""Checks the targets of a decoder, and hands them to it, one step later."""

from typing import Any

import keras
import numpy as np

from keras_rnn._types import Array
from keras_rnn.engine import backend
from keras_rnn.models.checked import token_ids
from keras_rnn.models.checked.incoming import Incoming


class TargetsBefore(Incoming):
    """As `Incoming`, for models that read the targets before each step.

    Args:
        model: A functional `keras.Model` of the inputs "source" and "before".
        start_id: The id before the first target.
        end_id: The id that ends the targets of a row.
        pads_source: Whether id 0 is padding of the source.
    """

    def __init__(
        self,
        model: keras.Model,
        *,
        start_id: int,
        end_id: int,
        pads_source: bool,
    ) -> None:
        super().__init__(model)
        self.start_id = start_id
        self.end_id = end_id
        self.pads_source = pads_source

    def data(
        self, name: str, x: Any, y: Any = None, sample_weight: Any = None
    ) -> tuple[Any, Any, Any]:
        """Returns inputs, targets and weights as the model takes them.

        Raises:
            ValueError: If there are no targets to read, a row of them has no
                end, or a source is nothing but padding.
        """
        if _is_array(x):
            self.check_source(name, x)
            if y is None:
                raise ValueError(
                    "This model gives the logits of the next token after those "
                    "of a target. Received: a source alone. Write targets with "
                    "`keras_rnn.models.decode(model, x, max_length=...)`, or "
                    "pass y to evaluate."
                )
            y = np.asarray(keras.ops.convert_to_numpy(y))
            y = y[..., 0] if y.ndim == 3 else y
            self.check_targets(y)
            x = {"source": x, "before": self.before(y)}
        return super().data(name, x, y, sample_weight)

    def source(self, name: str, x: Any) -> Any:
        """A source as the model reads it, checked."""
        if isinstance(x, (list, tuple)):
            x = np.asarray(x)
        if self.sizes:
            token_ids.check(name, x, next(iter(self.sizes.values())))
        self.check_source(name, x)
        return x

    def before(self, targets: Array) -> Array:
        """The ids that the decoder reads at each step."""
        start = np.full((len(targets), 1), self.start_id)
        return np.concatenate([start, targets[:, :-1]], 1, dtype=np.int32)

    def check_source(self, name: str, x: Any) -> None:
        """Raises a ValueError for a row that is nothing but padding."""
        if not self.pads_source or x.ndim != 2:
            return
        values = np.asarray(keras.ops.convert_to_numpy(x))
        empty = np.flatnonzero(~(values != 0).any(axis=1))
        if len(empty):
            raise ValueError(
                f"Each row of `{name}` must hold a token besides the padding "
                f"0. Received: row {empty[0]} holds none. Leave it out."
            )

    def check_targets(self, targets: Array) -> None:
        """Raises a ValueError unless each row ends, and is padded after it."""
        size = self.output.shape[-1]
        if targets.ndim != 2:
            raise ValueError(
                "Targets must be ids of the shape (batch, time). Received: "
                f"{targets.shape}. Pad them with 0 to one length."
            )
        token_ids.check("y", targets, size)
        ends = targets == self.end_id
        without = np.flatnonzero(~ends.any(axis=1))
        if len(without):
            raise ValueError(
                f"Each row of targets must end in end_id={self.end_id}. "
                f"Received: row {without[0]}, {targets[without[0]].tolist()}. "
                "Append it to each row before padding."
            )
        written = np.arange(targets.shape[1]) <= ends.argmax(axis=1)[:, None]
        wrong = np.flatnonzero(((targets != 0) != written).any(axis=1))
        if len(wrong):
            raise ValueError(
                "Targets hold no 0 before end_id and nothing but 0 after it. "
                f"Received: row {wrong[0]}, {targets[wrong[0]].tolist()}. "
                "Pad them at the end, `padding='post'`."
            )
        started = np.flatnonzero(targets[:, 0] == self.start_id)
        if len(started):
            raise ValueError(
                f"Targets begin without start_id={self.start_id}, which the "
                f"model puts before them. Received: row {started[0]}, "
                f"{targets[started[0]].tolist()}. Cut off the first column."
            )

    def _dataset(self, dataset: Any) -> Any:
        dataset = super()._dataset(dataset)
        inputs, *_ = keras.utils.unpack_x_y_sample_weight(dataset.element_spec)
        if isinstance(inputs, dict) or not hasattr(dataset, "map"):
            return dataset
        return backend.with_ids_before(
            dataset, self.start_id, self.end_id, self.pads_source
        )


def _is_array(x: Any) -> bool:
    return isinstance(x, np.ndarray) or keras.ops.is_tensor(x)
