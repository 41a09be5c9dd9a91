"""What Qt itself says goes to the log."""

import logging
from contextlib import suppress
from types import MappingProxyType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

log = logging.getLogger("qt")

LEVELS = MappingProxyType(
    {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
        QtMsgType.QtCriticalMsg: logging.ERROR,
        QtMsgType.QtFatalMsg: logging.CRITICAL,
    }
)


class QtMessages:
    """Takes Qt's messages from all threads until ``remove``."""

    def __init__(self) -> None:
        self._before = qInstallMessageHandler(self._on_message)

    def remove(self) -> None:
        """Let them go where they went before."""
        qInstallMessageHandler(self._before)

    def _on_message(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        category = ""
        with suppress(AttributeError, UnicodeDecodeError):  # a message without a place has no category
            category = context.category or ""
        name = "" if category in ("", "default") else f"{category}: "
        log.log(LEVELS.get(kind, logging.WARNING), "%s%s", name, message)
