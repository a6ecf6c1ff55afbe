# SPDX-License-Identifier: Apache-2.0
"""JSON files, written whole or not at all, and read with care."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from keras_rnn import _files
from keras_rnn._types import PathLike

T = TypeVar("T")

# Scraped texts hold halves of emoji, which plain UTF-8 cannot write.
_ENCODING = ("utf-8", "surrogatepass")


def write(path: PathLike, settings: dict[str, Any]) -> None:
    """Writes settings to a file; the old file stays until the new one is whole.

    Args:
        path: The file.
        settings: Values that JSON can hold.

    Raises:
        OSError: If the folder does not exist, or cannot be written to.
    """
    text = json.dumps(settings, ensure_ascii=False, indent=0)
    file = Path(path).resolve()  # so that a link stays a link
    if not file.parent.is_dir():
        raise FileNotFoundError(
            f"There is no folder {file.parent}. Create it first."
        )
    with _files.replacing(file) as draft:
        draft.write_bytes(text.encode(*_ENCODING))


def read(
    path: PathLike, build: Callable[[dict[str, Any]], T], writer: str
) -> T:
    """Builds an object from the settings in a file.

    Args:
        path: The file.
        build: Function from the settings to the object.
        writer: The method that writes such files, for the error.

    Returns:
        The object.

    Raises:
        ValueError: If the file holds no settings, or `build` refuses them.
        OSError: If the file cannot be read at all.
    """
    data = Path(path).read_bytes()
    try:
        settings = json.loads(data.decode(*_ENCODING))
        if not isinstance(settings, dict):
            raise TypeError(f"it holds a {type(settings).__name__}")
        return build(settings)
    except (ValueError, TypeError, RecursionError) as error:
        reason = str(error).partition(". ")[0].rstrip(".")
        raise ValueError(
            f"{path} must be a file that {writer} wrote. Received: {len(data)} "
            f"bytes ({reason}). Save it again, or load another file."
        ) from error
