# SPDX-License-Identifier: Apache-2.0
import pandas as pd
import pytest

from keras_rnn.data import Columns


def test_one_name_and_a_sequence_of_names_become_tuples():
    columns = Columns("y", past=["a", "b"], future=("c",), static="d")
    assert columns.target == ("y",)
    assert columns.past == ("a", "b")
    assert columns.future == ("c",)
    assert columns.static == ("d",)
    assert columns.all == ("y", "a", "b", "c", "d")


def test_the_columns_of_a_frame_can_be_passed_as_they_are():
    frame = pd.DataFrame({"a": [1], "b": [2]})
    assert Columns(frame.columns).target == ("a", "b")


def test_there_must_be_a_target():
    with pytest.raises(ValueError, match="at least one column"):
        Columns(())


@pytest.mark.parametrize(
    "roles",
    [
        {"target": ("a", "a")},
        {"target": "a", "past": "a"},
        {"target": "y", "past": "a", "future": "a"},
        {"target": "y", "future": ("b", "a"), "static": "a"},
    ],
)
def test_a_column_has_one_role_only(roles):
    with pytest.raises(ValueError, match="Columns names 'a' twice"):
        Columns(**roles)


@pytest.mark.parametrize("names", [3, ["a", 3]])
def test_names_must_be_strings(names):
    with pytest.raises(TypeError, match="`past` must be of type"):
        Columns("y", past=names)
