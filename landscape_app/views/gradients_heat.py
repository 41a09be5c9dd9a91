"""Heat maps of a block too large for rows: all its values, and all its gradients, at a glance."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.core.models.parameters import Block
from landscape_app.views.diverging import MIDDLE, ByteArray, colour_indices, diverging_table
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import colour, nice_range, pen, scaled_font, tick_text


class HeatMap(QWidget):
    """An image with one cell a scalar, and above it what it shows and how far its colours reach."""

    hovered = Signal(int)
    #: The examples that a gradient comes from are to be shown.
    opened = Signal(int)

    def __init__(self, caption: str, block: Block, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._block, self.caption = block.name, ""
        self.set_caption(caption)
        matrix = block.name[0].isupper()
        self.rows, self.columns = block.shape if matrix else (1, block.size)
        self.reach = 1.0
        self.selected = -1
        self._palette = DARK
        self._table = diverging_table(DARK.dark)
        self._indices: ByteArray = np.full((self.rows, self.columns), MIDDLE, dtype=np.uint8)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            self.tr(
                "Point at a cell to read it below; the arrow keys go from cell to cell.\n"
                "Double click or Return: the examples that its gradient comes from.\n"
                "Orange is positive, blue negative; colours grow with the square root of the size."
            )
        )

    def sizeHint(self) -> QSize:
        """Return a height that suits the number of rows."""
        return QSize(100, round(self._caption_height()) + min(max(12 * self.rows, 18), 132) + 3)

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        self._palette, self._table = palette, diverging_table(palette.dark)
        self.update()

    def set_caption(self, caption: str, short: str = "") -> None:
        """Say what is shown; ``short`` stands where there is no room for the caption."""
        if caption == self.caption:
            return
        self.caption, self._short = caption, short or caption
        self.setAccessibleName(self.tr("{caption} of {block}").format(caption=caption, block=self._block))
        self.update()

    def set_values(self, values: FloatArray) -> None:
        """Show the block's values (any shape); the colours' reach is a round number, so that it stands still."""
        largest = float(np.max(np.abs(values), initial=0.0, where=np.isfinite(values)))
        self.reach = nice_range(0.0, largest, 2)[1] if largest > 0.0 else 1.0
        known = np.where(np.isnan(values), 0.0, values)  # one example may have parts beyond all numbers
        self._indices = colour_indices(known.reshape(self.rows, self.columns), self.reach)
        self.update()

    def set_selected(self, index: int) -> None:
        """Frame a cell; -1 frames none."""
        if index != self.selected:
            self.selected = index
            self.update()

    def _caption_height(self) -> float:
        return QFontMetricsF(scaled_font(self.font(), 0.85)).height() + 3

    def _area(self) -> QRectF:
        top = self._caption_height()
        return QRectF(1, top, max(1, self.width() - 3), max(1.0, self.height() - top - 2))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint caption, image and frame."""
        area = self._area()
        with QPainter(self) as painter:
            self._paint_caption(painter)
            image = QImage(self._indices.data, self.columns, self.rows, self.columns, QImage.Format.Format_Indexed8)
            image.setColorTable(self._table)
            ratio = self.devicePixelRatioF()
            if self.columns > area.width() * ratio or self.rows > area.height() * ratio:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)  # else whole rows would be dropped
            painter.drawImage(area, image)
            painter.setPen(pen(self._palette.accent if self.hasFocus() else self._palette.border))
            painter.drawRect(area)
            if self.selected >= 0:
                row, column = divmod(self.selected, self.columns)
                width, height = area.width() / self.columns, area.height() / self.rows
                centre = QPointF(area.left() + (column + 0.5) * width, area.top() + (row + 0.5) * height)
                frame = QRectF(0, 0, max(width, 6.0), max(height, 6.0))
                frame.moveCenter(centre)
                painter.setPen(pen(self._palette.text, 1.5))
                painter.drawRect(frame)

    def _paint_caption(self, painter: QPainter) -> None:
        painter.setFont(scaled_font(self.font(), 0.85))
        metrics = QFontMetricsF(painter.font())
        base = metrics.ascent() + 1
        reach = f"±{tick_text(self.reach)}"
        painter.setPen(colour(self._palette.muted))
        right = self.width() - 2 - metrics.horizontalAdvance(reach)
        fits = metrics.horizontalAdvance(self.caption) <= right - 40
        painter.drawText(QPointF(1, base), self.caption if fits else self._short)
        painter.drawText(QPointF(right, base), reach)
        bar = QRectF(right - 34, base - metrics.capHeight(), 30, metrics.capHeight())
        strip = QImage(bytes(range(2 * MIDDLE + 1)), 2 * MIDDLE + 1, 1, 2 * MIDDLE + 1, QImage.Format.Format_Indexed8)
        strip.setColorTable(self._table)
        painter.drawImage(bar, strip)

    def index_at(self, position: QPointF) -> int | None:
        """Return the index of the cell at a place, None outside of the image."""
        area = self._area()
        if not area.contains(position):
            return None
        column = min(int((position.x() - area.left()) / area.width() * self.columns), self.columns - 1)
        row = min(int((position.y() - area.top()) / area.height() * self.rows), self.rows - 1)
        return row * self.columns + column

    def cell_centre(self, index: int) -> QPointF:
        """Return the middle of a cell on the widget."""
        row, column = divmod(index, self.columns)
        area = self._area()
        return QPointF(
            area.left() + (column + 0.5) / self.columns * area.width(),
            area.top() + (row + 0.5) / self.rows * area.height(),
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Name the cell under the mouse."""
        index = self.index_at(event.position())
        if index is not None and index != self.selected:
            self.hovered.emit(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Name the cell that was clicked."""
        self.mouseMoveEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the cell that was clicked."""
        index = self.index_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            self.opened.emit(index)

    def focusInEvent(self, event: QEvent) -> None:
        """Show where the keys are."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next cell, or open this one."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selected >= 0:
            self.opened.emit(self.selected)
            return
        row, column = divmod(max(self.selected, 0), self.columns)
        moves = {
            Qt.Key.Key_Left: (row, column - 1),
            Qt.Key.Key_Right: (row, column + 1),
            Qt.Key.Key_Up: (row - 1, column),
            Qt.Key.Key_Down: (row + 1, column),
        }
        if Qt.Key(event.key()) not in moves:
            super().keyPressEvent(event)
            return
        row, column = moves[Qt.Key(event.key())]
        self.hovered.emit(min(max(row, 0), self.rows - 1) * self.columns + min(max(column, 0), self.columns - 1))


class BlockCard(QWidget):
    """A block's name and shape, the heat map of its values and that of its gradients."""

    scalar_hovered = Signal(int)
    scalar_opened = Signal(int)

    def __init__(self, block: Block, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.block = block
        self.values = HeatMap(self.tr("Value"), block, self)
        self.gradients = HeatMap(self.tr("Gradient"), block, self)
        shape = " × ".join(map(str, block.shape))
        if self.values.rows == 1 < block.shape[0]:
            shape = self.tr("{0}, drawn as a row").format(shape)  # it would be a thin column
        self._title = QLabel(f"<b>{block.name}</b> &nbsp; {shape}", self)
        self._title.setObjectName("readout")
        # Long rows stand one above the other over the whole width, matrices side by side.
        upright = self.values.rows == 1
        maps = QBoxLayout(QBoxLayout.Direction.TopToBottom if upright else QBoxLayout.Direction.LeftToRight)
        maps.setSpacing(2 if upright else 10)
        for heat_map in (self.values, self.gradients):
            maps.addWidget(heat_map)
            heat_map.hovered.connect(self._on_hovered)
            heat_map.opened.connect(self._on_opened)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(1)
        column.addWidget(self._title)
        column.addLayout(maps)

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        self._title.setStyleSheet(f"color: {palette.text}")
        self.values.set_palette(palette)
        self.gradients.set_palette(palette)

    def show_moment(self, theta: FloatArray, grad: FloatArray | None, example: int | None = None) -> None:
        """Show the block's part of the flat vectors.

        With ``example``, a number from 1 on, ``grad`` is what that one adds to the gradient; None for nothing.
        """
        part = slice(self.block.start, self.block.stop)
        self.values.set_values(theta[part])
        self.gradients.set_values(np.zeros(self.block.size) if grad is None else grad[part])
        if example is None:
            self.gradients.set_caption(self.tr("Gradient"))
            return
        caption, short = self.tr("Gradient, example {0:,}"), self.tr("№ {0:,}")
        if grad is None:
            caption, short = self.tr("Gradient, example {0:,}: –"), self.tr("№ {0:,}: –")
        self.gradients.set_caption(caption.format(example), short.format(example))

    def set_selected(self, scalar: int) -> None:
        """Frame a scalar, given by its place in the flat vector, if it belongs here."""
        index = scalar - self.block.start if self.block.start <= scalar < self.block.stop else -1
        self.values.set_selected(index)
        self.gradients.set_selected(index)

    def _on_hovered(self, index: int) -> None:
        self.scalar_hovered.emit(self.block.start + index)

    def _on_opened(self, index: int) -> None:
        self.scalar_opened.emit(self.block.start + index)
