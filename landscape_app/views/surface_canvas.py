"""The picture of the surface: what a renderer draws, with lines, texts and markers over it."""

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.views.colour_tables import colour_table
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.race_look import FADED
from landscape_app.views.surface_arrows import LaidArrow, SeenArrows
from landscape_app.views.surface_axes import Lettering, box_axes, frame_lines, lettering
from landscape_app.views.surface_box import Box
from landscape_app.views.surface_drawing import Drawing
from landscape_app.views.surface_hand import TurnedByHand
from landscape_app.views.surface_lines import SeenLines
from landscape_app.views.surface_mesh import Colours, Mesh
from landscape_app.views.surface_overlay import Fonts, Marker, paint_gap, paint_lettering, paint_marker
from landscape_app.views.surface_path import Path
from landscape_app.views.surface_picture import Picture
from landscape_app.views.surface_race import LaidRival, SeenRivals

#: Milliseconds after which a surface that is no longer turned is painted finely.
REST = 180
#: Pixels that are painted at most while it is turned, and at rest.
MOST_TURNED, MOST_RESTING = 450_000, 4_000_000


class SurfaceCanvas(TurnedByHand):
    """Shows a mesh, a path and a scene as its camera sees them, and is turned by mouse and keys.

    The surface is drawn anew only when it, the camera or the size is another one; a step of the path costs
    no more than the path.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(120, 100)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        #: What draws the surface.
        self.drawing = Drawing(self)
        self._palette = DARK
        #: The map's colours (256, 3), the same that the contour has.
        self.colours: Colours = colour_table(DARK.colour_map)[:, :3]
        self._mesh: Mesh | None = None
        self._quick_mesh: Mesh | None = None
        self._path: Path | None = None
        self._box: Box | None = None
        self._names = ("", "", "")
        self._markers: tuple[Marker, ...] = ()
        self._lettering: tuple[object, Lettering] | None = None
        self._picture: tuple[object, Picture, SeenLines] | None = None
        self._seen_path: tuple[object, Path | None] | None = None
        self._arrows: tuple[LaidArrow, ...] = ()
        self._rivals: tuple[LaidRival, ...] = ()
        self._faded = False
        self._seen_rivals: tuple[object, object, SeenRivals] | None = None
        self._seen_arrows: tuple[object, object, SeenArrows] | None = None
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(REST)
        self._resting.timeout.connect(self.update)
        self.turned.connect(self._on_turned)

    # --- what is shown ---

    def show_mesh(self, mesh: Mesh | None, quick: Mesh | None = None) -> None:
        """Draw this surface, or none; ``quick`` is a coarser one, painted while it is turned without OpenGL."""
        self._mesh, self._quick_mesh = mesh, quick
        self.update()

    def show_path(self, path: Path | None) -> None:
        """Draw this path, or none; where the surface hides it, it shines through."""
        self._path = path
        self.update()

    def fade_path(self, faded: bool) -> None:
        """Draw the path faintly, while another one is looked at."""
        if faded != self._faded:
            self._faded = faded
            self.update()

    def show_arrows(self, arrows: tuple[LaidArrow, ...]) -> None:
        """Draw these parts of the update, in place of others."""
        if arrows or self._arrows:
            self._arrows = arrows
            self.update()

    def show_rivals(self, rivals: tuple[LaidRival, ...]) -> None:
        """Draw these paths below the path of the run in hand, in place of others."""
        if rivals or self._rivals:
            self._rivals = rivals
            self.update()

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
        self.update()

    def seen_at(self, points: FloatArray) -> FloatArray:
        """Return where in this widget ``points`` (k, 3) of the box are seen, in pixels (k, 2)."""
        return self.camera.screen(points, self.width(), self.height())

    def grab_image(self) -> QImage:
        """Return the picture as it is at rest, lines, texts and markers included."""
        ratio = self.devicePixelRatioF()
        image = QImage(
            max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio)), QImage.Format.Format_RGB32
        )
        image.setDevicePixelRatio(ratio)
        painter = QPainter(image)
        self._paint(painter, ratio, quick=False)
        painter.end()
        return image

    # --- drawing ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw everything."""
        with QPainter(self) as painter:
            self._paint(painter, self.devicePixelRatioF(), quick=self._is_turning())

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew when the font changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.update()

    def _paint(self, painter: QPainter, ratio: float, quick: bool) -> None:
        width, height = self.width(), self.height()
        picture, lines = self._drawn(ratio, quick and not self.drawing.with_opengl)
        if picture.size == (round(width * ratio), round(height * ratio)):
            painter.drawImage(QPointF(0.0, 0.0), picture.image(ratio))
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(0.0, 0.0, width, height), picture.image(1.0))
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self._seen_rivals_in(lines).paint(painter)
        strength = FADED / 255.0 if self._faded else 1.0
        lines.paint(painter, QColor(self._palette.path), QColor(self._palette.muted), strength)
        self._seen_arrows_in(lines).paint(painter, self._palette)
        if self._box is not None:
            fonts = Fonts(self.font())
            paint_lettering(painter, self._placed_texts(fonts, width, height), fonts, self._palette)
        for marker in self._markers:
            (x, y), (foot_x, foot_y) = self.seen_at(np.array([marker.place, marker.foot or marker.place]))
            if marker.foot is not None:
                paint_gap(painter, QPointF(x, y), QPointF(foot_x, foot_y))
            paint_marker(painter, marker.kind, QPointF(x, y), self._palette)
        if self.keyboard_focus:
            painter.setPen(QPen(QColor(self._palette.accent), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _drawn(self, ratio: float, quick: bool) -> tuple[Picture, SeenLines]:
        """Return the surface and the lines about it, the same as last time if nothing has changed."""
        width, height = max(1, self.width()), max(1, self.height())
        mesh = self._quick_mesh if quick and self._quick_mesh is not None else self._mesh
        if not self.drawing.with_opengl:
            most = MOST_TURNED if quick else MOST_RESTING
            ratio = min(1.0 if quick else ratio, math.sqrt(most / (width * height)))
        key = (mesh, self.camera, width, height, ratio, self._palette.panel, self.drawing.renderer)
        if self._picture is None or self._picture[0] != key:
            matrix = self.camera.matrix(width, height)
            size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
            picture = self.drawing.render(mesh, matrix, size, QColor(self._palette.panel))
            lines = SeenLines(matrix, picture, width, height)
            lines.set_frame(frame_lines(self.camera))
            self._picture = (key, picture, lines)
        _, picture, lines = self._picture
        if self._seen_path is None or self._seen_path[0] is not lines or self._seen_path[1] is not self._path:
            lines.set_path(self._path)
            self._seen_path = (lines, self._path)
        return picture, lines

    def _seen_rivals_in(self, lines: SeenLines) -> SeenRivals:
        """Return the rivals' paths as they are seen, the same as last time if nothing has changed."""
        known = self._seen_rivals
        if known is None or known[0] is not lines or known[1] is not self._rivals:
            known = self._seen_rivals = (lines, self._rivals, SeenRivals(self._rivals, lines))
        return known[2]

    def _seen_arrows_in(self, lines: SeenLines) -> SeenArrows:
        """Return the arrows as they are seen, the same as last time if nothing has changed."""
        known = self._seen_arrows
        if known is None or known[0] is not lines or known[1] is not self._arrows:
            known = self._seen_arrows = (lines, self._arrows, SeenArrows(self._arrows, lines))
        return known[2]

    def _placed_texts(self, fonts: Fonts, width: float, height: float) -> Lettering:
        """Place the texts, or take them from the last picture if nothing has moved."""
        assert self._box is not None
        key = (self._box, self._names, self.camera, width, height, self.font().key())
        if self._lettering is None or self._lettering[0] != key:
            axes = box_axes(self._box, self._names, self.camera, width, height)
            self._lettering = (key, lettering(axes, self.camera, fonts.measure, width, height))
        return self._lettering[1]

    def _is_turning(self) -> bool:
        return self._resting.isActive()

    @Slot()
    def _on_turned(self) -> None:
        if not self.drawing.with_opengl:
            self._resting.start()
        self.update()
