"""What both drawings of the model have in common: things that the mouse and the keys find, and that are told."""

from abc import abstractmethod

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from landscape_app.session.graph import Moment
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.palette import DARK, Palette

#: Symbols of nodes and blocks as they are drawn.
SYMBOLS = {"yhat": "ŷ", "W1": "W₁", "b1": "b₁", "w2": "w₂", "b2": "b₂"}
ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class Figure(QWidget):
    """A drawing of things by number; one of them is pointed at, by the mouse or the keys, whichever moved last."""

    #: What is pointed at, in a line; empty for nothing.
    told = Signal(str)
    term_requested = Signal(str)
    entry_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = DARK
        self.shown: Snapshot | None = None
        self.moment: Moment | None = None
        self.hovered: int | None = None
        self.current: int | None = None
        self._mouse: QPointF | None = None  # on the screen, where it was last
        self._by_keys = False  # a key was pressed, and the mouse did not move since
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @abstractmethod
    def thing_at(self, place: QPointF) -> int | None:
        """Return what lies at a place."""

    @abstractmethod
    def line_of(self, thing: int) -> str:
        """Return a line on a thing: its name and its numbers."""

    @abstractmethod
    def exact_lines(self, thing: int) -> list[str]:
        """Return all digits of a thing, and what can be done with it."""

    @abstractmethod
    def beside(self, thing: int, key: Qt.Key) -> int:
        """Return what an arrow key leads to from ``thing``, itself if there is nothing."""

    @abstractmethod
    def take(self, thing: int) -> None:
        """Do what a click on a thing does."""

    @abstractmethod
    def open(self, thing: int) -> None:
        """Do what a double click on a thing does."""

    @property
    def pause(self) -> int:
        """Milliseconds from one drawing to the next while a run plays."""
        return 40

    @abstractmethod
    def count(self) -> int:
        """Return how many things there are."""

    def set_palette(self, palette: Palette) -> None:
        """Take the colours, and the number of digits."""
        self.look = palette
        self.update()

    def show_moment(self, shown: Snapshot, moment: Moment) -> None:
        """Draw the model at the snapshot's cursor, and what is picked."""
        fresh = self.shown is None or self.shown.problem.model is not shown.problem.model
        self.shown, self.moment = shown, moment
        if fresh:
            self.hovered = self.current = None
        self.tell()
        self.update()

    @property
    def pointed(self) -> int | None:
        """What the mouse points at unless it rests while keys are pressed, else what the keys have reached."""
        if self.hovered is not None and not self._by_keys:
            return self.hovered
        return self.current if self.hasFocus() else None

    def tell(self) -> None:
        """Say what is pointed at."""
        thing = self.pointed
        text = "" if thing is None or self.moment is None else self.line_of(thing)
        self.setAccessibleDescription(text)
        self.told.emit(text)

    # -- events ---------------------------------------------------------------------------------------------

    def _point_at(self, thing: int | None) -> None:
        if thing != self.hovered:
            self.hovered = thing
            self.setCursor(Qt.CursorShape.ArrowCursor if thing is None else Qt.CursorShape.PointingHandCursor)
            self.tell()
            self.update()

    def _lead_by_keys(self, leading: bool) -> None:
        """Let the keys, or the mouse, say what is pointed at; keys go on from where the mouse has led."""
        if leading != self._by_keys:
            if leading and self.hovered is not None:
                self.current = self.hovered
            self._by_keys = leading
            self.tell()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at what is under the mouse; one that rests is no reason to leave what the keys have reached."""
        if event.globalPosition() != self._mouse:
            self._mouse = event.globalPosition()
            self._lead_by_keys(False)
        self._point_at(self.thing_at(event.position()) if self.moment is not None else None)

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        super().leaveEvent(event)
        self._point_at(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take what is under the mouse."""
        if event.button() != Qt.MouseButton.LeftButton or self.moment is None:
            return
        thing = self.thing_at(event.position())
        if thing is not None:
            self.current = thing
            self.take(thing)
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open what is under the mouse."""
        if event.button() == Qt.MouseButton.LeftButton and self.moment is not None:
            thing = self.thing_at(event.position())
            if thing is not None:
                self.open(thing)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk by the arrows; Return takes, Shift+Return opens."""
        key = Qt.Key(event.key())
        takes = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if self.moment is not None and (takes or _is_arrow(event)):
            self._lead_by_keys(True)
        if self.moment is None:
            super().keyPressEvent(event)
        elif _is_arrow(event):
            self.current = 0 if self.current is None else self.beside(self.current, key)
            self.tell()
            self.update()
        elif takes and self.current is not None:
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.open(self.current)
            else:
                self.take(self.current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys are."""
        super().focusInEvent(event)
        if self.current is None and self.moment is not None and self.count():
            self.current = 0
        self.tell()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keys are elsewhere."""
        super().focusOutEvent(event)
        self._by_keys = False
        self.tell()
        self.update()

    def event(self, event: QEvent) -> bool:
        """Tell the exact numbers, and keep the arrows: they are keys of the menus too."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_arrow(event):
            event.accept()
            return True
        if event.type() != QEvent.Type.ToolTip or not isinstance(event, QHelpEvent):
            return super().event(event)
        thing = None if self.moment is None else self.thing_at(QPointF(event.pos()))
        text = "" if thing is None else "\n".join(self.exact_lines(thing))
        QToolTip.showText(event.globalPos(), text, self)
        return True


def _is_arrow(event: QKeyEvent) -> bool:
    """Whether an arrow was pressed alone."""
    return event.key() in ARROWS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
