# SPDX-License-Identifier: Apache-2.0
# Written by `python -m tests.layers.stubs` from the classes themselves.
from typing import Any

from keras_rnn.engine import FedBackCell, RecurrentLayer

class JordanCell(FedBackCell):
    def __init__(
        self,
        units: int,
        *,
        activation="tanh",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        seed=None,
        output_units=None,
        output_activation="linear",
        output_initializer="glorot_uniform",
        output_regularizer=None,
        output_constraint=None,
        **kwargs: Any,
    ) -> None: ...

class Jordan(RecurrentLayer):
    def __init__(
        self,
        units: int,
        *,
        activation="tanh",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        seed=None,
        output_units=None,
        output_activation="linear",
        output_initializer="glorot_uniform",
        output_regularizer=None,
        output_constraint=None,
        engine="auto",
        checkpoint_every="auto",
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        unroll=False,
        zero_output_for_mask=False,
        **kwargs: Any,
    ) -> None: ...
