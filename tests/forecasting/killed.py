# SPDX-License-Identifier: Apache-2.0
"""A forecaster to kill: `python -m tests.forecasting.killed FOLDER`."""

import os
import signal
import sys

import numpy as np
import pandas as pd

from keras_rnn.forecasting import Forecaster, Training
from keras_rnn.forecasting.resume import ResumeFolder

EPOCHS = 4


def frame():
    days = pd.date_range("2024-01-01", periods=90, freq="D")
    return pd.DataFrame({"y": np.sin(np.arange(90) * 0.9)}, index=days)


def forecaster():
    return Forecaster(
        2,
        7,
        cell="elman",
        units=4,
        strategy="recursive",
        distribution="gaussian",
        training=Training(epochs=EPOCHS),
    )


def main():
    write = ResumeFolder.write

    def write_and_die(folder, state, model):
        write(folder, state, model)
        if state["epochs"] == 2:
            os.kill(os.getpid(), signal.SIGKILL)

    ResumeFolder.write = write_and_die
    forecaster().fit(frame(), resume=sys.argv[1])


if __name__ == "__main__":
    main()
