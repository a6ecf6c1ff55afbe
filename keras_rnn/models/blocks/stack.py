# SPDX-License-Identifier: Apache-2.0
"""Stack: the one place that turns keys of LAYERS into Keras layers."""

from dataclasses import dataclass, field

import keras

from keras_rnn import _validation as validate
from keras_rnn import layers
from keras_rnn.models.blocks.pooling import LastStep
from keras_rnn.models.blocks.reset_rows import ResetRows
from keras_rnn.models.training.seeds import seeded

NORMALIZATIONS = {
    "layer": keras.layers.LayerNormalization,
    "batch": keras.layers.BatchNormalization,
}
#: Arguments of layers that a stack sets itself, or cannot honour.
OWN_OPTIONS = {
    "go_backwards",
    "name",
    "recurrent_dropout",
    "return_sequences",
    "return_state",
    "stateful",
    "units",
}


@dataclass(frozen=True)
class Stack:
    """Recurrent layers on top of each other: settings, and what they build.

    Each layer is followed by its normalization, its dropout, and the residual
    connection around all three, in this order.

    Args:
        cell: A key of `keras_rnn.layers.LAYERS` for all layers, or one key a
            layer.
        units: Width of all layers, or one width a layer. Whichever is a list
            says how many layers there are; two lists must be equally long.
        bidirectional: Whether each layer reads the sequence both ways; its
            output is then twice as wide.
        dropout: Fraction of each layer's output to drop, in [0, 1].
        recurrent_dropout: Fraction of the recurrent state to drop, in [0, 1].
        normalization: None, `"layer"` or `"batch"`.
        residual: Whether a layer's input is added to its output, from the
            second layer on; needs layers of equal width.
        options: Further constructor arguments of the layers, such as
            `{"peephole": "full"}`.

    Raises:
        ValueError: If a key is unknown, a value is wrong, the lists differ in
            length, or a setting cannot be honoured.

    Example:
        >>> from keras_rnn.models import Stack
        >>> Stack(cell="jordan", units=[64, 32]).num_layers
        2
    """

    cell: str | list[str] = "lstm"
    units: int | list[int] = 32
    bidirectional: bool = False
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    normalization: str | None = None
    residual: bool = False
    options: dict = field(default_factory=dict)

    def __post_init__(self):
        validate.instance("options", self.options, dict, "Use {} for none.")
        for name in OWN_OPTIONS & self.options.keys():
            raise ValueError(
                f"`options` cannot hold {name!r}: the stack sets it itself. "
                f"Received: options={self.options!r}. Use the settings of "
                "Stack, or build the layers by hand."
            )
        for key in _as_list(self.cell):
            layers.get(key)
        for width in _as_list(self.units):
            validate.positive_int("units", width)
        validate.boolean("bidirectional", self.bidirectional)
        validate.boolean("residual", self.residual)
        validate.fraction("dropout", self.dropout)
        validate.fraction("recurrent_dropout", self.recurrent_dropout)
        validate.one_of(
            "normalization", self.normalization, (None, *NORMALIZATIONS)
        )
        lengths = {
            len(v)
            for v in (self.cell, self.units)
            if isinstance(v, (list, tuple))
        }
        if len(lengths) > 1 or 0 in lengths:
            raise ValueError(
                "`cell` and `units` must name equally many layers, at least "
                f"one. Received: cell={self.cell!r}, units={self.units!r}. "
                "Give one value for all layers or one a layer in both."
            )
        self._refuse_residual_without_a_partner()
        with seeded(0):  # these layers are looked at, and thrown away
            self.new_layers()  # a wrong option fails here, not later

    def _refuse_residual_without_a_partner(self):
        widths = self.layer_units
        if self.residual and (len(widths) == 1 or len(set(widths)) > 1):
            raise ValueError(
                "`residual=True` needs at least two layers of equal width. "
                f"Received: units={self.units!r}. "
                "Use equal units in all layers, or residual=False."
            )

    @property
    def num_layers(self):
        """How many recurrent layers there are."""
        return max(len(_as_list(self.cell)), len(_as_list(self.units)))

    @property
    def layer_units(self):
        """Width of each layer."""
        units = _as_list(self.units)
        return units if units[1:] else units * self.num_layers

    def __call__(self, x, return_sequences=False, stateful=False, starts=None):
        """Builds the layers on a symbolic tensor.

        Args:
            x: Symbolic tensor `(batch, time, features)`.
            return_sequences: Whether to return all steps or what is left at
                the end of the sequence.
            stateful: Whether the layers go on where the batch before ended;
                the batch size of `x` must then be known.
            starts: Symbolic boolean tensor `(batch,)`, True where the states
                of stateful layers begin at zero again.

        Returns:
            Symbolic tensor `(batch, time, width)` or `(batch, width)`.
        """
        # Around the last layer a residual connection needs the sequence.
        reduced_by_layer = not return_sequences and not self.residual
        recurrent_layers = self.new_layers(reduced_by_layer, stateful=stateful)
        x, _ = self._connect(x, recurrent_layers, starts)
        if return_sequences or reduced_by_layer:
            return x
        return LastStep(bidirectional=self.bidirectional)(x)

    def with_states(self, x):
        """Builds the layers, and keeps what they know at the end.

        Args:
            x: Symbolic tensor `(batch, time, features)`.

        Returns:
            Symbolic tensor `(batch, width)`, and for each layer the list of
            its last states; of a bidirectional one those of the layer that
            reads forward, then those of the one that reads backward.
        """
        recurrent_layers = self.new_layers(not self.residual, return_state=True)
        x, states = self._connect(x, recurrent_layers)
        if self.residual:
            x = LastStep(bidirectional=self.bidirectional)(x)
        return x, states

    def _connect(self, x, recurrent_layers, starts=None):
        states = []
        for k, layer in enumerate(recurrent_layers):
            returns_state = layer.return_state
            if self.bidirectional:
                layer = keras.layers.Bidirectional(layer)
            y = layer(x) if starts is None else ResetRows(layer)(x, starts)
            if returns_state:
                y, *after = y
                states.append(after)
            if self.normalization is not None:
                y = NORMALIZATIONS[self.normalization]()(y)
            if self.dropout:
                y = keras.layers.Dropout(self.dropout)(y)
            x = keras.layers.Add()([x, y]) if self.residual and k > 0 else y
        return x, states

    def new_layers(
        self, last_returns_one_step=False, return_state=False, stateful=False
    ):
        """The recurrent layers alone, new ones at every call.

        Args:
            last_returns_one_step: Whether the last layer returns its last
                output only.
            return_state: Whether all layers also return their last states.
            stateful: Whether all layers keep their states between batches.

        Returns:
            List of layers, unconnected.
        """
        keys = _as_list(self.cell)
        keys = keys if keys[1:] else keys * self.num_layers
        last = self.num_layers - 1
        return [
            layers.get(key)(
                units,
                recurrent_dropout=self.recurrent_dropout,
                return_sequences=not (last_returns_one_step and k == last),
                return_state=return_state,
                stateful=stateful,
                **{name: _again(v) for name, v in self.options.items()},
            )
            for k, (key, units) in enumerate(
                zip(keys, self.layer_units, strict=True)
            )
        ]


def _again(value):
    """An option for one layer more: layers share no initializer.

    One without a seed would give all of them the same numbers.
    """
    if isinstance(value, keras.initializers.Initializer):
        return type(value).from_config(value.get_config())
    return value


def _as_list(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def one_way(stack):
    """A stack that a decoder can run step by step, or ValueError."""
    validate.instance("stack", stack, Stack, "Use Stack(cell, units).")
    if stack.bidirectional:
        raise ValueError(
            "A decoder that reads its own output goes one way. Received: "
            "bidirectional=True. Use a stack with bidirectional=False."
        )
    if stack.normalization == "batch":
        raise ValueError(
            "A decoder that reads its own output writes one step at a time; "
            "batch normalization would mix them. Received: "
            "normalization='batch'. Use normalization='layer'."
        )
    return stack
