"""A lock that two programs agree on by a file; the operating system frees it if its holder dies."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

#: Seconds between two attempts.
PAUSE = 0.01


@contextmanager
def locked(path: Path, patience: float = 1.0) -> Iterator[None]:
    """Hold the lock of the file ``path``, which is made if it isn't there and stays.

    Raises
    ------
    TimeoutError
        If somebody else holds it for longer than ``patience`` seconds.
    OSError
        If the file can't be made or locked.
    """
    end = time.monotonic() + patience
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        while not _taken(descriptor):
            if time.monotonic() > end:
                raise TimeoutError(f"{path} is held by another program.")
            time.sleep(PAUSE)
        try:
            yield
        finally:
            _free(descriptor)
    finally:
        os.close(descriptor)


if sys.platform == "win32":

    def _taken(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

    def _free(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:

    def _taken(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _free(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
