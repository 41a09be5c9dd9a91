"""The landscape in three dimensions, with the descent's path on it."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPalette, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from landscape_app.core.landscape import Landscape
from landscape_app.session.map_picture import MapPicture
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.update_arrows import Arrow
from landscape_app.views.forms import describe
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.surface_arrows import laid_upon
from landscape_app.views.surface_box import Box, Heights
from landscape_app.views.surface_camera import Camera
from landscape_app.views.surface_canvas import SurfaceCanvas
from landscape_app.views.surface_markers import markers, truth_loss
from landscape_app.views.surface_mesh import (
    MOVING_NODES,
    PAINTED_MOVING_NODES,
    PAINTED_RESTING_NODES,
    RESTING_NODES,
    surface_mesh,
)
from landscape_app.views.surface_path import path_in_box
from landscape_app.views.surface_race import LaidRivals


class SurfaceView(QWidget):
    """Shows a snapshot's landscape as a surface, and the path at its true loss.

    Dragging turns it and the wheel zooms; with the focus arrows turn, + and - zoom, Home or 0 resets. Where
    OpenGL does not work the surface is painted without, with fewer nodes, and a note says so.
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
        self._arrows: tuple[Arrow, ...] = ()
        self._isolated = -1
        self._rivals = LaidRivals()
        self._canvas = self._make_canvas()
        self._tools = self._make_tools()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self._canvas, 0, 0, 1, 2)
        # Notes and buttons lie on the picture's empty corners: a row of their own would cost a tenth of its height.
        self._note = self._make_note()
        self._painted_note = self._make_painted_note()
        grid.addWidget(self._note, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._painted_note, 0, 0, 1, 2, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(self._tools, 0, 1, Qt.AlignmentFlag.AlignTop)
        for on_top in (self._note, self._painted_note, self._tools):
            on_top.raise_()
        self.setFocusProxy(self._canvas)
        self.setTabOrder(self._canvas, self._log_button)
        self.setTabOrder(self._log_button, self._reset_button)
        self.setTabOrder(self._reset_button, self._painted_note)
        self.set_palette(self._palette)
        self._canvas.drawing.changed.connect(self._on_other_renderer)
        self._canvas.drawing.begin()

    # --- what is shown ---

    @property
    def with_opengl(self) -> bool:
        """Whether OpenGL draws the surface; False, too, while that is being tried."""
        return self._canvas.drawing.with_opengl

    @property
    def problem(self) -> str:
        """Why OpenGL does not draw the surface; empty if it does, or while that is being tried."""
        return self._canvas.drawing.problem

    @property
    def log_height(self) -> bool:
        """Whether the height is the logarithm of the loss."""
        return self._log_height

    @property
    def camera(self) -> Camera:
        """From where the surface is looked at."""
        return self._canvas.camera

    def render_snapshot(self, snapshot: Snapshot) -> None:
        """Show this moment. While nobody can see the view nothing is drawn: it is made up for when it is shown."""
        if self.isVisible():
            self._draw(snapshot)
        else:
            self._waiting = snapshot

    @Slot(object)
    def show_arrows(self, arrows: tuple[Arrow, ...]) -> None:
        """Lay these parts of the update upon the surface, in place of others; the map says how long they are."""
        self._arrows = arrows
        if self.isVisible() and self._drawn is not None:
            self._draw_arrows(self._drawn.landscape)

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
        # Words, not a button to be looked for: it is pressed once, if ever.
        self._painted_note.setStyleSheet(
            f"QToolButton {{ background: {palette.panel}; color: {palette.muted}; border: 1px solid {palette.panel};"
            f" border-radius: 4px; padding: 0 4px; min-height: 0; margin: 3px; }}"
            f"QToolButton:hover, QToolButton:focus {{ color: {palette.text}; border-color: {palette.accent}; }}"
        )
        self._canvas.set_colours(palette)
        latest = self._waiting or self._drawn
        if other_map and latest is not None:
            self._draw(latest, everything=True)

    def grab_image(self) -> QImage:
        """Return the picture, texts and markers included."""
        self._catch_up()
        return self._canvas.grab_image()

    # --- from where, and how high ---

    @Slot()
    def reset_camera(self) -> None:
        """Look from where a new view looks."""
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
        self._canvas.camera = camera

    def zoom(self, factor: float) -> None:
        """Enlarge everything ``factor`` times, within limits."""
        self._canvas.camera = self._canvas.camera.zoomed(factor)

    def orbit(self, d_azimuth: float, d_elevation: float) -> None:
        """Move the eye around the surface by so many degrees."""
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
        everything = everything or old is None
        nodes = self._nodes_to_draw(moving=new.playing or new.landscape_busy)
        other_problem = everything or old is None or new.problem is not old.problem
        if other_problem:
            self._truth_loss = truth_loss(new.problem)
        other_surface = everything or old is None or new.picture is not old.picture
        if other_surface or self._would_differ(new.landscape, nodes):
            self._draw_surface(new.picture, nodes)
        if (
            other_surface
            or other_problem
            or old is None
            or new.timeline is not old.timeline
            or new.cursor != old.cursor
        ):
            self._draw_path(new)
        if other_surface or old is None or new.race is not old.race:
            self._draw_rivals(new)

    def _would_differ(self, landscape: Landscape | None, nodes: int) -> bool:
        """Whether more or fewer nodes would be drawn of the same landscape, because something began or ended."""
        if landscape is None or nodes == self._nodes:
            return False
        return max(len(landscape.x), len(landscape.y)) > min(nodes, self._nodes)

    def _nodes_to_draw(self, moving: bool) -> int:
        """Return how many nodes a side are drawn at most, while something moves or at rest."""
        if self.with_opengl:
            return MOVING_NODES if moving else RESTING_NODES
        return PAINTED_MOVING_NODES if moving else PAINTED_RESTING_NODES

    def _draw_surface(self, picture: MapPicture | None, nodes: int) -> None:
        self._nodes = nodes
        self._box = None
        if picture is None:
            self._canvas.show_mesh(None)
            return
        landscape = picture.landscape
        heights = Heights(picture.scale, self._log_height)
        self._box = Box(landscape.x_range, landscape.y_range, heights)
        mesh = surface_mesh(landscape, self._box, self._canvas.colours, nodes)
        quick = mesh
        if not self.with_opengl and min(nodes, max(landscape.loss.shape)) > PAINTED_MOVING_NODES:
            quick = surface_mesh(landscape, self._box, self._canvas.colours, PAINTED_MOVING_NODES)
        self._canvas.show_mesh(mesh, quick)

    def _draw_path(self, snapshot: Snapshot) -> None:
        landscape, box = snapshot.landscape, self._box
        self._note.setVisible(landscape is not None and landscape.plane.is_slice)
        self._draw_arrows(landscape)
        if landscape is None or box is None:
            self._canvas.show_path(None)
            self._canvas.show_scene(None)
            return
        plane, seen = landscape.plane, slice(snapshot.cursor + 1)
        self._canvas.show_path(path_in_box(snapshot.timeline.path_on(plane)[seen], snapshot.timeline.loss[seen], box))
        names = (plane.x_name, plane.y_name, self.tr("loss"))
        self._canvas.show_scene(box, names, markers(snapshot, plane, box, self._truth_loss))

    @Slot(int)
    def isolate(self, lane: int) -> None:
        """Fade all lanes of the race but this one, 0 the run in hand; -1 fades none."""
        self._isolated = lane
        self._canvas.fade_path(lane > 0)
        if self.isVisible() and self._drawn is not None:
            self._draw_rivals(self._drawn)

    def _draw_rivals(self, new: Snapshot) -> None:
        if new.landscape is None or self._box is None:
            self._canvas.show_rivals(())
        else:
            self._canvas.show_rivals(self._rivals.at(new.race, new.landscape.plane, self._box, self._isolated))

    def _draw_arrows(self, landscape: Landscape | None) -> None:
        if landscape is None or self._box is None:
            self._canvas.show_arrows(())
        else:
            self._canvas.show_arrows(laid_upon(self._arrows, landscape, self._box))

    # --- parts ---

    def _make_canvas(self) -> SurfaceCanvas:
        canvas = SurfaceCanvas(self)
        canvas.setAccessibleName(self.tr("Surface of the loss"))
        canvas.setAccessibleDescription(
            self.tr("The loss as height over two parameters. Arrow keys turn it, plus and minus zoom, Home resets.")
        )
        return canvas

    def _make_note(self) -> QLabel:
        note = QLabel(self.tr("Slice: the path is at its true loss"), self)
        note.setWordWrap(True)
        note.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        note.setContentsMargins(10, 8, 0, 0)
        note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        note.hide()
        return note

    def _make_painted_note(self) -> QToolButton:
        note = QToolButton(self)
        note.setText(self.tr("Painted without OpenGL"))
        note.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        note.clicked.connect(note.hide)
        note.hide()
        return note

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

    @Slot()
    def _on_other_renderer(self) -> None:
        """Draw with as many nodes as the new renderer is good for, and say so if it is not OpenGL."""
        problem = self.problem
        if problem:
            tip = self.tr(
                "{problem} The surface is painted without it: the same picture, a little slower. "
                "Click to hide this note."
            ).format(problem=problem)
            describe(self._painted_note, self._painted_note.text(), tip)
        self._painted_note.setVisible(bool(problem))
        self._canvas.update()
        if self._drawn is not None and self._waiting is None:
            self._draw(self._drawn, everything=True)
