"""Keeps the check of the gradient in step with the cursor, where it is asked for."""

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from landscape_app.engine.jobs import CheckJob, CheckReply
from landscape_app.engine.worker import WorkerThread
from landscape_app.session.gradient_check import CheckWish, GradientCheck

#: Milliseconds without a change after which the gradient is checked.
CALM = 300


class Checker(QObject):
    """Checks one gradient at a time: at rest while somebody looks, if it is quick, and whenever it is asked for."""

    check_ready = Signal()

    def __init__(self, worker: WorkerThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._token = 0
        self._latest: CheckWish | None = None
        self._under_way: CheckWish | None = None
        self._made: GradientCheck | None = None
        self._failed: CheckWish | None = None  # not made by itself again: it would fail again
        self.watched = False
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(CALM)
        self._calm.timeout.connect(self._on_calm)
        worker.worker.check_made.connect(self._on_check_made)

    @property
    def busy(self) -> bool:
        """Whether a check is being made."""
        return self._under_way is not None

    @property
    def wanted(self) -> bool:
        """Whether somebody looks at the check, or has asked for it."""
        return self.watched or self.busy or self._made is not None

    def check_for(self, wish: CheckWish | None) -> GradientCheck | None:
        """Return the check of ``wish`` if it has been made; None is for a gradient that is not to be checked now."""
        if wish is None:
            self._calm.stop()
            self._cancel()
            self._latest = None
            return None
        if self._made is not None and self._made.wish.problem is not wish.problem:
            self._made = None  # it would keep the data
        if self._failed is not None and not self._failed.same_as(wish):
            self._failed = None
        if self._latest is None or not self._latest.same_as(wish):
            self._cancel()
            self._latest = wish
        if self._made is not None and self._made.wish.same_as(wish):
            self._calm.stop()
            return self._made
        if self.watched and self._under_way is None and self._failed is None and wish.by_itself:
            if not self._calm.isActive():
                self._calm.start()
        else:
            self._calm.stop()
        return None

    def check_now(self, wish: CheckWish) -> None:
        """Check ``wish`` however long it takes."""
        under_way = self._under_way
        if under_way is None or not under_way.asked or not under_way.same_as(wish):
            self._send(wish)

    def failed(self) -> None:
        """The worker met an error: nothing is under way any more."""
        self._token += 1
        self._failed, self._under_way = self._under_way, None
        self._calm.stop()

    def _send(self, wish: CheckWish) -> None:
        self._calm.stop()
        self._token += 1
        self._latest = self._under_way = wish
        self._worker.check_wanted.emit(CheckJob(self._token, wish))

    def _cancel(self) -> None:
        if self._under_way is not None:
            self._token += 1
            self._under_way = None
            self._worker.check_wanted.emit(None)

    @Slot()
    def _on_calm(self) -> None:
        if self._latest is not None and self._under_way is None:
            self._send(self._latest)
            self.check_ready.emit()  # for now it is said that it is being checked

    @Slot(object)
    def _on_check_made(self, reply: CheckReply) -> None:
        if reply.token != self._token:  # for a point that is gone
            return
        self._under_way = None
        self._made = reply.check
        self.check_ready.emit()
