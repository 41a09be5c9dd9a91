"""The window: panels as docks around nothing, a menu bar, a status bar."""

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QElapsedTimer, QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QHeaderView,
    QMainWindow,
    QStyle,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from landscape_app.colour_maps import STANDARD_MAP, ColourMap
from landscape_app.manners import Manners
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.backprop import BackpropView
from landscape_app.views.contour import ContourView
from landscape_app.views.data_fit import DataFitView
from landscape_app.views.examples import ExamplesView
from landscape_app.views.gradients import GradientsView
from landscape_app.views.graph import GraphView
from landscape_app.views.loss_curve import LossCurveView
from landscape_app.views.notice import NoticeBar
from landscape_app.views.palette import DARK, LIGHT, Palette, look_with
from landscape_app.views.race import RaceView
from landscape_app.views.setup import SetupPanel
from landscape_app.views.status import StatusBar
from landscape_app.views.surface import SurfaceView
from landscape_app.views.sweep import SweepView
from landscape_app.views.theme import qt_palette, style_sheet
from landscape_app.views.transport import Transport
from landscape_app.views.update import UpdateView
from landscape_app.views.window_state import as_text, bytes_of, knows, reachable

#: Of the docks' names and meaning: a layout that another version saved is not restored.
LAYOUT_VERSION = 1
#: Milliseconds without a turn of the wheel after which the next turn is another gesture.
WHEEL_REST = 800
_GESTURES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.KeyPress, QEvent.Type.Wheel)


def _yes() -> bool:
    return True


class MainWindow(QMainWindow):
    """Holds the views; knows nothing of the engine."""

    file_dropped = Signal(str)
    closing = Signal()
    #: The header of a table's columns is about to be seen, or was hidden.
    header_shown = Signal(QHeaderView)
    header_hidden = Signal(QHeaderView)
    #: The user's hand begins something new: a press of the mouse or of a key, or a turn of the wheel after a rest.
    gesture_began = Signal()
    #: A button of the mouse was pressed (True) or let go.
    hand_moved = Signal(bool)
    #: Another palette is worn, for windows of their own to follow.
    look_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Loss landscape explorer"))
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.setup = SetupPanel()
        self.contour = ContourView()
        self.surface = SurfaceView()
        self.transport = Transport()
        self.data_fit = DataFitView()
        self.loss_curve = LossCurveView()
        self.gradients = GradientsView()
        self.backprop = BackpropView()
        self.graph = GraphView()
        self.examples = ExamplesView()
        self.update_view = UpdateView()
        self.sweep = SweepView()
        self.race = RaceView()
        self.status = StatusBar()
        self.setStatusBar(self.status)
        #: What takes colours and shows snapshots, in this order.
        self._panels = (
            self.contour,
            self.surface,
            self.data_fit,
            self.loss_curve,
            self.gradients,
            self.backprop,
            self.graph,
            self.examples,
            self.update_view,
            self.sweep,
            self.race,
            self.setup,
            self.status,
        )
        self._behind: set[QDockWidget] = set()  # panels that are closed, or behind another one
        self.docks = {
            "setup": self._dock("setup", self.tr("Experiment"), self.setup),
            "contour": self._dock("contour", self.tr("Loss map"), self.contour),
            "surface": self._dock("surface", self.tr("Surface"), self.surface),
            "timeline": self._dock("timeline", self.tr("Timeline"), self.transport),
            "fit": self._dock("fit", self.tr("Data and fit"), self.data_fit),
            "loss": self._dock("loss", self.tr("Loss by iteration"), self.loss_curve),
            "gradients": self._dock("gradients", self.tr("Gradients"), self.gradients),
            "backprop": self._dock("backprop", self.tr("Backpropagation"), self.backprop),
            "graph": self._dock("graph", self.tr("Graph"), self.graph),
            "examples": self._dock("examples", self.tr("Examples"), self.examples),
            "update": self._dock("update", self.tr("Update"), self.update_view),
            "sweep": self._dock("sweep", self.tr("Sweep"), self.sweep),
            "race": self._dock("race", self.tr("Race"), self.race),
        }
        self.docks["backprop"].visibilityChanged.connect(self.backprop.set_in_sight)
        self.docks["update"].visibilityChanged.connect(self.update_view.set_in_sight)
        self.race.isolated.connect(self.contour.isolate)
        self.race.isolated.connect(self.loss_curve.isolate)
        self.race.isolated.connect(self.surface.isolate)
        self.contour.parts_drawn.connect(self.surface.show_arrows)
        self.notice = NoticeBar(self)
        for dock in self.docks.values():  # one that comes to the front would lie over the notice
            dock.visibilityChanged.connect(self._keep_notice_on_top)
            dock.visibilityChanged.connect(self._on_panel_seen)
        self._wheel_turns = QElapsedTimer()
        #: Asked before the window closes; it stays open if the answer is no.
        self.close_guard: Callable[[], bool] = _yes
        self._forced_look: Palette | None = None
        self._colour_map: ColourMap = STANDARD_MAP
        self._digits: int | None = None
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._on_scheme_changed)
        self.apply_look()
        self.arrange()
        self.manners = Manners(self, self.setup)
        for listener in (self, self.manners):  # the one installed last hears of an event first
            QApplication.instance().installEventFilter(listener)  # type: ignore[union-attr]

    @Slot(str)
    def bring_to_front(self, name: str) -> None:
        """Show the panel ``name`` in front of those that share its place."""
        dock = self.docks[name]
        dock.show()
        dock.raise_()

    def _dock(self, name: str, title: str, view: QWidget) -> QDockWidget:
        """Put ``view`` into a panel that can be moved, floated, closed and brought back."""
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        holder = QWidget()
        if name != "setup":
            holder.setObjectName("panel")
            holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(view)
        dock.setWidget(holder)
        return dock

    # -- layout ---------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Fill a laptop's screen, but no more than what is sensible on a large one."""
        available = self.screen().availableGeometry()
        return QSize(min(1680, int(available.width() * 0.96)), min(1000, int(available.height() * 0.94)))

    def arrange(self) -> None:
        """Put all panels where they belong: setup, map and surface over timeline over fit and loss, gradients."""
        d = self.docks
        for dock in d.values():
            dock.setFloating(False)
            self.removeDockWidget(dock)
        area = Qt.DockWidgetArea.LeftDockWidgetArea
        self.addDockWidget(area, d["setup"])
        self.splitDockWidget(d["setup"], d["contour"], Qt.Orientation.Horizontal)
        self.splitDockWidget(d["contour"], d["gradients"], Qt.Orientation.Horizontal)
        self.splitDockWidget(d["contour"], d["timeline"], Qt.Orientation.Vertical)
        self.splitDockWidget(d["timeline"], d["fit"], Qt.Orientation.Vertical)
        self.splitDockWidget(d["contour"], d["surface"], Qt.Orientation.Horizontal)
        self.splitDockWidget(d["fit"], d["loss"], Qt.Orientation.Horizontal)
        self.tabifyDockWidget(d["gradients"], d["backprop"])
        self.tabifyDockWidget(d["backprop"], d["update"])
        self.tabifyDockWidget(d["surface"], d["graph"])
        self.tabifyDockWidget(d["graph"], d["sweep"])
        self.tabifyDockWidget(d["loss"], d["examples"])
        self.tabifyDockWidget(d["fit"], d["race"])
        for dock in d.values():
            dock.show()
        for name in ("gradients", "surface", "loss"):
            d[name].raise_()
        self._share_space()

    def _share_space(self) -> None:
        """Give each panel its share of the window."""
        gaps = 3 * self.style().pixelMetric(QStyle.PixelMetric.PM_DockWidgetSeparatorExtent, None, self)
        d, width, height = self.docks, max(self.width(), 900) - gaps, max(self.height(), 640)
        left = min(290, max(self.setup.minimumWidth(), int(width * 0.185)))
        right = min(420, max(self.gradients.minimumWidth(), int(width * 0.235)))
        middle = width - left - right
        horizontal = Qt.Orientation.Horizontal
        self.resizeDocks(
            [d["setup"], d["contour"], d["surface"], d["gradients"]],
            [left, middle // 2, middle - middle // 2, right],
            horizontal,
        )
        self.resizeDocks([d["fit"], d["loss"]], [middle // 2, middle - middle // 2], horizontal)
        timeline = 110
        rest = height - timeline - 60
        self.resizeDocks(
            [d["contour"], d["timeline"], d["fit"]],
            [int(rest * 0.6), timeline, int(rest * 0.4)],
            Qt.Orientation.Vertical,
        )

    def reset_layout(self) -> None:
        """Bring every panel back to its place."""
        self.arrange()

    @property
    def layout_state(self) -> str:
        """Where the panels are and how large, as text for `open_as`."""
        return as_text(self.saveState(LAYOUT_VERSION))

    @property
    def geometry_state(self) -> str:
        """Where the window is and how large, as text for `open_as`."""
        return as_text(self.saveGeometry())

    def open_as(self, geometry: str, layout: str) -> bool:
        """Show the window as it was left; what doesn't fit on this screen gives way to the standard layout.

        Return whether the layout could be used.
        """
        placed = bool(geometry) and self.restoreGeometry(bytes_of(geometry)) and reachable(self)
        if not placed:
            self.setWindowState(Qt.WindowState.WindowNoState)
            self.resize(self.sizeHint())
        self.show()
        # Only now: the sizes of panels are parts of the window's.
        arranged = placed and bool(layout) and self._restore_layout(bytes_of(layout))
        floating = [dock for dock in self.docks.values() if dock.isFloating() and dock.isVisible()]
        if not arranged or not all(map(reachable, floating)):
            self.arrange()
            if not placed:
                self.resize(self.sizeHint())  # before it was shown it could not be as small
            return False
        return True

    def _restore_layout(self, state: QByteArray) -> bool:
        """Put the panels where ``state`` has them; those that it does not know go behind the gradients."""
        new = [dock for name, dock in self.docks.items() if not knows(state, name)]
        for dock in new:
            self.removeDockWidget(dock)  # else it would keep its place, and the others would have to make room
        restored = self.restoreState(state, LAYOUT_VERSION)
        gradients = self.docks["gradients"]
        for dock in new:
            self.tabifyDockWidget(gradients, dock)
            dock.setVisible(gradients.isVisible() and not gradients.isFloating())
        if new:
            gradients.raise_()
        return restored

    # -- look -----------------------------------------------------------------------------------------------

    @property
    def look(self) -> Palette:
        """The palette in use: the one chosen, else the system's; with the colour map and digits chosen."""
        look = self._forced_look
        if look is None:
            scheme = QGuiApplication.styleHints().colorScheme()
            look = DARK if scheme == Qt.ColorScheme.Dark else LIGHT
        return look_with(look, self._colour_map, self._digits)

    @property
    def forced_look(self) -> Palette | None:
        """The palette chosen; None while the window follows the system."""
        return self._forced_look

    def set_look(self, palette: Palette | None) -> None:
        """Use ``palette``; None follows the system."""
        self._forced_look = palette
        self.apply_look()

    def set_numbers_and_colours(self, digits: int | None, colour_map: ColourMap) -> None:
        """Write numbers with so many digits (None: what suits each place), and paint losses with this map."""
        if (digits, colour_map) != (self._digits, self._colour_map):
            self._digits, self._colour_map = digits, colour_map
            self.apply_look()

    def apply_look(self) -> None:
        """Dress the application and all views."""
        look = self.look
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setPalette(qt_palette(look))
        self.setStyleSheet(style_sheet(look))
        for view in self._panels:
            view.set_palette(look)
        self.look_changed.emit(look)

    @Slot()
    def _keep_notice_on_top(self) -> None:
        self.notice.raise_()

    def _on_scheme_changed(self) -> None:
        self.apply_look()

    # -- showing --------------------------------------------------------------------------------------------

    def render_snapshot(self, new: Snapshot) -> None:
        """Hand the snapshot to every view that can be seen."""
        for view in (*self._panels, self.transport, self.notice):
            view.render_snapshot(new)

    # -- events ---------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice new gestures, tables, and hands on the mouse."""
        kind = event.type()
        if kind in (QEvent.Type.Show, QEvent.Type.Hide) and isinstance(watched, QHeaderView):
            (self.header_shown if kind == QEvent.Type.Show else self.header_hidden).emit(watched)
        if kind in _GESTURES:
            self._notice_gesture(kind, event)
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
            self.hand_moved.emit(kind == QEvent.Type.MouseButtonPress)
        return super().eventFilter(watched, event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab go on from the field that let go of the keyboard last, and past panels that lie behind others."""
        self.manners.come_back_to_the_field()
        begun = self.focusWidget()
        moved = super().focusNextPrevChild(forward)
        while moved and self.focusWidget() is not begun and self._lies_behind(self.focusWidget()):
            moved = super().focusNextPrevChild(forward)
        return moved

    def _lies_behind(self, widget: QWidget | None) -> bool:
        """Whether ``widget`` is in a panel behind another, or is a bar of tabs that Qt keeps for later, out of sight.

        To Qt both are visible all the same.
        """
        if widget is None:
            return False
        if isinstance(widget, QTabBar):
            return widget.visibleRegion().isEmpty()
        return any(dock.isAncestorOf(widget) for dock in self._behind)

    @Slot(bool)
    def _on_panel_seen(self, seen: bool) -> None:
        """Take the keys from a panel that goes behind another: what can't be seen is not to be changed by them."""
        dock = self.sender()
        assert isinstance(dock, QDockWidget)
        (self._behind.discard if seen else self._behind.add)(dock)
        typing: QWidget | None = self.focusWidget()
        if not seen and typing is not None and dock.isAncestorOf(typing):
            typing.clearFocus()

    def _notice_gesture(self, kind: QEvent.Type, event: QEvent) -> None:
        """Tell when a press or a turn begins; keys that repeat and the wheel in motion go on with what they do."""
        if kind == QEvent.Type.Wheel:
            begins = not self._wheel_turns.isValid() or self._wheel_turns.elapsed() > WHEEL_REST
            self._wheel_turns.start()
        else:
            begins = not (isinstance(event, QKeyEvent) and event.isAutoRepeat())
        if begins:
            self.gesture_began.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if event.mimeData().hasUrls() and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the first file dropped."""
        event.acceptProposedAction()
        self.file_dropped.emit(event.mimeData().urls()[0].toLocalFile())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say that the window goes, so that the threads can be ended; unless there is something to ask first."""
        if not self.close_guard():
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)
