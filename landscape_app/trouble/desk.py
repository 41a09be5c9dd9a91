"""Decides when the window that tells of errors opens, and what it says."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QWidget

from landscape_app.home import without_home
from landscape_app.trouble.dialog import ErrorDialog
from landscape_app.trouble.mishap import Mishap

log = logging.getLogger(__name__)

#: An error that was closed and comes again within so many seconds opens nothing: it may come with every picture.
QUIET = 10.0
#: So many kinds of errors are described; what else comes is counted.
MOST_KINDS = 10


class ErrorDesk(QObject):
    """Shows errors one dialog at a time; ``about`` returns versions and the like, ``last_lines`` the end of the log."""

    def __init__(
        self, window: QWidget, folder: Path | None, about: Callable[[], str], last_lines: Callable[[], str]
    ) -> None:
        super().__init__(window)
        self._window, self._folder, self._about, self._last_lines = window, folder, about, last_lines
        self.dialog: ErrorDialog | None = None
        self._shown: list[Mishap] = []
        self._total = 0
        self._quiet: dict[object, float] = {}  # kind of an error that was closed: when it came last

    @Slot(object)
    def show_errors(self, mishaps: tuple[Mishap, ...]) -> None:
        """Open the dialog, or add to the one that is open. What fails here is logged and nothing more."""
        try:
            self._show(mishaps)
        except Exception:
            log.warning("An error could not be shown", exc_info=True)

    def _show(self, mishaps: tuple[Mishap, ...]) -> None:
        now = time.monotonic()
        news = [mishap for mishap in mishaps if not self._is_quiet(mishap.kind, now)]
        if not news:
            return
        new_kind = False
        for mishap in news:
            self._total += mishap.count
            place = next((n for n, shown in enumerate(self._shown) if shown.kind == mishap.kind), None)
            if place is not None:
                self._shown[place] = replace(self._shown[place], count=self._shown[place].count + mishap.count)
            elif len(self._shown) < MOST_KINDS:
                self._shown.append(mishap)
                new_kind = True
        dialog = self.dialog or self._open()
        dialog.show_errors(without_home(self._shown[0].summary), self._total - 1)
        if new_kind:
            dialog.show_details(self.text())
        if not dialog.isVisible():
            dialog.show()

    def _is_quiet(self, kind: object, now: float) -> bool:
        last = self._quiet.get(kind)
        if last is None:
            return False
        if now - last > QUIET:
            del self._quiet[kind]
            return False
        self._quiet[kind] = now
        return True

    def _open(self) -> ErrorDialog:
        # Above a question that holds the window up, else nobody could close it.
        self.dialog = ErrorDialog(self._folder, QApplication.activeModalWidget() or self._window)
        self.dialog.copy_requested.connect(self._on_copy)
        self.dialog.finished.connect(self._on_gone)
        self.dialog.destroyed.connect(self._on_gone)
        return self.dialog

    def text(self) -> str:
        """Return the details of all errors that are shown, without the name of the user's home folder."""
        parts = [f"{m.details}\n({m.count} times)" if m.count > 1 else m.details for m in self._shown]
        parts.append(self._about())
        lines = self._last_lines()
        if lines:
            parts.append(f"The end of the log:\n{lines}")
        return without_home("\n\n".join(parts))

    @Slot()
    def _on_copy(self) -> None:
        if self.dialog is not None:
            self.dialog.copy(self.text())

    @Slot()
    def _on_gone(self) -> None:
        if self.dialog is None:
            return
        self.dialog.destroyed.disconnect(self._on_gone)  # else the end of this one would be taken for the next one's
        self.dialog = None
        now = time.monotonic()
        self._quiet.update((mishap.kind, now) for mishap in self._shown)
        self._shown, self._total = [], 0
