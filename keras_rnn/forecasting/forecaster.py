# SPDX-License-Identifier: Apache-2.0
"""Forecaster: a DataFrame in, a dated DataFrame out."""

import pandas as pd

from keras_rnn import _validation as validate
from keras_rnn.data import Part, Split, prepare
from keras_rnn.data.frames import as_frame, of_series
from keras_rnn.forecasting import ensemble
from keras_rnn.forecasting.against_naive import (
    check_windows,
    intervals_of,
    warn_against_naive,
)
from keras_rnn.forecasting.backtests.backtest import Backtest
from keras_rnn.forecasting.backtests.rolling_cutoffs import rolling_part
from keras_rnn.forecasting.frames import (
    as_future,
    check_drawable,
    check_future,
    only_column,
    refitted,
    tail_of,
    up_to,
)
from keras_rnn.forecasting.intervals.of_forecasts import point
from keras_rnn.forecasting.intervals.origins_since_fit import Since
from keras_rnn.forecasting.outcomes import keys_of
from keras_rnn.forecasting.plots import plot_forecast
from keras_rnn.forecasting.reference_methods.table import checked_methods
from keras_rnn.forecasting.saving import archive
from keras_rnn.forecasting.saving.guard import reading
from keras_rnn.forecasting.saving.savable import check_savable
from keras_rnn.forecasting.settings import Settings
from keras_rnn.forecasting.strategies.base import at_horizon
from keras_rnn.forecasting.tables import (
    check_names_of_paths,
    first_steps,
    forecast_table,
    paths_table,
    wide,
)


class Forecaster:
    """Recurrent networks that forecast a time series, with dates.

    Fit it on a frame, read the forecast of the rows after it:

    Args:
        horizon: Rows to forecast.
        lookback: Rows that a network sees.
        columns: Name of the target, or `Columns` with the role of each
            column; None takes the only column of the frame.
        cell: A key of `keras_rnn.layers.LAYERS`, or several: an ensemble of
            networks of different cells. `"fused_lstm"` is the LSTM of this
            package: the equations of `"lstm"`, that of Keras, trained with
            the gradient derived by hand.
        units: Width of the recurrent layer, or a list, one width a layer.
        options: Further settings of `keras_rnn.models.Stack`, such as
            `{"dropout": 0.1, "residual": True}`.
        strategy: `"direct"`, all steps of the horizon at once; `"recursive"`,
            one step, whose forecast is the next input row; or
            `"encoder_decoder"`, step after step by a decoder. The latter two
            can forecast longer horizons than `horizon`. A recursive network
            needs covariates that are known ahead: it takes no past ones.
        distribution: What is said of each step. None, a number; or a key of
            `keras_rnn.models.DISTRIBUTIONS`: `"quantiles"` of the `intervals`,
            without a choice of shape; a distribution in the network's units,
            such as `"gaussian"`; or one of counts, such as
            `"negative_binomial"`. The forecast is then the median. A recursive
            network draws from it, and feeds the draws back; it takes no
            quantiles.
        representation: What a network sees of its targets: `Change()`, the
            default, for levels that drift, `Level()` for those that do not.
            For a distribution of counts it is `Counts()`. A recursive
            network sees of it what does not move with the cutoff: of
            `Change()` the changes, of `SeasonalChange()` the seasonal ones;
            `WindowLevel()` it cannot take.
        calendar: Where a row stands in its cycles, as covariates that are
            known ahead: names such as `("month", "dayofweek")`.
        gaps: `"refuse"`, `"interpolate"` or `"mask"` missing rows and values;
            see `keras_rnn.data.prepare`. A recursive network does not mask.
        seeds: Networks per cell, each from its own seed.
        combine: `"mean"` or `"median"` of the networks; of distributions,
            of each quantile.
        intervals: Nominal coverages of intervals, increasing, such as
            `(0.8, 0.9)`. Without a distribution they are the forecast and the
            errors on the validation part around it; with one they are its
            quantiles, corrected by how they covered that part.
        calibrate: Whether they are; False takes the quantiles as they are.
        adapt: How far a miss moves the level of calibrated intervals, 0 to 1.
            0 leaves them as the validation part made them; errors that grow
            from there on then fall outside too often. 0.05 lets them follow:
            every row since the fit, in the frame given to `predict` or
            `backtest`, is a cutoff to forecast from, and what happened up to
            the last row of that frame, of `backtest` up to each cutoff,
            moves the intervals of each series, step and target. See
            `ConformalQuantiles.adaptive`. Networks forecast all those rows.
        training: `Training`, how the networks are trained.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If a value is wrong, a key is unknown, or two arguments do
            not go together.

    Example:
        >>> import pandas as pd
        >>> from keras_rnn.forecasting import Forecaster, Training
        >>> days = pd.date_range("2024-01-01", periods=120, freq="D")
        >>> frame = pd.DataFrame({"y": [k % 7 for k in range(120)]}, index=days)
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
        cell="fused_lstm",
        units=32,
        options=None,
        strategy="direct",
        distribution=None,
        representation=None,
        calendar=(),
        gaps="refuse",
        seeds=1,
        combine="mean",
        intervals=(),
        calibrate=True,
        adapt=0.0,
        training=None,
    ):
        given = locals()
        self.settings = Settings(
            **{name: given[name] for name in given if name != "self"}
        )
        self.columns = self.settings.columns
        self.data = self.scales = self.tail = None
        self.validation = None
        self.intervals = None
        self.networks = []
        self.history = pd.DataFrame()

    def fit(self, frame, validation=0.1, *, resume=None, verbose=0):
        """Trains the networks.

        Args:
            frame: DataFrame with one row per time step, as
                `keras_rnn.data.prepare` wants it, or the path of a Parquet
                file or of a folder of them.
            validation: Last rows of the frame, a fraction or a number, that
                stop the training in time and calibrate the intervals.
            resume: Folder for the state of the training: written after every
                epoch, and continued if it is there, with the same settings
                and rows; `Training.epochs` may be more than before.
            verbose: As in `keras.Model.fit`: "auto", 0, 1 or 2.

        Returns:
            The forecaster itself.

        Raises:
            TypeError, ValueError: If the frame cannot be used; the message
                says why, and nothing has been trained.
            RuntimeError: If a loss is no longer a finite number, or another
                training goes on in the folder.
        """
        settings, strategy = self.settings, self.settings.strategy
        if resume is not None:
            resume = validate.folder("resume", resume)
        validate.one_of("verbose", verbose, ("auto", 0, 1, 2))
        columns = settings.columns
        frame = as_frame(frame, columns)
        if columns is None:
            columns = only_column(frame)
        data = prepare(
            frame,
            columns,
            strategy.trained(settings.windows),
            split=Split(validation=validation, test=0, purge=False),
            representation=strategy.seen(settings.representation),
            calendar=settings.calendar,
            gaps=settings.gaps,
        )
        frame = of_series(frame, columns.series, data.series.names)
        # Of many rows the tail takes its room: before training takes more.
        tail = tail_of(frame, columns, data)
        check_savable(settings.given, data, columns.series)
        whole = strategy.whole(data, frame, settings.windows)
        part = strategy.validation(data, whole)
        check_windows(settings, part)
        self.networks, self.history = ensemble.train(
            settings, data, resume=resume, verbose=verbose
        )
        self.columns, self.data = columns, whole
        self.scales = strategy.scales(data)
        self.tail, self.validation = tail, validation
        values = ensemble.quantiles(self.networks, settings, part)
        self.intervals = intervals_of(settings, part, values)
        warn_against_naive(part, values)
        return self

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
        return wide(
            first_steps(self._table(part), part, horizon), self.data.step
        )

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

    def _after(self, frame, horizon, future):
        """The Part of the rows after a frame, and how many are wanted."""
        self._check_fitted()
        trained = self.settings.windows.horizon
        if horizon is None:
            horizon = trained
        validate.positive_int("horizon", horizon)
        longest = self.scales.windows.horizon
        steps = self.settings.strategy.computed(horizon, longest)
        data = self.data
        if steps != trained:
            data = self._prepared(steps, data.step, data.own_steps)
        frame = self.tail if frame is None else as_frame(frame, self.columns)
        future = as_future(future, self.columns)
        check_future(frame, future, self.columns, steps)
        return data.for_frame(frame, future=future), horizon

    def _prepared(self, horizon, step, own_steps):
        """PreparedData without parts, that reads frames."""
        return at_horizon(
            self.tail, self.columns, self.scales, step, horizon, own_steps
        )

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
        part = rolling_part(self.data, frame, start, stride)
        table = self._refitted(frame, part) if refit else self._table(part)
        return Backtest.judge(table, part, season, references)

    def _refitted(self, frame, part):
        frame = self.data.in_zone(frame)
        moments = part.series.index[part.series.positions(part.cutoffs)]
        tables = []
        for cutoff in moments.unique():
            known = up_to(frame, cutoff, self.columns, self.settings.gaps)
            past = refitted(self.clone(), known, self.validation, cutoff)
            # The same windows, in the scales that this one measured.
            series = past.data.scales.apply(past.data.read(frame))
            of_cutoff = part.cutoffs[moments == cutoff]
            tables.append(past._table(Part("backtest", of_cutoff, series)))
        return pd.concat(tables, ignore_index=True)

    def clone(self):
        """A new forecaster with the same settings, not fitted."""
        return type(self)(**self.settings.given)

    def save(self, path):
        """Writes the forecaster into one file, which `load` reads.

        Args:
            path: Where to; by convention it ends with ".forecaster".
        """
        self._check_fitted()
        contents = {
            "settings": self.settings.given,
            "columns": self.columns,
            "scales": self.scales,
            "step": self.data.step,
            "own_steps": list(self.data.own_steps.items()),
            "tail": self.tail,
            "intervals": self.intervals,
            "validation": self.validation,
        }
        archive.write(path, contents, self.networks)

    @classmethod
    def load(cls, path):
        """Reads a forecaster that `save` wrote; it can predict at once.

        Args:
            path: Where it is.

        Returns:
            A fitted `Forecaster`.

        Raises:
            FileNotFoundError: If there is no such file.
            ValueError: If the file is no saved forecaster, is damaged, or
                holds networks of a cell that is not registered here.
        """
        with reading(path):
            contents, networks = archive.read(path)
            forecaster = cls(**contents["settings"])
            forecaster._restore(contents, networks)
        return forecaster

    def _restore(self, contents, networks):
        """Takes over what was saved."""
        expected = len(self.settings.stacks) * self.settings.seeds
        if len(networks) != expected:
            raise ValueError(
                f"it holds {len(networks)} networks instead of {expected}"
            )
        self.networks = networks
        for name in ("columns", "scales", "tail", "intervals"):
            setattr(self, name, contents[name])
        # Version 0.1 did not write it: then that of a fit without one.
        self.validation = contents.get("validation", 0.1)
        self.data = self._prepared(
            self.settings.windows.horizon,
            contents["step"],
            contents.get("own_steps", ()),
        )

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
        since = Since.fit(self.data, part, settings.adapt)
        values = ensemble.quantiles(self.networks, settings, since.part)
        rows = since.rows(part)
        bounds = [
            (level, lower[rows], upper[rows])
            for level, lower, upper in intervals.bounds(values, since)
        ]
        return forecast_table(part, point(values[rows]), bounds)
