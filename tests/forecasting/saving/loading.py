# SPDX-License-Identifier: Apache-2.0
"""Loads forecasters in a process that never saw them; see test_savable.py.

python -m tests.forecasting.saving.loading FOLDER
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from keras_rnn.forecasting import Forecaster, ensemble


def no_change(networks, settings, part):
    """What all networks forecast here, so that none need be trained."""
    shape = (len(part), part.series.windows.horizon, 1, 1)
    return np.zeros(shape)


if __name__ == "__main__":
    ensemble.quantiles = no_change
    for path in sorted(Path(sys.argv[1]).glob("*.forecaster")):
        expected = pd.read_pickle(path.with_suffix(".pkl"))
        found = Forecaster.load(path).predict()
        pd.testing.assert_frame_equal(found, expected)
        print(path.stem)
