"""A widget with a camera, which is turned and zoomed by mouse and keys."""

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from landscape_app.views.surface_camera import Camera

#: Degrees that a key turns the surface by, and that the mouse turns it by for each pixel.
KEY_DEGREES, MOUSE_DEGREES = 5.0, 0.5
#: How much larger a key, and a notch of the wheel, makes everything.
KEY_ZOOM, NOTCH_ZOOM = 1.15, 1.12
NOTCH = 120.0

ORBIT_KEYS: dict[int, tuple[float, float]] = {
    Qt.Key.Key_Left: (-KEY_DEGREES, 0.0),
    Qt.Key.Key_Right: (KEY_DEGREES, 0.0),
    Qt.Key.Key_Up: (0.0, KEY_DEGREES),
    Qt.Key.Key_Down: (0.0, -KEY_DEGREES),
}
ZOOM_KEYS: dict[int, float] = {Qt.Key.Key_Plus: KEY_ZOOM, Qt.Key.Key_Equal: KEY_ZOOM, Qt.Key.Key_Minus: 1.0 / KEY_ZOOM}
RESET_KEYS = (Qt.Key.Key_Home, Qt.Key.Key_0)
KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class TurnedByHand(QWidget):
    """Keeps a camera. ``turned`` says that it is another one."""

    turned = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        #: Whether the focus came by the keyboard: only then does one look for it.
        self.keyboard_focus = False
        self._camera = Camera()
        self._mouse: QPointF | None = None

    @property
    def camera(self) -> Camera:
        """From where the surface is looked at."""
        return self._camera

    @camera.setter
    def camera(self, camera: Camera) -> None:
        if camera != self._camera:
            self._camera = camera
            self.turned.emit()

    @property
    def is_held(self) -> bool:
        """Whether the mouse holds the surface at the moment."""
        return self._mouse is not None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to turn the surface."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._mouse = event.position()
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn the surface with the mouse, as if it were held by the hand."""
        if self._mouse is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        moved = event.position() - self._mouse
        self._mouse = event.position()
        self.camera = self._camera.orbited(-MOUSE_DEGREES * moved.x(), MOUSE_DEGREES * moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the surface."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._mouse = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom."""
        self.camera = self._camera.zoomed(NOTCH_ZOOM ** (event.angleDelta().y() / NOTCH))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn by the arrows, zoom by plus and minus, reset by Home or 0; all else is for others."""
        key = event.key()  # a number: not every keyboard keeps to the keys that have names
        if key in ORBIT_KEYS:
            self.camera = self._camera.orbited(*ORBIT_KEYS[key])
        elif key in ZOOM_KEYS:
            self.camera = self._camera.zoomed(ZOOM_KEYS[key])
        elif key in RESET_KEYS:
            self.camera = Camera()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show a frame if the focus came by the keyboard."""
        self.keyboard_focus = event.reason() in KEYBOARD
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the frame away."""
        self.keyboard_focus = False
        super().focusOutEvent(event)
        self.update()
