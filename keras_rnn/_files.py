# SPDX-License-Identifier: Apache-2.0
"""Files that are whole at every moment, in folders that one process writes."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import filelock


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Gives the block a draft, which replaces a file once the block is done.

    If the block raises, the file stays as it was and the draft is deleted. A
    process that is killed may leave its draft behind: see `delete_drafts`.

    Args:
        path: The file.

    Yields:
        The path of the draft, with the same suffix.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}{path.suffix}")
    try:
        yield draft
        with open(draft, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Writes a text; at every moment the file holds the old or the new one.

    Args:
        path: The file.
        text: Its new content, written in UTF-8.
    """
    with replacing(path) as draft:
        draft.write_text(text, "utf-8")


def delete_drafts(directory: Path, pattern: str) -> None:
    """Deletes the drafts that a killed process has left behind.

    Args:
        directory: The folder of the files, locked by the caller.
        pattern: Pattern of the names of the files, as in `Path.glob`.
    """
    for draft in directory.glob(f".{pattern}.*"):
        draft.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(path: Path, message: str) -> Iterator[None]:
    """Holds the lock of a file while the block runs.

    The system releases the lock however the process ends.

    Args:
        path: The lock file, which is made and may stay, unlocked.
        message: The error's message if the lock is held.

    Raises:
        RuntimeError: If another process, or another block of this one, holds
            the lock.
    """
    lock = filelock.FileLock(path)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise RuntimeError(message) from None
    try:
        yield
    finally:
        lock.release()
