# SPDX-License-Identifier: Apache-2.0
"""Fixtures of all tests."""

import pytest

from tests.backend import forget_programs


@pytest.fixture(autouse=True, scope="module")
def _programs_are_forgotten_after_each_file():
    """Thousands of them in one process are more than JAX's compiler bears."""
    yield
    forget_programs()
