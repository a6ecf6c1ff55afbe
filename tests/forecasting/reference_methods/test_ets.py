# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from keras_rnn.forecasting import ets

SEASON = 4
ROWS = np.arange(90)
#: A trend, a season and noise that a seed makes repeatable.
NOISE = 0.2 * np.random.default_rng(0).normal(size=len(ROWS))
VALUES = 20 + 0.3 * ROWS + np.array([3.0, 0, -2, -1])[ROWS % SEASON] + NOISE
CUTOFFS = np.array([60, 66, 75])


@pytest.mark.parametrize("season", [1, SEASON])
@pytest.mark.parametrize("seasonal", ["add", "mul"])
@pytest.mark.parametrize("damped", [True, False])
def test_forecasts_at_the_first_cutoff_are_those_of_statsmodels(
    season, seasonal, damped
):
    statsmodels = pytest.importorskip(
        "statsmodels.tsa.exponential_smoothing.ets"
    )
    model = statsmodels.ETSModel(
        VALUES[:61],
        error="add",
        trend="add",
        damped_trend=damped,
        seasonal=seasonal if season > 1 else None,
        seasonal_periods=season if season > 1 else None,
        initialization_method="heuristic",
    )
    expected = model.fit(disp=False).forecast(9)
    options = {"season": season, "seasonal": seasonal, "damped": damped}
    found = ets(VALUES, CUTOFFS, horizon=9, **options)
    np.testing.assert_allclose(found[0], expected, rtol=1e-6)


def test_it_continues_a_trend_and_a_season():
    actual = VALUES[CUTOFFS[:, None] + np.arange(1, 9)]
    found = ets(VALUES, CUTOFFS, horizon=8, season=SEASON)
    assert np.abs(found - actual).max() < 1.5


def test_nothing_after_a_cutoff_moves_its_forecast():
    before = ets(VALUES, CUTOFFS, horizon=5, season=SEASON)
    changed = VALUES.copy()
    changed[CUTOFFS[1] + 1 :] += 100
    after = ets(changed, CUTOFFS, horizon=5, season=SEASON)
    np.testing.assert_array_equal(after[:2], before[:2])
    assert (after[2] > before[2] + 10).all()
    hidden = VALUES.copy()
    hidden[CUTOFFS[-1] + 1 :] = np.nan
    np.testing.assert_array_equal(
        ets(hidden, CUTOFFS, horizon=5, season=SEASON), before
    )


def test_a_gap_is_a_longer_horizon_without_its_first_steps():
    whole = ets(VALUES, CUTOFFS, horizon=9, season=SEASON)
    found = ets(VALUES, CUTOFFS, horizon=4, gap=5, season=SEASON)
    np.testing.assert_array_equal(found, whole[:, 5:])


def test_no_cutoffs_give_no_forecasts():
    none = np.array([], dtype=np.int64)
    assert ets(VALUES, none, horizon=2).shape == (0, 2)


def test_a_hole_in_what_is_known_is_refused():
    values = VALUES.copy()
    values[7] = np.nan
    with pytest.raises(ValueError, match="`values` must be finite"):
        ets(values, CUTOFFS, horizon=2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"horizon": 0}, "`horizon` must be a positive integer"),
        ({"gap": -1}, "`gap` must be"),
        ({"season": 0}, "`season` must be a positive integer"),
        ({"seasonal": "none"}, "`seasonal` must be one of"),
        ({"damped": 1}, "`damped` must be True or False"),
        ({"season": 40}, "`cutoffs` must lie between 79,"),
    ],
)
def test_wrong_settings_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        ets(VALUES, CUTOFFS, **{"horizon": 2, **change})


@pytest.mark.parametrize("season", [1, 2, 7])
@pytest.mark.parametrize("damped", [True, False])
def test_the_first_possible_cutoff_gives_a_forecast(season, damped):
    first = {1: 9, 2: 11, 7: 15}[season]
    options = {"season": season, "damped": damped}
    assert np.isfinite(ets(VALUES, [first], horizon=3, **options)).all()
    with pytest.raises(ValueError, match=f"`cutoffs` must lie between {first}"):
        ets(VALUES, [first - 1], horizon=3, **options)
