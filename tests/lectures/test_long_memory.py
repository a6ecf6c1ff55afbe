# SPDX-License-Identifier: Apache-2.0
"""The tasks are what they are called, and the script runs with a tiny budget.

Definitions are written here a second time, word by word and step by step.
"""

import re

import numpy as np
import pytest

from tests.examples import EXAMPLES, names_in, run, run_and_draw

SCRIPT = next(s for s in EXAMPLES if s.stem == "long_memory")
LENGTH = 24


@pytest.fixture(scope="module")
def script():
    return names_in("long_memory")


def made(script, task, size=4000):
    return script.TASKS[task].make(np.random.default_rng(0), size, LENGTH)


def test_adding_asks_for_the_sum_of_two_marked_values(script):
    x, y, weights, distance = made(script, "adding", 50)
    for sequence, answer, weight, apart in zip(
        x, y, weights, distance, strict=True
    ):
        marked = [k for k in range(LENGTH) if sequence[k, 1] == 1]
        assert len(marked) == 2
        total = sum(float(sequence[k, 0]) for k in marked)
        assert answer[-1, 0] == pytest.approx(total, abs=1e-6)
        assert apart == LENGTH - 1 - marked[0]
        assert list(weight) == [0] * (LENGTH - 1) + [LENGTH]


def test_copying_repeats_the_symbols_after_the_cue(script):
    x, y, weights, distance = made(script, "copying", 50)
    copied, symbols = script.COPIED, script.SYMBOLS
    for sequence, answer, weight, apart in zip(
        x, y, weights, distance, strict=True
    ):
        shown = [k for k in range(LENGTH) if sequence[k, :symbols].any()]
        assert len(shown) == copied
        asked = [k for k in range(LENGTH) if weight[k]]
        assert asked == [k for k in range(LENGTH) if sequence[k, symbols]]
        assert asked == list(range(LENGTH - copied, LENGTH))
        for clue, step in zip(shown, asked, strict=True):
            assert sequence[clue, answer[step]] == 1
            assert step - clue == apart
    assert weights.mean() == pytest.approx(1)


def test_counting_asks_whether_a_further_b_follows(script):
    x, y, weights, distance = made(script, "counting", 50)
    for sequence, answer, apart in zip(x, y, distance, strict=True):
        word = "".join("ab"[int(step[1])] for step in sequence)
        n = word.count("a")
        assert word == "a" * n + "b" * (LENGTH - n)
        assert 1 <= n <= LENGTH // 2
        for step in range(LENGTH):
            read = word[: step + 1]
            assert answer[step, 0] == (read.count("a") > read.count("b"))
        # The first step that answers no is as far from the first a.
        assert apart == list(answer[:, 0]).index(0)
    assert (weights == 1).all()


@pytest.mark.parametrize("task", ["adding", "copying", "counting"])
def test_a_rule_that_knows_the_task_is_always_right(script, task):
    found = script.TASKS[task]
    x, y, *_ = made(script, task)
    assert found.skill(y, found.rule(x)) == pytest.approx(1, abs=1e-5)


def test_the_mean_of_all_sums_has_a_mean_square_error_of_a_sixth(script):
    task = script.TASKS["adding"]
    x, y, *_ = made(script, "adding", 100_000)
    answer = task.trivial(x)
    error = ((answer - y)[:, -1] ** 2).mean()
    assert error == pytest.approx(1 / 6, rel=0.01)
    assert task.skill(y, answer).mean() == pytest.approx(0, abs=0.01)


def test_a_guess_has_no_skill_in_copying(script):
    task = script.TASKS["copying"]
    x, y, *_ = made(script, "copying", 50_000)
    answer = task.trivial(x)
    right = answer.argmax(axis=-1) == y
    assert right[:, -script.COPIED :].mean() == pytest.approx(0.25, abs=0.01)
    assert task.skill(y, answer).mean() == pytest.approx(0, abs=0.01)


def test_the_most_frequent_answers_get_one_count_right(script):
    task = script.TASKS["counting"]
    x, y, *_ = made(script, "counting", 50_000)
    most = np.broadcast_to(y.mean(axis=0) > 0.5, y.shape)
    for answer in (task.trivial(x), most):
        right = task.skill(y, answer).mean()
        assert right == pytest.approx(2 / LENGTH, abs=0.01)


@pytest.mark.parametrize("name", ["window of 20 steps", "2 convolutions"])
def test_convolutions_see_as_far_back_as_is_said_and_not_ahead(script, name):
    kernel, dilations = script.CAUSAL[name]
    reach = 1 + (kernel - 1) * sum(dilations)
    model = script.build(script.TASKS["adding"], name)
    x = np.random.default_rng(0).random((1, 90, 2)).astype("float32")
    disturbed = x.copy()
    disturbed[0, 10] += 1
    moved = np.abs(model(disturbed) - model(x))[0, :, 0] > 0
    assert not moved[:10].any()
    assert not moved[10 + reach :].any()
    assert moved[10 : 10 + reach].any()


def test_the_script_ranks_networks_and_draws(tmp_path):
    share, said = run_and_draw(
        "long_memory", tmp_path, "--networks", "gru,window of 20 steps",
        "--lengths", "16,20", "--rounds", 1,
    )  # fmt: skip
    # The window sees all of 16 steps. Two networks, three tasks.
    reached = re.search(
        r"^window of 20 steps +(\d+) +(\d+) +(\d+)$", said, re.M
    )
    assert int(reached[3]) >= 16
    assert share >= 1 / 6


def test_the_script_names_the_networks_that_it_knows(tmp_path):
    done = run(SCRIPT, "--networks", "perceptron", "--picture", tmp_path / "p")
    assert done.returncode == 1
    assert "simple_rnn" in done.stderr
