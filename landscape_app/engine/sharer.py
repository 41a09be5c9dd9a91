"""Keeps the parts of the open entry in step with the cursor."""

from PySide6.QtCore import QObject, Signal, Slot

from landscape_app.engine.jobs import ShareJob, ShareReply
from landscape_app.engine.worker import WorkerThread
from landscape_app.session.shares import Shares, ShareWish, shares_of


class Sharer(QObject):
    """Takes an entry of the gradient apart: small data at once, large ones at rest and on the worker."""

    shares_ready = Signal()

    def __init__(self, worker: WorkerThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._token = 0
        self._under_way: ShareWish | None = None
        self._failed: ShareWish | None = None
        self._made: Shares | None = None
        worker.worker.shares_found.connect(self._on_shares_found)

    @property
    def busy(self) -> bool:
        """Whether parts are being found."""
        return self._under_way is not None

    def shares_for(self, wish: ShareWish | None, at_rest: bool) -> Shares | None:
        """Return the parts that ``wish`` asks for if they are there; ask for them otherwise."""
        if wish is None:
            self._cancel()
            self._made = None
            return None
        if self._made is not None and self._made.wish.same_as(wish):
            self._cancel()
            return self._made
        self._made = None  # it would keep the data, and parts of another moment are never shown
        if wish.quick:
            self._cancel()
            self._made = shares_of(wish)
        elif not at_rest:
            self._cancel()
        elif not (_same(self._under_way, wish) or _same(self._failed, wish)):
            self._send(wish)
        return self._made

    def failed(self) -> None:
        """The worker met an error: nothing is under way any more, and the same is not asked for again."""
        self._token += 1
        self._failed, self._under_way = self._under_way, None

    def _send(self, wish: ShareWish) -> None:
        self._token += 1
        self._under_way, self._failed = wish, None
        self._worker.shares_wanted.emit(ShareJob(self._token, wish))

    def _cancel(self) -> None:
        if self._under_way is not None:
            self._token += 1
            self._under_way = None
            self._worker.shares_wanted.emit(None)

    @Slot(object)
    def _on_shares_found(self, reply: ShareReply) -> None:
        if reply.token != self._token:  # for a moment that is gone
            return
        self._under_way = None
        self._made = reply.shares
        self.shares_ready.emit()


def _same(one: ShareWish | None, other: ShareWish) -> bool:
    return one is not None and one.same_as(other)
