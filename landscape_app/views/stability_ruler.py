"""A logarithmic ruler of learning rates: where the rule diverges, and the rate in force, to be dragged."""

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import colour, format_number, log_ticks, pen, scaled_font, tick_text

#: What the ruler shows around the limit: from so many times below to so many times above.
BELOW, ABOVE = 200.0, 6.0
#: By how much the arrow keys and the page keys multiply the rate.
KEY_STEP, PAGE_STEP = 1.1, 2.0
#: Pixels left free at both ends, and half the handle.
MARGIN, HANDLE = 10.0, 6.0
#: Rates beyond these lie outside of any ruler.
SMALLEST, LARGEST = 1e-290, 1e290
#: Where the bar stands, in pixels from the top, and how thick it is.
BAR, THICK = 19.0, 7.0


class RateRuler(QWidget):
    """Shows rates on a bar: those that converge, those whose error changes sign, those that diverge.

    ``rate_dragged`` asks for another rate, rounded to three digits. Without a limit the bar is plain; with a
    ``local`` one it is marked, but not coloured, since it holds at one point alone.
    """

    rate_dragged = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = DARK
        self._rate = 0.01
        self._turning: float | None = None
        self._limit: float | None = None
        self._best: float | None = None
        self._local = False
        self._range = (1e-4, 1.0)
        self._held = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    # --- what is shown ---

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        self._palette = palette
        self.update()

    def show_rate(
        self, rate: float, turning: float | None, limit: float | None, best: float | None, *, local: bool
    ) -> None:
        """Show the ``rate`` in force, where the error begins to change sign, where to diverge, and the best rate."""
        limit = limit if limit is not None and math.isfinite(limit) else None
        new = (rate, turning, limit, best, local)
        if new == (self._rate, self._turning, self._limit, self._best, self._local):
            return
        self._rate, self._turning, self._limit, self._best, self._local = new
        if not self._held:  # else the ruler would run away under the hand
            self._range = _range_for(rate, limit)
        self.update()

    @property
    def rate_range(self) -> tuple[float, float]:
        """The rates at both ends."""
        return self._range

    def x_of(self, rate: float) -> float:
        """Return where a rate lies, in pixels; what is beyond the ruler lies at its end."""
        low, high = self._range
        if rate <= low:
            return MARGIN
        share = min(1.0, math.log(rate / low) / math.log(high / low))
        return MARGIN + share * self._length

    def rate_at(self, x: float) -> float:
        """Return the rate at a place, rounded to three digits."""
        low, high = self._range
        share = min(max((x - MARGIN) / self._length, 0.0), 1.0)
        return float(f"{low * (high / low) ** share:.3g}")

    @property
    def _length(self) -> float:
        return max(1.0, self.width() - 2.0 * MARGIN)

    def sizeHint(self) -> QSize:
        """Return the room for the bar with a line of numbers above and below."""
        return QSize(200, int(BAR + THICK + self.fontMetrics().height() + 5))

    def minimumSizeHint(self) -> QSize:
        """Make do with little width."""
        return QSize(120, self.sizeHint().height())

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bar, its marks and the handle."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(scaled_font(self.font(), 0.8))
            self._draw_bar(painter)
            self._draw_ticks(painter)
            if self._limit is not None:
                self._draw_limit(painter, self._limit)
            if self._best is not None and self._range[0] < self._best < self._range[1]:
                x = self.x_of(self._best)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour(self._palette.good))
                painter.drawPolygon(QPolygonF([QPointF(x - 4, BAR - 7), QPointF(x + 4, BAR - 7), QPointF(x, BAR - 1)]))
            self._draw_handle(painter)

    def _draw_bar(self, painter: QPainter) -> None:
        p = self._palette
        left, right = MARGIN, MARGIN + self._length
        painter.setPen(Qt.PenStyle.NoPen)
        if self._limit is None or self._local:
            painter.setBrush(colour(p.border))
            painter.drawRoundedRect(QRectF(left, BAR, right - left, THICK), THICK / 2, THICK / 2)
            return
        limit = self.x_of(self._limit)
        turning = limit if self._turning is None else min(limit, self.x_of(self._turning))
        for begin, end, shade in ((left, turning, p.good), (turning, limit, p.warning), (limit, right, p.error)):
            painter.setBrush(colour(shade, 170))
            painter.drawRect(QRectF(begin, BAR, max(0.0, end - begin), THICK))

    def _draw_ticks(self, painter: QPainter) -> None:
        p, metrics = self._palette, painter.fontMetrics()
        low, high = self._range
        used = -math.inf
        for tick in log_ticks(low, high, max(2, int(self._length / 45))):
            x, text = self.x_of(tick), tick_text(float(f"{tick:.3g}"))
            wide = metrics.horizontalAdvance(text)
            painter.setPen(pen(p.grid))
            painter.drawLine(QPointF(x, BAR + THICK), QPointF(x, BAR + THICK + 3))
            begin = min(max(x - wide / 2, 0.0), self.width() - wide)
            if begin < used + 6:
                continue
            painter.setPen(colour(p.muted))
            painter.drawText(QPointF(begin, BAR + THICK + 3 + metrics.ascent()), text)
            used = begin + wide

    def _draw_limit(self, painter: QPainter, limit: float) -> None:
        p, metrics, x = self._palette, painter.fontMetrics(), self.x_of(limit)
        painter.setPen(pen(p.text, 2.0, Qt.PenStyle.DotLine if self._local else Qt.PenStyle.SolidLine))
        painter.drawLine(QPointF(x, BAR - 4), QPointF(x, BAR + THICK + 2))
        text = format_number(limit, 3)
        wide = metrics.horizontalAdvance(text)
        painter.setPen(colour(p.text))
        painter.drawText(QPointF(min(max(x - wide / 2, 0.0), self.width() - wide), metrics.ascent()), text)

    def _draw_handle(self, painter: QPainter) -> None:
        p, x, y = self._palette, self.x_of(self._rate), BAR + THICK / 2
        painter.setPen(pen(p.text if self.hasFocus() else p.panel, 2.0 if self.hasFocus() else 1.0))
        painter.setBrush(colour(p.accent))
        low, high = self._range
        if low <= self._rate <= high:
            painter.drawEllipse(QPointF(x, y), HANDLE, HANDLE)
            return
        away = -1.0 if self._rate < low else 1.0  # an arrow towards the rate, which lies beyond the ruler
        tip = [QPointF(x + 8 * away, y), QPointF(x - 4 * away, y - 6), QPointF(x - 4 * away, y + 6)]
        painter.drawPolygon(QPolygonF(tip))

    # --- the hand ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the rate under the mouse."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = True
            self._ask(self.rate_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Take the rate that the mouse is dragged to."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._ask(self.rate_at(event.position().x()))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let the ruler follow its rate again."""
        self._held = False
        new = _range_for(self._rate, self._limit)
        if new != self._range:
            self._range = new
            self.update()

    def event(self, event: QEvent) -> bool:
        """Keep the ruler's own keys; else an arrow key would step through the run."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _factor(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Multiply the rate: a little by the arrows, by two with the page keys."""
        factor = _factor(event)
        if factor is None:
            super().keyPressEvent(event)
        else:
            self._ask(float(f"{(self._rate or self._range[0]) * factor:.3g}"))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that keys go here."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that keys go elsewhere."""
        super().focusOutEvent(event)
        self.update()

    def _ask(self, rate: float) -> None:
        if rate != self._rate and math.isfinite(rate):
            self.rate_dragged.emit(rate)


def _factor(event: QKeyEvent) -> float | None:
    """Return what a key multiplies the rate by; None for a key that is not the ruler's."""
    if event.modifiers() not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
        return None
    return {
        Qt.Key.Key_Right: KEY_STEP,
        Qt.Key.Key_Up: KEY_STEP,
        Qt.Key.Key_Left: 1.0 / KEY_STEP,
        Qt.Key.Key_Down: 1.0 / KEY_STEP,
        Qt.Key.Key_PageUp: PAGE_STEP,
        Qt.Key.Key_PageDown: 1.0 / PAGE_STEP,
    }.get(Qt.Key(event.key()))


def _range_for(rate: float, limit: float | None) -> tuple[float, float]:
    """Return the ends of a ruler on which both lie, if they are not worlds apart; whole decades without a limit."""
    # A schedule can bring a rate down to nothing: the ends stay numbers whose logarithms can be taken.
    rate = min(max(rate, SMALLEST), LARGEST) if rate > 0.0 else 0.0
    if limit is None:
        decade = 10.0 ** math.floor(math.log10(rate)) if rate > 0.0 else 1e-3
        return decade / 10.0, decade * 100.0
    limit = min(max(limit, SMALLEST), LARGEST)
    low, high = limit / BELOW, limit * ABOVE
    if rate > 0.0:
        low, high = max(min(low, rate / 2.0), low / 100.0), min(max(high, rate * 2.0), high * 100.0)
    return low, high
