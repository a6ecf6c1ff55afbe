# SPDX-License-Identifier: Apache-2.0
"""The scan of MinGRU over all steps at once, against its loop."""

import pytest

from keras_rnn.engine import backend
from keras_rnn.layers import MinGRU
from tests.backend import derivatives
from tests.rows import (
    BATCH,
    FEATURES,
    MASKS,
    TIME,
    UNITS,
    assert_close,
    random_sequences,
    random_states,
    randomized,
)
from tests.tiers import products

FORMS = {"linear": {}, "positive": {"form": "positive"}}


def _derivatives(engine, arguments, **call):
    layer = MinGRU(
        UNITS, engine=engine, seed=1, return_sequences=True, **arguments
    )
    layer.build((BATCH, TIME, FEATURES))
    randomized(layer)
    states = random_states(layer)
    return derivatives(layer, random_sequences(), states, **call)


@pytest.fixture
def scans(monkeypatch):
    """Scans wherever a scan is possible; the number of scans."""
    done = []
    in_parallel = MinGRU.cell_class.in_parallel

    def spy(cell, batch):
        results = in_parallel(cell, batch)
        done.append(results is not None)
        return results

    monkeypatch.setattr(backend, "steps_are_dear", lambda: True)
    monkeypatch.setattr(MinGRU.cell_class, "in_parallel", spy)
    return done


@products(form=FORMS, mask=MASKS)
def test_a_scan_has_the_numbers_of_the_loop(scans, form, mask):
    scan, loop = (
        _derivatives(engine, form, mask=mask)
        for engine in ("auto", "reference")
    )
    assert any(scans)
    assert_close(scan.outputs, loop.outputs)
    assert_close(scan.gradients, loop.gradients)


@pytest.mark.parametrize(
    ("form", "scanned"), [("linear", True), ("positive", False)]
)
def test_a_scan_zones_out_where_numbers_may_be_0(scans, form, scanned):
    arguments = {**FORMS[form], "zoneout": 0.4}
    scan, loop = (
        _derivatives(engine, arguments, training=True)
        for engine in ("auto", "reference")
    )
    assert any(scans) == scanned
    assert_close(scan.outputs, loop.outputs)
    assert_close(scan.gradients, loop.gradients)


def test_a_candidate_of_its_own_takes_no_activation():
    with pytest.raises(ValueError, match="has a candidate of its own"):
        MinGRU(UNITS, form="positive", activation="tanh")


def test_without_a_recurrent_kernel_there_is_no_recurrent_dropout():
    with pytest.raises(ValueError, match="MinGRUCell has no recurrent kernel"):
        MinGRU(UNITS, recurrent_dropout=0.1)
