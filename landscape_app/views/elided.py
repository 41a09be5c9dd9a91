"""Widgets whose text is cut where there is no room for it; their tooltip has all of it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QLabel, QStyle, QStyleOptionComboBox, QStylePainter

#: Pixels that a line may have beyond what it needs.
SPARE = 30


class ElidedLabel(QLabel):
    """One line, cut at its end."""

    def minimumSizeHint(self) -> QSize:
        """Make do with little room."""
        return QSize(40, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what fits."""
        with QPainter(self) as painter:
            painter.setPen(self.palette().windowText().color())
            text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(self.rect(), self.alignment(), text)


class StillLabel(ElidedLabel):
    """One line that changes at every frame: asking for other room each time would lay out the whole window."""

    def __init__(self) -> None:
        super().__init__()
        self._shown = ""
        self._room = 0
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def text(self) -> str:
        """Return the whole text."""
        return self._shown

    def setText(self, text: str) -> None:
        """Show another text, in the same room if that is enough and not far too much."""
        if text == self._shown:
            return
        self._shown = text
        needed = self.fontMetrics().horizontalAdvance(text) + 2  # it is rounded: a line that just fits would be cut
        if not needed <= self._room <= needed + 2 * SPARE:
            self._room = needed + SPARE
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room asked for."""
        return QSize(self._room, self.fontMetrics().height())


class ElidedComboBox(QComboBox):
    """A choice between long names, cut in the middle: of two files, the beginning and the ending tell most."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)

    def shown_text(self) -> str:
        """Return the current text as it is drawn."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        return self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideMiddle, field.width() - 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the field with what fits."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.shown_text()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()
