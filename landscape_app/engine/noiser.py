"""Keeps what is known of the batch in step with the cursor."""

from PySide6.QtCore import QObject, Signal, Slot

from landscape_app.engine.jobs import NoiseJob, NoiseReply
from landscape_app.engine.worker import WorkerThread
from landscape_app.session.noise import Noise, NoiseWish, noise_at_once


class Noiser(QObject):
    """Finds the batch of the step that comes next: small data's at once, the rest on the worker.

    What belongs to another step is never given. Of large data nothing is asked for while a run moves.
    """

    noise_advanced = Signal()

    def __init__(self, worker: WorkerThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        #: Whether the batch's landscape and the gradient over all the data are wanted, too.
        self.watched = False
        self._worker = worker
        self._token = 0
        self._under_way: NoiseWish | None = None
        self._failed: NoiseWish | None = None
        self._known: Noise | None = None
        worker.worker.noise_advanced.connect(self._on_noise_advanced)

    @property
    def busy(self) -> bool:
        """Whether something is being found."""
        return self._under_way is not None

    def noise_for(self, wish: NoiseWish | None, at_rest: bool) -> Noise | None:
        """Return what is known of the batch that ``wish`` names; ask for the rest."""
        if wish is None:
            self._cancel()
            self._known = None
            return None
        if self._known is not None and not self._known.wish.same_as(wish):
            self._known = None  # it would keep the data, and another step's batch is never shown
        if self._known is None and wish.quick:
            self._known = noise_at_once(wish)
        complete = self._known is not None and self._known.complete
        failed = self._failed is not None and self._failed.same_as(wish)
        if complete or failed or not (at_rest or wish.quick):
            self._cancel()
        elif self._under_way is None or not self._under_way.same_as(wish):
            self._token += 1
            self._under_way, self._failed = wish, None
            self._worker.noise_wanted.emit(NoiseJob(self._token, wish, self._known))
        return self._known

    def failed(self) -> None:
        """The worker met an error: nothing is under way any more, and the same is not asked for again."""
        self._token += 1
        self._failed, self._under_way = self._under_way, None

    def _cancel(self) -> None:
        if self._under_way is not None:
            self._token += 1
            self._under_way = None
            self._worker.noise_wanted.emit(None)

    @Slot(object)
    def _on_noise_advanced(self, reply: NoiseReply) -> None:
        if reply.token != self._token:  # for a batch that is gone
            return
        self._known = reply.noise
        if reply.noise.complete:
            self._under_way = None
        self.noise_advanced.emit()
