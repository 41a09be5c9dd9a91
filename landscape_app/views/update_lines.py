"""A line of the update: the formula in symbols, its value for one parameter, and below it the numbers put in."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import colour, scaled_font
from landscape_app.views.typeset import painted, typesetter

#: Font sizes in pixels of the symbols and of the numbers, when the window's own font has so many points.
SIZE, SMALL, POINTS = 15.0, 13.0, 9.0
#: A formula that is too wide is made smaller, but not smaller than this part.
SMALLEST = 0.5
#: Pixels between the formula and its numbers, and around both.
GAP, MARGIN = 3, 8


class UpdateLine(QWidget):
    """Typesets on another thread: what is not there yet is drawn when it comes."""

    def __init__(self, name: str, words: str, symbols: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.symbols, self.value, self.numbers = symbols, "", ""
        self._words = words
        self._palette = DARK
        self._height = 0  # what the line has needed so far: it must not jump while numbers are being made
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        self._palette = palette
        self.update()

    def show_value(self, symbols: str, value: str) -> None:
        """Show the formula and a value; the numbers of another one are gone."""
        if (symbols, value) != (self.symbols, self.value) or self.numbers:
            self.symbols, self.value, self.numbers = symbols, value, ""
            self.setAccessibleDescription(value)
            self.update()

    def show_numbers(self, numbers: str) -> None:
        """Put the numbers in, in LaTeX."""
        if numbers != self.numbers:
            self.numbers = numbers
            self.update()

    def take_formulas(self) -> None:
        """Draw formulas that have come, and make room for them."""
        formulas = [self._formula(self.symbols, SIZE, self._palette.text)]
        if self.numbers:
            formulas.append(self._formula(self.numbers, SMALL, self._palette.muted))
        heights = [self._scaled(made).height() for made in formulas if made is not None]
        needed = round(sum(heights) + GAP * len(heights)) + 2
        if needed > self._height:
            self._height = needed
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of what has been drawn."""
        return QSize(160, max(self._height, int(QFontMetricsF(self.font()).height()) + 8))

    def minimumSizeHint(self) -> QSize:
        """Make do with little width: formulas get smaller."""
        return QSize(60, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the formulas into the new width."""
        super().resizeEvent(event)
        self.take_formulas()

    def _formula(self, latex: str, size: float, shade: str) -> QSvgRenderer | None:
        points = self.font().pointSizeF()
        return typesetter().formula(latex, shade, size * (points / POINTS if points > 0 else 1.0))

    def _room(self) -> float:
        return max(40.0, self.width() - 2.0 * MARGIN)

    def _scale(self, made: QSvgRenderer, room: float) -> float:
        return max(SMALLEST, min(1.0, room / max(1.0, made.viewBoxF().width())))

    def _scaled(self, made: QSvgRenderer) -> QRectF:
        size = made.viewBoxF().size() * self._scale(made, self._room())
        return QRectF(0.0, 0.0, size.width(), size.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint both formulas and the value."""
        p, painter = self._palette, QPainter(self)
        painter.setFont(scaled_font(self.font(), 1.0, bold=True))
        wide = painter.fontMetrics().horizontalAdvance(self.value) + 10
        top = 1.0
        made = self._formula(self.symbols, SIZE, p.text)
        high = float(painter.fontMetrics().height()) + 4
        if made is not None:
            scale = self._scale(made, max(40.0, self._room() - wide))
            picture = painted(made, scale, self.devicePixelRatioF())
            high = max(high, picture.deviceIndependentSize().height())
            painter.drawPixmap(
                QPointF(MARGIN, round(top + (high - picture.deviceIndependentSize().height()) / 2)), picture
            )
        painter.setPen(colour(p.text))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(MARGIN, top, self._room(), high), right, self.value)
        numbers = self._formula(self.numbers, SMALL, p.muted) if self.numbers else None
        if numbers is not None:
            scale = self._scale(numbers, self._room())
            painter.drawPixmap(
                QPointF(MARGIN, round(top + high + GAP)), painted(numbers, scale, self.devicePixelRatioF())
            )
        painter.end()
