"""Work that can't be cut into slices (reading a file, drawing a page): a thread of its own, newest request wins."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a task came to: ``value``, or the ``error`` it ended with."""

    key: Any
    value: Any = None
    error: Exception | None = None


class Background(QObject):
    """Runs one task at a time. While one runs, only the newest of those asked for is kept waiting."""

    finished = Signal(object)
    _done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="background")
        self._running = self._closed = False
        self._next: tuple[Any, Callable[[], Any]] | None = None
        self._done.connect(self._on_done)

    @property
    def busy(self) -> bool:
        """Whether a task runs."""
        return self._running

    def submit(self, key: Any, task: Callable[[], Any]) -> None:
        """Run ``task`` as soon as the present one ends; ``key`` comes back with its outcome."""
        if self._running:
            self._next = (key, task)
        else:
            self._start(key, task)

    def _start(self, key: Any, task: Callable[[], Any]) -> None:
        self._running = True
        self._pool.submit(self._run, key, task)

    def _run(self, key: Any, task: Callable[[], Any]) -> None:
        try:
            outcome = Outcome(key, task())
        except Exception as error:  # noqa: BLE001 - handed to the window, which shows it: nothing is swallowed here
            outcome = Outcome(key, error=error)
        if not self._closed:
            self._done.emit(outcome)

    @Slot(object)
    def _on_done(self, outcome: Outcome) -> None:
        self._running = False
        if self._next is not None:
            key, task = self._next
            self._next = None
            self._start(key, task)
        self.finished.emit(outcome)

    def shut_down(self) -> None:
        """Drop the task that waits, and what the one that runs comes to; the window need not wait for it."""
        self._next = None
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)
