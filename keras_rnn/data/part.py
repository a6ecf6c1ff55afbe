# SPDX-License-Identifier: Apache-2.0
"""The windows of one part, as a dataset and as forecasts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from keras_rnn._types import Array, ArrayLike
from keras_rnn._validation import (
    boolean,
    integer,
    positive_int,
    random_seed,
)
from keras_rnn.data.series import Series

if TYPE_CHECKING:
    from keras_rnn.data.cutting.datasets import Dataset


@dataclass(frozen=True, eq=False)
class Part:
    """The windows of the train, validation or test part, or the latest one.

    Args:
        name: "train", "validation", "test" or "latest".
        cutoffs: Row position of the last known row of each window,
            increasing: of many series, series by series and each in order of
            time; int64, shape (windows,).
        series: The series that the windows are cut from; one that was not
            fitted is measured at these cutoffs.
    """

    name: str
    cutoffs: Array
    series: Series

    def __post_init__(self) -> None:
        measured = self.series.measured_at(self.cutoffs)
        object.__setattr__(self, "series", measured)

    def __len__(self) -> int:
        return len(self.cutoffs)

    def dataset(
        self,
        batch_size: int,
        *,
        shuffle: bool = False,
        seed: int | None = None,
    ) -> "Dataset":
        """The windows in batches.

        Args:
            batch_size: Number of windows in a batch; the last batch holds the
                rest.
            shuffle: If True, all windows of the part are put in a new order
                in every epoch; `model.fit(..., shuffle=False)` then keeps
                Keras from warning that it does not shuffle datasets. Predict
                without it: `invert` and `forecasts` expect the windows
                in order.
            seed: Makes the orders reproducible.

        Returns:
            A tf.data.Dataset of (inputs, targets), float32. inputs has shape
            (batch, lookback, features); with future or static covariates it
            is a dict of "past", of that shape, "future", (batch, horizon,
            future), and "static", (batch, static). targets has shape (batch,
            horizon, targets), in the network's units. The latest window has
            no targets yet: its elements are inputs alone.

            Of data prepared with any `gaps` but "refuse" the elements are
            (inputs, targets, weights): weights, (batch, horizon, 1), is 0 at
            each step of which a target is missing, else 1, and Keras weights
            the loss with it (a metric only as one of `weighted_metrics`). With
            "mask" a step of the past to be skipped is `PreparedData.mask_value`
            in all its features.

        Raises:
            ValueError: If `batch_size` is not a positive integer, or `seed`
                is given without `shuffle`.
        """
        positive_int("batch_size", batch_size)
        boolean("shuffle", shuffle)
        check_seed(seed, shuffle)
        from keras_rnn.data.cutting import datasets

        cutoffs = datasets.in_batches(
            self.cutoffs, batch_size, shuffle=shuffle, seed=seed
        )
        return datasets.cut_out(cutoffs, self._cut)

    def epochs(
        self, batch_size: int, *, seed: int, start: int = 0
    ) -> "Dataset":
        """The windows in batches, one shuffled epoch after the other.

        The order of an epoch follows from the seed and the number of the
        epoch. So a training that stopped after some batches continues with the
        next one: `model.fit(part.epochs(32, seed=0, start=done),
        steps_per_epoch=...)`.

        Args:
            batch_size: Number of windows in a batch; the last batch of an
                epoch holds the rest.
            seed: The seed of the orders.
            start: Number of the first batch, counted from 0 over all epochs.

        Returns:
            A tf.data.Dataset without an end, of elements as in `dataset`.

        Raises:
            ValueError: If a number is out of range.
        """
        positive_int("batch_size", batch_size)
        random_seed("seed", seed)
        integer("start", start, minimum=0)
        from keras_rnn.data.cutting import datasets

        cutoffs = datasets.epochs(
            self.cutoffs, batch_size, seed=seed, start=start
        )
        return datasets.cut_out(cutoffs, self._cut)

    @property
    def _cut(self) -> Callable[..., Any]:
        """The function from a tensor of cutoffs to an element of a dataset."""
        cutter = self.series.cutter
        return cutter.window if self.has_targets else cutter.inputs

    def inputs(self, windows: slice) -> dict[str, Array]:
        """The inputs of some windows, as a model sees them.

        Args:
            windows: A slice of the windows.

        Returns:
            Dict of the arrays "past", and "future" and "static" if there are
            such covariates, of the shapes in `dataset`.
        """
        from keras_rnn.data.cutting import datasets

        cutoffs = datasets.constant(self.cutoffs[windows])
        inputs = self.series.cutter.inputs(cutoffs)
        if not isinstance(inputs, dict):
            inputs = {"past": inputs}
        return {name: np.asarray(x) for name, x in inputs.items()}

    @property
    def has_targets(self) -> bool:
        """Whether the frame reaches to the end of every window."""
        ends = self.series.bounds[self.series.numbers(self.cutoffs) + 1]
        return bool((self.cutoffs + self.series.windows.ahead < ends).all())

    @property
    def actual(self) -> Array:
        """The actual targets, float64, shape (windows, horizon, targets).

        They are in the data's units; NaN where missing, and after the last
        row of the frame.
        """
        return self.series.actual(self.cutoffs)

    def invert(self, predictions: ArrayLike) -> Array:
        """Predictions in the data's own units.

        Args:
            predictions: What the model returned for `dataset` unshuffled,
                shape (windows, horizon, targets).

        Returns:
            float64, the same shape.

        Raises:
            ValueError: If the shape is another one.
        """
        values = np.asarray(predictions, dtype=np.float64)
        expected = (
            len(self),
            self.series.windows.horizon,
            len(self.series.columns.target),
        )
        if values.shape != expected:
            raise ValueError(
                f"`predictions` must have shape (windows, horizon, targets) = "
                f"{expected}. Received: {values.shape}. Predict the dataset of "
                f"the {self.name} part, all of it."
            )
        return self.series.invert(values, self.cutoffs)

    def forecasts(self, predictions: ArrayLike) -> pd.DataFrame:
        """Predictions as a table with dates.

        Args:
            predictions: What the model returned for `dataset` unshuffled,
                shape (windows, horizon, targets).

        Returns:
            A DataFrame with one row per window, step and target, in that
            order, and the columns "series" (its name, of many series only),
            "cutoff" and "timestamp" (index values), "target" (its column),
            "forecast" and "actual" (in the data's units).

        Raises:
            ValueError: If the shape is another one.
        """
        values = self.invert(predictions)
        windows, horizon, targets = values.shape
        series, each = self.series, horizon * targets
        positions = series.positions(self.cutoffs)
        ahead = positions[:, np.newaxis] + series.windows.target_rows(0)
        columns: dict[str, Any] = {}
        if series.names is not None:
            numbers = series.numbers(self.cutoffs)
            columns["series"] = series.names[np.repeat(numbers, each)]
        columns |= {
            "cutoff": series.index[np.repeat(positions, each)],
            "timestamp": series.index[np.repeat(ahead.ravel(), targets)],
            "target": list(series.columns.target) * (windows * horizon),
            "forecast": values.ravel(),
            "actual": self.actual.ravel(),
        }
        return pd.DataFrame(columns)


def check_seed(seed: int | None, shuffle: bool) -> None:
    """Raises a ValueError for a seed of the wrong type or without effect."""
    if seed is None:
        return
    random_seed("seed", seed)
    if not shuffle:
        raise ValueError(
            f"`seed` has no effect without shuffling. Received: seed={seed}. "
            "Add `shuffle=True` or leave `seed` out."
        )
