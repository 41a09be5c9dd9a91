"""Where the log is kept, and which of its files belong to which window."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from landscape_app.file_lock import locked

NAME = "landscape-app"
#: How many windows at once write a log of their own.
MOST_WINDOWS = 16
#: After so many days the log of a second or further window goes.
KEPT_DAYS = 14.0


def log_folder() -> Path:
    """Return the folder of the user's logs; it may not exist.

    Raises
    ------
    RuntimeError
        If this user has no home folder.
    """
    override = os.environ.get("LANDSCAPE_LOG_DIR")
    if override:
        return Path(override)
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / NAME / "log"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Logs" / NAME
    chosen = os.environ.get("XDG_STATE_HOME", "")
    # A relative path is to be ignored, as the standard for these folders says.
    return (Path(chosen) if Path(chosen).is_absolute() else Path.home() / ".local" / "state") / NAME / "log"


@dataclass(frozen=True, slots=True)
class Place:
    """The files of one window, which are its own until ``lock`` is closed."""

    log: Path
    crash: Path
    lock: ExitStack


def take_place(folder: Path) -> Place:
    """Return the first place in ``folder`` that no other window holds; the folder is made.

    Windows share no file, since one that rotates a file would take it away under the other. The operating system
    frees the place of a window that died.

    Raises
    ------
    OSError
        If the folder can't be made or written to, or too many windows are open.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in _names():
        lock = ExitStack()
        try:
            lock.enter_context(locked(folder / f".{name}.lock", patience=0.0))
        except TimeoutError:
            continue
        return Place(folder / f"{name}.log", folder / f"{name}.crash", lock)
    raise OSError(f"{MOST_WINDOWS} windows write a log already.")


def prune(folder: Path, days: float = KEPT_DAYS) -> None:
    """Remove what is old of further windows that are closed; what the first one left is kept, for it is bounded."""
    oldest = time.time() - days * 86_400.0
    for name in list(_names())[1:]:
        files = [*folder.glob(f"{name}.log*"), *folder.glob(f"{name}.crash")]
        try:
            if not files or max(file.stat().st_mtime for file in files) > oldest:
                continue
            with locked(folder / f".{name}.lock", patience=0.0):
                for file in files:
                    file.unlink(missing_ok=True)
        except OSError:  # held by a window, taken away by another one, or not ours: then it stays
            continue


def _names() -> Iterator[str]:
    yield NAME
    for number in range(2, MOST_WINDOWS + 1):
        yield f"{NAME}-{number}"
