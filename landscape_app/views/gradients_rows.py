"""A row for one scalar: its value, gradient and last increment as text, its gradient's history as a plot."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolTip, QWidget

from landscape_app.views.gradients_history import HistoryPlot
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import MINUS, colour, format_number, scaled_font

#: Significant digits where nobody has chosen another number.
DIGITS = 5


def widest_number(digits: int) -> str:
    """Return the longest number of so many digits: its place is reserved, so that digits stand still."""
    return f"{MINUS}0.00{'8' * digits}"


@dataclass(frozen=True, slots=True)
class Reading:
    """One line of a readout: what it is, its short form for narrow panels, and the number."""

    label: str
    short: str
    value: float
    signed: bool = True


def scalar_readings(name: str, value: float, gradient: float, increment: float) -> tuple[Reading, ...]:
    """Return the three lines of a scalar: its value, its gradient here, and the move that led here."""
    last = QCoreApplication.translate("Readout", "last Δ")
    return (
        Reading(name, name, value),
        Reading(f"∂L/∂{name}", "∇", gradient),
        Reading(f"{last}{name}", last, increment),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """What the example of this number, from 1 on, adds to a gradient; None for nothing at all."""

    number: int
    value: float | None

    @property
    def reading(self) -> Reading:
        """The line that tells it."""
        value = math.nan if self.value is None else self.value
        label = f"№ {self.number:,}"
        return Reading(label, label, value)


class Readout(QWidget):
    """Up to three lines of label and number, painted: labels would lay out the whole panel at each step.

    Numbers are right-aligned with digits of equal width. The exact values are in the tooltip.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = DARK
        self.readings: tuple[Reading, ...] = ()
        self._texts: list[str] = []
        self._labels: QPixmap | None = None
        self._labels_key: object = None
        self.note = ""
        #: The longest name that will stand here; it has its room from the start.
        self.longest_name = ""
        self.compact = False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else all that lies below is painted, too
        self._kept_fonts: tuple[QFont, QFont, QFont] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_palette(self, palette: Palette) -> None:
        """Take the colours, and the number of digits."""
        other_digits = palette.digits != self._palette.digits
        self._palette = palette
        if other_digits:
            self._write()
        self.update()

    def set_compact(self, compact: bool) -> None:
        """Choose the short labels, where the panel is narrow."""
        if compact != self.compact:
            self.compact = compact
            self.updateGeometry()
            self.update()

    def set_readings(self, readings: tuple[Reading, ...]) -> None:
        """Show these lines."""
        if readings == self.readings:
            return
        relabelled = [r.label for r in readings] != [r.label for r in self.readings]
        self.readings = readings
        if relabelled:
            self.updateGeometry()
        self.setAccessibleName(readings[0].label)
        self._write()
        self.update()

    def _write(self) -> None:
        digits = self._palette.digits_or(DIGITS)
        self._texts = [
            "–" if math.isnan(r.value) else format_number(r.value, digits, signed=r.signed) for r in self.readings
        ]
        self.setAccessibleDescription(", ".join(self.lines()))

    def lines(self) -> list[str]:
        """Return what is shown, a line each, as ``label = number``."""
        return [f"{r.label} = {text}" for r, text in zip(self.readings, self._texts, strict=True)]

    def tooltip_text(self) -> str:
        """Return the exact values."""
        lines = [f"{r.label} = {r.value!r}" for r in self.readings]
        return "\n".join([self.note, *lines] if self.note else lines)

    def _fonts(self) -> tuple[QFont, QFont, QFont]:
        if self._kept_fonts is not None:
            return self._kept_fonts
        name = QFont(scaled_font(self.font(), 1.25))
        name.setFamilies(["DejaVu Serif", "Times New Roman", "serif"])
        name.setItalic(True)
        self._kept_fonts = (name, scaled_font(self.font(), 1.0, bold=True), scaled_font(self.font(), 0.95))
        return self._kept_fonts

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew when the font changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._kept_fonts = None
            self.updateGeometry()

    def width_needed(self, compact: bool) -> int:
        """Return the width of the widest line, with or without short labels."""
        name, value, other = (QFontMetricsF(font) for font in self._fonts())
        widest = widest_number(self._palette.digits_or(DIGITS))
        widths = [
            (name if i == 0 else other).horizontalAdvance(r.short if compact and i else r.label)
            + (value if i == 0 else other).horizontalAdvance(widest)
            for i, r in enumerate(scalar_readings(self.longest_name, 0, 0, 0) if self.longest_name else self.readings)
        ]
        return round(max(widths, default=0.0)) + 12

    def sizeHint(self) -> QSize:
        """Return the size of three lines."""
        line = QFontMetricsF(self.font()).height()
        return QSize(self.width_needed(self.compact), round(line * (1.45 + 1.12 * (len(self.readings) - 1))) + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the numbers onto the labels, which are kept as a picture."""
        fonts, line = self._fonts(), QFontMetricsF(self.font()).height()
        labels = (tuple(r.label for r in self.readings), self.compact)
        key = (labels, self.size(), self.devicePixelRatioF(), self._palette, self.font())
        if self._labels is None or self._labels_key != key:
            self._labels, self._labels_key = self._painted_labels(fonts, line), key
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self._labels)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
            for i, text in enumerate(self._texts):
                painter.setPen(colour(self._colours()[i]))
                painter.setFont(fonts[min(i + 1, 2)])
                painter.drawText(QRectF(0, line * (0.27 + 1.12 * i), self.width() - 4, line), flags, text)

    def _colours(self) -> tuple[str, str, str, str]:
        return self._palette.text, self._palette.accent, self._palette.muted, self._palette.text

    def _painted_labels(self, fonts: tuple[QFont, QFont, QFont], line: float) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(colour(self._palette.panel))
        painter = QPainter(picture)
        for i, reading in enumerate(self.readings):
            painter.setPen(colour(self._colours()[i]))
            painter.setFont(fonts[2] if i else fonts[0])
            text = reading.short if self.compact and i else reading.label
            painter.drawText(QPointF(2, line * (1.06 + 1.12 * i)), text)
        painter.end()
        return picture

    def event(self, event: QEvent) -> bool:
        """Show the tooltip, made only when it is asked for."""
        if event.type() != QEvent.Type.ToolTip or not isinstance(event, QHelpEvent):
            return super().event(event)
        QToolTip.showText(event.globalPos(), self.tooltip_text(), self)
        return True


class ScalarRow(QWidget):
    """A readout on the left, a history on the right."""

    cursor_requested = Signal(int)
    #: The examples that the gradient comes from are to be shown.
    opened = Signal()

    def __init__(self, name: str, log: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.readout = Readout(self)
        self.plot = HistoryPlot(name, log, self)
        self.plot.cursor_requested.connect(self.cursor_requested)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(6, 2, 2, 2)
        row.setSpacing(2)
        row.addWidget(self.readout, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.plot, 1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMaximumHeight(self.plot.maximumHeight() + 4)

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        self.readout.set_palette(palette)
        self.plot.set_palette(palette)

    def set_right_margin(self, margin: int) -> None:
        """Leave this much room to the right of the plot."""
        self._row.setContentsMargins(6, 2, margin, 2)

    def show_scalar(self, name: str, value: float, gradient: float, increment: float, part: Part | None = None) -> None:
        """Write the three numbers of the scalar ``name``, and the picked example's part of its gradient."""
        readings = scalar_readings(name, value, gradient, increment)
        self.readout.set_readings(readings if part is None else (*readings, part.reading))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the gradient."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the gradient with Return."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)
