# SPDX-License-Identifier: Apache-2.0
"""Every example answers --help and runs with a tiny budget."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))


def run(script, *options):
    return subprocess.run(
        [sys.executable, script, *map(str, options)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("script", EXAMPLES, ids=lambda path: path.stem)
def test_help_explains_the_options(script):
    done = run(script, "--help")
    assert done.returncode == 0, done.stderr
    assert "--out" in done.stdout


FORECAST_CO2 = next(s for s in EXAMPLES if s.stem == "forecast_co2")


def test_forecast_co2_ranks_cells_and_draws(tmp_path):
    done = run(
        FORECAST_CO2, "--cells", "elman", "--epochs", 1, "--units", 4,
        "--out", tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    scores = pd.read_csv(tmp_path / "scores.csv", index_col=0)
    assert list(scores.index[scores["kind"] == "network"]) == ["elman"]
    # The references as measured on 406 cutoffs, 52 weeks ahead.
    assert scores.loc["naive", "MAE"] == pytest.approx(2.684, abs=5e-4)
    assert scores.loc["seasonal naive", "MAE"] == pytest.approx(1.716, abs=5e-4)
    forecast = pd.read_csv(tmp_path / "forecast.csv", parse_dates=["timestamp"])
    assert len(forecast) == 52
    assert forecast["timestamp"].iloc[0] == pd.Timestamp("2002-01-05")
    assert (tmp_path / "fan.png").stat().st_size > 10_000
    assert (tmp_path / "ranking.png").stat().st_size > 10_000


def test_forecast_co2_reads_a_file_of_ones_own(tmp_path):
    months = pd.date_range("1990-01-31", periods=120, freq="ME", name="month")
    wave = np.sin(2 * np.pi * np.arange(120) / 12) + 0.01 * np.arange(120)
    pd.DataFrame({"sales": wave}, index=months).to_csv(tmp_path / "mine.csv")
    done = run(
        FORECAST_CO2, "--csv", tmp_path / "mine.csv", "--target", "sales",
        "--horizon", 6, "--cells", "jordan", "--epochs", 1,
        "--out", tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    forecast = pd.read_csv(tmp_path / "forecast.csv", parse_dates=["timestamp"])
    assert len(forecast) == 6
    assert forecast["timestamp"].dt.is_month_end.all()


def test_forecast_co2_refuses_an_unknown_cell_before_training(tmp_path):
    done = run(FORECAST_CO2, "--cells", "lsmt", "--out", tmp_path)
    assert done.returncode != 0
    assert "Did you mean 'lstm'" in done.stderr
