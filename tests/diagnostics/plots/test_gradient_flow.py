# SPDX-License-Identifier: Apache-2.0
"""The pictures of gradients, gates and memory show the numbers they are of."""

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure

import keras_rnn
from keras_rnn.diagnostics import gates, gradient_flow, memory
from keras_rnn.diagnostics.plots import (
    plot_errors,
    plot_gains,
    plot_gates,
    plot_gradient_norms,
    plot_memory,
    plot_saturation,
    report,
)


@pytest.fixture(scope="module")
def example():
    both = keras.layers.Bidirectional(keras_rnn.GRU(3, return_sequences=True))
    model = keras.Sequential([keras.Input((None, 2)), both, keras_rnn.Elman(2)])
    optimizer = keras.optimizers.SGD(clipnorm=1e-3)
    model.compile(loss="mse", optimizer=optimizer)
    x = np.random.default_rng(0).normal(size=(3, 9, 2)).astype("float32")
    return model, x, np.ones((3, 2), "float32")


@pytest.fixture(scope="module")
def flow(example):
    return gradient_flow(*example)


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_gains_are_a_line_per_layer_with_its_bound(flow):
    (ax,) = plot_gains(flow).axes
    solid = [line for line in ax.lines if line.get_linestyle() == "-"]
    found = {tuple(np.round(line.get_ydata(), 6)) for line in solid}
    joint = flow.jacobians.xs("joint", level="block")["median"]
    for _, medians in joint.groupby(level=["layer", "direction"]):
        assert tuple(np.round(medians, 6)) in found
    (bound,) = [
        line
        for line in ax.lines
        if line.get_linestyle() == "--" and len(line.get_ydata())
    ]
    bounds = flow.jacobians["bound"].xs("joint", level="block").dropna()
    np.testing.assert_allclose(bound.get_ydata(), bounds)
    assert labels(ax)[-2:] == ["bound", "path along the cell"]
    assert ax.get_yscale() == "log"


def test_errors_are_a_row_per_state(flow):
    ax, colours = plot_errors(flow).axes
    rows = [text.get_text() for text in ax.get_yticklabels()]
    assert [row.split(", ")[-1] for row in rows] == [
        "backward h", "forward h", rows[-1],
    ]  # fmt: skip
    image = ax.images[0].get_array()
    assert image.shape == (3, 9)
    mean = flow.errors.groupby(["layer", "direction", "state", "time"]).mean()
    np.testing.assert_allclose(
        image[0], np.log10(mean["norm"].to_numpy()[:9]), rtol=1e-5
    )
    assert "dL/ds" in colours.get_ylabel()


def test_errors_of_zero_have_a_colour():
    model = keras.Sequential(
        [keras.Input((None, 2)), keras_rnn.SimpleRNN(2, activation="relu")]
    )
    model.compile(loss="mse", optimizer="sgd")
    x = np.zeros((1, 4, 2), "float32")
    found = gradient_flow(model, x, np.zeros((1, 2)))
    assert (found.errors["norm"] == 0).all()
    assert np.isfinite(plot_errors(found).axes[0].images[0].get_array()).all()
    plot_gains(found)
    plot_gradient_norms(found)


def test_gradients_are_two_bars_per_weight(flow):
    (ax,) = plot_gradient_norms(flow).axes
    widths = [bar.get_width() for bar in ax.patches]
    expected = [*flow.weights["before"][::-1], *flow.weights["after"][::-1]]
    np.testing.assert_allclose(widths, expected)
    assert labels(ax) == ["gradient", "after clipping"]


def test_gates_are_a_row_per_unit(example):
    model, x, _ = example
    found = gates(model, x)
    ax, _ = plot_gates(found, 2).axes
    assert ax.images[0].get_array().shape[1] == 9
    first = found.values.index[0][0]
    assert ax.get_title() == f"{first}, forward, sample 2"
    backward = plot_gates(found, 1, direction="backward", layer=first)
    assert "backward" in backward.axes[0].get_title()
    for wrong in (
        {"sample": 3},
        {"layer": "none"},
        {"direction": "sideways"},
    ):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            plot_gates(found, **wrong)


def test_saturation_is_a_point_per_unit(example):
    found = gates(*example[:2])
    (ax,) = plot_saturation(found).axes
    points = sum(len(group.get_offsets()) for group in ax.collections)
    assert points == len(found.saturation.dropna())


def test_models_are_compared_in_one_picture(example):
    model, x, _ = example
    found = memory(model, 9, x=x)
    figure = plot_memory(found, "first")
    (ax,) = figure.axes
    assert plot_memory(found, "second", ax=ax) is figure
    assert [text.split(",")[0] for text in labels(ax)] == ["first", "second"]
    np.testing.assert_allclose(ax.lines[0].get_ydata(), found.response)


def test_a_training_that_blew_up_has_a_page():
    model = keras.Sequential([keras.Input((None, 2)), keras_rnn.GRU(3)])
    model.compile(loss="mse", optimizer="sgd")
    model.set_weights([np.full_like(v, np.nan) for v in model.get_weights()])
    page = report(model, np.ones((2, 5, 2)), np.ones((2, 3)))
    assert "exploding" in page.get_suptitle()


def test_a_page_begins_with_the_verdicts(example):
    page = report(*example)
    assert isinstance(page, Figure)
    assert len(page.axes) == 5
    lines = page.get_suptitle().splitlines()
    assert len(lines) == 3
    assert all("after 9 steps" in line for line in lines)
