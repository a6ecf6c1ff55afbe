# SPDX-License-Identifier: Apache-2.0
"""Fitting models, compiled and not."""

import keras
import numpy as np
import pytest

from tests.backend import BACKEND
from tests.rows import (
    BATCH,
    FEATURES,
    TIME,
    each_own_kind,
    random_sequences,
    randomized,
)

# What Keras compiles by XLA, and on PyTorch it compiles nothing.
JIT = {"tensorflow": [True, False], "jax": [True], "torch": [False]}[BACKEND]


@pytest.mark.parametrize("jit_compile", JIT)
@each_own_kind
def test_fitting_lowers_the_loss_and_traces_once(
    variant, jit_compile, monkeypatch
):
    """A step that runs in Python again is a program compiled again."""
    traces = _count_steps(variant.layer_class.cell_class, monkeypatch)
    model = _model(variant, jit_compile)
    x = random_sequences(batch=4 * BATCH)
    y = x.sum(axis=(1, 2))[:, None] / TIME
    first = _fit(model, x, y)
    traced = len(traces)
    last = [_fit(model, x, y) for _ in range(3)][-1]
    assert last < first
    if BACKEND == "torch":  # each step runs in Python
        return
    assert len(traces) == traced
    # Without jit_compile a program of earlier tests may serve from the start.
    assert traced or not jit_compile


@each_own_kind
def test_both_engines_learn_the_same(variant):
    x = random_sequences(batch=2 * BATCH)
    y = np.ones((2 * BATCH, 1))
    weights = []
    for engine in ("fused", "reference"):
        model = _model(
            variant,
            "auto",
            engine=engine,
            **variant.dropping(0.2),
            seed=1,
            kernel_regularizer="l2",
            bias_constraint=keras.constraints.MaxNorm(1.0),
        )
        _fit(model, x, y)
        weights.append([np.array(w) for w in model.trainable_weights])
    for fused, reference in zip(*weights, strict=True):
        # Two steps of SGD by gradients that differ by rounding.
        np.testing.assert_allclose(fused, reference, rtol=1e-4, atol=1e-5)


def _fit(model, x, y):
    history = model.fit(
        x, y, batch_size=BATCH, epochs=1, shuffle=False, verbose=0
    )
    return history.history["loss"][0]


def _model(variant, jit_compile, **arguments):
    model = keras.Sequential(
        [
            keras.Input((TIME, FEATURES)),
            variant.layer(**arguments),
            keras.layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.SGD(0.05), "mse", jit_compile=jit_compile)
    return randomized(model)


def _count_steps(cell_class, monkeypatch):
    """Grows with each step that runs in Python, of a folded cell as well.

    And with each scan of a cell over all steps at once.
    """
    calls = []

    def counted(step):
        def call(*arguments):
            calls.append(1)
            return step(*arguments)

        return call

    for cls in {cell_class, getattr(cell_class, "folded", cell_class)}:
        for name in {"step", *({"in_parallel"} & vars(cls).keys())}:
            monkeypatch.setattr(cls, name, counted(getattr(cls, name)))
    return calls
