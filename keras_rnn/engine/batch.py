# SPDX-License-Identifier: Apache-2.0
"""Batch: what a recurrence runs over, the same for both engines."""

from collections.abc import Callable
from dataclasses import dataclass, field

from keras import ops

from keras_rnn._types import Tensor, Tensors
from keras_rnn.engine.masks import zero_unless


@dataclass(frozen=True)
class Batch:
    """The sequences, the states and the masks of one call of a layer.

    Attributes:
        sequences: Tensor `(batch, time, features)`.
        states: The initial states, one tensor `(batch, width)` per state.
        mask: Boolean tensor `(batch, time)` or None; where it is False, a step
            keeps the states.
        recurrent_mask: Tensor `(batch, width)` or None, the recurrent dropout,
            by which the states that R sees are multiplied.
        keep: Name of a state -> tensor `(batch, time, width or 1)`, the share
            of the state before a step that the step keeps (zoneout).
    """

    sequences: Tensor
    states: Tensors
    mask: Tensor | None = None
    recurrent_mask: Tensor | None = None
    keep: dict[str, Tensor] = field(default_factory=dict)

    def without_masked(self) -> Tensor:
        """The sequences, with zeros at masked steps, which may be NaN."""
        return zero_unless(self.mask, self.sequences)

    def per_step(self) -> dict[str, Tensor]:
        """The masks of each step by name, `(batch, time, width or 1)`."""
        masks = {f"keep {state}": v for state, v in self.keep.items()}
        if self.mask is not None:
            masks["mask"] = ops.expand_dims(self.mask, -1)
        return masks


def time_major(v: Tensor) -> Tensor:
    """Swaps the axes of batch and time, in either direction."""
    return ops.transpose(v, (1, 0, *range(2, len(v.shape))))


def carried(
    new: Tensors,
    old: Tensors,
    names: tuple[str, ...],
    inputs: dict[str, Tensor],
) -> Tensors:
    """The states that go on to the next step.

    Args:
        new: The states after a step.
        old: The states before it.
        names: The names of the states.
        inputs: The masks of the step by name, as `Batch.per_step` names them.

    Returns:
        keep ⊙ old + (1 − keep) ⊙ new, and old where the mask is 0.
    """
    states = []
    for name, after, before in zip(names, new, old, strict=True):
        keep = inputs.get(f"keep {name}")
        if keep is not None:
            after = keep * before + (1 - keep) * after
        if "mask" in inputs:
            after = ops.where(inputs["mask"] > 0, after, before)
        states.append(after)
    return tuple(states)


def gradient_of_carried(
    d_states: Tensors,
    names: tuple[str, ...],
    inputs: dict[str, Tensor],
) -> tuple[Tensors, Callable[[Tensors], Tensors]]:
    """The mirror of `carried`.

    Args:
        d_states: The gradients of the states that `carried` returned.
        names: The names of the states.
        inputs: The masks of the step by name.

    Returns:
        The gradients of `new`, and a function that adds those of `old` to
        gradients.
    """
    d_new, d_old = [], []
    for name, d in zip(names, d_states, strict=True):
        past = None
        if "mask" in inputs:
            past, d = d * (1 - inputs["mask"]), d * inputs["mask"]
        keep = inputs.get(f"keep {name}")
        if keep is not None:
            kept, d = d * keep, d * (1 - keep)
            past = kept if past is None else past + kept
        d_new.append(d)
        d_old.append(past)

    def with_old(gradients):
        return tuple(
            d if past is None else d + past
            for d, past in zip(gradients, d_old, strict=True)
        )

    return tuple(d_new), with_old
