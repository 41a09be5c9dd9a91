"""Handlers of the standard library's logging that never disturb the program."""

import logging
import os
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from landscape_app.logs.same import same_error

FORMAT = "%(asctime)s.%(msecs)03d %(levelname)s %(name)s [%(threadName)s] %(message)s"
MAX_BYTES, BACKUPS = 1_000_000, 5
#: Within so many seconds the same message is written so many times; then it is only counted.
WINDOW, MOST = 10.0, 5
#: So many kinds of messages are told apart; with more, counting begins anew.
MOST_KINDS = 500


class Formatter(logging.Formatter):
    """Adds how many messages like this one were left out before it."""

    def __init__(self) -> None:
        super().__init__(FORMAT, "%Y-%m-%d %H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, or the lines if there is a traceback."""
        text = super().format(record)
        left_out = getattr(record, "left_out", 0)
        return f"{text}\n  ({left_out} more like this one were left out before it)" if left_out else text


class Repetitions(logging.Filter):
    """Lets a message that comes over and over through a few times only, and counts the rest."""

    def __init__(self, window: float = WINDOW, most: int = MOST) -> None:
        super().__init__()
        self._window, self._most = window, most
        self._seen: dict[object, tuple[float, int]] = {}  # kind: start of its window, number within it
        self._guard = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is to be written."""
        known = record.__dict__.get("admitted")
        if known is not None:  # another handler with this filter has counted it
            return bool(known)
        what = same_error(record.exc_info[1]) if record.exc_info else record.getMessage()
        kind = (record.name, record.levelno, what)
        now = time.monotonic()
        with self._guard:
            if len(self._seen) > MOST_KINDS:
                self._seen.clear()
            start, count = self._seen.get(kind, (now, 0))
            if now - start > self._window:
                record.__dict__["left_out"] = max(0, count - self._most)
                start, count = now, 0
            self._seen[kind] = (start, count + 1)
        admitted = count < self._most
        record.__dict__["admitted"] = admitted
        return admitted


class QuietRotation(RotatingFileHandler):
    """Writes to files that rotate; where that fails it says so once on standard error, and the program goes on."""

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES, backups: int = BACKUPS) -> None:
        super().__init__(path, maxBytes=max_bytes, backupCount=backups, encoding="utf-8", delay=True, errors="replace")
        self._told = False

    def doRollover(self) -> None:
        """Begin a new file; if an old one can't be moved (somebody reads it on Windows) go on in this one."""
        try:
            super().doRollover()
        except OSError:
            if self.stream is None:
                self.stream = self._open()

    def handleError(self, record: logging.LogRecord) -> None:
        """Tell about a full disk once; a mistake in a message is written where developers look."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
            return
        # What could not be written must not be kept and grow; the next message opens the file again.
        stream, self.stream = self.stream, None
        if stream is not None:
            with suppress(OSError):
                stream.close()
        if not self._told:
            self._told = True
            tell(error)


class Tail(logging.Handler):
    """Keeps the last lines in memory, for the report of an error."""

    def __init__(self, lines: int = 60) -> None:
        super().__init__(logging.INFO)
        self._lines: deque[str] = deque(maxlen=lines)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record's lines without its traceback, which the report has already."""
        text = f"{time.strftime('%H:%M:%S', time.localtime(record.created))} {record.levelname} {record.name}: "
        first = record.getMessage().splitlines()[:3]
        self._lines.append(text + "\n".join(first) + (_named(record.exc_info) if record.exc_info else ""))

    def text(self) -> str:
        """Return what was kept."""
        with self.lock or threading.RLock():
            return "\n".join(self._lines)


_Info = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def _named(info: _Info) -> str:
    return "" if info[1] is None else f" ({type(info[1]).__name__}: {info[1]})"


def tell(error: OSError) -> None:
    """Say once on standard error, if there is one, that no log is written."""
    if sys.stderr is None:
        return
    about = error.strerror or str(error)
    where = f" {os.fspath(error.filename)}" if isinstance(error.filename, str) else ""
    with suppress(OSError, ValueError):  # nobody may read it any more
        sys.stderr.write(f"No log is written:{where} {about}. The program runs on without it.\n")
