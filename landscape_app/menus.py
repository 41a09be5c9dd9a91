"""The menu bar: every action of the window, with its key."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QPushButton

from landscape_app.core.models import MODELS
from landscape_app.core.optimizers import LIBRARIES, OPTIMIZERS
from landscape_app.main_window import MainWindow
from landscape_app.session.held import can_be_held
from landscape_app.session.noise import in_batches
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.palette import DARK, LIGHT, Palette


class Menus(QObject):
    """Builds the menus of ``window``; ``actions`` holds each by its name, for connecting and for tests."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.actions: dict[str, QAction] = {}
        self._file()
        self._edit()
        self._run()
        self._experiment()
        self._landscape()
        self._view()
        self._help()

    def _add(
        self, menu: QMenu, name: str, text: str, key: str | None = None, slot: Callable[..., Any] | None = None
    ) -> QAction:
        action = QAction(text, self._window)
        if key is not None:
            action.setShortcut(QKeySequence(key))
        action.setStatusTip(text.replace("&", ""))
        if slot is not None:
            action.triggered.connect(slot)
        menu.addAction(action)
        self.actions[name] = action
        return action

    def _menu(self, title: str) -> QMenu:
        return self._window.menuBar().addMenu(title)

    def _file(self) -> None:
        menu = self._menu(self.tr("&File"))
        self._add(menu, "open", self.tr("&Open data or session…"), "Ctrl+O")
        self.recent = menu.addMenu(self.tr("Open &recent"))
        self.recent.setToolTipsVisible(True)
        self._add(menu, "recover", self.tr("Re&cover unsaved work")).setVisible(False)
        menu.addSeparator()
        self._add(menu, "save", self.tr("Sa&ve session"), "Ctrl+S")
        self._add(menu, "save_as", self.tr("Save session &as…"), "Ctrl+Alt+S")
        self._add(menu, "save_data", self.tr("Save &data as CSV…"), "Ctrl+Alt+D")
        menu.addSeparator()
        self._add(menu, "export_contour", self.tr("Export loss &map…"), "Ctrl+Shift+M")
        self._add(menu, "export_surface", self.tr("Export &surface…"), "Ctrl+Shift+S")
        self._add(menu, "export_gradients", self.tr("Export &gradients…"), "Ctrl+Shift+G")
        self._add(menu, "export_trajectory", self.tr("Export &trajectory as CSV…"), "Ctrl+E")
        self._add(menu, "save_sweep", self.tr("Export the s&weep as CSV…"))
        menu.addSeparator()
        self._add(menu, "quit", self.tr("&Quit"), "Ctrl+Q", self._window.close)

    def _edit(self) -> None:
        menu = self._menu(self.tr("E&dit"))
        self._add(menu, "undo", self.tr("&Undo"), "Ctrl+Z").setEnabled(False)
        self._add(menu, "redo", self.tr("&Redo"), "Ctrl+Shift+Z").setEnabled(False)
        menu.addSeparator()
        self._add(menu, "paste", self.tr("&Paste data"), "Ctrl+V")
        self._add(menu, "edit_data", self.tr("&Edit the data's values…"), "Ctrl+Shift+E")
        self._add(menu, "new_data", self.tr("&Type new data…"))
        hand = self._window.data_fit.hand
        self._add(menu, "add_example", self.tr("A&dd an example"), None, hand.inserted.emit)
        self._add(menu, "remove_example", self.tr("Take the picked example &away"), None, hand.deleted.emit)
        self._add(menu, "preview", self.tr("&How the data were read…"))
        menu.addSeparator()
        self._add(menu, "settings", self.tr("&Settings…"), "Ctrl+,")

    def _race(self, menu: QMenu) -> None:
        race = self._window.race
        self._add(menu, "race_add", self.tr("&Add this run to the race"), "R", self._add_to_race)
        self._add(menu, "race_rules", self.tr("Race all r&ules"), "Shift+R", self._race_rules)
        self._add(menu, "race_take", self.tr("Take the chosen run &in hand"), None, race.take_button.click)
        self._add(menu, "race_duplicate", self.tr("&Duplicate the chosen run"), None, race.copy_button.click)
        self._add(menu, "race_remove", self.tr("&Remove the chosen run"), None, race.remove_button.click)
        self._add(menu, "race_gather", self.tr("All runs from &this start"), None, race.gather_requested.emit)
        menu.aboutToShow.connect(race.catch_up)
        race.buttons_changed.connect(self._show_race_actions)
        self._show_race_actions()

    def _show_race_actions(self) -> None:
        """Offer what can be done with the chosen run."""
        race = self._window.race
        for name, button in (
            ("race_take", race.take_button),
            ("race_duplicate", race.copy_button),
            ("race_remove", race.remove_button),
        ):
            self.actions[name].setEnabled(button.isEnabled())
        self.actions["race_gather"].setEnabled(race.elsewhere)

    def _inside(self, menu: QMenu) -> None:
        window = self._window
        self._add(menu, "next_term", self.tr("&Next term"), ".", self._next_term)
        self._add(menu, "term_before", self.tr("Term &before"), ",", self._term_before)
        self._add(menu, "check_gradient", self.tr("&Check the gradient"), "Ctrl+Shift+X", self._check)
        menu.addSeparator()
        self._add(menu, "largest_entry", self.tr("Examples of the &largest gradient"), "Ctrl+Shift+L", self._largest)
        self._add(menu, "close_entry", self.tr("Close &the gradient"), None, window.examples.close_button.click)
        self._add(menu, "drop_example", self.tr("&Put the picked example down"), None, self._drop_example)

    def _check(self) -> None:
        """Check the gradient, where one sees what comes of it."""
        self._window.bring_to_front("backprop")
        self._window.backprop.check_requested.emit()

    def _largest(self) -> None:
        self._window.bring_to_front("examples")
        self._window.examples.largest_button.click()

    def _drop_example(self) -> None:
        self._window.data_fit.example_requested.emit(-1)

    @Slot(object)
    def render_snapshot(self, new: Snapshot) -> None:
        """Offer what can be done: what is greyed would do nothing."""
        data = new.problem.data
        for name, possible in (
            ("add_example", data.n == 1 and can_be_held(data)),
            ("remove_example", new.example is not None and can_be_held(data)),
            ("close_entry", new.entry is not None),
            ("drop_example", new.example is not None),
            ("batch_ghost", in_batches(new)),
        ):
            action = self.actions[name]
            if action.isEnabled() != possible:
                action.setEnabled(possible)

    def _run(self) -> None:
        menu, t = self._menu(self.tr("&Run")), self._window.transport
        self._add(menu, "play", self.tr("&Play or pause"), "Space", t.toggle)
        self._add(menu, "step", self.tr("&Step forward"), "Right", t.step_requested.emit)
        self._add(menu, "back", self.tr("Step &back"), "Left", t.back_requested.emit)
        self._add(menu, "first", self.tr("To the &start"), "Home", t.first_button.click)
        self._add(menu, "last", self.tr("To the last &recorded iteration"), "End", t.last_button.click)
        menu.addSeparator()
        self._add(menu, "run_to", self.tr("Run to &iteration"), "Ctrl+G", t.run_to_goal)
        self._add(menu, "run_until", self.tr("Run until the gradient is s&mall"), "Ctrl+T", t.run_to_tolerance)
        self._add(menu, "look_ahead", self.tr("Look a&head…"), "Ctrl+Shift+T")
        self._add(menu, "point_kind", self.tr("What &kind of point is this?…"), "Ctrl+K")
        curvature = self.tr("Largest &curvature by iteration")
        curve = self._add(menu, "sharpness", curvature, "Ctrl+Shift+K", self._curvature)
        curve.setCheckable(True)
        self._window.loss_curve.sharpness_button.toggled.connect(curve.setChecked)
        self._inside(menu.addMenu(self.tr("I&nside the iteration")))
        self._race(menu.addMenu(self.tr("Ra&ce")))
        self._add(menu, "search", self.tr("Random search &beside descent…"), "Ctrl+Shift+B")
        self._add(menu, "sweep", self.tr("S&weep two settings…"), "Ctrl+Shift+W")
        self._add(menu, "reset", self.tr("Rese&t"), "Ctrl+R", t.reset_requested.emit)
        menu.addSeparator()
        self._add(menu, "faster", self.tr("&Faster"), "]", self._faster)
        self._add(menu, "slower", self.tr("S&lower"), "[", self._slower)
        menu.addSeparator()
        self._add(menu, "rate_up", self.tr("&Raise the learning rate by a quarter"), "Ctrl+Up", self._raise_rate)
        self._add(menu, "rate_down", self.tr("L&ower the learning rate by a fifth"), "Ctrl+Down", self._lower_rate)

    def _curvature(self) -> None:
        """Show or hide the curve of the largest curvature, where one sees it."""
        self._window.bring_to_front("loss")
        self._window.loss_curve.sharpness_button.click()

    def _add_to_race(self) -> None:
        self._show_race()
        self._window.race.add_button.click()

    def _race_rules(self) -> None:
        self._show_race()
        self._window.race.rules_button.click()

    def _show_race(self) -> None:
        self._window.bring_to_front("race")

    def _next_term(self) -> None:
        self._walk(self._window.backprop.next_button)

    def _term_before(self) -> None:
        self._walk(self._window.backprop.back_button)

    def _walk(self, button: QPushButton) -> None:
        """Walk on, where one sees it."""
        self._window.bring_to_front("backprop")
        button.click()

    def _faster(self) -> None:
        self._window.transport.change_speed(1)

    def _slower(self) -> None:
        self._window.transport.change_speed(-1)

    def _raise_rate(self) -> None:
        self._window.setup.optimizer.scale_rate(1.25)

    def _lower_rate(self) -> None:
        self._window.setup.optimizer.scale_rate(0.8)

    def _experiment(self) -> None:
        menu, setup = self._menu(self.tr("&Experiment")), self._window.setup
        models = menu.addMenu(self.tr("&Model"))
        for number, model in enumerate(MODELS.values(), start=1):
            action = self._add(models, f"model_{model.name}", model.title, f"Ctrl+{number}", self._on_model)
            action.setData(model.name)
        rules = menu.addMenu(self.tr("&Optimizer"))
        for number, rule in enumerate(OPTIMIZERS.values(), start=1):
            action = self._add(rules, f"rule_{rule.name}", rule.title, f"Alt+{number}", self._on_rule)
            action.setData(rule.name)
        libraries = menu.addMenu(self.tr("R&ule as in"))
        for semantics, title in LIBRARIES.items():
            self._add(libraries, f"semantics_{semantics}", title, None, self._on_semantics).setData(semantics)
        schedules = menu.addMenu(self.tr("&Learning-rate schedule"))
        for kind, title in setup.optimizer.schedule.titles.items():
            self._add(schedules, f"schedule_{kind}", title, None, self._on_schedule).setData(kind)
        menu.addSeparator()
        self._add(menu, "resample", self.tr("&Resample the data"), "Ctrl+D", setup.data.resample)
        self._add(menu, "standardise", self.tr("&Standardise features"), "Ctrl+Shift+D", setup.data.toggle_scale)
        self._add(menu, "random_start", self.tr("Random s&tart"), "Ctrl+N", setup.start.randomise)
        self._add(menu, "type_start", self.tr("T&ype the start…"), "Ctrl+Shift+N", setup.start.open_table)

    def _on_model(self) -> None:
        self._window.setup.model.choose(self.sender().data())  # type: ignore[attr-defined]

    def _on_rule(self) -> None:
        self._window.setup.optimizer.choose(self.sender().data())  # type: ignore[attr-defined]

    def _on_semantics(self) -> None:
        self._window.setup.optimizer.setting_edited.emit("semantics", self.sender().data())  # type: ignore[attr-defined]

    def _on_schedule(self) -> None:
        self._window.setup.optimizer.schedule.choose(self.sender().data())  # type: ignore[attr-defined]

    def _landscape(self) -> None:
        menu, contour, surface = self._menu(self.tr("&Landscape")), self._window.contour, self._window.surface
        self._add(menu, "zoom_in", self.tr("Zoom &in"), "Ctrl++", contour.zoom_in)
        self._add(menu, "zoom_out", self.tr("Zoom &out"), "Ctrl+-", contour.zoom_out)
        self._add(menu, "reset_map", self.tr("&Reset the map"), "Ctrl+0", contour.reset_view)
        menu.addSeparator()
        bar = contour.plane_bar
        planes = menu.addMenu(self.tr("&Plane of the map"))
        for kind, title, tip in bar.kinds():
            action = self._add(planes, f"plane_{kind}", title, None, self._on_plane)
            action.setData(kind)
            action.setStatusTip(tip)
        self._add(menu, "renew_plane", self.tr("Re&new the directions"), "Ctrl+Shift+R", bar.renew_requested.emit)
        self._add(menu, "hold_slice", self.tr("&Hold the slice, or let it follow"), "H", bar.hold.click)
        self._add(menu, "update_parts", self.tr("Parts of the &update"), "U", contour.parts_button.click)
        self._add(menu, "batch_ghost", self.tr("What the &batch sees"), "B", contour.ghost_button.click)
        menu.addSeparator()
        nudges = menu.addMenu(self.tr("&Nudge the start"))
        for name, text, key, move in (
            ("left", self.tr("&Left"), "Left", (-0.01, 0.0)),
            ("right", self.tr("&Right"), "Right", (0.01, 0.0)),
            ("up", self.tr("&Up"), "Up", (0.0, 0.01)),
            ("down", self.tr("&Down"), "Down", (0.0, -0.01)),
        ):
            self._add(nudges, f"nudge_{name}", text, f"Shift+{key}", self._on_nudge).setData(move)
        turns = menu.addMenu(self.tr("&Turn the surface"))
        for name, text, key, turn in (
            ("left", self.tr("&Left"), "Left", (-10.0, 0.0)),
            ("right", self.tr("&Right"), "Right", (10.0, 0.0)),
            ("up", self.tr("&Up"), "Up", (0.0, 10.0)),
            ("down", self.tr("&Down"), "Down", (0.0, -10.0)),
        ):
            self._add(turns, f"turn_{name}", text, f"Alt+{key}", self._on_turn).setData(turn)
        self._add(menu, "reset_surface", self.tr("Reset the &surface's view"), "Alt+0", surface.reset_camera)
        log = self._add(menu, "log_height", self.tr("&Logarithmic height"), "Ctrl+L")
        log.setCheckable(True)
        log.setChecked(True)
        log.toggled.connect(surface.set_log_height)
        surface.log_height_changed.connect(log.setChecked)

    def _on_plane(self) -> None:
        self._window.contour.plane_bar.kind_requested.emit(self.sender().data())  # type: ignore[attr-defined]

    def _on_nudge(self) -> None:
        self._window.contour.nudge(*self.sender().data())  # type: ignore[attr-defined]

    def _on_turn(self) -> None:
        self._window.surface.orbit(*self.sender().data())  # type: ignore[attr-defined]

    def _view(self) -> None:
        menu = self._menu(self.tr("&View"))
        for number, dock in enumerate(self._window.docks.values(), start=1):
            action = dock.toggleViewAction()
            if number <= 9:
                action.setShortcut(QKeySequence(f"Ctrl+Alt+{number}"))
            menu.addAction(action)
        self._add(menu, "reset_layout", self.tr("&Reset layout"), "Ctrl+Alt+0", self._window.reset_layout)
        menu.addSeparator()
        looks = QActionGroup(self)
        for name, text, palette in (
            ("look_system", self.tr("Look of the &system"), None),
            ("look_light", self.tr("&Light"), LIGHT),
            ("look_dark", self.tr("&Dark"), DARK),
        ):
            action = self._add(menu, name, text, None, self._on_look)
            action.setCheckable(True)
            action.setData(palette)
            looks.addAction(action)
        self.actions["look_system"].setChecked(True)
        menu.addSeparator()
        full = self._add(menu, "full_screen", self.tr("&Full screen"), "F11", self._on_full_screen)
        full.setCheckable(True)

    def _on_look(self) -> None:
        palette: Palette | None = self.sender().data()  # type: ignore[attr-defined]
        self._window.set_look(palette)

    def _on_full_screen(self) -> None:
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _help(self) -> None:
        menu = self._menu(self.tr("&Help"))
        self._add(menu, "keys", self.tr("&Keys and mouse"), "F1")
        self._add(menu, "about_data", self.tr("About the &data"))
        menu.addSeparator()
        self._add(menu, "copy_diagnosis", self.tr("&Copy a diagnosis"))
        self._add(menu, "open_log", self.tr("Open the &log's folder"))
        menu.addSeparator()
        self._add(menu, "about", self.tr("&About"))
