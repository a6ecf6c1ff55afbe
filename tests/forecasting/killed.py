# SPDX-License-Identifier: Apache-2.0
"""A forecaster to kill: `python -m tests.forecasting.killed FOLDER MOMENT`.

Before it touches a file in the folder for the MOMENT-th time it sends itself
the signal that no program survives.
"""

import os
import signal
import sys

import numpy as np
import pandas as pd

from keras_rnn.forecasting import Forecaster, Training
from keras_rnn.models import Stack

EPOCHS = 4
#: What Python tells audit hooks of: files opened, replaced and deleted.
TOUCHES = {"open", "os.rename", "os.remove"}


def frame():
    days = pd.date_range("2024-01-01", periods=90, freq="D")
    return pd.DataFrame({"y": np.sin(np.arange(90) * 0.9)}, index=days)


def forecaster():
    return Forecaster(
        horizon=2,
        lookback=7,
        network=Stack("elman", units=4, dropout=0.2, recurrent_dropout=0.2),
        strategy="recursive",
        distribution="gaussian",
        training=Training(epochs=EPOCHS, steps_per_epoch=2, batch_size=16),
    )


def die_before(moment, folder):
    """Ends this process before a file in the folder is touched so often."""
    touched = 0

    def watch(event, details):
        nonlocal touched
        if event in TOUCHES and str(details[0]).startswith(folder):
            touched += 1
            if touched == moment:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    return lambda: touched


def main():
    folder, moment = sys.argv[1:]
    touched = die_before(int(moment), folder)
    forecaster().fit(frame(), resume=folder)
    print(touched())


if __name__ == "__main__":
    main()
