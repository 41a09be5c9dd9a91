"""A line of the update: the formula in symbols, its value for one parameter, and below it the numbers put in."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import colour, scaled_font
from landscape_app.views.typeset import Pictures, typesetter

#: Font sizes in pixels of the symbols and of the numbers, when the window's own font has so many points.
SIZE, SMALL, POINTS = 15.0, 13.0, 9.0
#: A formula that is too wide is made smaller, but it is broken into more lines before it is as small as this.
READABLE = 12.0
#: What can't be broken any more is not made smaller than this part.
SMALLEST = 0.5
#: A sum of more terms is broken into lines of two.
MOST_TERMS = 2
#: Pixels between the formula and its numbers, and around both.
GAP, MARGIN = 3, 8


class UpdateLine(QWidget):
    """Typesets on another thread: what is not there yet is drawn when it comes."""

    #: Another width may need other lines, which are then being made.
    resized = Signal()

    def __init__(self, name: str, words: str, symbols: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.symbols, self.value, self.numbers = symbols, "", ""
        self._words = words
        self._palette = DARK
        self._symbol_pictures, self._number_pictures = Pictures(), Pictures()
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
        formulas = self._formulas(self.symbols, SIZE, self._palette.text)
        if self.numbers:
            formulas += self._formulas(self.numbers, SMALL, self._palette.muted)
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
        self.resized.emit()

    def _formulas(self, latex: str, size: float, shade: str) -> list[QSvgRenderer | None]:
        """Return the lines of a formula, as few as can be read; None for one that is not typeset yet."""
        points = self.font().pointSizeF()
        pixels = size * (points / POINTS if points > 0 else 1.0)
        lines: list[QSvgRenderer | None] = []
        for breaking in breakings(latex):
            finer = [typesetter().formula(line, shade, pixels) for line in breaking]
            if None in finer:  # what there is stays until it is there
                return lines or finer
            lines = finer
            if all(pixels * self._scale(made, self._room()) >= READABLE for made in lines if made is not None):
                break
        return lines

    def _room(self) -> float:
        return max(40.0, self.width() - 2.0 * MARGIN)

    def _scale(self, made: QSvgRenderer, room: float) -> float:
        return max(SMALLEST, min(1.0, room / max(1.0, made.viewBoxF().width())))

    def _scaled(self, made: QSvgRenderer) -> QRectF:
        size = made.viewBoxF().size() * self._scale(made, self._room())
        return QRectF(0.0, 0.0, size.width(), size.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint both formulas and the value."""
        p = self._palette
        with QPainter(self) as painter:
            painter.setFont(scaled_font(self.font(), 1.0, bold=True))
            wide = painter.fontMetrics().horizontalAdvance(self.value) + 10
            line = float(painter.fontMetrics().height()) + 4
            symbols = self._pictures(self._symbol_pictures, self._formulas(self.symbols, SIZE, p.text), wide)
            high = self._draw_lines(painter, symbols, 1.0, line)
            painter.setPen(colour(p.text))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(MARGIN, 1.0, self._room(), high), right, self.value)
            if self.numbers:
                formulas = self._formulas(self.numbers, SMALL, p.muted)
                self._draw_lines(painter, self._pictures(self._number_pictures, formulas), 1.0 + high + GAP, 0.0)

    def _pictures(self, kept: Pictures, lines: list[QSvgRenderer | None], beside: float = 0.0) -> list[QPixmap]:
        """Return those of ``lines`` that are there, in the room that is left by what stands ``beside`` them."""
        room = max(40.0, self._room() - beside)
        return kept.of(
            [(made, self._scale(made, room)) for made in lines if made is not None], self.devicePixelRatioF()
        )

    def _draw_lines(self, painter: QPainter, pictures: list[QPixmap], top: float, least: float) -> float:
        """Draw ``pictures`` one below the other from ``top`` on, in at least ``least`` pixels; return their height."""
        heights = [picture.deviceIndependentSize().height() for picture in pictures]
        needed = sum(heights) + GAP * max(0, len(heights) - 1)
        y = top + max(0.0, (least - needed) / 2)
        for picture, height in zip(pictures, heights, strict=True):
            painter.drawPixmap(QPointF(MARGIN, round(y)), picture)
            y += height + GAP
        return max(least, needed)


def broken(latex: str, most: int = MOST_TERMS) -> list[str]:
    """Return a formula, or the lines of a sum of more than ``most`` terms; what is in brackets stays whole."""
    depth, begin, terms = 0, 0, []
    for i, letter in enumerate(latex):
        depth += (letter in "({") - (letter in ")}")
        if depth == 0 and latex.startswith(" + ", i):
            terms.append(latex[begin:i])
            begin = i + 3
    terms.append(latex[begin:])
    if len(terms) <= most:
        return [latex]
    lines = [" + ".join(terms[i : i + most]) for i in range(0, len(terms), most)]
    return [lines[0], *(rf"\quad{{}} + {line}" for line in lines[1:])]


def breakings(latex: str) -> list[list[str]]:
    """Return the lines of a formula in as many ways as it can be broken, from the fewest to the most."""
    left, _, result = latex.rpartition(" = ")
    if " = " not in left:
        return [broken(latex), broken(latex, 1)]
    below = rf"\quad{{}} = {result}"
    return [broken(latex), [*broken(left), below], [*broken(left, 1), below]]
