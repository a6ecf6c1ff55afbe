# SPDX-License-Identifier: Apache-2.0
import sys

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from keras_rnn.diagnostics import LossSurface
from keras_rnn.diagnostics.plots import plot_loss_surface


@pytest.fixture
def found():
    a = pd.Index(np.linspace(-1, 1, 5), name="w")
    b = pd.Index(np.linspace(-2, 2, 7), name="b")
    loss = a.to_numpy()[:, None] ** 2 + b.to_numpy() ** 2
    steps = pd.DataFrame(
        {"a": [0.5, 0.25], "b": [1.0, 0.5], "loss": [1.25, 0.3125]}
    )
    far = pd.DataFrame(
        {"a": [0.5, 30.5], "b": [1.0, 41.0], "loss": [1.25, np.nan]}
    )
    paths = {"plain": far, "norm-clipped": steps, "value-clipped": steps}
    return LossSurface(
        pd.DataFrame(loss, a, b),
        pd.concat(paths, names=["descent", "step"]),
    )


def test_a_line_per_descent_lies_in_the_frame_of_the_surface(found):
    figure = plot_loss_surface(found)
    axes = figure.axes[0]
    assert isinstance(figure, Figure)
    assert axes.get_xlim() == (-1, 1)
    assert axes.get_ylim() == (-2, 2)
    assert "w" in axes.get_xlabel()
    assert "b" in axes.get_ylabel()
    plain, norm, value, start = axes.lines
    for line, name in [(plain, "plain"), (norm, "norm-clipped")]:
        path = found.paths.loc[name]
        np.testing.assert_array_equal(line.get_xdata(), path["a"])
        np.testing.assert_array_equal(line.get_ydata(), path["b"])
    colors = {to_hex(line.get_color()) for line in (plain, norm, value)}
    markers = {line.get_marker() for line in (plain, norm, value)}
    assert len(colors) == len(markers) == 3
    assert (*start.get_xdata(), *start.get_ydata()) == (0.5, 1.0)


def test_the_legend_says_how_far_a_descent_was_thrown(found):
    axes = plot_loss_surface(found).axes[0]
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == [
        "plain, 1 steps, loss nan; thrown 50 away",
        "norm-clipped, 1 steps, loss 0.31",
        "value-clipped, 1 steps, loss 0.31",
        "start",
    ]


def test_it_draws_on_the_axes_of_the_caller(found):
    own = Figure()
    axes = own.subplots(1, 2)
    assert plot_loss_surface(found, ax=axes[1]) is own
    assert axes[1].lines
    assert not axes[0].lines


def test_a_surface_with_numbers_that_are_none_is_drawn(found, tmp_path):
    found.surface.iloc[0, 0] = np.nan
    found.surface.iloc[0, 1] = np.inf
    plot_loss_surface(found).savefig(tmp_path / "picture.png")


def test_a_loss_that_explodes_is_shaded_in_logarithms(found):
    even = plot_loss_surface(found).axes[0].collections[0]
    found.surface.iloc[:] += 0.1
    found.surface.iloc[0, 0] = 1e9
    exploding = plot_loss_surface(found).axes[0].collections[0]
    steps = np.diff(even.levels)
    np.testing.assert_allclose(steps, steps[0])
    steps = np.diff(np.log(exploding.levels))
    np.testing.assert_allclose(steps, steps[0])


def test_without_matplotlib_the_error_names_the_extra(found, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"keras_rnn\[plots\]"):
        plot_loss_surface(found)
