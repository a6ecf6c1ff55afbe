# SPDX-License-Identifier: Apache-2.0
"""The folder from which an interrupted training goes on."""

import contextlib
import hashlib
import json
from pathlib import Path

import keras

from keras_rnn import _files

#: Of the states; version 0.1 wrote none.
FORMAT = 1
STATE, MODELS = "progress.json", "epoch_*.keras"


@contextlib.contextmanager
def held(path):
    """Keeps others out of a folder; what a kill left half done is deleted.

    Args:
        path: The folder; None for none.

    Raises:
        RuntimeError: If another training, of whatever process, holds it.
    """
    if path is None:
        yield
        return
    path = Path(path)
    path.mkdir(parents=True, exist_ok=True)
    busy = (
        f"Another training goes on in {str(path)!r}. Two trainings need two "
        "folders. Wait for it, or name another folder."
    )
    with _files.locked(path / "lock", busy):
        _files.delete_drafts(path, MODELS)
        _files.delete_drafts(path, STATE)
        yield


class ResumeFolder:
    """Keeps the state of one training, whole at every moment.

    Args:
        path: `Path` of the folder, which is `held`.
        settings: Dict, name -> value as JSON knows it: all that moves what
            the training gives. `"epochs"` may grow.
    """

    def __init__(self, path, settings):
        self.path = path
        self.settings = json.loads(json.dumps(settings))
        self.checksums = {}

    def read(self):
        """What was kept after the last whole epoch.

        Returns:
            The state, the model as it was then, and the best weights; None if
            nothing was kept yet.

        Raises:
            ValueError: If it is another training, of version 0.1, or damaged.
        """
        file = self.path / STATE
        if not file.exists():
            return None
        try:
            kept = json.loads(file.read_text("utf-8"))
        except ValueError as error:  # not JSON, or not even text
            raise self._damaged(STATE) from error
        self._check_format(kept)
        if kept.pop("checksum", None) != _checksum(json.dumps(kept).encode()):
            raise self._damaged(STATE)
        self._check_settings(kept["settings"])
        self.checksums = kept["models"]
        state = kept["state"]
        best, last = (
            self._load(state[name]) for name in ("best_epoch", "epochs")
        )
        return state, last, best.get_weights()

    def write(self, state, model):
        """Keeps the state of an epoch: the model, then what makes it valid.

        Args:
            state: Dict as JSON knows it, with "epochs" and "best_epoch".
            model: The model after this epoch.
        """
        path = self._model(state["epochs"])
        with _files.replacing(path) as draft:
            model.save(draft)
        checksums = self.checksums | {path.name: _checksum(path.read_bytes())}
        names = {self._model(state[k]).name for k in ("best_epoch", "epochs")}
        self.checksums = {name: checksums[name] for name in sorted(names)}
        kept = {
            "format": FORMAT,
            "settings": self.settings,
            "state": state,
            "models": self.checksums,
        }
        checksum = _checksum(json.dumps(kept).encode())
        text = json.dumps(kept | {"checksum": checksum})
        _files.write_whole(self.path / STATE, text)
        for path in self.path.glob(MODELS):
            if path.name not in names:
                path.unlink()

    def _model(self, epoch):
        return self.path / f"epoch_{epoch}.keras"

    def _load(self, epoch):
        path = self._model(epoch)
        whole = path.exists() and (
            _checksum(path.read_bytes()) == self.checksums.get(path.name)
        )
        if not whole:
            raise self._damaged(path.name)
        return keras.saving.load_model(path)

    def _damaged(self, name):
        return ValueError(
            f"{str(self.path)!r} holds a training that cannot go on: {name} "
            "is damaged, missing, or was changed. Delete the folder to train "
            "from the beginning, or name another one."
        )

    def _check_format(self, kept):
        """Raises a ValueError for what this version did not write."""
        names = set(kept) if isinstance(kept, dict) else set()
        if not names & {"format", "fingerprint"}:
            raise self._damaged(STATE)
        if kept.get("format") == FORMAT:
            return
        version = "a later version" if "format" in names else "0.1"
        raise ValueError(
            f"{str(self.path)!r} holds a training by keras_rnn {version}, "
            "which this version cannot go on with. Name another folder."
        )

    def _check_settings(self, recorded):
        """Raises a ValueError unless the same training is to go on."""
        for name in {**recorded, **self.settings}:
            was, now = recorded.get(name), self.settings.get(name)
            if was == now or (name == "epochs" and now > was):
                continue
            remedy = "at least as many" if name == "epochs" else "that"
            raise ValueError(
                f"{str(self.path)!r} holds a training with {name}={was!r}. "
                f"Received: {name}={now!r}. Resume with {remedy}, or name "
                "another folder."
            )


def _checksum(data):
    return hashlib.sha256(data).hexdigest()
