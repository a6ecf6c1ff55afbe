# SPDX-License-Identifier: Apache-2.0
"""Nothing is lost between the tiers, and every two values meet by default."""

from itertools import combinations, product

import pytest

from tests.rows import OF_EACH_KIND, OF_EACH_OWN_KIND, OWN_VARIANTS, VARIANTS
from tests.tiers import mostly_slow, products

LETTERS = {"first": "a", "second": "b", "third": "c"}
NUMBERS = [1, 2, 3]


def _values(params, is_slow):
    return [p.values for p in params if bool(p.marks) == is_slow]


def test_all_products_are_there_and_every_two_values_meet_by_default():
    params = products(letter=LETTERS, number=NUMBERS, more=NUMBERS).args[1]
    assert sorted(p.values for p in params) == sorted(
        product(LETTERS.values(), NUMBERS, NUMBERS)
    )
    default = _values(params, is_slow=False)
    assert len(default) < len(params) / 2
    for i, j in combinations(range(3), 2):
        assert len({(case[i], case[j]) for case in default}) == 9


def test_a_slow_value_makes_its_products_slow():
    letters = mostly_slow(LETTERS, default=["second"])
    params = products(letter=letters, number=NUMBERS).args[1]
    assert len(params) == 9
    assert _values(params, is_slow=False) == [("b", 1), ("b", 2), ("b", 3)]


def test_a_default_that_is_no_value_is_refused():
    with pytest.raises(ValueError, match=r"\['fourth'\] are none of"):
        mostly_slow(LETTERS, default=["fourth"])


@pytest.mark.parametrize(
    ("params", "variants"),
    [(OF_EACH_KIND, VARIANTS), (OF_EACH_OWN_KIND, OWN_VARIANTS)],
)
def test_one_variant_of_each_kind_and_two_more_run_by_default(params, variants):
    assert [p.values[0] for p in params] == variants
    default = [variant for (variant,) in _values(params, is_slow=False)]
    assert {v.kind for v in default} == {v.kind for v in variants}
    others = [v.kind for v in default if str(v) not in ("lstm", "gru")]
    assert len(default) - len(others) == 2
    assert len(others) == len(set(others))
