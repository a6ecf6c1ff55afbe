# SPDX-License-Identifier: Apache-2.0
"""The arguments of cells that have gates."""

from collections.abc import Callable
from typing import Any, ClassVar

from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Activation, Tensor
from keras_rnn.engine.cells.keras_cell import RecurrentCell
from keras_rnn.engine.cells.kinds.chrono import (
    Chrono,
    ForgetBias,
    checked_forget_bias,
)


class GatedCell(RecurrentCell):
    """A cell with gates, sigmoid by default, beside its candidate.

    Args:
        recurrent_activation: Activation σ of the gates.
        forget_bias: Initial bias with which the gate that keeps the state
            does so: a number, or `Chrono(max_time)` for spans of up to
            `max_time` steps. None leaves it to `bias_initializer` and, in an
            LSTM, to `unit_forget_bias`.
    """

    recurrent_activation: Callable[[Tensor], Tensor]
    forget_bias: ForgetBias

    #: The gate that keeps the state, and the sign of a bias with which it
    #: does: 1 if the state stays where the gate is open, −1 if it is renewed.
    keeping_gate: tuple[str, int] = ("f", 1)
    of_layer: ClassVar = (*RecurrentCell.of_layer, "forget_bias")

    activations: ClassVar[dict[str, str]] = {
        "i": "recurrent_activation",
        "f": "recurrent_activation",
        "o": "recurrent_activation",
        "u": "recurrent_activation",
        "r": "recurrent_activation",
        "g": "activation",
        "y": "activation",
    }

    def __init__(
        self,
        units: int,
        *,
        recurrent_activation: Activation = "sigmoid",
        forget_bias: ForgetBias = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(units, **kwargs)
        self.resolve_arguments(recurrent_activation=recurrent_activation)
        self.forget_bias = checked_forget_bias(forget_bias)
        self._refuse_forget_bias_without_a_place()

    def has_keeping_gate(self) -> bool:
        """Whether there is a gate that keeps the state."""
        return self.keeping_gate[0] in self.gates

    def _refuse_forget_bias_without_a_place(self):
        lacks = None if self.use_bias else "bias"
        if not self.has_keeping_gate():
            lacks = "gate that keeps the state"
        if self.forget_bias is not None and lacks:
            raise ValueError(
                f"`forget_bias` needs a {lacks}, and this cell has none. "
                f"{validate.received('forget_bias', self.forget_bias)} "
                "Leave it out."
            )

    def initial_bias(
        self, shape: tuple[int, ...], dtype: str | None = None
    ) -> Tensor:
        # One draw for all gates: a seeded initializer would give every gate
        # the same numbers.
        bias = self.bias_initializer(shape, dtype=dtype)
        given = self.initial_bias_of_gates((self.units,), dtype)
        if not given:
            return bias
        columns = ops.split(bias, len(self.gates), axis=-1)
        by_gate = dict(zip(self.gates, columns, strict=True))
        for gate, value in given.items():
            # Of two biases, those of x and of h, the first is set.
            rows = ops.reshape(by_gate[gate], (-1, self.units))
            rows = ops.concatenate([value[None], rows[1:]])
            by_gate[gate] = ops.reshape(rows, columns[0].shape)
        return ops.concatenate(list(by_gate.values()), axis=-1)

    def initial_bias_of_gates(
        self, shape: tuple[int, ...], dtype: str | None
    ) -> dict[str, Tensor]:
        """Name of a gate -> bias, of those that `bias_initializer` leaves.

        Args:
            shape: Shape of the bias of one gate.
            dtype: Its type.
        """
        if self.forget_bias is None:
            return {}
        gate, sign = self.keeping_gate
        if not isinstance(self.forget_bias, Chrono):
            return {gate: ops.full(shape, sign * self.forget_bias, dtype)}
        bias = self.forget_bias(shape, dtype)
        opposite = {"i": -bias} if "i" in self.gates else {}
        return {gate: sign * bias, **opposite}


class ForgetGateCell(GatedCell):
    """A gated cell with a forget gate f.

    Args:
        unit_forget_bias: Whether the bias of the forget gate starts at 1, so
            that a new network remembers (Jozefowicz et al. 2015).
    """

    unit_forget_bias: bool

    def __init__(
        self, units: int, *, unit_forget_bias: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(units, **kwargs)
        self.unit_forget_bias = validate.boolean(
            "unit_forget_bias", unit_forget_bias
        )

    def initial_bias_of_gates(
        self, shape: tuple[int, ...], dtype: str | None
    ) -> dict[str, Tensor]:
        given = super().initial_bias_of_gates(shape, dtype)
        if self.unit_forget_bias and not given and "f" in self.gates:
            return {"f": ops.ones(shape, dtype)}
        return given
