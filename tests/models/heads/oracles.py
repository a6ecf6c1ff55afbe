# SPDX-License-Identifier: Apache-2.0
"""What SciPy says of each distribution that can be drawn from: a row each."""

from typing import NamedTuple

import numpy as np
from scipy import stats


class Oracle(NamedTuple):
    """A distribution of SciPy, and parameters to try it with.

    Attributes:
        of: Function of the parameters of a head: a frozen distribution.
        parameters: Sets of them; the first are found again from draws.
    """

    of: callable
    parameters: list

    def log_density(self, y, parameters):
        """The logarithm of the density, or of the chance of a count."""
        frozen = self.of(*parameters)
        return getattr(frozen, "logpdf", getattr(frozen, "logpmf", None))(y)

    def values(self, parameters):
        """Ordinary values and those of both tails, float64."""
        levels = [1e-4, 0.01, 0.2, 0.5, 0.8, 0.99, 1 - 1e-4]
        return np.asarray(self.of(*parameters).ppf(levels), "float64")


ORACLES = {
    "gaussian": Oracle(stats.norm, [(0.5, 2.0), (-50.0, 0.1)]),
    "student_t": Oracle(
        lambda location, scale, degrees: stats.t(degrees, location, scale),
        [(0.5, 2.0, 3.0), (-5.0, 0.1, 2.01), (1.0, 1.0, 300.0)],
    ),
    "negative_binomial": Oracle(
        lambda mean, dispersion: stats.nbinom(
            1 / dispersion, 1 / (1 + dispersion * mean)
        ),
        [(4.0, 0.5), (50.0, 0.1), (0.2, 3.0)],
    ),
    "poisson": Oracle(stats.poisson, [(4.0,), (0.1,), (900.0,)]),
}
