"""Long computations beside the run: the sweep's table goes to the worker, to the clipboard and into files."""

from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QFileDialog

from landscape_app.engine.session import Session
from landscape_app.main_window import MainWindow
from landscape_app.menus import Menus
from landscape_app.session.config import RunConfig, StartConfig
from landscape_app.session.files import replacing
from landscape_app.session.search import SearchWish
from landscape_app.session.sweep import SweepWish
from landscape_app.views.search import SearchDialog


class SweepDesk(QObject):
    """Connects the sweep's panel and menus with the session."""

    def __init__(self, session: Session, window: MainWindow, menus: Menus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._window = session, window
        self.folder = ""
        self.search_dialog: SearchDialog | None = None
        view = window.sweep
        view.start_requested.connect(self._on_start)
        view.stop_requested.connect(self._on_stop)
        view.run_requested.connect(self._on_run)
        view.copy_requested.connect(self.copy)
        view.save_requested.connect(self.ask_and_save)
        menus.actions["save_sweep"].triggered.connect(self.ask_and_save)
        menus.actions["sweep"].triggered.connect(self.show)
        menus.actions["search"].triggered.connect(self.open_search)
        view.search_requested.connect(self.open_search)

    @Slot()
    def show(self) -> None:
        """Bring the panel to the front."""
        self._window.bring_to_front("sweep")
        self._window.sweep.start_button.setFocus()

    @Slot(object)
    def _on_start(self, wish: SweepWish) -> None:
        self._session.start_task("sweep", wish)

    @Slot()
    def _on_stop(self) -> None:
        self._session.stop_task("sweep")

    @Slot(object, object, int, int)
    def _on_run(self, start: StartConfig, run: RunConfig, iterations: int, cursor: int) -> None:
        self._session.take_run(start, run, iterations, cursor)

    # -- random search --------------------------------------------------------------------------------------

    @Slot()
    def open_search(self) -> None:
        """Open the window that compares random search with the descent."""
        if self.search_dialog is None:
            dialog = SearchDialog(self._window.look, self._window)
            dialog.render_snapshot(self._session.snapshot)
            self.search_dialog = dialog  # only one that can be shown
            dialog.start_requested.connect(self._on_search)
            dialog.stop_requested.connect(self._on_search_stop)
            dialog.finished.connect(self._on_search_closed)
            self._window.look_changed.connect(dialog.set_palette)
            self._session.snapshot_changed.connect(dialog.render_snapshot)
            dialog.show()
        self.search_dialog.raise_()
        self.search_dialog.activateWindow()

    @Slot(object)
    def _on_search(self, wish: SearchWish) -> None:
        self._session.start_task("search", wish)

    @Slot()
    def _on_search_stop(self) -> None:
        self._session.stop_task("search")

    @Slot()
    def _on_search_closed(self) -> None:
        """Nobody looks any more: what is under way is given up."""
        self.search_dialog = None
        self._session.stop_task("search")

    # -- the sweep's table ----------------------------------------------------------------------------------

    @Slot()
    def copy(self) -> None:
        """Copy the table, its cells between tabs as spreadsheets like it."""
        table = self._window.sweep.table
        if table is not None:
            QApplication.clipboard().setText(table.text("\t"))
            self._session.notify(self.tr("The table of {0:,} runs is copied.").format(table.total))

    @Slot()
    def ask_and_save(self) -> None:
        """Ask for a file and save the table as CSV."""
        if self._window.sweep.table is None:
            self._session.notify(self.tr("There is no sweep yet: press Start in the panel Sweep first."), "warning")
            self.show()
            return
        suggested = str(Path(self.folder or Path.cwd()) / "sweep.csv")
        path, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save the sweep's table"), suggested, self.tr("CSV (*.csv)")
        )
        if path:
            self.save(Path(path) if Path(path).suffix else Path(path + ".csv"))

    def save(self, path: Path) -> None:
        """Save the table as CSV."""
        table = self._window.sweep.table
        if table is None:
            return
        try:
            with replacing(path) as unfinished:
                unfinished.write_text(table.text(","), encoding="utf-8", newline="")
        except OSError as error:
            reason = error.strerror or str(error)
            sentence = self.tr("{0} could not be written: {1}. Choose another place.")
            self._session.notify(sentence.format(path, reason), "error")
            return
        self.folder = str(path.parent)
        self._session.notify(self.tr("Saved {0}.").format(path))
