"""Files come in here: chosen, dropped, named at the start, opened lately, or recovered."""

import os
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog

from landscape_app.data_desk import DataDesk
from landscape_app.engine.session import Session
from landscape_app.keeping import Keeper
from landscape_app.main_window import MainWindow
from landscape_app.menus import Menus
from landscape_app.preference_store import PreferenceStore
from landscape_app.preferences import Preferences
from landscape_app.recovering import Recovery
from landscape_app.session.config import DataConfig
from landscape_app.session.files import is_session

#: What the dialog offers at first; files of other names are recognised by their content.
SUFFIXES = ("csv", "tsv", "txt", "dat", "xlsx", "json", "parquet", "npy", "npz")


class Opener(QObject):
    """Decides who takes a file, and remembers it."""

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        menus: Menus,
        keeper: Keeper,
        desk: DataDesk,
        store: PreferenceStore,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._window, self._menus = session, window, menus
        self._keeper, self._desk, self._store = keeper, desk, store
        self._recovery = Recovery()
        self.folder = existing(store.current.folder)
        keeper.folder = desk.folder = self.folder
        keeper.autosave_path = self._recovery.start()
        keeper.touched.connect(self._on_used)
        desk.opened.connect(self._on_used)
        session.doubt_met.connect(self._on_doubt)
        window.file_dropped.connect(self.open)
        actions = menus.actions
        actions["open"].triggered.connect(self.choose)
        actions["recover"].triggered.connect(self.recover)
        menus.recent.aboutToShow.connect(self._list_recent)
        self._list_recent()

    def offer_recovery(self) -> None:
        """Tell of work that was left behind by a window that did not end well."""
        left = bool(self._recovery.left_behind())
        self._menus.actions["recover"].setVisible(left)
        if left:
            self._session.notify(
                self.tr("Work was not saved when the program ended last: File, Recover unsaved work brings it back."),
                "warning",
            )

    @Slot()
    def recover(self) -> None:
        """Open the newest work that was left behind."""
        left = self._recovery.left_behind()
        if left:
            self._keeper.recover(self._recovery.adopt(left[0]))
        self._menus.actions["recover"].setVisible(len(left) > 1)

    @Slot()
    def choose(self) -> None:
        """Ask for a file; open a session, or show how a table is understood."""
        tables = " ".join(f"*.{suffix}" for suffix in SUFFIXES)
        path, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Open data or session"),
            self.folder,
            self.tr("Tables and sessions ({0});;All files (*)").format(tables),
        )
        if not path:
            return
        if is_session(Path(path)):
            self.open(path)
        else:
            self._desk.preview_file(path)

    @Slot(str)
    def open(self, path: str) -> None:
        """Open a session, or a table as it is understood by itself; a bad file changes nothing."""
        absolute = Path(path).absolute()
        if is_session(absolute):
            self._keeper.open(absolute)
            return
        data = DataConfig(kind="file", name=absolute.name, path=str(absolute))
        self._session.configure(self._session.snapshot.wanted.but(data=data))
        self._on_used(str(absolute))

    @Slot(object, object)
    def _on_doubt(self, data: DataConfig, _error: object) -> None:
        """Ask in the preview what the file leaves open."""
        self._session.dismiss_notice()
        self._desk.preview_data(data)

    @Slot(str)
    def _on_used(self, path: str) -> None:
        self.folder = self._keeper.folder = self._desk.folder = str(Path(path).parent)
        self._store.change(folder=self.folder)
        self._store.add_recent(path)

    # -- recent files ---------------------------------------------------------------------------------------

    @Slot()
    def _list_recent(self) -> None:
        menu, recent = self._menus.recent, self._store.current.recent
        menu.clear()
        for number, path in enumerate(recent, start=1):
            action = QAction(f"&{number % 10}  {Path(path).name.replace('&', '&&')}", menu)
            action.setToolTip(path)
            action.setStatusTip(path)
            action.setData(path)
            action.triggered.connect(self._on_recent)
            menu.addAction(action)
        menu.setEnabled(bool(recent))

    @Slot()
    def _on_recent(self) -> None:
        path = self.sender().data()  # type: ignore[attr-defined]
        if os.path.exists(path):  # noqa: PTH110 - Path.exists raises where nobody may look
            self.open(path)
            return
        self._store.forget_recent(path)
        self._session.notify(self.tr("{0} is not there any more.").format(path))

    def follow(self, preferences: Preferences) -> None:
        """Save by itself as often as is wished."""
        minutes = preferences.autosave_minutes if preferences.autosave else None
        self._keeper.set_autosave(minutes)
        self._menus.recent.setEnabled(bool(preferences.recent))

    def shut_down(self) -> None:
        """Leave nothing behind."""
        self._recovery.stop()


def existing(folder: str) -> str:
    """Return a remembered folder, or nothing if it is gone."""
    return folder if folder and os.path.isdir(folder) else ""  # noqa: PTH112 - a Path would fail where nobody may look
