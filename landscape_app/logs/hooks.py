"""Brings what nobody caught to the log: errors of every thread, and of what can't raise any."""

import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType

log = logging.getLogger("landscape_app.uncaught")


class Hooks:
    """Python's last resorts; ``remove`` puts back what was there before."""

    def __init__(self, interrupted: Callable[[], object] | None = None) -> None:
        self._interrupted = interrupted
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._on_error
        threading.excepthook = self._on_thread_error
        sys.unraisablehook = self._on_unraisable

    def remove(self) -> None:
        """Put back what was there before."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before

    def _on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, Exception):
            if self._interrupted is not None and issubclass(kind, KeyboardInterrupt):
                self._interrupted()
            return
        log.error("Nobody caught this error", exc_info=(kind, error, trace))

    def _on_thread_error(self, args: threading.ExceptHookArgs) -> None:
        if isinstance(args.exc_value, Exception):
            name = args.thread.name if args.thread is not None else "unknown"
            about = (args.exc_type, args.exc_value, args.exc_traceback)
            log.error("Nobody caught this error of the thread %s", name, exc_info=about)

    def _on_unraisable(self, args: "sys.UnraisableHookArgs") -> None:
        if not isinstance(args.exc_value, Exception) or sys.is_finalizing():
            return
        # The object itself must not be kept, nor printed: it may be half gone.
        log.error("%s", args.err_msg or "Nobody could catch this error", exc_info=args.exc_value)
