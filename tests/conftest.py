# SPDX-License-Identifier: Apache-2.0
"""Fixtures of all tests."""

import pytest
from hypothesis import HealthCheck, settings

from tests.backend import (
    forget_programs,
    let_numpy_read_tensors,
    skip_what_cannot_be_fused,
)

# How fast an example runs says more of the machine than of the code.
settings.register_profile(
    "any machine",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("any machine")
let_numpy_read_tensors()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call():
    try:
        return (yield)
    except ValueError as error:
        skip_what_cannot_be_fused(error)
        raise


@pytest.fixture(autouse=True, scope="module")
def _programs_are_forgotten_after_each_file():
    """Thousands of them in one process are more than JAX's compiler bears."""
    yield
    forget_programs()
