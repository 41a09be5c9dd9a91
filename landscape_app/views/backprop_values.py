"""Values of the terms: numbers in words, and heat maps that open into tables."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QGuiApplication,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from landscape_app.core.arrays import FloatArray, IntArray
from landscape_app.views.diverging import MIDDLE, ByteArray, colour_indices, diverging_table
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import colour, format_number, nice_range, pen, scaled_font, tick_text

#: Pixels a row of cells is high, and the whole map at most and at least.
CELL, LOWEST, HIGHEST = 6, 13, 54
#: An array of so many rows and columns at most is compared with pencil and paper: its cells have room for numbers.
FEW_ROWS, FEW_COLUMNS = 4, 8
#: Significant digits of numbers in cells, and as many as they make do with where there is less room.
FIGURES, FEWEST = 4, (3, 2)
#: Pixels between a number and the edges of its cell, to both sides together.
MARGIN = 5.0
#: More columns than this are never seen side by side: neighbours share one, and the largest of them is drawn.
COLUMNS = 1_024
#: Width of the frame around a narrow column, in pixels.
NARROWEST = 5.0
SMALL = 0.85


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Axis:
    """What stands along one side of an array: things of one ``kind``, by name, by number, or counted.

    What is alone on its side has no kind, and no name.
    """

    kind: str
    names: tuple[str, ...] = ()
    numbers: IntArray | None = None

    def name(self, place: int) -> str:
        """Return the name of what stands at ``place``."""
        if self.names:
            return self.names[place]
        if not self.kind:
            return ""
        number = place if self.numbers is None else int(self.numbers[place])
        return f"{self.kind} {number}"

    def longest(self, count: int) -> str:
        """Return the longest name of ``count`` things; of numbers the last digit may be narrower than another one."""
        if self.names:
            return max(self.names, key=len)
        if not self.kind:
            return ""
        largest = count - 1 if self.numbers is None else int(self.numbers.max(initial=0))
        return f"{self.kind} {largest}"

    def place_of(self, number: int | None) -> int | None:
        """Return where the thing of this number stands; None if it does not, or if there are no numbers."""
        if number is None or self.numbers is None:
            return None
        found = np.flatnonzero(self.numbers == number)
        return int(found[0]) if found.size else None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Value:
    """A number or an array to be shown under ``label``; ``shape`` is its full shape, in the section's order.

    ``rows`` and ``columns`` say what stands along the sides of ``array``, which may lack the last of very many columns.
    Of a block of the gradient ``start`` is the place of its first entry in the flat gradient.
    """

    label: str
    array: FloatArray
    shape: tuple[int, ...]
    rows: Axis = Axis("")
    columns: Axis = Axis("")
    start: int | None = None

    def entry(self, row: int, column: int) -> int | None:
        """Return the place of a cell of `matrix` in the flat gradient; None if this is not a block of it."""
        return None if self.start is None else self.start + row * self.matrix.shape[1] + column

    @property
    def is_number(self) -> bool:
        """Whether it is spelled out."""
        return self.array.size == 1

    @property
    def matrix(self) -> FloatArray:
        """The array as rows and columns."""
        return self.array.reshape(-1, self.array.shape[-1]) if self.array.ndim else self.array.reshape(1, 1)

    @property
    def is_small(self) -> bool:
        """Whether there are so few cells that each may have its number in it."""
        rows, columns = self.matrix.shape
        return rows <= FEW_ROWS and columns <= FEW_COLUMNS


def shape_text(shape: tuple[int, ...]) -> str:
    """Return a shape as it is read, such as 4 × 60."""
    return " × ".join(f"{extent:,}" for extent in shape)


class HeatStrip(QWidget):
    """An array as colours, with its shape and reach above, and numbers where there are few; a click or Return opens it.

    A double click on a gradient opens the entry under the mouse.
    """

    opened = Signal()
    #: The examples that an entry of the gradient comes from are to be shown.
    entry_opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = DARK
        self._table = diverging_table(DARK.dark)
        self.value: Value | None = None
        self.reach = 1.0
        self.marked: int | None = None
        self._indices: ByteArray | None = None
        self._doubled = False  # the release after a double click is not another click
        self._clicked = QTimer(self)  # on a gradient a click may be the first of two
        self._clicked.setSingleShot(True)
        self._clicked.setInterval(QGuiApplication.styleHints().mouseDoubleClickInterval())
        self._clicked.timeout.connect(self.opened)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        self._palette, self._table = palette, diverging_table(palette.dark)
        self.update()

    def set_value(self, value: Value) -> None:
        """Show an array; the colours' reach is a round number, so that it stands still."""
        old, self.value = self.value, value
        self._indices = None  # made when it is painted: most rows are out of sight
        if old is None or old.matrix.shape != value.matrix.shape:
            self.updateGeometry()
        if old is None or (old.label, old.shape) != (value.label, value.shape):
            name = f"{value.label} {shape_text(value.shape)}".strip()
            self.setAccessibleName(self.tr("{0}: open the table").format(name))
        self.update()

    def set_marked(self, column: int | None) -> None:
        """Frame a column; None frames none."""
        if column != self.marked:
            self.marked = column
            self.update()

    def _colours(self) -> ByteArray:
        assert self.value is not None
        count = self._columns_drawn()
        if self._indices is None or self._indices.shape[1] != count:
            cells = drawable(self.value.matrix)
            largest = float(np.abs(cells).max(initial=0.0))
            self.reach = nice_range(0.0, largest, 2)[1] if largest > 0.0 else 1.0
            if count < cells.shape[1]:
                cells = largest_of(cells, edges(cells.shape[1], count)[:-1])
            self._indices = np.ascontiguousarray(colour_indices(cells, self.reach))
        return self._indices

    def _columns_drawn(self) -> int:
        """Return how many columns have a place of their own: no more than pixels, else some would not be seen."""
        assert self.value is not None
        return min(self.value.matrix.shape[1], COLUMNS, max(1, int(self.width() * self.devicePixelRatioF())))

    def _caption_height(self) -> float:
        return QFontMetricsF(scaled_font(self.font(), SMALL)).height() + 1

    def sizeHint(self) -> QSize:
        """Return a height that suits the number of rows; it stays the same where numbers have no room any more."""
        rows = 1 if self.value is None else self.value.matrix.shape[0]
        high = min(max(CELL * rows, LOWEST), HIGHEST)
        if self.value is not None and self.value.is_small:
            high = rows * round(QFontMetricsF(scaled_font(self.font(), SMALL)).height() + 3)
        return QSize(100, round(self._caption_height()) + high + 3)

    def numbers(self) -> list[list[str]]:
        """Return the numbers to be written into the cells, row by row; none where one of them has no room."""
        if self.value is None or not self.value.is_small:
            return []
        metrics = QFontMetricsF(scaled_font(self.font(), SMALL))
        cells = self.value.matrix.tolist()
        room = self.width() / self.value.matrix.shape[1] - MARGIN
        for digits in (self._palette.digits_or(FIGURES), FIGURES, *FEWEST):
            texts = [[format_number(cell, digits) for cell in row] for row in cells]
            if max(metrics.horizontalAdvance(text) for row in texts for text in row) <= room:
                return texts
        return []

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint caption, image and frame."""
        if self.value is None:
            return
        indices = self._colours()
        with QPainter(self) as painter:
            top = self._caption_height()
            area = QRectF(0.5, top, max(1.0, self.width() - 1.0), max(1.0, self.height() - top - 1.5))
            painter.setFont(scaled_font(self.font(), SMALL))
            painter.setPen(colour(self._palette.muted))
            metrics = QFontMetricsF(painter.font())
            base = metrics.ascent()
            caption = f"{self.value.label}  {shape_text(self.value.shape)}".strip()
            painter.drawText(QRectF(0, 0, self.width(), top), Qt.AlignmentFlag.AlignLeft, caption)
            reach = f"±{tick_text(self.reach)}"
            right = self.width() - metrics.horizontalAdvance(reach)
            painter.drawText(QRectF(right, 0, self.width() - right, top), Qt.AlignmentFlag.AlignLeft, reach)
            strip = QImage(
                bytes(range(2 * MIDDLE + 1)), 2 * MIDDLE + 1, 1, 2 * MIDDLE + 1, QImage.Format.Format_Indexed8
            )
            strip.setColorTable(self._table)
            painter.drawImage(QRectF(right - 30, base - metrics.capHeight(), 26, metrics.capHeight()), strip)
            rows, columns = indices.shape
            image = QImage(indices.data, columns, rows, columns, QImage.Format.Format_Indexed8)
            image.setColorTable(self._table)
            if rows > area.height() * self.devicePixelRatioF():
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(area, image)
            self._paint_numbers(painter, area, indices)
            painter.setPen(pen(self._palette.accent if self.hasFocus() or self.underMouse() else self._palette.border))
            painter.drawRect(area)
            if self.marked is not None:
                painter.setPen(pen(self._palette.text, 1.2))
                painter.drawRect(self.mark_in(area))

    def _paint_numbers(self, painter: QPainter, area: QRectF, indices: ByteArray) -> None:
        """Write the numbers into the cells, on each in the shade that is read on it."""
        texts = self.numbers()
        if not texts:
            return
        rows, columns = indices.shape
        wide, high = area.width() / columns, area.height() / rows
        for row, line in enumerate(texts):
            for column, text in enumerate(line):
                cell = QRectF(area.left() + column * wide, area.top() + row * high, wide, high)
                painter.setPen(shade_on(QColor(self._table[indices[row, column]])))
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)

    def mark_in(self, area: QRectF) -> QRectF:
        """Return the frame of the marked column of an image over ``area``; of a narrow one it is wider, to be seen."""
        assert self.value is not None
        assert self.marked is not None
        pitch = area.width() / self.value.matrix.shape[1]
        width = max(pitch, NARROWEST)
        left = area.left() + (self.marked + 0.5) * pitch - width / 2
        return QRectF(min(max(left, area.left()), area.right() - width), area.top(), width, area.height())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the table."""
        inside = self.rect().contains(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not inside or self._doubled:
            return
        if self.value is None or self.value.start is None:
            self.opened.emit()
        else:
            self._clicked.start()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the entry of the gradient that was clicked."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        cell = self._cell_at(event.position().toPoint())
        entry = None if self.value is None or cell is None else self.value.entry(*cell)
        if entry is None:
            return
        self._clicked.stop()
        self._doubled = True
        self.entry_opened.emit(entry)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keep the click: it is not for the row."""
        self._doubled = False
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the table with Return; with Shift it is the row's."""
        shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not shifted:
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys are."""
        super().focusInEvent(event)
        self.update()

    def enterEvent(self, event: QEvent) -> None:
        """Show that it can be clicked."""
        super().enterEvent(event)  # type: ignore[arg-type]
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Go back to rest."""
        super().leaveEvent(event)
        self.update()

    def text_at(self, position: QPoint) -> str:
        """Return the exact entry at a place, and how to see all of them."""
        hint = self.tr("Click: a table of the exact values. Orange is positive, blue negative.")
        if self.value is not None and self.value.start is not None:
            hint += "\n" + self.tr("Double click: the examples that this entry comes from.")
        cell = self._cell_at(position)
        if self.value is None or cell is None:
            return hint
        (row, column), cells = cell, self.value.matrix
        names = [name for name in (self.value.rows.name(row), self.value.columns.name(column)) if name]
        return f"{', '.join(names)}: {float(cells[row, column])!r}\n{hint}"

    def _cell_at(self, position: QPoint) -> tuple[int, int] | None:
        """Return row and column of the entry that is drawn at a place."""
        top = self._caption_height()
        if self.value is None or position.y() < top:
            return None
        rows = self.value.matrix.shape[0]
        row = min(int((position.y() - top) / max(1.0, self.height() - top - 1.5) * rows), rows - 1)
        return row, self._column_at(row, position.x())

    def _column_at(self, row: int, x: int) -> int:
        """Return the column whose entry of ``row`` is drawn at a place: of those that share it the largest."""
        assert self.value is not None
        cells, count = self.value.matrix, self._columns_drawn()
        place = min(max(0, int(x / self.width() * count)), count - 1)
        begin, end = edges(cells.shape[1], count)[place : place + 2].tolist()
        sharing = drawable(cells)[[row], begin:end]
        return begin + int(np.argmax(sharing[0] == largest_of(sharing, np.array([0]))[0, 0]))

    def event(self, event: QEvent) -> bool:
        """Tell the exact entry under the mouse, only when it is asked for."""
        if event.type() != QEvent.Type.ToolTip or not isinstance(event, QHelpEvent):
            return super().event(event)
        QToolTip.showText(event.globalPos(), self.text_at(event.pos()), self)
        return True


def shade_on(ground: QColor) -> QColor:
    """Return black or white, whichever has the stronger contrast to ``ground``. Source: WCAG 2, relative luminance."""
    parts = (ground.redF(), ground.greenF(), ground.blueF())
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    # White has a contrast of 1.05 / (luminance + 0.05), black of (luminance + 0.05) / 0.05.
    return QColor(Qt.GlobalColor.black if (luminance + 0.05) ** 2 > 1.05 * 0.05 else Qt.GlobalColor.white)


def drawable(cells: FloatArray) -> FloatArray:
    """Return ``cells`` with infinite ones as large as the largest other one, and what is no number as 0."""
    finite = np.isfinite(cells)
    if finite.all():
        return cells
    largest = float(np.abs(cells[finite]).max(initial=0.0))
    return np.nan_to_num(cells, nan=0.0, posinf=largest, neginf=-largest)


def edges(columns: int, count: int) -> IntArray:
    """Return where each of ``count`` groups of neighbouring columns begins, and the end of the last (count + 1,)."""
    return np.arange(count + 1) * columns // count


def largest_of(cells: FloatArray, begins: IntArray) -> FloatArray:
    """Return of each group of neighbouring columns the entry of the largest size, a row each: with its sign."""
    high, low = np.maximum.reduceat(cells, begins, axis=1), np.minimum.reduceat(cells, begins, axis=1)
    return np.where(high >= -low, high, low)


def number_line(value: Value, digits: int) -> str:
    """Return a number with its label, as it is spelled out."""
    text = format_number(float(value.array.reshape(-1)[0]), digits)
    return f"{value.label} = {text}" if value.label else f"= {text}"
