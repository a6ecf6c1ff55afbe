# SPDX-License-Identifier: Apache-2.0
"""An ensemble: networks of several cells and seeds that forecast together."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

from keras_rnn._types import Array, PathLike
from keras_rnn.data import Part, PreparedData
from keras_rnn.forecasting.settings import Settings
from keras_rnn.models import (
    PreparedExamples,
    Resume,
    Stack,
    described,
    described_fields,
    locked_folder,
)


def train(
    settings: Settings,
    data: PreparedData,
    *,
    resume: PathLike | None = None,
    verbose: str | int = 0,
) -> tuple[list[keras.Model], pd.DataFrame]:
    """Trains each network of the ensemble from each seed.

    Args:
        settings: The settings of the forecaster.
        data: The windows to train on.
        resume: Folder for the state of the training, or None.
        verbose: As in `keras.Model.fit`.

    Returns:
        The networks, and a DataFrame of their history by network, cell, seed
        and epoch.
    """
    members = [
        (s, seed) for s in settings.stacks for seed in range(settings.num_seeds)
    ]
    networks, histories = [], {}
    with locked_folder(resume):
        for number, (stack, seed) in enumerate(members):
            folder = None
            if resume is not None:
                folder = Path(resume) / f"network_{number}"
            network, history = _trained(
                settings, data, stack, seed, folder, verbose
            )
            networks.append(network)
            histories[number, name_of(stack), seed] = pd.DataFrame(
                history, index=pd.RangeIndex(1, len(history) + 1, name="epoch")
            )
    return networks, pd.concat(histories, names=["network", "cell", "seed"])


def name_of(stack: Stack) -> str:
    """What a history calls a network: its cells, from the first layer on."""
    cells = [stack.cell] if isinstance(stack.cell, str) else stack.cell
    return " + ".join(cells)


def _trained(
    settings: Settings,
    data: PreparedData,
    stack: Stack,
    seed: int,
    directory: Path | None,
    verbose: str | int,
) -> tuple[keras.Model, list[dict[str, float]]]:
    """Trains one network, and returns its history too."""
    outcome = settings.outcome
    return settings.training.fit(
        lambda: settings.strategy.network(stack, data, outcome),
        PreparedExamples(data),
        head=outcome.reader,
        seed=seed,
        resume=directory
        and Resume(directory, network_settings(settings, stack)),
        verbose=verbose,
    )


def network_settings(settings: Settings, stack: Stack) -> dict[str, Any]:
    """The settings that a network depends on, beside its data, by name."""
    return {
        "networks": [described(other) for other in settings.stacks],
        "num_seeds": settings.num_seeds,
        **described_fields(stack),
        "strategy": settings.given["strategy"],
        "distribution": settings.distribution,
        "levels": described(settings.outcome.levels),
    }


def quantiles(
    networks: list[keras.Model], settings: Settings, part: Part
) -> Array:
    """The quantiles that the networks forecast, combined one by one.

    Args:
        networks: The networks.
        settings: The settings of the forecaster.
        part: The windows to forecast.

    Returns:
        float64 in the network's units, shape (windows, horizon, targets,
        levels of the outcome).
    """
    values = [
        settings.strategy.quantiles(network, part, settings.outcome)
        for network in networks
    ]
    return settings.combine(values, axis=0)


def paths(
    networks: list[keras.Model],
    settings: Settings,
    part: Part,
    num_paths: int,
    seed: int | None,
) -> Array:
    """Sample paths, of which each network draws its share.

    Args:
        networks: The networks.
        settings: The settings of the forecaster.
        part: The windows to forecast.
        num_paths: How many paths there are in all.
        seed: Integer that makes the draws repeatable, or None.

    Returns:
        float64 in the data's units, shape (num_paths, windows, horizon,
        targets).
    """
    count = min(len(networks), num_paths)
    seeds = np.random.SeedSequence(seed).generate_state(count).tolist()
    shares = np.array_split(np.arange(num_paths), count)
    drawn = [
        settings.strategy.paths(network, part, settings.outcome, len(share), s)
        for network, share, s in zip(networks, shares, seeds, strict=False)
    ]
    return np.concatenate(drawn)
