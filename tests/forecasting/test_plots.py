# SPDX-License-Identifier: Apache-2.0
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from keras_rnn.forecasting import plot_fan, plot_forecast, plot_ranking


@pytest.fixture
def axes():
    plt.switch_backend("agg")
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def test_a_fan_has_a_line_per_cutoff_and_one_for_the_truth(axes):
    observed = pd.Series(range(10), dtype=float)
    forecasts = pd.DataFrame(
        {
            "cutoff": [3, 3, 7, 7],
            "timestamp": [4, 5, 8, 9],
            "forecast": [4.5, 5.5, 8.5, 9.5],
        }
    )
    plot_fan(axes, observed, forecasts, label="elman")
    truth, first, second, cutoffs = axes.lines
    np.testing.assert_array_equal(truth.get_ydata(), observed)
    np.testing.assert_array_equal(first.get_ydata(), [4.5, 5.5])
    np.testing.assert_array_equal(second.get_xdata(), [8, 9])
    np.testing.assert_array_equal(cutoffs.get_xdata(), [3, 7])
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["observed", "elman", "cutoff"]


def test_forecasts_of_one_step_are_joined_to_one_line(axes):
    observed = pd.Series(range(5), dtype=float)
    forecasts = pd.DataFrame(
        {"cutoff": [1, 2], "timestamp": [2, 3], "forecast": [2.5, 3.5]}
    )
    plot_fan(axes, observed, forecasts)
    _, line = axes.lines
    np.testing.assert_array_equal(line.get_ydata(), [2.5, 3.5])


def test_a_ranking_has_the_best_on_top(axes):
    errors = pd.Series({"naive": 3.0, "lstm": 1.0, "drift": 2.0})
    colors = pd.Series({"naive": "grey", "lstm": "blue", "drift": "grey"})
    plot_ranking(axes, errors, colors)
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == [3.0, 2.0, 1.0]  # bars are drawn from the bottom up
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["naive", "drift", "lstm"]


@pytest.mark.parametrize("percents", [(), (90,), (50, 90), (95, 50, 80, 99.5)])
def test_each_interval_has_a_shade_and_a_name_of_its_own(axes, percents):
    forecast = pd.DataFrame({"y": [5.0, 6.0]}, index=[10, 11])
    for percent in percents:
        forecast[f"y_lower_{percent}"] = forecast["y"] - percent
        forecast[f"y_upper_{percent}"] = forecast["y"] + percent
    plot_forecast(axes, pd.Series(range(10), dtype=float), forecast, "y")
    widest_first = sorted(percents, reverse=True)
    bands = axes.collections
    for band, percent in zip(bands, widest_first, strict=True):
        low, high = band.get_paths()[0].get_extents().intervaly
        assert (low, high) == (5.0 - percent, 6.0 + percent)
    colors = [tuple(band.get_facecolor()[0]) for band in bands]
    assert len(set(colors)) == len(percents)
    assert all(color[3] == 1 for color in colors)  # as the legend shows it
    red = [color[0] for color in colors]
    assert red == sorted(red, reverse=True)  # the wider, the lighter
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    names = [f"{percent:g} % interval" for percent in widest_first]
    assert labels == ["observed", *names, "forecast"]
