"""The Help menu: keys, sources, what this is, and what is needed when something is wrong."""

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication

from landscape_app import __version__
from landscape_app.data.bundled import bundled_catalogue
from landscape_app.dialogs import TextDialog, about_text, keys_text, sources_text
from landscape_app.engine.session import Session
from landscape_app.logs import log_folder
from landscape_app.main_window import MainWindow
from landscape_app.menus import Menus
from landscape_app.views.surface_drawing import opengl_finding


class HelpDesk(QObject):
    """Opens the texts, and helps to report a fault."""

    def __init__(self, session: Session, window: MainWindow, menus: Menus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._window, self._menus = session, window, menus
        actions = menus.actions
        actions["keys"].triggered.connect(self._on_keys)
        actions["about"].triggered.connect(self._on_about)
        actions["about_data"].triggered.connect(self._on_about_data)
        actions["copy_diagnosis"].triggered.connect(self._on_copy)
        actions["open_log"].triggered.connect(self._on_log)

    @Slot()
    def _on_keys(self) -> None:
        self._show(self.tr("Keys and mouse"), keys_text(self._menus.actions.values()))

    @Slot()
    def _on_about(self) -> None:
        self._show(self.tr("About"), about_text(__version__))

    @Slot()
    def _on_about_data(self) -> None:
        self._show(self.tr("About the data"), sources_text(bundled_catalogue()))

    def _show(self, title: str, html: str) -> None:
        TextDialog(title, html, self._window).open()

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(about_the_machine())
        self._session.notify(self.tr("Copied: versions, screen and OpenGL, to be pasted into a report."))

    @Slot()
    def _on_log(self) -> None:
        folder = log_folder()
        if not folder.is_dir() or not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self._session.notify(self.tr("The log is in {0}.").format(folder))


def about_the_machine() -> str:
    """Return what a report of an error says besides the error."""
    from landscape_app.doctor import brief  # not before it is asked for: the window opens sooner

    return brief(opengl_finding(), QGuiApplication.platformName())
