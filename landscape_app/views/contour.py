"""The loss over a plane as a map: colours, contour lines, the path, and the start to be dragged."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QGraphicsView, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from landscape_app.session.noise import in_batches
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.colour_bar import ColourBar
from landscape_app.views.contour_arrows import PartsLayer
from landscape_app.views.contour_box import MapBox
from landscape_app.views.contour_ghost import GhostLayer
from landscape_app.views.contour_items import LossImage, PathItem, arrow_path, contour_path
from landscape_app.views.contour_path import PathLayer
from landscape_app.views.contour_plane import PlaneBar
from landscape_app.views.contour_race import RaceLayer
from landscape_app.views.contour_readout import Readout
from landscape_app.views.contour_walk import WalkLayer
from landscape_app.views.forms import describe
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import scaled_font
from landscape_app.views.plotting_items import NumberAxis
from landscape_app.views.plotting_widgets import Legend

#: A zoom in progress asks for a new landscape after so many milliseconds.
SETTLE = 40


class ContourView(QWidget):
    """Emits where the start was put and which range is looked at; its `PlaneBar` which plane is wanted."""

    start_requested = Signal(float, float)
    range_requested = Signal(object, object)
    #: The parts of the update as they are drawn now: a tuple of Arrow, empty for none.
    parts_drawn = Signal(object)
    #: Somebody wants to see what the batch sees, or not any more.
    ghost_watched = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawn: Snapshot | None = None
        self._look = DARK
        self.box = MapBox()
        self.axes = {side: NumberAxis(side) for side in ("bottom", "left")}
        self.plot = self._frame()
        self.plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        describe(
            self.plot,
            self.tr("Loss map"),
            self.tr(
                "Click or drag: set the start. Wheel: zoom. Shift and drag, or right button: pan. "
                "Shift and arrow keys: nudge the start."
            ),
        )
        self.plot.setToolTip("")  # a tooltip would cover the map; the readout below says what the mouse does
        self.image = LossImage()
        self.lines = PathItem("#ffffff", 1.0, alpha=110)
        self.path = PathLayer()
        self.arrow = PathItem("#ffffff", 2.0, filled=True)
        self.walk, self.parts, self.ghost = WalkLayer(), PartsLayer(), GhostLayer()
        for item in (self.image, self.lines, self.arrow):
            self.box.addItem(item, ignoreBounds=True)
        for layer in (self.path, self.walk, self.parts, self.ghost):
            for item in layer.items:
                self.box.addItem(item, ignoreBounds=True)
        self.arrow.setZValue(5)
        self.race = RaceLayer(self.box)
        self.bar = ColourBar()
        self.readout = Readout()
        self.plane_bar = PlaneBar()
        self._lay_out()
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLE)
        self._settled.timeout.connect(self._on_settled)
        self.box.start_picked.connect(self.start_requested)
        self.box.moved_by_hand.connect(self._settled.start)
        self.box.sigRangeChanged.connect(self._on_range_changed)
        self.box.sigResized.connect(self._on_range_changed)
        self.plot.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self.plot.installEventFilter(self)

    def _frame(self) -> pg.GraphicsView:
        """Return box and axes in a view of their own: a PlotItem would bring menus and automatic ranges."""
        view = pg.GraphicsView()
        # The smallest region, which is pyqtgraph's choice, leaves traces of items that move with the range.
        view.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        layout = pg.GraphicsLayout()
        layout.setContentsMargins(2, 4, 12, 0)  # half a tick's text stands out at the right
        layout.setSpacing(0)
        view.setCentralItem(layout)
        layout.addItem(self.axes["left"], 0, 0)
        layout.addItem(self.box, 0, 1)
        layout.addItem(self.axes["bottom"], 1, 1)
        for axis in self.axes.values():
            axis.enableAutoSIPrefix(False)  # a "(x0.001)" beside the name is easily overlooked
            axis.linkToView(self.box)
        return view

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.setContentsMargins(4, 0, 6, 0)
        middle.setSpacing(2)
        middle.addWidget(self.plot, 1)
        middle.addWidget(self.bar)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 6)
        layout.setSpacing(2)
        layout.addWidget(self.plane_bar)
        layout.addLayout(middle, 1)
        self.parts_legend, self.parts_legend_more, self.ghost_legend = Legend(), Legend(), Legend()
        legend = QVBoxLayout()
        legend.setContentsMargins(6, 0, 6, 0)
        for line in (self.parts_legend, self.parts_legend_more, self.ghost_legend):
            line.hide()
            legend.addWidget(line)
        layout.addLayout(legend)
        layout.addLayout(self._tools())

    def _tools(self) -> QHBoxLayout:
        tools = QHBoxLayout()
        tools.setContentsMargins(10, 0, 8, 0)
        tools.setSpacing(4)
        tools.addWidget(self.readout, 1)
        buttons = (
            ("−", self.tr("Zoom out"), self.tr("Show more of the plane (Ctrl+−)"), self.zoom_out),
            ("+", self.tr("Zoom in"), self.tr("Show less of the plane, finer (Ctrl++)"), self.zoom_in),
            ("⌂", self.tr("Reset the map"), self.tr("Show start, path and optimum again (Ctrl+0)"), self.reset_view),
        )
        for text, name, tip, action in buttons:
            button = QToolButton()
            button.setText(text)
            describe(button, name, tip)
            button.clicked.connect(action)
            button.setObjectName("small")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            tools.addWidget(button)
        self.parts_button = QToolButton()
        self.parts_button.setText("Δ")
        self.parts_button.setCheckable(True)
        describe(
            self.parts_button,
            self.tr("Parts of the update"),
            self.tr(
                "Draw what the rule makes of the gradient (U): the step of plain descent, what momentum adds, what\n"
                "each parameter's own rate adds, and the step that comes of it. Short ones are drawn enlarged."
            ),
        )
        self.parts_button.toggled.connect(self._on_parts)
        self.ghost_button = QToolButton()
        self.ghost_button.setText("◌")
        self.ghost_button.setCheckable(True)
        self.ghost_button.hide()
        describe(
            self.ghost_button,
            self.tr("What the batch sees"),
            self.tr(
                "Draw the landscape of the batch alone as dashed lines over the map, and its gradient beside the one\n"
                "over all the data (B): the step from the cursor knows no more than that."
            ),
        )
        self.ghost_button.toggled.connect(self._on_ghost)
        for place, button in enumerate((self.ghost_button, self.parts_button), start=1):
            button.setObjectName("small")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            tools.insertWidget(place, button)
        return tools

    # -- drawing --------------------------------------------------------------------------------------------

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        other_map = palette.colour_map != self._look.colour_map
        self._look = palette
        self.plot.setBackground(palette.panel)
        font = scaled_font(self.font(), 0.85)
        for axis in self.axes.values():
            axis.set_palette(palette, font)
            self._name_axis(axis, axis.labelText)
        self._make_room(font)
        self.bar.set_palette(palette)
        self.path.set_palette(palette)
        self.walk.set_palette(palette)
        self.parts.set_palette(palette)
        self.readout.set_palette(palette)
        self.plane_bar.set_palette(palette)
        self.image.set_palette(palette)
        if self._drawn is not None:
            self._show_parts_legend()
            self._draw_ghost(self._drawn)
        if other_map and self._drawn is not None:
            self._draw_landscape(self._drawn)

    def _name_axis(self, axis: NumberAxis, name: str) -> None:
        axis.setLabel(name, **self._label_style())

    def _label_style(self) -> dict[str, str]:
        return {"color": self._look.text, "font-size": f"{self.font().pointSizeF():.1f}pt", "font-weight": "600"}

    def _make_room(self, font: QFont) -> None:
        """Give the axes a fixed size, with room for their names: the map must not jump with the ticks' length."""
        metrics = QFontMetricsF(font)
        self.axes["left"].setWidth(metrics.horizontalAdvance("−0.0005") + 1.3 * metrics.height() + 10)
        self.axes["bottom"].setHeight(2.3 * metrics.height() + 6)

    def render_snapshot(self, new: Snapshot) -> None:
        """Redraw what differs from the snapshot drawn last."""
        old, self._drawn = self._drawn, new
        self.plane_bar.render_snapshot(new)
        view = new.map_view
        if old is None or view is not old.map_view:
            self._show_view(new, None if old is None else old)
        if old is None or new.picture is not old.picture:
            self._draw_landscape(new)
        if (
            old is None
            or new.timeline is not old.timeline
            or new.cursor != old.cursor
            or new.problem is not old.problem
            or view is not old.map_view
        ):
            self.path.draw(new)
            self._draw_arrow(new)
            self.readout.follow(new)
        elif (
            new.term != old.term
            or new.noise is not old.noise
            or (new.settings is not old.settings and (new.term or self.ghost.shown))
        ):
            self._draw_arrow(new)
        if (
            old is None
            or new.noise is not old.noise
            or new.settings is not old.settings
            or (new.cursor != old.cursor and self.ghost.shown)
        ):
            self._draw_ghost(new)
        if (old is None or new.race is not old.race or view is not old.map_view) and (new.race or self.race.lines):
            self.race.draw(new)

    def _show_view(self, new: Snapshot, old: Snapshot | None) -> None:
        plane = new.map_view.plane
        for side, name in (("bottom", plane.x_name), ("left", plane.y_name)):
            if self.axes[side].labelText != name:
                self._name_axis(self.axes[side], name)
        x_range, y_range = new.map_view.x_range, new.map_view.y_range
        same = old is not None and (old.map_view.x_range, old.map_view.y_range) == (x_range, y_range)
        if not same and not self._settled.isActive():  # a zoom in progress is ahead of the snapshot
            self.box.setRange(xRange=x_range, yRange=y_range, padding=0.0)

    def _draw_landscape(self, new: Snapshot) -> None:
        picture = new.picture
        for item in (self.image, self.lines):
            item.setVisible(picture is not None)
        if picture is None:
            return
        self.image.show_picture(picture)
        self.lines.setPath(contour_path(picture.lines))
        self.bar.show_scale(picture.scale)

    def _draw_arrow(self, new: Snapshot) -> None:
        """Draw where the gradient says to go: against it, longer where it is steeper."""
        if not min(self.box.width(), self.box.height()) > 0.0:
            return  # not laid out yet: a pixel has no size
        plane, full = new.map_view.plane, self.ghost.gradient(new)
        grad = new.grad if full is None else full
        downhill = -plane.along(grad)
        norms = np.abs(grad).max()
        steepest = float(np.abs(new.timeline.grad[0]).max()) or 1.0
        with np.errstate(divide="ignore"):
            share = float(np.clip(1.0 + np.log10(norms / steepest) / 4.0, 0.0, 1.0))
        x, y = plane.project(new.theta)
        pixel = self.box.viewPixelSize()
        length = 22.0 + 34.0 * share
        size = (abs(pixel[0]), abs(pixel[1]))
        self.parts.draw(new, size, np.array(self.box.viewRange()))
        self.parts_drawn.emit(self.parts.drawn.arrows)
        if self.parts.shown:
            self._show_parts_legend()
        # At the bottom there is no downhill; the raw part of the update is the arrow of the gradient that it uses; and
        # beside a batch's arrow the white one is that over all the data, from when that is known.
        batch, raw = self.ghost.watching(new), "raw" in self.parts.drawn.names
        self.arrow.setVisible(share > 0.0 and (full is not None or not (batch or raw)))
        self.arrow.setPath(arrow_path(QPointF(x, y), downhill, length, size))
        self.ghost.draw_arrow(QPointF(x, y), -plane.along(new.grad) if batch and not raw else None, length, size)
        self.ghost_legend.setToolTip(self.ghost.words(new, raw))
        self.walk.draw(new, size, length)
        self.readout.set_note(self.walk.note)

    # -- intents --------------------------------------------------------------------------------------------

    def zoom_in(self) -> None:
        """Show less, finer."""
        self.box.zoom(0.7)

    def zoom_out(self) -> None:
        """Show more."""
        self.box.zoom(1.0 / 0.7)

    def reset_view(self) -> None:
        """Let the range follow the path again."""
        self._settled.stop()
        self.range_requested.emit(None, None)
        if self._drawn is not None:
            view = self._drawn.map_view
            self.box.setRange(xRange=view.x_range, yRange=view.y_range, padding=0.0)

    def _show_parts_legend(self) -> None:
        entries = self.parts.legend()
        first = entries if len(entries) < 5 else entries[:3]  # five names are too long for a line
        more, note = entries[len(first) :], self.parts.note()
        self.parts_legend.set_entries(first, self._look, "" if more else note)
        self.parts_legend_more.set_entries(more, self._look, note)
        self.parts_legend_more.setVisible(bool(more))
        for line in (self.parts_legend, self.parts_legend_more):
            line.setToolTip(self.parts.words())

    def isolate(self, lane: int) -> None:
        """Fade all lanes of the race but this one, 0 the run in hand; -1 fades none."""
        self.race.isolated = lane
        self.path.set_faded(lane > 0)
        if self._drawn is not None:
            self.race.draw(self._drawn)

    def _draw_ghost(self, new: Snapshot) -> None:
        self.ghost_button.setVisible(in_batches(new))
        self.ghost.draw_lines(new)
        entries = self.ghost.legend(new, self._look)
        self.ghost_legend.setVisible(bool(entries))
        self.ghost_legend.set_entries(entries, self._look)
        self.ghost_legend.setToolTip(self.ghost.words(new, "raw" in self.parts.drawn.names))

    def _on_ghost(self, shown: bool) -> None:
        self.ghost.shown = shown
        self.ghost_watched.emit(shown)
        if self._drawn is not None:
            self._draw_ghost(self._drawn)
            self._draw_arrow(self._drawn)

    def _on_parts(self, shown: bool) -> None:
        self.parts.shown = shown
        for line in (self.parts_legend, self.parts_legend_more):
            line.setVisible(shown)
        if self._drawn is not None:
            self._draw_arrow(self._drawn)

    def nudge(self, right: float, up: float) -> None:
        """Move the start by a share of the ranges shown."""
        if self._drawn is None:
            return
        (x0, x1), (y0, y1) = self.box.viewRange()
        x, y = self._drawn.map_view.plane.project(self._drawn.timeline.theta[0])
        self.start_requested.emit(x + right * (x1 - x0), y + up * (y1 - y0))

    def _on_settled(self) -> None:
        x_range, y_range = self.box.viewRange()
        self.range_requested.emit(tuple(map(float, x_range)), tuple(map(float, y_range)))

    def _on_range_changed(self) -> None:
        if self._drawn is not None:
            self._draw_arrow(self._drawn)

    def _on_mouse_moved(self, position: QPointF) -> None:
        if self.box.sceneBoundingRect().contains(position):
            point = self.box.mapSceneToView(position)
            pixel = self.box.viewPixelSize()
            self.readout.show_at(point.x(), point.y(), (abs(pixel[0]), abs(pixel[1])))
        else:
            self.readout.leave()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice when the mouse leaves the map."""
        if watched is self.plot and event.type() == QEvent.Type.Leave:
            self.readout.leave()
        return super().eventFilter(watched, event)
