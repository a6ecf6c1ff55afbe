# SPDX-License-Identifier: Apache-2.0
"""What `import keras_rnn` gives, and what it does not cost."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import keras
import pytest

import keras_rnn
from keras_rnn.layers import LAYERS

SAVED = Path(__file__).parent / "saved"


def fresh(program, *arguments):
    """What a program prints, as JSON, in a new process."""
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_every_subpackage_is_reached_from_the_package_alone():
    program = """
import json, keras_rnn
listed = dir(keras_rnn)
print(json.dumps({
    name: [name in listed, getattr(keras_rnn, name).__name__]
    for name in keras_rnn.__all__
    if name.islower()
}))
"""
    folders = {
        path.parent.name
        for path in Path(keras_rnn.__file__).parent.glob("[a-z]*/__init__.py")
    }
    assert fresh(program) == {
        name: [True, f"keras_rnn.{name}"] for name in folders
    }


def test_an_unknown_name_is_refused_as_of_any_module():
    with pytest.raises(AttributeError, match="no attribute 'tunning'"):
        keras_rnn.tunning  # noqa: B018


def test_what_is_not_used_is_not_imported():
    program = """
import json, sys
import keras
before = set(sys.modules)
import keras_rnn
print(json.dumps(sorted(set(sys.modules) - before)))
"""
    loaded = set(fresh(program))
    assert "keras_rnn.models" in loaded
    foreign = {name.partition(".")[0] for name in loaded} - {"keras_rnn"}
    assert foreign <= sys.stdlib_module_names, foreign
    for name in keras_rnn._WHEN_ASKED_FOR:
        assert f"keras_rnn.{name}" not in loaded, name


def test_type_checkers_see_what_is_imported_when_asked_for():
    tree = ast.parse(Path(keras_rnn.__file__).read_text(encoding="utf-8"))
    (seen,) = [node for node in tree.body if isinstance(node, ast.If)]
    names = {alias.name for node in seen.body for alias in node.names}
    assert names == set(keras_rnn._WHEN_ASKED_FOR)


def test_files_of_all_classes_load_where_only_the_package_is_imported(tmp_path):
    inputs = keras.Input((4, 2))
    for key, row in LAYERS.items():
        layer = row.layer(3, return_sequences=True)
        inputs_and_outputs = inputs, keras.layers.Bidirectional(layer)(inputs)
        keras.Model(*inputs_and_outputs).save(tmp_path / f"{key}.keras")
    program = """
import json, pathlib, sys
import keras, keras_rnn
loaded = [
    keras.saving.load_model(path).name
    for folder in sys.argv[1:]
    for path in pathlib.Path(folder).rglob("*.keras")
]
registered = [
    name
    for name in keras.saving.get_custom_objects()
    if name.startswith("keras_rnn>")
]
print(json.dumps([len(loaded), sorted(registered)]))
"""
    models = [*SAVED.glob("*/*.keras")]
    num_loaded, registered = fresh(program, tmp_path, *SAVED.glob("*_*"))
    assert num_loaded == len(LAYERS) + len(models)
    import keras_rnn.forecasting
    import keras_rnn.tuning  # noqa: F401

    # Examples in docstrings define classes too, which no module has.
    everything = {
        name
        for name, cls in keras.saving.get_custom_objects().items()
        if name.startswith("keras_rnn>")
        and hasattr(sys.modules[cls.__module__], cls.__name__)
    }
    assert set(registered) == everything
