# SPDX-License-Identifier: Apache-2.0
"""What a model is compiled with: optimizer, clipping, loss and metrics."""

from dataclasses import replace

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
    Training,
    many_to_one,
)

SCHEDULE = keras.optimizers.schedules.ExponentialDecay(1e-3, 10, 0.9)
#: Of two weights: their norms are 5 and 12, that of both together is 13.
GRADIENTS = (np.array([3.0, -4.0]), np.array([[0.0, 12.0]]))


def model_of(head):
    return many_to_one(Stack("elman", 3), Sequences(), head)


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
    model = model_of(head)
    # Which spares compiling a step of each.
    Training().compile(model, head, run_eagerly=True)
    history = model.fit(np.ones((4, 5, 1)), targets, verbose=0).history
    assert history.keys() == scores
    assert np.isfinite(list(history.values())).all()


@pytest.mark.parametrize(("mask_zero", "ignored"), [(True, 0), (False, None)])
def test_padding_is_no_target_of_a_language_model(mask_zero, ignored):
    head = NextToken(9, mask_zero=mask_zero)
    (perplexity,) = head.metrics
    assert perplexity.ignore_class == ignored
    loss = Training().loss_of(head).get_config()
    assert loss["ignore_class"] == ignored
    assert loss["from_logits"]


@pytest.mark.parametrize(("given", "loss"), [(None, "mae"), ("mse", "mse")])
def test_numbers_are_trained_on_absolute_errors_unless_it_is_said(given, loss):
    head = Regression(horizon=2)
    model = model_of(head)
    Training(loss=given).compile(model, head)
    assert model.loss == loss


def test_further_arguments_are_those_of_compile():
    head = Binary()
    model = model_of(head)
    Training().compile(
        model, head, metrics=[], run_eagerly=True, steps_per_execution=2
    )
    history = model.fit(np.ones((4, 5, 1)), np.ones((4, 1)), verbose=0).history
    assert history.keys() == {"loss"}
    assert model.run_eagerly
    assert model.steps_per_execution == 2


@pytest.mark.parametrize(
    ("settings", "clipping"),
    [
        ({}, {"global_clipnorm": 1.0}),
        ({"global_clipnorm": 2.0}, {"global_clipnorm": 2.0}),
        ({"global_clipnorm": None}, {}),
        ({"clipnorm": 0.5}, {"clipnorm": 0.5}),
        ({"clipvalue": 0.5}, {"clipvalue": 0.5}),
        ({"clipnorm": 0.5, "global_clipnorm": None}, {"clipnorm": 0.5}),
    ],
)
def test_gradients_are_clipped_in_one_way_or_in_none(settings, clipping):
    training = Training(**settings)
    # A copy clips as the original does.
    for each in (training, replace(training, epochs=3)):
        assert each.clipping == clipping
        optimizer = each.optimizer()
        for name in ("global_clipnorm", "clipnorm", "clipvalue"):
            assert getattr(optimizer, name) == clipping.get(name)


def clipped(training):
    """What is left of GRADIENTS: the first mean of Adam is a tenth of it."""
    optimizer = training.optimizer()
    weights = [keras.Variable(np.zeros_like(g)) for g in GRADIENTS]
    optimizer.apply([keras.ops.array(g) for g in GRADIENTS], weights)
    means = [v for v in optimizer.variables if "momentum" in v.name]
    return [np.array(mean) / (1 - optimizer.beta_1) for mean in means]


def assert_all_close(actual, expected):
    for one, other in zip(actual, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5)


@pytest.mark.parametrize("bound", [0.5, 6.0, 100.0])
def test_the_whole_gradient_keeps_its_direction(bound):
    """κ g / max(κ, ‖g‖), with the norm of all weights."""
    found = clipped(Training(global_clipnorm=bound))
    assert_all_close(found, [bound * g / max(bound, 13) for g in GRADIENTS])


@pytest.mark.parametrize("bound", [0.5, 6.0, 100.0])
def test_the_gradient_of_each_weight_keeps_its_direction(bound):
    """κ g / max(κ, ‖g‖), with the norm of the one weight."""
    found = clipped(Training(clipnorm=bound))
    norms = [np.linalg.norm(g) for g in GRADIENTS]
    expected = [
        bound * g / max(bound, norm)
        for g, norm in zip(GRADIENTS, norms, strict=True)
    ]
    assert_all_close(found, expected)


@pytest.mark.parametrize("bound", [0.5, 6.0, 100.0])
def test_each_number_of_a_gradient_is_cut_off(bound):
    found = clipped(Training(clipvalue=bound))
    assert_all_close(found, [np.clip(g, -bound, bound) for g in GRADIENTS])


def test_without_clipping_a_gradient_stays_as_it_is():
    assert_all_close(clipped(Training(global_clipnorm=None)), GRADIENTS)


def test_the_learning_rate_may_be_a_schedule():
    optimizer = Training(learning_rate=0.25).optimizer()
    assert float(optimizer.learning_rate) == 0.25
    optimizer = Training(learning_rate=SCHEDULE).optimizer()
    assert float(optimizer.learning_rate) == pytest.approx(1e-3)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"clipnorm": 1.0, "clipvalue": 2.0}, "clipnorm=1.0, clipvalue=2.0"),
        ({"global_clipnorm": 1.0, "clipvalue": 1.0}, "clipped in one way"),
        ({"global_clipnorm": 1.0, "clipnorm": 1.0}, "clipped in one way"),
        ({"global_clipnorm": "none"}, "`global_clipnorm` must be a finite"),
        ({"clipnorm": 0}, "`clipnorm` must be a finite number"),
        ({"clipvalue": -1}, "`clipvalue` must be a finite"),
        ({"clipvalue": np.ones(2)}, "`clipvalue` must be a finite"),
        ({"global_clipnorm": np.ones(2)}, "`global_clipnorm` must be a"),
        ({"learning_rate": 0}, "`learning_rate` must be"),
        ({"learning_rate": "fast"}, "`learning_rate` must be"),
    ],
)
def test_wrong_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Training(**settings)


def test_what_is_no_head_has_no_loss():
    with pytest.raises(TypeError, match="`head` must be of type Head"):
        Training().compile(model_of(Binary()), "binary")
