# SPDX-License-Identifier: Apache-2.0
"""Which cases run by default, and which with `-m slow` only.

Nothing is left out for good: a test is parametrized over all of its cases, and
what the default run can do without is marked slow here, by one rule.
"""

import itertools

import pytest

from tests.pairs import pairwise_cover


def mostly_slow(values, default):
    """All values, of which those outside `default` are slow.

    Args:
        values: List, or dict, id -> value.
        default: The ids of those that run by default.

    Returns:
        List of pytest's params, for a decorator or for `products`.
    """
    named = _by_id(values)
    if unknown := set(default) - set(named):
        raise ValueError(f"{sorted(unknown)} are none of {list(named)}.")
    return [
        _param([name], param.values, is_slow=name not in default)
        for name, param in named.items()
    ]


def products(**factors):
    """Parametrizes over all products of the factors, most of them slow.

    By default run so many that every two values of different factors meet.

    Args:
        **factors: Name of an argument -> list, or dict, id -> value. Params
            that are slow themselves take no part in the default run.
    """
    named = {name: _by_id(values) for name, values in factors.items()}
    quick = {
        name: [key for key, param in params.items() if not param.marks]
        for name, params in named.items()
    }
    default = pairwise_cover(quick)
    cases = []
    for keys in itertools.product(*named.values()):
        params = [
            params[key]
            for params, key in zip(named.values(), keys, strict=True)
        ]
        cases.append(
            _param(
                keys,
                [param.values[0] for param in params],
                is_slow=dict(zip(named, keys, strict=True)) not in default,
            )
        )
    return pytest.mark.parametrize(list(named), cases)


def _by_id(values):
    """Dict of id -> param, of what is a param already or not."""
    if not isinstance(values, dict):
        values = {v.id if _is_param(v) else str(v): v for v in values}
    return {
        name: v if _is_param(v) else pytest.param(v, id=name)
        for name, v in values.items()
    }


def _is_param(value):
    return hasattr(value, "marks")


def _param(names, values, is_slow):
    marks = [pytest.mark.slow] if is_slow else []
    return pytest.param(*values, id="-".join(names), marks=marks)
