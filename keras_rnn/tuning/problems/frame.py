# SPDX-License-Identifier: Apache-2.0
"""Forecast: what a search learns from a DataFrame."""

import dataclasses
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

import pandas as pd

from keras_rnn import _names
from keras_rnn import _validation as validate
from keras_rnn.data import (
    Columns,
    PreparedData,
    Split,
    Windows,
    representation_of,
    split_and_scaled,
)
from keras_rnn.data.frames import Source, as_frame
from keras_rnn.data.representations import Representation
from keras_rnn.forecasting import Forecaster
from keras_rnn.models import (
    DISTRIBUTIONS,
    ForecastHead,
    Head,
    Regression,
    Stack,
    Training,
    check_loss,
)
from keras_rnn.tuning.folds import CrossValidation, Fold
from keras_rnn.tuning.other_names import FORECAST
from keras_rnn.tuning.problems.base import Settings, Task
from keras_rnn.tuning.problems.frame_fold import (
    ForecastFold,
    first_rows,
    num_rows,
)


@_names.other_names(
    "Forecast(frame, Columns('sales'), Windows(lookback=24, horizon=6))",
    **FORECAST,
)
@dataclass(frozen=True, eq=False)
class Forecast(Task):
    """The task to forecast the targets of a frame, as a `Forecaster` does.

    Networks for one series are judged by the mean absolute error of their
    medians, in the units of the series. With many series, the error in each
    one is divided by the error of the naive method in its training rows, so
    that large series do not outweigh the others. With several targets, the
    score is the mean over them.

    Its settings are those of a `Forecaster`. The space of a search has entries
    for four of them: `lookback`, `strategy`, `representation` and `calendar`.
    An entry that is not tuned keeps the setting of the task.
    `Forecaster(**search.best_settings())` has the settings that were found.

    Args:
        frame: DataFrame as `keras_rnn.data.prepare` takes it.
        columns: The role of each column.
        windows: The shape of a window. A `gap` needs `strategy="direct"`, and
            no Forecaster has it.
        strategy: `"direct"`, `"recursive"` or `"encoder_decoder"`.
        representation: How the network sees its targets: a representation,
            such as `Log(Change())`, or a key of
            `keras_rnn.data.REPRESENTATIONS`; None for that of the
            distribution, as in a `Forecaster`.
        calendar: Names such as `("month", "dayofweek")`.
        gaps: `"refuse"`, `"interpolate"`, `"mask"` or `"elapsed"`.
        season: Number of rows after which the series repeats. With it the
            seasonal naive forecast joins the leaderboard, and
            `"seasonal_change"` can be chosen as a representation.
        distribution: What is forecast for each step: a key of
            `keras_rnn.models.DISTRIBUTIONS`, whose median is judged, or None
            for a number.
        intervals: As in a `Forecaster`, for `distribution="quantiles"`.
        loss: A loss of Keras; None for that of the distribution, or "mae".

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If a value is wrong, or two do not go together.
    """

    frame: pd.DataFrame
    columns: Columns
    windows: Windows
    _: KW_ONLY
    strategy: str = "direct"
    representation: str | Representation | None = None
    calendar: str | tuple[str, ...] = ()
    gaps: str = "refuse"
    season: int | None = None
    distribution: str | None = None
    intervals: tuple[float, ...] = ()
    loss: Any = None

    direction: ClassVar[str] = "min"

    def __post_init__(self) -> None:
        validate.instance("columns", self.columns, Columns)
        object.__setattr__(self, "frame", as_frame(self.frame, self.columns))
        validate.instance("windows", self.windows, Windows)
        if self.loss is not None:
            check_loss(self.loss)
        if self.season is not None:
            validate.positive_int("season", self.season)
        validate.one_of(
            "distribution", self.distribution, (None, *DISTRIBUTIONS)
        )
        if self.representation is None:
            object.__setattr__(self, "representation", self.kind.representation)
        if isinstance(self.calendar, str):
            object.__setattr__(self, "calendar", (self.calendar,))
        self.check_settings(self.entries())

    @property
    def score_name(self) -> str:
        """What the score is called: "MAE", or "MASE" of many series."""
        return "MAE" if self.columns.series is None else "MASE"

    @property
    def kind(self) -> type[ForecastHead]:
        """The class of the heads of all models."""
        if self.distribution is None:
            return Regression
        return DISTRIBUTIONS[self.distribution]

    @property
    def head(self) -> Head:
        """A head of one step. Its loss and metrics are those of all steps."""
        return self.forecaster(self.entries()).settings.outcome.reader

    @property
    def fixed(self) -> tuple[str, ...]:
        """The representation, for counts: networks see them as they are."""
        of_counts = self.kind.representation == "counts"
        return ("representation",) if of_counts else ()

    def entries(self) -> Settings:
        """The entries that the task adds to the space: name -> own value."""
        return {
            "lookback": self.windows.lookback,
            "strategy": self.strategy,
            "representation": self.representation,
            "calendar": self.calendar,
        }

    def forecaster(
        self,
        settings: Settings,
        network: str | Stack = "lstm",
        training: Training | None = None,
    ) -> Forecaster:
        """A Forecaster with the settings of a trial, not fitted.

        Args:
            settings: Values of `entries`.
            network: Its network.
            training: How it is trained; None for the loss of the task and
                defaults.
        """
        return Forecaster(**self._arguments(settings, network, training))

    def _arguments(
        self,
        settings: Settings,
        network: str | Stack,
        training: Training | None,
    ) -> dict[str, Any]:
        """The arguments of a Forecaster with the settings of a trial."""
        representation = settings["representation"]
        if isinstance(representation, str):
            representation = representation_of(representation, self.season)
        return {
            "horizon": self.windows.horizon,
            "lookback": settings["lookback"],
            "columns": self.columns,
            "network": network,
            "strategy": settings["strategy"],
            "distribution": self.distribution,
            "representation": representation,
            "calendar": settings["calendar"],
            "gaps": self.gaps,
            "intervals": self.intervals,
            # Checks ask no more than whether there is a loss.
            "training": training
            or Training(loss=None if self.loss is None else "mae"),
        }

    def best_settings(
        self, network: dict[str, Any], training: Training, settings: Settings
    ) -> dict[str, Any]:
        """The arguments of a `Forecaster` with the best settings."""
        if self.windows.gap:
            raise ValueError(
                "A Forecaster forecasts the rows next to the last known one. "
                f"Received: windows={self.windows!r}. "
                "Use `best_model()` and `best_data()`."
            )
        return self._arguments(settings, Stack(**network), training)

    def check_settings(self, settings: Settings) -> None:
        """Raises an error for settings that no Forecaster can have."""
        self.forecaster(settings)
        if self.windows.gap and settings["strategy"] != "direct":
            raise ValueError(
                "The other strategies write the rows next to the last known "
                f"one. Received: strategy={settings['strategy']!r}, "
                f"gap={self.windows.gap}. Use strategy='direct' or gap=0."
            )

    def folds(self, validation: CrossValidation) -> list[Fold]:
        """The folds, as cuts of the rows of each series.

        They are cut from as many rows as a series has at the median, and lie
        at the end of each series.
        """
        return validation.rolling(num_rows(self.frame, self.columns.series))

    def fold_data(self, settings: Settings, fold: Fold) -> ForecastFold:
        """The windows of one fold, to train on and to judge by."""
        judged = len(fold.validation)
        self.windows.check_room("validation", judged)
        end = int(fold.validation[-1]) + 1
        held_out = end - int(fold.train[-1]) - 1
        data = self.prepared(settings, end, held_out)
        return ForecastFold(
            data, self.forecaster(settings).settings, judged, self.season
        )

    def all_data(self, settings: Settings) -> ForecastFold:
        """All windows, which the best model trains on."""
        return ForecastFold(
            self.prepared(settings), self.forecaster(settings).settings
        )

    def prepared(
        self, settings: Settings, rows: int | None = None, held_out: int = 0
    ) -> PreparedData:
        """The frame as networks with these settings see it.

        Args:
            settings: Values of `entries`.
            rows: End of a fold, as its position among the rows that folds are
                cut from. Later rows are left out; None leaves out none.
            held_out: How many of the last rows that remain of each series do
                not train.
        """
        chosen = self.forecaster(settings).settings
        windows = dataclasses.replace(
            self.windows, lookback=settings["lookback"]
        )
        source = Source(
            self.columns, windows.ahead, chosen.calendar, chosen.gaps
        )
        frame = self.frame
        if rows is not None:
            frame = first_rows(frame, self.columns.series, rows)
        return split_and_scaled(
            source.read(frame),
            source,
            chosen.strategy.training_windows(windows),
            Split(validation=held_out, test=0),
            chosen.strategy.network_representation(chosen.representation),
        )

    def baselines(self, validation: CrossValidation) -> dict[str, list[float]]:
        """Scores of forecasts without a model: name -> one score per fold."""
        scores: dict[str, list[float]] = {}
        for fold in self.folds(validation):
            data = self.fold_data(self.entries(), fold)
            for name, score in data.reference_scores().items():
                scores.setdefault(name, []).append(score)
        return scores

    def question(self) -> dict[str, Any]:
        """The settings that scores depend on, and the columns in use."""
        names = list(self.columns.all)
        if self.columns.series is not None:
            names.append(self.columns.series)
        return super().question() | {"frame": self.frame[names]}

    def check_folds(
        self, validation: CrossValidation, entries: dict[str, list[Any]]
    ) -> None:
        """Raises a ValueError if no trial of a space could be judged.

        The first fold has the fewest rows to train on. If the longest lookback
        finds room there, all of them do in every fold.
        """
        first = self.folds(validation)[0]
        usual = self.entries() | {"lookback": max(entries["lookback"])}
        for name in ("strategy", "representation", "calendar"):
            for value in entries[name]:
                self.fold_data(usual | {name: value}, first)
