# SPDX-License-Identifier: Apache-2.0
"""Files that are whole at every moment, in folders that one process writes."""

import contextlib
import os

import filelock


@contextlib.contextmanager
def replacing(path):
    """A draft that takes the place of a file once it is written as a whole.

    A block that raises leaves the file as it was, and no draft. What is killed
    leaves a draft at most: see `delete_drafts`.

    Args:
        path: pathlib.Path of the file.

    Yields:
        pathlib.Path of the draft, with the same suffix.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}{path.suffix}")
    try:
        yield draft
        with open(draft, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def write_whole(path, text):
    """Writes a text so that a file is old or new at every moment, never half.

    Args:
        path: pathlib.Path of the file.
        text: What it will hold, in UTF-8.
    """
    with replacing(path) as draft:
        draft.write_text(text, "utf-8")


def delete_drafts(directory, names):
    """Deletes drafts that a killed process has left.

    Args:
        directory: pathlib.Path, locked by the caller.
        names: Pattern of the names of the files that they were drafts of.
    """
    for draft in directory.glob(f".{names}.*"):
        draft.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(path, busy):
    """Holds a file's lock; the system releases it however the owner ends.

    Args:
        path: pathlib.Path of the lock file; it may stay, unlocked.
        busy: What an error says if the lock is held.

    Raises:
        RuntimeError: If another process, or another block of this one, holds
            the lock.
    """
    lock = filelock.FileLock(path)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise RuntimeError(busy) from None
    try:
        yield
    finally:
        lock.release()
