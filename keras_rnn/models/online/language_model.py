# SPDX-License-Identifier: Apache-2.0
"""LanguageModel: a model of the next token, read by one step of a loop."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import keras

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.models.online.model_graph import (
    check_answers_row_by_row,
    check_graph,
    check_reads_once,
    continuing_layers,
    run_graph,
)


@dataclass(frozen=True, eq=False)
class LanguageModel:
    """A language model whose states are tensors that a loop carries.

    Attributes:
        model: The model, whose weights it uses.
        recurrent: Its recurrent layers, in the order of their states.
        vocabulary_size: Ids lie in 0 .. vocabulary_size − 1.
    """

    model: Any
    recurrent: list[keras.layers.RNN]
    vocabulary_size: int

    @classmethod
    def of(cls, model: keras.Model) -> Self:
        """Reads how a model is built.

        Raises:
            TypeError: If the graph of the model is not known.
            ValueError: If it gives no logits of the next token, or needs the
                sequence as a whole.
        """
        embedding = embedding_of_language_model(model)
        check_graph(model)
        check_answers_row_by_row(model)
        check_reads_once(model)
        graph: Any = getattr(model, "_functional", model)
        layers = [layer for layer in graph.operations if _is_recurrent(layer)]
        if len(layers) != len(continuing_layers(model)):
            raise ValueError(
                f"The model {model.name!r} holds recurrent layers inside of "
                "others. Received: no states to carry. Use many_to_many."
            )
        return cls(model, layers, embedding.input_dim)

    def initial_states(self, batch: Any) -> list[Tensor]:
        """The states of all layers before the first token."""
        return [
            state
            for layer in self.recurrent
            for state in keras.tree.flatten(
                layer.get_initial_state(batch_size=batch)
            )
        ]

    def step(
        self, ids: Tensor, states: Sequence[Tensor]
    ) -> tuple[Tensor, list[Tensor]]:
        """Reads one token.

        Args:
            ids: int32 `(batch,)`.
            states: The states of all layers.

        Returns:
            Logits of the next token `(batch, vocabulary_size)`, and the states
            after this one.
        """
        after: dict[int, list[Tensor]] = {}
        before = iter(states)
        given = {
            id(layer): keras.tree.map_structure(
                lambda _: next(before), layer.state_size
            )
            for layer in self.recurrent
        }

        def operation(layer: Any) -> Any:
            if not _is_recurrent(layer):
                return layer

            def read(x: Tensor, *states: Any, **known: Any) -> Tensor:
                if states or known.get("initial_state") is not None:
                    raise ValueError(
                        "A language model begins with states of zeros. "
                        f"Received: initial states of {layer.name!r}. Leave "
                        "them out."
                    )
                y, new = layer.cell(x[:, 0], given[id(layer)])
                after[id(layer)] = keras.tree.flatten(new)
                return y[:, None]

            return read

        logits = run_graph(self.model, ids[:, None], operation)
        states = [v for layer in self.recurrent for v in after[id(layer)]]
        return logits[:, 0], states


def _is_recurrent(layer: Any) -> bool:
    return isinstance(layer, keras.layers.RNN)


def embedding_of_language_model(model: Any) -> Any:
    """The layer of a language model that reads the ids.

    Raises:
        ValueError: If the model does not give logits of the next token.
    """
    validate.instance("model", model, keras.Model)
    layers = list(model._flatten_layers(include_self=False))
    embeddings = [k for k in layers if isinstance(k, keras.layers.Embedding)]
    inputs = getattr(model, "inputs", None) or []
    outputs = getattr(model, "outputs", None) or []
    shapes = [tuple(output.shape) for output in outputs]
    reason = None
    if len(inputs) != 1 or len(shapes) != 1 or len(embeddings) != 1:
        reason = "it has no single input of token ids with one Embedding"
    elif len(shapes[0]) != 3 or shapes[0][-1] != embeddings[0].input_dim:
        reason = (
            f"its outputs have the shape {shapes[0]}, its vocabulary has "
            f"{embeddings[0].input_dim} tokens"
        )
    elif _gives_probabilities(model.layers[-1]):
        reason = "it ends with an activation; logits are needed"
    if reason is not None:
        raise ValueError(
            "`model` must give logits of the next token, (batch, time, "
            f"vocabulary_size). Received: {model.name!r}, but {reason}. "
            "Use many_to_many(stack, tokens, NextToken.of(tokens))."
        )
    return embeddings[0]


def _gives_probabilities(layer: keras.layers.Layer) -> bool:
    linear = keras.activations.linear
    return (
        isinstance(layer, keras.layers.Softmax)
        or getattr(layer, "activation", linear) is not linear
    )
