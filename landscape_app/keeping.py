"""Sessions from and to files: open, save, save as, autosave, and the question where moved data have gone."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from landscape_app.core.errors import ExplorerError
from landscape_app.engine.background import Background, Outcome
from landscape_app.engine.session import Session
from landscape_app.main_window import MainWindow
from landscape_app.questions import Question, ask
from landscape_app.session.config import Experiment, SavedSession, ViewConfig
from landscape_app.session.files import read_session, write_session
from landscape_app.session.packing import SourceTrouble, packed, source_trouble
from landscape_app.session.snapshot import Snapshot

SUFFIX = ".json"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Opening:
    """A session on its way in: the file, and what was read of it so far."""

    path: Path
    session: SavedSession | None = None
    trouble: SourceTrouble | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Saving:
    """A session on its way out; ``quietly`` if nobody asked for it at this moment."""

    path: Path
    shown: Snapshot
    quietly: bool = False


class Keeper(QObject):
    """Knows which file the work belongs to, and whether it differs from what is in there."""

    #: A session file was opened or saved: its path.
    touched = Signal(str)
    #: The path or the state "modified" may have changed.
    changed = Signal()
    #: How to look at a session that was opened: a ViewConfig.
    view_wanted = Signal(object)
    #: The question at closing is answered: the window may go.
    may_close = Signal()

    def __init__(
        self, session: Session, window: MainWindow, view: Callable[[], ViewConfig], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._window, self._view = session, window, view
        self.folder = ""
        self.path: Path | None = None
        self.modified = False
        self._kept: tuple[Experiment, int] | None = None  # as it is in the file: the experiment, the last iteration
        self._compared: Experiment | None = None
        self._differs = False
        self._closing = self._dropped = self._recovered = False
        self._question: Question | None = None
        self._reader, self._writer = Background(self), Background(self)  # a wish to open never replaces one to save
        for background in (self._reader, self._writer):
            background.finished.connect(self._on_finished)
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._autosave)
        self.autosave_path: Path | None = None
        # What the window opens with is no work yet.
        self._autosaved = (session.snapshot.experiment, session.snapshot.timeline.last)
        session.snapshot_changed.connect(self._on_snapshot)

    # -- open -----------------------------------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Read a session and make it the present one; a bad one changes nothing."""
        self._read(_Opening(path))

    def recover(self, path: Path) -> None:
        """Read work that was never saved: it has no file yet, and the one at ``path`` may go as soon as it is read."""
        try:
            session = read_session(path)
        except ExplorerError as error:
            self._session.notify(str(error), "error")
            return
        self._session.open_experiment(session.experiment, session.view)
        self.path, self._kept = None, None
        self._recovered = True
        self.view_wanted.emit(session.view)
        self.changed.emit()

    def _read(self, wish: _Opening) -> None:
        def task() -> _Opening:
            session = wish.session or read_session(wish.path)
            return _Opening(wish.path, session, source_trouble(session.data))

        self._reader.submit(wish, task)
        self._session.notify(self.tr("Opening {0} …").format(wish.path.name))

    def _opened(self, opening: _Opening) -> None:
        if opening.trouble is not None:
            self._ask_for_source(opening)
            return
        session = opening.session
        assert session is not None
        self._session.dismiss_notice()
        experiment = session.experiment
        self._session.open_experiment(experiment, session.view)
        self.path = opening.path
        self._kept, self._compared = (experiment, experiment.run.iterations), None
        self.view_wanted.emit(session.view)
        self.touched.emit(str(opening.path))
        self.changed.emit()

    def _ask_for_source(self, opening: _Opening) -> None:
        """Let the user say where the data file is now, or whether the changed one will do."""
        trouble, session = opening.trouble, opening.session
        assert trouble is not None
        assert session is not None
        answers = {"find": self.tr("Find the file…")}
        hint = self.tr("Find it where it is now, or leave the session closed.")
        if trouble.kind == "changed":
            answers = {"use": self.tr("Use it as it is now"), "find": self.tr("Find another file…")}
            hint = self.tr("With other data the run takes another path.")

        def answered(answer: str) -> None:
            data = session.data
            if answer == "use":
                taken = session.but(data=data.but(sha256=None))
            elif answer == "find":
                path, _ = QFileDialog.getOpenFileName(self._window, self.tr("Find the data"), self.folder)
                if not path:
                    return
                taken = session.but(data=data.but(path=path, name=Path(path).name))
            else:
                return
            self._read(_Opening(opening.path, taken))

        self._question = ask(self._window, self.tr("Open session"), f"{trouble.sentence} {hint}", answers, answered)

    # -- save -----------------------------------------------------------------------------------------------

    @Slot()
    def save(self) -> None:
        """Save into the session's file, or ask for one."""
        if self.path is None:
            self.save_as()
        else:
            self.write(self.path)

    @Slot()
    def save_as(self) -> None:
        """Ask for a file and save into it."""
        suggestion = self.path or Path(self.folder) / f"session{SUFFIX}"
        path, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save session"), str(suggestion), self.tr("Session (*.json)")
        )
        if path:
            self.write(Path(path) if Path(path).suffix else Path(path + SUFFIX))
        else:
            self._closing = False

    def write(self, path: Path, *, quietly: bool = False) -> None:
        """Save into ``path`` in the background; the old file stays until the new one is whole."""
        wish, view = _Saving(path, self._session.snapshot, quietly), self._view()

        def task() -> None:
            shown = wish.shown
            write_session(packed(shown.experiment, shown.problem, shown.timeline, view), path)

        self._writer.submit(wish, task)
        if not quietly:
            self._session.notify(self.tr("Saving {0} …").format(path.name))

    def _saved(self, wish: _Saving) -> None:
        state = (wish.shown.experiment, wish.shown.timeline.last)
        if wish.path == self.autosave_path:
            self._autosaved = state
            return
        self.path, self._kept, self._compared = wish.path, state, None
        self.touched.emit(str(wish.path))
        self._on_snapshot(self._session.snapshot)
        self.changed.emit()
        if not wish.quietly:
            self._session.notify(self.tr("Saved {0}.").format(wish.path))
        if self._closing:
            self._closing = False
            self.may_close.emit()

    # -- autosave -------------------------------------------------------------------------------------------

    def set_autosave(self, minutes: float | None) -> None:
        """Save every so many minutes: into the session's file, else into ``autosave_path``; None: never."""
        if minutes is None:
            self._clock.stop()
        else:
            self._clock.start(int(minutes * 60_000))

    @Slot()
    def _autosave(self) -> None:
        shown = self._session.snapshot
        if self.path is not None:
            if self.modified:
                self.write(self.path, quietly=True)
        elif self.autosave_path is not None and (shown.experiment, shown.timeline.last) != self._autosaved:
            self.autosave_path.parent.mkdir(parents=True, exist_ok=True)
            self.write(self.autosave_path, quietly=True)

    # -- what differs ---------------------------------------------------------------------------------------

    @Slot(object)
    def _on_snapshot(self, shown: Snapshot) -> None:
        """Notice whether what is shown is what is in the file; longer records than there count as a change."""
        modified = False
        if self._kept is not None:
            experiment, last = self._kept
            if self._compared is not shown.experiment:
                self._compared = shown.experiment
                self._differs = shown.experiment != experiment
            modified = (self._differs or shown.timeline.last > last) and not shown.loading
        if modified != self.modified:
            self.modified = modified
            self.changed.emit()

    def ask_before_closing(self) -> bool:
        """Return whether the window may close at once; else ask, and emit ``may_close`` when that is settled."""
        is_own = self._session.snapshot.experiment.data.kind == "table" or self._recovered
        if self._dropped or (not self.modified and (self.path is not None or not is_own)):
            return True
        answers = {"save": self.tr("Save"), "drop": self.tr("Don't save")}
        if self.path is not None:
            sentence = self.tr("{0} was changed since it was saved.").format(self.path.name)
        else:
            sentence = self.tr("The data that you typed, pasted or edited are not saved yet.")
            if self._recovered:
                sentence = self.tr("The work that was recovered is not saved yet.")
            answers["save"] = self.tr("Save session…")
        self._question = ask(self._window, self.tr("Close"), sentence, answers, self._close_answered)
        return False

    def _close_answered(self, answer: str) -> None:
        if answer == "save":
            self._closing = True
            self.save()
        elif answer == "drop":
            self.modified, self._dropped = False, True
            self.may_close.emit()

    # -- outcomes -------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_finished(self, outcome: Outcome) -> None:
        wish, error = outcome.key, outcome.error
        if error is None:
            if isinstance(wish, _Saving):
                self._saved(wish)
            else:
                self._opened(outcome.value)
            return
        self._closing = False
        if isinstance(error, OSError):
            reason = error.strerror or str(error)
            sentence = self.tr("{0} could not be written: {1}. Choose another place.").format(wish.path, reason)
            if isinstance(wish, _Opening):
                sentence = self.tr("{0} could not be read: {1}.").format(error.filename or wish.path, reason)
        elif isinstance(error, ExplorerError):
            sentence = str(error)
        else:
            raise error
        kind: Literal["warning", "error"] = "warning" if isinstance(wish, _Saving) and wish.quietly else "error"
        self._session.notify(sentence, kind)

    def shut_down(self) -> None:
        """End the threads; what is being written is finished first."""
        self._clock.stop()
        self._reader.shut_down()
        self._writer.shut_down()
