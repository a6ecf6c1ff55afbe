# SPDX-License-Identifier: Apache-2.0
"""A file that is no whole forecaster is refused by one kind of error."""

import io
import json
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keras_rnn.forecasting import Forecaster
from keras_rnn.layers import LAYERS
from tests.saved.test_saved import FOLDER

WHOLE = FOLDER / "direct.forecaster"


def members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def packed(contents, compression=zipfile.ZIP_STORED):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as file:
        for name, data in contents.items():
            file.writestr(name, data)
    return written.getvalue()


def with_words(change):
    """The file with other words in `forecaster.json`."""
    contents = members(WHOLE.read_bytes())
    words = json.loads(contents["forecaster.json"])
    change(words)
    return packed({**contents, "forecaster.json": json.dumps(words)})


def with_member(name, data):
    return packed({**members(WHOLE.read_bytes()), name: data})


def without(name):
    contents = members(WHOLE.read_bytes())
    del contents[name]
    return packed(contents)


def with_arrays(change):
    contents = members(WHOLE.read_bytes())
    with np.load(io.BytesIO(contents["arrays.npz"])) as file:
        arrays = {name: change(file[name]) for name in file}
    written = io.BytesIO()
    np.savez(written, **arrays)
    return with_member("arrays.npz", written.getvalue())


def huge_array():
    """An npz whose header claims a terabyte."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f8", "fortran_order": False, "shape": (2**37,)}
    )
    return with_member("arrays.npz", packed({"a.npy": header.getvalue()}))


def bomb(name):
    """A member of 100 MiB of zeros, in 100 KiB."""
    contents = members(WHOLE.read_bytes())
    zeros = packed({name: bytes(100 * 2**20)}, zipfile.ZIP_DEFLATED)
    if name == "forecaster.json":
        return zeros
    inside = "network_0.keras" if name.endswith(".h5") else "arrays.npz"
    return packed({**contents, inside: zeros})


def nested(depth):
    return with_member("forecaster.json", "[" * depth + "]" * depth)


FILES = {
    "empty": b"",
    "text": b"no forecaster",
    "an empty zip": packed({}),
    "another zip": packed({"word/document.xml": b"<xml/>"}),
    "a keras file": (FOLDER / "many_to_one.keras").read_bytes(),
    "a cut file": WHOLE.read_bytes()[:-100],
    "a file without its start": WHOLE.read_bytes()[100:],
    "no words": without("forecaster.json"),
    "no arrays": without("arrays.npz"),
    "no network": without("network_0.keras"),
    "no JSON": with_member("forecaster.json", b"\xff{"),
    "words in a list": with_member("forecaster.json", "[]"),
    "nested words": nested(10**5),
    "no format": with_words(lambda words: words.pop("format")),
    "a format in words": with_words(lambda words: words.update(format="1")),
    "no contents": with_words(lambda words: words.update(contents={})),
    "fewer networks": with_words(lambda words: words.update(networks=0)),
    "another class": with_words(
        lambda words: words["contents"]["dict"].update(
            scales={"class": "Popen", "fields": {}}
        )
    ),
    "another setting": with_words(
        lambda words: words["contents"]["dict"]["settings"]["dict"].update(
            units=-1
        )
    ),
    "another step": with_words(
        lambda words: words["contents"]["dict"].update(
            step={"step": "__name__", "n": 1, "normalize": False}
        )
    ),
    "scales of NaN": with_arrays(lambda array: array * np.nan),
    "pickled arrays": with_arrays(lambda array: array.astype(object)),
    "an array of a terabyte": huge_array(),
    "no arrays at all": with_member("arrays.npz", b"x"),
    "a bomb of words": bomb("forecaster.json"),
    "a bomb of arrays": bomb("array_0.npy"),
    "a bomb of weights": bomb("model.weights.h5"),
    "itself": with_member("network_0.keras", WHOLE.read_bytes()),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_no_forecaster_is_refused(kind, tmp_path):
    path = tmp_path / "x.forecaster"
    path.write_bytes(FILES[kind])
    with pytest.raises(ValueError, match=r"x.forecaster' is no saved forecas"):
        Forecaster.load(path)


def test_a_folder_is_no_forecaster(tmp_path):
    with pytest.raises(ValueError, match="is no saved forecaster"):
        Forecaster.load(tmp_path)


def test_a_later_format_says_to_update(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(with_words(lambda words: words.update(format=99)))
    with pytest.raises(ValueError, match=r"format 99; this.*Update keras_rnn"):
        Forecaster.load(path)


def test_weights_that_are_no_numbers_are_refused(tmp_path):
    data = members(WHOLE.read_bytes())["network_0.keras"]
    (tmp_path / "x.keras").write_bytes(data)
    network = keras.saving.load_model(tmp_path / "x.keras")
    network.set_weights([w * np.nan for w in network.get_weights()])
    network.save(tmp_path / "x.keras")
    data = (tmp_path / "x.keras").read_bytes()
    (tmp_path / "x").write_bytes(with_member("network_0.keras", data))
    with pytest.raises(ValueError, match="weights of its networks are no fin"):
        Forecaster.load(tmp_path / "x")


def with_config(name, value):
    """The file with another size of some layer in its first network."""
    network = members(members(WHOLE.read_bytes())["network_0.keras"])
    config, changed = json.loads(network["config.json"]), []

    def change(node):
        if isinstance(node, list):
            for entry in node:
                change(entry)
        if isinstance(node, dict):
            for key, inner in node.items():
                change(inner)
                if key == name and not changed:
                    shaped = isinstance(inner, list)
                    node[key] = [*inner[:-1], value] if shaped else value
                    changed.append(key)

    change(config)
    assert changed
    network["config.json"] = json.dumps(config)
    return with_member("network_0.keras", packed(network))


@pytest.mark.parametrize("name", ["units", "batch_shape"])
@pytest.mark.parametrize("value", [10**9, 1e300])
def test_a_network_that_claims_more_than_its_weights_is_not_built(
    tmp_path, name, value
):
    (tmp_path / "x").write_bytes(with_config(name, value))
    with pytest.raises(ValueError, match=f"{name}=.*, its weights at most"):
        Forecaster.load(tmp_path / "x")


def test_a_cell_that_this_process_lacks_is_named(tmp_path, monkeypatch):
    forecaster = Forecaster.load(WHOLE)
    forecaster.save(tmp_path / "today")
    cell = forecaster.settings.stacks[0].cell
    monkeypatch.delitem(LAYERS, cell)
    message = rf"the cell '{cell}', which.*layers.register\('{cell}', ...\)"
    for path in (WHOLE, tmp_path / "today"):
        with pytest.raises(ValueError, match=message):
            Forecaster.load(path)


def test_a_file_that_could_not_be_written_leaves_the_old_one(
    tmp_path, monkeypatch
):
    path = tmp_path / "x"
    path.write_bytes(WHOLE.read_bytes())
    forecaster = Forecaster.load(path)

    def stop(self, path):
        raise KeyboardInterrupt

    monkeypatch.setattr(type(forecaster.networks[0]), "save", stop)
    with pytest.raises(KeyboardInterrupt):
        forecaster.save(path)
    assert path.read_bytes() == WHOLE.read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


def check_any(data, path):
    """Whatever the bytes are: a forecaster, or a ValueError."""
    path.write_bytes(data)
    try:
        Forecaster.load(path)
    except ValueError as error:
        assert "is no saved forecaster" in str(error)  # noqa: PT017


def changed_words(path, value):
    """The file with another value at a path of positions in its words."""

    def change(words):
        node, parent, key = words["contents"], words, "contents"
        for step in path:
            keys = (
                sorted(node)
                if isinstance(node, dict)
                else range(len(node))
                if isinstance(node, list)
                else ()
            )
            if not keys:
                break
            parent, key = node, keys[step % len(keys)]
            node = parent[key]
        parent[key] = value

    return with_words(change)


PATHS = st.lists(st.integers(0, 30), min_size=1, max_size=12)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 99),
    st.floats(),
    st.text(max_size=3),
    st.just([]),
    st.just({}),
    st.just({"array": "array_0"}),
)


@pytest.mark.attack
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(PATHS, VALUES)
def test_other_words_are_refused_or_read(tmp_path: Path, path, value):
    check_any(changed_words(path, value), tmp_path / "x")


CHANGES = st.lists(
    st.tuples(st.integers(0, WHOLE.stat().st_size - 1), st.integers(0, 255)),
    min_size=1,
    max_size=20,
)


def changed(data, changes):
    data = bytearray(data)
    for place, byte in changes:
        data[place] = byte
    return bytes(data)


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(CHANGES)
def test_changed_bytes_are_refused_or_read(tmp_path: Path, changes):
    check_any(changed(WHOLE.read_bytes(), changes), tmp_path / "x")
