"""All that watches over a window: its log, Qt's messages, and the errors that nobody caught."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from landscape_app.logs import start_log
from landscape_app.trouble.desk import ErrorDesk
from landscape_app.trouble.qt_messages import QtMessages
from landscape_app.trouble.relay import ErrorRelay


class Watch:
    """Begins at once, before there is an application, so that its troubles are logged, too."""

    def __init__(self, folder: Path | None = None) -> None:
        self.log = start_log(folder, interrupted=QCoreApplication.quit)
        self._messages = QtMessages()
        self.relay = ErrorRelay()
        self.relay.install()

    def tell_in(self, window: QWidget, about: Callable[[], str]) -> ErrorDesk:
        """Tell of errors beside ``window`` from now on; ``about`` returns versions and the like as text."""
        desk = ErrorDesk(window, self.log.folder, about, self.log.tail.text)
        self.relay.happened.connect(desk.show_errors)
        return desk

    def stop(self) -> None:
        """End it, and put everything back as it was."""
        self.relay.remove()
        self._messages.remove()
        self.log.stop()
