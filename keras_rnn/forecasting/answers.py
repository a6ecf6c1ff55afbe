# SPDX-License-Identifier: Apache-2.0
"""What a fitted forecaster answers: forecasts, paths, backtests, a plot."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from keras_rnn import _validation as validate
from keras_rnn.data import Part, Reader
from keras_rnn.data.frames import as_frame
from keras_rnn.forecasting import ensemble
from keras_rnn.forecasting.backtests.backtest import Backtest
from keras_rnn.forecasting.backtests.rolling_cutoffs import Start, rolling_part
from keras_rnn.forecasting.fitted import Fittable
from keras_rnn.forecasting.frames import (
    Frame,
    as_future,
    as_known,
    check_drawable,
    check_future,
    refitting,
    up_to,
)
from keras_rnn.forecasting.intervals.of_forecasts import point
from keras_rnn.forecasting.intervals.origins_since_fit import LastRows, Since
from keras_rnn.forecasting.other_names import calls
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

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Answers(Fittable):
    """The questions that a `Forecaster` answers once it is fitted."""

    @calls.predict
    def predict(
        self,
        frame: Frame | None = None,
        *,
        horizon: int | None = None,
        future: Frame | None = None,
    ) -> pd.DataFrame:
        """Forecasts the rows after a frame.

        Args:
            frame: DataFrame with the columns of the one fitted on and at least
                lookback rows of each series, or the path of a Parquet file, or
                of a folder of them. None stands for the frame fitted on. Rows
                in another time zone are read as the same instants. With
                `adapt` the intervals follow the rows since the fit: pass all
                of them, and a lookback before them.
            horizon: Number of rows to forecast; None takes the horizon of the
                constructor. With strategy="direct" no more rows than that can
                be forecast, and fewer are the beginning of the whole forecast.
                Calibrated intervals do not reach further than that horizon
                either, because they are calibrated over it.
            future: DataFrame of the future covariates in the rows to forecast,
                or the path of a Parquet file, or of a folder of them; None if
                there are no such covariates. With strategy="direct" it must
                hold all rows of the horizon of the constructor.

        Returns:
            A DataFrame indexed by the timestamps forecast, in the time zone
            of the fit; of many series by series and timestamp. The index has
            the names that the frame gives them, or "timestamp". There is a
            column per target, in the units of the target, and for each
            interval the columns "<target>_lower_90" and "<target>_upper_90".
            If the frame was wide, see `Columns.wide`, each series has these
            columns.

        Raises:
            RuntimeError: If the forecaster is not fitted.
            TypeError, ValueError: If a frame cannot be used, or the horizon
                is too long.
        """
        part, horizon = self._after(frame, horizon, future)
        fitted, trained = self.fitted, self.settings.windows.horizon
        if fitted.intervals.calibrated and horizon > trained:
            raise ValueError(
                f"The intervals are calibrated for {trained} steps. Received: "
                f"horizon={horizon}. Fit with that horizon, or leave out "
                "`intervals`; those of a distribution also reach further with "
                "calibrate=False."
            )
        table = first_steps(self._table(part), part, horizon)
        return wide(table, part, fitted.reader.step)

    @calls.sample
    def sample(
        self,
        frame: Frame | None = None,
        *,
        num_paths: int = 100,
        horizon: int | None = None,
        future: Frame | None = None,
        seed: int | None = None,
    ) -> pd.DataFrame:
        """Draws what may follow a frame, path by path.

        With strategy="recursive" a path is one possible future: each step is
        drawn, and read before the next one is. So sums over steps, or the
        highest step of a path, have the right distribution, too. With the
        other strategies each step is drawn by itself, so only single steps
        have the right distribution.

        The networks of an ensemble draw equally many paths, one after the
        other. Paths are as the networks draw them, not calibrated.

        Args:
            frame: As in `predict`.
            num_paths: How many paths are drawn.
            horizon: As in `predict`.
            future: As in `predict`.
            seed: Integer that makes the draws repeatable.

        Returns:
            A DataFrame with the column of the series (of many series), the
            column of the time, which has the name of the index of the frame or
            is "timestamp", the column "path", 0 … num_paths − 1, and one per
            target, in the units of the target.

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
        if not settings.outcome.kind.can_sample:
            raise ValueError(
                "Paths are drawn from a distribution. Received: distribution="
                f"{settings.distribution!r}. Fit with distribution="
                f"{keys_of(lambda head: head.can_sample)}."
            )
        validate.positive_int("num_paths", num_paths)
        if seed is not None:
            validate.integer("seed", seed, minimum=0)
        networks = self.fitted.networks
        part, horizon = self._after(frame, horizon, future)
        check_names_of_paths(part)
        paths = ensemble.paths(networks, settings, part, num_paths, seed)
        return paths_table(part, paths[:, :, :horizon])

    @calls.backtest
    def backtest(
        self,
        frame: Frame,
        start: Start,
        *,
        stride: int = 1,
        season: int | None = None,
        refit: bool = False,
        references: str | Iterable[str] = (),
    ) -> Backtest:
        """Forecasts from past cutoffs, judged by what happened.

        Args:
            frame: DataFrame that reaches beyond the rows fitted on, or the
                path of a Parquet file or of a folder of them.
            start: First row to forecast: an index value, or a period such as
                "1998" or "2024-04", which stands for its first row. The
                networks may see all rows before it. Scores of rows that the
                forecaster was fitted on are too good.
            stride: Number of rows from one cutoff to the next. All series have
                the same cutoffs; one that has a gap there is not forecast.
            season: Number of rows of a season, for the seasonal references
                and the scale of MASE. None leaves those references out and
                scales by the naive forecast.
            refit: Whether to fit anew at each cutoff, on the rows up to it and
                with the `validation` of the last `fit`, rather than to
                forecast with the networks as they are. Each fit calibrates
                anew, so `adapt` has nothing to follow then.
            references: `"ets"`, `"arima"` or both, which are fitted to each
                series, beside the references that need no fitting. They need
                statsmodels.

        Returns:
            A `Backtest`: all forecasts, and a table of their scores beside
            those of the reference methods. Its `by("series")` and `by("step")`
            show where forecasts fail.

        Raises:
            RuntimeError: If the forecaster is not fitted.
            TypeError: If an argument is of another type.
            ValueError: If `start` is no row that can be forecast, or another
                argument is out of its range.
            ImportError: If a reference needs statsmodels and it is missing.
        """
        columns = self.fitted.columns
        references = checked_methods("references", references)
        validate.boolean("refit", refit)
        if season is not None:
            validate.positive_int("season", season)
        frame = as_frame(frame, columns)
        part = rolling_part(self._reader(), frame, start, stride)
        table = self._refitted(frame, part) if refit else self._table(part)
        return Backtest.judge(table, part, season, references)

    @calls.plot
    def plot(
        self,
        axes: "Axes",
        frame: Frame,
        *,
        target: str | None = None,
        rows: int | None = None,
        future: Frame | None = None,
    ) -> None:
        """Draws the end of a frame and the forecast after it.

        Args:
            axes: Axes of matplotlib.
            frame: DataFrame or path of one series, as in `predict`.
            target: The target to draw; None takes the first.
            rows: How many rows of the frame to draw; None takes two lookbacks.
            future: As in `predict`.

        Raises:
            ValueError: As `predict`, or if the forecaster was fitted on many
                series, or not on that target.
        """
        columns = self.fitted.columns
        check_drawable(columns, target)
        target = columns.target[0] if target is None else target
        rows = 2 * self.settings.windows.lookback if rows is None else rows
        validate.positive_int("rows", rows)
        frame = as_frame(frame, columns)
        forecast = self.predict(frame, future=future)
        plot_forecast(axes, frame[target].iloc[-rows:], forecast, target)

    def _reader(self, horizon: int | None = None) -> Reader:
        """What reads frames, for the horizon trained or another one."""
        horizon = self.settings.windows.horizon if horizon is None else horizon
        return self.fitted.reader.at_horizon(horizon)

    def _after(
        self,
        frame: Frame | None,
        horizon: int | None,
        future: Frame | None,
    ) -> tuple[Part, int]:
        """The windows to forecast after a frame, and how many steps of them."""
        fitted, columns = self.fitted, self.fitted.columns
        if horizon is None:
            horizon = self.settings.windows.horizon
        validate.positive_int("horizon", horizon)
        longest = fitted.reader.windows.horizon
        steps = self.settings.strategy.steps_to_compute(horizon, longest)
        frame = fitted.tail if frame is None else as_known(frame, columns)
        future = as_future(future, columns)
        check_future(frame, future, columns, steps)
        return self._reader(steps).for_frame(frame, future=future), horizon

    def _refitted(self, frame: pd.DataFrame, part: Part) -> pd.DataFrame:
        """As `_table`, with a new forecaster fitted at each cutoff."""
        fitted = self.fitted
        frame = fitted.reader.in_zone(frame)
        moments = part.series.index[part.series.positions(part.cutoffs)]
        tables = []
        for cutoff in moments.unique():
            known = up_to(frame, cutoff, fitted.columns, self.settings.gaps)
            with refitting(cutoff, fitted.validation):
                past = self.clone().fit(known, fitted.validation)
            # The windows stay, in the scales that the new forecaster measured.
            series = past._reader().scaled(frame)
            of_cutoff = part.cutoffs[moments == cutoff]
            tables.append(past._table(Part("backtest", of_cutoff, series)))
        return pd.concat(tables, ignore_index=True)

    def _table(self, part: Part) -> pd.DataFrame:
        """Forecasts of a part with dates, one row each."""
        settings, fitted = self.settings, self.fitted
        intervals = fitted.intervals.first_steps(part.series.windows.horizon)
        if not settings.adapt:
            values = ensemble.quantiles(fitted.networks, settings, part)
            return forecast_table(part, point(values), intervals.bounds(values))
        last_rows = LastRows.of(fitted.tail, fitted.columns.series)
        since = Since.fit(last_rows, part, settings.adapt)
        values = ensemble.quantiles(fitted.networks, settings, since.part)
        rows = since.rows(part)
        bounds = [
            (level, lower[rows], upper[rows])
            for level, lower, upper in intervals.bounds(values, since)
        ]
        return forecast_table(part, point(values[rows]), bounds)
