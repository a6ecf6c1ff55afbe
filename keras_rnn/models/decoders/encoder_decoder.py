# SPDX-License-Identifier: Apache-2.0
"""EncoderDecoder: a model that reads a source and writes tokens."""

from dataclasses import replace
from typing import Any, Self

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.models.blocks.stack import Stack
from keras_rnn.models.checked.recurrent_model import RecurrentModel
from keras_rnn.models.checked.targets_before import TargetsBefore
from keras_rnn.models.decoders.token_decoder import TokenDecoder
from keras_rnn.models.decoders.uniform import uniform_crossentropy
from keras_rnn.models.heads.point import NextToken


@keras.saving.register_keras_serializable(package="keras_rnn")
class EncoderDecoder(RecurrentModel):
    """A functional model of a source and of the tokens before each step.

    `fit(x, y)` and `evaluate(x, y)` take the source x and the targets y: token
    ids `(batch, time)`, without the start, each row ending in `end_id` and
    padded with 0. The decoder reads them one step later (teacher forcing), so
    that the loss and the perplexity are those of each token given the true ones
    before it. `keras_rnn.models.decode` writes with the model.

    Called as a function it takes a dict of "source" and "before", and returns
    the logits of the next tokens `(batch, time, vocabulary_size)`.

    Args:
        *args: Arguments of `keras.Model`: inputs and outputs.
        **kwargs: The same by name, and `name`.

    Attributes:
        label_smoothing: Share ε of the training loss that is the mean of
            −log p over all tokens but padding; the rest is that of the true
            token. `evaluate` leaves it out.

    Reference:
        Williams, R. J. & Zipser, D. (1989). A learning algorithm for
        continually running fully recurrent neural networks. Neural
        Computation 1(2). Label smoothing is of Szegedy, C. et al. (2016).
        Rethinking the Inception architecture for computer vision. CVPR.
    """

    label_smoothing: float = 0.0

    @property
    def decoder(self) -> TokenDecoder:
        """The layer that writes."""
        return self.get_layer(NextToken.layer_name)

    def read(self) -> tuple[Tensor, list[Tensor], Tensor | None]:
        """The symbolic source, the initial states, and what else is read."""
        place = self.output._keras_history.node_index
        given = self.decoder._inbound_nodes[place].arguments.kwargs
        source = next(v for v in self.inputs if v.name == "source")
        return source, given["initial_state"], given.get("source")

    def incoming(self) -> TargetsBefore:
        return TargetsBefore(
            self,
            start_id=self.decoder.start_id,
            end_id=self.decoder.end_id,
            pads_source=any(
                isinstance(layer, keras.layers.Embedding) and layer.mask_zero
                for layer in self.layers
            ),
        )

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor | None:
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        share = self.label_smoothing
        if not (share and training) or loss is None:
            return loss
        uniform = uniform_crossentropy(y, y_pred, sample_weight)
        return (1 - share) * loss + share * ops.cast(uniform, loss.dtype)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        return {**config, "label_smoothing": self.label_smoothing}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Any = None
    ) -> Self:
        config = dict(config)
        label_smoothing = config.pop("label_smoothing", 0.0)
        model = super().from_config(config, custom_objects)
        model.label_smoothing = label_smoothing
        return model


def connected(
    source: Tensor,
    decoder: TokenDecoder,
    states: list[Tensor],
    read: Tensor | None = None,
    *,
    label_smoothing: float,
    name: str,
) -> EncoderDecoder:
    """A model of a source and a decoder.

    Args:
        source: Symbolic input.
        decoder: What `decoder_of` returned.
        states: The initial states of all layers of the decoder.
        read: What the decoder looks at or reads at each step, or None.
        label_smoothing: As in `EncoderDecoder`.
        name: Name of the model.
    """
    before = keras.Input((None,), dtype="int32", name="before")
    reads = {} if read is None else {"source": read}
    logits = decoder(before, initial_state=states, **reads)
    inputs = {"source": source, "before": before}
    model = EncoderDecoder(inputs=inputs, outputs=logits, name=name)
    model.label_smoothing = validate.fraction(
        "label_smoothing", label_smoothing
    )
    return model


def decoder_of(stack: Stack, head: NextToken, **settings: Any) -> TokenDecoder:
    """The decoder of a model, of the cells and units of a stack.

    Args:
        stack: `Stack`; the decoder reads one way.
        head: `NextToken`, whose ids it writes.
        **settings: Further arguments of `TokenDecoder`.

    Raises:
        ValueError: If the head has no padding.
    """
    if not head.mask_zero:
        raise ValueError(
            "A decoder writes sequences of unequal length, padded with 0. "
            f"Received: head={head!r}. Use NextToken(..., mask_zero=True)."
        )
    return TokenDecoder(
        replace(stack, bidirectional=False),
        head.vocabulary_size,
        head.embedding_units,
        name=head.layer_name,
        **settings,
    )
