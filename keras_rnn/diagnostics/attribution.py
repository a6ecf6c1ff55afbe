# SPDX-License-Identifier: Apache-2.0
"""attribution: which steps and features an answer is due to."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pandas as pd
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Array, ArrayLike, Floats, Tensor
from keras_rnn.diagnostics.frozen_masks import FrozenMasks, frozen_masks
from keras_rnn.engine import backend, gradients

#: How far the sums may be from the differences, as a share of these.
GAP = 0.01
#: What float32 rounds, as a share of the numbers that are added up.
ROUNDING = 1e-5
#: How often a part of the way is halved where an answer changes steeply.
HALVINGS = 4


@dataclass(frozen=True, eq=False)
class Attribution:
    """What `attribution` returns.

    Attributes:
        attributions: A row per `sample` and `time`, a column per feature, of
            tokens a single one: how much of the difference is due to this
            number. Masked steps have 0.
        sums: Their sum, a Series by sample.
        differences: F(x) − F(baseline), a Series by sample.
    """

    attributions: pd.DataFrame
    sums: pd.Series
    differences: pd.Series


def attribution(
    model: keras.Model,
    x: ArrayLike,
    *,
    output: int | tuple[int, ...] | None = None,
    baseline: float | ArrayLike = 0,
    steps: int = 64,
) -> Attribution:
    """Integrated gradients: which steps and features an answer is due to.

        A_k = (x_k − b_k) ∫₀¹ ∂F/∂x_k (b + α (x − b)) dα

    F is one number of the answer, b the baseline: an input that says nothing.
    The attributions of a sequence add up to F(x) − F(b), which is checked.
    Unlike a gradient they do not vanish where the answer is saturated.

    The integral is a sum over the nodes of Gauss and Legendre. A part of the
    way in which the sum is off the change of F is halved, four times at most.
    Masks are those of x all along the way, and dropout does not act. Token ids
    move in the space of their embedding, and an attribution is the sum over its
    units.

    Args:
        model: A functional or sequential model with one input, sequences
            `(batch, time, features)` or token ids `(batch, time)`, and one
            output. It need not be compiled.
        x: Arrays, as the model takes them.
        output: Which number of an answer F is: `target` for answers `(batch,
            targets)`, `(step, target)` for answers `(batch, steps, targets)`,
            and an index per further axis. None takes the only number.
        baseline: A number for all, or an array of the shape of one step, of one
            sequence or of x. Of tokens the id of a token, which each step
            becomes; 0 stands for an embedding of zeros.
        steps: Nodes of the integral in each part of the way, each as dear as a
            step of training.

    Returns:
        `Attribution`.

    Warns:
        UserWarning: If a sum is off its difference by more than 1 %.

    Raises:
        TypeError: If the graph of the model is not known.
        ValueError: If the model has several inputs or outputs, tokens are not
            embedded, or `output` or `baseline` do not fit.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.diagnostics import attribution
        >>> from keras_rnn.models import *
        >>> model = many_to_one(Stack("lstm", 4), Sequences(2), Regression())
        >>> found = attribution(model, np.ones((3, 5, 2)))
        >>> found.attributions.index.names, found.attributions.shape
        (FrozenList(['sample', 'time']), (15, 2))
        >>> bool(np.allclose(found.sums, found.differences, atol=1e-5))
        True

    Reference:
        Sundararajan, M., Taly, A. & Yan, Q. (2017). Axiomatic attribution for
        deep networks. arXiv:1703.01365. Deviation: the nodes are those of
        Gauss and Legendre, not equally spaced.
    """
    validate.positive_int("steps", steps)
    graph = frozen_masks(model, x)
    x, start = graph.x, _start(graph, baseline)
    answer = _answer(graph, output)

    def total(z: Tensor) -> Tensor:
        return ops.sum(answer(z))

    def slope(z: Tensor) -> Tensor:
        return gradients(total, [z])[1][0]

    way = _Way(backend.traced(slope), backend.traced(answer), start, x)
    attributions = _frame(graph, way.integral(steps))
    samples = pd.RangeIndex(len(x), name="sample")
    result = Attribution(
        attributions,
        attributions.sum(axis=1).groupby("sample").sum().rename("sum"),
        pd.Series(way.difference, samples, name="difference"),
    )
    _warn_of_gaps(result, way, steps)
    return result


def _float64(tensor: Tensor) -> Floats:
    return ops.convert_to_numpy(ops.cast(tensor, "float32")).astype(np.float64)


def _start(graph: FrozenMasks, baseline: Any) -> Array:
    """The baseline, of the shape and dtype of what moves."""
    x = graph.x
    if graph.embedding is not None:
        size = graph.embedding.input_dim
        token = validate.integer("baseline", baseline, minimum=0)
        if token >= size:
            raise ValueError(
                f"`baseline` must be the id of a token, 0 .. {size - 1}, of "
                f"which 0 stands for zeros. Received: baseline={token}. Give "
                "another id."
            )
        row = graph.embedding_of(token) if token else np.zeros(x.shape[-1])
        return np.broadcast_to(row.astype(x.dtype), x.shape)
    values = np.asarray(baseline, x.dtype)
    if values.shape not in {(), x.shape[2:], x.shape[1:], x.shape}:
        raise ValueError(
            "`baseline` must be a number, or an array of the shape of a step "
            f"{x.shape[2:]}, of a sequence {x.shape[1:]} or of x {x.shape}. "
            f"Received: shape {values.shape}. Repeat it along the other axes."
        )
    if not np.isfinite(values).all():
        raise ValueError(
            "`baseline` must be finite. Received: NaN or infinity in it. Use "
            "the mean of each feature, say."
        )
    return np.broadcast_to(values, x.shape)


def _answer(graph: FrozenMasks, output: Any) -> Callable[[Tensor], Tensor]:
    """The function from what moves to F of each sequence."""
    axes = tuple(graph(ops.convert_to_tensor(graph.x)).shape[1:])
    if output is None and np.prod(axes) != 1:
        raise ValueError(
            f"`output` must name one number of an answer of the shape {axes}. "
            f"Received: output=None. Use output={_last(axes)}, say."
        )
    place = _last(axes) if output is None else output
    place = tuple(place) if isinstance(place, list | tuple) else (place,)
    if len(place) != len(axes) or not all(
        isinstance(k, int | np.integer)
        and not isinstance(k, bool)
        and -size <= k < size
        for k, size in zip(place, axes, strict=True)
    ):
        raise ValueError(
            f"`output` must be the index of a number in an answer of the shape "
            f"{axes}. {validate.received('output', output)} Use "
            f"output={_last(axes)}, say."
        )
    return lambda z: graph(z)[(slice(None), *map(int, place))]


def _last(axes: tuple[int, ...]) -> int | tuple[int, ...]:
    """The index of the first target at the last step, as users write it."""
    if len(axes) == 1:
        return 0
    return (axes[0] - 1, *[0] * (len(axes) - 1))


class _Way:
    """The straight way from the baseline to x.

    Args:
        slope: Function from inputs to the gradient of F.
        answer: Function from inputs to F of each sequence.
        start: The baseline, of the shape of x.
        x: The inputs.
    """

    def __init__(
        self,
        slope: Callable[[Tensor], Tensor],
        answer: Callable[[Tensor], Tensor],
        start: Array,
        x: Array,
    ) -> None:
        self.slope, self.answer = slope, answer
        self.start, self.x = start.astype(np.float64), x
        first, last = self.answer_at(0.0), self.answer_at(1.0)
        self.difference = last - first
        #: The size of what is subtracted, of each sequence.
        self.size = np.maximum(abs(first), abs(last))

    def at(self, share: float) -> Tensor:
        """The inputs after a share of the way."""
        z = self.start + share * (self.x - self.start)
        return ops.convert_to_tensor(z.astype(self.x.dtype))

    def answer_at(self, share: float) -> Floats:
        """F of each sequence after a share of the way."""
        return _float64(self.answer(self.at(share)))

    def allowed(self, attributions: Floats, gap: float) -> Floats:
        """How far the sum of each sequence may be off."""
        sizes = np.maximum(self.size, _sums(abs(attributions)))
        return np.maximum(gap * abs(self.difference), ROUNDING * sizes)

    def integral(self, steps: int) -> Floats:
        """The attributions, of the shape of x."""
        rule = np.polynomial.legendre.leggauss(steps)
        found, parts = np.zeros(self.x.shape), [(0.0, 1.0)]
        for halvings in range(HALVINGS + 1):
            halves = []
            for low, high in parts:
                part = self._part(rule, low, high)
                change = self.answer_at(high) - self.answer_at(low)
                gaps = abs(_sums(part) - change)
                # Several parts together are to stay below the gap.
                enough = (gaps <= self.allowed(part, GAP / 4)).all()
                if enough or halvings == HALVINGS:
                    found += part
                else:
                    middle = (low + high) / 2
                    halves += [(low, middle), (middle, high)]
            parts = halves
        return found

    def _part(self, rule: tuple[Floats, Floats], low, high) -> Floats:
        slope = np.zeros(self.x.shape)
        for node, weight in zip(*rule, strict=True):
            z = self.at(low + (high - low) * (node + 1) / 2)
            slope += weight / 2 * _float64(self.slope(z))
        return (high - low) * (self.x - self.start) * slope


def _sums(attributions: Floats) -> Floats:
    return attributions.reshape(len(attributions), -1).sum(axis=1)


def _frame(graph: FrozenMasks, found: Floats) -> pd.DataFrame:
    batch, time = found.shape[:2]
    index = pd.MultiIndex.from_product(
        [range(batch), range(time)], names=["sample", "time"]
    )
    flat = found.reshape(batch * time, -1)
    if graph.embedding is not None:
        return pd.DataFrame({"token": flat.sum(axis=1)}, index)
    columns = pd.RangeIndex(flat.shape[1], name="feature")
    return pd.DataFrame(flat, index, columns)


def _warn_of_gaps(found: Attribution, way: _Way, steps: int) -> None:
    gaps = (found.sums - found.differences).abs()
    sizes = found.attributions.abs().groupby("sample").sum()
    # A sum that is not a number is none that is near enough.
    wrong = list(gaps.index[~(gaps <= way.allowed(sizes.to_numpy(), GAP))])
    if wrong:
        warnings.warn(
            f"The attributions of the samples {wrong} are off F(x) − "
            f"F(baseline) by more than 1 %: by {gaps[wrong].max():.3g} at most."
            f" Raise `steps`, now {steps}, or take a baseline nearer to x.",
            stacklevel=3,
        )
