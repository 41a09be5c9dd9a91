"""The heads of the preview's columns: name, unit, kind, and a small histogram."""

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import colour, pen, scaled_font
from landscape_app.views.preview_cells import CellsModel
from landscape_app.views.preview_summary import BINS, Summary
from landscape_app.views.preview_words import kind_title

_PLOT_HEIGHT = 34
_MARGIN = 6
_LEAST_WIDTH, _MOST_WIDTH = 84, 190


class ColumnHeader(QHeaderView):
    """Paints only what can be seen. ``kind_clicked`` tells the column whose kind was clicked, and where."""

    kind_clicked = Signal(int, QPoint)

    def __init__(self, model: CellsModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._cells = model
        self._palette = DARK
        self.setSectionsClickable(True)
        self.setHighlightSections(True)
        self.setMouseTracking(True)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.setMinimumSectionSize(48)

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        self._palette = palette
        self.viewport().update()

    def fit_sections(self) -> None:
        """Give every column a width that suits its name and its first cells."""
        metrics, model = self.fontMetrics(), self._cells
        looked_at = range(min(20, model.rowCount()))
        for section, name in enumerate(model.names):
            texts = [str(model.index(row, section).data() or "") for row in looked_at]
            widest = max((metrics.horizontalAdvance(text) for text in (name, model.unit(section), *texts)), default=0)
            self.resizeSection(section, min(max(_LEAST_WIDTH, widest + 20), _MOST_WIDTH))

    # -- geometry -------------------------------------------------------------------------------------------

    def _line(self) -> int:
        return self.fontMetrics().height() + 2

    def _has_units(self) -> bool:
        return any(self._cells.units)

    def sizeHint(self) -> QSize:
        """Leave room for name, unit, kind, and histogram."""
        lines = 3 if self._has_units() else 2
        return QSize(super().sizeHint().width(), lines * self._line() + _PLOT_HEIGHT + 12)

    def kind_rect(self, section: int) -> QRect:
        """Return where on the viewport a column's kind can be clicked."""
        top = 4 + self._line() * (2 if self._has_units() else 1)
        metrics = QFontMetrics(scaled_font(self.font(), 0.9))
        width = metrics.horizontalAdvance(kind_title(self._cells.kinds[section])) + 22
        left = self.sectionViewportPosition(section) + _MARGIN
        return QRect(left - 3, top, min(width, self.sectionSize(section) - 2 * _MARGIN + 6), self._line())

    # -- painting -------------------------------------------------------------------------------------------

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint one column's head."""
        p, model = self._palette, self._cells
        painter.save()
        painter.setClipRect(rect)
        chosen = self.selectionModel() is not None and self.selectionModel().currentIndex().column() == section
        painter.fillRect(rect, colour(p.field if chosen else p.panel))
        painter.setPen(pen(p.border))
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = rect.adjusted(_MARGIN, 4, -_MARGIN, -5)
        line = self._line()
        font = scaled_font(self.font(), 1.0, bold=True)
        self._paint_text(painter, inner, 0, model.names[section], p.text, font=font)
        if self._has_units():
            self._paint_text(painter, inner, line, model.unit(section), p.muted, font=scaled_font(self.font(), 0.9))
        self._paint_kind(painter, section)
        plot = QRectF(inner.left(), inner.bottom() - _PLOT_HEIGHT + 1, inner.width(), _PLOT_HEIGHT)
        summary = model.summary(section)
        if summary is not None:
            self._paint_plot(painter, plot, summary)
        painter.restore()

    def _paint_text(self, painter: QPainter, inner: QRect, top: int, text: str, name: str, font: QFont) -> None:
        painter.setFont(font)
        painter.setPen(colour(name))
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, inner.width())
        place = QRect(inner.left(), inner.top() + top, inner.width(), self._line())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)

    def _paint_kind(self, painter: QPainter, section: int) -> None:
        p, place = self._palette, self.kind_rect(section)
        painter.setFont(scaled_font(self.font(), 0.9))
        painter.setPen(colour(p.accent))
        text = kind_title(self._cells.kinds[section])
        painter.drawText(place.adjusted(3, 0, 0, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        tip = QPointF(place.left() + 3 + painter.fontMetrics().horizontalAdvance(text) + 8.0, place.center().y() + 2.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(p.accent))
        painter.drawPolygon([tip + QPointF(-3.5, -4.0), tip + QPointF(3.5, -4.0), tip])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_plot(self, painter: QPainter, plot: QRectF, summary: Summary) -> None:
        p = self._palette
        painter.setPen(pen(p.border))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        most = float(summary.counts.max()) if summary.counts.size else 0.0
        if most <= 0.0:
            return
        bars = max(summary.counts.size, 3) if summary.words else BINS
        step = plot.width() / bars
        gap = 1.0 if step < 5.0 else 2.0
        ratio = painter.device().devicePixelRatioF()
        for place, count in enumerate(summary.counts.tolist()):
            if not count:
                continue
            # On whole pixels, else neighbouring bars differ in width and colour.
            left, right = (round((plot.left() + at * step) * ratio) / ratio for at in (place, place + 1))
            height = max(1.0, round(count / most * (plot.height() - 2)))
            bar = QRectF(left, plot.bottom() - height, max(1.0, right - left - gap * (step > 3.0)), height)
            painter.fillRect(bar, colour(p.data))

    # -- events ---------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show by the pointer that a kind can be clicked."""
        super().mouseMoveEvent(event)
        if self._kind_at(event.position().toPoint()) >= 0:
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell that a kind was clicked."""
        section = self._kind_at(event.position().toPoint())
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and section >= 0:
            self.kind_clicked.emit(section, self.viewport().mapToGlobal(self.kind_rect(section).bottomLeft()))

    def _kind_at(self, position: QPoint) -> int:
        section = self.logicalIndexAt(position)
        return section if section >= 0 and self.kind_rect(section).contains(position) else -1
