# SPDX-License-Identifier: Apache-2.0
"""FedBackCell: a read-out that feeds back, one product a step if linear."""

from typing import ClassVar

import keras
from keras import ops

from keras_rnn.engine.cells.read_out import ReadOutCell
from keras_rnn.engine.masks import has_begun


class FedBackCell(ReadOutCell):
    """A cell whose state is its output y = ψ(h V + c).

    With a linear ψ the engine runs its hidden layer alone, whose recurrent
    kernel is V R:

        y' R = h' (V R) + c R

    and reads out all steps at once after the loop. At the first valid step y
    is the one given, which no h has written.
    """

    #: The hidden layer with the states h and `entry`, what the first step
    #: sees beside h = 0; then 0.
    folded: ClassVar[type]

    def over_time(self, run, sequences, states, mask, recurrent_mask):
        # Recurrent dropout stands between V and R.
        if recurrent_mask is None and self._folds:
            return self._run_folded(run, sequences, states, mask)
        return super().over_time(run, sequences, states, mask, recurrent_mask)

    @property
    def _folds(self):
        """Whether V R stands for V, then R, and is not the larger product."""
        linear = self.output_activation is keras.activations.linear
        return linear and self.units <= 2 * self.output_units

    def _run_folded(self, run, sequences, states, mask):
        (y_given,) = states
        W, R, b = self.z_weights()
        V, c = self.extra_weights().values()
        entry = ops.matmul(y_given - c, R)
        h, (h_last, _) = run(
            self.equations(of=self.folded),
            (W, ops.matmul(V, R), b + ops.matmul(c[None], R)[0]),
            {},
            sequences,
            (ops.zeros_like(entry), entry),
            mask,
        )
        y, y_last = h, ops.matmul(h_last, V) + c
        if mask is not None:
            begun = has_begun(mask)[..., None]
            y_last = ops.where(begun[:, -1], y_last, y_given)
        if h is not None:
            y = ops.matmul(h, V) + c
            if mask is not None:
                y = ops.where(begun, y, y_given[:, None])
        return y, (y_last,)
