# SPDX-License-Identifier: Apache-2.0
"""An encoder reads the lookback, a decoder writes the horizon."""

from dataclasses import replace

from keras_rnn.forecasting.strategies.base import AllSteps
from keras_rnn.models import Sequences, seq2seq, with_horizon

#: Times the horizon that a decoder may write: its states were trained for
#: one, and what it writes is scaled step by step, by sizes measured before.
LONGEST = 4


class EncoderDecoder(AllSteps):
    """A decoder writes step after step; each sees the output before it."""

    def scales(self, data):
        rows = data.training_stops - data.series.bounds[:-1]
        windows = data.scales.windows
        longest = min(
            LONGEST * windows.horizon, int(rows.max()) - windows.lookback
        )
        further = replace(windows, horizon=max(longest, windows.horizon))
        return data.scales.measured_for(
            further, data.series, data.training_stops
        )

    def computed(self, horizon, longest):
        if horizon > longest:
            raise ValueError(
                f"`horizon` must be at most {longest} for "
                f"strategy='encoder_decoder': {LONGEST} times the one trained, "
                "or what the training rows show. "
                f"Received: horizon={horizon}. Fit with a longer one, or use "
                "strategy='recursive'."
            )
        return horizon

    def network(self, stack, data, outcome):
        return seq2seq(
            stack,
            Sequences.of(data),
            outcome.head(data),
            teacher_forcing=outcome.kind.teacher_forcing,
        )

    def output(self, network, part):
        horizon = part.series.windows.horizon
        if network.output_shape[1] != horizon:
            network = with_horizon(network, horizon)
        return super().output(network, part)
