# SPDX-License-Identifier: Apache-2.0
"""Whether gradients vanish or explode, and what helps."""

from typing import Any

import keras
import numpy as np
import pandas as pd

from keras_rnn.engine import GatedCell

VANISHING, EXPLODING, STABLE = "vanishing", "exploding", "stable"


def verdict_of(
    cell: Any, norms: pd.Series, vanishing: float, exploding: float
) -> dict[str, Any]:
    """What the gain over the longest distance says of a layer.

    Args:
        cell: The cell of the layer.
        norms: The median norm of the joint product, by distance.
        vanishing: Gain below which gradients vanish.
        exploding: Gain above which they explode.

    Returns:
        The row of the table of verdicts.
    """
    distance = int(norms.index[-1])
    gain = float(norms.iloc[-1])
    verdict = STABLE
    if gain < vanishing:
        verdict = VANISHING
    elif gain > exploding or np.isnan(gain):
        verdict = EXPLODING
    return {
        "distance": distance,
        "gain": gain,
        "gain_per_step": gain ** (1 / distance),
        "verdict": verdict,
        "remedy": _remedy(cell, verdict, distance),
    }


def _remedy(cell, verdict, distance) -> str:
    if verdict == STABLE:
        return ""
    if verdict == EXPLODING:
        return (
            "Clip gradients (clipnorm=1 in the optimizer), start from an "
            'orthogonal kernel (recurrent_initializer="orthogonal"), or cut '
            "shorter sequences."
        )
    if isinstance(cell, GatedCell):
        return (
            f"Open the forget gate (forget_bias=Chrono({distance})), or cut "
            "shorter sequences."
        )
    if isinstance(cell, keras.layers.LSTMCell):
        return (
            'Take "lstm" of this package, whose forget gate can begin open '
            f"(forget_bias=Chrono({distance})), or cut shorter sequences."
        )
    return (
        'Take a gated cell ("lstm" with forget_bias=Chrono'
        f"({distance})), or cut shorter sequences."
    )
