# SPDX-License-Identifier: Apache-2.0
"""DiagnosticsCallback: how gradients flow while a model trains."""

import os
from typing import Any

import keras
import pandas as pd

from keras_rnn import _validation as validate
from keras_rnn.diagnostics.checked import one_batch
from keras_rnn.diagnostics.gradients.adjoints import backpropagated
from keras_rnn.diagnostics.gradients.clipping import gradient_norms
from keras_rnn.diagnostics.gradients.jacobians import jacobian_norms
from keras_rnn.diagnostics.recorded import Recorded, recorded

MOST_SAMPLES, MOST_DISTANCES, MOST_STARTS = 4, 8, 2


class DiagnosticsCallback(keras.callbacks.Callback):
    """Measures in a training how errors travel back through time.

    At most four sequences and eight distances are measured, from two t each,
    so that it takes a small part of the time of training. It changes nothing:
    with and without it a training ends with the same weights.

    Args:
        x: Arrays, as the model takes them; the first four sequences are read.
        y: Their targets.
        every: Number of epochs from one measurement to the next.
        log_dir: Folder that `tensorboard --logdir` shows, or None.

    Attributes:
        frame: A row per `epoch`, from 1, `layer`, `direction` and `distance`:
            `gain`, the median of ‖∂s(t) / ∂s(t − d)‖₂, s all states side by
            side, and `gradient_norm`, that of all weights before clipping.

    Raises:
        ImportError: If `log_dir` is given and TensorBoard is not installed.
        TypeError: If `x` or `y` has something else than arrays.
        ValueError: If `every` is not a positive integer.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.diagnostics import DiagnosticsCallback
        >>> from keras_rnn.models import *
        >>> model = many_to_one(Stack("gru", 4), Sequences(2), Regression())
        >>> model.compile(loss="mse", optimizer="adam")
        >>> x, y = np.ones((8, 20, 2)), np.ones((8, 1))
        >>> diagnostics = DiagnosticsCallback(x, y, every=1)
        >>> _ = model.fit(x, y, epochs=2, callbacks=[diagnostics], verbose=0)
        >>> diagnostics.frame.index.names
        FrozenList(['epoch', 'layer', 'direction', 'distance'])
    """

    frame: pd.DataFrame

    def __init__(
        self,
        x: Any,
        y: Any,
        *,
        every: int = 5,
        log_dir: str | os.PathLike[str] | None = None,
    ) -> None:
        super().__init__()
        self.every: int = validate.positive_int("every", every)
        self._x, self._y = _first("x", x), _first("y", y)
        self._writer = None if log_dir is None else _writer(log_dir)
        self.frame = _joined([])
        self._measured: list[pd.DataFrame] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Measures after every so many epochs."""
        if (epoch + 1) % self.every:
            return
        found = self._measure(epoch + 1)
        self._measured.append(found)
        self.frame = _joined(self._measured)
        if self._writer is not None:
            _write(self._writer, found)

    def _measure(self, epoch: int) -> pd.DataFrame:
        x, y = one_batch(self.model, self._x, self._y)
        records = recorded(self.model, x)
        _, by_weights = backpropagated(self.model, records, x, y)
        norms = gradient_norms(self.model, by_weights)
        tables = {}
        for record in records:
            gains = jacobian_norms(
                record,
                record.states(),
                _distances(record),
                most_starts=MOST_STARTS,
                joint_alone=True,
            ).loc["joint", "median"]
            tables[epoch, record.name, record.direction] = pd.DataFrame(
                {"gain": gains, "gradient_norm": norms.loc["all", "before"]}
            )
        return pd.concat(tables, names=["epoch", "layer", "direction"])


def _first(name: str, arrays: Any) -> Any:
    """The first sequences of arrays."""
    if not all(hasattr(v, "shape") for v in keras.tree.flatten(arrays)):
        raise TypeError(
            f"`{name}` must be arrays, as the model takes them. "
            f"{validate.received(name, arrays)} Take the first batch of a "
            "dataset: `x, y = next(iter(dataset))`."
        )
    return keras.tree.map_structure(lambda v: v[:MOST_SAMPLES], arrays)


def _distances(record: Recorded) -> list[int]:
    """Up to the longest sequence, each about the same multiple of the last."""
    longest = int(record.mask.sum(axis=1).max())
    shares = [k / (MOST_DISTANCES - 1) for k in range(MOST_DISTANCES)]
    return sorted({round(longest**share) for share in shares})


def _write(writer: Any, found: pd.DataFrame) -> None:
    """Writes the measurement of one epoch."""
    rows = found.reset_index()
    for row in rows.to_dict("records"):
        tag = f"gain/{row['layer']}/{row['direction']}/{row['distance']}"
        writer.add_scalar(tag, row["gain"], row["epoch"])
    first = rows.iloc[0]
    writer.add_scalar("gradient_norm", first["gradient_norm"], first["epoch"])
    writer.flush()


def _joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    if tables:
        return pd.concat(tables)
    names = ["epoch", "layer", "direction", "distance"]
    index = pd.MultiIndex.from_arrays([[]] * 4, names=names)
    return pd.DataFrame(
        {"gain": [], "gradient_norm": []}, index=index, dtype=float
    )


def _writer(log_dir: Any) -> Any:
    try:
        from tensorboard.summary import Writer
    except ImportError as error:
        raise ImportError(
            "`log_dir` needs TensorBoard. Run `pip install "
            "keras_rnn[tensorboard]`, or leave it out."
        ) from error
    return Writer(os.fspath(log_dir))
