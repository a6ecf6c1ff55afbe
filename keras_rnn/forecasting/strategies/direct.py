# SPDX-License-Identifier: Apache-2.0
"""All steps of the horizon at once."""

from keras_rnn.forecasting.strategies.base import AllSteps
from keras_rnn.models import Sequences, many_to_one


class Direct(AllSteps):
    """One answer holds all steps, each by weights of its own."""

    def computed(self, horizon, longest):
        if horizon > longest:
            raise ValueError(
                f"`horizon` must be at most {longest} for strategy='direct': "
                "its networks have weights for as many steps. Received: "
                f"horizon={horizon}. Fit with that horizon, or use "
                "strategy='recursive' or 'encoder_decoder'."
            )
        return longest

    def network(self, stack, data, outcome):
        return many_to_one(stack, Sequences.of(data), outcome.head(data))
