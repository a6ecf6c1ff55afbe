# SPDX-License-Identifier: Apache-2.0
"""A folder gives back the state that it was given, or says what to do."""

import json

import keras
import numpy as np
import pytest

from keras_rnn.models.training.resume import ResumeFolder, locked_folder

SETTINGS = {"epochs": 3, "units": [2, 2]}


def model(value):
    inputs = keras.Input((1,))
    layer = keras.layers.Dense(
        1, kernel_initializer=keras.initializers.Constant(value)
    )
    return keras.Model(inputs, layer(inputs))


def state(epoch, best_epoch):
    return {"epochs": epoch, "best_epoch": best_epoch, "best": 0.1}


@pytest.fixture
def folder(tmp_path):
    """After two epochs of which the first was better."""
    folder = ResumeFolder(tmp_path, SETTINGS)
    folder.write(state(1, best_epoch=1), model(1.0))
    folder.write(state(2, best_epoch=1), model(2.0))
    return folder


def again(folder):
    """The same folder in another process."""
    return ResumeFolder(folder.path, SETTINGS)


def test_the_last_state_comes_back_with_the_best_weights(folder):
    kept, last, best = again(folder).read()
    assert kept == state(2, best_epoch=1)
    assert float(last.get_weights()[0].item()) == 2.0
    assert float(best[0].item()) == 1.0


def test_a_folder_that_goes_on_keeps_what_it_needs(folder):
    other = again(folder)
    other.read()
    other.write(state(3, best_epoch=1), model(3.0))
    names = sorted(path.name for path in folder.path.iterdir())
    assert names == ["epoch_1.keras", "epoch_3.keras", "progress.json"]
    assert again(folder).read()[0]["epochs"] == 3


def test_an_empty_folder_holds_nothing(tmp_path):
    assert ResumeFolder(tmp_path, SETTINGS).read() is None


def changed(text):
    """The state with another best loss: right JSON, wrong state."""
    kept = json.loads(text)
    kept["state"]["best"] = 0.01
    return json.dumps(kept)


DAMAGES = {
    "empty": ("progress.json", lambda data: b""),
    "cut": ("progress.json", lambda data: data[: len(data) // 2]),
    "zeros": ("progress.json", lambda data: bytes(len(data))),
    "no text": ("progress.json", lambda data: b"\xff\xfe" + data),
    "a list": ("progress.json", lambda data: b"[1, 2]"),
    "null": ("progress.json", lambda data: b"null"),
    "an empty dict": ("progress.json", lambda data: b"{}"),
    "the format alone": ("progress.json", lambda data: b'{"format": 1}'),
    "changed": ("progress.json", lambda data: changed(data).encode()),
    "last cut": ("epoch_2.keras", lambda data: data[: len(data) // 2]),
    "best empty": ("epoch_1.keras", lambda data: b""),
    "last flipped": (
        "epoch_2.keras",
        lambda data: data[:-9] + data[-8:] + b"!",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_folder_says_how_to_go_on(folder, damage):
    name, spoilt = DAMAGES[damage]
    path = folder.path / name
    path.write_bytes(spoilt(path.read_bytes()))
    with pytest.raises(ValueError, match=rf"{name} is damaged.*Delete the fol"):
        again(folder).read()


@pytest.mark.parametrize("name", ["epoch_1.keras", "epoch_2.keras"])
def test_a_missing_or_another_model_is_refused(folder, name):
    path = folder.path / name
    model(5.0).save(path)
    with pytest.raises(ValueError, match=f"{name} is damaged, missing"):
        again(folder).read()
    path.unlink()
    with pytest.raises(ValueError, match=f"{name} is damaged, missing"):
        again(folder).read()


def test_a_state_of_a_later_version_is_refused(folder):
    path = folder.path / "progress.json"
    kept = json.loads(path.read_text()) | {"format": 99}
    path.write_text(json.dumps(kept))
    with pytest.raises(ValueError, match="by keras_rnn a later version"):
        again(folder).read()


def test_a_setting_that_only_one_of_them_has_is_named(folder):
    more = ResumeFolder(folder.path, SETTINGS | {"cell": "gru"})
    with pytest.raises(ValueError, match=r"with cell=None\. Rec.*cell='gru'"):
        more.read()


def test_a_write_that_fails_leaves_the_state_before_it(folder, monkeypatch):
    def fail(path):
        path.write_bytes(b"half of a")
        raise OSError("No space left on device")

    full = model(3.0)
    monkeypatch.setattr(full, "save", fail)
    with pytest.raises(OSError, match="No space left"):
        folder.write(state(3, best_epoch=3), full)
    kept, last, _ = again(folder).read()
    assert kept["epochs"] == 2
    np.testing.assert_array_equal(last.get_weights()[0], [[2.0]])


def test_a_folder_is_held_by_one_training(tmp_path):
    busy = pytest.raises(RuntimeError, match="Another training goes on in")
    with locked_folder(tmp_path):
        with busy, locked_folder(tmp_path):
            pass
        with locked_folder(tmp_path / "other"):
            pass
    with pytest.raises(ZeroDivisionError), locked_folder(tmp_path):
        raise ZeroDivisionError
    with locked_folder(tmp_path):
        pass


def test_what_a_kill_left_half_done_is_deleted(folder):
    for name in (".epoch_3.keras.17.keras", ".progress.json.17.json"):
        (folder.path / name).write_text("half")
    (folder.path / "epoch_3.keras").write_text("whole, but of no state")
    with locked_folder(folder.path):
        assert not list(folder.path.glob(".*"))
        kept, *_ = again(folder).read()
    assert kept["epochs"] == 2
