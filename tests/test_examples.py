# SPDX-License-Identifier: Apache-2.0
"""Every example answers --help and runs with a tiny budget."""

import re
import subprocess
import sys
import wave

import numpy as np
import pandas as pd
import pytest

from tests.examples import EXAMPLES, run, run_and_draw


@pytest.mark.parametrize("script", EXAMPLES, ids=lambda path: path.stem)
def test_help_explains_the_options(script):
    done = run(script, "--help")
    assert done.returncode == 0, done.stderr
    assert "--out" in done.stdout or "--picture" in done.stdout


def test_an_example_is_a_program():
    done = subprocess.run(
        [sys.executable, EXAMPLES[0], "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


#: What an epoch or two must not be measured by.
beats_nothing = pytest.mark.filterwarnings(
    "ignore:The forecaster does not beat the naive forecast"
)

FORECAST_CO2 = next(s for s in EXAMPLES if s.stem == "forecast_co2")


@beats_nothing
def test_forecast_co2_ranks_cells_and_draws(tmp_path):
    done = run(
        FORECAST_CO2, "--cells", "elman,jordan", "--epochs", 1, "--units", 4,
        "--out", tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    scores = pd.read_csv(tmp_path / "scores.csv", index_col=0)
    networks = scores.index[scores["validation MAE"].notna()]
    assert set(networks) == {"elman", "jordan", "mean of all cells"}
    # The references as measured on 406 cutoffs, 52 weeks ahead.
    assert scores.loc["naive", "MAE"] == pytest.approx(2.684, abs=5e-4)
    assert scores.loc["seasonal naive", "MAE"] == pytest.approx(1.716, abs=5e-4)
    forecast = pd.read_csv(tmp_path / "forecast.csv", parse_dates=["timestamp"])
    assert len(forecast) == 52
    assert forecast["timestamp"].iloc[0] == pd.Timestamp("2002-01-05")
    assert (tmp_path / "fan.png").stat().st_size > 10_000
    assert (tmp_path / "ranking.png").stat().st_size > 10_000


@pytest.mark.slow
@beats_nothing
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
    forecast = pd.read_csv(tmp_path / "forecast.csv", parse_dates=["month"])
    assert len(forecast) == 6
    assert forecast["month"].dt.is_month_end.all()


def test_forecast_co2_refuses_an_unknown_cell_before_training(tmp_path):
    with pytest.raises(ValueError, match="Did you mean 'lstm'"):
        run(FORECAST_CO2, "--cells", "lsmt", "--out", tmp_path)
    assert not list(tmp_path.iterdir())


FORECAST_SUNSPOTS = next(s for s in EXAMPLES if s.stem == "forecast_sunspots")


@beats_nothing
def test_forecast_sunspots_is_set_against_autoregression(tmp_path):
    done = run(
        FORECAST_SUNSPOTS, "--cells", "elman,gru", "--seeds", 1, "--epochs", 1,
        "--units", 4, "--out", tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    # As measured by other programs, on 62 and 52 cutoffs.
    for horizon, of_levels, of_roots in ((1, 15.15, 13.13), (11, 22.94, 23.18)):
        scores = pd.read_csv(tmp_path / f"scores_{horizon}.csv", index_col=0)
        errors = scores["MAE"]
        assert errors["AR(9)"] == pytest.approx(of_levels, abs=5e-3)
        assert errors["AR(9) on square roots"] == pytest.approx(
            of_roots, abs=5e-3
        )
        assert np.isfinite(errors["recurrent networks"])
    forecast = pd.read_csv(tmp_path / "forecast.csv", index_col=0)
    assert forecast.index.tolist() == list(range(2009, 2020))
    assert (tmp_path / "fan.png").stat().st_size > 10_000
    assert (tmp_path / "ranking.png").stat().st_size > 10_000


FORECAST_MANY = next(s for s in EXAMPLES if s.stem == "forecast_many_series")
TINY = ("--epochs", 1, "--steps", 2, "--units", 4, "--cell", "elman")


@beats_nothing
def test_forecast_many_series_scores_each_of_them(tmp_path):
    done = run(FORECAST_MANY, "--series", 6, *TINY, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    scores = pd.read_csv(tmp_path / "scores.csv", index_col=0)
    assert {"forecaster", "naive 2", "weekly naive"} <= set(scores.index)
    assert scores.loc["naive 2", "OWA"] == pytest.approx(1.0)
    by_series = pd.read_csv(tmp_path / "mase_by_series.csv", index_col=0)
    assert len(by_series) == 6
    for name in scores.index:  # every series counts alike
        mean = by_series[name].mean()
        assert mean == pytest.approx(scores.loc[name, "MASE"])
    forecasts = pd.read_csv(tmp_path / "forecasts.csv")
    assert len(forecasts) == 6 * 7 * 48  # a week of midnights
    assert (tmp_path / "forecasts.png").stat().st_size > 50_000


@pytest.mark.slow
@beats_nothing
def test_forecast_many_series_reads_files_of_m4(tmp_path):
    rng = np.random.default_rng(0)
    values = [50 + 9 * rng.random(rows) for rows in (40, 60, 45, 52, 40, 41)]
    for name, cut in (("train", slice(-3)), ("test", slice(-3, None))):
        table = pd.DataFrame([pd.Series(v[cut]) for v in values])
        table.columns = [f"V{k + 2}" for k in table.columns]
        table.index = pd.Index([f"Q{k + 1}" for k in range(6)], name="V1")
        table.to_csv(tmp_path / f"Quarterly-{name}.csv")
    done = run(
        FORECAST_MANY, *TINY, "--references", "ets", "--out", tmp_path,
        "--m4", *(tmp_path / f"Quarterly-{n}.csv" for n in ("train", "test")),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    forecasts = pd.read_csv(tmp_path / "forecasts.csv")
    # As in M4: once, from the end of each training series.
    actual = forecasts.groupby("series")["actual"].apply(list)
    for k, series in enumerate(values):
        assert actual[f"Q{k + 1}"] == pytest.approx(list(series[-3:]))
    scores = pd.read_csv(tmp_path / "scores.csv", index_col=0)
    errors = [  # of seasonal naive, a season of 4 rows
        np.abs(v[-3:] - v[-7:-4]).mean()
        / np.abs(v[4:-3] - v[: len(v) - 7]).mean()
        for v in values
    ]
    assert scores.loc["seasonal naive", "MASE"] == pytest.approx(
        np.mean(errors)
    )
    assert np.isfinite(scores.loc["ETS", "MASE"])


@pytest.mark.slow
@beats_nothing
def test_forecast_many_series_reads_a_long_table(tmp_path):
    rng = np.random.default_rng(0)
    shops = {"a": 50, "b": 40, "c": 60, "d": 55}  # rows until closing day
    pd.concat(
        pd.DataFrame(
            {
                "day": pd.date_range("2024-01-01", periods=rows),
                "shop": name,
                "sales": 100 + 9 * rng.random(rows),
            }
        )
        for name, rows in shops.items()
    ).to_csv(tmp_path / "mine.csv", index=False)
    done = run(
        FORECAST_MANY, *TINY, "--csv", tmp_path / "mine.csv", "--id", "shop",
        "--time", "day", "--target", "sales", "--season", 7, "--horizon", 4,
        "--out", tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    forecasts = pd.read_csv(tmp_path / "forecasts.csv")
    assert list(forecasts["series"].unique()) == list(shops)
    # They end at different days, so rows are counted from the held-out ones.
    assert forecasts["timestamp"].tolist() == [0, 1, 2, 3] * 4


def test_tag_slots_learns_slots_from_a_grammar(tmp_path):
    f1, _ = run_and_draw(
        "tag_slots", tmp_path, "--requests", 300, "--epochs", 4,
        "--networks", "bidirectional lstm",
    )  # fmt: skip
    assert 0.3 < f1 <= 1


@pytest.mark.slow
def test_tag_slots_reads_files_of_atis(tmp_path):
    line = (
        "BOS from san diego to rome on monday EOS\tO O B-fromloc.city_name "
        "I-fromloc.city_name O B-toloc.city_name O B-depart_date.day_name "
        "atis_flight\n"
    )
    (tmp_path / "train.iob").write_text(line * 40)
    (tmp_path / "test.iob").write_text(line * 2)
    f1, said = run_and_draw(
        "tag_slots", tmp_path, "--train", tmp_path / "train.iob",
        "--test", tmp_path / "test.iob", "--networks", "elman",
        "--epochs", 20,
    )  # fmt: skip
    assert f1 == 1.0  # the same sentence again
    assert "fromloc.city_name" in said


def test_language_model_is_set_against_counting(tmp_path):
    perplexity, said = run_and_draw(
        "language_model", tmp_path, "--tokens", 4000, "--vocabulary", 200,
        "--epochs", 1, "--units", 8, "--cells", "elman",
    )  # fmt: skip
    assert 1 < perplexity < 200  # below that of a guess
    assert "3-gram" in said


def test_language_model_reads_files_of_penn_treebank(tmp_path):
    for name, repeats in (("train", 200), ("valid", 20), ("test", 20)):
        text = " the <unk> rose N % \n it fell \n" * repeats
        (tmp_path / f"{name}.txt").write_text(text)
    perplexity, said = run_and_draw(
        "language_model", tmp_path, "--epochs", 1, "--units", 8,
        "--cells", "elman", "--batch-size", 4, "--length", 8,
        *(o for n in ("train", "valid", "test")
          for o in (f"--{n}", tmp_path / f"{n}.txt")),
    )  # fmt: skip
    # 8 different tokens, <eos> and <unk> among them, and the padding.
    assert "1800 tokens train, 180 validation, 180 test; 9 ids" in said
    assert perplexity < 1.2  # the next token is never in doubt


def test_language_model_reads_characters_of_a_text(tmp_path):
    (tmp_path / "own.txt").write_text("to be or not to be, " * 100)
    perplexity, _ = run_and_draw(
        "language_model", tmp_path, "--text", tmp_path / "own.txt",
        "--unit", "character", "--epochs", 1, "--units", 8,
        "--cells", "elman", "--batch-size", 4,
    )  # fmt: skip
    assert perplexity < 3


def test_classify_documents_tells_packages_apart(tmp_path):
    _, said = run_and_draw(
        "classify_documents", tmp_path, "--documents", 30, "--epochs", 1,
        "--units", 4, "--length", 10,
        "--methods", "naive Bayes,convolution,bidirectional LSTM",
    )  # fmt: skip
    assert "7 classes: keras, matplotlib, numpy" in said
    assert "bidirectional LSTM" in said


@pytest.mark.parametrize("kind", ["folder", "csv", "lines"])
def test_classify_documents_reads_documents_of_ones_own(kind, tmp_path):
    rows = [
        (f"the {word} price rose again", label)
        for word, label in [("corn", "grain"), ("oil", "crude")] * 40
    ]
    own = {"folder": "own", "csv": "own.csv", "lines": "own.txt"}[kind]
    own = tmp_path / own
    if kind == "folder":
        for k, (text, label) in enumerate(rows):
            (own / label).mkdir(parents=True, exist_ok=True)
            (own / label / f"{k}.txt").write_text(text)
    elif kind == "csv":
        pd.DataFrame(rows, columns=["text", "label"]).to_csv(own, index=False)
    else:
        own.write_text("".join(f"{label}\t{text}\n" for text, label in rows))
    given_test = ["--test", own] if kind == "lines" else []
    f1, _ = run_and_draw(
        "classify_documents", tmp_path, "--train", own, *given_test,
        "--methods", "naive Bayes",
    )  # fmt: skip
    assert f1 == 1.0  # one word decides, and counting finds it


def test_classify_series_hears_instruments(tmp_path):
    accuracy, said = run_and_draw(
        "classify_series", tmp_path, "--series", 120, "--epochs", 1,
        "--units", 4, "--cells", "elman",
    )  # fmt: skip
    rows = dict(
        re.findall(r"^(elman|nearest neighbour of .*?) +(0\.\d+)", said, re.M)
    )
    # After one epoch a network of four units knows nothing; its number is the
    # one in the table. The spectrum tells most of the instruments.
    assert float(rows["elman"]) == accuracy
    assert float(rows["nearest neighbour of its spectrum"]) > 0.5


@pytest.mark.slow
def test_classify_series_reads_files_of_the_ucr_archive(tmp_path):
    for name in ("train", "test"):
        rows = [[label, *np.full(12, label)] for label in (-1, 1) * 30]
        pd.DataFrame(rows).to_csv(
            tmp_path / f"{name}.tsv", sep="\t", header=False, index=False
        )
    accuracy, _ = run_and_draw(
        "classify_series", tmp_path, "--train", tmp_path / "train.tsv",
        "--test", tmp_path / "test.tsv", "--cells", "gru",
        "--epochs", 10,
    )  # fmt: skip
    assert accuracy == 1.0


def test_anomaly_detection_tells_ill_beats_from_normal_ones(tmp_path):
    recall, said = run_and_draw(
        "anomaly_detection", tmp_path, "--samples", 200, "--epochs", 4,
        "--cell", "gru", "--units", 8,
    )  # fmt: skip
    assert "threshold" in said
    assert 0.2 < recall <= 1  # an inverted T wave is found by any network


def test_cluster_series_finds_groups(tmp_path):
    index, _ = run_and_draw(
        "cluster_series", tmp_path, "--samples", 100, "--epochs", 4,
        "--cell", "gru", "--units", 8,
    )  # fmt: skip
    assert 0.1 < index <= 1


def test_tune_cells_ranks_cells_of_equal_size_and_forecasts(tmp_path):
    script = next(s for s in EXAMPLES if s.stem == "tune_cells")
    done = run(
        script, "--cells", "elman", "--weights", 881, "--folds", 1,
        "--seeds", 1, "--epochs", 1, "--out", tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(tmp_path / "leaderboard.csv", index_col="cell")
    assert {"elman", "naive", "seasonal_naive"} <= set(table.index)
    assert table.loc["elman", "parameters"] == 881
    forecast = pd.read_csv(tmp_path / "forecast.csv", parse_dates=["timestamp"])
    assert forecast["timestamp"].tolist() == [pd.Timestamp("2009-01-01")]
    assert (tmp_path / "leaderboard.png").stat().st_size > 10_000


def test_stateful_online_remembers_the_rain(tmp_path):
    error, said = run_and_draw(
        "stateful_online", tmp_path, "--epochs", 6, "--units", 8,
        "--cell", "gru",
    )  # fmt: skip
    mean = float(re.search(r"training mean +MAE ([\d.]+)", said)[1])
    assert mean == pytest.approx(1.246, abs=5e-4)  # the data are by rule
    assert error < mean


TRANSLATE_DATES = next(s for s in EXAMPLES if s.stem == "translate_dates")


def test_translate_dates_is_set_against_a_parser(tmp_path):
    picture = tmp_path / "dates.png"
    done = run(
        TRANSLATE_DATES, "--train", 64, "--test", 20, "--units", 4,
        "--epochs", 1, "--picture", picture,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (of_rules,) = re.findall(r"dateutil +([\d.]+)", done.stdout)
    assert float(of_rules) == 1
    assert picture.stat().st_size > 10_000


ANSWER_QUESTIONS = next(s for s in EXAMPLES if s.stem == "answer_questions")


def test_answer_questions_is_set_against_bags_of_words(tmp_path):
    picture = tmp_path / "answers.png"
    done = run(
        ANSWER_QUESTIONS, "--train", 200, "--test", 40, "--units", 4,
        "--epochs", 1, "--picture", picture,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "logistic regression" in done.stdout
    assert picture.stat().st_size > 10_000


TRANSLATE = next(s for s in EXAMPLES if s.stem == "translate")


def test_translate_reads_files_of_ones_own(tmp_path):
    source, target = tmp_path / "a.txt", tmp_path / "b.txt"
    lines = [f"the {k} of them" for k in ("one", "two", "six", "ten") * 10]
    source.write_text("\n".join(lines), encoding="utf-8")
    target.write_text("\n".join(line[4:] for line in lines), encoding="utf-8")
    done = run(
        TRANSLATE, "--source", source, "--target", target, "--test", 8,
        "--units", 4, "--epochs", 1, "--out", tmp_path / "out.tsv",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "out.tsv").read_text(encoding="utf-8").splitlines()
    assert len(written) == 8
    assert all(line.startswith("the ") for line in written)


def test_translate_needs_both_files(tmp_path):
    done = run(TRANSLATE, "--source", tmp_path / "a.txt")
    assert done.returncode != 0
    assert "belong together" in done.stderr


def test_read_digits_ctc_is_set_against_cut_pieces(tmp_path):
    _, said = run_and_draw(
        "read_digits_ctc", tmp_path, "--lines", 64, "--test-lines", 20,
        "--units", 4, "--epochs", 1,
    )  # fmt: skip
    (of_pieces,) = re.findall(r"empty columns +([\d.]+)", said)
    assert float(of_pieces) < 0.2


def test_transcribe_tones_is_set_against_the_loudest_frequency(tmp_path):
    _, said = run_and_draw(
        "transcribe_tones", tmp_path, "--train", 40, "--test", 20,
        "--units", 4, "--epochs", 1,
    )  # fmt: skip
    # Tones that are made by rule are found by rule, most of them.
    (of_rules,) = re.findall(r"loudest frequency +([\d.]+)", said)
    assert 0 < float(of_rules) < 0.3


@pytest.mark.slow
def test_transcribe_tones_reads_recordings_of_ones_own(tmp_path):
    texts = ["ab", "ba", "aab", "b", "bab"] * 8
    pitches = {"a": 500, "b": 1500}
    for k, text in enumerate(texts):
        # A tone of 0.1 seconds per letter, and as much silence after it.
        t = np.arange(800) / 8000
        samples = np.concatenate(
            [
                np.append(np.sin(2 * np.pi * pitches[one] * t), np.zeros(800))
                for one in text
            ]
        )
        with wave.open(str(tmp_path / f"{k}.wav"), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes((30000 * samples).astype("<i2").tobytes())
    labels = tmp_path / "labels.csv"
    labels.write_text(
        "".join(f"{k}.wav,{text}\n" for k, text in enumerate(texts))
    )
    error, said = run_and_draw(
        "transcribe_tones", tmp_path, "--wav", tmp_path, "--labels", labels,
        "--mels", 20, "--units", 16, "--epochs", 60,
    )  # fmt: skip
    assert "32 clips train, 8 test" in said
    assert error < 0.1


def test_transcribe_tones_needs_the_texts_of_recordings(tmp_path):
    script = next(s for s in EXAMPLES if s.stem == "transcribe_tones")
    done = run(script, "--wav", tmp_path)
    assert done.returncode != 0
    assert "belong together" in done.stderr


def test_moving_shapes_are_set_against_simple_methods(tmp_path):
    _, said = run_and_draw(
        "moving_shapes", tmp_path, "--train", 32, "--test", 8,
        "--filters", 2, "--epochs", 1,
    )  # fmt: skip
    copy, shifted = (
        float(re.search(rf"{name} +([\d.]+)", said).group(1))
        for name in ("copy of the last frame", "shifted pixels")
    )
    assert 0 < shifted < copy
