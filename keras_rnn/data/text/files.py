# SPDX-License-Identifier: Apache-2.0
"""JSON files, written whole or not at all, and read with care."""

import json
from pathlib import Path

from keras_rnn import _files

# Scraped texts hold halves of emoji, which plain UTF-8 cannot write.
_ENCODING = ("utf-8", "surrogatepass")


def write(path, settings):
    """Writes settings to a file; the old file stays until the new one is whole.

    Args:
        path: Where to.
        settings: What JSON can hold.

    Raises:
        OSError: If the folder does not exist, or cannot be written to.
    """
    text = json.dumps(settings, ensure_ascii=False, indent=0)
    path = Path(path).resolve()  # a link goes on being one
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"There is no folder {path.parent}. Create it first."
        )
    with _files.replacing(path) as draft:
        draft.write_bytes(text.encode(*_ENCODING))


def read(path, build, wrote):
    """What `build` makes of the settings in a file.

    Args:
        path: A file.
        build: Function of a dict.
        wrote: What wrote such files, for the error.

    Returns:
        What `build` returns.

    Raises:
        ValueError: If the file holds no settings, or such as `build` refuses.
        OSError: If it cannot be read at all.
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
            f"{path} must be a file that {wrote} wrote. Received: {len(data)} "
            f"bytes ({reason}). Save it again, or load another file."
        ) from error
