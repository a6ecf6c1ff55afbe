# SPDX-License-Identifier: Apache-2.0
"""The folder from which an interrupted training resumes."""

import contextlib
import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras

from keras_rnn import _files
from keras_rnn import _validation as validate
from keras_rnn._types import Array, PathLike

#: Version of the format of the state; keras_rnn 0.1 wrote no version.
FORMAT = 1
STATE, MODELS = "progress.json", "epoch_*.keras"


@contextlib.contextmanager
def locked_folder(path: PathLike | None) -> Iterator[None]:
    """Locks the folder of a training while the block runs.

    The folder is made if need be, and the unfinished files of a training that
    was killed are deleted.

    Args:
        path: The folder; with None nothing is locked.

    Raises:
        RuntimeError: If another training, in this process or in another one,
            has locked the folder.
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


@dataclass(frozen=True)
class Resume:
    """Where the state of a training is kept, so that it can resume.

    Args:
        directory: Folder of this one training; it is made if need be.
        settings: Dict, name -> value, of the settings that the model depends
            on; a training with other settings does not resume.
        seconds: A training without patience writes its state after an epoch
            only if the last state is so old. With patience every epoch is
            written, because one of them has the best weights.

    Raises:
        ValueError: If the directory is a file.
    """

    directory: PathLike
    settings: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        validate.folder("resume", self.directory)

    @property
    def folder(self) -> Path:
        """The directory as a path."""
        return Path(self.directory)


class DamagedError(ValueError):
    """The state in a folder cannot be read by anybody."""


class ResumeFolder:
    """Keeps the state of one training.

    A training may be killed at any moment: the folder then holds the state
    after its last whole epoch.

    Args:
        path: The folder, locked by `locked_folder`.
        settings: Dict, name -> value that JSON can hold, of all settings that
            affect the result of the training. Only `"epochs"` may be higher
            when the training resumes.
        seconds: Age of the last state at which the next one is due.
    """

    def __init__(
        self, path: Path, settings: dict[str, Any], seconds: float = 0.0
    ) -> None:
        self.path = path
        self.seconds = seconds
        self.written: float = time.monotonic()
        self.settings: dict[str, Any] = json.loads(json.dumps(settings))
        self.checksums: dict[str, str] = {}

    def read(self) -> tuple[dict[str, Any], keras.Model, list[Array]] | None:
        """Reads what was kept after the last whole epoch.

        Returns:
            The state, the model after that epoch, and the best weights; None
            if nothing was kept yet.

        Raises:
            ValueError: If the folder holds a training with other settings, a
                training of version 0.1, or damaged files.
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

    def is_due(self) -> bool:
        """Whether the last state, or the beginning, is old enough."""
        return time.monotonic() - self.written >= self.seconds

    def write(self, state: dict[str, Any], model: keras.Model) -> None:
        """Keeps the state after an epoch.

        The model is written first, and then the state, which names the models
        that are valid. Other models are deleted.

        Args:
            state: Dict that JSON can hold, with "epochs" and "best_epoch".
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
        self.written = time.monotonic()

    def _model(self, epoch: int) -> Path:
        return self.path / f"epoch_{epoch}.keras"

    def _load(self, epoch: int) -> keras.Model:
        path = self._model(epoch)
        whole = path.exists() and (
            _checksum(path.read_bytes()) == self.checksums.get(path.name)
        )
        if not whole:
            raise self._damaged(path.name)
        return keras.saving.load_model(path)

    def _damaged(self, name: str) -> ValueError:
        return DamagedError(
            f"{str(self.path)!r} holds a training that cannot go on: {name} "
            "is damaged, missing, or was changed. Delete the folder to train "
            "from the beginning, or name another one."
        )

    def _check_format(self, kept: Any) -> None:
        """Raises a ValueError if this version cannot read the state."""
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

    def _check_settings(self, recorded: dict[str, Any]) -> None:
        """Raises a ValueError unless the settings are those of the folder."""
        for name in {**recorded, **self.settings}:
            was, now = recorded.get(name), self.settings.get(name)
            if was == now:
                continue
            if name == "epochs" and self.settings[name] > was:
                continue
            remedy = "at least as many" if name == "epochs" else "that"
            raise ValueError(
                f"{str(self.path)!r} holds a training with {name}={was!r}. "
                f"Received: {name}={now!r}. Resume with {remedy}, or name "
                "another folder."
            )


def _checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
