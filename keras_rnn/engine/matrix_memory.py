# SPDX-License-Identifier: Apache-2.0
"""A gated matrix memory over all steps at once, chunk by chunk.

Inside a chunk each step attends to those before it, a product of matrices;
between chunks a scan carries the memory, whose size is that of one step. The
work grows with time × (chunk + width) (Yang et al. 2024, Gated linear attention
transformers with hardware-efficient training). Autodiff derives the gradient.

    C = f C' + i v kᵀ,   n = f n' + i k,   y = C q / max(|n · q|, 1)

C and n are kept as exp(−m) C and exp(−m) n, m as large as the largest weight
in them, so that none overflows; y does not depend on m.
"""

import functools
import math
from typing import NamedTuple

import numpy as np
from keras import ops

from keras_rnn._types import Tensor, Tensors
from keras_rnn.engine import backend
from keras_rnn.engine.scans import LOG_0, associative_scan

#: Largest number of steps in a chunk.
CHUNK = 64

#: What |n · q| exp(−m) is at least, to divide by: rounding leaves as much.
SMALLEST_NORM = 1e-6


class Writes(NamedTuple):
    """What is read, written and forgotten at all steps.

    Attributes:
        q: Queries `(batch, time, heads, width)`.
        k: Keys, likewise.
        v: Values, likewise.
        log_f: ln f, at most 0, `(batch, time, heads)`.
        log_i: ln i, `(batch, time, heads)`.
    """

    q: Tensor
    k: Tensor
    v: Tensor
    log_f: Tensor
    log_i: Tensor


def matrix_scan(
    writes: Writes, initial: Tensors, mask: Tensor | None
) -> tuple[Tensor, Tensors]:
    """All steps of a matrix memory.

    Args:
        writes: Tensors of all steps; the time is known.
        initial: C `(batch, heads, width, width)`, n `(batch, heads, width)` and
            m `(batch, heads)` before the first step.
        mask: Boolean tensor `(batch, time)` or None; where it is False, nothing
            is written or forgotten.

    Returns:
        y `(batch, time, heads, width)`, of no meaning where the mask is False,
        and C, n and m after the last step.
    """
    log_f, log_i = writes.log_f, writes.log_i
    # m is at least 0, as y divides by at least 1: exp(−m) cannot overflow.
    floor = ops.maximum(log_i, 0)
    if mask is not None:
        valid = ops.expand_dims(mask, -1)
        log_f = ops.where(valid, log_f, 0)
        log_i, floor = (ops.where(valid, v, LOG_0) for v in (log_i, floor))
    tensors = (*writes[:3], log_f, log_i, floor, *initial)
    compiles = backend.BACKEND in backend.FUSED_BACKENDS
    if compiles and not backend.is_eager(log_f):
        # In a graph XLA halves the time; a call from outside would wait for it.
        y, *last = _program()(*tensors)
    else:
        y, *last = _chunk_by_chunk(*tensors)
    return y, tuple(last)


@functools.cache
def _program():
    return backend.compiled(_chunk_by_chunk, time_axis=1)


def _chunk_by_chunk(q, k, v, log_f, log_i, floor, *initial):
    time = log_f.shape[1]
    gates = (log_f, 0), (log_i, LOG_0), (floor, LOG_0)
    log_f, log_i, floor = (_chunks(*gate) for gate in gates)
    q, k, v = (_chunks(part, 0) for part in (q, k, v))
    since = ops.cumsum(log_f, axis=-1)  # the first step of the chunk
    before, last = _between(k, v, since, log_i, floor, initial)
    y = _inside(q, k, v, since, log_i, before)
    y = ops.moveaxis(y, 2, 3)
    y = ops.reshape(y, (-1, y.shape[1] * y.shape[2], *y.shape[3:]))
    return y[:, :time], *last


def _chunks(values, padding):
    """(batch, time, heads, ...) as (batch, chunk, heads, step, ...)."""
    time = values.shape[1]
    count = math.ceil(time / CHUNK)
    steps = math.ceil(time / count)
    pad = [(0, 0)] * len(values.shape)
    pad[1] = (0, count * steps - time)
    values = ops.pad(values, pad, constant_values=padding)
    values = ops.reshape(values, (-1, count, steps, *values.shape[2:]))
    return ops.moveaxis(values, 2, 3)


def _between(k, v, since, log_i, floor, initial):
    """C, n and m before each chunk, and after the last one."""
    to_end = since[..., -1:] - since
    m = ops.max(to_end + floor, axis=-1)
    weighted = k * _wide(ops.exp(to_end + log_i - _wide(m)))
    of_chunks = (
        since[..., -1],
        m,
        ops.matmul(ops.swapaxes(v, -1, -2), weighted),
        ops.sum(weighted, axis=-2),
    )
    C, n, m = initial
    at_first = (ops.zeros_like(m), m, C, n)
    elements = tuple(
        ops.concatenate([ops.expand_dims(first, 1), others], axis=1)
        for first, others in zip(at_first, of_chunks, strict=True)
    )
    _, m, C, n = associative_scan(_after, elements, (0, LOG_0, 0, 0))
    before = tuple(v[:, :-1] for v in (C, n, m))
    return before, tuple(v[:, -1] for v in (C, n, m))


def _after(earlier, later):
    """Two stretches of steps as one: Σ ln f, m, and what they wrote."""
    (f_1, m_1, C_1, n_1), (f_2, m_2, C_2, n_2) = earlier, later
    m = ops.maximum(f_2 + m_1, m_2)
    a, b = ops.exp(f_2 + m_1 - m), ops.exp(m_2 - m)
    C = _wide(_wide(a)) * C_1 + _wide(_wide(b)) * C_2
    return f_1 + f_2, m, C, _wide(a) * n_1 + _wide(b) * n_2


def _inside(q, k, v, since, log_i, before):
    """What is read: of the memory before a chunk, and of the steps since."""
    C, n, m = before
    steps = since.shape[-1]
    earlier = np.tril(np.ones((steps, steps), dtype=bool))
    of_pairs = _wide(since) + ops.expand_dims(log_i - since, -2)
    of_pairs = ops.where(earlier, of_pairs, LOG_0)
    of_before = since + _wide(m)
    # Any m will do here, and y has no gradient by it.
    m = ops.maximum(ops.max(of_pairs, axis=-1), of_before)
    m = ops.stop_gradient(ops.maximum(m, 0))
    a = ops.matmul(q, ops.swapaxes(k, -1, -2))
    a = a * ops.exp(of_pairs - _wide(m))
    of_before = _wide(ops.exp(of_before - m))
    read = ops.matmul(a, v)
    read = read + of_before * ops.matmul(q, ops.swapaxes(C, -1, -2))
    norm = ops.sum(a, axis=-1)
    norm = norm + ops.sum(of_before * q * ops.expand_dims(n, -2), axis=-1)
    least = ops.maximum(ops.exp(-m), SMALLEST_NORM)
    return read / _wide(ops.maximum(ops.abs(norm), least))


def _wide(v):
    return ops.expand_dims(v, -1)
