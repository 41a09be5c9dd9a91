"""Work is kept: sessions saved, moved, reopened and continued; changes undone from the menu."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPointingDevice, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from landscape_app.app import Explorer
from landscape_app.questions import Question
from landscape_app.session.config import DataConfig
from landscape_app.session.packing import EMBEDDED_CELLS

Settle = Callable[[], None]


def write_rows(path: Path, rows: int) -> None:
    x = np.random.default_rng(5).uniform(-1, 1, (rows, 3))
    lines = [",".join(map(repr, row)) for row in x.tolist()]
    path.write_text("\n".join(["a,b,y", *lines]) + "\n", encoding="utf-8")


def saved(explorer: Explorer, path: Path, qtbot: QtBot) -> dict[str, object]:
    explorer.keeper.write(path)
    qtbot.waitUntil(lambda: explorer.keeper.path == path and not explorer.keeper.modified)
    content: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return content


def other_explorer(qtbot: QtBot, path: Path) -> Explorer:
    made = Explorer()
    made.window.resize(1000, 700)
    made.window.show()
    made.open_path(str(path))
    return made


def waited(explorer: Explorer, qtbot: QtBot, iteration: int) -> None:
    shown = lambda: explorer.session.snapshot  # noqa: E731
    qtbot.waitUntil(lambda: shown().timeline.last >= iteration and not shown().loading, timeout=15_000)


@pytest.mark.parametrize("rows", [60, EMBEDDED_CELLS // 3 + 1])
def test_that_a_session_moved_with_its_data_goes_on_to_the_last_bit(
    rows: int, explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    write_rows(here / "mine.csv", rows)
    explorer.open_path(str(here / "mine.csv"))
    settle()
    s = explorer.session
    s.change_setting("optimizer", "adam")
    s.step(30)
    settle()
    s.change_setting("batch_size", 16.0)
    s.step(12)
    settle()
    s.go_to(35)
    explorer.window.surface.set_log_height(False)
    explorer.window.transport.set_speed(200.0)
    content = saved(explorer, here / "work.json", qtbot)
    data = content["data"]
    assert isinstance(data, dict)
    assert data["path"] == "mine.csv"
    assert (data["table"] is None, data["sha256"] is None) == (rows > 60, rows == 60)
    shutil.move(here, there)
    if rows == 60:
        (there / "mine.csv").unlink()  # small data travel inside the session
    again = other_explorer(qtbot, there / "work.json")
    try:
        waited(again, qtbot, 42)
        assert again.session.snapshot.cursor == 35
        assert not again.window.surface.log_height
        assert again.session.player.speed == 200.0
        assert "work" in again.window.windowTitle()
        for one in (s, again.session):
            one.go_to(42)
            one.step(20)
        waited(again, qtbot, 62)
        waited(explorer, qtbot, 62)
        for name in ("theta", "grad", "loss"):
            ours, theirs = getattr(s.snapshot.timeline, name), getattr(again.session.snapshot.timeline, name)
            assert np.array_equal(ours, theirs)
        assert again.keeper.modified
    finally:
        again.shut_down()
        again.window.close_guard = lambda: True
        again.window.close()
        again.window.deleteLater()
        again.deleteLater()


def test_that_a_race_is_kept_with_its_names_and_its_clock(
    explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path
) -> None:
    settle()
    s = explorer.session
    s.add_rule_rivals()
    s.change_rival(1, {"name": "the fast one", "visible": False})
    s.race_by("epoch")
    s.step(5)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 5 and s.snapshot.race is not None and not s.snapshot.race.busy)
    saved(explorer, tmp_path / "race.json", qtbot)
    again = other_explorer(qtbot, tmp_path / "race.json")
    try:
        waited(again, qtbot, 5)
        assert again.session.snapshot.experiment.rivals == s.snapshot.experiment.rivals
        reopened = lambda: again.session.snapshot.race  # noqa: E731
        qtbot.waitUntil(lambda: reopened() is not None and not reopened().busy)
        ours, theirs = s.snapshot.race, reopened()
        assert ours is not None
        assert theirs is not None
        assert (theirs.unit, theirs.clock) == ("epoch", ours.clock)
        assert [lane.loss for lane in theirs.lanes] == [lane.loss for lane in ours.lanes]
    finally:
        again.shut_down()
        again.window.close_guard = lambda: True
        again.window.close()
        again.window.deleteLater()
        again.deleteLater()


def question(explorer: Explorer, qtbot: QtBot) -> Question:
    qtbot.waitUntil(lambda: bool(explorer.window.findChildren(Question)))
    return explorer.window.findChildren(Question)[-1]


def referring_session(explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path) -> Path:
    write_rows(tmp_path / "big.csv", EMBEDDED_CELLS // 3 + 1)
    explorer.open_path(str(tmp_path / "big.csv"))
    settle()
    explorer.session.step(3)
    settle()
    saved(explorer, tmp_path / "work.json", qtbot)
    explorer.session.configure(explorer.session.snapshot.wanted.but(data=DataConfig()))
    settle()
    return tmp_path / "work.json"


def test_that_a_changed_data_file_is_noticed_and_asked_for(
    explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path
) -> None:
    path = referring_session(explorer, settle, qtbot, tmp_path)
    with (tmp_path / "big.csv").open("a", encoding="utf-8") as file:
        file.write("0.5,0.5,0.5\n")
    explorer.open_path(str(path))
    asked = question(explorer, qtbot)
    assert "big.csv was changed" in asked.text()
    asked.button(asked.StandardButton.Cancel).click()
    assert explorer.session.snapshot.experiment.data.kind == "generated"
    qtbot.waitUntil(lambda: not explorer.window.findChildren(Question))
    explorer.open_path(str(path))
    question(explorer, qtbot).choices["use"].click()
    qtbot.waitUntil(lambda: explorer.session.snapshot.experiment.data.kind == "file")
    assert explorer.session.snapshot.problem.data.m == EMBEDDED_CELLS // 3 + 2


def test_that_a_missing_data_file_is_asked_for(
    explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = referring_session(explorer, settle, qtbot, tmp_path)
    (tmp_path / "big.csv").rename(tmp_path / "renamed.csv")

    def chosen(*_: object) -> tuple[str, str]:
        return str(tmp_path / "renamed.csv"), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", chosen)
    explorer.open_path(str(path))
    asked = question(explorer, qtbot)
    assert "is not there any more" in asked.text()
    asked.choices["find"].click()
    qtbot.waitUntil(lambda: explorer.session.snapshot.experiment.data.name == "renamed.csv")
    waited(explorer, qtbot, 3)


def test_that_saving_over_a_folder_says_so_and_nothing_is_lost(
    explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path
) -> None:
    settle()
    (tmp_path / "work.json").mkdir()
    explorer.keeper.write(tmp_path / "work.json")
    qtbot.waitUntil(lambda: "could not be written" in getattr(explorer.session.snapshot.notice, "text", ""))
    assert explorer.keeper.path is None
    assert list(tmp_path.iterdir()) == [tmp_path / "work.json"]


def test_that_undo_and_redo_have_names_in_the_menu(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    undo, redo = explorer.menus.actions["undo"], explorer.menus.actions["redo"]
    assert not undo.isEnabled()
    assert not redo.isEnabled()
    before = explorer.session.snapshot.experiment
    field = explorer.window.setup.optimizer.fields["learning_rate"]
    field.setFocus()
    qtbot.keyClick(explorer.window, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert undo.text() == "&Undo: learning rate η"
    qtbot.keyClick(explorer.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert explorer.session.snapshot.experiment == before
    assert redo.text() == "&Redo: learning rate η"
    qtbot.keyClick(
        explorer.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    settle()
    assert explorer.session.snapshot.settings.hyper["learning_rate"] == pytest.approx(0.05)


def test_that_dragging_the_start_is_taken_back_as_a_whole(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    before = explorer.session.snapshot
    plot = explorer.window.contour.plot.viewport()
    middle = plot.rect().center()
    for press in range(2):
        qtbot.mousePress(plot, Qt.MouseButton.LeftButton, pos=middle)
        for i in range(1, 12):
            qtbot.mouseMove(plot, middle + QPoint(6 * i, (3 - 6 * press) * i))
            qtbot.wait(15)
        qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=middle + QPoint(70, 0))
        settle()
    assert explorer.session.snapshot.undo == "start"
    explorer.session.undo()
    assert explorer.session.snapshot.undo == "start"
    explorer.session.undo()
    assert explorer.session.snapshot.undo == ""
    assert explorer.session.snapshot.experiment == before.experiment
    assert explorer.session.snapshot.timeline is before.timeline


def test_that_a_zoom_by_the_wheel_is_one_change(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    viewport = explorer.window.contour.plot.viewport()
    where = viewport.rect().center()
    for _ in range(4):
        wheel = QWheelEvent(
            where.toPointF(),
            viewport.mapToGlobal(where).toPointF(),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
            Qt.MouseEventSource.MouseEventNotSynthesized,
            QPointingDevice.primaryPointingDevice(),
        )
        QApplication.sendEvent(viewport, wheel)
        qtbot.wait(70)  # longer than a zoom needs to settle
    settle()
    assert explorer.session.snapshot.undo == "plane.range"
    explorer.session.undo()
    assert explorer.session.snapshot.undo == ""
    assert explorer.session.snapshot.experiment.plane.x_range is None


def test_that_closing_asks_about_changes(explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path) -> None:
    settle()
    saved(explorer, tmp_path / "work.json", qtbot)
    assert not explorer.window.isWindowModified()
    explorer.session.step(4)
    settle()
    assert explorer.window.isWindowModified()
    explorer.window.close()
    asked = question(explorer, qtbot)
    asked.button(asked.StandardButton.Cancel).click()
    assert explorer.window.isVisible()
    qtbot.waitUntil(lambda: not explorer.window.findChildren(Question))
    explorer.window.close()
    question(explorer, qtbot).choices["save"].click()
    qtbot.waitUntil(lambda: not explorer.window.isVisible())
    assert json.loads((tmp_path / "work.json").read_text(encoding="utf-8"))["run"]["iterations"] == 4


def test_that_undo_acts_from_within_a_field(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    """Once a number is entered, Ctrl+Z takes the change back, though the field has an undo of its own for typing."""
    settle()
    explorer.window.activateWindow()
    field = explorer.window.setup.optimizer.fields["learning_rate"]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "0.02")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    settle()
    assert explorer.session.snapshot.settings.hyper["learning_rate"] == 0.02
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert explorer.session.snapshot.settings.hyper["learning_rate"] == 0.04
    # What is being typed and not yet entered is the field's own to take back.
    field.selectAll()
    qtbot.keyClicks(field, "5")
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert explorer.session.snapshot.redo == "run.learning_rate"


def test_that_autosave_keeps_unsaved_work_and_recovery_brings_it_back(
    explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path
) -> None:
    explorer.keeper.autosave_path = tmp_path / "work.json"
    settle()
    explorer.keeper.set_autosave(0.002)
    qtbot.wait(400)
    assert not (tmp_path / "work.json").exists()  # nothing was done yet that could be lost
    explorer.keeper.set_autosave(None)
    explorer.session.step(12)
    settle()
    explorer.keeper.set_autosave(0.002)
    qtbot.waitUntil((tmp_path / "work.json").exists)
    explorer.keeper.set_autosave(None)
    qtbot.wait(50)
    assert explorer.keeper.path is None  # it is still unsaved
    assert explorer.session.snapshot.notice is None
    theta = np.array(explorer.session.snapshot.timeline.theta)
    explorer.session.configure(explorer.session.snapshot.wanted.but(data=DataConfig(seed=77)))
    settle()
    explorer.keeper.recover(tmp_path / "work.json")
    waited(explorer, qtbot, 12)
    assert np.array_equal(explorer.session.snapshot.timeline.theta, theta)
    assert explorer.session.snapshot.cursor == 12
    explorer.window.close()  # it is saved nowhere yet
    asked = question(explorer, qtbot)
    assert "recovered" in asked.text()
    asked.choices["drop"].click()
    qtbot.waitUntil(lambda: not explorer.window.isVisible())


def test_that_a_saved_session_is_saved_again_by_itself(
    explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path
) -> None:
    settle()
    saved(explorer, tmp_path / "work.json", qtbot)
    explorer.session.step(5)
    settle()
    assert explorer.keeper.modified
    explorer.keeper.set_autosave(0.002)
    qtbot.waitUntil(lambda: not explorer.keeper.modified)
    explorer.keeper.set_autosave(None)
    assert json.loads((tmp_path / "work.json").read_text(encoding="utf-8"))["run"]["iterations"] == 5


def test_that_recent_files_are_listed_and_opened(
    explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path
) -> None:
    settle()
    saved(explorer, tmp_path / "first & last.json", qtbot)
    write_rows(tmp_path / "mine.csv", 30)
    explorer.open_path(str(tmp_path / "mine.csv"))
    settle()
    explorer.menus.recent.aboutToShow.emit()
    entries = explorer.menus.recent.actions()
    assert [entry.data() for entry in entries] == [
        str(tmp_path / "mine.csv"),
        str(tmp_path / "first & last.json"),
    ]
    entries[1].trigger()
    qtbot.waitUntil(lambda: explorer.session.snapshot.experiment.data.kind == "generated")
    settle()
    (tmp_path / "mine.csv").unlink()
    explorer.menus.recent.aboutToShow.emit()
    next(e for e in explorer.menus.recent.actions() if e.data().endswith("mine.csv")).trigger()
    assert "not there any more" in explorer.session.snapshot.notice.text
    assert str(tmp_path / "mine.csv") not in explorer.store.current.recent
