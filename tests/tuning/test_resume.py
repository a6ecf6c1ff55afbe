# SPDX-License-Identifier: Apache-2.0
"""A sweep that ends inside of a training goes on from its last epoch."""

import pytest

from keras_rnn.models.training.progress import Progress
from keras_rnn.tuning import sweep
from tests.tuning import tiny


@pytest.fixture
def epochs(monkeypatch):
    """The epochs that are trained; -3 presses Ctrl-C at the end of the third.

    A list that tests put numbers into before they run a sweep.
    """
    end, seen = Progress.on_epoch_end, []
    presses = []

    def on_epoch_end(self, epoch, logs=None):
        end(self, epoch, logs)
        seen.append(epoch + 1)
        if len(seen) in presses:
            raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "on_epoch_end", on_epoch_end)
    monkeypatch.setattr(sweep, "SECONDS", 0.0)
    return seen, presses


@pytest.mark.parametrize("task", [tiny.arrays, tiny.forecast])
def test_it_ends_with_the_score_of_one_that_was_not(task, epochs, tmp_path):
    seen, presses = epochs
    given = {"cells": ["elman"], "epochs": 3}
    whole = tiny.run(tmp_path / "whole", task=task(), **given)
    assert seen == [1, 2, 3] * 2
    seen.clear()
    presses.append(5)
    with pytest.raises(KeyboardInterrupt):
        tiny.run(tmp_path / "other", task=task(), **given)
    presses.clear()
    other = tiny.run(tmp_path / "other", task=task(), **given)
    assert seen == [1, 2, 3, 1, 2, 3]
    scores = [x.leaderboard().set_index("cell")["mean"] for x in (whole, other)]
    assert scores[1]["elman"] == pytest.approx(scores[0]["elman"], rel=1e-5)
    assert not list((tmp_path / "other" / "trainings").iterdir())


def test_a_damaged_state_is_trained_anew(epochs, tmp_path):
    seen, presses = epochs
    presses.append(2)
    given = {"cells": ["elman"], "epochs": 3}
    with pytest.raises(KeyboardInterrupt):
        tiny.run(tmp_path, **given)
    (folder,) = (tmp_path / "trainings").iterdir()
    (folder / "progress.json").write_text("{")
    presses.clear()
    table = tiny.run(tmp_path, **given).leaderboard()
    assert table["failed"].isna().all()
    assert seen == [1, 2, 1, 2, 3, 1, 2, 3]
