"""Work that was never saved: kept at intervals in a file of its own, offered again after a crash."""

import logging
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from landscape_app.file_lock import locked
from landscape_app.logs.folder import log_folder

log = logging.getLogger(__name__)


class Recovery:
    """A file for this window's unsaved work, and those that others have left behind.

    A lock that the system frees when a program ends, however it ends, tells what is left behind from what
    another window is still writing.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or log_folder() / "unsaved"
        self._held = ExitStack()
        self.path: Path | None = None

    def start(self) -> Path | None:
        """Choose this window's file and lock it; None where nothing can be written."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix="work-", suffix=".lock", dir=self.folder)
            os.close(descriptor)
            self._held.enter_context(locked(Path(name)))
        except OSError as error:
            log.warning("Unsaved work can't be kept: %s", error)
            return None
        self.path = Path(name).with_suffix(".json")
        return self.path

    def left_behind(self) -> list[Path]:
        """Return the work of windows that ended without a farewell, the newest first."""
        found = [path for path in self.folder.glob("work-*.json") if path != self.path and _is_free(path)]
        return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)

    def adopt(self, path: Path) -> Path:
        """Make work that was left behind this window's own, so that it is not lost before it is saved."""
        if self.path is None:
            return path
        path.replace(self.path)
        path.with_suffix(".lock").unlink(missing_ok=True)
        return self.path

    def forget(self, path: Path) -> None:
        """Remove work that is not needed any more."""
        for name in (path, path.with_suffix(".lock")):
            name.unlink(missing_ok=True)

    def stop(self) -> None:
        """The window ends as it should: nothing is left behind."""
        self._held.close()
        if self.path is not None:
            self.forget(self.path)
            self.path = None


def _is_free(path: Path) -> bool:
    """Whether nobody holds the lock that belongs to ``path``."""
    try:
        with locked(path.with_suffix(".lock"), patience=0.0):
            return True
    except OSError:
        return False
