# SPDX-License-Identifier: Apache-2.0
"""Fixtures of all tests."""

import pytest
from hypothesis import HealthCheck, settings

from tests.backend import forget_programs

# How fast an example runs says more of the machine than of the code.
settings.register_profile(
    "any machine",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("any machine")


@pytest.fixture(autouse=True, scope="module")
def _programs_are_forgotten_after_each_file():
    """Thousands of them in one process are more than JAX's compiler bears."""
    yield
    forget_programs()
