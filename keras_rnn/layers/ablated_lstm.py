# SPDX-License-Identifier: Apache-2.0
"""The LSTM with parts left out, as Greff et al. (2017) compared them."""

from collections.abc import Callable
from typing import Any, ClassVar, Literal

from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Activation, Named, Tensor, Tensors
from keras_rnn.engine import (
    PEEPHOLES,
    Activate,
    PeepholeCell,
    RecurrentLayer,
    Step,
    StepGradient,
)

_GATES: dict[str | None, str] = {"input": "i", "forget": "f", "output": "o"}


class AblatedLSTMCell(PeepholeCell):
    """One step of an `AblatedLSTM`, for `keras.layers.RNN` and stacks.

    Args:
        units: Positive integer, the width of h and c.
        ablated_gate: The gate that is left out and always open: `"input"`,
            `"forget"`, `"output"`, or None. Its columns of W, R and b and its
            peepholes are left out too.
        cell_output_activation: Activation ψ of c on its way out; `activation`
            is that of the candidate.
        gate_recurrence: Whether the gates also see all gates of the step
            before, by the gate kernel, for three gates `(3 units, 3 units)`.
        peephole: None, `"diagonal"`: peephole kernel `(3, units)`, rows i, f,
            o, or `"full"`: `(units, 3 units)`.
        **kwargs: Arguments of all such cells; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.AblatedLSTMCell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    cell_output_activation: Callable[[Tensor], Tensor]

    kept_states = ("c",)
    activations: ClassVar = {
        **PeepholeCell.activations,
        "y": "cell_output_activation",
    }

    def __init__(
        self,
        units: int,
        *,
        ablated_gate: Literal["input", "forget", "output"] | None = None,
        cell_output_activation: Activation = "tanh",
        gate_recurrence: bool = False,
        peephole: Literal["diagonal", "full"] | None = "diagonal",
        **kwargs: Any,
    ) -> None:
        # They decide which states there are, which the other arguments name.
        self.ablated_gate = validate.one_of(
            "ablated_gate", ablated_gate, (None, *_GATES)
        )
        self.gate_recurrence = validate.boolean(
            "gate_recurrence", gate_recurrence
        )
        super().__init__(units, **kwargs)
        self.peephole = validate.one_of(
            "peephole", peephole, (None, *PEEPHOLES)
        )
        self.resolve_arguments(cell_output_activation=cell_output_activation)

    @property
    def gates(self) -> tuple[str, ...]:
        ablated = _GATES.get(self.ablated_gate)
        return tuple(name for name in "ifgo" if name != ablated)

    @property
    def gates_of_c(self) -> tuple[str, ...]:
        """The gates around c that are left; g is the candidate."""
        return tuple(name for name in self.gates if name != "g")

    @property
    def states(self) -> tuple[str, ...]:
        return ("h", "c", *(self.gates_of_c if self.gate_recurrence else ()))

    @property
    def states_of_R(self) -> tuple[str, ...]:
        return tuple(name for name in self.states if name != "c")

    @property
    def peephole_gates(self) -> dict[str, Literal["before", "after"]]:
        when: dict[str, Literal["before", "after"]] = {
            "i": "before",
            "f": "before",
            "o": "after",
        }
        return {name: when[name] for name in self.gates_of_c}

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        def z_of(name, c):
            peephole = getattr(w, f"p_{name}", None)
            return getattr(z, name) + w.dot(c, peephole)

        _, c_prev, *_ = states
        early = [name for name in self.gates if name != "o"]
        values, slopes = act(**{name: z_of(name, c_prev) for name in early})
        gate = dict(zip(early, values, strict=True))
        slope = dict(zip(early, slopes, strict=True))
        i, f, g = gate.get("i", 1.0), gate.get("f", 1.0), gate["g"]
        c = f * c_prev + i * g
        if "o" in self.gates:
            gate["o"], slope["o"] = act(o=z_of("o", c))
        y, dy = act(y=c)
        o = gate.get("o", 1.0)
        driven = {"i": g, "f": c_prev, "g": i, "o": y}
        partials = {f"d_{n}": driven[n] * slope[n] for n in self.gates}
        partials["h_c"] = o * dy
        if "f" in self.gates:
            partials["c_c"] = f
        kept = self.states[2:]
        partials |= {f"{name}_z": slope[name] for name in kept}
        return (o * y, c, *(gate[name] for name in kept)), partials

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        p = partials
        dh, dc, *d_kept = d_states
        d_gate = dict(zip(self.states[2:], d_kept, strict=True))

        def dz_of(name, d):
            dz = d * getattr(p, f"d_{name}")
            if name in d_gate:
                dz = dz + d_gate[name] * getattr(p, f"{name}_z")
            return dz

        dz = {}
        dc = dc + dh * p.h_c
        if "o" in self.gates:
            dz["o"] = dz_of("o", dh)
            dc = dc + w.dot_t(dz["o"], w.p_o)
        dz |= {name: dz_of(name, dc) for name in self.gates if name != "o"}
        dc_prev = dc * p.c_c if "f" in self.gates else dc
        for name in dz.keys() - {"g", "o"}:
            dc_prev = dc_prev + w.dot_t(dz[name], getattr(w, f"p_{name}"))
        return dz, (0, dc_prev, *(0 for _ in d_kept))

    def recurrent_shape(self, width: int) -> tuple[int, ...]:
        return self.units, width

    def build_extra_weights(self) -> None:
        super().build_extra_weights()
        if self.gate_recurrence:
            width = len(self.gates_of_c) * self.units
            self.gate_kernel: Tensor = self.add_named_weight(
                "gate_kernel", (width, width), prefix="recurrent"
            )

    def z_weights(self) -> tuple[Tensor, Tensor | None, Tensor]:
        kernel, recurrent_kernel, bias = super().z_weights()
        if self.gate_recurrence:
            of_gates = ops.convert_to_tensor(self.gate_kernel)
            columns = ops.split(of_gates, len(self.gates_of_c), axis=-1)
            by_gate = dict(zip(self.gates_of_c, columns, strict=True))
            # The candidate does not see the gates.
            by_gate["g"] = ops.zeros_like(columns[0])
            rows = ops.concatenate([by_gate[n] for n in self.gates], axis=-1)
            recurrent_kernel = ops.concatenate([recurrent_kernel, rows])
        return kernel, recurrent_kernel, bias


class AblatedLSTM(RecurrentLayer):
    """LSTM with one of its parts left out, to see what the part is for.

    The variants that Greff et al. compared with the LSTM with peepholes, which
    this layer is by default:

        NIG    ablated_gate="input"                 i = 1
        NFG    ablated_gate="forget"                f = 1
        NOG    ablated_gate="output"                o = 1
        NIAF   activation="linear"                  g = z_g
        NOAF   cell_output_activation="linear"      h = o ⊙ c
        NP     peephole=None
        FGR    gate_recurrence=True

    and CIFG is `CoupledGateLSTM(peephole="diagonal")`. They found that the
    forget gate and the output activation matter most. Without a forget gate
    the error of c flows back undiminished: the constant error carousel.

        i = σ(z_i + c' p_i)          input gate
        f = σ(z_f + c' p_f)          forget gate
        g = φ(z_g)                   candidate
        c = f ⊙ c' + i ⊙ g           cell state (batch, units)
        o = σ(z_o + c p_o)           output gate, sees the new c
        h = o ⊙ ψ(c)                 hidden state and output (batch, units)

    with z = x W + h' R + b, σ `recurrent_activation`, φ `activation`, ψ
    `cell_output_activation`; the prime marks the previous step. The columns of
    W, R and b are i, f, g, o. The states are h, c. With `gate_recurrence=True`
    i, f and o follow them as states, and the z of these three also have
    [i', f', o'] G, with the gate kernel G.

    Args:
        units: Positive integer, the width of h and c.
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.AblatedLSTM(8, ablated_gate="forget")
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 8)

    Reference:
        Greff, K., Srivastava, R. K., Koutník, J., Steunebrink, B. R. &
        Schmidhuber, J. (2017). LSTM: a search space odyssey. IEEE TNNLS
        28(10).
    """

    cell_class = AblatedLSTMCell
