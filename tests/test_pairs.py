# SPDX-License-Identifier: Apache-2.0
from itertools import combinations, product

from tests.pairs import pairwise_cover

FACTORS = {"a": ["1", "2", "3"], "b": ["x", "y"], "c": ["u", "v"]}


def test_every_allowed_pair_is_in_a_case_and_no_other():
    cases = pairwise_cover(FACTORS, forbidden=[("3", "x")])
    for one, other in combinations(FACTORS, 2):
        for pair in product(FACTORS[one], FACTORS[other]):
            met = any((case[one], case[other]) == pair for case in cases)
            assert met == (pair != ("3", "x"))
    # All of them would be 12, less the 2 forbidden ones.
    assert len(cases) < 10
