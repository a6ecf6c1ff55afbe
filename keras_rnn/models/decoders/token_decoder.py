# SPDX-License-Identifier: Apache-2.0
"""TokenDecoder: recurrent layers that write tokens."""

from collections.abc import Sequence
from typing import Any, Self

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.engine import backend
from keras_rnn.models.attention.attention import Attention
from keras_rnn.models.blocks.stack import Stack
from keras_rnn.models.decoders.source import Source
from keras_rnn.models.decoders.stack_decoder import StackDecoder
from keras_rnn.models.decoders.tied import TiedReadOut


@keras.saving.register_keras_serializable(package="keras_rnn")
class TokenDecoder(StackDecoder):
    """Writes the logits of tokens, each from the tokens before it.

    Step t embeds the token before it and runs through all layers of the stack.
    Then it looks at the source, if there is attention; otherwise it has read a
    summary of the source beside the token, if there is one. It gives one logit
    per token of the vocabulary.

    Args:
        stack: `Stack` of the layers, neither bidirectional nor dilated, nor
            with `normalization="batch"`.
        vocabulary_size: Ids lie in 0 .. vocabulary_size − 1; 0 is padding.
        embedding_units: Width of the embedding of tokens.
        start_id: Id that stands before the first token.
        end_id: Id that ends a sequence.
        attention: A key of `ATTENTIONS`, or None.
        input_feeding: Whether each step also reads what attention made of the
            step before; the layers then run step by step.
        tie_embeddings: Whether the kernel of the logits is the embedding.
        teacher_forcing: Probability that a step of a training sequence reads
            the true token before it, instead of the likeliest one.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        before: Token ids `(batch, time)`, those before each step.
        initial_state: Tensors `(batch, width)`, the states of all layers, one
            after the other.
        source: Tensor `(batch, steps, width)`, what attention looks at;
            without attention `(batch, width)`, a summary, or None.
        source_mask: Boolean tensor `(batch, steps)` or None.
        training: Whether dropout acts and tokens may be replaced.

    Returns:
        Logits, float32, `(batch, time, vocabulary_size)`.

    Raises:
        ValueError: If the stack cannot decode, an id is beyond the vocabulary,
            or input feeding lacks attention.

    Reference:
        Sutskever, I., Vinyals, O. & Le, Q. V. (2014). Sequence to sequence
        learning with neural networks. NeurIPS. Input feeding is of Luong, M.-T.
        et al. (2015), tied embeddings of Press, O. & Wolf, L. (2017). Using
        the output embedding to improve language models. EACL.
    """

    def __init__(
        self,
        stack: Stack,
        vocabulary_size: int,
        embedding_units: int,
        *,
        start_id: int,
        end_id: int,
        attention: str | None = None,
        input_feeding: bool = False,
        tie_embeddings: bool = False,
        teacher_forcing: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(stack, **kwargs)
        self.vocabulary_size = validate.integer(
            "vocabulary_size", vocabulary_size, minimum=2
        )
        self.embedding_units = validate.positive_int(
            "embedding_units", embedding_units
        )
        self.start_id, self.end_id = _checked_ids(
            start_id, end_id, vocabulary_size
        )
        self.attention = attention
        self.input_feeding = validate.boolean("input_feeding", input_feeding)
        if input_feeding and attention is None:
            raise ValueError(
                "`input_feeding` feeds back what attention makes of a step. "
                "Received: input_feeding=True, attention=None. "
                "Use attention='dot', or input_feeding=False."
            )
        self.tie_embeddings = validate.boolean("tie_embeddings", tie_embeddings)
        self.teacher_forcing = validate.fraction(
            "teacher_forcing", teacher_forcing
        )
        self.embedding = keras.layers.Embedding(
            vocabulary_size, embedding_units
        )
        self.attention_layer: Attention | None = None
        if attention is not None:
            self.attention_layer = Attention(attention, stack.layer_units[-1])
        self.read_out: keras.layers.Layer = (
            TiedReadOut(embedding_units, dtype="float32")
            if tie_embeddings
            else keras.layers.Dense(vocabulary_size, dtype="float32")
        )
        self.seed_generator = keras.random.SeedGenerator()

    def build(self, before_shape: Any, source_shape: Any = None) -> None:
        width = self.embedding_units
        if self.input_feeding:
            width += self.stack.layer_units[-1]
        if self.attention is None and source_shape is not None:
            width += source_shape[-1]
        width = self.build_layers(width)
        self.embedding.build(before_shape)
        if self.attention_layer is not None:
            self.attention_layer.build((None, None, width), source_shape)
            width = self.attention_layer.units
        if isinstance(self.read_out, TiedReadOut):
            self.read_out.build_for(width, self.vocabulary_size)
        else:
            self.read_out.build((None, None, width))

    def call(
        self,
        before: Tensor,
        initial_state: Sequence[Tensor],
        source: Tensor | None = None,
        source_mask: Tensor | None = None,
        training: bool = False,
    ) -> Tensor:
        seen = self.seen_of(source, source_mask)
        states = self.states_of(self._by_layer(initial_state), None)
        samples = training and self.teacher_forcing < 1
        if self.input_feeding or samples:
            return self._step_by_step(before, states, seen, samples, training)
        x = seen.joined_to(self.embedding(before))
        x = self.run_at_once(x, states, training=training)
        if self.attention_layer is not None:
            x, _ = seen.looked_at_by(self.attention_layer, x)
        return self.logits(x)

    def seen_of(
        self, source: Tensor | None, mask: Tensor | None = None
    ) -> Source:
        """What the decoder knows of a source and its mask."""
        if source is None:
            return Source()
        source = ops.cast(source, self.compute_dtype)
        if self.attention_layer is None:
            return Source(context=source)
        keys = self.attention_layer.keys_of(source)
        return Source(steps=source, keys=keys, mask=mask)

    def step(
        self,
        token: Tensor,
        carried: Sequence[Tensor],
        seen: Source,
        *,
        per_source: int = 1,
        dropout: dict[str, Tensor] | None = None,
        training: bool = False,
    ) -> tuple[Tensor, tuple[Tensor, ...], Tensor | None]:
        """Writes one step of one or several sequences per source.

        Args:
            token: Ids `(batch,)`, those before the step; of several sequences
                those of the first source come first.
            carried: What `carried_at_start` or the step before returned.
            seen: What `seen_of` returned.
            per_source: How many sequences there are of each source.
            dropout: This step of what `draw_dropout` returned.
            training: Whether dropout acts.

        Returns:
            Logits `(batch, vocabulary_size)`, what the next step needs, and
            the weights of attention `(sources, per_source, steps)`, None
            without attention.
        """
        x, states = self.embedding(token), list(carried)
        if self.input_feeding:
            fed_back, *states = states
            x = ops.concatenate([x, fed_back], axis=-1)
        x = seen.joined_to(x, per_source)
        h, states = self.run_step(x, states, dropout or {}, training)
        weights = None
        if self.attention_layer is not None:
            of_source = ops.reshape(h, (-1, per_source, h.shape[-1]))
            h, weights = seen.looked_at_by(self.attention_layer, of_source)
            h = ops.reshape(h, (-1, self.attention_layer.units))
        if self.input_feeding:
            states = [h, *states]
        return self.logits(h), tuple(states), weights

    def carried_at_start(
        self, initial_state: Sequence[Tensor]
    ) -> tuple[Tensor, ...]:
        """What the first step needs: the states, and zeros as feedback."""
        states = [ops.cast(v, self.compute_dtype) for v in initial_state]
        if self.input_feeding:
            batch = ops.shape(states[0])[0]
            units = self.stack.layer_units[-1]
            states.insert(0, ops.zeros((batch, units), self.compute_dtype))
        return tuple(states)

    def logits(self, x: Tensor) -> Tensor:
        """The logits of what left the last layer, or attention."""
        if isinstance(self.read_out, TiedReadOut):
            return self.read_out(x, self.embedding.embeddings)
        return self.read_out(x)

    def _step_by_step(self, before, states, seen, samples, training):
        """Runs one step after the other, each on the one before it."""
        given = {"before": before}
        if samples:
            given["forced"] = self.teacher_forcing > keras.random.uniform(
                ops.shape(before), seed=self.seed_generator
            )
        if training:
            given |= self.draw_dropout(states, ops.shape(before)[1])

        def step(carried, now):
            written, *carried = carried
            token = now["before"]
            if samples:
                token = ops.where(now["forced"], token, written)
            logits, carried, _ = self.step(
                token, carried, seen, dropout=now, training=training
            )
            written = ops.cast(ops.argmax(logits, axis=-1), before.dtype)
            return (written, *carried), logits

        flat = [state for of_layer in states for state in of_layer]
        _, logits = backend.time_loop(
            step,
            (before[:, 0], *self.carried_at_start(flat)),
            {name: ops.swapaxes(v, 0, 1) for name, v in given.items()},
        )
        if training:
            self.forget_dropout()
        return ops.swapaxes(logits, 0, 1)

    def _by_layer(self, states):
        """The states of all layers, in one list per layer."""
        rest = iter(states)
        return [
            [next(rest) for _ in layer.state_size] for layer in self.recurrent
        ]

    def compute_output_spec(
        self, before: Tensor, *args: Any, **kwargs: Any
    ) -> keras.KerasTensor:
        shape = (*before.shape, self.vocabulary_size)
        return keras.KerasTensor(shape, dtype="float32")

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "stack": keras.saving.serialize_keras_object(self.stack),
            "vocabulary_size": self.vocabulary_size,
            "embedding_units": self.embedding_units,
            "start_id": self.start_id,
            "end_id": self.end_id,
            "attention": self.attention,
            "input_feeding": self.input_feeding,
            "tie_embeddings": self.tie_embeddings,
            "teacher_forcing": self.teacher_forcing,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        stack = keras.saving.deserialize_keras_object(config["stack"])
        return cls(**{**config, "stack": stack})


def _checked_ids(start_id, end_id, vocabulary_size):
    """The two ids, which are none of padding and differ."""
    for name, value in (("start_id", start_id), ("end_id", end_id)):
        validate.integer(name, value, minimum=1)
        if value >= vocabulary_size:
            raise ValueError(
                f"`{name}` must be an id of the target, 1 .. "
                f"{vocabulary_size - 1}. {validate.received(name, value)} "
                "Make the vocabulary larger, or take another id."
            )
    if start_id == end_id:
        raise ValueError(
            "`start_id` and `end_id` must differ. Received: "
            f"start_id={start_id}, end_id={end_id}. Reserve an id for each."
        )
    return start_id, end_id
