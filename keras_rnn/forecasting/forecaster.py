# SPDX-License-Identifier: Apache-2.0
"""Forecaster: a DataFrame in, a dated DataFrame out."""

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from keras_rnn import _validation as validate
from keras_rnn.data import (
    Change,
    Columns,
    PreparedData,
    Split,
    Windows,
    prepare,
)
from keras_rnn.forecasting import archive
from keras_rnn.forecasting.backtest import Backtest, rolling_part
from keras_rnn.forecasting.conformal import ConformalIntervals
from keras_rnn.forecasting.plots import plot_forecast
from keras_rnn.forecasting.training import Training
from keras_rnn.metrics import mae
from keras_rnn.models import Regression, Sequences, Stack, many_to_one, seq2seq

STRATEGIES = {"direct": many_to_one, "encoder_decoder": seq2seq}
COMBINE = {"mean": np.mean, "median": np.median}
BATCH_SIZE = 256


class Forecaster:
    """Recurrent networks that forecast a time series, with dates.

    Fit it on a frame, read the forecast of the rows after it:

    Args:
        horizon: Rows to forecast.
        lookback: Rows that a network sees.
        columns: Name of the target, or `Columns` with the role of each
            column; None takes the only column of the frame.
        cell: A key of `keras_rnn.layers.LAYERS`, or several: an ensemble of
            networks of different cells.
        units: Width of the recurrent layer, or a list, one width a layer.
        options: Further settings of `keras_rnn.models.Stack`, such as
            `{"dropout": 0.1, "residual": True}`.
        strategy: `"direct"`, all steps of the horizon at once, or
            `"encoder_decoder"`, step after step.
        representation: What a network sees of its targets: `Change()`, the
            default, for levels that drift, `Level()` for those that do not.
        calendar: Where a row stands in its cycles, as covariates that are
            known ahead: names such as `("month", "dayofweek")`.
        gaps: `"refuse"` or `"interpolate"` missing rows and values; see
            `keras_rnn.data.prepare`.
        seeds: Networks per cell, each from its own seed.
        combine: `"mean"` or `"median"` of the networks.
        intervals: Nominal coverages, such as `(0.9,)`, of intervals that are
            calibrated on the validation part.
        training: `Training`, how the networks are trained.

    Raises:
        ValueError: If a value is wrong or a key is unknown.

    Example:
        >>> import pandas as pd
        >>> days = pd.date_range("2024-01-01", periods=120, freq="D")
        >>> frame = pd.DataFrame({"y": np.arange(120) % 7}, index=days)
        >>> forecaster = Forecaster(
        ...     horizon=2, lookback=7, units=4, training=Training(epochs=1)
        ... )
        >>> forecast = forecaster.fit(frame).predict()
        >>> [str(day.date()) for day in forecast.index]
        ['2024-04-30', '2024-05-01']
    """

    def __init__(
        self,
        horizon,
        lookback,
        *,
        columns=None,
        cell="lstm",
        units=32,
        options=None,
        strategy="direct",
        representation=None,
        calendar=(),
        gaps="refuse",
        seeds=1,
        combine="mean",
        intervals=(),
        training=None,
    ):
        self.settings = {
            name: value
            for name, value in locals().items()
            if name not in ("self", "__class__")
        }
        self.windows = Windows(lookback=lookback, horizon=horizon)
        self.columns = Columns(columns) if isinstance(columns, str) else columns
        if self.columns is not None:
            validate.instance("columns", self.columns, Columns)
        cells = [cell] if isinstance(cell, str) else list(cell)
        self.stacks = [Stack(key, units, **(options or {})) for key in cells]
        self.strategy = validate.one_of("strategy", strategy, STRATEGIES)
        self.representation = representation or Change()
        self.seeds = validate.positive_int("seeds", seeds)
        self.combine = validate.one_of("combine", combine, COMBINE)
        self.intervals = tuple(intervals)
        for level in self.intervals:
            validate.fraction("intervals", level)
        self.training = Training() if training is None else training
        validate.instance("training", self.training, Training)
        self.data = None
        self.tail = None
        self.networks = []
        self.history = pd.DataFrame()
        self.conformal = None

    def fit(self, frame, validation=0.1, *, resume=None, verbose=0):
        """Trains the networks.

        Args:
            frame: DataFrame with one row per time step, as
                `keras_rnn.data.prepare` wants it.
            validation: Last rows of the frame, a fraction or a number, that
                stop the training in time and calibrate the intervals.
            resume: Folder for the state of the training: written after every
                epoch, and continued if it is there.
            verbose: As in `keras.Model.fit`.

        Returns:
            The forecaster itself.

        Raises:
            TypeError, ValueError: If the frame cannot be used; the message
                says why, and nothing has been trained.
            RuntimeError: If a loss is no longer a finite number.
        """
        if self.columns is None:
            self.columns = only_column(frame)
        self.data = prepare(
            frame,
            self.columns,
            self.windows,
            split=Split(validation=validation, test=0, purge=False),
            representation=self.representation,
            calendar=self.settings["calendar"],
            gaps=self.settings["gaps"],
        )
        # What a forecast of the next rows needs; three rows show a frequency.
        self.tail = last_rows(frame, self.columns, self.windows.lookback + 3)
        self.networks, histories = [], {}
        for number, (stack, seed) in enumerate(self._members()):
            network, history = self.training.fit(
                lambda stack=stack: self._new_network(stack),
                self.data,
                seed=seed,
                directory=resume and Path(resume) / f"network_{number}",
                verbose=verbose,
            )
            self.networks.append(network)
            histories[number, stack.cell, seed] = pd.DataFrame(
                history, index=pd.RangeIndex(1, len(history) + 1, name="epoch")
            )
        names = ["network", "cell", "seed"]
        self.history = pd.concat(histories, names=names)
        self._judge(self.data.validation)
        return self

    def _members(self):
        return [(s, seed) for s in self.stacks for seed in range(self.seeds)]

    def _new_network(self, stack):
        factory = STRATEGIES[self.strategy]
        return factory(stack, Sequences.of(self.data), Regression.of(self.data))

    def _judge(self, part):
        """Calibrates the intervals; warns if the networks are of no use."""
        values = self._values(part)
        if self.intervals:
            # In the network's units, in which all series are alike.
            targets = [y for _, y in part.dataset(BATCH_SIZE)]
            self.conformal = ConformalIntervals.fit(
                np.concatenate(targets), values, self.intervals
            )
        last = part.series.levels[part.cutoffs][:, np.newaxis]
        actual = part.actual
        naive = mae(actual, np.broadcast_to(last, actual.shape))
        ours = mae(actual, part.invert(values))
        if ours >= naive:
            warnings.warn(
                f"The forecaster does not beat the naive forecast on its "
                f"validation part: mean absolute error {ours:.4g} against "
                f"{naive:.4g}. Train longer, take a longer lookback or "
                "another representation, or do not forecast with it.",
                stacklevel=3,
            )

    def predict(self, frame=None, *, future=None):
        """Forecasts the rows after a frame.

        Args:
            frame: DataFrame with the columns of the one fitted on and at
                least lookback rows of each series; None means that one.
            future: DataFrame of the future covariates in the rows to
                forecast, if there are any.

        Returns:
            A DataFrame indexed by the timestamps forecast, of many series by
            series and timestamp: a column per target, in its own units, and
            for each interval "<target>_lower_90" and "<target>_upper_90".

        Raises:
            RuntimeError: If the forecaster is not fitted.
            TypeError, ValueError: If a frame cannot be used.
        """
        self._check_fitted()
        frame = self.tail if frame is None else frame
        return wide(self._table(self.data.for_frame(frame, future=future)))

    def backtest(self, frame, start, *, stride=1, season=None, refit=False):
        """Forecasts from past cutoffs, judged by what happened.

        Args:
            frame: DataFrame that reaches beyond the rows fitted on.
            start: First row, an index value, that is forecast; all rows
                before it may be seen.
            stride: Rows from one cutoff to the next.
            season: Rows a season, for the seasonal references and the scale
                of MASE; None leaves the references out and scales by the
                naive forecast.
            refit: Whether to fit anew before each cutoff, on the rows before
                it, rather than to forecast with the networks as they are.

        Returns:
            A `Backtest`: all forecasts, and a table of scores with those of
            reference methods.

        Raises:
            RuntimeError: If the forecaster is not fitted.
            ValueError: If there is no whole horizon after `start`.
        """
        self._check_fitted()
        part = rolling_part(self.data, frame, start, stride)
        table = self._refitted(frame, part) if refit else self._table(part)
        return Backtest.judge(table, part, season)

    def _refitted(self, frame, part):
        index = part.series.index[part.series.positions(part.cutoffs)]
        tables = []
        for cutoff in index.unique():
            past = self.clone().fit(frame[frame.index <= cutoff])
            of_cutoff = part.cutoffs[index == cutoff]
            tables.append(past._table(replace(part, cutoffs=of_cutoff)))
        return pd.concat(tables, ignore_index=True)

    def clone(self):
        """A new forecaster with the same settings, not fitted."""
        return type(self)(**self.settings)

    def save(self, path):
        """Writes the forecaster into one file, which `load` reads.

        Args:
            path: Where to; by convention it ends with ".forecaster".
        """
        self._check_fitted()
        fitted = {
            "columns": self.columns,
            "scales": self.data.scales,
            "step": self.data.step,
            "tail": self.tail,
            "conformal": self.conformal,
        }
        contents = {"settings": self.settings, "fitted": fitted}
        archive.write(path, contents, self.networks)

    @classmethod
    def load(cls, path):
        """Reads a forecaster that `save` wrote; it can predict at once.

        Args:
            path: Where it is.

        Returns:
            A fitted `Forecaster`.

        Raises:
            ValueError: If the file is no saved forecaster.
        """
        contents, networks = archive.read(path)
        forecaster, fitted = cls(**contents["settings"]), contents["fitted"]
        forecaster.networks = networks
        forecaster.columns = fitted["columns"]
        forecaster.tail = fitted["tail"]
        forecaster.conformal = fitted["conformal"]
        forecaster.data = PreparedData.of_scales(
            forecaster.tail, fitted["columns"], fitted["scales"], fitted["step"]
        )
        return forecaster

    def plot(self, axes, frame, *, target=None, rows=None):
        """Draws the end of a frame and the forecast after it.

        Args:
            axes: Matplotlib axes.
            frame: DataFrame of one series, as in `predict`.
            target: The target to draw; None takes the first.
            rows: Rows of the frame to draw; None takes two lookbacks.
        """
        self._check_fitted()
        target = self.columns.target[0] if target is None else target
        shown = frame[target].iloc[-(rows or 2 * self.windows.lookback) :]
        plot_forecast(axes, shown, self.predict(frame), target)

    def _check_fitted(self):
        if not self.networks:
            raise RuntimeError(
                "The forecaster is not fitted. Call `fit(frame)` first, or "
                "`Forecaster.load(path)`."
            )

    def _values(self, part):
        """Forecasts of a part in the network's units."""
        dataset = part.dataset(BATCH_SIZE)
        values = [
            network.predict(dataset, verbose=0) for network in self.networks
        ]
        return COMBINE[self.combine](values, axis=0)

    def _table(self, part):
        """Forecasts of a part with dates, one row each."""
        values = self._values(part)
        table = part.forecasts(values)
        if self.intervals:
            lower, upper = self.conformal.intervals(values)
            for k, level in enumerate(self.intervals):
                percent = f"{100 * level:g}"
                for bound, of_level in (("lower", lower), ("upper", upper)):
                    inverted = part.invert(of_level[..., k])
                    table[f"{bound}_{percent}"] = inverted.ravel()
        return table


def only_column(frame):
    """The role of the column of a frame that has but one."""
    validate.instance("frame", frame, pd.DataFrame, "Use `frame.to_frame()`.")
    if len(frame.columns) != 1:
        raise ValueError(
            f"The frame has {len(frame.columns)} columns: "
            f"{', '.join(map(repr, frame.columns))}. Say which is the target, "
            "`Forecaster(..., columns=Columns(target, past=...))`."
        )
    return Columns(frame.columns[0])


def last_rows(frame, columns, count):
    """The last rows of each series, with the columns that are in use."""
    names = list(columns.all)
    if columns.series is None:
        return frame[names].iloc[-count:]
    names = [columns.series, *names]
    return frame[names].groupby(columns.series, sort=False).tail(count)


def wide(table):
    """A column per target instead of a row."""
    values = table.columns.drop(
        ["series", "cutoff", "timestamp", "target", "actual"], errors="ignore"
    )
    keys = [key for key in ("series", "timestamp") if key in table]
    parts = {}
    for target, rows in table.groupby("target", sort=False):
        rows = rows.set_index(keys)
        for name in values:
            suffix = "" if name == "forecast" else f"_{name}"
            parts[f"{target}{suffix}"] = rows[name]
    return pd.DataFrame(parts)
