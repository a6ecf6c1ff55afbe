# SPDX-License-Identifier: Apache-2.0
"""The equations once more, in plain NumPy, from the papers.

Nothing here comes from the package. An oracle makes one step,
`(x, states, w, psi) -> (y, states)`, with x `(batch, features)`; `w` maps
the names of the layer's weights to arrays; σ is the logistic function, φ is
tanh, ψ the output activation.
"""

import numpy as np

from tests.layers.oracles.arithmetic import OUTPUT_ACTIVATIONS
from tests.layers.oracles.grus import (
    gru,
    grud,
    keeping_mgu,
    mgu,
    mut1,
    mut2,
    mut3,
    update_gate,
)
from tests.layers.oracles.lstms import (
    ablated,
    coupled_gate_lstm,
    lstm,
    peephole_lstm,
    projected_lstm,
)
from tests.layers.oracles.normalized import (
    layer_norm_gru,
    layer_norm_lstm,
    layer_norm_simple_rnn,
)
from tests.layers.oracles.parallel import (
    lru,
    min_gru,
    min_lstm,
    positive_min_gru,
    positive_min_lstm,
)
from tests.layers.oracles.plain import elman, ind_rnn, jordan, simple_rnn
from tests.layers.oracles.xlstm import mlstm, slstm

__all__ = ["ORACLES", "OUTPUT_ACTIVATIONS", "run"]


def zoned_out(oracle, p=0.1):
    """In inference a state is p of the old one and 1 − p of the new one."""

    def step(x, states, w, psi):
        _, new = oracle(x, states, w, psi)
        kept = tuple(
            p * before.astype("float64") + (1 - p) * after
            for before, after in zip(states, new, strict=True)
        )
        return kept[0], kept

    return step


#: Key of a row, or of one of its variants -> oracle.
ORACLES = {
    "coupled_gate_lstm": coupled_gate_lstm,
    "elman": elman,
    "gru": gru,
    "gru-zoneout": zoned_out(gru),
    "grud": gru,
    "grud-observed": grud,
    "jordan": jordan,
    "lstm": lstm,
    "lstm-zoneout": zoned_out(lstm),
    "peephole_lstm": peephole_lstm,
    "peephole_lstm-zoneout": zoned_out(peephole_lstm),
    "simple_rnn": simple_rnn,
    "update_gate": update_gate,
    "ind_rnn": ind_rnn,
    "layer_norm_lstm": layer_norm_lstm,
    "min_gru": min_gru,
    "min_gru-positive": positive_min_gru,
    "min_lstm": min_lstm,
    "min_lstm-positive": positive_min_lstm,
    "mgu": mgu,
    "mgu-keep": keeping_mgu,
    "mut1": mut1,
    "mut2": mut2,
    "mut3": mut3,
    "ablated_lstm": ablated(),
    "ablated_lstm-nig": ablated("i"),
    "ablated_lstm-nfg": ablated("f"),
    "ablated_lstm-nog": ablated("o"),
    "ablated_lstm-niaf": ablated(phi=lambda v: v),
    "ablated_lstm-noaf": ablated(psi_c=lambda v: v),
    "ablated_lstm-fgr": ablated(gate_recurrence=True),
    "projected_lstm": projected_lstm,
    "layer_norm_gru": layer_norm_gru,
    "layer_norm_simple_rnn": layer_norm_simple_rnn,
    "slstm": slstm,
    "mlstm": mlstm,
    "lru": lru,
}


def run(oracle, x, states, w, psi, mask=None, dilation=1):
    """Steps an oracle over time, by Keras's rule for masks.

    A masked step keeps the states and repeats the last valid output, zeros
    where there is none yet. With a dilation d all of this is of step t − d.

    Returns:
        Outputs `(batch, time, width)` and the states after the last step.
    """
    batch, time, _ = x.shape
    if mask is None:
        mask = np.ones((batch, time), dtype=bool)
    rows = [
        _run_row(
            oracle, x[n], [s[n] for s in states], w, psi, mask[n], dilation
        )
        for n in range(batch)
    ]
    outputs = np.stack([row_outputs for row_outputs, _ in rows])
    last = [
        np.stack([row_states[k] for _, row_states in rows])
        for k in range(len(states))
    ]
    return outputs, last


def _run_row(oracle, x, states, w, psi, mask, dilation):
    states = [s[None] for s in states]
    any_output, _ = oracle(x[:1], states, w, psi)
    steps = [(np.zeros_like(any_output), states)] * dilation
    for x_t, valid in zip(x, mask, strict=True):
        y, states = steps[-dilation]
        if valid:
            y, states = oracle(x_t[None], states, w, psi)
        steps.append((y, states))
    outputs = [y[0] for y, _ in steps[dilation:]]
    return np.stack(outputs), [s[0] for s in states]
