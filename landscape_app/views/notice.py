"""A sentence for the user, laid over the status bar so that nothing moves."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStatusBar,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from landscape_app.session.divergence import Repair
from landscape_app.session.snapshot import Notice, Snapshot
from landscape_app.views.forms import describe
from landscape_app.views.plotting import format_number

#: Plain information goes away by itself after so many milliseconds; warnings and errors stay.
INFO_TIME = 6_000
#: Pixels beyond which a line is too long to read.
WIDEST = 1300

#: Bars that begin within so many pixels of the window's lower edge are at its foot.
AT_THE_FOOT = 90


class NoticeBar(QFrame):
    """Shows ``snapshot.notice``; closed by its button, by Escape, or by the next notice."""

    dismissed = Signal()
    #: Go back to an iteration; or go on from there at this learning rate; or reset.
    back_requested = Signal(int)
    go_on_requested = Signal(int, float)
    reset_requested = Signal()

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
        self.go_on_button, self.back_button, self.reset_button = QPushButton(), QPushButton(), QPushButton()
        self.go_on_button.clicked.connect(self._on_go_on)
        self.back_button.clicked.connect(self._on_back)
        self.reset_button.clicked.connect(self._on_reset)
        self.repairs = QWidget()
        buttons = QHBoxLayout(self.repairs)
        buttons.setContentsMargins(0, 2, 0, 4)
        for button in (self.go_on_button, self.back_button, self.reset_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.text)
        words.addWidget(self.repairs)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 2, 4, 2)
        layout.addLayout(words, 1)
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
        self.text.show()
        self.setAccessibleName(notice.text)
        self._offer(notice.repair)
        self.setProperty("kind", notice.kind)
        self.style().polish(self)
        self._place()
        self.show()
        self.raise_()
        if notice.kind == "info":
            self._timer.start()

    def _offer(self, repair: Repair | None) -> None:
        """Name what can be done about a run that diverged."""
        self.repairs.setVisible(repair is not None)
        if repair is None:
            return
        self.back_button.show()
        at, tip = f"{repair.lowest:,}", self.tr("There the loss was lowest.")
        self.go_on_button.setVisible(repair.rate is not None)
        if repair.rate is not None:
            times = self.tr("Halve η") if repair.halvings == 1 else self.tr("Halve η {0} times").format(repair.halvings)
            rate = format_number(repair.rate, 3)
            text = self.tr("{0} to {1} and go on from iteration {2}").format(times, rate, at)
            undo = self.tr("Undo brings back the run that diverged.")
            self.go_on_button.setText(text)
            describe(self.go_on_button, text, f"{tip}\n{undo}")
        text = self.tr("Back to iteration {0}").format(at)
        self.back_button.setText(text)
        describe(self.back_button, text, tip + "\n" + self.tr("Nothing that was recorded is lost."))
        self.reset_button.setText(self.tr("Reset"))
        tip = self.tr("Go back to the start and forget the path; undo brings it back.")
        describe(self.reset_button, self.tr("Reset"), tip)

    def _on_go_on(self) -> None:
        repair = None if self._shown is None else self._shown.repair
        if repair is not None and repair.rate is not None:
            self.go_on_requested.emit(repair.lowest, repair.rate)

    def _on_back(self) -> None:
        """Go back; the words have been read, so that only what is left to do stays, as low as the status bar."""
        repair = None if self._shown is None else self._shown.repair
        if repair is not None:
            self.text.hide()
            self.back_button.hide()
            self._place()
            self.back_requested.emit(repair.lowest)

    def _on_reset(self) -> None:
        self.dismissed.emit()
        self.reset_requested.emit()

    def _place(self) -> None:
        """Lie over the status bar; what has buttons, and may stay for long, leaves it and the panels' tabs free."""
        window = self._window
        one_line = self.text.fontMetrics().horizontalAdvance(self.text.text()) + 70
        layout = self.layout()
        if layout is not None:
            layout.activate()
        wanted = self.sizeHint().width() if self.text.isHidden() else max(320, one_line)
        width = min(window.width() - 16, wanted, WIDEST)
        height = max(self.sizeHint().height() if self.text.isHidden() else self.heightForWidth(width), 32)
        self.setGeometry((window.width() - width) // 2, self._floor() - height - 2, width, height)

    def _floor(self) -> int:
        """Return the height on which the message stands."""
        window = self._window
        if self.repairs.isHidden():
            return window.height()
        bars = [bar for bar in (*window.findChildren(QStatusBar), *window.findChildren(QTabBar)) if bar.isVisible()]
        tops = [bar.mapTo(window, QPoint()).y() for bar in bars]
        return min((top for top in tops if top > window.height() - AT_THE_FOOT), default=window.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the window is resized."""
        if watched is self._window and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)
