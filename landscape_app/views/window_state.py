"""Where windows are, as text that can be kept, and whether a window is where one can get hold of it."""

import base64
from hashlib import sha256

from PySide6.QtCore import QByteArray, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

#: So much of a window must be on a screen that one can get hold of it, in pixels.
GRIP = QSize(120, 40)


def as_text(state: QByteArray) -> str:
    """Return Qt's bytes as text, with a check sum: Qt crashes on some bytes that are not its own."""
    data = bytes(state.data())
    return f"{base64.b64encode(data).decode('ascii')}:{sha256(data).hexdigest()[:16]}"


def bytes_of(text: str) -> QByteArray:
    """Return the bytes in a text of `as_text`; none if the text was changed."""
    encoded, _, check = text.partition(":")
    try:
        data = base64.b64decode(encoded.encode("ascii"), validate=True)
    except ValueError:
        return QByteArray()
    return QByteArray(data if sha256(data).hexdigest()[:16] == check else b"")


def knows(state: QByteArray, name: str) -> bool:
    """Whether a saved layout has a place for the panel ``name``: it may be older than that."""
    return name.encode("utf-16-be") in bytes(state.data())


def reachable(window: QWidget) -> bool:
    """Whether enough of a window is on a screen, its upper edge included, that one can get hold of it."""
    frame = window.frameGeometry()
    for screen in QGuiApplication.screens():
        area = screen.availableGeometry()
        seen = frame.intersected(area)
        above = frame.top() < area.top() - GRIP.height() // 2
        if not above and seen.width() >= GRIP.width() and seen.height() >= GRIP.height():
            return True
    return False
