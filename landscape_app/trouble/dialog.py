"""The window that tells of errors: a sentence, the details to copy, and where the log is."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication, QIcon
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from landscape_app.home import without_home
from landscape_app.views.forms import describe, muted_label


class ErrorDialog(QDialog):
    """Shows what went wrong; stays beside the window and stops nothing.

    ``copy_requested`` asks for the text of the details, which ``copy`` puts on the clipboard.
    """

    copy_requested = Signal()

    def __init__(self, folder: Path | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setWindowTitle(self.tr("Something went wrong"))
        self.heading = QLabel(self.tr("Something went wrong that should not have."))
        font = self.heading.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.15)
        self.heading.setFont(font)
        advice = QLabel(
            self.tr(
                "Your work is kept, and you can go on. To be safe, save the session; if this comes back, close the "
                "program and open the session again. The details help whoever is to repair this."
            )
        )
        self.summary, self.more = QLabel(), muted_label()
        for label in (self.heading, advice, self.summary):
            label.setTextFormat(Qt.TextFormat.PlainText)  # an error's text may look like a tag
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setUndoRedoEnabled(False)
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        describe(
            self.details,
            self.tr("Details of the error"),
            self.tr("What failed and where, the versions of what the program is built on, and the end of the log"),
        )
        self.remark = muted_label()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 12)
        layout.setSpacing(10)
        layout.addLayout(self._top(advice))
        layout.addWidget(self.details, 1)
        layout.addLayout(self._buttons())
        self.resize(680, 460)
        self.close_button.setFocus()

    def _top(self, advice: QLabel) -> QHBoxLayout:
        """Return the sign with the sentences beside it."""
        sign = QLabel()
        size = self.style().pixelMetric(QStyle.PixelMetric.PM_MessageBoxIconSize, None, self)
        icon = self.style().standardIcon(QStyle.StandardPixmap.SP_MessageBoxWarning, None, self)
        sign.setPixmap(icon.pixmap(size, size))
        words = QVBoxLayout()
        words.setSpacing(6)
        for label in (self.heading, advice, self.summary, self.more):
            words.addWidget(label)
        top = QHBoxLayout()
        top.setSpacing(14)
        top.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        return top

    def _buttons(self) -> QHBoxLayout:
        self.copy_button = QPushButton(self.tr("&Copy details"))
        describe(self.copy_button, self.tr("Copy details"), self.tr("Put the details on the clipboard, to paste them"))
        self.folder_button = QPushButton(self.tr("&Open log folder"))
        tip = self.tr("Show the folder with the log files")
        if self._folder is None:
            tip = self.tr("There is no log, because its folder can't be written to")
        describe(self.folder_button, self.tr("Open log folder"), tip)
        self.folder_button.setEnabled(self._folder is not None)
        self.close_button = QPushButton(self.tr("Close"))
        describe(self.close_button, self.tr("Close"), self.tr("Close this message and go on (Esc)"))
        self.close_button.setDefault(True)
        self.copy_button.clicked.connect(self.copy_requested)
        self.folder_button.clicked.connect(self._on_folder)
        self.close_button.clicked.connect(self.reject)
        row = QHBoxLayout()
        for button in (self.copy_button, self.folder_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addWidget(self.remark, 1)
        row.addWidget(self.close_button)
        for button in (self.copy_button, self.folder_button, self.close_button):
            button.setIcon(QIcon())  # the style's own is black on any background
        return row

    def show_errors(self, summary: str, more: int) -> None:
        """Name the first error, and how many came after it."""
        if summary != self.summary.text():
            self.summary.setText(summary)
        text = "" if more == 0 else self.tr("and {0} more").format(f"{more:,}")
        if text != self.more.text():
            self.more.setText(text)
        self.more.setVisible(bool(text))

    def show_details(self, text: str) -> None:
        """Show the details, and leave what is being read where it is."""
        bars = (self.details.verticalScrollBar(), self.details.horizontalScrollBar())
        places = [bar.value() for bar in bars]
        self.details.setPlainText(text)
        for bar, place in zip(bars, places, strict=True):
            bar.setValue(place)

    def copy(self, text: str) -> None:
        """Put the text on the clipboard and say so."""
        QGuiApplication.clipboard().setText(text)
        self.remark.setText(self.tr("Copied."))

    @Slot()
    def _on_folder(self) -> None:
        if self._folder is None:
            return
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder))):
            self.remark.setText(self.tr("It is {0}").format(without_home(str(self._folder))))
