# SPDX-License-Identifier: Apache-2.0
"""What the project asks of itself: all targets in one place.

A target is an upper limit of a ratio, ours divided by theirs.
"""

from dataclasses import dataclass

from benchmarks.contenders import KERAS, OURS
from benchmarks.programs import FORWARD, STEP

#: Classes of sizes. A size belongs to the first that fits; 33 to 63 units and
#: less than 200 steps fit none, and have general targets only.
CLASSES = {
    "wide": lambda size: size.units >= 256,
    "long": lambda size: size.time >= 200,
    "narrow": lambda size: size.units <= 32,
    "medium": lambda size: size.units >= 64,
}


@dataclass(frozen=True)
class Target:
    """A layer against another one.

    Attributes:
        name: Contender whose time is limited.
        against: Contender whose time it is divided by.
        step: Limit of the ratio of their training steps, or None.
        forward: Limit of the ratio of their forward passes, or None.
        where: Key of `CLASSES`, or None for all sizes.
    """

    name: str
    against: str
    step: float | None
    forward: float | None
    where: str | None = None

    @property
    def limits(self):
        return {STEP: self.step, FORWARD: self.forward}


LSTM, GRU = "keras_rnn.LSTM", "keras_rnn.GRU"
SIMPLE_RNN = "keras_rnn.SimpleRNN"
ELMAN, JORDAN = "keras_rnn.Elman", "keras_rnn.Jordan"

TARGETS = (
    Target(LSTM, "keras.layers.LSTM", 0.45, 0.40, "narrow"),
    Target(LSTM, "keras.layers.LSTM", 0.70, 0.45, "medium"),
    Target(LSTM, "keras.layers.LSTM", 0.35, 0.35, "long"),
    Target(LSTM, "keras.layers.LSTM", 0.40, 0.75, "wide"),
    Target(GRU, "keras.layers.GRU", 0.45, 0.40, "narrow"),
    Target(GRU, "keras.layers.GRU", 0.65, 0.60, "medium"),
    Target(GRU, "keras.layers.GRU", 0.30, 0.30, "long"),
    Target(GRU, "keras.layers.GRU", 0.50, 0.75, "wide"),
    Target("keras_rnn.PeepholeLSTM", LSTM, 1.20, 1.20),
    Target("keras_rnn.CoupledGateLSTM", LSTM, 0.85, 0.85),
    Target(SIMPLE_RNN, "keras.layers.SimpleRNN", 0.70, 0.50),
    # The same recurrence, and a read-out more.
    Target(ELMAN, "keras.layers.SimpleRNN", 0.70, 0.50),
    Target(JORDAN, "keras.layers.RNN(JordanCell)", 0.75, 0.50),
    # Its read-out is linear by default: as much work as Elman's.
    Target(JORDAN, ELMAN, 1.20, 1.20),
    Target(LSTM, "torch.nn.LSTM", 1.00, None),
)

#: Of the same layer without the option, training step.
OPTIONS = {"mask": 1.10, "recurrent_dropout": 1.20}
#: Of two stacked `keras.layers.LSTM`, training step.
STACK = {LSTM: 0.75}
#: Seconds of the first training step.
COMPILE = 2.0
#: Of the memory of `keras.layers.LSTM`.
MEMORY = 1.20
#: MiB more than `keras.layers.LSTM` that a forgotten model may leave behind.
KEPT_PER_MODEL = 2.0
#: MiB that 200 lengths may leave behind, and their CPU seconds as a ratio.
KEPT_OF_LENGTHS, CPU_OF_LENGTHS = 100.0, 1.0


def at(size, contenders):
    """The targets that hold at a size, for those who take part.

    No layer of ours may be slower than Keras's nearest; a target of its own
    for the same two takes the place of this general one.
    """
    names = {contender.name for contender in contenders}
    of_keras = {c.kind: c.name for c in contenders if c.maker == KERAS}
    general = [
        Target(c.name, of_keras[c.kind], 1.00, 1.00)
        for c in contenders
        if c.maker == OURS and c.kind in of_keras
    ]
    fitting = next((k for k, fits in CLASSES.items() if fits(size)), None)
    special = [
        target
        for target in TARGETS
        if target.where in (None, fitting)
        and {target.name, target.against} <= names
    ]
    found = {(t.name, t.against): t for t in (*general, *special)}
    return list(found.values())
