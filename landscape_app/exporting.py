"""Export from the window: ask for a file, draw the figure on a thread of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from landscape_app.colour_maps import STANDARD_MAP, ColourMap
from landscape_app.core.errors import ExplorerError
from landscape_app.engine.background import Background, Outcome
from landscape_app.engine.session import Session
from landscape_app.session.snapshot import Snapshot

FORMATS = ("png", "svg", "pdf")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is being written, and where."""

    path: Path


class Exporter(QObject):
    """Writes what the window shows at the cursor; matplotlib is imported only when a figure is wanted.

    ``folder`` is where files are suggested, ``colour_map`` has the colours of losses in figures.
    """

    #: A file is being written into this folder.
    folder_used = Signal(str)

    def __init__(self, session: Session, window: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._window = window
        self.folder = Path.cwd()
        self.colour_map: ColourMap = STANDARD_MAP
        self._background = Background(self)
        self._background.finished.connect(self._on_finished)

    def ask(self, what: str) -> None:
        """Let the user choose a file for the figure (or the trajectory) and write it."""
        if what == "trajectory":
            filters = self.tr("Table (*.csv)")
            suggestion = "trajectory.csv"
        else:
            filters = ";;".join((self.tr("Picture (*.png)"), self.tr("Drawing (*.svg)"), self.tr("Page (*.pdf)")))
            suggestion = f"{what}.png"
        path, chosen = QFileDialog.getSaveFileName(
            self._window, self.tr("Export"), str(self.folder / suggestion), filters
        )
        if path:
            self.write(what, _with_suffix(Path(path), chosen))

    def write(self, what: str, path: Path) -> None:
        """Write the figure ``what``, or the trajectory, to ``path`` in the background; the suffix is the format."""
        self.folder = path.parent
        self.folder_used.emit(str(path.parent))
        shown = self._session.snapshot
        if what != "trajectory" and path.suffix.lower().lstrip(".") not in FORMATS:
            self._session.notify(
                self.tr("{0} can't be written: the name must end in .png, .svg or .pdf.").format(path.name), "error"
            )
            return
        if what != "trajectory" and shown.landscape is None:
            self._session.notify(self.tr("The landscape is still being computed: export again in a moment."), "warning")
            return
        if self._background.busy:
            self._session.notify(self.tr("Another export is being written: try again when it is done."), "warning")
            return
        self._background.submit(Wish(path), _task(what, shown, path, self.colour_map))
        self._session.notify(self.tr("Writing {0} …").format(path.name))

    @Slot(object)
    def _on_finished(self, outcome: Outcome) -> None:
        wish: Wish = outcome.key
        error = outcome.error
        if error is None:
            self._session.notify(self.tr("Saved {0}.").format(wish.path))
        elif isinstance(error, OSError):
            reason = error.strerror or str(error)
            self._session.notify(
                self.tr("{0} could not be written: {1}. Choose another place.").format(wish.path, reason), "error"
            )
        elif isinstance(error, ExplorerError):
            self._session.notify(str(error), "error")
        else:
            raise error

    def shut_down(self) -> None:
        """Wait for what is being written."""
        self._background.shut_down()


def _with_suffix(path: Path, chosen: str) -> Path:
    """Return ``path`` with the suffix of the chosen filter if it has none."""
    if path.suffix:
        return path
    return path.with_suffix("." + chosen.rsplit("*.", 1)[-1].rstrip(")"))


def _task(what: str, shown: Snapshot, path: Path, colour_map: ColourMap) -> Callable[[], None]:
    """Return the work as a function that holds all it needs."""

    def write() -> None:
        from landscape_app.export.scene import Scene

        if what == "trajectory":
            from landscape_app.export.tables import write_trajectory

            write_trajectory(path, shown.problem.model.layout, shown.timeline)
            return
        from landscape_app.export.figures import write_figure

        landscape = shown.landscape
        assert landscape is not None
        scene = Scene(shown.experiment, shown.problem, shown.timeline, landscape, shown.cursor, colour_map)
        write_figure(what, scene, path)

    return write
