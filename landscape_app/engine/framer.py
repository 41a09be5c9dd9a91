"""Keeps the directions of the map in step with what they depend on."""

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from landscape_app.core.landscape import Frame
from landscape_app.engine.jobs import FrameJob, FrameReply
from landscape_app.engine.worker import WorkerThread
from landscape_app.session.framing import FrameWish, found_frame

#: Milliseconds without a change after which directions that depend on the path are found anew.
CALM = 800
#: Iterations from which on a growing path has directions worth finding, and how often its length must have doubled.
WORTH_WHILE, GROWN = 4, 2


class Framer(QObject):
    """Finds directions, one wish at a time; until they are found the old ones stay.

    What the user asks for is found at once. Where only the path or the start has changed, the old directions stay
    while something moves, and a little longer: a map whose directions followed every step or every move of the mouse
    would turn under the eye. A path that has doubled since is the exception: its old directions say little of it. A
    wish that failed or was stopped is not asked for again.
    """

    frame_ready = Signal()

    def __init__(self, worker: WorkerThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._token = 0
        self._made: tuple[FrameWish, Frame] | None = None
        self._under_way: FrameWish | None = None
        self._given_up: FrameWish | None = None
        self._latest: FrameWish | None = None
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(CALM)
        self._calm.timeout.connect(self._on_calm)
        worker.worker.frame_found.connect(self._on_frame_found)

    @property
    def busy(self) -> bool:
        """Whether directions are being found."""
        return self._under_way is not None

    def frame_for(self, wish: FrameWish | None, at_rest: bool) -> Frame | None:
        """Return the directions to draw with, None for two parameters; ask for others if these are out of date."""
        if wish is None:
            self._calm.stop()
            self._cancel()
            return None
        if self._made is not None and (self._made[0].kind, self._made[0].problem) != (wish.kind, wish.problem):
            self._made = None
        if self._made is None or not self._made[0].asks_as(wish):
            self._calm.stop()
            self._find(wish)
        elif self._made[0].same_as(wish):
            self._calm.stop()
            self._cancel()
        elif not at_rest:
            self._calm.stop()
            if self._under_way is None and _outgrown(self._made[0], wish) and not self._is_given_up(wish):
                self._find(wish)
        elif self._latest is None or not self._latest.same_as(wish) or not self._calm.isActive():
            self._latest = wish
            if self._under_way is None and not self._is_given_up(wish):
                self._calm.start()
        return None if self._made is None else self._made[1]

    def stop(self) -> bool:
        """Give up what is being found; return whether there are directions to draw with all the same."""
        self._given_up = self._under_way
        self._cancel()
        return self._made is not None

    def go_on(self) -> None:
        """Let what was stopped, or failed, be asked for again."""
        self._given_up = None

    def failed(self) -> None:
        """The worker met an error: nothing is under way any more."""
        self._token += 1
        self._given_up, self._under_way = self._under_way, None

    def _is_given_up(self, wish: FrameWish) -> bool:
        return self._given_up is not None and self._given_up.asks_as(wish) and self._given_up.same_as(wish)

    def _find(self, wish: FrameWish) -> None:
        if wish.quick:
            self._cancel()
            self._made = (wish, found_frame(wish))
        elif self._is_given_up(wish):
            return
        elif self._under_way is None or not self._under_way.asks_as(wish):
            self._token += 1
            self._under_way = wish
            self._worker.frame_wanted.emit(FrameJob(self._token, wish))

    def _cancel(self) -> None:
        if self._under_way is not None:
            self._token += 1
            self._under_way = None
            self._worker.frame_wanted.emit(None)

    @Slot()
    def _on_calm(self) -> None:
        if self._latest is not None:
            self._find(self._latest)
            self.frame_ready.emit()  # quick ones are there; for the others it is said that they are being found

    @Slot(object)
    def _on_frame_found(self, reply: FrameReply) -> None:
        if reply.token != self._token:  # for a wish that is gone
            return
        self._under_way = None
        self._made = (reply.wish, reply.frame)
        self.frame_ready.emit()


def _outgrown(made: FrameWish, wish: FrameWish) -> bool:
    """Whether the path is at least twice as long as the one that the directions were found for."""
    if made.path is None or wish.path is None or wish.path.length < WORTH_WHILE:
        return False
    return wish.path.length >= GROWN * made.path.length
