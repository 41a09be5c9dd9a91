"""A row for one term: its equation, lit up where the term in hand stands, and its value."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QToolTip, QVBoxLayout, QWidget

from landscape_app.views.backprop_equations import Equation
from landscape_app.views.backprop_values import HeatStrip, Value, number_line
from landscape_app.views.forms import tab_through
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import colour, format_number, pen, scaled_font
from landscape_app.views.typeset import Pictures, typesetter

#: Font size of equations in pixels, when the window's own font has this many points.
SIZE, POINTS = 15.0, 9.0
#: An equation that is too wide is made smaller, but not smaller than this part.
SMALLEST = 0.62
DIGITS = 6
#: Pixels between the bar of the row in hand and its content.
INDENT = 10
#: How many rows further down keys lead.
ROWS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
RETURNS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class EquationLine(QWidget):
    """The equation, and to its right or below it the numbers."""

    def __init__(self, equation: Equation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.equation = equation
        self._palette = DARK
        self._lit = ""
        self.numbers: tuple[str, ...] = ()
        self.note = ""
        self._pictures = Pictures()
        self._size = QSize(0, 0)  # of the formula, unscaled
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def font_size(self) -> float:
        """Of the formula, in pixels."""
        points = self.font().pointSizeF()
        return SIZE * (points / POINTS if points > 0 else 1.0)

    def set_palette(self, palette: Palette) -> None:
        """Take the colours, and the number of digits, which may need another place."""
        self._palette = palette
        self.updateGeometry()
        self.update()

    def set_lit(self, term: str) -> None:
        """Light up the parts that are ``term``."""
        lit = term if term in self.equation.parts else ""
        if lit != self._lit:
            self._lit = lit
            self.update()

    def set_texts(self, numbers: tuple[str, ...], note: str) -> None:
        """Show these numbers, and a note below."""
        if (numbers, note) != (self.numbers, self.note):
            before = self._lines_below()
            self.numbers, self.note = numbers, note
            if self._lines_below() != before:
                self.updateGeometry()
            self.update()

    def formula(self) -> QSvgRenderer | None:
        """Return the formula as it is to be shown; the plain one while that with colours is being made."""
        text, size = self._palette.text, self.font_size
        make = typesetter().formula
        plain = make(self.equation.latex("", ""), text, size)
        if not self._lit:
            return plain
        return make(self.equation.latex(self._lit, self._palette.accent), text, size) or plain

    def take_formula(self) -> None:
        """Show the formula if it has come, and make room for it."""
        formula = self.formula()
        if formula is None:
            return
        size = formula.viewBoxF().size().toSize()
        if self._size.isEmpty():
            self._size = size
            self.updateGeometry()
        self.update()

    def _scale(self) -> float:
        return max(SMALLEST, min(1.0, self.width() / max(1, self._size.width())))

    def _line_height(self) -> float:
        return QFontMetricsF(self.font()).height() + 2

    def _beside(self) -> bool:
        """Whether one number has room to the right of the formula: also the widest that may come in its place."""
        if len(self.numbers) != 1:
            return False
        label, equals, _ = self.numbers[0].partition("= ")
        widest = label + equals + format_number(-8.8888888888888888e-88, self._palette.digits_or(DIGITS))
        metrics = QFontMetricsF(scaled_font(self.font(), 1.0, bold=True))
        needed = max(metrics.horizontalAdvance(text) for text in (widest, self.numbers[0]))
        return self.width() - self._size.width() > needed + 6

    def _lines_below(self) -> int:
        return (0 if self._beside() else len(self.numbers)) + bool(self.note)

    def _formula_height(self) -> float:
        return max(self._line_height() + 4, self._size.height() * self._scale())

    def sizeHint(self) -> QSize:
        """Return the height of formula and texts."""
        return QSize(120, round(self._formula_height() + self._lines_below() * self._line_height()) + 2)

    def resizeEvent(self, event: object) -> None:
        """Fit the formula and the numbers into the new width."""
        self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the formula, or its text while it is being made, and the numbers."""
        height = self._formula_height()
        with QPainter(self) as painter:
            formula = self.formula()
            if formula is not None:
                [picture] = self._pictures.of([(formula, self._scale())], self.devicePixelRatioF())
                top = (height - picture.deviceIndependentSize().height()) / 2
                painter.drawPixmap(QPointF(0, round(top)), picture)
            else:
                painter.setPen(colour(self._palette.text))
                left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(QRectF(0, 0, self.width(), height), left, self.equation.text)
            self._paint_texts(painter, height)

    def _paint_texts(self, painter: QPainter, top: float) -> None:
        line = self._line_height()
        painter.setFont(scaled_font(self.font(), 1.0, bold=True))
        painter.setPen(colour(self._palette.text))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if self._beside():
            painter.drawText(QRectF(0, 0, self.width(), top), right, self.numbers[0])
        else:
            for text in self.numbers:
                painter.drawText(QRectF(0, top, self.width(), line), right, text)
                top += line
        if self.note:
            painter.setFont(scaled_font(self.font(), 0.95))
            painter.setPen(colour(self._palette.muted))
            painter.drawText(QRectF(0, top, self.width(), line), right, self.note)


class TermRow(QWidget):
    """The equation of a term with its values; a click, Return or Space takes it in hand.

    The rows are one list: Tab leads to the current one and its strips, Up and Down to the others.
    """

    chosen = Signal(str)
    table_wanted = Signal(str, int)
    #: The examples that an entry of the gradient comes from are to be shown.
    entry_wanted = Signal(int)
    #: The row so many further down is to have the keys.
    left = Signal(int)

    def __init__(self, equation: Equation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.equation = equation
        self._palette = DARK
        self.lit = False
        self.values: tuple[Value, ...] = ()
        self._example: int | None = None
        self.line = EquationLine(equation, self)
        self.strips: list[HeatStrip] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(INDENT, 3, 6, 4)
        self._column.setSpacing(2)
        self._column.addWidget(self.line)
        self.setAccessibleName(equation.text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_palette(self, palette: Palette) -> None:
        """Take the colours, and the number of digits."""
        self._palette = palette
        self.line.set_palette(palette)
        for strip in self.strips:
            strip.set_palette(palette)
        if self.values:
            self.show_values(self.values, self.line.note, self._example)
        self.update()

    def show_values(self, values: tuple[Value, ...], note: str = "", example: int | None = None) -> None:
        """Spell the numbers out, and show the arrays as heat maps; the column of ``example`` is marked."""
        self.values, self._example = values, example
        digits = self._palette.digits_or(DIGITS)
        numbers = tuple(number_line(value, digits) for value in values if value.is_number)
        self.line.set_texts(numbers, note)
        arrays = [value for value in values if not value.is_number]
        while len(self.strips) < len(arrays):
            strip = HeatStrip(self)
            strip.set_palette(self._palette)
            strip.opened.connect(self._on_opened)
            strip.entry_opened.connect(self.entry_wanted)
            self._column.addWidget(strip)
            self.strips.append(strip)
            self.set_current(self.focusPolicy() == Qt.FocusPolicy.TabFocus)
        for i, strip in enumerate(self.strips):
            strip.setVisible(i < len(arrays))
        for strip, value in zip(self.strips, arrays, strict=False):
            strip.set_value(value)
            strip.set_marked(value.columns.place_of(example))
        self.setAccessibleDescription(self.describe())

    def describe(self) -> str:
        """Return what the row shows, in words."""
        shapes = [f"{value.label} {' × '.join(map(str, value.shape))}".strip() for value in self.values]
        parts = [self.equation.words, *self.line.numbers, *(s for v, s in zip(self.values, shapes, strict=True) if s)]
        keys = self.tr("Return or Space takes the term in hand, Up and Down go to other terms.")
        if self._largest() is not None:
            keys += " " + self.tr("Shift+Return opens the examples that it comes from.")
        return " ".join(part for part in (*parts, self.line.note, keys) if part)

    def set_current(self, current: bool) -> None:
        """Let Tab lead to the row and its strips, or past them."""
        policy = Qt.FocusPolicy.TabFocus if current else Qt.FocusPolicy.NoFocus
        for widget in (self, *self.strips):
            widget.setFocusPolicy(policy)
        if current:  # strips are made later than the rows below
            tab_through((self, *self.strips))

    def has_keys(self) -> bool:
        """Whether the row or one of its strips has the focus."""
        return any(widget.hasFocus() for widget in (self, *self.strips))

    def set_term(self, term: str) -> None:
        """Light up the row if it is the term in hand, and the parts of the equation that are."""
        self.line.set_lit(term)
        if self.lit != (term == self.equation.name):
            self.lit = not self.lit
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Mark the row in hand, and the one that has the keys."""
        if not (self.lit or self.hasFocus()):
            return
        with QPainter(self) as painter:
            if self.hasFocus():
                painter.setPen(pen(self._palette.accent))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            if not self.lit:
                return
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(self._palette.accent, 34))
            painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
            painter.setBrush(colour(self._palette.accent))
            painter.drawRoundedRect(QRectF(0, 0, 3.5, self.height()), 1.5, 1.5)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the term in hand, or put it down."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._take()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the largest entry of a gradient, which may be its only one."""
        entry = self._largest()
        if event.button() != Qt.MouseButton.LeftButton or entry is None:
            super().mouseDoubleClickEvent(event)
            return
        self.entry_wanted.emit(entry)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to another row, take the term in hand, or open the examples of its largest entry."""
        if not self._is_mine(event):
            super().keyPressEvent(event)
        elif event.key() in ROWS:
            self.left.emit(ROWS[Qt.Key(event.key())])
        elif not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._take()
        elif (entry := self._largest()) is not None:
            self.entry_wanted.emit(entry)

    def _is_mine(self, event: QKeyEvent) -> bool:
        """Whether a key is for the row; Return and Space alone are not if one of its strips has the focus."""
        pressed = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in RETURNS and pressed == Qt.KeyboardModifier.ShiftModifier:
            return True
        taken = event.key() in ROWS or (self.hasFocus() and event.key() in (*RETURNS, Qt.Key.Key_Space))
        return taken and pressed == Qt.KeyboardModifier.NoModifier

    def _take(self) -> None:
        self.chosen.emit("" if self.lit else self.equation.name)

    def _largest(self) -> int | None:
        """Return the place of the largest entry in the flat gradient; None if this is not a block of it."""
        value = self.values[0] if self.values else None
        if value is None or value.start is None:
            return None
        return value.start + int(np.argmax(np.abs(value.array)))

    def _on_opened(self) -> None:
        self.table_wanted.emit(self.equation.name, self.strips.index(self.sender()))  # type: ignore[arg-type]

    def event(self, event: QEvent) -> bool:
        """Tell what the term means, with the exact numbers, if it is asked for; keep keys that are the menus' too."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_mine(event):
            event.accept()
            return True
        if event.type() != QEvent.Type.ToolTip or not isinstance(event, QHelpEvent):
            return super().event(event)
        exact = [f"{v.label or '='} {float(v.array.reshape(-1)[0])!r}" for v in self.values if v.is_number]
        lines = [self.equation.text, self.equation.words, *exact]
        if self._largest() is not None:
            alone = self.tr("Double click or Shift+Return: the examples that it comes from.")
            many = self.tr("Double click or Shift+Return: the examples that its largest entry comes from.")
            lines.append(alone if self.values[0].is_number else many)
        QToolTip.showText(event.globalPos(), "\n".join(lines), self)
        return True
