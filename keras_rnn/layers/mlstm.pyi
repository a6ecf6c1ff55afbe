# SPDX-License-Identifier: Apache-2.0
# Written by `python -m tests.layers.stubs` from the classes themselves.
from collections.abc import Callable
from typing import Any

import keras  # type: ignore[import-untyped]

from keras_rnn._types import (
    Activation,
    Constraint,
    Initializer,
    Regularizer,
    Tensor,
)
from keras_rnn.engine import ForgetBias, HeadGatedCell, RecurrentLayer, Zoneout
from keras_rnn.engine.choice import Engine, Every

class MLSTMCell(HeadGatedCell):
    def __init__(
        self,
        units: int,
        *,
        activation: Activation = "linear",
        use_bias: bool = True,
        kernel_initializer: Initializer = "glorot_uniform",
        recurrent_initializer: Initializer = "orthogonal",
        bias_initializer: Initializer = "zeros",
        kernel_regularizer: Regularizer = None,
        recurrent_regularizer: Regularizer = None,
        bias_regularizer: Regularizer = None,
        kernel_constraint: Constraint = None,
        recurrent_constraint: Constraint = None,
        bias_constraint: Constraint = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        recurrent_weight_dropout: float = 0.0,
        zoneout: Zoneout = None,
        seed: int | None = None,
        recurrent_activation: Activation = "sigmoid",
        forget_bias: ForgetBias = None,
        num_heads: int = 1,
        **kwargs: Any,
    ) -> None: ...

class MLSTM(RecurrentLayer):
    cell: MLSTMCell
    @property
    def units(self) -> int: ...
    @property
    def activation(self) -> Callable[[Tensor], Tensor]: ...
    @property
    def use_bias(self) -> bool: ...
    @property
    def kernel_initializer(self) -> keras.initializers.Initializer: ...
    @property
    def recurrent_initializer(self) -> keras.initializers.Initializer: ...
    @property
    def bias_initializer(self) -> keras.initializers.Initializer: ...
    @property
    def kernel_regularizer(self) -> keras.regularizers.Regularizer | None: ...
    @property
    def recurrent_regularizer(
        self,
    ) -> keras.regularizers.Regularizer | None: ...
    @property
    def bias_regularizer(self) -> keras.regularizers.Regularizer | None: ...
    @property
    def kernel_constraint(self) -> keras.constraints.Constraint | None: ...
    @property
    def recurrent_constraint(self) -> keras.constraints.Constraint | None: ...
    @property
    def bias_constraint(self) -> keras.constraints.Constraint | None: ...
    @property
    def dropout(self) -> float: ...
    @property
    def recurrent_dropout(self) -> float: ...
    @property
    def recurrent_weight_dropout(self) -> float: ...
    @property
    def zoneout(self) -> Zoneout: ...
    @property
    def seed(self) -> int | None: ...
    @property
    def recurrent_activation(self) -> Callable[[Tensor], Tensor]: ...
    @property
    def forget_bias(self) -> ForgetBias: ...
    @property
    def num_heads(self) -> int: ...
    def __init__(
        self,
        units: int,
        *,
        activation: Activation = "linear",
        use_bias: bool = True,
        kernel_initializer: Initializer = "glorot_uniform",
        recurrent_initializer: Initializer = "orthogonal",
        bias_initializer: Initializer = "zeros",
        kernel_regularizer: Regularizer = None,
        recurrent_regularizer: Regularizer = None,
        bias_regularizer: Regularizer = None,
        kernel_constraint: Constraint = None,
        recurrent_constraint: Constraint = None,
        bias_constraint: Constraint = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        recurrent_weight_dropout: float = 0.0,
        zoneout: Zoneout = None,
        seed: int | None = None,
        recurrent_activation: Activation = "sigmoid",
        forget_bias: ForgetBias = None,
        num_heads: int = 1,
        engine: Engine = "auto",
        checkpoint_every: Every = "auto",
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ) -> None: ...
