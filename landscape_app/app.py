"""The composition root: the only place that connects the window, the engine, and the export."""

import os
import signal
import sys
from math import inf, isfinite
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from landscape_app.change_titles import change_title
from landscape_app.data_desk import DataDesk
from landscape_app.engine.session import Session
from landscape_app.exporting import Exporter
from landscape_app.helping import HelpDesk, about_the_machine
from landscape_app.keeping import Keeper
from landscape_app.main_window import MainWindow
from landscape_app.menus import Menus
from landscape_app.opening import Opener, existing
from landscape_app.preference_store import PreferenceStore
from landscape_app.preferences import Preferences
from landscape_app.remembering import Remembering
from landscape_app.session.config import DataConfig, Experiment, ViewConfig, default_experiment
from landscape_app.session.snapshot import Snapshot
from landscape_app.sweeping import SweepDesk
from landscape_app.trouble import Watch
from landscape_app.views.look_ahead import LookAheadDialog
from landscape_app.views.point_kind import PointDialog
from landscape_app.views.surface_camera import Camera


class Explorer(QObject):
    """One window with its session."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = PreferenceStore()
        self.store.load()
        self.session = Session(_first_experiment(self.store.current.grid), parent=self)
        self.window = MainWindow()
        self.menus = Menus(self.window)
        self.exporter = Exporter(self.session, self.window, self)
        self.exporter.folder = Path(existing(self.store.current.export_folder) or Path.cwd())
        self.memory = Remembering(self.store, self.window, self.menus.actions, self)
        self.keeper = Keeper(self.session, self.window, self.view_now, self)
        self.desk = DataDesk(self.session, self.window, self)
        self.opener = Opener(self.session, self.window, self.menus, self.keeper, self.desk, self.store, self)
        self.help = HelpDesk(self.session, self.window, self.menus, self)
        self.sweeps = SweepDesk(self.session, self.window, self.menus, self)
        self._gestures = 0
        self._point_dialog: PointDialog | None = None
        self._connect()
        self.window.render_snapshot(self.session.snapshot)
        self.menus.render_snapshot(self.session.snapshot)
        self.memory.start()

    def _connect(self) -> None:
        s, w = self.session, self.window
        s.snapshot_changed.connect(w.render_snapshot)
        w.contour.start_requested.connect(s.set_start_on_map)
        w.contour.range_requested.connect(s.set_ranges)
        w.contour.ghost_watched.connect(s.watch_noise)
        d = self.desk
        w.data_fit.example_moved.connect(d.move_example)
        w.data_fit.example_added.connect(d.add_example)
        w.data_fit.example_removed.connect(d.remove_example)
        race = w.race
        race.add_requested.connect(s.add_rival)
        race.rules_requested.connect(s.add_rule_rivals)
        race.duplicate_requested.connect(s.duplicate_rival)
        race.remove_requested.connect(s.remove_rival)
        race.take_requested.connect(s.take_rival)
        race.gather_requested.connect(s.gather_rivals)
        race.change_requested.connect(s.change_rival)
        race.name_requested.connect(s.name_run)
        race.unit_requested.connect(s.race_by)
        bar = w.contour.plane_bar
        bar.axes_requested.connect(s.set_axes)
        bar.kind_requested.connect(s.set_plane_kind)
        bar.renew_requested.connect(s.renew_plane)
        bar.hold_requested.connect(s.hold_slice)
        t = w.transport
        t.step_requested.connect(self._on_step)
        t.back_requested.connect(self._on_back)
        t.play_requested.connect(s.play)
        t.pause_requested.connect(s.pause)
        t.cursor_requested.connect(s.go_to)
        t.reset_requested.connect(s.reset)
        t.speed_requested.connect(s.player.set_speed)
        t.run_to_requested.connect(self._on_run_to)
        t.run_until_requested.connect(self._on_run_until)
        w.loss_curve.cursor_requested.connect(s.go_to)
        w.loss_curve.sharpness_watched.connect(s.watch_sharpness)
        w.loss_curve.sharpness.stop_requested.connect(s.stop_sharpness)
        w.gradients.cursor_requested.connect(s.go_to)
        w.backprop.walk_requested.connect(s.walk)
        w.backprop.term_requested.connect(s.take_in_hand)
        w.backprop.panel_requested.connect(w.bring_to_front)
        w.backprop.check_requested.connect(s.check_gradient)
        w.backprop.watched.connect(s.watch_gradient)
        w.graph.term_requested.connect(s.take_in_hand)
        for view in (w.gradients, w.backprop, w.graph, w.examples):
            view.entry_requested.connect(self._on_entry)
        for picking in (w.data_fit, w.graph, w.examples):
            picking.example_requested.connect(self._on_example)
        setup = w.setup
        setup.data.data_edited.connect(self._on_data)
        setup.data.open_requested.connect(self.opener.choose)
        setup.data.edit_requested.connect(self.desk.edit_present)
        setup.data.preview_requested.connect(self.desk.preview_present)
        setup.model.model_edited.connect(self._on_model)
        setup.start.start_edited.connect(self._on_start)
        setup.start.theta_edited.connect(s.set_start)
        setup.optimizer.setting_edited.connect(s.change_setting)
        setup.optimizer.stability.watched.connect(self._on_ruler_watched)
        setup.optimizer.stability.look_requested.connect(s.look_at_point)
        w.status.stop_requested.connect(s.stop)
        w.status.go_on_requested.connect(s.go_on_refining)
        w.notice.dismissed.connect(s.dismiss_notice)
        w.notice.back_requested.connect(s.go_to)
        w.notice.go_on_requested.connect(s.go_on_with)
        w.notice.reset_requested.connect(s.reset)
        w.closing.connect(self.shut_down)
        self.memory.problem_met.connect(self._on_settings_problem)
        self.memory.changed.connect(self._on_preferences)
        self.exporter.folder_used.connect(self._on_export_folder)
        w.gesture_began.connect(self._on_gesture)
        w.hand_moved.connect(s.hold_still)
        w.close_guard = self.keeper.ask_before_closing
        k = self.keeper
        k.may_close.connect(w.close)
        k.changed.connect(self._on_kept)
        k.view_wanted.connect(self.look_as_in)
        s.snapshot_changed.connect(self._name_changes)
        s.snapshot_changed.connect(self.menus.render_snapshot)
        a = self.menus.actions
        a["undo"].triggered.connect(s.undo)
        a["redo"].triggered.connect(s.redo)
        a["look_ahead"].triggered.connect(self._on_look_ahead)
        a["point_kind"].triggered.connect(self._on_point_kind)
        a["save"].triggered.connect(k.save)
        a["save_as"].triggered.connect(k.save_as)
        d = self.desk
        a["paste"].triggered.connect(d.paste)
        a["edit_data"].triggered.connect(d.edit_present)
        a["new_data"].triggered.connect(d.type_new)
        a["preview"].triggered.connect(d.preview_present)
        a["save_data"].triggered.connect(d.ask_and_save)
        for what in ("contour", "surface", "gradients", "trajectory"):
            a[f"export_{what}"].setData(what)
            a[f"export_{what}"].triggered.connect(self._on_export)

    # -- intents that need more than a method of the session ------------------------------------------------

    @Slot()
    def _on_step(self) -> None:
        self.session.step()

    @Slot()
    def _on_back(self) -> None:
        self.session.step_back()

    @Slot(int)
    def _on_run_to(self, iteration: int) -> None:
        self.session.run_until(iteration=iteration)

    @Slot(float)
    def _on_run_until(self, tolerance: float) -> None:
        self.session.run_until(tolerance=tolerance)

    @Slot()
    def _on_look_ahead(self) -> None:
        self.session.pause()
        dialog = LookAheadDialog(self.session.snapshot, self.window)
        dialog.start_requested.connect(self.session.set_start)
        self.session.snapshot_changed.connect(dialog.render_snapshot)
        dialog.open()

    @Slot()
    def _on_point_kind(self) -> None:
        if self._point_dialog is None:
            self._point_dialog = dialog = PointDialog(self.window.look, self.window)
            dialog.look_requested.connect(self.session.look_at_point)
            self.window.look_changed.connect(dialog.set_palette)
            dialog.finished.connect(self._on_point_closed)
            self.session.snapshot_changed.connect(dialog.render_snapshot)
            dialog.render_snapshot(self.session.snapshot)
            dialog.show()
            self.session.watch_curvature("dialog", True)
        self._point_dialog.raise_()
        self._point_dialog.activateWindow()

    @Slot()
    def _on_point_closed(self) -> None:
        self._point_dialog = None
        self.session.watch_curvature("dialog", False)

    @Slot(bool)
    def _on_ruler_watched(self, watched: bool) -> None:
        self.session.watch_curvature("ruler", watched)

    @Slot(int)
    def _on_entry(self, entry: int) -> None:
        """Open an entry of the gradient, and show where it comes from; -1 closes it."""
        self.session.open_entry(entry if entry >= 0 else None)
        if entry >= 0:
            self.window.bring_to_front("examples")

    @Slot(int)
    def _on_example(self, example: int) -> None:
        """Pick an example; -1 puts it down."""
        self.session.pick_example(example if example >= 0 else None)

    @Slot(object)
    def _on_data(self, data: DataConfig) -> None:
        self.session.configure(self.session.snapshot.wanted.but(data=data))

    @Slot(object)
    def _on_model(self, model: object) -> None:
        self.session.configure(self.session.snapshot.wanted.but(model=model))

    @Slot(object)
    def _on_start(self, start: object) -> None:
        self.session.configure(self.session.snapshot.wanted.but(start=start))

    @Slot()
    def _on_gesture(self) -> None:
        self._gestures += 1
        self.session.gesture = self._gestures

    @Slot(object)
    def _name_changes(self, shown: Snapshot) -> None:
        """Say in the menu what would be taken back or made again."""
        for name, change, empty, full in (
            ("undo", shown.undo, self.tr("&Undo"), self.tr("&Undo: {0}")),
            ("redo", shown.redo, self.tr("&Redo"), self.tr("&Redo: {0}")),
        ):
            action = self.menus.actions[name]
            text = full.format(change_title(change)) if change else empty
            if text != action.text():
                action.setText(text)
                action.setStatusTip(text.replace("&", ""))
            action.setEnabled(bool(change))

    # -- how it is looked at --------------------------------------------------------------------------------

    def view_now(self) -> ViewConfig:
        """Return what a session keeps of how the experiment is looked at."""
        shown, camera, speed = self.session.snapshot, self.window.surface.camera, self.session.player.speed
        seen = shown.map_view
        return ViewConfig(
            cursor=shown.cursor,
            x_range=seen.x_range if seen.automatic else None,
            y_range=seen.y_range if seen.automatic else None,
            camera=(camera.azimuth, camera.elevation, camera.zoom),
            log_height=self.window.surface.log_height,
            speed=speed if isfinite(speed) else None,
            race_by=self.session.race_unit,
        )

    @Slot(object)
    def look_as_in(self, view: ViewConfig) -> None:
        """Turn the surface and set the speed as they were when a session was saved."""
        surface = self.window.surface
        surface.set_log_height(view.log_height)
        if view.camera is not None:
            surface.look_from(Camera(*view.camera))
        self.window.transport.set_speed(inf if view.speed is None else view.speed)
        self.session.race_by(view.race_by)

    @Slot()
    def _on_kept(self) -> None:
        """Name the session in the window's title."""
        path = self.keeper.path
        name = self.window.tr("Loss landscape explorer")
        self.window.setWindowTitle(name if path is None else f"{path.stem}[*] – {name}")
        self.window.setWindowModified(self.keeper.modified)

    # -- files ----------------------------------------------------------------------------------------------

    def open_path(self, path: str) -> None:
        """Open a file with a table, or a session; a bad one changes nothing."""
        self.opener.open(path)

    @Slot()
    def _on_export(self) -> None:
        self.exporter.ask(self.sender().data())  # type: ignore[attr-defined]

    # -- what is remembered ---------------------------------------------------------------------------------

    @Slot(str)
    def _on_settings_problem(self, sentence: str) -> None:
        self.session.notify(sentence, "warning")

    @Slot(object)
    def _on_preferences(self, preferences: Preferences) -> None:
        self.exporter.colour_map = preferences.colour_map
        self.opener.follow(preferences)

    @Slot(str)
    def _on_export_folder(self, folder: str) -> None:
        self.store.change(export_folder=folder)

    @Slot()
    def shut_down(self) -> None:
        """End the threads; safe to call twice."""
        self.memory.shut_down()
        self.exporter.shut_down()
        self.keeper.shut_down()
        self.desk.shut_down()
        self.opener.shut_down()
        self.session.shut_down()


def _first_experiment(grid: int) -> Experiment:
    """Return what the window opens with, on a map of so many nodes along each side."""
    experiment = default_experiment()
    shown: Experiment = experiment.but(plane=experiment.plane.but(grid=grid))
    return shown


def run_window(path: str | None = None, quit_after: float | None = None) -> int:
    """Open the window, with a file if there is one; return the exit status.

    ``quit_after`` closes it after so many seconds, for checks that it starts.
    """
    watch = Watch()
    # A floated dock gets a window of its own: without shared contexts the surface would lose its textures.
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    QGuiApplication.setDesktopFileName("landscape-app")
    application = QApplication([sys.argv[0]])
    application.setApplicationName("landscape-app")
    application.setApplicationDisplayName("Loss landscape explorer")
    application.setStyle("Fusion")
    explorer = Explorer()
    watch.tell_in(explorer.window, about_the_machine)
    explorer.memory.show_window()
    if path is not None:
        explorer.open_path(path)
    else:
        explorer.opener.offer_recovery()
    if quit_after is not None:
        QTimer.singleShot(int(quit_after * 1000), explorer.window.close)
    if os.name == "posix":
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    status = application.exec()
    explorer.shut_down()
    watch.stop()
    return status
