# SPDX-License-Identifier: Apache-2.0
"""What a Forecaster asks of a strategy: how steps become a horizon."""

import abc

import numpy as np

BATCH_SIZE = 256


class Strategy(abc.ABC):
    """How networks forecast several steps. It keeps no state."""

    def check(self, settings):
        """Raises a ValueError for settings that it cannot honour.

        Args:
            settings: `Settings` of the forecaster.
        """
        return

    def trained(self, windows):
        """The windows that networks train on."""
        return windows

    def seen(self, representation):
        """What networks see of their targets."""
        return representation

    def scales(self, data):
        """What was measured, for as many steps as can be asked for.

        Args:
            data: PreparedData of the windows that networks train on.
        """
        return data.scales

    def validation(self, data, horizon):
        """The Part of the validation rows, with the whole horizon.

        Args:
            data: PreparedData of the windows that networks train on.
            horizon: Steps to forecast.
        """
        return data.validation

    def computed(self, horizon, longest):
        """How many steps to compute for so many wanted.

        Args:
            horizon: Steps wanted.
            longest: Steps that `scales` measured.

        Raises:
            ValueError: If they are too many.
        """
        return horizon

    @abc.abstractmethod
    def network(self, stack, data, outcome):
        """A new network, not compiled.

        Args:
            stack: `Stack`.
            data: PreparedData of the windows that it trains on.
            outcome: `Outcome`, what it says of a step.
        """

    @abc.abstractmethod
    def quantiles(self, network, part, outcome):
        """Forecasts of a part in the network's units.

        Returns:
            float64, shape (windows, horizon, targets, levels of the outcome).
        """

    @abc.abstractmethod
    def paths(self, network, part, outcome, num_paths, seed):
        """Sample paths in the data's units.

        Returns:
            float64, shape (num_paths, windows, horizon, targets).
        """


class AllSteps(Strategy):
    """What strategies share whose network answers the whole horizon."""

    def output(self, network, part):
        """What the network says, (windows, horizon, targets[, numbers])."""
        return network.predict(part.dataset(BATCH_SIZE), verbose=0)

    def quantiles(self, network, part, outcome):
        return outcome.quantiles(self.output(network, part))

    def paths(self, network, part, outcome, num_paths, seed):
        output = self.output(network, part)
        draws = outcome.sample(output, num_paths, seed)
        return np.stack([part.invert(path) for path in draws])
