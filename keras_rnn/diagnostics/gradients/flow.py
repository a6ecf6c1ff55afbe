# SPDX-License-Identifier: Apache-2.0
"""gradient_flow: how errors travel back through time."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pandas as pd

from keras_rnn import _validation as validate
from keras_rnn.diagnostics.checked import check_has_loss, one_batch
from keras_rnn.diagnostics.gradients.adjoints import (
    adjoints,
    backpropagated,
    error_norms,
)
from keras_rnn.diagnostics.gradients.bounds import factor_of_bound
from keras_rnn.diagnostics.gradients.clipping import gradient_norms
from keras_rnn.diagnostics.gradients.jacobians import (
    distances_up_to,
    jacobian_norms,
)
from keras_rnn.diagnostics.gradients.kernels import kernel_table
from keras_rnn.diagnostics.gradients.verdicts import verdict_of
from keras_rnn.diagnostics.recorded import Recorded, recorded

#: The first keys of all tables.
LAYER = ["layer", "direction"]


@dataclass(frozen=True, eq=False)
class GradientFlow:
    """What `gradient_flow` returns. All tables begin with layer and direction.

    Attributes:
        errors: A row per `state`, `sample` and `time`; `norm` is ‖dL/ds(t)‖₂,
            L the loss of the sequence, over all later paths.
        jacobians: A row per `block` and `distance` d, in unmasked steps:
            `median`, `smallest` and `largest` of ‖∂s(t) / ∂s(t − d)‖₂ over
            sequences and t, and the `bound`. The block "joint" has all states
            side by side, "c_c" is that of ∂c(t) / ∂c(t − d) in the same
            product. "cell_path" is the largest product of what a unit hands on
            with its gates held: of forget gates in an LSTM. `bound` is NaN
            where there is none.
        kernels: A row per `gate` and `state` that the recurrent kernel reads:
            its largest `singular_value` and its `spectral_radius`.
        weights: A row per weight of the model, by its path, and one of all:
            the norm of the gradient `before` and `after` clipping. These have
            no layer and direction.
        verdicts: `distance` D, the longest; `gain`, the median of the joint
            norm at D; `gain_per_step`, gain^(1/D); `verdict`, "vanishing",
            "exploding" or "stable"; and the `remedy`.
    """

    errors: pd.DataFrame
    jacobians: pd.DataFrame
    kernels: pd.DataFrame
    weights: pd.DataFrame
    verdicts: pd.DataFrame


def gradient_flow(
    model: keras.Model,
    x: Any,
    y: Any,
    *,
    samples: int = 8,
    distances: Iterable[int] | None = None,
    vanishing: float = 1e-3,
    exploding: float = 1e3,
) -> GradientFlow:
    """How errors travel back through time in each layer of a model.

    Dropout does not act. Products of states wider than 256 come from 20 power
    iterations, and from four t per sequence instead of sixteen.

    Args:
        model: A compiled functional or sequential model with layers of this
            package or of Keras, also bidirectional.
        x: Arrays, as the model takes them.
        y: Targets, as the model takes them.
        samples: The Jacobians are those of so many sequences, the first ones.
        distances: The d of the Jacobians, positive integers. None takes all up
            to 8, further ones up to the longest sequence, and its length.
        vanishing: Gradients vanish if the gain over the longest distance is
            smaller.
        exploding: They explode if it is larger.

    Returns:
        `GradientFlow`.

    Raises:
        TypeError: If the model is no such model.
        ValueError: If it is not compiled, has no recurrent layer, or a setting
            is out of range.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.diagnostics import gradient_flow
        >>> from keras_rnn.models import *
        >>> model = many_to_one(Stack("elman", 4), Sequences(2), Regression())
        >>> model.compile(loss="mse", optimizer="adam")
        >>> found = gradient_flow(
        ...     model, np.ones((3, 50, 2)), np.ones((3, 1))
        ... )
        >>> found.verdicts["distance"].tolist()
        [50]

    Reference:
        Hochreiter, S. (1991). Untersuchungen zu dynamischen neuronalen Netzen.
        Diploma thesis, TU München. Pascanu, R., Mikolov, T. & Bengio, Y.
        (2013). On the difficulty of training recurrent neural networks. ICML.
    """
    validate.positive_int("samples", samples)
    validate.positive_number("vanishing", vanishing)
    validate.positive_number("exploding", exploding)
    check_has_loss(model)
    x, y = one_batch(model, x, y)
    records = recorded(model, x)
    by_outputs, by_weights = backpropagated(model, records, x, y)
    errors, jacobians, kernels, verdicts = {}, {}, {}, {}
    for record, of_layer in zip(records, by_outputs, strict=True):
        key = record.name, record.direction
        states = record.states()
        # The loss of training is a mean over the batch.
        of_samples = [v * len(record.mask) for v in of_layer]
        found = adjoints(record, states, of_samples)
        errors[key] = error_norms(record, states, found)
        first = record.first(samples)
        norms = _with_bound(
            first,
            jacobian_norms(
                first,
                [v[:samples] for v in states],
                _distances(first, distances),
            ),
        )
        jacobians[key] = norms
        kernels[key] = kernel_table(record.known_cell)
        verdicts[key] = verdict_of(
            record.layer.cell,
            norms["median"].loc["joint"],
            vanishing,
            exploding,
        )
    return GradientFlow(
        _by_layer(errors),
        _by_layer(jacobians),
        _by_layer(kernels),
        gradient_norms(model, by_weights),
        pd.DataFrame(
            list(verdicts.values()),
            pd.MultiIndex.from_tuples(verdicts, names=LAYER),
        ).sort_index(),
    )


def _distances(record: Recorded, distances) -> list[int]:
    longest = int(record.mask.sum(axis=1).max())
    if longest == 0:
        raise ValueError(
            f"The layer {record.name!r} must read an unmasked step. Received: "
            f"{len(record.mask)} sequences in which all are masked. Check "
            "`mask_value` and the padding."
        )
    if distances is None:
        return distances_up_to(longest)
    given = sorted({validate.positive_int("distances", d) for d in distances})
    if not given or given[0] > longest:
        raise ValueError(
            "`distances` must be at most as long as the longest sequence. "
            f"Received: {given}, and {longest} unmasked steps. Leave it out "
            "for distances that fit."
        )
    return [d for d in given if d <= longest]


def _with_bound(record: Recorded, norms: pd.DataFrame) -> pd.DataFrame:
    factor = factor_of_bound(record.known_cell)
    distance = norms.index.get_level_values("distance").to_numpy(float)
    is_path = norms.index.get_level_values("block") == "cell_path"
    with np.errstate(over="ignore"):
        bound = factor**distance
    return norms.assign(bound=np.where(is_path, np.nan, bound))


def _by_layer(tables: dict[tuple[str, str], pd.DataFrame]) -> pd.DataFrame:
    """One table of several, with layer and direction before the other keys."""
    return pd.concat(tables, names=LAYER).sort_index()
