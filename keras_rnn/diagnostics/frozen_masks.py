# SPDX-License-Identifier: Apache-2.0
"""A model as a function of numbers, with the masks of one batch."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops
from keras.src.backend import get_keras_mask, set_keras_mask

from keras_rnn import _validation as validate
from keras_rnn._types import Array, Floats, Tensor
from keras_rnn.diagnostics.checked import check_one_input_and_output
from keras_rnn.models import FrameMasking, run_graph

#: Layers that make 0 of the steps whose numbers say that they are padding.
MASKING = (keras.layers.Masking, FrameMasking)


@dataclass(frozen=True, eq=False)
class FrozenMasks:
    """A model as a function of its sequences, or of the embedded tokens.

    Sequences that move through other numbers would have other masks on the
    way, where they pass the number of padding. So each operation of the graph
    that makes a mask gives the one that it made of x.

    Attributes:
        model: The model.
        inputs: What the model reads, an array.
        x: What moves: the same, or the embedded tokens.
        kept: The mask that each operation makes, in the order in which the
            graph runs, None of those that make none.
        embedding: The layer that embeds the tokens, or None.
    """

    model: keras.Model
    inputs: Array
    x: Array
    kept: list[Tensor | None]
    embedding: Any

    def __call__(self, z: Tensor) -> Tensor:
        """The answer of the model to other numbers in the place of x.

        What it assigns, such as the state of a stateful layer, is gone.
        """
        kept = iter(self.kept)

        def operation(own: Any) -> Any:
            mask = next(kept)
            if own is self.embedding:
                return lambda ids: _masked(z, mask)
            if isinstance(own, MASKING):
                return lambda x: _masked(_without(x, mask), mask)
            return own if mask is None else lambda *args, **kwargs: mask

        reads = z if self.embedding is None else self.inputs
        with keras.StatelessScope():
            return run_graph(self.model, reads, operation)

    def embedding_of(self, token: int) -> Floats:
        """The embedding of a token, an array of its units."""
        with keras.StatelessScope():
            return _array(self.embedding(np.array([[token]])))[0, 0]


def _masked(tensor: Tensor, mask: Tensor | None) -> Tensor:
    tensor = ops.copy(tensor)  # the mask must not stay on what came in
    if mask is not None:
        set_keras_mask(tensor, mask)
    return tensor


def _without(numbers: Tensor, mask: Tensor) -> Tensor:
    """The numbers, 0 at masked steps, as the layers that mask make them."""
    further = [1] * (len(numbers.shape) - 2)
    return ops.where(ops.reshape(mask, (*mask.shape, *further)), numbers, 0)


def _array(tensor: Tensor) -> Array:
    return ops.convert_to_numpy(ops.cast(tensor, "float32"))


def frozen_masks(model: keras.Model, x: Any) -> FrozenMasks:
    """Reads the masks that a batch has in a model.

    Args:
        model: A functional or sequential `keras.Model`.
        x: Sequences `(batch, time, ...)` or token ids `(batch, time)`.

    Raises:
        TypeError: If `model` is no such model.
        ValueError: If it has several inputs or outputs, or if it does not read
            token ids by one embedding.
    """
    validate.instance("model", model, keras.Model)
    kept: list[Tensor | None] = []
    embedded: list[tuple[Any, Tensor]] = []

    def operation(own: Any) -> Any:
        def recording(*args: Any, **kwargs: Any) -> Any:
            answer = own(*args, **kwargs)
            kept.append(_mask_made_by(own, answer))
            if isinstance(own, keras.layers.Embedding):
                embedded.append((own, answer))
            return answer

        return recording

    x = np.asarray(x)
    _check_input(model, x)
    with keras.StatelessScope():
        run_graph(model, x, operation)
    if len(model.inputs[0].shape) > 2:
        numbers = x.astype(model.inputs[0].dtype)
        return FrozenMasks(model, numbers, numbers, kept, None)
    if len(embedded) != 1:
        raise ValueError(
            "A model of token ids must embed them once. Received: the model "
            f"{model.name!r} with {len(embedded)} embeddings. Give sequences "
            "(batch, time, features) to others."
        )
    layer, answer = embedded[0]
    return FrozenMasks(model, x, _array(answer), kept, layer)


def _mask_made_by(operation: Any, answer: Any) -> Tensor | None:
    if isinstance(operation, (*MASKING, keras.layers.Embedding)):
        return get_keras_mask(answer)
    if keras.tree.is_nested(answer):
        return None
    # The graph of a model also has the operations that make masks.
    return (
        answer
        if keras.backend.standardize_dtype(answer.dtype) == "bool"
        else None
    )


def _check_input(model: Any, x: Array) -> None:
    check_one_input_and_output(model)
    inputs = model.inputs or []
    if inputs and x.ndim != len(inputs[0].shape):
        raise ValueError(
            f"`x` must have the {len(inputs[0].shape)} axes that the model "
            f"reads, {tuple(inputs[0].shape)}. Received: shape {x.shape}. Add "
            "the axis that is missing."
        )
