# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from keras_rnn import _validation as validate


@pytest.mark.parametrize("value", [1, np.int64(7)])
def test_a_positive_integer_becomes_an_int(value):
    checked = validate.positive_int("units", value)
    assert type(checked) is int
    assert checked == value


@pytest.mark.parametrize("value", [0, -1, 3.5, True, "3", None])
def test_anything_else_is_refused_by_name_value_and_type(value):
    expected = (
        "`units` must be a positive integer. "
        f"Received: units={value!r} (type {type(value).__name__})."
    )
    with pytest.raises(ValueError) as error:  # noqa: PT011
        validate.positive_int("units", value)
    assert str(error.value) == expected


@pytest.mark.parametrize("value", [-0.1, 1.7, float("nan"), True, "0.5"])
def test_a_fraction_lies_between_0_and_1(value):
    with pytest.raises(ValueError, match="`dropout` must be a number from 0"):
        validate.fraction("dropout", value)


@pytest.mark.parametrize(
    "value", [np.array(["a"]), np.array(["a", "b"]), ["a"], {"a": 1}, None]
)
def test_a_choice_is_no_array_of_choices(value):
    for allowed in (("a", "b"), {"a": 1, "b": 2}):
        with pytest.raises(ValueError, match="must be one of 'a', 'b'"):
            validate.one_of("unit", value, allowed)


def test_what_was_received_is_shown_in_short():
    with pytest.raises(TypeError) as error:
        validate.instance("frame", list(range(1000)), dict, "Pass a dict.")
    assert len(str(error.value)) < 200
    assert str(error.value).endswith("(type list). Pass a dict.")


def test_a_seed_is_one_that_every_generator_takes():
    assert validate.random_seed("seed", np.int64(2**32 - 1)) == 2**32 - 1
    for value in (2**32, 2**40, -1, 1.5, True, "3"):
        with pytest.raises(ValueError, match="`seed` must be an integer"):
            validate.random_seed("seed", value)


def test_what_was_received_is_shown_on_one_line():
    assert validate.received("grid", np.eye(2)) == (
        "Received: grid=array([[1., 0.],        [0., 1.]]) (type ndarray)."
    )
