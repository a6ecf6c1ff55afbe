# SPDX-License-Identifier: Apache-2.0
"""The benchmarks run, know every layer, and judge by the targets."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import command, contenders, gradient_gains, sizes, targets
from benchmarks.contenders import KERAS, OURS
from benchmarks.measure import Times, take_turns
from benchmarks.report import verdict
from benchmarks.sizes import Size
from keras_rnn.layers import LAYERS


def test_layers_are_measured_judged_and_drawn(tmp_path):
    options = {
        "--sizes": "2,3,1,4",
        "--runs": "1",
        "--only": "keras_rnn.LSTM",
        "--picture": str(tmp_path / "ratios.png"),
        "--jax-python": "false",  # a Python without JAX, as it were
    }
    words = [word for option in options.items() for word in option]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.layers", *words],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (judged,) = (
        line
        for line in done.stdout.splitlines()
        if "| keras_rnn.LSTM | keras.layers.LSTM |" in line
    )
    assert judged.count("met") + judged.count("missed") == 2
    assert (tmp_path / "ratios.png").stat().st_size > 10_000


def test_gains_are_those_of_gradient_flow(capsys):
    only = [SimpleNamespace(name=n, row=LAYERS[n]) for n in ("elman", "lstm")]
    size = Size(2, 5, 1, 4)
    gradient_gains.print_gains(only, size, runs=2)
    found = capsys.readouterr().out
    assert "| `elman` |" in found
    gains = [
        gradient_gains.measured(LAYERS["lstm"].layer, size, seed)["gain"]
        for seed in (0, 1)
    ]
    assert f"| {min(gains):.1e} to {max(gains):.1e} |" in found


def test_a_name_that_nobody_has_is_refused():
    everyone = contenders.layers()
    (found,) = command.chosen(everyone, ["keras_rnn.LSTM"])
    assert found.name == "keras_rnn.LSTM"
    with pytest.raises(SystemExit, match=r"'lsmt' is none of keras\.layers"):
        command.chosen(everyone, ["keras_rnn.LSTM", "lsmt"])


def test_every_layer_of_ours_has_one_of_keras_beside_it():
    kinds = {maker: set() for maker in (OURS, KERAS)}
    for contender in contenders.layers():
        kinds[contender.maker].add(contender.kind)
    assert kinds[OURS] <= kinds[KERAS]


@pytest.mark.parametrize("size", sizes.SIZES, ids=str)
def test_every_target_names_who_takes_part(size):
    everyone = contenders.layers()
    names = {contender.name for contender in everyone} | {"torch.nn.LSTM"}
    for target in targets.TARGETS:
        assert {target.name, target.against} <= names
    found = targets.at(size, everyone)
    pairs = [(target.name, target.against) for target in found]
    assert len(set(pairs)) == len(pairs)
    assert (targets.LSTM, contenders.BASE) in pairs


@pytest.mark.parametrize(
    ("size", "limit"),
    [
        (Size(32, 48, 1, 32), 0.45),
        (Size(64, 100, 16, 128), 0.70),
        (Size(32, 336, 7, 64), 0.35),
        (Size(16, 50, 64, 512), 0.40),
        (Size(16, 50, 64, 48), 1.00),  # no class: no slower than Keras's
    ],
)
def test_the_target_of_an_LSTM_depends_on_the_size(size, limit):
    (step,) = {
        target.step
        for target in targets.at(size, contenders.layers())
        if (target.name, target.against) == (targets.LSTM, contenders.BASE)
    }
    assert step == limit


def test_drawn_sizes_follow_the_seed_and_stay_in_their_ranges():
    drawn = sizes.drawn(seed=3, count=20)
    assert drawn == sizes.drawn(seed=3, count=20)
    assert drawn != sizes.drawn(seed=4, count=20)
    for size in drawn:
        for number, (low, high) in zip(size, sizes.RANGES, strict=True):
            assert low <= number <= high


def test_the_round_that_compiles_does_not_count():
    answers = iter([100.0, 1.0, 2.0, 3.0, 10.0])
    times = take_turns({"key": lambda: next(answers)}, runs=4)["key"]
    assert times == Times((1.0, 2.0, 3.0, 10.0))
    assert times.median == 2.5
    assert times.spread == pytest.approx((4.75 - 1.75) / 2.5)


def test_a_verdict_shows_ratio_and_limit():
    assert verdict(0.42, 0.45) == "0.42 ≤ 0.45 met"
    assert verdict(0.47, 0.45) == "0.47 > 0.45 missed"
    assert verdict(0.47, None) == "0.47"
