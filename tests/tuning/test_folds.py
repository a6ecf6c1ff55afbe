# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from keras_rnn.tuning import CrossValidation


@pytest.mark.parametrize("gap", [0, 3])
@pytest.mark.parametrize("rows", [20, 31])
def test_no_fold_trains_on_what_comes_after_its_origin(rows, gap):
    for fold in CrossValidation(folds=3, gap=gap).rolling(rows):
        assert fold.validation[0] - fold.train[-1] == gap + 1
        assert fold.train[0] == 0


def test_the_last_fold_ends_with_the_last_row_and_folds_do_not_overlap():
    folds = CrossValidation(folds=4, size=5).rolling(50)
    judged = np.concatenate([fold.validation for fold in folds])
    assert judged.tolist() == list(range(30, 50))


def test_too_many_folds_for_the_rows_are_refused():
    with pytest.raises(ValueError, match="leave no row to train on"):
        CrossValidation(folds=5, size=4).rolling(20)


def test_without_order_every_row_judges_once_and_trains_elsewhere():
    folds = CrossValidation(folds=3).shuffled(10)
    judged = np.concatenate([fold.validation for fold in folds])
    assert sorted(judged) == list(range(10))
    for fold in folds:
        assert not set(fold.train) & set(fold.validation)
        assert len(fold.train) + len(fold.validation) == 10


def test_a_gap_needs_an_order():
    with pytest.raises(ValueError, match="neither `gap` nor `size`"):
        CrossValidation(gap=1).shuffled(10)
