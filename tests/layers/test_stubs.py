# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.layers.stubs import stubs

STUBS = stubs()


@pytest.mark.parametrize("path", STUBS, ids=lambda path: path.stem)
def test_a_stub_shows_the_arguments_the_class_takes(path):
    assert path.read_text(encoding="utf-8") == STUBS[path], (
        "Run `python -m tests.layers.stubs`."
    )
