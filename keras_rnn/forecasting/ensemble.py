# SPDX-License-Identifier: Apache-2.0
"""Networks that forecast together: of several cells, from several seeds."""

from pathlib import Path

import numpy as np
import pandas as pd

from keras_rnn.models import described, described_fields, held


def train(settings, data, *, resume=None, verbose=0):
    """Trains a network for each cell and seed.

    Args:
        settings: `Settings`.
        data: PreparedData of the windows to train on.
        resume: Folder for the state of the training, or None.
        verbose: As in `keras.Model.fit`.

    Returns:
        List of the networks, and a DataFrame of their history by network,
        cell, seed and epoch.
    """
    members = [
        (s, seed) for s in settings.stacks for seed in range(settings.seeds)
    ]
    networks, histories = [], {}
    with held(resume):
        for number, (stack, seed) in enumerate(members):
            folder = None
            if resume is not None:
                folder = Path(resume) / f"network_{number}"
            network, history = _member(
                settings, data, stack, seed, folder, verbose
            )
            networks.append(network)
            histories[number, stack.cell, seed] = pd.DataFrame(
                history, index=pd.RangeIndex(1, len(history) + 1, name="epoch")
            )
    return networks, pd.concat(histories, names=["network", "cell", "seed"])


def _member(settings, data, stack, seed, directory, verbose):
    """Trains one network."""
    outcome = settings.outcome
    return settings.training.fit(
        lambda: settings.strategy.network(stack, data, outcome),
        data,
        loss=outcome.reader.forecast_loss,
        seed=seed,
        directory=directory,
        settings=network_settings(settings, stack),
        verbose=verbose,
    )


def network_settings(settings, stack):
    """What a network is, name -> value, beside what it learns from."""
    return {
        "cells": [described(other.cell) for other in settings.stacks],
        "seeds": settings.seeds,
        **described_fields(stack),
        "strategy": settings.given["strategy"],
        "distribution": settings.distribution,
        "levels": described(settings.outcome.levels),
    }


def quantiles(networks, settings, part):
    """What the networks forecast, quantile by quantile.

    Args:
        networks: List of the networks.
        settings: `Settings`.
        part: Part.

    Returns:
        float64 in the network's units, shape (windows, horizon, targets,
        levels of the outcome).
    """
    values = [
        settings.strategy.quantiles(network, part, settings.outcome)
        for network in networks
    ]
    return settings.combine(values, axis=0)


def paths(networks, settings, part, num_paths, seed):
    """What the networks draw, each its share of the paths.

    Args:
        networks: List of the networks.
        settings: `Settings`.
        part: Part.
        num_paths: How many paths in all.
        seed: Integer, or None.

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
