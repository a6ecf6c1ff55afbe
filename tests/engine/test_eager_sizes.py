# SPDX-License-Identifier: Apache-2.0
"""Eager calls compile for sizes that come back, and for few others."""

import itertools

import numpy as np
import pytest

from keras_rnn.engine.fused import eager_sizes
from keras_rnn.engine.fused.eager_sizes import (
    AT_ONCE,
    CALLS,
    COUNTED,
    MOST,
    EagerSizes,
)
from keras_rnn.layers import LAYERS
from tests.backend import BACKEND, WIDEST, derivatives, fused_only
from tests.rows import (
    BATCH,
    FEATURES,
    FINEST,
    MASKS,
    TIME,
    UNITS,
    assert_close,
    of_own_variants,
    random_sequences,
    random_states,
    randomized,
)

# Of no other test, so that no size of theirs has been called.
NEW_UNITS = itertools.count(2 * UNITS + 1)


def _other_times(sizes):
    """Sizes of one row beyond those that get a program at once."""
    for time in range(1, 1 + AT_ONCE):
        assert sizes.run_as((1, time)) == (1, time)
    return itertools.count(1 + AT_ONCE)


def test_a_size_gets_its_own_program_when_it_comes_back():
    sizes = EagerSizes()
    size = (3, next(_other_times(sizes)) + 20)
    for _ in range(CALLS - 1):
        assert sizes.run_as(size) == (4, 32)
    for _ in range(2):
        assert sizes.run_as(size) == size


def test_any_lengths_make_few_programs():
    """One each power of two, however long the loop over them."""
    sizes = EagerSizes()
    _other_times(sizes)
    run_as = {sizes.run_as((1, time)) for time in range(100, 1000)}
    assert run_as == {(1, 128), (1, 256), (1, 512), (1, 1024)}


def test_no_more_sizes_than_the_most_get_their_own():
    sizes = EagerSizes()
    times = range(1, 200)
    for _ in range(2 * CALLS):
        run_as = [sizes.run_as((1, time)) for time in times]
    own = [
        time
        for time, found in zip(times, run_as, strict=True)
        if found == (1, time)
    ]
    powers = [time for time in times if time in (16, 32, 64, 128)]
    assert len(set(own) - set(powers)) <= MOST


def test_a_loop_over_ever_other_lengths_leaves_few_counts():
    sizes = EagerSizes()
    for time in range(1, 3 * COUNTED):
        sizes.run_as((1, time))
    assert len(sizes._calls) == COUNTED


@fused_only
def test_a_layer_is_traced_for_few_lengths(monkeypatch):
    layer = LAYERS["coupled_gate_lstm"].layer(next(NEW_UNITS))
    step, traced = type(layer.cell).step, []

    def counting(self, z, *arguments):
        traced.append(tuple(z.f.shape))
        return step(self, z, *arguments)

    monkeypatch.setattr(type(layer.cell), "step", counting)
    monkeypatch.setattr(eager_sizes, "AT_ONCE", 1)
    layer(random_sequences(time=20))
    once = len(traced)
    for time in range(21, 29):
        layer(random_sequences(time=time))
    assert len(traced) == 2 * once


@of_own_variants("jordan", "peephole_lstm")
@pytest.mark.parametrize("masked", [False, True])
def test_a_padded_call_gives_the_same_numbers(variant, masked, monkeypatch):
    monkeypatch.setattr(eager_sizes, "AT_ONCE", 0)
    units = next(NEW_UNITS)
    padded, reference = (
        variant.layer(
            units,
            engine=engine,
            return_sequences=True,
            return_state=True,
            dtype=WIDEST,
        )
        for engine in ("fused", "reference")
    )
    for layer in (padded, reference):
        layer.build((BATCH, TIME, FEATURES))
        randomized(layer)
    x, states = random_sequences(), random_states(padded)
    mask = MASKS["holes"] if masked else None
    for actual, expected in zip(
        padded(x, initial_state=states, mask=mask),
        reference(x, initial_state=states, mask=mask),
        strict=True,
    ):
        np.testing.assert_allclose(actual, expected, **FINEST)
    if BACKEND == "tensorflow":  # JAX differentiates what it traces alone
        assert_close(
            derivatives(padded, x, states, mask=mask).gradients,
            derivatives(reference, x, states, mask=mask).gradients,
            FINEST,
        )
