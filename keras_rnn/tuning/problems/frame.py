# SPDX-License-Identifier: Apache-2.0
"""What a search learns, if it is to forecast a DataFrame."""

import dataclasses
from dataclasses import KW_ONLY, dataclass

import numpy as np
import pandas as pd

from keras_rnn import _validation as validate
from keras_rnn.data import (
    REPRESENTATIONS,
    Columns,
    Part,
    Split,
    Windows,
    prepare,
    representation_of,
)
from keras_rnn.forecasting import naive, seasonal_naive
from keras_rnn.metrics import mae
from keras_rnn.models import (
    DISTRIBUTIONS,
    ForecastHead,
    Regression,
    Sequences,
)
from keras_rnn.tuning.problems.base import Task, check_name_of_loss
from keras_rnn.tuning.search_space.ranges import ends


@dataclass(frozen=True, eq=False)
class Forecast(Task):
    """To forecast the targets of a frame; judged by MAE in their own units.

    Args:
        frame: DataFrame as `keras_rnn.data.prepare` takes it.
        columns: Columns, the role of each column.
        windows: Windows, the shape of a window.
        scaling: What the network sees of its targets, a key of
            `keras_rnn.data.REPRESENTATIONS`: `"level"`, `"change"` for levels
            that drift, ...; None: `"counts"` for a distribution of counts,
            `"level"` else.
        season: Rows after which the series repeats; the seasonal naive
            forecast then joins the leaderboard, and `"seasonal_change"` the
            scalings that can be chosen.
        distribution: What is said of each step: None, a number, or a key of
            `keras_rnn.models.DISTRIBUTIONS`. Its median is judged.
        loss: What is trained on, a loss of Keras; None: what fits the
            distribution, or "mae".

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If the scaling, the distribution or the loss is unknown,
            two do not go together, or there are many series.
    """

    frame: pd.DataFrame
    columns: Columns
    windows: Windows
    _: KW_ONLY
    scaling: str | None = None
    season: int | None = None
    distribution: str | None = None
    loss: str | None = None

    score_name = "MAE"
    direction = "min"

    def __post_init__(self):
        validate.instance(
            "frame", self.frame, pd.DataFrame, "Use `pd.DataFrame(frame)`."
        )
        validate.instance("columns", self.columns, Columns)
        validate.instance("windows", self.windows, Windows)
        if self.columns.series is not None:
            raise ValueError(
                "Folds are cut in one series. "
                f"Received: columns={self.columns!r}. "
                "Search on one of the series, with series=None."
            )
        if self.season is not None:
            validate.positive_int("season", self.season)
        validate.one_of(
            "distribution", self.distribution, (None, *DISTRIBUTIONS)
        )
        if self.scaling is None:
            usual = "counts" if self._of_counts else "level"
            object.__setattr__(self, "scaling", usual)
        self._check_scaling(self.scaling)
        if self.loss is not None and self.distribution is not None:
            raise ValueError(
                "A distribution brings its own loss. Received: "
                f"loss={self.loss!r}. Leave out one of them."
            )
        check_name_of_loss(self.training_loss)

    @property
    def kind(self):
        """The class of the models' heads."""
        return DISTRIBUTIONS.get(self.distribution, Regression)

    @property
    def head(self):
        """A head of one step, which answers for all of its kind."""
        return self.kind()

    @property
    def fixed(self):
        """Counts leave no choice of what a network sees of them."""
        return ("scaling",) if self._of_counts else ()

    @property
    def _of_counts(self):
        return self.kind.representation == "counts"

    def _check_scaling(self, scaling):
        validate.one_of("scaling", scaling, tuple(REPRESENTATIONS))
        if self._of_counts != (scaling == "counts"):
            raise ValueError(
                "scaling='counts' and a distribution of counts need each "
                f"other. Received: scaling={scaling!r}, distribution="
                f"{self.distribution!r}. Change one of them."
            )
        representation_of(scaling, self.season)

    def entries(self):
        """What forecasts add to the space, with the task's own values."""
        return {"lookback": self.windows.lookback, "scaling": self.scaling}

    def prepared(self, settings, rows=None, validation=0):
        """The frame, prepared as the settings say.

        Args:
            settings: Holds "lookback" and "scaling".
            rows: Number of rows from the first; None means all.
            validation: Of them, rows of the validation part.

        Returns:
            PreparedData without a test part.
        """
        return prepare(
            self.frame.iloc[:rows],
            self.columns,
            self._windows(settings),
            split=Split(validation=validation, test=0),
            representation=representation_of(settings["scaling"], self.season),
        )

    def _windows(self, settings):
        return dataclasses.replace(self.windows, lookback=settings["lookback"])

    def shape(self, settings):
        """Inputs and head of a model of these settings."""
        data = self.prepared(settings)
        return Sequences.of(data), self.kind.of(data)

    def folds(self, validation):
        """The folds, as cuts of the rows."""
        return validation.rolling(len(self.frame))

    def fold_data(self, settings, fold):
        """What one fold trains on and is judged by."""
        self.windows.check_room("validation", len(fold.validation))
        end = fold.validation[-1] + 1
        held_out = end - fold.train[-1] - 1
        data = self.prepared(settings, int(end), int(held_out))
        part = data.validation
        # After a gap the first held-out rows judge nothing.
        first = fold.validation[0] - self.windows.gap - 1
        kept = dataclasses.replace(
            part, cutoffs=part.cutoffs[part.cutoffs >= first]
        )
        return ForecastFold(data.train, kept, self.head)

    def all_data(self, settings):
        """What the best model trains on: everything."""
        return ForecastFold(self.prepared(settings).train, None, self.head)

    def baselines(self, validation):
        """Scores of forecasts without a model: name -> one score a fold."""
        columns = len(self.columns.target)
        scores = {}
        for fold in self.folds(validation):
            settings = self.entries()
            part = self.fold_data(settings, fold).validation
            shape = {"horizon": self.windows.horizon, "gap": self.windows.gap}
            for name, method in self._references(shape).items():
                forecast = [
                    method(
                        self.frame[self.columns.target[k]].to_numpy(),
                        part.cutoffs,
                    )
                    for k in range(columns)
                ]
                score = mae(part.actual, np.stack(forecast, axis=-1))
                scores.setdefault(name, []).append(score)
        return scores

    def _references(self, shape):
        methods = {"naive": lambda y, cutoffs: naive(y, cutoffs, **shape)}
        if self.season is not None:
            methods["seasonal naive"] = lambda y, cutoffs: seasonal_naive(
                y, cutoffs, season=self.season, **shape
            )
        return methods

    def question(self):
        """What scores depend on: of the frame the columns in use alone."""
        used = self.frame[list(self.columns.all)]
        return super().question() | {"frame": used}

    def check_settings(self, settings):
        """Raises a ValueError for a lookback or a scaling that cannot be."""
        self._windows(settings)
        self._check_scaling(settings["scaling"])

    def check_folds(self, validation, space):
        """Raises a ValueError if no trial of a space could be judged.

        The first fold has the fewest rows to train on: if the longest lookback
        finds room there, every one finds it everywhere.
        """
        first = self.folds(validation)[0]
        for scaling in ends(space["scaling"]):
            settings = {
                "lookback": max(ends(space["lookback"])),
                "scaling": scaling,
            }
            self.fold_data(settings, first)


@dataclass(frozen=True, eq=False)
class ForecastFold:
    """Windows to train on, and windows to judge by, or None."""

    train: Part
    validation: Part | None
    head: ForecastHead

    def fit_arguments(self, batch_size, seed):
        """What `model.fit` gets."""
        dataset = self.train.dataset(batch_size, shuffle=True, seed=seed)
        return {"x": dataset, "shuffle": False}  # the dataset shuffles

    def validation_data(self):
        """What `model.fit` gets as validation_data."""
        return self.validation.dataset(batch_size=256)

    def score(self, model):
        """Mean absolute error of the medians in the data's own units."""
        predictions = model.predict(self.validation_data(), verbose=0)
        medians = self.head.quantiles(predictions, (0.5,))[..., 0]
        forecast = self.validation.invert(medians)
        return float(np.abs(self.validation.actual - forecast).mean())
