# SPDX-License-Identifier: Apache-2.0
"""A scan in parallel over time, in log₂(time) rounds (Hillis & Steele 1986).

Keras's `associative_scan` does the same with less work and many more
operations; on TensorFlow XLA cannot compile its gradient.
"""

from collections.abc import Callable

from keras import ops

from keras_rnn._types import Tensor, Tensors

#: Stands for log 0: finite, as −∞ has no gradient, and half floats hold it.
LOG_0 = -1e4


def associative_scan(
    combine: Callable[[Tensors, Tensors], Tensors],
    elements: Tensors,
    neutral: tuple[float, ...],
) -> Tensors:
    """Combines the elements of all steps up to each step.

    Args:
        combine: Function of the elements of earlier and of later steps, which
            returns those of both together; it has to be associative.
        elements: Tuple of tensors `(batch, time, ...)`, time known.
        neutral: The numbers that change nothing as earlier elements.

    Returns:
        Tuple of tensors `(batch, time, ...)`.
    """
    time, distance = elements[0].shape[1], 1
    while distance < time:
        earlier = tuple(
            ops.pad(
                v[:, :-distance],
                [(0, 0), (distance, 0), *[(0, 0)] * (len(v.shape) - 2)],
                constant_values=number,
            )
            for v, number in zip(elements, neutral, strict=True)
        )
        elements = combine(earlier, elements)
        distance *= 2
    return elements


def linear_scan(
    decay: Tensor, added: Tensor, initial: Tensor, mask: Tensor | None
) -> Tensor:
    """All steps of h = a ⊙ h' + b at once.

    Args:
        decay: a, `(batch, time, width)`.
        added: b, likewise.
        initial: h before the first step, `(batch, width)`.
        mask: Boolean tensor `(batch, time)` or None; where it is False, h
            stays.

    Returns:
        h at all steps.
    """
    decay, added = _scanned(_after, (decay, added), (1, 0), mask)
    return _from_initial(decay, added, initial)


def linear_scan_in_logarithms(
    log_decay: Tensor, log_added: Tensor, initial: Tensor, mask: Tensor | None
) -> Tensor:
    """As `linear_scan`, of the logarithms of a and b.

    Products of many small factors are sums here, which cannot vanish.
    """
    log_decay, log_added = _scanned(
        _after_in_logarithms, (log_decay, log_added), (0, LOG_0), mask
    )
    return _from_initial(ops.exp(log_decay), ops.exp(log_added), initial)


def complex_linear_scan(
    decay: Tensors, added: Tensors, initial: Tensors, mask: Tensor | None
) -> Tensors:
    """As `linear_scan`, of complex numbers: pairs of real, imaginary part."""
    terms = _scanned(_after_of_complex, (*decay, *added), (1, 0, 0, 0), mask)
    at_first = [ops.expand_dims(v, 1) for v in initial]
    re, im = _times(terms[:2], at_first)
    return re + terms[2], im + terms[3]


def _scanned(combine, terms, neutral, mask):
    """The scan, in which a masked step changes nothing."""
    if mask is not None:
        valid = ops.expand_dims(mask, -1)
        terms = tuple(
            ops.where(valid, term, number)
            for term, number in zip(terms, neutral, strict=True)
        )
    return associative_scan(combine, terms, neutral)


def _from_initial(decay, added, initial):
    return decay * ops.expand_dims(initial, 1) + added


def _after(earlier, later):
    """Two steps h -> a ⊙ h + b as one."""
    (a_1, b_1), (a_2, b_2) = earlier, later
    return a_1 * a_2, a_2 * b_1 + b_2


def _after_in_logarithms(earlier, later):
    """As `_after`, of the logarithms of a and b."""
    (a_1, b_1), (a_2, b_2) = earlier, later
    return a_1 + a_2, ops.logaddexp(a_2 + b_1, b_2)


def _after_of_complex(earlier, later):
    """As `_after`, of complex a and b."""
    decay = _times(later[:2], earlier[:2])
    re, im = _times(later[:2], earlier[2:])
    return *decay, re + later[2], im + later[3]


def _times(a, b):
    """The product of two complex numbers."""
    return a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]
