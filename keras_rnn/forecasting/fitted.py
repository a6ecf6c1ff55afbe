# SPDX-License-Identifier: Apache-2.0
"""What a fit leaves behind: all that forecasts are made from."""

import abc
from dataclasses import dataclass
from typing import Any, Self

import keras
import pandas as pd

from keras_rnn.data import Columns, Reader
from keras_rnn.data.frames import Source
from keras_rnn.forecasting.frames import Frame
from keras_rnn.forecasting.intervals.of_forecasts import Intervals
from keras_rnn.forecasting.settings import Settings


@dataclass(eq=False)
class Fitted:
    """What `Forecaster.fit` leaves behind: all that forecasts are made from.

    Args:
        columns: The role of each column.
        reader: What reads frames, for as many steps as can be forecast.
        tail: The last rows of the frame fitted on, as many as a forecast
            needs.
        networks: The trained networks.
        intervals: How wide the intervals around their forecasts are.
        validation: The argument `validation` of `fit`.
        history: The losses of the training, by network, cell, seed and epoch.
            A file does not hold them: after `load` there are none.
    """

    columns: Columns
    reader: Reader
    tail: pd.DataFrame
    networks: list[keras.Model]
    intervals: Intervals
    validation: float
    history: pd.DataFrame

    def contents(self) -> dict[str, Any]:
        """What a file holds beside the networks, by name."""
        return {
            "columns": self.columns,
            "scales": self.reader.scales,
            "step": self.reader.step,
            "own_steps": list(self.reader.own_steps.items()),
            "tail": self.tail,
            "intervals": self.intervals,
            "validation": self.validation,
        }

    @classmethod
    def of(cls, contents: dict[str, Any], networks: list[keras.Model]) -> Self:
        """What a file holds.

        Args:
            contents: What `contents` returned when it was written.
            networks: The networks in it.
        """
        return cls(
            columns=contents["columns"],
            reader=reader_of(contents),
            tail=contents["tail"],
            networks=networks,
            intervals=contents["intervals"],
            # Version 0.1 did not write it, so it is the default of `fit`.
            validation=contents.get("validation", 0.1),
            history=pd.DataFrame(),
        )


class Fittable(abc.ABC):
    """Settings by which something is fitted, and what the last fit left behind.

    Attributes:
        settings: The arguments of the forecaster, checked.
    """

    settings: Settings
    _fitted: Fitted | None = None

    @property
    def fitted(self) -> Fitted:
        """What the last `fit` left behind.

        Raises:
            RuntimeError: If there was none yet.
        """
        if self._fitted is None:
            raise RuntimeError(
                "The forecaster is not fitted. Call `fit(frame)` first, or "
                "`Forecaster.load(path)`."
            )
        return self._fitted

    @property
    def columns(self) -> Columns | None:
        """The role of each column; None until a frame is seen."""
        if self._fitted is None:
            return self.settings.columns
        return self._fitted.columns

    @property
    def networks(self) -> list[keras.Model]:
        """The trained networks; empty before the first fit."""
        return [] if self._fitted is None else self._fitted.networks

    @property
    def history(self) -> pd.DataFrame:
        """The losses of the last fit; empty before it, and after `load`."""
        return pd.DataFrame() if self._fitted is None else self._fitted.history

    @abc.abstractmethod
    def clone(self) -> Self:
        """A new one with the same settings, not fitted."""

    @abc.abstractmethod
    def fit(self, frame: Frame, validation: float = 0.1) -> Self:
        """Trains networks; see `Forecaster.fit`."""


def reader_of(contents: dict[str, Any]) -> Reader:
    """The `Reader` in the contents of a file."""
    columns, scales = contents["columns"], contents["scales"]
    tail, step = contents["tail"], contents["step"]
    own_steps = contents.get("own_steps")
    if own_steps is None:
        # Version 0.1 did not write these steps, but the rows show them.
        source = Source(columns, 0, scales.calendar, scales.gaps)
        own_steps = source.read(tail, step=step).own_steps
    return Reader(columns, scales, step, dict(own_steps), tail.index[:0])
