"""A field for one real number of any size, typed or stepped."""

import math

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QDialog, QToolTip, QWidget

_MINUS = "\N{MINUS SIGN}"
#: What a number may be typed of; other characters are for the menus' keys.
_TYPED = frozenset(f"0123456789+-{_MINUS}.,eE_")
#: What Ctrl and these keys do to a text.
_EDITING = {Qt.Key.Key_A, Qt.Key.Key_C, Qt.Key.Key_V, Qt.Key.Key_X, Qt.Key.Key_Y, Qt.Key.Key_Z}


def parse_number(text: str) -> float | None:
    """Return the finite number that ``text`` spells, with a Unicode minus too; None if it is none."""
    try:
        value = float(text.strip().replace(_MINUS, "-"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


class NumberField(QAbstractSpinBox):
    """Holds a float64 exactly as typed (shortest form that reads back the same).

    With ``set_digits`` fewer digits are shown while the field has not the focus; its value stays exact.
    ``factor`` makes the arrows multiply, as a learning rate needs; else they add ``step``. ``edited`` is
    emitted when the user has committed another value (Return, arrows, or leaving the field). After Return the field
    lets go of the keyboard, except in a dialog, and of keys that make no number it takes none.
    """

    edited = Signal(float)

    def __init__(
        self,
        value: float = 0.0,
        low: float = -math.inf,
        high: float = math.inf,
        step: float = 0.1,
        factor: float | None = None,
        whole: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._value, self._low, self._high = value, low, high
        self._step, self._factor, self._whole = step, factor, whole
        self._digits: int | None = None
        self._touched = False  # Qt forgets its own mark of an edited text before Return is told
        self.lineEdit().setText(self._text(value))
        self.setMinimumWidth(64)
        self.editingFinished.connect(self._commit)
        self.lineEdit().textEdited.connect(self._mark)
        self.lineEdit().installEventFilter(self)

    @property
    def value(self) -> float:
        """The value last set or committed."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show ``value``, unless the user is typing at this moment; emits nothing."""
        if value == self._value and not self._typing():
            self._show()
            return
        self._value = value
        if not self._typing():
            self._show()

    def set_digits(self, digits: int | None) -> None:
        """Show at most so many significant digits until the field is entered; None: all."""
        if digits != self._digits:
            self._digits = digits
            if not self._typing():
                self._show()

    def _typing(self) -> bool:
        return self.hasFocus() and self._touched

    def _text(self, value: float) -> str:
        text = str(int(value)) if self._whole or (value == int(value) and abs(value) < 1e6) else repr(value)
        return text.replace("-", _MINUS) if not text.startswith("1e") and "e" not in text else text

    def _show(self) -> None:
        shown = self._value
        if self._digits is not None and not self._whole and not self.hasFocus():
            shown = float(f"{shown:.{self._digits}g}")
        self.lineEdit().setText(self._text(shown))
        self._mark("")

    def _accepted(self, text: str) -> float | None:
        value = parse_number(text)
        if value is None or not self._low <= value <= self._high or (self._whole and value != int(value)):
            return None
        return value

    def rule_in_words(self) -> str:
        """Return what can be typed, in a sentence."""
        low, high = (f"{bound:,.0f}" if self._whole else self._text(bound) for bound in self._finite_bounds())
        if math.isfinite(self._low) and math.isfinite(self._high):
            both = (
                self.tr("Type a whole number from {0} to {1}.")
                if self._whole
                else self.tr("Type a number from {0} to {1}.")
            )
            return both.format(low, high)
        if math.isfinite(self._low):
            least = (
                self.tr("Type a whole number, at least {0}.")
                if self._whole
                else self.tr("Type a number, at least {0}.")
            )
            return least.format(low)
        return self.tr("Type a number, such as 0.5 or 1e-3.")

    def _finite_bounds(self) -> tuple[float, float]:
        low, high = (bound if math.isfinite(bound) else 0.0 for bound in (self._low, self._high))
        return low, high

    def _mark(self, text: str) -> None:
        self._touched = bool(text) or self._touched
        wrong = bool(text) and self._accepted(text) is None
        if bool(self.property("wrong")) != wrong:
            self.setProperty("wrong", wrong)
            self.style().polish(self)

    def _commit(self) -> None:
        """Take what was typed; what is no number (or out of range) gives way to the last value, and is told."""
        value = self._accepted(self.lineEdit().text())
        touched, self._touched = self._touched, False
        if value is None and touched and self.isVisible():
            QToolTip.showText(self.mapToGlobal(QPoint(0, self.height() - 8)), self.rule_in_words(), self)
        if value is not None and touched and value != self._value:
            self._value = value
            self.edited.emit(value)
        self._show()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show all digits to whoever is about to change them."""
        if self._digits is not None and not self._touched:
            self._show()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving the field commits it."""
        super().focusOutEvent(event)
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let go of the keyboard once the number is done."""
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not isinstance(self.window(), QDialog):
            self.clearFocus()

    def event(self, event: QEvent) -> bool:
        """Leave keys that make no number to the menus."""
        return _left_to_the_menus(event) or super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Do so in the field's own line of text, too; a double click there takes all of the number."""
        if event.type() == QEvent.Type.MouseButtonDblClick:
            self.selectAll()
            return True
        return _left_to_the_menus(event) or super().eventFilter(watched, event)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Let everything be typed; what can't be read is marked, and refused when committed."""
        return (QValidator.State.Acceptable, text, position)

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Offer the arrows inside the range."""
        flags = QAbstractSpinBox.StepEnabledFlag.StepNone
        value = self._present()
        if value > self._low:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        if value < self._high:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        return flags

    def stepBy(self, steps: int) -> None:
        """Multiply or add, rounded to what a person would have typed."""
        value = self._present()
        if self._factor is not None and value > 0.0:
            value = float(f"{value * self._factor**steps:.3g}")
        else:
            value = float(f"{value + steps * self._step:.10g}")
        value = min(max(value, self._low), self._high)
        if not math.isfinite(value):
            return
        changed, self._value, self._touched = value != self._value, value, False
        self._show()
        if changed:
            self.edited.emit(value)

    def _present(self) -> float:
        """Return what is typed if it is a value, else the value committed last."""
        typed = self._accepted(self.lineEdit().text()) if self._touched or self._digits is None else None
        return self._value if typed is None else typed


def _left_to_the_menus(event: QEvent) -> bool:
    """Ignore a key that can't be a part of a number, nor edits its text; return whether it was one."""
    ignored = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_for_menus(event)
    if ignored:
        event.ignore()
    return ignored


def _is_for_menus(event: QKeyEvent) -> bool:
    letter = Qt.Key.Key_A <= event.key() <= Qt.Key.Key_Z
    if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        return letter and event.key() not in _EDITING
    text = event.text()
    return len(text) == 1 and text.isprintable() and text not in _TYPED
