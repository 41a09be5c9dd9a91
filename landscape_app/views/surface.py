"""The landscape in three dimensions, with the descent's path on it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPalette, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from landscape_app.core.landscape import Landscape, loss_scale
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.surface_box import Box, Heights
from landscape_app.views.surface_camera import Camera
from landscape_app.views.surface_markers import markers, truth_loss
from landscape_app.views.surface_mesh import MOVING_NODES, RESTING_NODES, surface_mesh
from landscape_app.views.surface_path import path_in_box
from landscape_app.views.surface_probe import Finding, agree_on_library, probe_opengl

if TYPE_CHECKING:
    from landscape_app.views.surface_canvas import SurfaceCanvas


class SurfaceView(QWidget):
    """Shows a snapshot's landscape as a surface, and the path at its true loss.

    Dragging turns it and the wheel zooms; with the focus arrows turn, + and - zoom, Home or 0 resets. Where
    OpenGL does not work a sentence stands in its place, and all methods do nothing.
    """

    log_height_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = DARK
        self._log_height = True
        self._drawn: Snapshot | None = None
        self._waiting: Snapshot | None = None
        self._box: Box | None = None
        self._nodes = RESTING_NODES
        self._truth_loss: float | None = None
        self._canvas: SurfaceCanvas | None = None

        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._sentence = self._make_sentence()
        self._note = QLabel(self.tr("Slice: the path is at its true loss"), self)
        self._note.setWordWrap(True)
        self._tools = self._make_tools()
        self._grid.addWidget(self._sentence, 0, 0, 1, 2)
        finding = probe_opengl()
        problem = finding.problem or self._make_canvas(finding)
        # Note and buttons lie on the picture's empty corners: a row of their own would cost a tenth of its height.
        self._note.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._note.setContentsMargins(10, 8, 0, 0)
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._note.hide()
        self._grid.setColumnStretch(0, 1)
        self._grid.addWidget(self._note, 0, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(self._tools, 0, 1, Qt.AlignmentFlag.AlignTop)
        for on_top in (self._note, self._tools):
            on_top.raise_()
        self._tools.setVisible(self.available)
        self._sentence.setVisible(not self.available)
        if problem:
            self._sentence.setToolTip(problem)
        self.set_palette(self._palette)

    # --- what is shown ---

    @property
    def available(self) -> bool:
        """Whether the surface can be drawn here."""
        return self._canvas is not None

    @property
    def log_height(self) -> bool:
        """Whether the height is the logarithm of the loss."""
        return self._log_height

    @property
    def camera(self) -> Camera | None:
        """From where the surface is looked at; None where it can't be drawn."""
        return None if self._canvas is None else self._canvas.camera

    def render_snapshot(self, snapshot: Snapshot) -> None:
        """Show this moment. While nobody can see the view nothing is drawn: it is made up for when it is shown."""
        if self.isVisible():
            self._draw(snapshot)
        else:
            self._waiting = snapshot

    def set_palette(self, palette: Palette) -> None:
        """Take the colours of another look."""
        other_map = palette.colour_map != self._palette.colour_map
        self._palette = palette
        colours = self.palette()
        for role, colour in (
            (QPalette.ColorRole.Window, palette.panel),
            (QPalette.ColorRole.WindowText, palette.muted),
            (QPalette.ColorRole.Button, palette.field),
            (QPalette.ColorRole.ButtonText, palette.text),
        ):
            colours.setColor(role, QColor(colour))
        self.setPalette(colours)
        self.setAutoFillBackground(True)
        if self._canvas is not None:
            self._canvas.set_colours(palette)
            latest = self._waiting or self._drawn
            if other_map and latest is not None:
                self._draw(latest, everything=True)

    def grab_image(self) -> QImage:
        """Return the picture, texts and markers included; a null image where it can't be drawn."""
        self._catch_up()
        return QImage() if self._canvas is None else self._canvas.grabFramebuffer()

    # --- from where, and how high ---

    @Slot()
    def reset_camera(self) -> None:
        """Look from where a new view looks."""
        if self._canvas is not None:
            self._canvas.camera = Camera()

    @Slot(bool)
    def set_log_height(self, log_height: bool) -> None:
        """Show log10(loss) as height, or the loss itself."""
        if log_height == self._log_height:
            return
        self._log_height = log_height
        self._log_button.setChecked(log_height)
        if self._drawn is not None:
            self._draw(self._drawn, everything=True)
        self.log_height_changed.emit(log_height)

    def look_from(self, camera: Camera) -> None:
        """Look from there, as a session remembers it."""
        if self._canvas is not None:
            self._canvas.camera = camera

    def zoom(self, factor: float) -> None:
        """Enlarge everything ``factor`` times, within limits."""
        if self._canvas is not None:
            self._canvas.camera = self._canvas.camera.zoomed(factor)

    def orbit(self, d_azimuth: float, d_elevation: float) -> None:
        """Move the eye around the surface by so many degrees."""
        if self._canvas is not None:
            self._canvas.camera = self._canvas.camera.orbited(d_azimuth, d_elevation)

    # --- drawing ---

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while the view was hidden."""
        super().showEvent(event)
        self._catch_up()

    def _catch_up(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._draw(waiting)

    def _draw(self, new: Snapshot, everything: bool = False) -> None:
        old, self._drawn, self._waiting = self._drawn, new, None
        if self._canvas is None:
            return
        everything = everything or old is None
        nodes = MOVING_NODES if new.playing or new.landscape_busy else RESTING_NODES
        other_problem = everything or old is None or new.problem is not old.problem
        if other_problem:
            self._truth_loss = truth_loss(new.problem)
        other_surface = everything or old is None or new.landscape is not old.landscape
        if other_surface or self._would_differ(new.landscape, nodes):
            self._draw_surface(new.landscape, nodes)
        if (
            other_surface
            or other_problem
            or old is None
            or new.timeline is not old.timeline
            or new.cursor != old.cursor
        ):
            self._draw_path(new)

    def _would_differ(self, landscape: Landscape | None, nodes: int) -> bool:
        """Whether more or fewer nodes would be drawn of the same landscape, because something began or ended."""
        if landscape is None or nodes == self._nodes:
            return False
        return max(len(landscape.x), len(landscape.y)) > MOVING_NODES

    def _draw_surface(self, landscape: Landscape | None, nodes: int) -> None:
        assert self._canvas is not None
        self._nodes = nodes
        self._box = None
        if landscape is None:
            self._canvas.show_mesh(None)
            return
        heights = Heights(loss_scale(landscape.loss), self._log_height)
        self._box = Box(landscape.x_range, landscape.y_range, heights)
        self._canvas.show_mesh(surface_mesh(landscape, self._box, self._canvas.colours, nodes))

    def _draw_path(self, snapshot: Snapshot) -> None:
        assert self._canvas is not None
        landscape, box = snapshot.landscape, self._box
        self._note.setVisible(landscape is not None and landscape.plane.is_slice)
        if landscape is None or box is None:
            self._canvas.show_path(None)
            self._canvas.show_scene(None)
            return
        plane, seen = landscape.plane, slice(snapshot.cursor + 1)
        self._canvas.show_path(path_in_box(snapshot.timeline.theta[seen], snapshot.timeline.loss[seen], plane, box))
        names = (plane.x_name, plane.y_name, self.tr("loss"))
        self._canvas.show_scene(box, names, markers(snapshot, plane, box, self._truth_loss))

    # --- parts ---

    def _make_canvas(self, finding: Finding) -> str:
        """Make the picture, or return why that is impossible."""
        agree_on_library(finding)
        try:
            from landscape_app.views.surface_canvas import SurfaceCanvas
        except (ImportError, OSError, AttributeError) as error:  # how PyOpenGL says that a library is missing
            return str(error)
        self._canvas = SurfaceCanvas(self, finding.in_software)
        self._canvas.setAccessibleName(self.tr("Surface of the loss"))
        self._canvas.setAccessibleDescription(
            self.tr("The loss as height over two parameters. Arrow keys turn it, plus and minus zoom, Home resets.")
        )
        self._canvas.failed.connect(self._on_canvas_failed, Qt.ConnectionType.QueuedConnection)
        self._grid.addWidget(self._canvas, 0, 0, 1, 2)
        self.setFocusProxy(self._canvas)
        self.setTabOrder(self._canvas, self._log_button)
        self.setTabOrder(self._log_button, self._reset_button)
        return ""

    def _make_sentence(self) -> QLabel:
        sentence = QLabel(
            self.tr(
                "The 3D surface needs OpenGL, which does not work here. Everything else does: the contour map shows "
                "the same landscape. A graphics driver with OpenGL 2.1 or newer brings the surface back."
            ),
            self,
        )
        sentence.setWordWrap(True)
        sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        sentence.setMargin(24)
        return sentence

    def _make_tools(self) -> QWidget:
        tools = QWidget(self)
        row = QHBoxLayout(tools)
        row.setContentsMargins(0, 4, 6, 0)
        row.setSpacing(4)
        self._log_button = self._make_button(
            self.tr("Log height"), self.tr("Height is the logarithm of the loss; switched off, the loss itself")
        )
        self._log_button.setCheckable(True)
        self._log_button.setChecked(self._log_height)
        self._log_button.toggled.connect(self.set_log_height)
        self._reset_button = self._make_button(
            self.tr("Reset view"), self.tr("Look from where you first looked, at the first size (Home)")
        )
        self._reset_button.clicked.connect(self.reset_camera)
        row.addWidget(self._log_button)
        row.addWidget(self._reset_button)
        return tools

    def _make_button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    @Slot(str)
    def _on_canvas_failed(self, why: str) -> None:
        if self._canvas is None:
            return
        self._canvas.hide()
        self._canvas.deleteLater()
        self._canvas = None
        self._note.hide()
        self._tools.hide()
        self._sentence.setToolTip(why)
        self._sentence.show()
