# SPDX-License-Identifier: Apache-2.0
"""Strategy: how the steps of a horizon are forecast."""

import abc
from collections.abc import Sequence
from typing import Protocol

import keras
import numpy as np

from keras_rnn._types import Array, Tensor
from keras_rnn.data import Columns, Part, PreparedData, Scales, Windows
from keras_rnn.data.representations import Representation
from keras_rnn.forecasting.outcomes import Outcome
from keras_rnn.models import Stack

BATCH_SIZE = 256


class ForecasterSettings(Protocol):
    """The settings of a forecaster that a strategy may refuse."""

    @property
    def columns(self) -> Columns | None:
        """The role of each column; None until a frame is seen."""
        ...

    @property
    def stacks(self) -> Sequence[Stack]:
        """The recurrent layers of each network of the ensemble."""
        ...

    @property
    def representation(self) -> Representation:
        """What networks see of their targets."""
        ...

    @property
    def distribution(self) -> str | None:
        """A key of `DISTRIBUTIONS`; None for forecasts of a number."""
        ...

    @property
    def outcome(self) -> Outcome:
        """What networks forecast of a step."""
        ...

    @property
    def gaps(self) -> str:
        """What is done about missing rows and values."""
        ...


class Strategy(abc.ABC):
    """How networks forecast several steps. It keeps no state."""

    def check(self, settings: ForecasterSettings) -> None:
        """Raises a ValueError for settings that the strategy cannot honour.

        Args:
            settings: The settings of the forecaster.
        """
        return

    def training_windows(self, windows: Windows) -> Windows:
        """The windows that networks train on.

        Args:
            windows: The windows to forecast.
        """
        return windows

    def network_representation(
        self, representation: Representation
    ) -> Representation:
        """The representation by which networks see their targets.

        Args:
            representation: The one that the user chose.
        """
        return representation

    def scales(self, data: PreparedData) -> Scales:
        """The scales for as many steps as the strategy can forecast.

        Args:
            data: The windows that networks train on.
        """
        return data.scales

    def validation(self, data: PreparedData, horizon: int) -> Part:
        """The windows of the validation rows, with the whole horizon.

        Args:
            data: The windows that networks train on.
            horizon: Number of steps to forecast.
        """
        return data.validation

    def steps_to_compute(self, horizon: int, longest: int) -> int:
        """How many steps networks compute where so many are wanted.

        Args:
            horizon: Number of steps wanted.
            longest: Number of steps that `scales` were measured for.

        Raises:
            ValueError: If more are wanted than can be computed.
        """
        return horizon

    @abc.abstractmethod
    def network(
        self, stack: Stack, data: PreparedData, outcome: Outcome
    ) -> keras.Model:
        """A new network, not compiled.

        Args:
            stack: Its recurrent layers.
            data: The windows that it trains on.
            outcome: What it forecasts of a step.
        """

    @abc.abstractmethod
    def quantiles(
        self, network: keras.Model, part: Part, outcome: Outcome
    ) -> Array:
        """Forecasts of a part in the network's units.

        Returns:
            float64, shape (windows, horizon, targets, levels of the outcome).
        """

    @abc.abstractmethod
    def paths(
        self,
        network: keras.Model,
        part: Part,
        outcome: Outcome,
        num_paths: int,
        seed: int,
    ) -> Array:
        """Sample paths in the data's units.

        Returns:
            float64, shape (num_paths, windows, horizon, targets).
        """


class AllSteps(Strategy):
    """A strategy whose network forecasts all steps of the horizon at once."""

    def output(self, network: keras.Model, part: Part) -> Tensor:
        """What the network returns, (windows, horizon, targets[, numbers])."""
        return network.predict(part.dataset(BATCH_SIZE), verbose=0)

    def quantiles(
        self, network: keras.Model, part: Part, outcome: Outcome
    ) -> Array:
        return outcome.quantiles(self.output(network, part))

    def paths(
        self,
        network: keras.Model,
        part: Part,
        outcome: Outcome,
        num_paths: int,
        seed: int,
    ) -> Array:
        output = self.output(network, part)
        draws = outcome.sample(output, num_paths, seed)
        return np.stack([part.invert(path) for path in draws])
