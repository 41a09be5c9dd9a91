"""Sets the log up for a window, and takes it down again."""

import faulthandler
import logging
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO

from landscape_app import __version__
from landscape_app.logs.folder import Place, log_folder, prune, take_place
from landscape_app.logs.handlers import BACKUPS, MAX_BYTES, Formatter, QuietRotation, Repetitions, Tail, tell
from landscape_app.logs.hooks import Hooks

log = logging.getLogger(__name__)

#: Whose versions the log begins with.
NAMED = ("PySide6-Essentials", "pyqtgraph", "numpy")
#: So much of a crash is taken into the next log.
MOST_OF_A_CRASH = 20_000


@dataclass
class Log:
    """A log that is being written; ``path`` is None if none could be. ``tail`` holds the last lines in any case."""

    path: Path | None
    tail: Tail
    _handlers: list[logging.Handler]
    _hooks: Hooks
    _level: int
    _place: Place | None = None
    _crash: IO[str] | None = field(default=None, repr=False)

    @property
    def folder(self) -> Path | None:
        """The folder that the log is written to, or None."""
        return None if self.path is None else self.path.parent

    def stop(self) -> None:
        """End the log and put everything back as it was."""
        self._hooks.remove()
        logging.captureWarnings(False)
        root = logging.getLogger()
        for handler in self._handlers:
            root.removeHandler(handler)
            handler.close()
        root.setLevel(self._level)
        if self._crash is not None:
            faulthandler.disable()
            self._crash.close()
        if self._place is not None:
            self._place.lock.close()


def start_log(
    folder: Path | None = None,
    *,
    max_bytes: int = MAX_BYTES,
    backups: int = BACKUPS,
    crashes: bool = True,
    interrupted: Callable[[], object] | None = None,
) -> Log:
    """Write what happens from INFO on to a file in ``folder``, and from WARNING on to standard error, too.

    Nothing here fails: without a folder that can be written to there is one sentence on standard error, and no file.
    ``crashes`` lets a hard crash leave its traceback beside the log; ``interrupted`` is called on Ctrl+C.
    """
    tail, repetitions = Tail(), Repetitions()
    handlers: list[logging.Handler] = [tail]
    if sys.stderr is not None:
        console = logging.StreamHandler()
        console.setLevel(logging.WARNING)
        console.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        handlers.append(console)
    place, crash = None, None
    try:
        place = take_place(folder or log_folder())
        prune(place.log.parent)
        with place.log.open("a", encoding="utf-8"):
            pass  # says now rather than with the first message if the file can't be written
        last_crash = _last_crash(place.crash)
        if crashes:
            crash = place.crash.open("w", encoding="utf-8")
        file = QuietRotation(place.log, max_bytes, backups)
        file.setFormatter(Formatter())
        handlers.append(file)
    except (OSError, RuntimeError) as error:
        tell(error if isinstance(error, OSError) else OSError(0, str(error).rstrip(".")))
        last_crash = ""
        if place is not None:
            place.lock.close()
            place = None
    root = logging.getLogger()
    started = Log(place.log if place else None, tail, handlers, Hooks(interrupted), root.level, place, crash)
    root.setLevel(logging.INFO)
    for handler in handlers:
        handler.addFilter(repetitions)
        root.addHandler(handler)
    logging.captureWarnings(True)
    if crash is not None:
        faulthandler.enable(crash)
    log.info("landscape-app %s starts: %s", __version__, ", ".join(_versions()))
    if last_crash:
        log.info("It crashed the last time:\n%s", last_crash)
    return started


def _versions() -> list[str]:
    said = [f"Python {platform.python_version()}", platform.platform()]
    for name in NAMED:
        try:
            said.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            said.append(f"{name} missing")
    return said


def _last_crash(path: Path) -> str:
    """Return what the last window at this place left when it crashed, if it did."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(MOST_OF_A_CRASH).strip()
    except FileNotFoundError:
        return ""
