# SPDX-License-Identifier: Apache-2.0
"""The bias with which a new layer remembers, of every gated cell."""

import keras
import numpy as np
import pytest

from keras_rnn.engine import GatedCell
from keras_rnn.layers import GRU, LSTM, AblatedLSTM, Chrono, LayerNormGRU
from tests.rows import FEATURES, OWN_VARIANTS, random, random_sequences

REMEMBERING = [
    variant
    for variant in OWN_VARIANTS
    if isinstance(cell := variant.cell(), GatedCell)
    and cell.keeping_gate[0] in cell.gates
]
every_remembering_variant = pytest.mark.parametrize(
    "variant", REMEMBERING, ids=str
)
MOST = 1000.0  # steps
# Their states are normalized, shares of more than one gate, or decay.
SHARES = {"grud", "layer_norm_lstm", "min_lstm", "slstm"}


def _bias(layer, gate):
    """The initial bias of a gate, that of x where h has one of its own."""
    layer.build((None, None, FEATURES))
    bias = np.array(layer.cell.bias)
    if bias.ndim == 2:
        assert not bias[1].any()
        bias = bias[0]
    columns = np.split(bias, len(layer.cell.gates))
    return dict(zip(layer.cell.gates, columns, strict=True))[gate]


@every_remembering_variant
def test_a_large_bias_keeps_the_state_and_its_opposite_renews_it(variant):
    before, after = random(1, 4).astype("float32"), {}
    for bias in (-50.0, 50.0):
        keras.utils.set_random_seed(1)  # the same kernels
        cell = variant.cell(4, forget_bias=bias)
        states = [before[:, : cell.state_width(name)] for name in cell.states]
        kept = cell.states.index("c" if "c" in cell.states else "h")
        _, new = cell(np.ones((1, FEATURES)), states)
        after[bias] = np.array(new[kept])
    if variant.name == "zoneout" or variant.key in SHARES:
        moved = np.abs(after[-50.0] - before) - np.abs(after[50.0] - before)
        assert (moved > 1e-3).any()
    elif "i" in cell.gates or variant.name == "nig":
        # What is written is added to what is kept.
        np.testing.assert_allclose(
            after[50.0] - after[-50.0], before, atol=1e-6
        )
    else:
        np.testing.assert_allclose(after[50.0], before, atol=1e-6)
        assert not np.allclose(after[-50.0], before, atol=1e-3)


@every_remembering_variant
def test_chrono_draws_spans_up_to_the_longest(variant):
    keras.utils.set_random_seed(1)
    layer = variant.layer(500, forget_bias=Chrono(MOST))
    gate, sign = layer.cell.keeping_gate
    bias = sign * _bias(layer, gate)
    spans = np.exp(bias)
    assert 1 <= spans.min() < 20
    assert MOST - 20 < spans.max() <= MOST - 1
    assert abs(spans.mean() - MOST / 2) < MOST / 20
    if "i" in layer.cell.gates:
        np.testing.assert_array_equal(_bias(layer, "i"), -bias)


def test_without_it_the_bias_is_that_of_keras():
    assert (_bias(LSTM(4), "f") == 1).all()
    assert not _bias(LSTM(4), "i").any()
    assert not _bias(LSTM(4, unit_forget_bias=False), "f").any()
    assert (_bias(LSTM(4, forget_bias=-2), "f") == -2).all()
    assert not _bias(GRU(4), "u").any()


@pytest.mark.parametrize(
    "given", [2.5, Chrono(40, seed=3)], ids=["number", "chrono"]
)
@pytest.mark.parametrize("layer_class", [LSTM, LayerNormGRU])
def test_it_is_saved_and_loaded(given, layer_class, tmp_path):
    layer = layer_class(4, forget_bias=given)
    model = keras.Sequential([keras.Input((5, FEATURES)), layer])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras").layers[0]
    assert loaded.get_config() == layer.get_config()
    again = layer_class.from_config(layer.get_config())
    np.testing.assert_array_equal(
        _bias(again, again.cell.keeping_gate[0]),
        _bias(layer, layer.cell.keeping_gate[0]),
    )
    x = random_sequences()[:, :5]
    np.testing.assert_allclose(
        keras.Sequential([loaded])(x), model(x), atol=1e-6
    )


def test_mistakes_are_named():
    with pytest.raises(TypeError, match="must be a finite number or Chrono"):
        LSTM(4, forget_bias="long")
    with pytest.raises(TypeError, match="must be a finite number or Chrono"):
        LSTM(4, forget_bias=float("nan"))
    with pytest.raises(ValueError, match="needs a bias, and this cell has"):
        GRU(4, use_bias=False, forget_bias=1)
    with pytest.raises(ValueError, match="more than 2 steps"):
        Chrono(2)
    with pytest.raises(ValueError, match="needs a gate that keeps the state"):
        AblatedLSTM(4, ablated_gate="forget", forget_bias=1)
