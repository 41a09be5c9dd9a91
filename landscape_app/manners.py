"""Who gets a key or a turn of the wheel: the widget below it, or the window's own keys and what can be scrolled."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QWidget,
)
from shiboken6 import isValid

from landscape_app.views.number_field import NumberField


class Manners(QObject):
    """Watches the application's events for ``window``; ``settings`` scrolls, and is full of fields and lists."""

    def __init__(self, window: QMainWindow, settings: QAbstractScrollArea) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self._tabbed = False  # whether keys led to the list that has the focus
        self._left: NumberField | None = None  # the field that had the keyboard last

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Decide where the event goes."""
        kind = event.type()
        if kind == QEvent.Type.Show and isinstance(watched, QComboBox | QAbstractSpinBox):
            _take_no_focus_from_the_wheel(watched)
        elif kind == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            self._let_go_of_fields(watched)
        elif kind == QEvent.Type.FocusOut and isinstance(watched, NumberField) and watched.window() is self._window:
            self._left = watched
        elif kind == QEvent.Type.FocusIn and isinstance(watched, QComboBox) and isinstance(event, QFocusEvent):
            self._notice_focus(event.reason())
        elif kind == QEvent.Type.Wheel and self._scrolls_past(watched):
            QApplication.sendEvent(self._settings.verticalScrollBar(), event)
            return True
        elif kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            return self._takes_key(watched, event)
        return False

    def come_back_to_the_field(self) -> None:
        """Let the field that let go of the keyboard have it again, if nothing else has taken it."""
        field = self._left
        if self._window.focusWidget() is None and field is not None and isValid(field) and field.isVisible():
            field.setFocus(Qt.FocusReason.TabFocusReason)

    def _takes_key(self, watched: QObject, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Space and self._takes_space(watched):
            event.accept()
            return True
        if _is_for_menu(watched, event):
            event.ignore()
            return True
        return False

    def _let_go_of_fields(self, pressed: QWidget) -> None:
        """A click where nothing takes the keyboard ends the typing in a field: its keys are the window's again."""
        typing = self._window.focusWidget()
        if not isinstance(typing, NumberField) or pressed.window() is not self._window:
            return
        widget: QWidget | None = pressed
        while widget is not None and widget is not self._window:
            if widget is typing or widget.focusPolicy() & Qt.FocusPolicy.ClickFocus:
                return
            widget = widget.parentWidget()
        typing.clearFocus()

    def _notice_focus(self, reason: Qt.FocusReason) -> None:
        """Remember how a list came to have the focus; when it closes or the window comes back, nothing has changed."""
        if reason not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self._tabbed = reason != Qt.FocusReason.MouseFocusReason

    def _takes_space(self, watched: QObject) -> bool:
        """Whether Space is for the widget: for a closed list only where keys led to it, else it starts the run."""
        if isinstance(watched, QComboBox):
            return self._tabbed
        return isinstance(watched, QAbstractButton | QAbstractItemView)

    def _scrolls_past(self, watched: QObject) -> bool:
        """Whether the wheel turns over a list or a field of the settings that nobody has clicked: it is not meant."""
        if not isinstance(watched, QComboBox | QAbstractSpinBox):
            return False
        return not watched.hasFocus() and self._settings.isAncestorOf(watched)


def _take_no_focus_from_the_wheel(field: QWidget) -> None:
    """Let nobody come to have the keyboard by the wheel: turned once more it would change what it passes."""
    if field.focusPolicy() == Qt.FocusPolicy.WheelFocus:
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


def _is_for_menu(watched: QObject, event: QKeyEvent) -> bool:
    """Whether undo or redo was pressed in a field that has nothing of its own to take back."""
    if not (event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)):
        return False
    edit = watched.findChild(QLineEdit) if isinstance(watched, QAbstractSpinBox) else watched
    return isinstance(edit, QLineEdit) and not edit.isUndoAvailable() and not edit.isRedoAvailable()
