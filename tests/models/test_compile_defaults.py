# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest

from keras_rnn.models import (
    DISTRIBUTIONS,
    Binary,
    MultiClass,
    NextToken,
    Regression,
    Sequences,
    Stack,
    compile_defaults,
    many_to_one,
)

SCHEDULE = keras.optimizers.schedules.ExponentialDecay(1e-3, 10, 0.9)


@pytest.mark.parametrize(
    ("head", "targets", "scores"),
    [
        (Regression(horizon=2), np.zeros((4, 2, 1)), {"loss", "mae"}),
        *(
            (head(horizon=2), np.ones((4, 2, 1)), {"loss"})
            for head in DISTRIBUTIONS.values()
        ),
        (Binary(), np.ones((4, 1)), {"loss", "accuracy", "auc"}),
        (MultiClass(3), np.ones(4), {"loss", "accuracy"}),
    ],
)
def test_a_head_knows_its_loss_and_metrics(head, targets, scores):
    model = many_to_one(Stack("elman", 3), Sequences(), head)
    # Which spares compiling a step of each.
    model.compile(**compile_defaults(head), run_eagerly=True)
    history = model.fit(np.ones((4, 5, 1)), targets, verbose=0).history
    assert history.keys() == scores
    assert np.isfinite(list(history.values())).all()


@pytest.mark.parametrize(("mask_zero", "ignored"), [(True, 0), (False, None)])
def test_padding_is_no_target_of_a_language_model(mask_zero, ignored):
    arguments = compile_defaults(NextToken(9, mask_zero=mask_zero))
    (perplexity,) = arguments["metrics"]
    assert perplexity.ignore_class == ignored
    assert arguments["loss"].get_config()["ignore_class"] == ignored
    assert arguments["loss"].get_config()["from_logits"]


@pytest.mark.parametrize(
    ("settings", "clipnorm", "clipvalue"),
    [
        ({}, 1.0, None),
        ({"clipnorm": 0.5}, 0.5, None),
        ({"clipvalue": 0.5}, None, 0.5),
        ({"clipnorm": None}, None, None),
    ],
)
def test_gradients_are_clipped_by_norm_or_by_value(
    settings, clipnorm, clipvalue
):
    optimizer = compile_defaults(Binary(), **settings)["optimizer"]
    assert (optimizer.clipnorm, optimizer.clipvalue) == (clipnorm, clipvalue)


def test_the_learning_rate_may_be_a_schedule():
    optimizer = compile_defaults(Binary(), learning_rate=0.25)["optimizer"]
    assert float(optimizer.learning_rate) == 0.25
    compile_defaults(Binary(), learning_rate=SCHEDULE)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"head": "binary"}, TypeError, "`head` must be of type Head"),
        ({"clipnorm": 1.0, "clipvalue": 1.0}, ValueError, "not by both"),
        ({"clipnorm": 0}, ValueError, "`clipnorm` must be a finite number"),
        ({"clipvalue": -1}, ValueError, "`clipvalue` must be a finite"),
        ({"learning_rate": 0}, ValueError, "`learning_rate` must be"),
    ],
)
def test_wrong_settings_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        compile_defaults(**{"head": Binary(), **arguments})
