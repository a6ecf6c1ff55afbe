# SPDX-License-Identifier: Apache-2.0
"""Direct: all steps of the horizon at once."""

import keras

from keras_rnn.data import PreparedData
from keras_rnn.forecasting.outcomes import Outcome
from keras_rnn.forecasting.strategies.base import AllSteps
from keras_rnn.models import Sequences, Stack, many_to_one


class Direct(AllSteps):
    """The network has weights of its own for each step of the horizon."""

    def steps_to_compute(self, horizon: int, longest: int) -> int:
        if horizon > longest:
            raise ValueError(
                f"`horizon` must be at most {longest} for strategy='direct': "
                "its networks have weights for as many steps. Received: "
                f"horizon={horizon}. Fit with that horizon, or use "
                "strategy='recursive' or 'encoder_decoder'."
            )
        return longest

    def network(
        self, stack: Stack, data: PreparedData, outcome: Outcome
    ) -> keras.Model:
        return many_to_one(stack, Sequences.of(data), outcome.head(data))
