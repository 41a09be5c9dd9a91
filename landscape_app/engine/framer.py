"""Keeps the directions of the map in step with what they depend on."""

from PySide6.QtCore import QObject, Signal, Slot

from landscape_app.core.landscape import Frame
from landscape_app.engine.jobs import FrameJob, FrameReply
from landscape_app.engine.worker import WorkerThread
from landscape_app.session.framing import FrameWish, found_frame


class Framer(QObject):
    """Finds directions, one wish at a time; until they are found, and while something moves, the old ones stay.

    A map whose directions followed every step or every move of the mouse would turn under the eye.
    """

    frame_ready = Signal()

    def __init__(self, worker: WorkerThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._token = 0
        self._made: tuple[FrameWish, Frame] | None = None
        self._under_way: FrameWish | None = None
        worker.worker.frame_found.connect(self._on_frame_found)

    @property
    def busy(self) -> bool:
        """Whether directions are being found."""
        return self._under_way is not None

    def frame_for(self, wish: FrameWish | None, at_rest: bool) -> Frame | None:
        """Return the directions to draw with, None for two parameters; ask for others if these are out of date."""
        if wish is None:
            if self._under_way is not None:
                self._cancel()
            return None
        if self._made is not None and (self._made[0].kind, self._made[0].problem) != (wish.kind, wish.problem):
            self._made = None
        if self._made is None or (at_rest and not self._made[0].same_as(wish)):
            self._find(wish)
        elif self._under_way is not None and self._made[0].same_as(wish):
            self._cancel()
        return None if self._made is None else self._made[1]

    def failed(self) -> None:
        """The worker met an error: nothing is under way any more."""
        self._token += 1
        self._under_way = None

    def _find(self, wish: FrameWish) -> None:
        if wish.quick:
            self._cancel()
            self._made = (wish, found_frame(wish))
        elif self._under_way is None or not self._under_way.same_as(wish):
            self._token += 1
            self._under_way = wish
            self._worker.frame_wanted.emit(FrameJob(self._token, wish))

    def _cancel(self) -> None:
        if self._under_way is not None:
            self._token += 1
            self._under_way = None
            self._worker.frame_wanted.emit(None)

    @Slot(object)
    def _on_frame_found(self, reply: FrameReply) -> None:
        if reply.token != self._token:  # for a wish that is gone
            return
        self._under_way = None
        self._made = (reply.wish, reply.frame)
        self.frame_ready.emit()
