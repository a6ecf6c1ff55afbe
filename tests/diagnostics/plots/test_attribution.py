# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from keras_rnn.diagnostics import Attribution
from keras_rnn.diagnostics.plots import plot_attribution


def attributions(columns):
    index = pd.MultiIndex.from_product(
        [range(2), range(4)], names=["sample", "time"]
    )
    values = np.arange(8.0 * len(columns)).reshape(8, -1) - 5
    table = pd.DataFrame(values, index, columns)
    sums = table.sum(axis=1).groupby("sample").sum()
    return Attribution(table, sums, sums + 0.001)


def test_features_are_the_rows_of_a_map_around_zero():
    found = attributions(pd.Index(["load", "wind"], name="feature"))
    figure = plot_attribution(found, sample=1)
    axes, scale = figure.axes
    (image,) = axes.images
    np.testing.assert_array_equal(
        image.get_array(), found.attributions.loc[1].T
    )
    low, high = image.get_clim()
    assert low == -high == -10
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names == ["load", "wind"]
    assert scale.get_ylabel() == "attribution"
    assert "Sample 1" in axes.get_title()


def test_a_single_column_is_bars_in_two_colours():
    found = attributions(pd.Index(["token"]))
    bars = plot_attribution(found, sample=1).axes[0].patches
    assert [bar.get_height() for bar in bars] == [-1, 0, 1, 2]
    lowers, _, raises, _ = [bar.get_facecolor() for bar in bars]
    assert lowers != raises


def test_it_draws_on_the_axes_of_the_caller():
    own = Figure()
    axes = own.subplots()
    found = attributions(pd.RangeIndex(2, name="feature"))
    assert plot_attribution(found, ax=axes) is own
    assert axes.images


def test_a_sample_that_is_none_of_the_batch_is_refused():
    with pytest.raises(ValueError, match="`sample` must be one of"):
        plot_attribution(attributions(pd.Index(["token"])), sample=2)
