# SPDX-License-Identifier: Apache-2.0
"""Forecaster: a DataFrame in, a dated DataFrame out."""

from dataclasses import replace

import pandas as pd

from keras_rnn import _validation as validate
from keras_rnn.data import Reader, Split, split_and_scaled
from keras_rnn.data.frames import Source, as_frame, of_series
from keras_rnn.forecasting import ensemble
from keras_rnn.forecasting.against_naive import (
    check_windows,
    intervals_of,
    warn_against_naive,
)
from keras_rnn.forecasting.answers import Answers
from keras_rnn.forecasting.frames import only_column, tail_of
from keras_rnn.forecasting.saving import archive
from keras_rnn.forecasting.saving.guard import reading
from keras_rnn.forecasting.saving.savable import check_savable
from keras_rnn.forecasting.settings import Settings


class Forecaster(Answers):
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
        self.reader = self.tail = self.validation = self.intervals = None
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
        split = Split(validation=validation, test=0, purge=False)
        windows = settings.windows
        source = Source(
            columns, windows.ahead, settings.calendar, settings.gaps
        )
        data = split_and_scaled(
            source.read(frame),
            source,
            strategy.trained(windows),
            split,
            strategy.seen(settings.representation),
        )
        frame = of_series(frame, columns.series, data.series.names)
        # Of many rows the tail takes its room: before training takes more.
        tail = tail_of(frame, columns, data)
        check_savable(settings.given, data, columns.series)
        part = strategy.validation(data, windows.horizon)
        check_windows(settings, part)
        networks, history = ensemble.train(
            settings, data, resume=resume, verbose=verbose
        )
        values = ensemble.quantiles(networks, settings, part)
        self.intervals = intervals_of(settings, part, values)
        self.networks, self.history = networks, history
        self.columns, self.validation = columns, validation
        self.reader = replace(data.reader, scales=strategy.scales(data))
        self.tail = tail
        warn_against_naive(part, values)
        return self

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
            "scales": self.reader.scales,
            "step": self.reader.step,
            "own_steps": list(self.reader.own_steps.items()),
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
        self.columns, self.tail = contents["columns"], contents["tail"]
        self.intervals = contents["intervals"]
        self.reader = reader_of(contents)
        # Version 0.1 did not write it: then that of a fit without one.
        self.validation = contents.get("validation", 0.1)


def reader_of(contents):
    """The `Reader` in what was saved."""
    columns, scales = contents["columns"], contents["scales"]
    tail, step = contents["tail"], contents["step"]
    own_steps = contents.get("own_steps")
    if own_steps is None:  # version 0.1 did not write them: the rows show them
        source = Source(columns, 0, scales.calendar, scales.gaps)
        own_steps = source.read(tail, step=step).own_steps
    return Reader(columns, scales, step, dict(own_steps), tail.index[:0])
