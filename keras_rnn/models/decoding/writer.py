# SPDX-License-Identifier: Apache-2.0
"""Writer: the loop in which a decoder writes, for any method."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_rnn._types import Tensor
from keras_rnn.models.decoders.token_decoder import TokenDecoder
from keras_rnn.models.decoding.hypotheses import (
    Hypotheses,
    reordered,
    states_of,
)
from keras_rnn.models.decoding.method import Method


class Writer(keras.layers.Layer):
    """Writes sequences with a decoder until all are finished.

    Args:
        decoder: The trained `TokenDecoder`, whose weights it uses.
        method: How tokens are chosen.
        max_length: Most tokens of a sequence.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        draws: Uniform random numbers `(batch, k, max_length)`.
        initial_state: The states of all layers of the decoder.
        source: What the decoder looks at, or None.
        source_mask: Which of its steps are valid, or None.

    Returns:
        Dict of "ids", "log_p" and "lengths", as in `Hypotheses`; and
        "attention" `(batch, k, max_length, steps)` if there is attention.
    """

    def __init__(
        self,
        decoder: TokenDecoder,
        method: Method,
        max_length: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.decoder = decoder
        self.method = method
        self.max_length = max_length

    def call(
        self,
        draws: Tensor,
        initial_state: Sequence[Tensor],
        source: Tensor | None = None,
        source_mask: Tensor | None = None,
    ) -> dict[str, Tensor]:
        k, batch = self.method.num_hypotheses, ops.shape(draws)[0]
        seen = self.decoder.seen_of(source, source_mask)
        written = Hypotheses.none_written(batch, k, self.max_length)
        written = written._replace(log_p=self.method.first_log_p(written.log_p))
        carried = self.decoder.carried_at_start(
            [ops.repeat(state, k, axis=0) for state in initial_state]
        )
        looked_at = ()
        if seen.steps is not None:
            steps = ops.shape(seen.steps)[1]
            shape = (batch, k, self.max_length, steps)
            looked_at = (ops.zeros(shape, self.compute_dtype),)
        token = ops.full((batch * k,), self.decoder.start_id, "int32")

        def unfinished(step, token, carried, written, looked_at):
            finished = Hypotheses(*written).finished
            return (step < self.max_length) & ~ops.all(finished)

        def write(*before):
            step, token, carried, written, looked_at = before
            hypotheses = Hypotheses(*written)
            after = self._write(
                step, token, carried, hypotheses, looked_at, seen, draws
            )
            # TensorFlow forgets sizes of 1, which a loop has to keep.
            return keras.tree.map_structure(
                lambda new, old: ops.reshape(new, ops.shape(old)), after, before
            )

        _, _, _, written, looked_at = ops.while_loop(
            unfinished, write, (0, token, carried, tuple(written), looked_at)
        )
        written = Hypotheses(*written)
        results = {
            "ids": written.ids,
            "log_p": written.log_p,
            "lengths": written.lengths,
        }
        if looked_at:
            (results["attention"],) = looked_at
        return results

    def _write(self, step, token, carried, written, looked_at, seen, draws):
        """One step of all hypotheses."""
        k, decoder = self.method.num_hypotheses, self.decoder
        logits, carried, weights = decoder.step(
            token, carried, seen, per_source=k
        )
        logits = ops.reshape(logits, (-1, k, decoder.vocabulary_size))
        choice = self.method.choose(
            written.next_log_p(logits, (0, decoder.start_id)),
            written,
            ops.take(draws, step, axis=-1),
        )
        if choice.parents is not None:
            parents = choice.parents
            written = written.reordered(parents)
            carried = tuple(states_of(v, parents, k) for v in carried)
            looked_at = tuple(reordered(v, parents) for v in looked_at)
            if weights is not None:
                weights = reordered(weights, parents)
        if weights is not None:
            here = (ops.arange(self.max_length) == step)[:, None]
            unfinished = ~written.finished[..., None, None]
            now = ops.cast(weights[:, :, None], self.compute_dtype)
            looked_at = (ops.where(here & unfinished, now, looked_at[0]),)
        written = written.extended(
            choice.tokens, choice.log_p, step, decoder.end_id
        )
        token = ops.reshape(choice.tokens, (-1,))
        return step + 1, token, carried, tuple(written), looked_at

    def compute_output_spec(
        self, draws: Tensor, *args: Any, **kwargs: Any
    ) -> dict[str, keras.KerasTensor]:
        batch, k = draws.shape[:2]
        spec = {
            "ids": keras.KerasTensor((batch, k, self.max_length), "int32"),
            "log_p": keras.KerasTensor((batch, k), "float32"),
            "lengths": keras.KerasTensor((batch, k), "int32"),
        }
        source = kwargs.get("source")
        if self.decoder.attention is not None and source is not None:
            spec["attention"] = keras.KerasTensor(
                (batch, k, self.max_length, source.shape[1]), self.compute_dtype
            )
        return spec
