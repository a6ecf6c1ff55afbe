# SPDX-License-Identifier: Apache-2.0
"""Stack: the one place that turns keys of LAYERS into Keras layers."""

from dataclasses import KW_ONLY, dataclass, field, fields
from typing import Any, Self

import keras

from keras_rnn import _names, layers
from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.models.blocks import connections
from keras_rnn.models.blocks.dilated import Dilated
from keras_rnn.models.blocks.layer_options import copied, observing
from keras_rnn.models.blocks.pooling import LastStep
from keras_rnn.models.blocks.reset_rows import ResetRows
from keras_rnn.models.blocks.stack_settings import (
    NORMALIZATIONS,
    PER_LAYER,
    as_list,
    check_settings,
)
from keras_rnn.models.other_names import STACK, STACK_ATTRIBUTES, STACK_CALL
from keras_rnn.models.training.seeds import seeded


@_names.other_attributes(**STACK_ATTRIBUTES)
@_names.other_names("Stack('lstm', units=[64, 32], dropout=0.1)", **STACK)
@keras.saving.register_keras_serializable("keras_rnn")
@dataclass(frozen=True)
class Stack:
    """Recurrent layers on top of each other: their settings, and a builder.

    Each layer is followed by its normalization, its dropout, and the
    connection around all three, in this order. For `residual=True` it is a
    `Residual`, from the second layer on, as what enters the first is of another
    kind. For `"highway"` it is a `Highway` around every layer. With `"dense"`
    each layer reads what enters the stack and what all layers before put out,
    side by side; what leaves is the output of the last layer, as in Ding et
    al., so that it stays as wide as `units` says.

    Args:
        cell: A key of `keras_rnn.layers.LAYERS` for all layers, or a list with
            one key per layer.
        units: Width of all layers, or a list with one width per layer. A list
            sets the number of layers; all lists must be equally long.
        bidirectional: Whether each layer reads the sequence both ways; its
            output is then twice as wide.
        dropout: Fraction of each layer's output to drop, from 0 to below 1.
        recurrent_dropout: Fraction of the recurrent state to drop, likewise.
        normalization: None, `"layer"` or `"batch"`.
        residual: How the layers are connected besides: not at all, or True,
            `"highway"` or `"dense"`.
        dilation: How many steps back the state is that a layer sees, for all
            layers or a list with one per layer, such as [1, 2, 4]; above 1 each
            is `Dilated`. Then no states can be kept or handed to a decoder.
        options: Further constructor arguments of the layers, such as
            `{"peephole": "full"}`.

    Raises:
        ValueError: If a key is unknown, a value is wrong, the lists differ in
            length, or the layers do not support a setting.

    Example:
        >>> from keras_rnn.models import Stack
        >>> Stack(cell="jordan", units=[64, 32]).num_layers
        2

    Reference:
        Z. Ding et al. (2018), "Densely connected bidirectional LSTM with
        applications to sentence classification", NLPCC; after G. Huang et al.
        (2017), "Densely connected convolutional networks", CVPR.
    """

    cell: str | list[str] = "lstm"
    units: int | list[int] = 32
    _: KW_ONLY
    bidirectional: bool = False
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    normalization: str | None = None
    residual: bool | str = False
    dilation: int | list[int] = 1
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_settings(self)
        # A wrong option fails here, not later. These layers are thrown away;
        # with a seed of their own they do not change later draws.
        with seeded(0):
            self.new_layers()

    def get_config(self) -> dict[str, Any]:
        """The settings, as Keras saves them with a model."""
        settings = {f.name: getattr(self, f.name) for f in fields(self)}
        return keras.saving.serialize_keras_object(settings)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """The stack with the settings that `get_config` returned."""
        return cls(**keras.saving.deserialize_keras_object(config))

    @classmethod
    def of_0_1(cls, config: dict[str, Any]) -> Self:
        """The stack with the settings in a model that version 0.1 saved."""
        settings = keras.saving.deserialize_keras_object(config)
        return cls(**settings | {"cell": layers.key_of_0_1(settings["cell"])})

    @property
    def num_layers(self) -> int:
        """The number of recurrent layers."""
        return max(len(as_list(getattr(self, name))) for name in PER_LAYER)

    @property
    def layer_units(self) -> list[int]:
        """The width of each layer."""
        return self._per_layer(self.units)

    @property
    def layer_dilations(self) -> list[int]:
        """How many steps back the state is that each layer sees."""
        return self._per_layer(self.dilation)

    @property
    def is_dilated(self) -> bool:
        """Whether a layer sees the state of more than one step ago."""
        return max(self.layer_dilations) > 1

    def _per_layer(self, setting):
        values = as_list(setting)
        return values if values[1:] else values * self.num_layers

    @_names.other_names("stack(x, return_sequences=True)", **STACK_CALL)
    def __call__(
        self,
        x: Tensor,
        return_sequences: bool = False,
        stateful: bool = False,
        starts: Tensor | None = None,
        num_observed: int = 0,
    ) -> Tensor:
        """Builds the layers on a symbolic tensor.

        Args:
            x: Symbolic tensor `(batch, time, features)`.
            return_sequences: Whether to return the outputs of all steps, or
                the output of the last step.
            stateful: Whether the layers start each batch with the states of
                the batch before; the batch size of `x` must then be known.
            starts: Symbolic boolean tensor `(batch,)`, True where the states
                of stateful layers begin at zero again.
            num_observed: How many features of x may be missing, as in
                `Sequences`.

        Returns:
            Symbolic tensor `(batch, time, width)` or `(batch, width)`.
        """
        if stateful:
            self.refuse_dilation("be stateful")
        by_layer = not return_sequences and self._last_layer_ends_it
        recurrent_layers = self.new_layers(
            by_layer, stateful=stateful, num_observed=num_observed
        )
        x, _ = self._connect(x, recurrent_layers, starts)
        if return_sequences or by_layer:
            return x
        return LastStep(bidirectional=self.bidirectional)(x)

    def with_states(
        self, x: Tensor, num_observed: int = 0, return_sequences: bool = False
    ) -> tuple[Tensor, list[list[Tensor]]]:
        """Builds the layers, and also returns their last states.

        Args:
            x: Symbolic tensor `(batch, time, features)`.
            num_observed: As in `__call__`.
            return_sequences: As in `__call__`.

        Returns:
            Symbolic tensor, as from `__call__`, and for each layer the list of
            its last states. If the stack is bidirectional, each list begins
            with the states of the layer that reads forward.
        """
        self.refuse_dilation("return its states")
        by_layer = not return_sequences and self._last_layer_ends_it
        recurrent_layers = self.new_layers(
            by_layer, return_state=True, num_observed=num_observed
        )
        x, states = self._connect(x, recurrent_layers)
        if not (return_sequences or by_layer):
            x = LastStep(bidirectional=self.bidirectional)(x)
        return x, states

    @property
    def _last_layer_ends_it(self):
        """Whether the last step of the last layer is that of the stack.

        A connection around the last layer needs whole sequences, and so does
        dilation, as the last step lies in one of several sequences.
        """
        connected = self.residual not in (False, "dense")
        return not connected and self.layer_dilations[-1] == 1

    def refuse_dilation(self, purpose: str) -> None:
        """Raises a ValueError if a layer is dilated.

        Args:
            purpose: What a dilated stack cannot do, for the error.
        """
        if self.is_dilated:
            raise ValueError(
                f"A dilated stack cannot {purpose}: it has as many states per "
                "sequence as its dilation, each of another step. Received: "
                f"dilation={self.dilation!r}. Use dilation=1."
            )

    def _connect(self, x, recurrent_layers, starts=None):
        states = []
        around = connections.of_stack(self)
        for k, layer in enumerate(recurrent_layers):
            returns_state = layer.return_state
            if self.bidirectional:
                layer = keras.layers.Bidirectional(layer)
            if self.layer_dilations[k] > 1:
                layer = Dilated(layer, self.layer_dilations[k])
            y = layer(x) if starts is None else ResetRows(layer)(x, starts)
            if returns_state:
                y, *after = y
                states.append(after)
            if self.normalization is not None:
                y = NORMALIZATIONS[self.normalization]()(y)
            if self.dropout:
                y = keras.layers.Dropout(self.dropout)(y)
            x = connections.join(around[k], x, y)
        return x, states

    def new_layers(
        self,
        last_returns_one_step: bool = False,
        return_state: bool = False,
        stateful: bool = False,
        num_observed: int = 0,
    ) -> list[keras.layers.RNN]:
        """New recurrent layers, without what follows each of them.

        Args:
            last_returns_one_step: Whether the last layer returns its last
                output only.
            return_state: Whether all layers also return their last states.
            stateful: Whether all layers keep their states between batches.
            num_observed: As in `__call__`; the first layer alone sees x.

        Returns:
            List of layers, unconnected.
        """
        keys = self._per_layer(self.cell)
        last = self.num_layers - 1
        return [
            layers.get(key)(
                units,
                recurrent_dropout=self.recurrent_dropout,
                return_sequences=not (last_returns_one_step and k == last),
                return_state=return_state,
                stateful=stateful,
                **(observing(key, num_observed) if k == 0 else {}),
                **copied(self.options),
            )
            for k, (key, units) in enumerate(
                zip(keys, self.layer_units, strict=True)
            )
        ]


def check_decodes(stack: Any) -> None:
    """Raises an error unless a decoder can run a stack step by step.

    Args:
        stack: What should be a `Stack`, neither bidirectional nor dilated nor
            with batch normalization.

    Raises:
        TypeError: If it is no `Stack`.
        ValueError: If it is another one.
    """
    validate.instance("stack", stack, Stack, "Use Stack(cell, units).")
    if stack.bidirectional:
        raise ValueError(
            "A decoder that reads its own output goes one way. Received: "
            "bidirectional=True. Use a stack with bidirectional=False."
        )
    stack.refuse_dilation("write step by step")
    if stack.normalization == "batch":
        raise ValueError(
            "A decoder that reads its own output writes one step at a time; "
            "batch normalization would mix them. Received: "
            "normalization='batch'. Use normalization='layer'."
        )
