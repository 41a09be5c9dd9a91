"""The picture of a sweep: a colour for each run's final loss, hatched where the run diverged."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from landscape_app.core.landscape.levels import LossScale, loss_scale
from landscape_app.session.sweep import DIVERGED, FINISHED, IMPOSSIBLE, SweepTable
from landscape_app.session.sweep_axes import Axis
from landscape_app.views.colour_tables import colour_table
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import colour, log_ticks, pen, scaled_font, tick_text
from landscape_app.views.sweep_words import cell_text, setting_title, value_text

#: Width of the strip of colours, and of the room for its numbers.
STRIP, STRIP_ROOM = 10.0, 52.0


def colours_reach(table: SweepTable) -> LossScale:
    """Return the losses that the colours tell apart: from the best to the worst, or to the start's where that is less.

    What ends higher than it began has no part in it: it is hatched.
    """
    there = table.state == FINISHED
    return loss_scale(np.fmin(table.loss[there], table.start_loss[there]))


class SweepMap(QWidget):
    """A cell a run: x to the right, y upwards (rules downwards), with the axes' real values and a strip of colours."""

    #: A cell (row, column) is pointed at; (-1, -1) none is.
    pointed = Signal(int, int)
    #: A cell was clicked, or Return pressed on it.
    chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = DARK
        self._table: SweepTable | None = None
        self._in_hand: tuple[int, int] | None = None
        self._faded = False
        self.selected: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 90)

    def sizeHint(self) -> QSize:
        """Return what shows a dozen values on each side."""
        return QSize(340, 240)

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        self._palette = palette
        self.update()

    def show_table(self, table: SweepTable | None, in_hand: tuple[int, int] | None, faded: bool) -> None:
        """Show a table, the cell that the run in hand is, and whether it belongs to former settings."""
        if (table, in_hand, faded) == (self._table, self._in_hand, self._faded):
            return
        if self.selected is not None and (table is None or self._table is None or table.wish is not self._table.wish):
            self.selected = None
        self._table, self._in_hand, self._faded = table, in_hand, faded
        self.update()

    # --- where things are ---

    def _font(self) -> QFont:
        return scaled_font(self.font(), 0.85)

    def _area(self) -> QRectF:
        """Return where the cells are."""
        metrics = QFontMetricsF(self._font())
        line = metrics.height()
        left = 4.0 + self._label_room(metrics)
        right = STRIP + STRIP_ROOM + 8.0
        top, bottom = line + 3.0, 2 * line + 5.0
        return QRectF(left, top, max(10.0, self.width() - left - right), max(10.0, self.height() - top - bottom))

    def _label_room(self, metrics: QFontMetricsF) -> float:
        if self._table is None:
            return 40.0
        y = self._table.wish.y
        widest = max(metrics.horizontalAdvance(value_text(y.name, value)) for value in y.values)
        return min(widest + 6.0, 0.34 * self.width())

    @staticmethod
    def _downwards(axis: Axis) -> bool:
        return axis.name == "optimizer"

    def _slot(self, row: int) -> int:
        """Return how many rows lie above ``row`` in the picture."""
        assert self._table is not None
        y = self._table.wish.y
        return row if self._downwards(y) else len(y.values) - 1 - row

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return where a cell is on the widget."""
        assert self._table is not None
        area, (rows, columns) = self._area(), self._table.wish.shape
        wide, high = area.width() / columns, area.height() / rows
        return QRectF(area.left() + column * wide, area.top() + self._slot(row) * high, wide, high)

    def cell_at(self, position: QPointF) -> tuple[int, int] | None:
        """Return row and column of the cell at a place, None outside of them."""
        area = self._area()
        if self._table is None or not area.contains(position):
            return None
        rows, columns = self._table.wish.shape
        column = min(int((position.x() - area.left()) / area.width() * columns), columns - 1)
        slot = min(int((position.y() - area.top()) / area.height() * rows), rows - 1)
        return self._slot(slot), column  # turning over twice is nothing

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint cells, signs, axes and the strip of colours."""
        with QPainter(self) as painter:
            painter.setFont(self._font())
            if self._table is not None:
                scale = colours_reach(self._table)
                if self._faded:
                    painter.setOpacity(0.45)
                self._paint_cells(painter, self._table, scale)
                painter.setOpacity(1.0)
                self._paint_signs(painter, self._table)
                self._paint_axes(painter, self._table)
                self._paint_strip(painter, scale)

    def _paint_cells(self, painter: QPainter, table: SweepTable, scale: LossScale) -> None:
        p, area = self._palette, self._area()
        painter.fillRect(area, colour(p.field))
        colours = colour_table(p.colour_map)
        fraction = np.nan_to_num(scale.fraction(table.loss), nan=1.0)
        pixels = colours[np.rint(255 * fraction).astype(np.intp)].copy()
        pixels[table.state != FINISHED, 3] = 0
        if not self._downwards(table.wish.y):
            pixels = pixels[::-1]
        pixels = np.ascontiguousarray(pixels)
        rows, columns = table.wish.shape
        painter.drawImage(area, QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888))
        hatch = QBrush(QColor(p.error), Qt.BrushStyle.BDiagPattern)
        for row, column in zip(*np.nonzero(table.state == DIVERGED), strict=True):
            painter.fillRect(self.cell_rect(int(row), int(column)), hatch)
        risen = QBrush(colour("#000000", 120), Qt.BrushStyle.BDiagPattern)
        for row, column in zip(*np.nonzero(table.risen), strict=True):
            painter.fillRect(self.cell_rect(int(row), int(column)), risen)
        painter.setPen(pen(p.faint))
        for row, column in zip(*np.nonzero(table.state == IMPOSSIBLE), strict=True):
            centre = self.cell_rect(int(row), int(column)).center()
            painter.drawLine(centre - QPointF(3, 0), centre + QPointF(3, 0))
        painter.setPen(pen(p.border))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)

    def _paint_signs(self, painter: QPainter, table: SweepTable) -> None:
        """Ring the best cell, dot the one in hand, frame the one pointed at."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        p = self._palette
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if table.best is not None:
            cell = self.cell_rect(*table.best)
            ring = QRectF(0, 0, max(9.0, min(cell.width(), 40.0) - 3.0), max(9.0, min(cell.height(), 40.0) - 3.0))
            ring.moveCenter(cell.center())
            for name, width in (("#000000", 4.0), ("#ffffff", 2.0)):
                painter.setPen(QPen(QColor(name), width))
                painter.drawEllipse(ring)
        if self._in_hand is not None:
            painter.setPen(QPen(QColor("#ffffff"), 1.5))
            painter.setBrush(QColor(p.path))
            painter.drawEllipse(self.cell_rect(*self._in_hand).center(), 4.0, 4.0)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self.selected is not None:
            frame = self.cell_rect(*self.selected)
            painter.setPen(pen("#000000" if p.dark else "#ffffff", 3.0))
            painter.drawRect(frame)
            painter.setPen(pen(p.accent if self.hasFocus() else p.text, 1.5))
            painter.drawRect(frame)

    def _paint_axes(self, painter: QPainter, table: SweepTable) -> None:
        p, area, metrics = self._palette, self._area(), QFontMetricsF(self._font())
        x, y = table.wish.x, table.wish.y
        painter.setPen(colour(p.muted))
        line = metrics.height()
        every = _every(len(y.values), area.height(), line)
        for row in range(0, len(y.values), every):
            cell = self.cell_rect(row, 0)
            room = QRectF(2, cell.center().y() - line / 2, area.left() - 6, line)
            text = metrics.elidedText(value_text(y.name, y.values[row]), Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        texts = [value_text(x.name, value) for value in x.values]
        widest = max(metrics.horizontalAdvance(text) for text in texts) + 8.0
        every = _every(len(texts), area.width(), min(widest, max(60.0, area.width() / 3)))
        for column in range(0, len(texts), every):
            middle = self.cell_rect(0, column).center().x()
            wide = min(widest, every * area.width() / len(texts)) if x.name == "optimizer" else widest
            room = QRectF(middle - wide / 2, area.bottom() + 2, wide, line)
            text = metrics.elidedText(texts[column], Qt.TextElideMode.ElideRight, wide)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
        painter.setPen(colour(p.text))
        painter.drawText(QPointF(4, metrics.ascent() + 1), setting_title(y.name))
        title = QRectF(area.left(), area.bottom() + line + 3, area.width(), line)
        painter.drawText(title, Qt.AlignmentFlag.AlignCenter, setting_title(x.name))

    def _paint_strip(self, painter: QPainter, scale: LossScale) -> None:
        p, area, metrics = self._palette, self._area(), QFontMetricsF(self._font())
        bar = QRectF(area.right() + 8, area.top(), STRIP, area.height())
        column = np.ascontiguousarray(colour_table(p.colour_map)[::-1])
        painter.drawImage(bar, QImage(column.data, 1, len(column), 4, QImage.Format.Format_RGBA8888))
        painter.setPen(pen(p.border))
        painter.drawRect(bar)
        painter.setPen(colour(p.muted))
        most = max(2, int(area.height() / (1.9 * metrics.height())))
        for tick in log_ticks(scale.low, scale.high, most):
            t = float(scale.fraction(np.array(tick)))
            y = bar.bottom() - t * bar.height()
            painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + 3, y))
            room = QRectF(bar.right() + 5, y - metrics.height() / 2, STRIP_ROOM - 5, metrics.height())
            text = tick_text(float(f"{tick:.6g}"))
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        label = QRectF(bar.left() - 40, 0, self.width() - bar.left() + 36, metrics.height())
        painter.setPen(colour(p.text))
        painter.drawText(label, Qt.AlignmentFlag.AlignRight, self.tr("final loss"))

    # --- hands ---

    def select(self, place: tuple[int, int] | None) -> None:
        """Point at a cell."""
        if place != self.selected:
            self.selected = place
            self.update()
            self.pointed.emit(*(place or (-1, -1)))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Name the cell under the mouse."""
        place = self.cell_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if place is not None else Qt.CursorShape.ArrowCursor)
        self.select(place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell that was clicked."""
        place = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and place is not None:
            self.select(place)
            self.chosen.emit(*place)

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing, unless the keys do."""
        super().leaveEvent(event)
        if not self.hasFocus():
            self.select(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys are."""
        super().focusInEvent(event)
        if self.selected is None and self._table is not None:
            self.select(self._in_hand or self._table.best or (0, 0))
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keys are elsewhere."""
        super().focusOutEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next cell, or choose this one."""
        if self._table is None:
            super().keyPressEvent(event)
            return
        row, column = self.selected or (0, 0)
        up = -1 if self._downwards(self._table.wish.y) else 1
        moves = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (up, 0),
            Qt.Key.Key_Down: (-up, 0),
        }
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selected is not None:
            self.chosen.emit(*self.selected)
        elif key in moves and self.selected is None:
            self.select(self._table.best or (0, 0))
        elif key in moves:
            rows, columns = self._table.wish.shape
            down, right = moves[key]
            self.select((min(max(row + down, 0), rows - 1), min(max(column + right, 0), columns - 1)))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Let a tooltip tell the cell under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.cell_at(QPointF(event.pos()))
            text = self._about()
            if place is not None and self._table is not None:
                text = f"{cell_text(self._table, *place, 12)}\n{text}"
            QToolTip.showText(event.globalPos(), text, self)
            return True
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_mine(event):
            event.accept()  # else an arrow key would step through the run
            return True
        return super().event(event)

    def _is_mine(self, event: QKeyEvent) -> bool:
        keys = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        return self._table is not None and plain and Qt.Key(event.key()) in keys

    def _about(self) -> str:
        return self.tr(
            "Each cell is a run of its own, coloured by the loss it ends with. The ring marks the best, the dot the\n"
            "one in hand. Hatched in the last colour: it ends higher than it began. Hatched without a colour: it\n"
            "diverges. Click a cell to take its run in hand, or go there with the arrow keys and press Return."
        )


def _every(count: int, room: float, needed: float) -> int:
    """Return which share of ``count`` labels fits: every, every second, ... one."""
    return max(1, -(-int(count * needed) // max(1, int(room))))
