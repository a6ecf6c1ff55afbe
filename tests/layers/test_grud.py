# SPDX-License-Identifier: Apache-2.0
"""What GRU-D does with the columns that tell of missing values."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn.layers import GRU, GRUD
from tests.backend import derivatives, fused_only
from tests.rows import FLOAT32, randomized

UNITS, STEPS = 4, 6


every_engine = pytest.mark.parametrize(
    "engine", [pytest.param("fused", marks=fused_only), "reference"]
)


def _built(engine="auto", num_observed=1, **arguments):
    layer = GRUD(UNITS, num_observed=num_observed, engine=engine, **arguments)
    layer.build((None, None, 4))
    return randomized(layer)


def _inputs(rows=2):
    """One observed feature, one that is always known."""
    generator = np.random.default_rng(0)
    values, others = generator.normal(size=(2, rows, STEPS, 1))
    known = np.broadcast_to([[1], [1], [0], [0], [1], [0]], values.shape)
    elapsed = np.broadcast_to([[0], [1], [1], [2], [3], [1]], values.shape)
    columns = [values, others, known, elapsed]
    return np.concatenate(columns, axis=-1).astype("float32")


def test_without_observed_features_it_is_a_gru_that_resets_before():
    plain = GRU(UNITS, reset_after=False)
    layer = _built(num_observed=0)
    plain.build((None, None, 4))
    plain.set_weights(layer.get_weights())
    np.testing.assert_allclose(layer(_inputs()), plain(_inputs()), **FLOAT32)


def test_where_all_is_known_and_no_time_passes_it_is_one_as_well():
    x = _inputs()
    x[..., 2], x[..., 3] = 1, 0
    layer = _built()
    for name in ("decay_input_bias", "decay_state_bias"):
        bias = getattr(layer.cell, name)
        bias.assign(np.zeros(bias.shape))
    plain = GRU(UNITS, reset_after=False)
    plain.build((None, None, 3))
    plain.set_weights(layer.get_weights()[:3])
    np.testing.assert_allclose(layer(x), plain(x[..., :3]), **FLOAT32)


@every_engine
def test_dropout_leaves_the_decays(engine):
    layer = _built(engine, dropout=0.5, seed=3)
    x = ops.convert_to_tensor(_inputs(rows=8))
    cell = layer.cell
    mask = np.array(cell.get_dropout_mask(x[:, 0]))
    cell.reset_dropout_mask()
    assert mask.shape == (8, 3 + UNITS)
    assert (mask[:, 3:] == 1).all()
    assert set(np.unique(mask[:, :3])) == {0.0, 2.0}


@every_engine
def test_masked_steps_that_are_nan_leave_the_gradients_finite(engine):
    layer = _built(engine)
    x = _inputs()
    x[:, -2:] = np.nan
    mask = np.ones(x.shape[:2], bool)
    mask[:, -2:] = False
    masked = derivatives(layer, x, mask=mask).gradients
    shortened = derivatives(layer, x[:, :-2]).gradients
    for name in set(shortened) - {"sequences"}:
        np.testing.assert_allclose(masked[name], shortened[name], **FLOAT32)


def test_too_few_columns_are_refused_with_their_meaning():
    with pytest.raises(ValueError, match=r"at least 6 columns.*Received: 4"):
        GRUD(UNITS, num_observed=2).build((None, None, 4))


def test_a_new_state_fades_a_little_with_time():
    layer = GRUD(UNITS, num_observed=1)
    layer.build((None, None, 4))
    h = np.ones((1, UNITS), "float32")
    x = np.zeros((1, 2, 4), "float32")
    x[..., -1] = [[1, 10]]
    transformed = layer.cell.transform_inputs(ops.convert_to_tensor(x))
    decays = np.array(transformed)[0, :, 3:]
    assert (decays[1] < decays[0]).all()
    assert (decays < 1).all()
    assert keras.ops.shape(layer(x, initial_state=h)) == (1, UNITS)
