# SPDX-License-Identifier: Apache-2.0
"""stateful_forecaster: models that keep their states between chunks."""

from typing import Any

import keras

from keras_rnn import _validation as validate
from keras_rnn.models.blocks.inputs import Sequences
from keras_rnn.models.blocks.stack import Stack
from keras_rnn.models.heads.point import Regression
from keras_rnn.models.heads.table import head_for
from keras_rnn.models.many_to_many import AtEveryStep
from keras_rnn.models.online.stateful_model import StatefulModel


def stateful_forecaster(
    stack: Stack,
    inputs: Sequences,
    head: Regression,
    *,
    batch_size: int,
    starts: bool = False,
    name: str = "stateful_forecaster",
) -> StatefulModel:
    """A model that reads long series in chunks and forecasts at every step.

    Row i of a batch continues row i of the batch before. The states therefore
    span the whole series, while gradients reach back to the beginning of the
    chunk (truncated backpropagation through time). The batches come from
    `keras_rnn.data.stream_batches`. The states begin at zero; the callback
    `ResetStates` resets them at every epoch, and the input `"starts"` resets
    single rows.

    Args:
        stack: `Stack`, the recurrent layers, not bidirectional.
        inputs: `Sequences` without future covariates and padding. Chunks may
            have any length, whatever its `length`.
        head: `Regression`; its horizon is forecast from every step.
        batch_size: Number of series to follow side by side. It is part of the
            model; `for_inference(model, batch_size=...)` makes a copy with
            another one.
        starts: Whether there is an input `"starts"`, boolean `(batch,)`: True
            where a new series begins with this chunk. The model then takes a
            dict, such as `stream_batches(..., starts=True)` yields.
        name: Name of the model.

    Returns:
        An uncompiled `StatefulModel`, a `keras.Model`. It takes `(batch_size,
        time, features)`, or a dict of this as `"past"`, `"starts"` and
        `"static"`. It returns `(batch_size, time, horizon, num_targets)`: at
        each step the forecast that `many_to_one` makes at the end of a window.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If the stack reads backwards, a value is wrong, or there
            are future covariates.

    Example:
        >>> from keras_rnn.models import *
        >>> model = stateful_forecaster(
        ...     Stack("peephole_lstm", units=8),
        ...     Sequences(num_features=3),
        ...     Regression(horizon=2),
        ...     batch_size=4,
        ... )
        >>> model.output_shape
        (4, None, 2, 1)
    """
    validate.instance("stack", stack, Stack, "Use Stack(cell, units).")
    validate.instance("inputs", inputs, Sequences, "Use Sequences.of(data).")
    head_for("stateful_forecaster", head).check(stack, inputs)
    validate.positive_int("batch_size", batch_size)
    validate.boolean("starts", starts)
    _check_can_stream(stack, inputs)
    past = keras.Input(
        batch_shape=(batch_size, None, inputs.num_features), name="past"
    )
    model_inputs: dict[str, Any] = {"past": past}
    if starts:
        model_inputs["starts"] = keras.Input(
            batch_shape=(batch_size,), dtype="bool", name="starts"
        )
    x = stack(
        past,
        return_sequences=True,
        stateful=True,
        starts=model_inputs.get("starts"),
        num_observed=inputs.num_observed,
    )
    if inputs.num_static:
        model_inputs["static"] = keras.Input(
            batch_shape=(batch_size, inputs.num_static), name="static"
        )
        x = AtEveryStep()([x, model_inputs["static"]])
    y = keras.layers.Dense(head.horizon * head.num_targets, dtype="float32")(x)
    y = keras.layers.Reshape(
        (-1, head.horizon, head.num_targets),
        dtype="float32",
        name=head.layer_name,
    )(y)
    only_past = len(model_inputs) == 1
    return StatefulModel(past if only_past else model_inputs, y, name=name)


def _check_can_stream(stack: Stack, inputs: Sequences) -> None:
    """Raises a ValueError for settings that need more than a stream."""
    if stack.bidirectional:
        raise ValueError(
            "A bidirectional stack reads from the end, which a stream does not "
            "have. Received: bidirectional=True. Use bidirectional=False."
        )
    if inputs.num_future:
        raise ValueError(
            "A stateful model takes no future covariates. Received: "
            f"num_future={inputs.num_future}. Make what is known ahead a "
            "feature of each step, shifted by the horizon."
        )
    if inputs.mask_value is not None:
        raise ValueError(
            "A stream has no padding: series of unequal length follow each "
            f"other. Received: mask_value={inputs.mask_value!r}. Use starts="
            "True and stream_batches(..., starts=True)."
        )
