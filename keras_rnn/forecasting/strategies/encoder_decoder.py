# SPDX-License-Identifier: Apache-2.0
"""EncoderDecoder: an encoder reads the lookback, a decoder writes the steps."""

from dataclasses import replace

import keras

from keras_rnn._types import Tensor
from keras_rnn.data import Part, PreparedData, Scales
from keras_rnn.forecasting.outcomes import Outcome
from keras_rnn.forecasting.strategies.base import AllSteps
from keras_rnn.models import Sequences, Stack, seq2seq, with_horizon

#: How many times the horizon that it was trained for a decoder may write. Its
#: states were trained for that one, and each step that it writes is scaled by a
#: size measured on the training rows.
LONGEST = 4


class EncoderDecoder(AllSteps):
    """The decoder writes step after step, and sees what it wrote before."""

    def scales(self, data: PreparedData) -> Scales:
        rows = data.training_stops - data.series.bounds[:-1]
        windows = data.scales.windows
        longest = min(
            LONGEST * windows.horizon, int(rows.max()) - windows.lookback
        )
        further = replace(windows, horizon=max(longest, windows.horizon))
        return data.scales.measured_for(
            further, data.series, data.training_stops
        )

    def steps_to_compute(self, horizon: int, longest: int) -> int:
        if horizon > longest:
            raise ValueError(
                f"`horizon` must be at most {longest} for "
                f"strategy='encoder_decoder': {LONGEST} times the one trained, "
                "or what the training rows show. "
                f"Received: horizon={horizon}. Fit with a longer one, or use "
                "strategy='recursive'."
            )
        return horizon

    def network(
        self, stack: Stack, data: PreparedData, outcome: Outcome
    ) -> keras.Model:
        return seq2seq(
            stack,
            Sequences.of(data),
            outcome.head(data),
            teacher_forcing=outcome.kind.teacher_forcing,
        )

    def output(self, network: keras.Model, part: Part) -> Tensor:
        horizon = part.series.windows.horizon
        if network.output_shape[1] != horizon:
            network = with_horizon(network, horizon)
        return super().output(network, part)
