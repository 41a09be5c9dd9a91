"""Keeps a long computation that the user started: asks the worker, and lets go of what no longer belongs."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from landscape_app.engine.jobs import TaskJob, TaskReply
from landscape_app.engine.worker import WorkerThread
from landscape_app.session.config import Experiment
from landscape_app.session.problem import Problem
from landscape_app.session.tasks import TaskKind, TaskState, TaskWish


class Task(QObject):
    """One kind of computation, at most one at a time.

    With other data or another model its result is gone. With another start or other settings it stops, and what is
    there stays, marked as belonging to the former ones.
    """

    advanced = Signal()

    def __init__(self, kind: TaskKind, worker: WorkerThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kind: TaskKind = kind
        self._worker = worker
        self._token = 0
        self._wish: TaskWish | None = None
        self._state: TaskState[Any] | None = None
        self._seen: tuple[Experiment, int] | None = None
        worker.worker.task_advanced.connect(self._on_advanced)

    def start(self, wish: TaskWish) -> None:
        """Compute ``wish``, and nothing else any more."""
        self._token += 1
        self._wish, self._seen = wish, None
        self._state = TaskState(wish.empty(), busy=True, stopped=False, current=True)
        self._worker.task_wanted.emit(TaskJob(self._token, self._kind, wish))

    def stop(self) -> None:
        """Leave it as it is."""
        if self._state is not None and self._state.busy:
            self._token += 1
            self._state = replace(self._state, busy=False, stopped=True)
            self._worker.task_wanted.emit(TaskJob(self._token, self._kind, None))

    def failed(self) -> None:
        """The worker met an error: nothing is under way any more."""
        self._token += 1
        if self._state is not None and self._state.busy:
            self._state = replace(self._state, busy=False, stopped=True)

    def state_for(self, problem: Problem, experiment: Experiment, cursor: int) -> TaskState[Any] | None:
        """Return how far it is, for the run of ``experiment`` with the settings at ``cursor``."""
        if self._wish is None or self._state is None:
            return None
        if self._wish.problem is not problem:
            self.stop()
            self._wish = self._state = None  # it would keep the data
            return None
        # Only settings changed in mid-run depend on the cursor.
        seen = (experiment, cursor if experiment.run.changes else 0)
        if self._seen is None or self._seen[0] is not seen[0] or self._seen[1] != seen[1]:
            self._seen = seen
            current = self._wish.fits(experiment, cursor)
            if not current:
                self.stop()
            if current != self._state.current:
                self._state = replace(self._state, current=current)
        return self._state

    @Slot(object)
    def _on_advanced(self, reply: TaskReply) -> None:
        if reply.kind != self._kind or reply.token != self._token or self._state is None:
            return
        result = self._state.result if reply.result is None else reply.result
        self._state = replace(self._state, result=result, busy=not reply.ended)
        self.advanced.emit()
