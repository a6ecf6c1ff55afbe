# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from keras_rnn.data import (
    Change,
    Columns,
    Level,
    SeasonalChange,
    Split,
    WindowLevel,
    Windows,
    prepare,
    stream_batches,
)
from keras_rnn.data.representations.base import mapped
from keras_rnn.models import Regression, Sequences, Stack, many_to_one, seq2seq
from tests.data.representations.rows import (
    each_per_series,
    each_representation,
)
from tests.data.windows import arrays_of

WINDOWS = Windows(lookback=4, horizon=2)
SPLIT = Split(validation=8, test=8)  # train 0-31, validation 32-39, test 40-47
COLUMNS = Columns("y", past="p", future="f")
HOLES = [5, 6, 7, 8, 9, 20, 33, 42, 43]


def frame_of(rows=48, seed=0):
    values = np.random.default_rng(seed).integers(1, 1000, (rows, 3)) * 1.0
    days = pd.date_range("2024-01-01", periods=rows, freq="D")
    return pd.DataFrame(values, days, columns=["y", "p", "f"])


def with_holes(rows=HOLES, columns=("y", "p"), **options):
    frame = frame_of(**options)
    frame.loc[frame.index[rows], list(columns)] = np.nan
    return frame


def prepared(frame, representation=None, columns=COLUMNS, **options):
    return prepare(
        frame,
        columns,
        WINDOWS,
        split=SPLIT,
        representation=representation,
        **{"gaps": "mask"} | options,
    )


def collected(part):
    """Past and future inputs, targets and weights of all windows."""
    found = arrays_of(part)
    return [found[k] for k in ("past", "future", "targets", "weights")]


def arrays(data):
    """Everything that was measured, and everything a network sees."""
    found = []
    for measured in (data.series.representation, data.scales.covariates):
        mapped(lambda scale: found.append(scale) or scale, measured)
    for part in data.parts.values():
        found += [part.cutoffs, *collected(part)]
    return found


def skipped(data, past):
    return (past == data.mask_value).all(axis=-1)


@each_representation
def test_a_missing_row_is_one_of_missing_values(representation):
    frame = with_holes(columns=("y", "p"))
    rows = frame.drop(frame.index[HOLES])
    # What is known ahead stays known: it lies on a line here.
    frame["f"] = rows["f"].reindex(frame.index).interpolate()
    for one, other in zip(
        arrays(prepared(frame, representation)),
        arrays(prepared(rows, representation)),
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)


@each_representation
def test_without_holes_windows_and_scales_are_the_same(representation):
    frame = frame_of()
    masked = prepared(frame, representation)
    refused = prepared(frame, representation, gaps="refuse")
    for name, part in refused.parts.items():
        past, _, targets, weights = collected(masked.parts[name])
        inputs, expected = part.series.cutter.window(tf.constant(part.cutoffs))
        np.testing.assert_array_equal(past, inputs["past"])
        np.testing.assert_array_equal(targets, expected)
        assert (weights == 1).all()


@each_representation
def test_steps_are_skipped_and_weights_are_zero_where_values_lack(
    representation,
):
    frame = with_holes()
    data = prepared(frame, representation)
    missing = frame["y"].isna().to_numpy()
    for part in data.parts.values():
        past, future, targets, weights = collected(part)
        rows = part.cutoffs[:, np.newaxis] + np.arange(-3, 1)
        np.testing.assert_array_equal(skipped(data, past), missing[rows])
        rows = part.cutoffs[:, np.newaxis] + np.arange(1, 3)
        np.testing.assert_array_equal(weights[..., 0] == 0, missing[rows])
        np.testing.assert_array_equal(
            np.isnan(part.actual[..., 0]), missing[rows]
        )
        for values in (past, future, targets):
            assert np.isfinite(values).all()


@pytest.mark.parametrize("column", ["y", "p"])
def test_a_row_that_lacks_anything_is_skipped(column):
    data = prepared(with_holes(rows=[10], columns=[column]))
    past, _, _, weights = collected(data.train)
    rows = data.train.cutoffs[:, np.newaxis] + np.arange(-3, 1)
    np.testing.assert_array_equal(skipped(data, past), rows == 10)
    assert (weights == 0).sum() == (2 if column == "y" else 0)


def test_windows_need_a_known_row_before_and_after():
    data = prepared(with_holes())
    # Rows 5 to 9, 42 and 43 are missing: the windows at 4 to 7 and at 41 have
    # no target, those at 8 and 9 no input.
    lost = {4, 5, 6, 7, 8, 9, 41}
    kept = set(np.concatenate([p.cutoffs for p in data.parts.values()]))
    everything = set(
        np.concatenate([p.cutoffs for p in prepared(frame_of()).parts.values()])
    )
    assert everything - kept == lost


@each_representation
@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_the_known_truth_is_inverted(part, representation):
    part = prepared(with_holes(), representation).parts[part]
    _, _, targets, weights = collected(part)
    known = weights > 0
    np.testing.assert_allclose(
        part.invert(targets)[known], part.actual[known], rtol=1e-5
    )


def test_a_forecast_of_no_change_is_the_last_known_level():
    frame = with_holes()
    part = prepared(frame, Change()).validation
    last = frame["y"].ffill().to_numpy()[part.cutoffs]
    assert 33 in part.cutoffs
    forecasts = part.invert(np.zeros((len(part), 2, 1)))
    np.testing.assert_array_equal(forecasts[:, 0, 0], last)


def test_for_a_missing_season_stands_the_one_before():
    frame = with_holes(rows=[33])
    part = prepared(frame, SeasonalChange(3)).validation
    # The cutoff is row 35: row 36 is a season after the missing row 33.
    (window,) = np.flatnonzero(part.cutoffs == 35)
    forecast = part.invert(np.zeros((len(part), 2, 1)))[window, :, 0]
    assert forecast.tolist() == [frame["y"].iloc[30], frame["y"].iloc[34]]


def test_missing_rows_count_in_no_level_of_a_window():
    frame = with_holes(rows=[33, 34])
    part = prepared(frame, WindowLevel()).validation
    (window,) = np.flatnonzero(part.cutoffs == 35)
    forecast = part.invert(np.zeros((len(part), 2, 1)))[window, 0, 0]
    assert forecast == pytest.approx(frame["y"].iloc[[32, 35]].mean())


def test_scales_are_those_of_the_known_rows():
    frame = with_holes()
    trained = frame.iloc[:32]
    data = prepared(frame)
    scaler = data.series.representation.scaler
    assert scaler.mean == pytest.approx(trained["y"].mean())
    assert scaler.scale == pytest.approx(trained["y"].std(ddof=0))
    assert data.scales.covariates.mean[0] == pytest.approx(trained["p"].mean())
    change = prepared(frame, Change()).series.representation
    steps = trained["y"].diff().pow(2).mean() ** 0.5
    assert change.change_scale == pytest.approx(steps)
    two = trained["y"].diff(2).pow(2).mean() ** 0.5
    assert change.horizon_scale[1] == pytest.approx(two)


@each_per_series
def test_each_series_is_masked_as_it_is_alone(representation):
    shops = {"a": with_holes(), "b": with_holes(rows=[0, 1, 2, 30, 47], seed=3)}
    frame = pd.concat(rows.assign(shop=k) for k, rows in shops.items())
    columns = Columns("y", future="f", series="shop")
    together = prepared(frame, representation, columns)
    alone = [
        prepared(rows, representation, Columns("y", future="f"))
        for rows in shops.values()
    ]
    for name, part in together.parts.items():
        past, _, targets, weights = collected(part)
        each = [collected(data.parts[name]) for data in alone]
        # The scale of the covariate is that of both series.
        for k, values in ((0, past), (2, targets), (3, weights)):
            expected = np.concatenate([found[k] for found in each])
            last = -1 if k == 0 else None
            np.testing.assert_allclose(
                values[..., :last], expected[..., :last], rtol=1e-4, atol=1e-5
            )


@each_representation
def test_nothing_after_a_cutoff_moves_what_is_before(representation):
    frame = with_holes()
    other = frame.copy()
    other.iloc[40:] = 1 + 9 * frame_of(seed=7).iloc[40:]
    other.iloc[[41, 44], :2] = np.nan
    data, changed = (prepared(f, representation) for f in (frame, other))
    for part in data.parts.values():
        new = changed.parts[part.name]
        both = np.intersect1d(part.cutoffs, new.cutoffs)
        both = both[both < 40]
        assert len(both) or part.name == "test"
        for one, two in zip(
            collected(part)[:1], collected(new)[:1], strict=True
        ):
            np.testing.assert_array_equal(
                one[np.isin(part.cutoffs, both)],
                two[np.isin(new.cutoffs, both)],
            )
        ones = [p.invert(np.ones((len(p), 2, 1))) for p in (part, new)]
        np.testing.assert_array_equal(
            ones[0][np.isin(part.cutoffs, both)],
            ones[1][np.isin(new.cutoffs, both)],
        )


@each_representation
def test_a_frame_may_end_in_a_hole(representation):
    frame = with_holes(rows=[46, 47])
    data = prepared(frame, representation, Columns("y"))
    (inputs,) = data.latest.dataset(batch_size=1)
    assert skipped(data, inputs.numpy()).tolist() == [
        [False, False, True, True]
    ]
    (again,) = data.for_frame(frame.iloc[-20:]).dataset(batch_size=1)
    np.testing.assert_allclose(again, inputs, rtol=1e-6)
    forecasts = data.latest.forecasts(np.ones((1, 2, 1)))
    assert np.isfinite(forecasts["forecast"]).all()
    assert forecasts["timestamp"].iloc[0] == pd.Timestamp("2024-02-18")


def test_a_lookback_without_a_known_row_forecasts_nothing():
    frame = with_holes()
    columns = Columns("y")
    data = prepared(frame, columns=columns)
    silent = with_holes(rows=[44, 45, 46, 47])
    with pytest.raises(ValueError, match="no known row in its last 4 rows"):
        data.for_frame(silent)
    columns = Columns("y", series="shop")
    both = pd.concat([frame.assign(shop="a"), silent.assign(shop="b")])
    data = prepared(both, columns=columns)
    assert data.latest.series.numbers(data.latest.cutoffs).tolist() == [0]
    with pytest.warns(UserWarning, match="Series 'b' is left out: It has no k"):
        part = data.for_frame(both)
    assert part.series.numbers(part.cutoffs).tolist() == [0]


def test_a_series_never_seen_in_training_is_refused():
    late = with_holes(rows=range(33))
    frame = pd.concat([frame_of().assign(shop="a"), late.assign(shop="b")])
    columns = Columns("y", series="shop")
    with pytest.raises(ValueError, match="series 'b' has no known 'y'"):
        prepared(frame, Level(), columns)
    shared = prepared(frame, Level(per_series=False), columns)
    assert shared.series.numbers(shared.test.cutoffs).max() == 1


def test_a_part_of_holes_is_refused():
    with pytest.raises(ValueError, match="No window of the test split has a"):
        prepared(with_holes(rows=range(40, 48)))


def test_infinite_values_and_unknown_futures_are_refused():
    frame = with_holes()
    frame.iloc[3, 0] = np.inf
    with pytest.raises(ValueError, match="Column 'y' is inf at"):
        prepared(frame)
    with pytest.raises(ValueError, match="Column 'f' is nan at 2024-01-01"):
        prepared(with_holes(rows=[0], columns=["f"]))


def test_windows_of_other_frames_are_masked_alike():
    frame = with_holes()
    data = prepared(frame)
    part = data.windows_of(frame)
    kept = np.concatenate([p.cutoffs for p in data.parts.values()])
    assert set(kept) <= set(part.cutoffs)
    assert np.isfinite(collected(part)[0]).all()
    with pytest.raises(ValueError, match="holds no window"):
        data.windows_of(with_holes(rows=range(48)))


def test_a_stream_refuses_holes():
    data = prepare(
        with_holes(),
        Columns("y"),
        Windows(lookback=1, horizon=1),
        gaps="mask",
    )
    with pytest.raises(ValueError, match="A stream has no missing rows"):
        stream_batches(data.train, batch_size=1, chunk_length=4)


def test_sequences_know_what_is_skipped():
    assert Sequences.of(prepared(frame_of())).mask_value == -1024.0
    assert Sequences.of(prepared(frame_of(), gaps="refuse")).mask_value is None


@pytest.mark.parametrize("factory", [many_to_one, seq2seq])
def test_models_train_and_judge_on_what_is_known(factory):
    columns = Columns(["y", "p"])
    data = prepared(with_holes(columns=["y"]), columns=columns)
    keras.utils.set_random_seed(0)
    model = factory(
        Stack("lstm", units=3), Sequences.of(data), Regression.of(data)
    )
    model.compile("adam", loss="mae")
    history = model.fit(
        data.train.dataset(batch_size=8, shuffle=True, seed=0),
        validation_data=data.validation.dataset(batch_size=8),
        epochs=2,
        shuffle=False,
        verbose=0,
    )
    assert np.isfinite(history.history["val_loss"]).all()
    dataset = data.test.dataset(batch_size=100)
    loss = model.evaluate(dataset, verbose=0)
    ((_, targets, weights),) = dataset
    error = np.abs(model.predict(dataset, verbose=0) - targets.numpy())
    assert loss == pytest.approx((error * weights.numpy()).mean(), rel=1e-5)
    assert (weights.numpy() == 0).any()


def test_a_skipped_step_leaves_the_forecast_as_it_is():
    data = prepared(with_holes(), Change(), Columns("y"))
    model = many_to_one(
        Stack("gru", units=3), Sequences.of(data), Regression.of(data)
    )
    past = np.random.default_rng(0).normal(size=(1, 4, 2)).astype("float32")
    with_hole = np.insert(past, 2, data.mask_value, axis=1)
    model_of_any_length = many_to_one(
        Stack("gru", units=3),
        Sequences(2, mask_value=data.mask_value),
        Regression.of(data),
    )
    model_of_any_length.set_weights(model.get_weights())
    np.testing.assert_allclose(
        model_of_any_length(with_hole), model(past), rtol=1e-5
    )
