"""Brings errors from every thread to the thread of the window, however many there are."""

import logging
import threading
from dataclasses import replace
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from landscape_app.logs.same import same_error
from landscape_app.trouble.mishap import Mishap, mishap_of

#: At least so many milliseconds lie between two words to the window.
PAUSE = 250
#: So many kinds of errors are described between two words; what goes beyond is counted with the last.
MOST_KINDS = 20


class ErrorRelay(QObject):
    """Emits ``happened`` with a tuple of Mishaps, in its own thread, for what is logged as an error with a traceback.

    So ``log.error(..., exc_info=error)`` is all that any part of the program has to do. An error that comes a thousand
    times a second is described once and counted; what fails while errors are shown is logged, but not relayed.
    """

    happened = Signal(object)
    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._guard = threading.Lock()
        self._waiting: dict[object, Mishap] = {}
        self._awake = False  # a word is under way, or the pause after one
        self._handler = _Handler(self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._on_paused)
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Listen to the log."""
        logging.getLogger().addHandler(self._handler)

    def remove(self) -> None:
        """Listen no more."""
        logging.getLogger().removeHandler(self._handler)
        self._pause.stop()

    def take(self, record: logging.LogRecord) -> None:
        """Take what was logged; from any thread."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None or _is_ours(error.__traceback__):
            return
        kind: object = same_error(error)
        with self._guard:
            if kind not in self._waiting and len(self._waiting) >= MOST_KINDS:
                kind = tuple(self._waiting)[-1]
            known = self._waiting.get(kind)
            if known is None:
                thread = record.threadName or "unknown"
                self._waiting[kind] = mishap_of(kind, error, record.getMessage(), thread, record.created)
            else:
                self._waiting[kind] = replace(known, count=known.count + 1)
            wake, self._awake = not self._awake, True
        if wake:
            self._woken.emit()

    @Slot()
    def _on_woken(self) -> None:
        with self._guard:
            mishaps = tuple(self._waiting.values())
            self._waiting.clear()
        self._pause.start()
        if mishaps:
            self.happened.emit(mishaps)

    @Slot()
    def _on_paused(self) -> None:
        with self._guard:
            self._awake = bool(self._waiting)
            again = self._awake
        if again:
            self._on_woken()


class _Handler(logging.Handler):
    """Hands errors on; what else is logged stays in the log."""

    def __init__(self, relay: ErrorRelay) -> None:
        super().__init__(logging.ERROR)
        self._relay = relay

    def emit(self, record: logging.LogRecord) -> None:
        """Hand an error on."""
        try:
            self._relay.take(record)
        except RuntimeError:  # Qt has deleted the relay: the program is ending, and the log has the error
            logging.getLogger().removeHandler(self)


def _is_ours(trace: TracebackType | None) -> bool:
    """Whether an error comes from showing errors: to show it could go on for ever."""
    package = __name__.rpartition(".")[0] + "."
    while trace is not None:
        if str(trace.tb_frame.f_globals.get("__name__", "")).startswith(package):
            return True
        trace = trace.tb_next
    return False
