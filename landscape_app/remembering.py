"""Brings what is remembered into the window, and what changes in the window back to what is remembered."""

from collections.abc import Mapping
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHeaderView

from landscape_app.main_window import MainWindow
from landscape_app.preference_store import PreferenceStore
from landscape_app.preferences import Columns, Preferences
from landscape_app.views.key_tips import KeyTips
from landscape_app.views.keys import Keys
from landscape_app.views.palette import DARK, LIGHT, Palette

if TYPE_CHECKING:
    from landscape_app.views.settings import SettingsDialog

#: Milliseconds after a change in which further ones are awaited before the file is written.
SOON = 800
LOOKS: dict[str, Palette | None] = {"system": None, "light": LIGHT, "dark": DARK}


class Remembering(QObject):
    """Stands between the store and a window with its ``actions`` (by name); knows nothing of the engine.

    Tables take part whose object name ends in ``_table``: the widths of their columns, and which are hidden.
    """

    #: A sentence about a file that can't be read or written.
    problem_met = Signal(str)
    #: The preferences after a change.
    changed = Signal(object)

    def __init__(
        self,
        store: PreferenceStore,
        window: MainWindow,
        actions: Mapping[str, QAction],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.store, self._window, self._actions = store, window, actions
        panels = {f"panel_{name}": dock.toggleViewAction() for name, dock in window.docks.items()}
        self.keys = Keys({**actions, **panels}, window.menuBar(), self)
        # Not the surface's: what it calls Home is a key of its own.
        self._tips = KeyTips(self.keys, (window.transport, window.setup, window.contour, window.backprop), self)
        self._standard_layout = ""
        self._dialog: SettingsDialog | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON)
        self._soon.timeout.connect(self.save)
        self._apply(Preferences(), store.current)
        self._connect()

    def _connect(self) -> None:
        self.store.listeners.append(self._on_changed)
        w = self._window
        w.surface.log_height_changed.connect(self._on_log_height)
        w.transport.speed_requested.connect(self._on_speed)
        w.header_shown.connect(self._on_header_shown)
        w.header_hidden.connect(self._on_header_hidden)
        w.closing.connect(self._on_closing)
        for theme in LOOKS:
            self._actions[f"look_{theme}"].triggered.connect(self._on_look)
        self._actions["reset_layout"].triggered.connect(self._on_layout_reset)
        self._actions["settings"].triggered.connect(self.open_settings)

    # -- from what is remembered into the window ------------------------------------------------------------

    def start(self) -> None:
        """Set what others must hear of: call this when the window is connected."""
        remembered = self.store.current
        self._window.surface.set_log_height(remembered.log_height)
        self._window.transport.set_speed(inf if remembered.speed is None else remembered.speed)
        self.changed.emit(remembered)
        self._tell_problem()

    def show_window(self) -> None:
        """Show the window as it was left."""
        remembered = self.store.current
        if not self._window.open_as(remembered.geometry, remembered.layout):
            self._standard_layout = self._window.layout_state
        self._actions["full_screen"].setChecked(self._window.isFullScreen())

    def _tell_problem(self) -> None:
        problem = self.store.take_problem()
        if problem:
            self.problem_met.emit(problem)

    def _apply(self, before: Preferences, after: Preferences) -> None:
        look = LOOKS[after.theme]
        if after.theme != before.theme:
            self._actions[f"look_{after.theme}"].setChecked(True)
            if look is not self._window.forced_look:  # else it was chosen in the menu
                self._window.set_look(look)
        self._window.set_numbers_and_colours(after.digits, after.colour_map)
        if after.keys != before.keys:
            self.keys.apply(after.keys)

    def _on_changed(self, before: Preferences, after: Preferences) -> None:
        self._apply(before, after)
        self._soon.start()
        if self._dialog is not None:
            self._dialog.show_preferences(after)
        self.changed.emit(after)

    # -- from the window to what is remembered --------------------------------------------------------------

    @Slot()
    def _on_look(self) -> None:
        chosen = next(theme for theme in LOOKS if self._actions[f"look_{theme}"].isChecked())
        self.store.change(theme=chosen)

    @Slot(bool)
    def _on_log_height(self, log_height: bool) -> None:
        self.store.change(log_height=log_height)

    @Slot(float)
    def _on_speed(self, speed: float) -> None:
        self.store.change(speed=speed if isfinite(speed) else None)

    @Slot()
    def _on_layout_reset(self) -> None:
        """Forget where everything was: from now on the standard counts, until something is moved."""
        self._standard_layout = self._window.layout_state
        self.store.change(layout="", geometry="", columns={})

    @Slot(QHeaderView)
    def _on_header_shown(self, header: QHeaderView) -> None:
        kept = self.store.current.columns.get(_table_name(header))
        if kept is None or len(kept.widths) != header.count():
            return
        for position, width in enumerate(kept.widths):
            header.setSectionHidden(position, position in kept.hidden)
            if width > 0 and position not in kept.hidden:
                header.resizeSection(position, width)

    @Slot(QHeaderView)
    def _on_header_hidden(self, header: QHeaderView) -> None:
        name = _table_name(header)
        if not name or not header.count():
            return
        positions = range(header.count())
        hidden = tuple(position for position in positions if header.isSectionHidden(position))
        columns = Columns(widths=tuple(header.sectionSize(position) for position in positions), hidden=hidden)
        self.store.change(columns={**self.store.current.columns, name: columns})

    @Slot()
    def _on_closing(self) -> None:
        layout = self._window.layout_state
        if layout == self._standard_layout:
            layout = ""
        self.store.change(layout=layout, geometry=self._window.geometry_state)
        self.shut_down()

    @Slot()
    def save(self) -> None:
        """Write what has changed, and tell if that is impossible."""
        self.store.save()
        self._tell_problem()

    @Slot()
    def shut_down(self) -> None:
        """Write what has changed, and end; safe to call twice."""
        self._soon.stop()
        self.store.save()

    # -- the dialog -----------------------------------------------------------------------------------------

    @Slot()
    def open_settings(self) -> None:
        """Open the settings, or bring them to the front."""
        if self._dialog is None:
            from landscape_app.views.settings import SettingsDialog  # only now: the window opens sooner

            self._dialog = SettingsDialog(self.store.current, self.keys, self._window)
            self._dialog.set_palette(self._window.look)
            self._dialog.change_requested.connect(self._on_settings)
            self._dialog.finished.connect(self._on_settings_closed)
            self._window.look_changed.connect(self._dialog.set_palette)
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    @Slot(object)
    def _on_settings(self, fields: dict[str, Any]) -> None:
        self.store.change(**fields)

    @Slot()
    def _on_settings_closed(self) -> None:
        self._dialog = None


def _table_name(header: QHeaderView) -> str:
    """Return the name under which a table's columns are remembered; empty if they are not."""
    table = header.parentWidget()
    if table is None or header.orientation() != Qt.Orientation.Horizontal or not header.isVisibleTo(table):
        return ""
    name = table.objectName()
    return name if name.endswith("_table") else ""
