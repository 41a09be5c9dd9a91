"""Asks the worker for steps, one job at a time, and hands back what it recorded."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from landscape_app.engine.jobs import StepJob, StepsReply
from landscape_app.engine.worker import WorkerThread


class Stepper(QObject):
    """The one place that knows whether steps are being computed.

    While a job is under way only the newest of those asked for waits, so that dragging the start never
    queues up work.
    """

    replied = Signal(object)
    #: Nothing is under way any more, and there was no answer that still counts.
    idle = Signal()

    def __init__(self, worker: WorkerThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._token = 0
        self._under_way = False
        self._next: StepJob | None = None
        worker.worker.steps_finished.connect(self._on_steps_finished)

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return self._under_way

    def request(self, job: StepJob) -> None:
        """Send ``job`` as soon as the worker is free."""
        if self._under_way:
            self._next = job
        else:
            self._send(job)

    def forget(self) -> None:
        """Drop what is under way and what waits: it was for a state that is gone."""
        self._next = None
        self._token += 1

    def failed(self) -> None:
        """The worker met an error: nothing is under way any more."""
        self._under_way = False
        self.forget()

    def _send(self, job: StepJob) -> None:
        self._under_way = True
        self._worker.steps_wanted.emit(replace(job, token=self._token))

    @Slot(object)
    def _on_steps_finished(self, reply: StepsReply) -> None:
        self._under_way = False
        waiting, self._next = self._next, None
        if waiting is not None:
            self._send(waiting)
        if reply.token == self._token:
            self.replied.emit(reply)
        elif waiting is None:
            self.idle.emit()
