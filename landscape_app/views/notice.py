"""A sentence for the user, laid over the status bar so that nothing moves."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from landscape_app.session.snapshot import Notice, Snapshot
from landscape_app.views.forms import describe

#: Plain information goes away by itself after so many milliseconds; warnings and errors stay.
INFO_TIME = 6_000


class NoticeBar(QFrame):
    """Shows ``snapshot.notice``; closed by its button, by Escape, or by the next notice."""

    dismissed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setObjectName("notice")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.close_button = QToolButton()
        self.close_button.setText("✕")
        self.close_button.setObjectName("small")
        describe(self.close_button, self.tr("Close the message"), self.tr("Close the message (Esc)"))
        self.close_button.clicked.connect(self.dismissed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 2, 4, 2)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(INFO_TIME)
        self._timer.timeout.connect(self.dismissed)
        self._shown: Notice | None = None
        parent.installEventFilter(self)
        self.hide()

    def render_snapshot(self, new: Snapshot) -> None:
        """Show the notice, or nothing."""
        notice = new.notice
        if notice is self._shown:
            return
        self._shown = notice
        self._timer.stop()
        if notice is None:
            self.hide()
            return
        self.text.setText(notice.text)
        self.setAccessibleName(notice.text)
        self.setProperty("kind", notice.kind)
        self.style().polish(self)
        self._place()
        self.show()
        self.raise_()
        if notice.kind == "info":
            self._timer.start()

    def _place(self) -> None:
        """Lie over the status bar; only a long sentence reaches above it."""
        window = self._window
        one_line = self.text.fontMetrics().horizontalAdvance(self.text.text()) + 70
        width = min(window.width() - 16, max(320, one_line), 1000)
        height = max(self.heightForWidth(width), 32)
        self.setGeometry((window.width() - width) // 2, window.height() - height - 2, width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the window is resized."""
        if watched is self._window and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)
