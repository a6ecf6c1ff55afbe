# SPDX-License-Identifier: Apache-2.0
"""How much a change of the states still counts a number of steps later."""

import itertools
from collections.abc import Iterator

import numpy as np
import pandas as pd
from keras import ops

from keras_rnn._types import Array, Floats
from keras_rnn.diagnostics.gradients.products import (
    MOST_STARTS,
    Spans,
    largest_singular_values,
    products,
)
from keras_rnn.diagnostics.gradients.step_jacobians import (
    JoinedStep,
    step_jacobians,
)
from keras_rnn.diagnostics.gradients.wide import norms_by_power_iteration
from keras_rnn.diagnostics.recorded import Recorded
from keras_rnn.engine import carried_shares

#: Up to this width of all states Jacobians are written down.
WIDEST = 256
#: First steps of the products of a sequence, where they are not.
FEW_STARTS = 4

#: One measured product: its block, its distance, and the logarithm of its norm.
Measured = tuple[str, int, Floats]


def distances_up_to(longest: int) -> list[int]:
    """All distances up to 8, and further ones in steps that grow."""
    near = np.arange(1, min(longest, 8) + 1)
    far = np.geomspace(8, longest, 17) if longest > 8 else []
    return np.unique(np.append(near, np.rint(far)).astype(int)).tolist()


def jacobian_norms(
    record: Recorded,
    states: list[Array],
    distances: list[int],
    *,
    most_starts: int = MOST_STARTS,
    joint_alone: bool = False,
) -> pd.DataFrame:
    """‖∂s(t) / ∂s(t − d)‖₂, s all states of a layer side by side.

    Args:
        record: The layer and what it read.
        states: What `record.states()` returns.
        distances: The d to measure, in unmasked steps, ascending.
        most_starts: From so many steps of a sequence products begin.
        joint_alone: Whether to leave out all blocks but the "joint" one.

    Returns:
        A row per `block` and `distance`; the columns `median`, `smallest` and
        `largest` are taken over sequences and t.
    """
    step = JoinedStep(record, states)
    spans = Spans(distances, most_starts)
    found: dict[tuple[str, int], list[Floats]] = {}
    blocks = {"joint": slice(0, sum(step.widths))}
    if not joint_alone:
        blocks |= {
            f"{name}_{name}": block
            for name, block in zip(record.state_names, step.blocks, strict=True)
        }
    measured = [
        _of_blocks(step, blocks, sample, valid, spans)
        for sample, valid in enumerate(record.mask)
    ]
    if not joint_alone:
        measured.append(_along_the_cell(record, states, spans))
    for block, distance, logarithms in itertools.chain(*measured):
        found.setdefault((block, distance), []).append(logarithms)
    with np.errstate(over="ignore"):  # what is too large is infinite
        norms = {key: np.exp(np.concatenate(v)) for key, v in found.items()}
    index = pd.MultiIndex.from_tuples(norms, names=["block", "distance"])
    statistics = {
        "median": np.median,
        "smallest": np.min,
        "largest": np.max,
    }
    columns = {
        name: [statistic(v) for v in norms.values()]
        for name, statistic in statistics.items()
    }
    return pd.DataFrame(columns, index=index).sort_index()


def _of_blocks(step, blocks, sample, valid, spans) -> Iterator[Measured]:
    """The whole product, and the block of each state with itself."""
    if not valid.any():
        return
    x, before = step.sequences[sample], step.before[sample]
    if before.shape[-1] > WIDEST:
        yield from _iterated(step, x[valid], before[valid], blocks, spans)
        return
    # Of all steps, so that all sequences share the programs of one shape.
    jacobians = step_jacobians(step, x, before)[valid]
    for distance, found, sizes in products(jacobians, spans):
        for name, block in blocks.items():
            norms = largest_singular_values(found[:, block, block])
            yield name, distance, _logarithm(norms) + sizes


def _iterated(step, x, before, blocks, spans) -> Iterator[Measured]:
    """As `_of_blocks`, without a matrix."""
    few = Spans(spans.distances, min(spans.most_starts, FEW_STARTS))
    pairs = few.pairs(len(x))
    masks = np.zeros((len(blocks), len(pairs), before.shape[-1]))
    for mask, block in zip(masks, blocks.values(), strict=True):
        mask[:, block] = 1
    norms, sizes = norms_by_power_iteration(
        step,
        x,
        before,
        np.tile(pairs, (len(blocks), 1)),
        masks.reshape(-1, before.shape[-1]),
    )
    logarithms = (_logarithm(norms) + sizes).reshape(len(blocks), -1)
    for name, of_block in zip(blocks, logarithms, strict=True):
        for distance in np.unique(pairs[:, 1]).tolist():
            yield name, distance, of_block[pairs[:, 1] == distance]


def _along_the_cell(record, states, spans) -> Iterator[Measured]:
    """The largest product of what a unit hands on with its gates held."""
    cell = record.known_cell
    if cell is None:
        return
    shares = carried_shares(cell, *record.as_one_batch(cell, states))
    if shares is None:
        return
    shares = np.abs(ops.convert_to_numpy(shares))
    of_sequences = shares.reshape(*record.mask.shape, -1)
    for of_sequence, valid in zip(of_sequences, record.mask, strict=True):
        if not valid.any():
            continue
        for distance, found, sizes in products(of_sequence[valid], spans):
            yield "cell_path", distance, _logarithm(found.max(axis=-1)) + sizes


def _logarithm(norms: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.log(norms)
