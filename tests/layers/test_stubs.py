# SPDX-License-Identifier: Apache-2.0
import pytest

import keras_rnn
from tests.layers import exports
from tests.layers.stubs import stubs

STUBS = stubs()


@pytest.mark.parametrize("path", STUBS, ids=lambda path: path.stem)
def test_a_stub_shows_the_arguments_the_class_takes(path):
    assert path.read_text(encoding="utf-8") == STUBS[path], (
        "Run `python -m tests.written`."
    )


@pytest.mark.parametrize("path", exports.HOMES, ids=str)
def test_all_layers_of_the_table_and_their_cells_are_exported(path):
    exported = {name for both in exports.names().values() for name in both}
    package = keras_rnn if exports.HOMES[path] else keras_rnn.layers
    assert exported <= set(package.__all__), "Run `python -m tests.written`."
