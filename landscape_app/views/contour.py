"""The loss over a plane as a map: colours, contour lines, the path, and the start to be dragged."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget
from superqt import QSearchableComboBox

from landscape_app.core.landscape import LossScale, loss_scale
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.colour_bar import ColourBar
from landscape_app.views.contour_box import MapBox
from landscape_app.views.contour_items import LINES, LossImage, PathItem, arrow_path, contour_path
from landscape_app.views.contour_path import PathLayer
from landscape_app.views.contour_readout import Readout
from landscape_app.views.forms import describe
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import NumberAxis

#: A zoom in progress asks for a new landscape after so many milliseconds.
SETTLE = 40


class ContourView(QWidget):
    """Emits where the start was put, which range is looked at, and which axes are wanted."""

    start_requested = Signal(float, float)
    range_requested = Signal(object, object)
    axes_requested = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawn: Snapshot | None = None
        self._look = DARK
        self._scale: LossScale | None = None
        self.box = MapBox()
        self.axes = {side: NumberAxis(side) for side in ("bottom", "left")}
        self.plot = pg.PlotWidget(viewBox=self.box, axisItems=self.axes)
        self.plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.plot.hideButtons()
        describe(
            self.plot,
            self.tr("Loss map"),
            self.tr(
                "Click or drag: set the start. Wheel: zoom. Shift and drag, or right button: pan.\n"
                "Arrow keys: nudge the start. Plus and minus: zoom. 0: reset the view."
            ),
        )
        self.plot.setToolTip("")  # a tooltip would cover the map; the readout below says what the mouse does
        self.image = LossImage()
        self.lines = PathItem("#ffffff", 1.0, alpha=110)
        self.path = PathLayer()
        self.arrow = PathItem("#ffffff", 2.0, filled=True)
        for item in (self.image, self.lines, self.arrow, *self.path.items):
            self.plot.addItem(item, ignoreBounds=True)
        self.arrow.setZValue(5)
        self.bar = ColourBar()
        self.readout = Readout()
        self._lay_out()
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLE)
        self._settled.timeout.connect(self._on_settled)
        self.box.start_picked.connect(self.start_requested)
        self.box.moved_by_hand.connect(self._settled.start)
        self.box.sigRangeChanged.connect(self._on_range_changed)
        self.plot.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self.plot.installEventFilter(self)

    def _lay_out(self) -> None:
        self.x_axis, self.y_axis = QSearchableComboBox(), QSearchableComboBox()
        describe(self.x_axis, self.tr("Horizontal axis"), self.tr("The parameter along the horizontal axis"))
        describe(self.y_axis, self.tr("Vertical axis"), self.tr("The parameter along the vertical axis"))
        for combo in (self.x_axis, self.y_axis):
            combo.setMaximumWidth(120)
            combo.setMinimumWidth(76)
            combo.activated.connect(self._on_axes_chosen)
        self.over = QLabel(self.tr("axes"))
        self.over.setObjectName("muted")
        self.slice_label = QLabel()
        self.slice_label.setObjectName("muted")
        tools = QHBoxLayout()
        tools.setContentsMargins(10, 0, 8, 0)
        tools.setSpacing(5)
        for widget in (self.over, self.x_axis, self.y_axis, self.slice_label):
            tools.addWidget(widget)
        tools.addStretch(1)
        buttons = (
            ("−", self.tr("Zoom out"), self.tr("Show more of the plane (−)"), self.zoom_out),
            ("+", self.tr("Zoom in"), self.tr("Show less of the plane, finer (+)"), self.zoom_in),
            ("⌂", self.tr("Reset the map"), self.tr("Show start, path and optimum again (0)"), self.reset_view),
        )
        for text, name, tip, action in buttons:
            button = QToolButton()
            button.setText(text)
            describe(button, name, tip)
            button.clicked.connect(action)
            button.setFixedWidth(28)
            tools.addWidget(button)
        middle = QHBoxLayout()
        middle.setContentsMargins(4, 0, 6, 0)
        middle.setSpacing(2)
        middle.addWidget(self.plot, 1)
        middle.addWidget(self.bar)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 4)
        layout.setSpacing(2)
        layout.addLayout(tools)
        layout.addLayout(middle, 1)
        layout.addWidget(self.readout)

    # -- drawing --------------------------------------------------------------------------------------------

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        self._look = palette
        self.plot.setBackground(palette.panel)
        for axis in self.axes.values():
            axis.set_palette(palette)
        self.bar.set_palette(palette)
        self.path.set_palette(palette)
        self.readout.set_palette(palette)

    def render_snapshot(self, new: Snapshot) -> None:
        """Redraw what differs from the snapshot drawn last."""
        old, self._drawn = self._drawn, new
        if old is None or new.problem is not old.problem:
            self._name_axes(new)
        view = new.map_view
        if old is None or view is not old.map_view:
            self._show_view(new, None if old is None else old)
        if old is None or new.landscape is not old.landscape:
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

    def _name_axes(self, new: Snapshot) -> None:
        names = new.problem.model.layout.scalar_names
        choose = len(names) > 2
        for widget in (self.over, self.x_axis, self.y_axis):
            widget.setVisible(choose)
        for combo in (self.x_axis, self.y_axis):
            combo.blockSignals(True)
            combo.clear()
            combo.addItems(list(names))
            combo.blockSignals(False)

    def _show_view(self, new: Snapshot, old: Snapshot | None) -> None:
        plane = new.map_view.plane
        self.axes["bottom"].set_title(plane.x_name)
        self.axes["left"].set_title(plane.y_name)
        self.x_axis.setCurrentIndex(plane.x_index)
        self.y_axis.setCurrentIndex(plane.y_index)
        if plane.is_slice:
            self.slice_label.setText(self.tr("slice through iteration {0:,}").format(new.cursor))
            self.slice_label.setToolTip(
                self.tr("All other parameters have the values that they have at iteration {0:,}").format(new.cursor)
            )
        self.slice_label.setVisible(plane.is_slice)
        x_range, y_range = new.map_view.x_range, new.map_view.y_range
        same = old is not None and (old.map_view.x_range, old.map_view.y_range) == (x_range, y_range)
        if not same and not self._settled.isActive():  # a zoom in progress is ahead of the snapshot
            self.box.setRange(xRange=x_range, yRange=y_range, padding=0.0)

    def _draw_landscape(self, new: Snapshot) -> None:
        landscape = new.landscape
        for item in (self.image, self.lines):
            item.setVisible(landscape is not None)
        if landscape is None:
            return
        scale = loss_scale(landscape.loss)
        self.image.show_landscape(landscape, scale)
        self.lines.setPath(contour_path(landscape, scale.levels(LINES)))
        self.bar.show_scale(scale)

    def _draw_arrow(self, new: Snapshot) -> None:
        """Draw where the gradient says to go: against it, longer where it is steeper."""
        plane = new.map_view.plane
        downhill = -plane.project(new.grad)
        norms = np.abs(new.grad).max()
        steepest = float(np.abs(new.timeline.grad[0]).max()) or 1.0
        with np.errstate(divide="ignore"):
            share = float(np.clip(1.0 + np.log10(norms / steepest) / 4.0, 0.0, 1.0))
        x, y = plane.project(new.theta)
        pixel = self.box.viewPixelSize()
        self.arrow.setPath(arrow_path(QPointF(x, y), downhill, 22.0 + 34.0 * share, (abs(pixel[0]), abs(pixel[1]))))

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

    def nudge(self, right: float, up: float) -> None:
        """Move the start by a share of the ranges shown."""
        if self._drawn is None:
            return
        (x0, x1), (y0, y1) = self.box.viewRange()
        x, y = self._drawn.map_view.plane.project(self._drawn.timeline.theta[0])
        self.start_requested.emit(x + right * (x1 - x0), y + up * (y1 - y0))

    def _on_axes_chosen(self) -> None:
        self.axes_requested.emit(self.x_axis.currentText(), self.y_axis.currentText())

    def _on_settled(self) -> None:
        x_range, y_range = self.box.viewRange()
        self.range_requested.emit(tuple(map(float, x_range)), tuple(map(float, y_range)))

    def _on_range_changed(self) -> None:
        if self._drawn is not None:
            self._draw_arrow(self._drawn)

    def _on_mouse_moved(self, position: QPointF) -> None:
        if self.plot.plotItem.vb.sceneBoundingRect().contains(position):
            point = self.box.mapSceneToView(position)
            pixel = self.box.viewPixelSize()
            self.readout.show_at(point.x(), point.y(), (abs(pixel[0]), abs(pixel[1])))
        else:
            self.readout.leave()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys on the map: nudge, zoom, reset."""
        if watched is self.plot and event.type() == QEvent.Type.Leave:
            self.readout.leave()
        if watched is self.plot and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_key(event)
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        amount = 0.05 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0.01
        moves = {
            Qt.Key.Key_Left: (-amount, 0.0),
            Qt.Key.Key_Right: (amount, 0.0),
            Qt.Key.Key_Up: (0.0, amount),
            Qt.Key.Key_Down: (0.0, -amount),
        }
        actions = {
            Qt.Key.Key_Plus: self.zoom_in,
            Qt.Key.Key_Equal: self.zoom_in,
            Qt.Key.Key_Minus: self.zoom_out,
            Qt.Key.Key_0: self.reset_view,
        }
        key = Qt.Key(event.key())
        if key in moves:
            self.nudge(*moves[key])
        elif key in actions:
            actions[key]()
        else:
            return False
        return True
