# SPDX-License-Identifier: Apache-2.0
"""What a fitted forecaster answers: forecasts, paths, backtests, a plot."""

import pandas as pd

from keras_rnn import _validation as validate
from keras_rnn.data import Part
from keras_rnn.data.frames import as_frame
from keras_rnn.forecasting import ensemble
from keras_rnn.forecasting.backtests.backtest import Backtest
from keras_rnn.forecasting.backtests.rolling_cutoffs import rolling_part
from keras_rnn.forecasting.frames import (
    as_future,
    check_drawable,
    check_future,
    refitted,
    up_to,
)
from keras_rnn.forecasting.intervals.of_forecasts import point
from keras_rnn.forecasting.intervals.origins_since_fit import LastRows, Since
from keras_rnn.forecasting.outcomes import keys_of
from keras_rnn.forecasting.plots import plot_forecast
from keras_rnn.forecasting.reference_methods.table import checked_methods
from keras_rnn.forecasting.tables import (
    check_names_of_paths,
    first_steps,
    forecast_table,
    paths_table,
    wide,
)


class Answers:
    """The questions that a `Forecaster` answers once it is fitted.

    Attributes:
        settings: `Settings`.
        columns: The role of each column.
        reader: `Reader` of frames, for as many steps as can be asked for.
        tail: The last rows fitted on, as many as a forecast needs.
        networks: List of the networks.
        intervals: `Intervals` around their forecasts.
        validation: As `fit` got it.
    """

    def predict(self, frame=None, *, horizon=None, future=None):
        """Forecasts the rows after a frame.

        Args:
            frame: DataFrame with the columns of the one fitted on, or the
                path of a Parquet file or of a folder of them, and at least
                lookback rows of each series; None means that one. Rows in
                another time zone are read as the same instants. With
                `adapt` the intervals follow the rows since the fit whose
                lookback it holds too: pass them all, and a lookback before.
            horizon: Rows to forecast; None means that of the constructor.
                With strategy="direct" at most as many; what is shorter is the
                beginning of the whole. Calibrated intervals reach as far as
                they are calibrated, over the horizon of the constructor.
            future: DataFrame, or path of a Parquet file or folder, of the
                future covariates in the rows to forecast, if there are any;
                with strategy="direct" in all rows of its horizon.

        Returns:
            A DataFrame indexed by the timestamps forecast, in the time zone
            of the fit, of many series by series and timestamp: a column per
            target, in its own units, and for each interval
            "<target>_lower_90" and "<target>_upper_90".

        Raises:
            RuntimeError: If the forecaster is not fitted.
            TypeError, ValueError: If a frame cannot be used, or the horizon
                is too long.
        """
        part, horizon = self._after(frame, horizon, future)
        trained = self.settings.windows.horizon
        if self.intervals.calibrated and horizon > trained:
            raise ValueError(
                f"The intervals are calibrated for {trained} steps. Received: "
                f"horizon={horizon}. Fit with that horizon, or leave out "
                "`intervals`; those of a distribution also reach further with "
                "calibrate=False."
            )
        table = first_steps(self._table(part), part, horizon)
        return wide(table, self.reader.step)

    def sample(
        self,
        frame=None,
        *,
        num_paths=100,
        horizon=None,
        future=None,
        seed=None,
    ):
        """Draws what may follow a frame, path by path.

        With strategy="recursive" a path is a future as a whole: each step is
        drawn, and read before the next one is. So sums over steps, or the
        highest step of a path, have the right distribution, too. With the
        other strategies each step is drawn by itself, from its own
        distribution: take quantiles of single steps of them only.

        The networks of an ensemble draw equally many paths, one after the
        other. Paths are as the networks draw them, not calibrated.

        Args:
            frame: As in `predict`.
            num_paths: How many paths.
            horizon: As in `predict`.
            future: As in `predict`.
            seed: Integer that makes the draws repeatable.

        Returns:
            A DataFrame with the columns "series" (of many), "timestamp",
            "path", 0 … num_paths − 1, and one per target, in its own units.

        Raises:
            RuntimeError: If the forecaster is not fitted.
            TypeError, ValueError: As in `predict`; or if there is no
                distribution to draw from.

        Reference:
            D. Salinas, V. Flunkert, J. Gasthaus and T. Januschowski (2020),
            "DeepAR: probabilistic forecasting with autoregressive recurrent
            networks", International Journal of Forecasting 36(3), 1181-1191.
        """
        settings = self.settings
        if not settings.outcome.kind.draws:
            raise ValueError(
                "Paths are drawn from a distribution. Received: distribution="
                f"{settings.distribution!r}. Fit with distribution="
                f"{keys_of(lambda head: head.draws)}."
            )
        validate.positive_int("num_paths", num_paths)
        if seed is not None:
            validate.integer("seed", seed, minimum=0)
        self._check_fitted()
        check_names_of_paths(self.columns)
        part, horizon = self._after(frame, horizon, future)
        paths = ensemble.paths(self.networks, settings, part, num_paths, seed)
        return paths_table(part, paths[:, :, :horizon])

    def _reader(self, horizon=None):
        """What reads frames, for the horizon trained or another one."""
        trained = self.settings.windows.horizon
        return self.reader.at_horizon(trained if horizon is None else horizon)

    def _after(self, frame, horizon, future):
        """The Part of the rows after a frame, and how many are wanted."""
        self._check_fitted()
        if horizon is None:
            horizon = self.settings.windows.horizon
        validate.positive_int("horizon", horizon)
        longest = self.reader.windows.horizon
        steps = self.settings.strategy.computed(horizon, longest)
        frame = self.tail if frame is None else as_frame(frame, self.columns)
        future = as_future(future, self.columns)
        check_future(frame, future, self.columns, steps)
        return self._reader(steps).for_frame(frame, future=future), horizon

    def backtest(
        self,
        frame,
        start,
        *,
        stride=1,
        season=None,
        refit=False,
        references=(),
    ):
        """Forecasts from past cutoffs, judged by what happened.

        Args:
            frame: DataFrame that reaches beyond the rows fitted on, or the
                path of a Parquet file or of a folder of them.
            start: First row that is forecast, an index value, or a period
                such as "1998" or "2024-04", which means its first row; all
                rows before it may be seen. Of rows that the forecaster was
                fitted on the scores are too good.
            stride: Rows from one cutoff to the next, the same cutoffs for all
                series. Where one is in a gap there is no forecast.
            season: Rows a season, for the seasonal references and the scale
                of MASE; None leaves the references out and scales by the
                naive forecast.
            refit: Whether to fit anew at each cutoff, on the rows up to it,
                with the `validation` of the last `fit`, rather than to
                forecast with the networks as they are. Each fit calibrates
                anew: `adapt` then has nothing to follow.
            references: `"ets"`, `"arima"` or both, fitted to each series
                beside the references that need no fitting; with statsmodels.

        Returns:
            A `Backtest`: all forecasts, and a table of scores with those of
            reference methods; `by("series")` and `by("step")` of it show
            where forecasts fail.

        Raises:
            RuntimeError: If the forecaster is not fitted.
            TypeError: If an argument is of another type.
            ValueError: If `start` is no row that can be forecast, or another
                argument is out of its range.
            ImportError: If a reference needs statsmodels and it is missing.
        """
        self._check_fitted()
        references = checked_methods("references", references)
        validate.boolean("refit", refit)
        if season is not None:
            validate.positive_int("season", season)
        frame = as_frame(frame, self.columns)
        part = rolling_part(self._reader(), frame, start, stride)
        table = self._refitted(frame, part) if refit else self._table(part)
        return Backtest.judge(table, part, season, references)

    def _refitted(self, frame, part):
        """As `_table`, each cutoff by a forecaster fitted up to it."""
        frame = self.reader.in_zone(frame)
        moments = part.series.index[part.series.positions(part.cutoffs)]
        tables = []
        for cutoff in moments.unique():
            known = up_to(frame, cutoff, self.columns, self.settings.gaps)
            past = refitted(self.clone(), known, self.validation, cutoff)
            # The same windows, in the scales that this one measured.
            series = past._reader().scaled(frame)
            of_cutoff = part.cutoffs[moments == cutoff]
            tables.append(past._table(Part("backtest", of_cutoff, series)))
        return pd.concat(tables, ignore_index=True)

    def plot(self, axes, frame, *, target=None, rows=None, future=None):
        """Draws the end of a frame and the forecast after it.

        Args:
            axes: Matplotlib axes.
            frame: DataFrame or path of one series, as in `predict`.
            target: The target to draw; None takes the first.
            rows: Rows of the frame to draw; None takes two lookbacks.
            future: As in `predict`.

        Raises:
            ValueError: As `predict`, or if the forecaster was fitted on many
                series, or not on that target.
        """
        self._check_fitted()
        check_drawable(self.columns, target)
        target = self.columns.target[0] if target is None else target
        if rows is None:
            rows = 2 * self.settings.windows.lookback
        validate.positive_int("rows", rows)
        frame = as_frame(frame, self.columns)
        forecast = self.predict(frame, future=future)
        plot_forecast(axes, frame[target].iloc[-rows:], forecast, target)

    def _check_fitted(self):
        if not self.networks:
            raise RuntimeError(
                "The forecaster is not fitted. Call `fit(frame)` first, or "
                "`Forecaster.load(path)`."
            )

    def _table(self, part):
        """Forecasts of a part with dates, one row each."""
        settings = self.settings
        intervals = self.intervals.first_steps(part.series.windows.horizon)
        if not settings.adapt:
            values = ensemble.quantiles(self.networks, settings, part)
            return forecast_table(part, point(values), intervals.bounds(values))
        fitted = LastRows.of(self.tail, self.columns.series)
        since = Since.fit(fitted, part, settings.adapt)
        values = ensemble.quantiles(self.networks, settings, since.part)
        rows = since.rows(part)
        bounds = [
            (level, lower[rows], upper[rows])
            for level, lower, upper in intervals.bounds(values, since)
        ]
        return forecast_table(part, point(values[rows]), bounds)
