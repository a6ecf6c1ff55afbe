# SPDX-License-Identifier: Apache-2.0
"""Forecaster: a DataFrame in, a dated DataFrame out."""

import inspect
import numbers
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal, Self

from keras_rnn import _names
from keras_rnn import _validation as validate
from keras_rnn._types import PathLike
from keras_rnn.data import Columns, Split, split_and_scaled
from keras_rnn.data.frames import Source, as_frame, of_series
from keras_rnn.data.representations import Representation
from keras_rnn.forecasting import ensemble
from keras_rnn.forecasting.against_naive import (
    check_windows,
    intervals_of,
    warn_against_naive,
)
from keras_rnn.forecasting.answers import Answers
from keras_rnn.forecasting.fitted import Fitted
from keras_rnn.forecasting.frames import Frame, only_column, tail_of
from keras_rnn.forecasting.other_names import calls
from keras_rnn.forecasting.other_names.attributes import FORECASTER_ATTRIBUTES
from keras_rnn.forecasting.other_names.constructor import FORECASTER, USAGE
from keras_rnn.forecasting.saving import archive
from keras_rnn.forecasting.saving.guard import reading
from keras_rnn.forecasting.saving.savable import check_savable
from keras_rnn.forecasting.settings import Settings
from keras_rnn.models import Stack, Training


@_names.other_attributes(**FORECASTER_ATTRIBUTES)
@_names.other_names(USAGE, **FORECASTER)
class Forecaster(Answers):
    """Recurrent networks that forecast a time series, with dates.

    `fit` trains them on a frame, `predict` forecasts the rows after it.

    Args:
        horizon: Number of rows to forecast.
        lookback: Number of past rows that a network sees.
        columns: Name of the target, or `Columns` with the role of each
            column; None takes the only column of the frame.
        network: A key of `keras_rnn.layers.LAYERS`, for one layer of 32 units;
            a `keras_rnn.models.Stack` for other widths, more layers, dropout
            and so on, such as `Stack("gru", units=[64, 32], dropout=0.1)`; or
            a list of keys and stacks, for an ensemble of different networks.
        strategy: How the steps of the horizon are forecast. `"direct"`: all
            at once. `"recursive"`: one step at a time, whose forecast is the
            next input row. `"encoder_decoder"`: step after step, by a decoder.
            The latter two can forecast more rows than `horizon`. A recursive
            network takes no past covariates, because they are unknown in the
            rows that it feeds back.
        distribution: What is forecast of each step. None: a number. A key of
            `keras_rnn.models.DISTRIBUTIONS`: `"quantiles"` for the ends of the
            `intervals`, whatever the shape of the distribution; a distribution
            in the network's units, such as `"gaussian"`; or a distribution of
            counts, such as `"negative_binomial"`. The forecast is then the
            median. A recursive network feeds back draws from the distribution,
            and takes no `"quantiles"`.
        representation: What a network sees of its targets: `Change()`, the
            default, for levels that drift; `Level()` for levels that do not;
            or a key of `keras_rnn.data.REPRESENTATIONS`, such as `"level"`.
            The default for a distribution of counts is `Counts()`. A recursive
            network sees only the part of a representation that does not move
            with the cutoff: the changes of `Change()`, the seasonal changes of
            `SeasonalChange()`. `WindowLevel()` has no such part, and is
            refused.
        calendar: Names such as `("month", "dayofweek")`: the position of each
            row in these cycles is a covariate that is known ahead.
        gaps: What is done about missing rows and values: `"refuse"`,
            `"interpolate"`, `"mask"` or `"elapsed"`; see
            `keras_rnn.data.prepare`. A recursive network takes the first two.
        num_seeds: How often each network is trained, each time from another
            seed.
        combine: How the forecasts of several networks become one: by their
            `"mean"` or `"median"`, of distributions quantile by quantile.
        intervals: Nominal coverages of intervals, increasing, such as
            `(0.8, 0.9)`. Without a distribution an interval lies around the
            forecast, as wide as the errors on the validation part ask for.
            With one its ends are quantiles of the distribution, corrected by
            how often such intervals held what happened in that part.
        calibrate: Whether the validation part corrects the intervals. False
            takes the quantiles of the distribution as they are.
        adapt: How far a miss moves the level of calibrated intervals, from 0
            to 1. With 0 they stay as the validation part made them: if errors
            grow later, too much falls outside. With 0.05, say, they follow the
            errors. Then networks forecast, too, from every row since the fit
            in the frame given to `predict` or `backtest`, which takes longer.
            What happened after such a row moves the intervals of its series,
            step and target, as far as it is known at the end of the frame, or
            at the cutoff in `backtest`. `ConformalIntervals.adaptive` says
            how.
        training: How networks are trained; `Training()` if None.

    Attributes:
        settings: These arguments, checked.
        columns: The role of each column; None until a frame is seen.
        networks: List of the trained networks; empty before the first fit.
        history: DataFrame of the losses of the last fit, by network, cell,
            seed and epoch.
        fitted: All that the last `fit` left behind; a RuntimeError before it.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If a value is wrong, a key is unknown, or two arguments do
            not go together.

    Example:
        >>> import pandas as pd
        >>> from keras_rnn.forecasting import Forecaster, Training
        >>> from keras_rnn.models import Stack
        >>> days = pd.date_range("2024-01-01", periods=120, freq="D")
        >>> frame = pd.DataFrame({"y": [k % 7 for k in range(120)]}, index=days)
        >>> forecaster = Forecaster(
        ...     horizon=2,
        ...     lookback=7,
        ...     network=Stack("lstm", units=4),
        ...     training=Training(epochs=1),
        ... )
        >>> forecast = forecaster.fit(frame).predict()
        >>> [str(day.date()) for day in forecast.index]
        ['2024-04-30', '2024-05-01']
    """

    def __init__(
        self,
        *,
        horizon: int,
        lookback: int,
        columns: str | Columns | None = None,
        network: str | Stack | Sequence[str | Stack] = "lstm",
        strategy: Literal["direct", "recursive", "encoder_decoder"] = "direct",
        distribution: str | None = None,
        representation: str | Representation | None = None,
        calendar: str | Iterable[str] = (),
        gaps: Literal["refuse", "interpolate", "mask", "elapsed"] = "refuse",
        num_seeds: int = 1,
        combine: Literal["mean", "median"] = "mean",
        intervals: float | Sequence[float] = (),
        calibrate: bool = True,
        adapt: float = 0.0,
        training: Training | None = None,
    ) -> None:
        given = locals()
        self.settings: Settings = Settings(
            **{name: given[name] for name in given if name != "self"}
        )

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self)).parameters
        changed = [
            f"{name}={value!r}".replace("\n", " ")
            for name, value in self.settings.given.items()
            if repr(value) != repr(defaults[name].default)
        ]
        return f"{type(self).__name__}({', '.join(changed)})"

    @calls.fit
    def fit(
        self,
        frame: Frame,
        validation: float = 0.1,
        *,
        resume: PathLike | None = None,
        verbose: Literal["auto", 0, 1, 2] = 0,
    ) -> Self:
        """Trains the networks.

        Args:
            frame: DataFrame with one row per time step, as
                `keras_rnn.data.prepare` wants it, or the path of a Parquet
                file or of a folder of them.
            validation: Size of the last part of the frame, which stops the
                training in time and calibrates the intervals: a float is a
                fraction of the rows, an int a number of rows.
            resume: Folder for the state of the training, which is written
                after every epoch. A state that is there already, of the same
                settings and rows, is continued; `Training.epochs` may be more
                than before.
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
        if validation is None or (
            isinstance(validation, numbers.Real) and validation == 0
        ):
            raise ValueError(
                "Training stops by the last rows, and intervals are calibrated "
                f"on them. {validate.received('validation', validation)} Write "
                "fit(frame, validation=0.1), or another size."
            )
        columns = settings.columns
        if columns is None:
            columns = only_column(frame)
        frame = as_frame(frame, columns)
        split = Split(validation=validation, test=0, purge=False)
        windows = settings.windows
        source = Source(
            columns, windows.ahead, settings.calendar, settings.gaps
        )
        data = split_and_scaled(
            source.read(frame),
            source,
            strategy.training_windows(windows),
            split,
            strategy.network_representation(settings.representation),
        )
        frame = of_series(frame, columns.series, data.series.names)
        # It takes much memory of many rows: before training takes more.
        tail = tail_of(frame, columns, data)
        check_savable(settings.given, data, columns.series)
        part = strategy.validation(data, windows.horizon)
        check_windows(settings, part)
        networks, history = ensemble.train(
            settings, data, resume=resume, verbose=verbose
        )
        values = ensemble.quantiles(networks, settings, part)
        self._fitted = Fitted(
            columns=columns,
            reader=replace(data.reader, scales=strategy.scales(data)),
            tail=tail,
            networks=networks,
            intervals=intervals_of(settings, part, values),
            validation=validation,
            history=history,
        )
        warn_against_naive(part, values)
        return self

    def clone(self) -> Self:
        """A new forecaster with the same settings, not fitted."""
        return type(self)(**self.settings.given)

    @calls.save
    def save(self, path: PathLike) -> None:
        """Writes the forecaster into one file, which `load` reads.

        Args:
            path: The file to write; by convention its name ends with
                ".forecaster".

        Raises:
            RuntimeError: If the forecaster is not fitted.
            ValueError: If the name ends like that of a model of Keras.
            OSError: If the path is a folder, or is in one that does not exist.
        """
        contents = {"settings": self.settings.given, **self.fitted.contents()}
        archive.write(path, contents, self.networks)

    @classmethod
    @calls.load
    def load(cls, path: PathLike) -> Self:
        """Reads a forecaster that `save` wrote; it can predict at once.

        Args:
            path: The file.

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
            settings = forecaster.settings
            expected = len(settings.stacks) * settings.num_seeds
            if len(networks) != expected:
                raise ValueError(
                    f"it holds {len(networks)} networks instead of {expected}"
                )
            forecaster._fitted = Fitted.of(contents, networks)
        return forecaster
