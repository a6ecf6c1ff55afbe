# SPDX-License-Identifier: Apache-2.0
"""The grammar, the equal sizes, the intervals, and a run on a tiny budget."""

import random
import re

import numpy as np
import pandas as pd
import pytest

from keras_rnn.tuning import count_weights
from tests.examples import EXAMPLES, names_in, run, run_and_draw

SCRIPT = next(s for s in EXAMPLES if s.stem == "search_space_odyssey")
#: Reber's grammar as a regular expression, written from its graph.
WORD = "B(?:TS*X(?:XT*VP)*(?:S|XT*VV)|PT*V(?:PXT*V)*(?:V|PS))E"
EMBEDDED = rf"B([TP])(?:{WORD}){{2}}\1E"


@pytest.fixture(scope="module")
def script():
    return names_in("search_space_odyssey")


def test_words_follow_the_embedded_grammar_of_reber(script):
    draw = random.Random(0)
    words = [script.reber_word(draw) for _ in range(500)]
    for word in words:
        assert re.fullmatch(EMBEDDED, word), word
    assert len(set(words)) > 100
    assert min(map(len, words)) == 14


def test_streams_are_words_and_mark_what_comes_back(script):
    x, y, back = script.reber_streams(random.Random(0), 50, 60)
    symbols = np.array(list(script.SYMBOLS))
    read = symbols[x.argmax(axis=-1)]
    assert (x.sum(axis=-1) == 1).all()
    assert (symbols[y[:, :-1]] == read[:, 1:]).all()
    for row, following, marks in zip(read, symbols[y], back, strict=True):
        text = "".join(row) + following[-1]
        ends = [m.end() for m in re.finditer(EMBEDDED, text)]
        # A mark is at the step whose next symbol is the one that comes back.
        complete = [end - 3 for end in ends]
        assert np.flatnonzero(marks)[: len(complete)].tolist() == complete
        for step in complete:
            start = ([0, *ends])[complete.index(step)]
            assert text[start + 1] == text[step + 1]


def test_errors_count_what_is_wrong(script):
    reber, digits = (
        script.TASKS[name] for name in ("Reber's grammar", "handwritten digits")
    )
    part = reber.parts(0)[1]
    right = np.eye(7)[part[1]]
    assert reber.error(part, right) == 0
    assert reber.error(part, 1 - right) == 1
    part = digits.parts(0)[2]
    assert digits.error(part, np.eye(10)[part[1]]) == 0
    assert digits.error(part, np.eye(10)[(part[1] + 1) % 10]) == 1


def test_no_digit_is_in_two_parts(script):
    parts = script.TASKS["handwritten digits"].parts(0)
    assert [len(x) for x, _ in parts] == [1200, 200, 397]
    together = np.concatenate([x for x, _ in parts])
    assert len(np.unique(together.reshape(1797, -1), axis=0)) == 1797


@pytest.mark.parametrize("task", ["Reber's grammar", "handwritten digits"])
def test_all_variants_have_the_same_number_of_weights(script, task):
    found = script.TASKS[task]
    for variant in script.VARIANTS:
        # A match that is more than 2 % off is a warning, which fails here.
        units = script.matched(found, variant)
        weights = count_weights(script.build(found, variant, units))
        assert weights == pytest.approx(found.weights, rel=0.02)


def test_a_training_begins_anew_in_the_same_model(script):
    task = script.TASKS["handwritten digits"]
    x, y = task.parts(0)[1]
    models = [script.build(task, "V", 3) for _ in range(2)]
    for model in models:
        model.compile("adam", "sparse_categorical_crossentropy")
        model.optimizer.build(model.trainable_variables)
    new = script.build(task, "V", 3)
    models[0].fit(x, y, verbose=0)  # a training that is to be forgotten
    for model in models:
        script.begin(model, new, 0.01)
        model.fit(x, y, shuffle=False, verbose=0)
    for one, other in zip(
        models[0].get_weights(), models[1].get_weights(), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_intervals_are_those_of_student(script):
    values = pd.Series([1.0, 2.0, 4.0, 5.0, 8.0])
    # 2.776 is the quantile of four degrees of freedom, as tables have it.
    expected = 2.776 * values.std() / np.sqrt(5)
    assert script.half_width(values) == pytest.approx(expected, rel=1e-3)


def test_the_script_compares_variants_and_draws(tmp_path):
    telling, said = run_and_draw(
        "search_space_odyssey", tmp_path, "--variants", "V,CIFG",
        "--seeds", 2, "--epochs", 1,
    )  # fmt: skip
    assert telling in range(3)
    rows = re.findall(r"(V|CIFG) +(\d+) +(\d+) +0\.\d+ ", said, re.M)
    assert len(rows) == 4
    for (_, _, weights), size in zip(
        rows, (2030, 2030, 3330, 3330), strict=True
    ):
        assert int(weights) == pytest.approx(size, rel=0.02)


def test_the_script_names_the_variants_that_it_knows(tmp_path):
    done = run(SCRIPT, "--variants", "V,NOPE", "--picture", tmp_path / "p")
    assert done.returncode == 1
    assert "CIFG" in done.stderr
