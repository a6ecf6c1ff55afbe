# SPDX-License-Identifier: Apache-2.0
"""One sweep a directory: a lock that dies with its owner."""

import contextlib


@contextlib.contextmanager
def locked(path):
    """Holds a file's lock; the system releases it however the owner ends.

    Args:
        path: pathlib.Path of the lock file; it stays, unlocked.

    Raises:
        RuntimeError: If another process, or another sweep of this one, holds
            the lock.
    """
    import fcntl  # POSIX only: the package must import without it

    with open(path, "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RuntimeError(
                f"Another sweep is running in {path.parent}. Two sweeps need "
                "two directories. Wait for it, or name another `directory`."
            ) from None
        yield
