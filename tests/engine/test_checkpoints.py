# SPDX-License-Identifier: Apache-2.0
"""Checkpoints change no number."""

import keras
import pytest

from keras_rnn.engine.fused import checkpoints
from keras_rnn.layers import Elman, PeepholeLSTM
from tests.backend import derivatives, fused_only
from tests.rows import (
    FLOAT32,
    MASKS,
    OWN_VARIANTS,
    TIME,
    Variant,
    assert_close,
    each_own_kind,
    random_sequences,
    random_states,
)
from tests.tiers import mostly_slow

EVERYTHING = {"return_sequences": True, "return_state": True}


def _assert_equal(variant, *settings, time=TIME, mask=None, **arguments):
    results = []
    for setting in settings:
        layer = variant.random_layer(**setting, **arguments)
        results.append(
            derivatives(
                layer,
                random_sequences(time=time),
                random_states(layer),
                mask=mask,
            )
        )
    first, second = results
    assert_close(first.outputs, second.outputs, FLOAT32)
    assert_close(first.gradients, second.gradients, FLOAT32)


@each_own_kind
def test_checkpoints_change_no_number(variant):
    # TIME is no multiple of 3: the last stretch is filled up.
    _assert_equal(
        variant,
        {"checkpoint_every": 3},
        {"engine": "reference"},
        mask=MASKS["holes"],
        **EVERYTHING,
    )


@pytest.mark.parametrize(
    "every", mostly_slow([1, TIME, 4 * TIME, "auto"], default=["1", "28"])
)
@pytest.mark.parametrize("return_sequences", [False, True])
def test_any_distance_of_checkpoints_changes_no_number(every, return_sequences):
    _assert_equal(
        Variant("peephole_lstm", "", {}),
        {"checkpoint_every": every},
        {"checkpoint_every": None},
        return_sequences=return_sequences,
        return_state=True,
    )


@pytest.mark.parametrize("variant", mostly_slow(OWN_VARIANTS, default=["gru"]))
def test_a_long_sequence_has_checkpoints_of_itself(variant):
    time = checkpoints.SHORT + 8
    assert checkpoints.distance(time) == 20  # √520 = 22.8; 26 is farther
    _assert_equal(
        variant,
        {"engine": "fused"},
        {"engine": "reference"},
        time=time,
        **EVERYTHING,
    )


@pytest.mark.parametrize(
    ("time", "distance"),
    [(checkpoints.SHORT, None), (521, 22), (2_000, 40), (20_000, 125)],
)
def test_auto_takes_a_divisor_near_the_square_root(time, distance):
    assert checkpoints.distance(time) == distance


def test_an_unknown_time_has_no_checkpoints_of_itself():
    assert checkpoints.checkpointed("sequence", "auto", None) == "sequence"


def test_checkpoints_survive_save_and_load(tmp_path):
    layer = Elman(3, checkpoint_every=5)
    model = keras.Sequential([keras.Input((None, 2)), layer])
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.layers[0].checkpoint_every == 5


@fused_only
def test_checkpoints_are_refused_where_the_fused_engine_cannot_run():
    with pytest.raises(ValueError, match="needs the fused engine"):
        PeepholeLSTM(3, engine="reference", checkpoint_every=2)
    with pytest.raises(ValueError, match="unroll=True"):
        PeepholeLSTM(3, unroll=True, checkpoint_every=2)


@pytest.mark.parametrize("every", [0, 2.5, "sometimes", True])
def test_a_wrong_distance_of_checkpoints_is_refused(every):
    with pytest.raises(ValueError, match="`checkpoint_every` must be"):
        Elman(3, checkpoint_every=every)
