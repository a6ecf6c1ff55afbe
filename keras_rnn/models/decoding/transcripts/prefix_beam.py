# SPDX-License-Identifier: Apache-2.0
"""Prefix beam search: the likeliest labels, summed over their paths."""

from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.metrics import is_padding
from keras_rnn.models.decoding.beam import check_beam
from keras_rnn.models.decoding.hypotheses import LEAST, reordered, states_of
from keras_rnn.models.decoding.transcripts.prefixes import Prefixes
from keras_rnn.models.decoding.transcripts.reading import Labels, Reading
from keras_rnn.models.online.language_model import LanguageModel


@dataclass(frozen=True)
class PrefixBeam(Reading):
    """Keeps the best prefixes of each row, frame by frame.

    A prefix collects the probability of all paths that give it, those that end
    in a blank apart from those that end in its last label:

        blank'  = p(blank) · (blank + label)
        label'  = p(last) · (label + what its parent gives)
        a child = p(new) · (blank + label), or p(new) · blank if new = last

    Prefixes are ranked, and results scored, by

        log p + language_weight · Σ log p_language + insertion_bonus · labels

    Args:
        num_best: Sequences to return per row, at most `beam_width`.
        beam_width: Prefixes to keep per row.
        language_model: A model of the same ids, made by `many_to_many` with
            `NextToken`, or None. It says nothing about the first label, before
            which there is none to read.
        language_weight: Weight of the language model, positive with one.
        insertion_bonus: What each label adds to the score, of any sign; a
            language model alone prefers short sequences.

    Reference:
        Graves, A. & Jaitly, N. (2014). Towards end-to-end speech recognition
        with recurrent neural networks. ICML. Hannun, A. et al. (2014).
        First-pass large vocabulary continuous speech recognition using
        bi-directional recurrent DNNs. arXiv:1408.2873.
    """

    num_best: int = 1
    beam_width: int = 20
    language_model: keras.Model | None = None
    language_weight: float = 0.0
    insertion_bonus: float = 0.0

    def __post_init__(self) -> None:
        check_beam(self.num_best, self.beam_width)
        validate.number("insertion_bonus", self.insertion_bonus)
        weight = validate.number("language_weight", self.language_weight)
        weighs = self.language_model is not None
        if weight < 0 or weighs != (weight > 0):
            raise ValueError(
                "A language model needs a `language_weight` above 0, and a "
                "weight needs a model. Received: language_weight="
                f"{self.language_weight}, language_model="
                f"{self.language_model}. Give both, or none."
            )

    def check(self, num_classes: int) -> None:
        """Raises an error unless the language model knows the same ids."""
        if self.language_model is None:
            return
        known = LanguageModel.of(self.language_model).vocabulary_size
        if known != num_classes:
            raise ValueError(
                "`language_model` must know the ids of the labels, "
                f"0 .. {num_classes - 1}. Received: a vocabulary of {known}. "
                f"Train one on Tokens({num_classes})."
            )

    def __call__(self, logits: Tensor) -> Labels:
        log_p, padding = ops.log_softmax(logits, axis=-1), is_padding(logits)
        batch, time, num_classes = ops.shape(log_p)
        prefixes = Prefixes.empty(batch, self.beam_width, time)
        language, spoken = None, ()
        if self.language_model is not None:
            language = LanguageModel.of(self.language_model)
            shape = (batch, self.beam_width, num_classes)
            states = language.initial_states(batch * self.beam_width)
            spoken = (ops.zeros(shape, "float32"), *states)

        def read(frame: Any, *before: Any) -> Any:
            prefixes, spoken = Prefixes(*before[0]), before[1]
            places, labels, prefixes = self._next_prefixes(
                prefixes,
                ops.take(log_p, frame, axis=1),
                ops.take(padding, frame, axis=1),
                spoken,
            )
            if language is not None:
                spoken = _spoken(language, spoken, places, labels)
            after = (frame + 1, tuple(prefixes), spoken)
            # TensorFlow forgets sizes of 1, which a loop has to keep.
            return keras.tree.map_structure(
                lambda new, old: ops.reshape(new, ops.shape(old)),
                after,
                (frame, *before),
            )

        _, prefixes, _ = ops.while_loop(
            lambda frame, *_: frame < time,
            read,
            (0, tuple(prefixes), spoken),
        )
        found, best = Prefixes(*prefixes), slice(self.num_best)
        scores = found.log_p + found.bonus
        return Labels(
            found.ids[:, best], found.lengths[:, best], scores[:, best]
        )

    def _next_prefixes(self, old, log_p, padding, spoken):
        """The places that go on, their new labels, and the new prefixes.

        Padding appends no label.
        """
        classes = ops.arange(log_p.shape[-1])
        blank, label, existing = _after_frame(old, log_p)
        new = log_p[:, None] + ops.where(
            classes == old.last[..., None],
            old.blank[..., None],
            old.log_p[..., None],
        )
        new = ops.where(existing | padding[:, None, None], LEAST, new)
        # Class 0 stands for the prefix itself, without a new label.
        stays = ops.logaddexp(blank, label)[..., None]
        gains = ops.where(classes == 0, 0.0, self.insertion_bonus)
        if spoken:
            gains = gains + self.language_weight * spoken[0]
        bonus = old.bonus[..., None] + gains
        scores = ops.where(classes == 0, stays, new) + bonus
        flat = (-1, self.beam_width * log_p.shape[-1])
        _, best = ops.top_k(ops.reshape(scores, flat), self.beam_width)
        best = ops.cast(best, "int32")
        places = best // log_p.shape[-1]
        labels = best - places * log_p.shape[-1]
        new, bonus = (
            ops.take_along_axis(ops.reshape(v, flat), best, axis=1)
            for v in (new, ops.broadcast_to(bonus, ops.shape(scores)))
        )
        stays = labels == 0
        return (
            places,
            labels,
            old.continued(
                places,
                labels,
                blank=ops.where(stays, reordered(blank, places), LEAST),
                label=ops.where(stays, reordered(label, places), new),
                bonus=bonus,
            ),
        )


def _after_frame(old, log_p):
    """`blank` and `label` of prefixes that stay, and their labels at parents.

    The last is boolean `(batch, k, num_classes)`: whether the prefix with this
    label has a place of its own, which then collects the paths.
    """
    children = old.children()
    of_parent = ops.where(
        old.last[:, :, None] == old.last[:, None],
        old.blank[:, :, None],
        old.log_p[:, :, None],
    )
    given = ops.max(ops.where(children, of_parent, LEAST), axis=1)
    at_last = ops.take_along_axis(log_p, old.last, axis=1)
    blank = old.log_p + log_p[:, :1]
    label = ops.logaddexp(old.label, given) + at_last
    lasts = ops.one_hot(old.last, log_p.shape[-1], dtype="float32")
    existing = ops.matmul(ops.cast(children, "float32"), lasts) > 0
    return blank, label, existing


def _spoken(language, spoken, places, labels):
    """What the language model says, and its states, after new labels."""
    k = places.shape[1]
    log_p = reordered(spoken[0], places)
    states = [states_of(v, places, k) for v in spoken[1:]]
    logits, after = language.step(ops.reshape(labels, (-1,)), states)
    grows = ops.reshape(labels != 0, (-1, 1))
    logits = ops.reshape(logits, ops.shape(log_p))
    logits = ops.where(ops.arange(log_p.shape[-1]) == 0, LEAST, logits)
    new = ops.log_softmax(ops.cast(logits, "float32"), axis=-1)
    # At 0 is the blank, which says nothing.
    new = ops.where(ops.arange(log_p.shape[-1]) == 0, 0.0, new)
    return (
        ops.where((labels != 0)[..., None], new, log_p),
        *(
            ops.where(grows, v, old)
            for v, old in zip(after, states, strict=True)
        ),
    )
