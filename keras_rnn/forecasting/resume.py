# SPDX-License-Identifier: Apache-2.0
"""The folder from which an interrupted training goes on."""

import json
import os

import keras

#: Of the states; version 0.1 wrote none.
FORMAT = 1


class ResumeFolder:
    """Keeps the state of one training, whole at every moment.

    Args:
        path: `Path` of the folder.
        settings: Dict, name -> value as JSON knows it: all that moves what
            the training gives. `"epochs"` may grow.
    """

    def __init__(self, path, settings):
        self.path = path
        self.settings = json.loads(json.dumps(settings))
        self.file = path / "progress.json"

    def read(self):
        """What was kept after the last whole epoch.

        Returns:
            The state, the model as it was then, and the best weights; None if
            nothing was kept yet.

        Raises:
            ValueError: If it is another training, or of version 0.1.
        """
        if not self.file.exists():
            return None
        kept = json.loads(self.file.read_text("utf-8"))
        self._check(kept)
        state = kept["state"]
        best, last = (
            keras.saving.load_model(self._model(state[name]))
            for name in ("best_epoch", "epochs")
        )
        return state, last, best.get_weights()

    def write(self, state, model):
        """Keeps the state of an epoch: the model, then what makes it valid.

        Args:
            state: Dict as JSON knows it, with "epochs" and "best_epoch".
            model: The model after this epoch.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        model.save(self._model(state["epochs"]))
        kept = {"format": FORMAT, "settings": self.settings, "state": state}
        draft = self.file.with_name(self.file.name + ".new")
        draft.write_text(json.dumps(kept), "utf-8")
        os.replace(draft, self.file)
        keep = {self._model(state[name]) for name in ("best_epoch", "epochs")}
        for path in self.path.glob("epoch_*.keras"):
            if path not in keep:
                path.unlink()

    def _model(self, epoch):
        return self.path / f"epoch_{epoch}.keras"

    def _check(self, kept):
        """Raises a ValueError unless the same training is to go on."""
        if kept.get("format") != FORMAT:
            version = "0.1" if "fingerprint" in kept else "a later version"
            raise ValueError(
                f"{str(self.path)!r} holds a training by keras_rnn {version}, "
                "which this version cannot go on with. Name another folder."
            )
        for name in {**kept["settings"], **self.settings}:
            was = kept["settings"].get(name)
            now = self.settings.get(name)
            if name == "epochs" and now >= was:
                continue
            if was != now:
                remedy = "at least as many" if name == "epochs" else "that"
                raise ValueError(
                    f"{str(self.path)!r} holds a training with {name}={was!r}. "
                    f"Received: {name}={now!r}. Resume with {remedy}, or name "
                    "another folder."
                )
