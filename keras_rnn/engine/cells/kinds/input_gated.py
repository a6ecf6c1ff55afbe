# SPDX-License-Identifier: Apache-2.0
"""Cells whose gates see the inputs alone, so that time may run in parallel."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Literal

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Activation, Named, Tensor
from keras_rnn.engine.activations import Activate, positive
from keras_rnn.engine.batch import Batch
from keras_rnn.engine.cells.equations import OverTime
from keras_rnn.engine.cells.kinds.gated import GatedCell
from keras_rnn.engine.cells.products import by_name
from keras_rnn.engine.scans import linear_scan, linear_scan_in_logarithms

_FORMS = ("linear", "positive")


class InputGatedCell(GatedCell):
    """A cell h = a ⊙ h' + b, where a and b depend on the inputs alone.

    A subclass writes a and b as `terms`, and their logarithms as `log_terms`.

    Args:
        form: `"linear"`: the candidate is φ(z_g), with φ linear by default.
            `"positive"`: it is z_g + ½ if z_g ≥ 0, else σ(z_g), so that it
            is above 0 and h can be computed in logarithms.
        activation: Activation φ of the form `"linear"`.

    Raises:
        ValueError: If `form` is unknown, or `"positive"` with an activation.
    """

    z_of_h = ()

    def __init__(
        self,
        units: int,
        *,
        form: Literal["linear", "positive"] = "linear",
        activation: Activation = "linear",
        **kwargs: Any,
    ) -> None:
        super().__init__(units, activation=activation, **kwargs)
        self.form: Literal["linear", "positive"] = validate.one_of(
            "form", form, _FORMS
        )
        linear = self.activation is keras.activations.linear
        if form == "positive" and not linear:
            raise ValueError(
                "form='positive' has a candidate of its own. "
                f"{validate.received('activation', activation)} "
                "Leave out `activation`, or take form='linear'."
            )

    def terms(self, z: Named, act: Activate) -> tuple[Tensor, Tensor]:
        """The decay a and what is added, b."""
        raise NotImplementedError

    def log_terms(self, z: Named) -> tuple[Tensor, Tensor]:
        """The logarithms of `terms`, for sigmoid gates and `"positive"`."""
        raise NotImplementedError

    def activation_functions(self) -> dict[str, Callable[[Tensor], Tensor]]:
        functions = super().activation_functions()
        if self.form == "positive":
            functions["g"] = positive
        return functions

    def in_parallel(self, batch: Batch) -> OverTime | None:
        sigmoid = self.recurrent_activation is keras.activations.sigmoid
        in_logarithms = self.form == "positive"
        if in_logarithms and (batch.keep or not sigmoid):
            return None  # a and b may be 0, which has no logarithm
        kernel, _, bias = self.z_weights()
        x = batch.without_masked()
        z_of_all = by_name(self.gates, ops.matmul(x, kernel) + bias)
        z = SimpleNamespace(**z_of_all)
        (initial,) = batch.states
        if in_logarithms:
            scan, terms = linear_scan_in_logarithms, self.log_terms(z)
        else:
            act = Activate(self.activation_functions(), slopes=False)
            scan, terms = linear_scan, self.terms(z, act)
        for keep in batch.keep.values():
            decay, added = terms
            terms = keep + (1 - keep) * decay, (1 - keep) * added
        h = scan(*terms, initial, batch.mask)
        return h, (h[:, -1],)
