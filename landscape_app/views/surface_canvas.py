"""The OpenGL picture of the surface. Importing this needs OpenGL: ask surface_probe first."""

import numpy as np
import pyqtgraph.opengl as gl
from OpenGL import GL
from OpenGL.error import Error as OpenGLError
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMatrix4x4,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
    QSurfaceFormat,
    QWheelEvent,
)
from PySide6.QtOpenGL import QOpenGLPaintDevice
from PySide6.QtWidgets import QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.views.colour_tables import colour_table
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.surface_axes import Lettering, box_axes, frame_lines, lettering
from landscape_app.views.surface_box import Box
from landscape_app.views.surface_camera import Camera
from landscape_app.views.surface_mesh import Colours, Mesh
from landscape_app.views.surface_overlay import Fonts, Marker, paint_lettering, paint_marker
from landscape_app.views.surface_path import Path

#: Degrees that a key turns the surface by, and that the mouse turns it by for each pixel.
KEY_DEGREES, MOUSE_DEGREES = 5.0, 0.5
#: How much larger a key, and a notch of the wheel, makes everything.
KEY_ZOOM, NOTCH_ZOOM = 1.15, 1.12
NOTCH = 120.0
#: Samples of a pixel, so that the surface's outline is smooth: for a graphics card nothing, for a processor half
#: as long again.
SAMPLES = 4

ORBIT_KEYS: dict[int, tuple[float, float]] = {
    Qt.Key.Key_Left: (-KEY_DEGREES, 0.0),
    Qt.Key.Key_Right: (KEY_DEGREES, 0.0),
    Qt.Key.Key_Up: (0.0, KEY_DEGREES),
    Qt.Key.Key_Down: (0.0, -KEY_DEGREES),
}
ZOOM_KEYS: dict[int, float] = {Qt.Key.Key_Plus: KEY_ZOOM, Qt.Key.Key_Equal: KEY_ZOOM, Qt.Key.Key_Minus: 1.0 / KEY_ZOOM}
RESET_KEYS = (Qt.Key.Key_Home, Qt.Key.Key_0)
KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)

BLENDED = {
    GL.GL_BLEND: True,
    GL.GL_CULL_FACE: False,
    "glBlendFuncSeparate": (GL.GL_SRC_ALPHA, GL.GL_ONE_MINUS_SRC_ALPHA, GL.GL_ONE, GL.GL_ONE_MINUS_SRC_ALPHA),
}
IN_FRONT = {**BLENDED, GL.GL_DEPTH_TEST: True}
THROUGH = {**BLENDED, GL.GL_DEPTH_TEST: False}
#: The surface is pushed back by a hair, so that a line that lies on it is not half swallowed.
SOLID = {
    GL.GL_DEPTH_TEST: True,
    GL.GL_BLEND: False,
    GL.GL_CULL_FACE: False,
    GL.GL_POLYGON_OFFSET_FILL: True,
    "glPolygonOffset": (2.0, 2.0),
}


class SurfaceCanvas(gl.GLViewWidget):
    """Draws a mesh, a path and a scene as its camera sees them, and is turned by mouse and keys.

    ``failed`` says, once, that nothing can be drawn and why.
    """

    failed = Signal(str)

    def __init__(self, parent: QWidget | None = None, in_software: bool = False) -> None:
        super().__init__(parent)
        surface_format = QSurfaceFormat(self.format())
        surface_format.setSamples(0 if in_software else SAMPLES)
        self.setFormat(surface_format)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(120, 100)
        self._palette = DARK
        self._camera = Camera()
        #: The map's colours (256, 3), the same that the contour has.
        self.colours: Colours = colour_table(DARK.colour_map)[:, :3]
        self._box: Box | None = None
        self._names = ("", "", "")
        self._markers: tuple[Marker, ...] = ()
        self._lettering: tuple[object, Lettering] | None = None
        self._keyboard_focus = False
        self._has_failed = False
        self._mouse: QPointF | None = None
        self._mesh = gl.GLMeshItem(smooth=True, computeNormals=False, glOptions=SOLID)
        self._frame = gl.GLLinePlotItem(mode="lines", antialias=True, glOptions=IN_FRONT)
        self._hidden_path = gl.GLLinePlotItem(mode="lines", antialias=True, glOptions=THROUGH)
        self._path = gl.GLLinePlotItem(mode="lines", antialias=True, glOptions=IN_FRONT)
        self._dots = gl.GLScatterPlotItem(glOptions=IN_FRONT)
        for depth, item in enumerate((self._mesh, self._frame, self._hidden_path, self._path, self._dots)):
            item.setDepthValue(depth)
            item.setVisible(item is self._frame)
            self.addItem(item)
        self.set_colours(DARK)

    # --- what is shown ---

    def show_mesh(self, mesh: Mesh | None) -> None:
        """Draw this surface, or none."""
        if mesh is not None and len(mesh.faces):
            self._mesh.setMeshData(vertexes=mesh.vertices, faces=mesh.faces, vertexColors=mesh.colours)
        self._mesh.setVisible(mesh is not None and len(mesh.faces) > 0)

    def show_path(self, path: Path | None) -> None:
        """Draw this path, or none; where the surface hides it, it shines through."""
        for item in (self._hidden_path, self._path):
            if path is not None and len(path.segments):
                item.setData(pos=path.segments)
            item.setVisible(path is not None and len(path.segments) > 0)
        if path is not None and len(path.dots):
            self._dots.setData(pos=path.dots)
        self._dots.setVisible(path is not None and len(path.dots) > 0)

    def show_scene(
        self, box: Box | None, names: tuple[str, str, str] = ("", "", ""), markers: tuple[Marker, ...] = ()
    ) -> None:
        """Draw the axes of this box, of which ``names`` has three, and markers; without a box the bare frame."""
        self._box, self._names, self._markers = box, names, markers
        self.update()

    def set_colours(self, palette: Palette) -> None:
        """Take the colours of another look."""
        self._palette = palette
        self.colours = colour_table(palette.colour_map)[:, :3]
        path, muted = _rgb(palette.path), _rgb(palette.muted)
        self.setBackgroundColor(palette.panel)
        self._path.setData(color=(*path, 1.0))
        self._hidden_path.setData(color=(*path, 0.38))
        self._dots.setData(color=(*path, 1.0))
        self._frame.setData(color=(*muted, 0.55), pos=frame_lines(self._camera))

    # --- from where ---

    @property
    def camera(self) -> Camera:
        """From where the surface is looked at."""
        return self._camera

    @camera.setter
    def camera(self, camera: Camera) -> None:
        self._camera = camera
        self._frame.setData(pos=frame_lines(camera))
        self.update()

    def viewMatrix(self) -> QMatrix4x4:
        """Return pyqtgraph's model-view matrix."""
        return QMatrix4x4(self._camera.view().ravel().tolist())

    def projectionMatrix(self, region: tuple[int, ...], viewport: tuple[int, ...]) -> QMatrix4x4:
        """Return pyqtgraph's projection; parts of a picture are never asked for."""
        return QMatrix4x4(self._camera.projection(self.width(), self.height()).ravel().tolist())

    def screen(self, points: FloatArray) -> FloatArray:
        """Return where in this widget ``points`` (k, 3) of the box are seen, in pixels (k, 2)."""
        return self._camera.screen(points, self.width(), self.height())

    # --- drawing ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the context at the first size, and say so if there is none to be had."""
        super().resizeEvent(event)
        if not event.size().isEmpty() and not self.isValid():
            self._fail(self.tr("No OpenGL context could be made."))

    def paintGL(self) -> None:
        """Draw everything; the first error is the last attempt."""
        if self._has_failed:
            return
        ratio = self.devicePixelRatioF()
        self._path.width = self._hidden_path.width = 2.4 * ratio
        self._frame.width = 1.0 * ratio
        self._dots.size = 5.5 * ratio
        try:
            super().paintGL()
        except (OpenGLError, RuntimeError) as error:
            self._fail(str(error))
            return
        # Not QPainter(self): while the whole window is grabbed that is led elsewhere, and the texts would be lost.
        device = QOpenGLPaintDevice(round(self.width() * ratio), round(self.height() * ratio))
        device.setDevicePixelRatio(ratio)
        painter = QPainter(device)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self._paint_over(painter)
        painter.end()

    def drawItemTree(self, item: object = None, useItemNames: bool = False) -> None:
        """Draw the items in their order. pyqtgraph's own would print an error and go on with a wrong picture."""
        for each in sorted(self.items, key=lambda some: float(some.depthValue())):
            if each.visible():
                each.paint()

    def _paint_over(self, painter: QPainter) -> None:
        width, height = float(self.width()), float(self.height())
        if self._box is not None:
            fonts = Fonts(self.font())
            paint_lettering(painter, self._placed_texts(fonts, width, height), fonts, self._palette)
        for marker in self._markers:
            x, y = self.screen(np.array([marker.place]))[0]
            paint_marker(painter, marker.kind, QPointF(x, y), self._palette)
        if self._keyboard_focus:
            painter.setPen(QPen(QColor(self._palette.accent), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _placed_texts(self, fonts: Fonts, width: float, height: float) -> Lettering:
        """Place the texts, or take them from the last picture if nothing has moved."""
        assert self._box is not None
        key = (self._box, self._names, self._camera, width, height, self.font().key())
        if self._lettering is None or self._lettering[0] != key:
            axes = box_axes(self._box, self._names, self._camera, width, height)
            self._lettering = (key, lettering(axes, self._camera, fonts.measure, width, height))
        return self._lettering[1]

    def _fail(self, why: str) -> None:
        if not self._has_failed:
            self._has_failed = True
            self.failed.emit(why)

    # --- mouse and keys ---

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

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Leave it to others: keys act when pressed, and pyqtgraph's timer is not needed."""
        event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show a frame if the focus came by the keyboard: only then does one look for it."""
        self._keyboard_focus = event.reason() in KEYBOARD
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the frame away."""
        self._keyboard_focus = False
        super().focusOutEvent(event)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew when the font changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.update()


def _rgb(colour: str) -> tuple[float, float, float]:
    parts = QColor(colour)
    return parts.redF(), parts.greenF(), parts.blueF()
