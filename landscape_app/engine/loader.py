"""Data read and problems built outside of the GUI thread; the newest wish wins."""

from PySide6.QtCore import QObject, Signal, Slot

from landscape_app.core.errors import Stopped
from landscape_app.data.table import Table
from landscape_app.engine.background import Background, Outcome
from landscape_app.session.config import Experiment
from landscape_app.session.prepare import Prepared, adapted, prepare, recorded_ahead
from landscape_app.session.problem import Loaded, load_data
from landscape_app.session.snapshot import Snapshot

#: Seconds for which steps are recorded with data that are held in the hand.
AHEAD = 0.03


class Loader(QObject):
    """Knows what is being loaded, and for which wish; an outcome that is out of date is dropped here."""

    prepared = Signal(object)
    failed = Signal(object)
    #: The share of a file that is read, 0 to 1.
    progressed = Signal(float)
    _read = Signal(int, float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._background.finished.connect(self._on_finished)
        self._token = 0
        self.wish: Experiment | None = None
        self.fresh = False
        self._read.connect(self._on_read)

    @property
    def pending(self) -> bool:
        """Whether something is being loaded."""
        return self.wish is not None

    def load(
        self,
        wish: Experiment,
        shown: Snapshot,
        *,
        fresh: bool = False,
        loaded: Loaded | None = None,
        table: Table | None = None,
        ahead: int = 0,
    ) -> None:
        """Prepare ``wish``; what ``shown`` has of its data is used again unless all is to be ``fresh``.

        ``table`` is the file that ``wish`` names, if somebody has read it already. ``ahead`` steps are recorded at
        once, as far as there is time.
        """
        if table is not None:
            loaded = None
        elif loaded is None and not fresh and wish.data == shown.experiment.data:
            loaded = shown.problem.loaded
        elif not fresh and _source(wish) == _source(shown.experiment):
            table = shown.problem.loaded.table
        self._token += 1
        self.wish, self.fresh = wish, fresh
        token = self._token

        def progress(share: float) -> None:
            if token != self._token:  # stopped, or another wish is waiting
                raise Stopped
            self._read.emit(token, share)

        def task() -> Prepared:
            data = loaded or load_data(wish.data, table, progress)
            return recorded_ahead(prepare(adapted(wish, data), data), ahead, AHEAD)

        self._background.submit(self._token, task)

    @Slot(object)
    def _on_finished(self, outcome: Outcome) -> None:
        if outcome.key != self._token:  # for a wish that is gone
            return
        if outcome.error is not None:
            self.wish = None
            self.failed.emit(outcome.error)
        else:
            self.prepared.emit(outcome.value)

    @Slot(int, float)
    def _on_read(self, token: int, share: float) -> None:
        if token == self._token:
            self.progressed.emit(share)

    def cancel(self) -> None:
        """Drop the wish; what is being read for it ends soon."""
        self._token += 1
        self.wish = None

    def done(self) -> None:
        """The wish is fulfilled."""
        self.wish = None

    def shut_down(self) -> None:
        """Drop what waits and end what is read; nothing is emitted afterwards."""
        self.cancel()
        self._background.shut_down()


def _source(experiment: Experiment) -> tuple[object, ...]:
    """Return what identifies the table that the data come from."""
    data = experiment.data
    return data.kind, data.name, data.path, data.reading, data.table
