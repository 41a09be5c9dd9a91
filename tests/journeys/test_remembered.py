"""The window as it was left: closed, opened again, in another size of screen, beside another window."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QTableWidget
from pytestqt.qtbot import QtBot

from landscape_app.app import Explorer
from landscape_app.dialogs import TextDialog
from landscape_app.main_window import MainWindow
from landscape_app.preference_store import PreferenceStore
from landscape_app.preferences import config_folder
from landscape_app.views.colour_tables import colour_table
from landscape_app.views.palette import DARK, LIGHT
from landscape_app.views.settings import SettingsDialog

Open = Callable[[], AbstractContextManager[Explorer]]
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def opened(qapp: QApplication, qtbot: QtBot) -> Open:
    """Return a function that opens the window as the program does, and closes it as a user does."""
    qapp.setStyle("Fusion")

    @contextmanager
    def open_window() -> Iterator[Explorer]:
        explorer = Explorer()
        explorer.memory.show_window()
        qtbot.waitExposed(explorer.window)
        explorer.window.activateWindow()
        qtbot.waitUntil(explorer.window.isActiveWindow)
        try:
            yield explorer
        finally:
            explorer.window.close()
            explorer.window.deleteLater()
            explorer.deleteLater()

    return open_window


def settings_file() -> Path:
    return config_folder() / "settings.json"


def remembered() -> PreferenceStore:
    store = PreferenceStore()
    store.load()
    return store


# --- opened again ----------------------------------------------------------------------------------------------------


def test_that_panels_stand_where_they_were_left(opened: Open, qtbot: QtBot) -> None:
    with opened() as first:
        docks = first.window.docks
        docks["loss"].close()
        first.window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, docks["fit"])
        docks["gradients"].setFloating(True)
        docks["gradients"].setGeometry(60, 70, 360, 300)
        qtbot.wait(50)
        area, place = first.window.dockWidgetArea(docks["fit"]), docks["gradients"].geometry()
    with opened() as second:
        docks = second.window.docks
        assert not docks["loss"].isVisible()
        assert second.window.dockWidgetArea(docks["fit"]) == area == Qt.DockWidgetArea.RightDockWidgetArea
        assert docks["gradients"].isFloating()
        assert docks["gradients"].geometry() == place


@pytest.mark.gl
def test_that_window_and_panels_have_the_sizes_they_had(opened: Open, qtbot: QtBot) -> None:
    """On a screen that is larger than the window; there the surface takes part, too."""

    def seen(window: MainWindow) -> dict[str, tuple[int, int]]:
        """Return the sizes of the panels that lie on top: those behind get theirs when they are turned to."""
        return {name: (d.width(), d.height()) for name, d in window.docks.items() if not d.visibleRegion().isEmpty()}

    with opened() as first:
        window = first.window
        window.setGeometry(40, 30, 1300, 820)
        horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        window.resizeDocks([window.docks["contour"], window.docks["surface"]], [520, 240], horizontal)
        window.resizeDocks([window.docks["contour"], window.docks["fit"]], [330, 280], vertical)
        qtbot.wait(100)
        wanted = seen(window)
        assert len(wanted) >= 5
        place = (window.pos(), window.size())
    with opened() as second:
        assert (second.window.pos(), second.window.size()) == place
        qtbot.wait(100)
        found = seen(second.window)
        assert found.keys() == wanted.keys()
        for name, size in found.items():
            assert size == pytest.approx(wanted[name], abs=3), name


def test_that_a_maximised_window_opens_maximised(opened: Open, qtbot: QtBot) -> None:
    with opened() as first:
        first.window.showMaximized()
        qtbot.waitUntil(first.window.isMaximized)
    with opened() as second:
        assert second.window.isMaximized()


def test_that_reset_layout_forgets_the_remembered_one(opened: Open, qtbot: QtBot) -> None:
    with opened() as first:
        first.window.docks["loss"].close()
    with opened() as second:
        assert not second.window.docks["loss"].isVisible()
        second.menus.actions["reset_layout"].trigger()
        assert second.window.docks["loss"].isVisible()
        assert second.store.current.layout == ""
    assert remembered().current.layout == ""
    with opened() as third:
        assert all(dock.isVisible() for dock in third.window.docks.values())


def test_that_look_speed_height_and_folders_are_remembered(opened: Open, tmp_path: Path, qtbot: QtBot) -> None:
    table = tmp_path / "data" / "line.csv"
    table.parent.mkdir()
    table.write_text("x,y\n1,2\n2,3\n4,5\n")
    with opened() as first:
        first.menus.actions["look_light"].trigger()
        first.menus.actions["log_height"].trigger()
        first.window.transport.set_speed(float("inf"))
        first.open_path(str(table))
        first.exporter.write("trajectory", tmp_path / "trajectory.csv")
        qtbot.waitUntil(lambda: (tmp_path / "trajectory.csv").exists())
    with opened() as second:
        assert second.window.look == LIGHT
        assert second.menus.actions["look_light"].isChecked()
        assert not second.window.surface.log_height
        assert second.session.player.speed == float("inf")
        assert second.opener.folder == str(table.parent)
        assert second.exporter.folder == tmp_path


def test_that_a_folder_that_is_gone_is_forgotten(opened: Open, tmp_path: Path) -> None:
    store = PreferenceStore()
    store.change(folder=str(tmp_path / "gone"), export_folder=str(tmp_path / "gone"))
    store.save()
    with opened() as explorer:
        assert explorer.opener.folder == ""
        assert explorer.exporter.folder == Path.cwd()


def test_that_a_new_experiment_has_the_grid_that_was_chosen(opened: Open) -> None:
    store = PreferenceStore()
    store.change(grid=65)
    store.save()
    with opened() as explorer:
        assert explorer.session.snapshot.experiment.plane.grid == 65


def test_that_columns_keep_their_widths(opened: Open, qtbot: QtBot) -> None:
    with opened() as first:
        table = open_settings(first, qtbot).keys.table
        table.setColumnWidth(0, 177)
        table.setColumnHidden(1, True)
        dialog_of(first).close()
    with opened() as second:
        table = open_settings(second, qtbot).keys.table
        qtbot.waitUntil(lambda: table.columnWidth(0) == 177)
        assert table.isColumnHidden(1)
        dialog_of(second).close()
        start = second.window.setup.start
        start.open_table()
        typed = start._dialog.findChild(QTableWidget)
        typed.setColumnWidth(0, 66)
        start._dialog.reject()
        start.open_table()
        assert start._dialog.findChild(QTableWidget).columnWidth(0) == 66
        start._dialog.reject()


# --- what doesn't fit any more ---------------------------------------------------------------------------------------

OTHER_SCREEN = """
import sys
from PySide6.QtWidgets import QApplication
application = QApplication([])
from landscape_app.app import Explorer
explorer = Explorer()
explorer.memory.show_window()
window = explorer.window
window.setGeometry(1500, 900, 1900, 1000)
window.docks["loss"].setFloating(True)
window.docks["loss"].setGeometry(3000, 1800, 500, 300)
application.processEvents()
assert window.screen().size().width() == 3840, window.screen().size()
window.close()
"""


def on_a_screen(width: int, height: int, tmp_path: Path) -> dict[str, str]:
    """Return the environment of a program that has a screen of this size."""
    screen = {"name": "wide", "x": 0, "y": 0, "width": width, "height": height}
    (tmp_path / "screens.json").write_text(json.dumps({"screens": [screen]}))
    return {**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={tmp_path / 'screens.json'}"}


def test_that_a_layout_of_a_larger_screen_gives_way_to_the_standard(opened: Open, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", OTHER_SCREEN],
        env=on_a_screen(3840, 2160, tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert remembered().current.layout
    with opened() as explorer:
        window = explorer.window
        screen = window.screen().availableGeometry()
        assert screen.contains(window.frameGeometry().topLeft() + QPoint(2, 2))
        assert not any(dock.isFloating() for dock in window.docks.values())
        assert all(dock.isVisible() for dock in window.docks.values())
    with opened() as again:  # what was saved now is for this screen
        assert again.window.screen().availableGeometry().intersects(again.window.frameGeometry())


@pytest.mark.parametrize("name", ["layout", "geometry"])
def test_that_a_spoilt_layout_gives_way_to_the_standard(opened: Open, name: str) -> None:
    with opened() as first:
        first.window.docks["fit"].close()
    whole = json.loads(settings_file().read_text())
    for spoilt in (whole[name][: len(whole[name]) // 2], "BBBB" + whole[name][4:], "no base64 at all", "…"):
        settings_file().write_text(json.dumps({**whole, name: spoilt}))
        with opened() as explorer:
            assert all(dock.isVisible() for dock in explorer.window.docks.values())


def test_that_a_layout_of_another_version_is_not_restored(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened() as first:
        first.window.docks["fit"].close()
    monkeypatch.setattr("landscape_app.main_window.LAYOUT_VERSION", 99)
    with opened() as second:
        assert second.window.docks["fit"].isVisible()


def test_that_a_broken_file_is_told_in_the_window(opened: Open) -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text("{broken")
    with opened() as explorer:
        notice = explorer.window.notice
        assert notice.isVisible()
        assert "settings.json.bad" in notice.text.text()
        assert explorer.session.snapshot.notice.kind == "warning"


# --- two windows -----------------------------------------------------------------------------------------------------


def test_that_two_windows_at_once_do_not_disturb_each_other(opened: Open, tmp_path: Path, qtbot: QtBot) -> None:
    table = tmp_path / "line.csv"
    table.write_text("x,y\n1,2\n2,3\n4,5\n")
    with opened() as one:
        with opened() as two:
            two.menus.actions["look_dark"].trigger()
            two.store.add_recent(table)
            one.open_path(str(table))
            one.menus.actions["log_height"].trigger()
            two.memory.save()
        assert one.window.forced_look is None
        one.window.docks["fit"].close()
    after = remembered().current
    assert (after.theme, after.folder, after.log_height) == ("dark", str(tmp_path), False)
    assert str(table) in after.recent
    with opened() as three:
        assert three.window.look == DARK
        assert not three.window.docks["fit"].isVisible(), "the one that was closed last"


# --- settings that act -----------------------------------------------------------------------------------------------


def dialog_of(explorer: Explorer) -> SettingsDialog:
    dialog = explorer.memory._dialog
    assert dialog is not None
    return dialog


def open_settings(explorer: Explorer, qtbot: QtBot) -> SettingsDialog:
    """Open the settings by their key, and turn to the keys."""
    qtbot.keyClick(explorer.window, Qt.Key.Key_Comma, CTRL)
    dialog = dialog_of(explorer)
    qtbot.waitExposed(dialog)
    dialog.tabs.setCurrentWidget(dialog.keys)
    return dialog


def test_that_a_changed_key_acts_now_and_at_the_next_start(opened: Open, qtbot: QtBot) -> None:
    with opened() as first:
        dialog = open_settings(first, qtbot)
        row = next(i for i, entry in enumerate(first.memory.keys.rows) if entry.name == "step")
        dialog.keys.table.setCurrentCell(row, 0)
        dialog.keys.edit.setFocus()
        qtbot.keyClick(dialog.keys.edit, Qt.Key.Key_J, CTRL)
        dialog.close()
        assert first.window.transport.step_button.toolTip() == "One iteration on (Ctrl+J)"
        first.window.activateWindow()
        qtbot.keyClick(first.window, Qt.Key.Key_J, CTRL)
        qtbot.waitUntil(lambda: first.session.snapshot.cursor == 1)
        qtbot.keyClick(first.window, Qt.Key.Key_Right)
        first.menus.actions["keys"].trigger()
        text = first.window.findChild(TextDialog)
        assert "Ctrl+J" in text.browser.toPlainText()
        text.reject()
        qtbot.waitUntil(lambda: not first.session.snapshot.waiting)
        assert first.session.snapshot.cursor == 1
    with opened() as second:
        qtbot.keyClick(second.window, Qt.Key.Key_J, CTRL)
        qtbot.waitUntil(lambda: second.session.snapshot.cursor == 1)


def test_that_settings_open_once_and_follow_the_menu(opened: Open, qtbot: QtBot) -> None:
    with opened() as explorer:
        dialog = open_settings(explorer, qtbot)
        explorer.memory.open_settings()
        assert dialog_of(explorer) is dialog
        explorer.menus.actions["look_dark"].trigger()
        assert dialog.general.theme.currentData() == "dark"
        dialog.general.theme.setCurrentIndex(1)
        dialog.general.theme.activated.emit(1)
        assert explorer.window.look == LIGHT
        assert explorer.menus.actions["look_light"].isChecked()
        dialog.close()
        assert explorer.memory._dialog is None


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def share_of(image: QImage, name: str, shade: float = 1.0) -> float:
    """Return which part of an image has colours of a map, as bright as they are or down to ``shade`` of it."""
    seen = pixels(image).reshape(-1, 3)[::7]
    table = colour_table(name)[::2, :3].astype(float)
    shades = np.linspace(shade, 1.0, 9 if shade < 1.0 else 1)
    wanted = (shades[:, np.newaxis, np.newaxis] * table).reshape(-1, 3)
    near = np.array([np.abs(wanted - pixel).max(axis=1).min() <= 8 for pixel in seen])
    return float(near.mean())


def settled(explorer: Explorer) -> bool:
    shown = explorer.session.snapshot
    return shown.landscape is not None and not shown.landscape_busy


@pytest.mark.parametrize("name", ["magma", "cividis"])
def test_that_the_map_takes_the_colours_chosen(opened: Open, name: str, qtbot: QtBot) -> None:
    with opened() as explorer:
        qtbot.waitUntil(lambda: settled(explorer))
        contour = explorer.window.contour
        before = share_of(contour.plot.grab().toImage(), name)
        explorer.store.change(colour_map=name)
        after = contour.plot.grab().toImage()
        assert share_of(after, name) > before + 0.3
        assert share_of(contour.bar.grab().toImage(), name) > 0.08
        explorer.session.set_ranges((1.0, 1.2), (2.0, 4.0))  # and what is computed from now on, too
        qtbot.waitUntil(lambda: explorer.session.snapshot.map_view.x_range == (1.0, 1.2) and settled(explorer))
        assert share_of(contour.plot.grab().toImage(), name) > before + 0.3


@pytest.mark.parametrize("opengl", [False, pytest.param(True, marks=pytest.mark.gl)], ids=["painted", "OpenGL"])
def test_that_the_surface_takes_the_colours_chosen(opened: Open, qtbot: QtBot, opengl: bool) -> None:
    with opened() as explorer:
        surface = explorer.window.surface
        qtbot.waitUntil(lambda: settled(explorer) and surface.with_opengl == opengl, timeout=15_000)
        qtbot.waitUntil(lambda: share_of(surface.grab_image(), "viridis", shade=0.6) > 0.1, timeout=15_000)
        before = share_of(surface.grab_image(), "magma", shade=0.6)
        explorer.store.change(colour_map="magma")
        qtbot.waitUntil(lambda: share_of(surface.grab_image(), "magma", shade=0.6) > before + 0.1, timeout=10_000)
        explorer.store.change(colour_map="viridis")
        qtbot.waitUntil(lambda: share_of(surface.grab_image(), "magma", shade=0.6) < before + 0.02, timeout=10_000)


def test_that_figures_from_the_window_take_the_colours_chosen(opened: Open, tmp_path: Path, qtbot: QtBot) -> None:
    with opened() as explorer:
        explorer.store.change(colour_map="magma", grid=65)
        explorer.session.set_ranges((0.0, 1.0), (0.0, 1.0))
        qtbot.waitUntil(lambda: settled(explorer))
        explorer.exporter.write("contour", tmp_path / "map.png")
        qtbot.waitUntil(lambda: (tmp_path / "map.png").exists(), timeout=20_000)
    assert share_of(QImage(str(tmp_path / "map.png")), "magma") > 0.25


def test_that_all_panels_show_the_digits_chosen(opened: Open, qtbot: QtBot) -> None:
    with opened() as explorer:
        explorer.session.run_until(iteration=5)
        qtbot.waitUntil(lambda: explorer.session.snapshot.cursor == 5)
        w = explorer.window
        usual = w.status.moment.text()
        explorer.store.change(digits=12)
        shown, loss = explorer.session.snapshot, f"{explorer.session.snapshot.loss:#.12g}"
        assert f"L = {loss}" in w.status.moment.text()
        assert loss in w.loss_curve.readout.text()
        assert loss in w.data_fit.readout.text()
        row = w.gradients.rows[0].readout
        assert row.lines()[0] == f"w = {shown.theta[0]:+#.12g}".replace("-", "−")
        x, y = shown.map_view.plane.project(shown.theta)
        w.contour.readout.show_at(float(x), float(y), (1e-3, 1e-3))
        assert loss in w.contour.readout.text()
        explorer.store.change(digits=None)
        assert w.status.moment.text() == usual
