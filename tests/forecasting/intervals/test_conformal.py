# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from keras_rnn.forecasting import ConformalIntervals, ConformalQuantiles
from keras_rnn.metrics import coverage

POOLS = ["none", "steps", "targets", "all"]


def series(seed, windows=1500, horizon=3, targets=2):
    """Skewed, independent errors, larger from step to step."""
    rng = np.random.default_rng(seed)
    forecast = rng.normal(size=(windows, horizon, targets))
    scale = np.arange(1.0, horizon + 1)[:, None]
    error = scale * (rng.exponential(size=forecast.shape) - 1)
    return forecast + error, forecast


def test_the_width_is_the_finite_sample_quantile():
    # 19 scores of 1 … 19: the ⌈20 · 0.9⌉ = 18th.
    actual = np.arange(1.0, 20.0)[::-1, None]
    fitted = ConformalIntervals.fit(actual, np.zeros((19, 1)), (0.5, 0.9))
    lower, upper = fitted.intervals(np.array([[100.0]]))
    assert upper.tolist() == [[[110.0, 118.0]]]
    assert lower.tolist() == [[[90.0, 82.0]]]


def test_asymmetric_bounds_have_scores_of_their_own():
    # Errors −9 … 9: 19 scores a side, the ⌈20 · 0.9⌉ = 18th each: 8.
    actual = np.arange(-9.0, 10.0)[:, None] + 5
    forecast = np.zeros((19, 1))
    fitted = ConformalIntervals.fit(actual, forecast, (0.8,), asymmetric=True)
    lower, upper = fitted.intervals([[0.0]])
    assert (lower.item(), upper.item()) == (5 - 8, 5 + 8)


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize("asymmetric", [False, True])
def test_exchangeable_errors_are_covered_as_promised(pool, asymmetric):
    fitted = ConformalIntervals.fit(
        *series(0), (0.5, 0.9), pool=pool, asymmetric=asymmetric
    )
    actual, forecast = series(1)
    lower, upper = fitted.intervals(forecast)
    assert lower.shape == (*forecast.shape, 2)
    assert 0.88 <= coverage(actual, lower[..., 1], upper[..., 1]) <= 0.92
    assert 0.47 <= coverage(actual, lower[..., 0], upper[..., 0]) <= 0.53


def test_the_promise_holds_on_average_for_few_windows():
    # With n = 9 and level 0.8 the coverage is 8 / 10 exactly, on average.
    rng = np.random.default_rng(2)
    covered = []
    for _ in range(2000):
        actual = rng.normal(size=(10, 1))
        fitted = ConformalIntervals.fit(actual[:9], np.zeros((9, 1)), (0.8,))
        _, upper = fitted.intervals([[0.0]])
        covered.append(abs(actual[9, 0]) <= upper.item())
    assert np.mean(covered) == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize("pool", POOLS)
def test_pooling_unites_the_scores_it_names(pool):
    fitted = ConformalIntervals.fit(*series(0, 30), pool=pool)
    assert (
        fitted.below.shape
        == {
            "none": (30, 3, 2),
            "steps": (90, 1, 2),
            "targets": (60, 3, 1),
            "all": (180, 1, 1),
        }[pool]
    )
    actual, forecast = series(0, 30)
    scores = np.abs(actual - forecast)
    one = fitted.below[:, -1, -1]
    expected = {
        "none": scores[:, -1, -1],
        "steps": scores[:, :, -1],
        "targets": scores[:, -1, :],
        "all": scores,
    }[pool]
    np.testing.assert_array_equal(one, np.sort(expected.ravel()))


@pytest.mark.parametrize("asymmetric", [False, True])
def test_quantiles_that_are_too_narrow_are_corrected(asymmetric):
    rng = np.random.default_rng(3)
    scale = np.exp(rng.normal(size=(3000, 2)))
    actual = scale * rng.normal(size=scale.shape)
    half = slice(None, 1500), slice(1500, None)
    # The interval of 68 %, corrected to 90 %.
    fitted = ConformalQuantiles.fit(
        actual[half[0]],
        -scale[half[0]],
        scale[half[0]],
        0.9,
        asymmetric=asymmetric,
    )
    lower, upper = fitted.intervals(-scale[half[1]], scale[half[1]])
    assert lower.shape == (1500, 2)
    assert 0.88 <= coverage(actual[half[1]], lower, upper) <= 0.92
    # And those that cover too much shrink.
    fitted = ConformalQuantiles.fit(
        actual[half[0]], -9 * scale[half[0]], 9 * scale[half[0]], 0.9
    )
    _, upper = fitted.intervals(-9 * scale[half[1]], 9 * scale[half[1]])
    assert (upper < 9 * scale[half[1]]).all()


def test_corrected_quantiles_do_not_cross():
    actual = np.zeros((19, 1))
    fitted = ConformalQuantiles.fit(actual, actual - 5, actual + 5)
    lower, upper = fitted.intervals([[1.0]], [[2.0]])
    assert lower.item() == upper.item() == 1.5


@pytest.mark.parametrize("asymmetric", [False, True])
def test_adaptive_intervals_cover_where_the_series_drifts(asymmetric):
    rng = np.random.default_rng(4)
    forecast = np.zeros((1000, 2))
    calibration = rng.normal(size=(200, 2))
    # Errors grow to four times their size.
    actual = rng.normal(size=(1000, 2)) * np.linspace(1, 4, 1000)[:, None]
    fitted = ConformalIntervals.fit(
        calibration, np.zeros((200, 2)), asymmetric=asymmetric
    )
    lower, upper = fitted.intervals(forecast)
    assert coverage(actual, lower[..., 0], upper[..., 0]) < 0.75
    lower, upper = fitted.adaptive(forecast, actual, np.arange(1000), rate=0.02)
    assert 0.87 <= coverage(actual, lower[..., 0], upper[..., 0]) <= 0.92


@pytest.mark.parametrize("gap", [0, 2])
def test_adaptive_intervals_know_no_outcome_before_its_row(gap):
    actual, forecast = series(5, 60)
    fitted = ConformalIntervals.fit(*series(0, 60), pool="all")
    cutoffs = np.arange(100, 160)
    options = {"gap": gap, "rate": 0.1}
    before, _ = fitted.adaptive(forecast, actual, cutoffs, **options)
    for step in range(3):
        changed = actual.copy()
        changed[20, step] += 1000
        after, _ = fitted.adaptive(forecast, changed, cutoffs, **options)
        moved = np.flatnonzero((after != before).any(axis=(1, 2, 3)))
        assert moved[0] == 20 + gap + step + 1


def test_an_outcome_not_known_yet_changes_nothing():
    actual, forecast = series(5, 40)
    fitted = ConformalIntervals.fit(*series(0, 60))
    actual[:] = np.nan
    lower, upper = fitted.adaptive(forecast, actual, np.arange(40))
    expected = fitted.intervals(forecast)
    np.testing.assert_array_equal(lower, expected[0])
    np.testing.assert_array_equal(upper, expected[1])


def test_bounds_end_with_the_largest_score_ever_seen():
    # Every second outcome is farther off than any before, from row to row.
    fitted = ConformalIntervals.fit(np.ones((9, 1)), np.zeros((9, 1)), (0.9,))
    actual = np.array([[99.0], [0.0], [200.0], [0.0], [0.0]])
    lower, upper = fitted.adaptive(
        np.zeros((5, 1)), actual, np.arange(5), rate=0.5
    )
    assert upper.ravel().tolist() == [1, 99, 99, 200, 200]
    np.testing.assert_array_equal(lower, -upper)


def test_the_level_moves_by_the_rate_and_the_misses():
    # 19 scores 1 … 19 at 0.8: the 16th. A miss by 50 moves α from 0.2 to
    # 0.2 + 0.25 (0.2 − 1) = 0, the largest of 20; a hit by 0 to 0.05, the
    # ⌈22 · 0.95⌉ = 21st of 21.
    fitted = ConformalIntervals.fit(
        np.arange(1.0, 20.0)[:, None], np.zeros((19, 1)), (0.8,)
    )
    _, upper = fitted.adaptive(
        np.zeros((5, 1)),
        np.array([[50.0], [0.0], [0.0], [0.0], [0.0]]),
        np.arange(5),
        rate=0.25,
    )
    # Then α is 0.1 of 22 scores, ⌈23 · 0.9⌉ = 21, and 0.15 of 23,
    # ⌈24 · 0.85⌉ = 21; 0, …, 0, 1 … 19 and 50 stand in a row.
    assert upper.ravel().tolist() == [16, 50, 50, 19, 18]


def test_quantiles_follow_their_misses_too():
    rng = np.random.default_rng(6)
    scale = np.exp(0.5 * rng.normal(size=(1200, 2)))
    actual = scale * rng.normal(size=scale.shape)
    actual[200:] *= np.linspace(1, 4, 1000)[:, None]
    fitted = ConformalQuantiles.fit(actual[:200], -scale[:200], scale[:200])
    past = -scale[200:], scale[200:]
    lower, upper = fitted.intervals(*past)
    assert coverage(actual[200:], lower, upper) < 0.75
    lower, upper = fitted.adaptive(*past, actual[200:], np.arange(1000))
    assert 0.87 <= coverage(actual[200:], lower, upper) <= 0.92
    assert (lower <= upper).all()


def test_new_scores_stand_among_the_old_ones():
    rng = np.random.default_rng(7)
    old = rng.normal(size=(12, 1))
    new = rng.normal(size=(40, 1))
    fitted = ConformalQuantiles.fit(old, old * 0, old * 0, 0.6)
    # So slow that only the scores move it.
    _, upper = fitted.adaptive(new * 0, new * 0, new, np.arange(40), rate=1e-12)
    for origin in range(40):
        scores = np.sort(np.abs(np.append(old, new[:origin])))
        place = int(np.ceil((len(scores) + 1) * 0.6 - 1e-9))
        assert upper[origin, 0] == scores[place - 1]


def test_adaptive_bounds_do_not_cross_where_everything_is_covered():
    # Perfect forecasts after bad ones: α rises until both bounds pass zero.
    errors = np.linspace(-9, 9, 19)[:, None]
    fitted = ConformalIntervals.fit(
        errors, np.zeros((19, 1)), (0.2,), asymmetric=True
    )
    zeros = np.zeros((30, 1))
    lower, upper = fitted.adaptive(zeros, zeros, np.arange(30), rate=0.5)
    assert (lower <= upper).all()


@pytest.mark.parametrize("asymmetric", [False, True])
def test_wider_intervals_hold_the_narrower_ones(asymmetric):
    generator = np.random.default_rng(0)
    walk = generator.standard_t(2, (400, 2)).cumsum(axis=0)
    levels = (0.5, 0.6, 0.7, 0.8, 0.9)
    fitted = ConformalIntervals.fit(
        walk[:60], walk[:60] - 2, levels, asymmetric=asymmetric
    )
    cutoffs = np.arange(340)
    for lower, upper in (
        fitted.intervals(walk[60:]),
        fitted.adaptive(walk[60:], walk[60:] * 1.1, cutoffs, rate=0.2),
    ):
        assert (lower <= upper).all()
        assert (np.diff(lower) <= 0).all()
        assert (np.diff(upper) >= 0).all()


def test_too_few_windows_are_refused():
    message = "8 scores are too few for a coverage of 0.9, which takes the 9th"
    with pytest.raises(ValueError, match=message):
        ConformalIntervals.fit(np.ones((8, 1)), np.zeros((8, 1)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"levels": (0.9, 0.5)}, "`levels` must be increasing"),
        ({"pool": "both"}, "`pool` must be one of"),
        ({"pool": "targets"}, "needs an axis of targets"),
        ({"asymmetric": 1}, "`asymmetric` must be True or False"),
        ({"forecast": np.zeros((20, 2))}, "same shape"),
    ],
)
def test_wrong_settings_are_refused(change, message):
    settings = {"actual": np.ones((20, 1)), "forecast": np.zeros((20, 1))}
    with pytest.raises(ValueError, match=message):
        ConformalIntervals.fit(**{**settings, **change})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"forecast": np.zeros((4, 2))}, "must have the axes of calibration"),
        ({"actual": np.zeros((4, 2))}, "same shape"),
        ({"cutoffs": [0, 2, 1, 3]}, "`cutoffs` must be increasing"),
        ({"cutoffs": [0, 1]}, "one for each of the 4 windows"),
        ({"rate": 0}, "`rate` must be a finite number above 0"),
        ({"gap": -1}, "`gap` must be"),
    ],
)
def test_wrong_adaptation_is_refused(change, message):
    fitted = ConformalIntervals.fit(np.ones((20, 3)), np.zeros((20, 3)))
    settings = {
        "forecast": np.zeros((4, 3)),
        "actual": np.zeros((4, 3)),
        "cutoffs": np.arange(4),
    }
    with pytest.raises(ValueError, match=message):
        fitted.adaptive(**{**settings, **change})
