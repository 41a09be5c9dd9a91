"""A race of rules in the whole window, with mouse and keys."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from landscape_app.app import Explorer
from landscape_app.session.config import StartConfig
from landscape_app.session.race import Race
from landscape_app.views.race import ARRIVED, BEST, LOSS, NAME, RaceView
from tests.mouse import move_mouse
from tests.views.moments import number_in

Settle = Callable[[], None]


def race_of(explorer: Explorer) -> Race:
    race = explorer.session.snapshot.race
    assert race is not None
    return race


def begin(explorer: Explorer, settle: Settle, qtbot: QtBot, iterations: int = 30) -> RaceView:
    """Let all rules race for some iterations, with the keys."""
    settle()
    QTest.keyClick(explorer.window, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: explorer.session.snapshot.race is not None)
    explorer.session.run_until(iteration=iterations)
    qtbot.waitUntil(lambda: explorer.session.snapshot.cursor == iterations and not race_of(explorer).busy)
    settle()
    view = explorer.window.race
    qtbot.waitUntil(lambda: view.drawn is explorer.session.snapshot)
    return view


def cell(view: RaceView, row: int, column: int = NAME) -> QRect:
    item = view.table.item(row, column)
    assert item is not None
    return view.table.visualItemRect(item)


def hand_faded(explorer: Explorer) -> bool:
    """Whether the path of the run in hand is faint on the surface."""
    return explorer.window.surface._canvas._faded


def click_on(view: RaceView, row: int, column: int = NAME) -> QPoint:
    place = cell(view, row, column).center()
    QTest.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    return place


def rename(view: RaceView, row: int, name: str, qtbot: QtBot) -> None:
    click_on(view, row)
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_F2)
    editor = view.table.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, name)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.table.findChild(QLineEdit) is None and view.table.item(row, NAME).text() == name)


def point_at(view: RaceView, row: int) -> None:
    move_mouse(view.table.viewport(), QPointF(cell(view, row).center()))


def test_that_the_table_has_the_numbers_of_every_run(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    view = begin(explorer, settle, qtbot)
    race = race_of(explorer)
    assert view.table.rowCount() == 7
    goal = race.goal()
    for row, lane in enumerate(race.lanes):
        assert lane.timeline is not None
        assert number_in(view.table.item(row, LOSS).text()) == pytest.approx(lane.timeline.loss[30], rel=1e-3)
        assert number_in(view.table.item(row, BEST).text()) == pytest.approx(lane.timeline.loss[:31].min(), rel=1e-3)
        there = np.flatnonzero(lane.timeline.loss[:31] <= goal)
        shown = view.table.item(row, ARRIVED).text()
        assert shown == (f"{there[0]}" if len(there) else "–")
    names = [view.table.item(row, NAME).text() for row in range(7)]
    assert names[0] == "Momentum"
    assert len(set(names)) == 7  # the rate is the same for all: it tells nothing
    explorer.session.go_to(4)
    qtbot.waitUntil(lambda: view.table.horizontalHeaderItem(NAME).text() == "At iteration 4")
    assert number_in(view.table.item(1, LOSS).text()) == pytest.approx(race.lanes[1].timeline.loss[4], rel=1e-3)


def test_that_paths_and_curves_are_those_of_the_lanes(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    begin(explorer, settle, qtbot)
    race, window = race_of(explorer), explorer.window
    plane = explorer.session.snapshot.map_view.plane
    for lane, line, curve in zip(race.lanes[1:], window.contour.race.lines, window.loss_curve.race.curves, strict=True):
        assert lane.timeline is not None
        end = line.path.elementAt(line.path.elementCount() - 1)
        np.testing.assert_allclose((end.x, end.y), plane.project(lane.timeline.theta[30]), rtol=1e-9)
        end = curve.path.elementAt(curve.path.elementCount() - 1)
        assert end.x == pytest.approx(30.0)
        assert 10.0**end.y == pytest.approx(float(lane.timeline.loss[30]), rel=1e-9)
    pens = {(line._pen.color().name(), line._pen.style()) for line in window.contour.race.lines}
    assert len(pens) == 6


def test_that_the_surface_has_the_same_paths(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    view = begin(explorer, settle, qtbot)
    canvas = explorer.window.surface._canvas
    race, shown = race_of(explorer), explorer.session.snapshot
    laid = canvas._rivals
    assert [rival.look for rival in laid] == [lane.config.look for lane in race.lanes[1:] if lane.config is not None]
    landscape = shown.landscape
    assert landscape is not None
    for rival, lane in zip(laid, race.lanes[1:], strict=True):
        assert lane.timeline is not None
        (x0, x1), (y0, y1) = landscape.x_range, landscape.y_range
        end = (rival.segments[-1, :2] + 1.0) / 2.0 * (x1 - x0, y1 - y0) + (x0, y0)
        np.testing.assert_allclose(end, lane.timeline.theta[30], rtol=1e-9, atol=1e-9)
    before = canvas.grab_image()
    point_at(view, 2)
    assert [rival.faded for rival in canvas._rivals] == [True, False, True, True, True, True]
    assert canvas.grab_image() != before
    QApplication.sendEvent(view.table.viewport(), QEvent(QEvent.Type.Leave))
    explorer.session.change_rival(0, {"visible": False})
    assert len(canvas._rivals) == 5


def test_that_pointing_at_a_name_isolates_it(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    view = begin(explorer, settle, qtbot)
    window = explorer.window
    lines, curves = window.contour.race.lines, window.loss_curve.race.curves

    def strong(parts: list[object]) -> list[int]:
        return [i for i, part in enumerate(parts, start=1) if part._pen.color().alpha() == 255]  # type: ignore[attr-defined]

    assert strong(list(lines)) == list(range(1, 7))
    point_at(view, 3)
    assert strong(list(lines)) == [3]
    assert strong(list(curves)) == [3]
    assert window.contour.path.walked.strength < 0.5
    point_at(view, 0)
    assert strong(list(lines)) == []
    assert window.contour.path.walked.strength == 1.0
    QApplication.sendEvent(view.table.viewport(), QEvent(QEvent.Type.Leave))
    assert strong(list(lines)) == list(range(1, 7))


def test_that_a_run_is_hidden_renamed_doubled_and_removed(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    view = begin(explorer, settle, qtbot, iterations=5)
    session, window = explorer.session, explorer.window
    box = cell(view, 2)
    QTest.mouseClick(
        view.table.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        QPoint(box.left() + 11, box.center().y()),
    )
    assert not session.snapshot.experiment.rivals[1].visible
    assert not window.contour.race.lines[1].isVisible()
    assert not window.loss_curve.race.curves[1].isVisible()
    asked: list[int] = []
    view.isolated.connect(asked.append)
    point_at(view, 2)
    assert asked in ([], [-1])  # beside what is not drawn nothing is faded
    session.undo()
    assert window.contour.race.lines[1].isVisible()
    rename(view, 1, "the plain one", qtbot)
    assert session.snapshot.experiment.rivals[0].name == "the plain one"
    click_on(view, 1)
    QTest.mouseClick(view.copy_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.table.rowCount() == 8)
    assert view.table.item(2, NAME).text() == "the plain one (2)"  # told apart until they differ
    click_on(view, 2)
    QTest.mouseClick(view.remove_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.table.rowCount() == 7)


def test_that_a_name_stays_with_its_run_in_hand_and_out_of_it(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    view, session = begin(explorer, settle, qtbot, iterations=5), explorer.session
    rename(view, 0, "mine", qtbot)
    rename(view, 2, "the other", qtbot)
    click_on(view, 2)
    QTest.mouseClick(view.take_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.snapshot.experiment.name == "the other")
    qtbot.waitUntil(lambda: view.table.item(0, NAME).text() == "the other")
    assert view.table.item(2, NAME).text() == "mine"
    assert not view.table.item(0, NAME).flags() & Qt.ItemFlag.ItemIsUserCheckable


def test_that_a_race_goes_on_with_one_click_where_the_run_in_hand_has_ended(
    explorer: Explorer, settle: Settle, qtbot: QtBot
) -> None:
    view, session = begin(explorer, settle, qtbot, iterations=5), explorer.session
    assert not view.ended.isVisible()
    session.go_to(0)
    session.change_setting("learning_rate", 30.0)
    session.run_until(iteration=400)
    qtbot.waitUntil(lambda: session.snapshot.notice is not None and session.snapshot.timeline.divergence is not None)
    qtbot.waitUntil(lambda: not session.snapshot.playing and not race_of(explorer).busy)
    assert "take another run in hand to go on" in session.snapshot.notice.text
    qtbot.waitUntil(view.heir_button.isVisible)
    assert view.ended.isVisible()
    at = session.snapshot.cursor
    best = min(race_of(explorer).lanes[1:], key=lambda lane: lane.loss)
    QTest.mouseClick(view.heir_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.snapshot.experiment.run.optimizer == best.run.optimizer)
    qtbot.waitUntil(lambda: session.snapshot.cursor == at and not race_of(explorer).busy)
    qtbot.waitUntil(lambda: not view.heir_button.isVisible())
    session.step(50)
    qtbot.waitUntil(lambda: session.snapshot.cursor == at + 50 and not race_of(explorer).busy)
    assert sorted({lane.at for lane in race_of(explorer).lanes}) == [at, at + 50]


def test_that_what_rivals_were_with_other_data_is_dim_and_gives_way(
    explorer: Explorer, settle: Settle, qtbot: QtBot
) -> None:
    view = begin(explorer, settle, qtbot)
    shown = explorer.session.snapshot
    race = race_of(explorer)
    texts = [view.table.item(2, column).text() for column in (LOSS, BEST, ARRIVED)]
    former = [replace(lane, former=True) if row == 2 else lane for row, lane in enumerate(race.lanes)]
    moment = replace(shown, race=replace(race, lanes=tuple(former)))
    assert view.may_wait(moment) > 0
    view.draw(moment, shown)
    assert [view.table.item(2, column).text() for column in (LOSS, BEST, ARRIVED)] == texts
    assert [view.table.item(row, LOSS).foreground().style() for row in (1, 2)] == [
        Qt.BrushStyle.NoBrush,
        Qt.BrushStyle.SolidPattern,
    ]
    assert "With the data before" in view.table.item(2, LOSS).toolTip()
    view.draw(shown, moment)
    assert view.table.item(2, LOSS).foreground().style() == Qt.BrushStyle.NoBrush
    assert view.may_wait(shown) <= 0


def test_that_a_name_chosen_with_the_keys_isolates_it_on_every_picture(
    explorer: Explorer, settle: Settle, qtbot: QtBot
) -> None:
    view = begin(explorer, settle, qtbot)
    window, canvas = explorer.window, explorer.window.surface._canvas
    lines = window.contour.race.lines

    def strong() -> list[int]:
        return [i for i, line in enumerate(lines, start=1) if line._pen.color().alpha() == 255]

    click_on(view, 1)
    assert strong() == list(range(1, 7))
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_Down)
    assert view.chosen == 1
    assert strong() == [2]
    assert [rival.faded for rival in canvas._rivals] == [True, False, True, True, True, True]
    assert hand_faded(explorer)
    faint = canvas.grab_image()
    QTest.keyClick(view.table, Qt.Key.Key_Escape)
    assert strong() == list(range(1, 7))
    assert not hand_faded(explorer)
    assert canvas.grab_image() != faint
    for _ in range(2):
        QTest.keyClick(view.table, Qt.Key.Key_Up)
    assert strong() == []
    assert not hand_faded(explorer)  # that is the run in hand
    QTest.keyClick(view.table, Qt.Key.Key_Down)
    view.add_button.setFocus()
    assert strong() == list(range(1, 7))
    head = view.table.horizontalHeaderItem(NAME)
    assert head is not None
    assert "arrow keys" in head.toolTip()


def test_that_the_hands_path_on_the_surface_fades_with_the_rivals(
    explorer: Explorer, settle: Settle, qtbot: QtBot
) -> None:
    view = begin(explorer, settle, qtbot)
    point_at(view, 2)
    assert hand_faded(explorer)
    point_at(view, 0)
    assert not hand_faded(explorer)


def test_that_the_menu_offers_what_can_be_done_with_the_chosen_run(
    explorer: Explorer, settle: Settle, qtbot: QtBot
) -> None:
    actions, session = explorer.menus.actions, explorer.session
    chosen = [actions[f"race_{what}"] for what in ("take", "duplicate", "remove")]
    assert not any(action.isEnabled() for action in (*chosen, actions["race_gather"]))
    view = begin(explorer, settle, qtbot, iterations=5)
    assert not any(action.isEnabled() for action in chosen)
    click_on(view, 2)
    assert all(action.isEnabled() for action in chosen)
    beyond = StartConfig(method="values", values={"w": 1e200, "b": 0.0})
    session.change_rival(1, {"start": beyond})
    qtbot.waitUntil(lambda: not view.take_button.isEnabled())
    assert [action.isEnabled() for action in chosen] == [False, True, True]
    assert actions["race_gather"].isEnabled()
    explorer.window.bring_to_front("fit")
    for _ in range(6):
        session.remove_rival(0)
    actions["race_remove"].trigger()
    assert not any(action.isEnabled() for action in chosen)


def test_that_the_tab_key_goes_through_the_table_before_what_it_is_chosen_for(
    explorer: Explorer, settle: Settle, qtbot: QtBot
) -> None:
    view = begin(explorer, settle, qtbot, iterations=5)
    click_on(view, 2)
    view.unit.setFocus()
    order = [view.add_button, view.rules_button, view.table, view.take_button, view.copy_button, view.remove_button]
    for widget in order:
        view.focusNextChild()
        assert explorer.window.focusWidget() is widget


def test_that_the_clock_can_count_evaluations(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    session, view = explorer.session, explorer.window.race
    session.change_setting("batch_size", 15)  # a quarter of the examples
    QTest.keyClick(explorer.window, Qt.Key.Key_R)
    session.change_setting("batch_size", None)
    session.run_until(iteration=10)
    qtbot.waitUntil(lambda: session.snapshot.cursor == 10 and not race_of(explorer).busy)
    assert race_of(explorer).lanes[1].at == 10
    qtbot.waitUntil(view.unit.isEnabled)
    view.unit.setFocus()
    for _ in range(2):
        QTest.keyClick(view.unit, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: race_of(explorer).unit == "evaluation" and not race_of(explorer).busy)
    assert race_of(explorer).lanes[1].at == 40
    settle()
    assert view.table.horizontalHeaderItem(NAME).text() == "After 1,200 evaluations"
    curve = explorer.window.loss_curve.race.curves[0]
    assert curve.path.elementAt(curve.path.elementCount() - 1).x == pytest.approx(10.0)
    assert {view.table.item(row, NAME).text() for row in (0, 1)} == {"Momentum · all examples", "Momentum · batch 15"}


def test_that_without_rivals_the_panel_says_what_to_do(explorer: Explorer, settle: Settle) -> None:
    settle()
    view = explorer.window.race
    explorer.window.docks["race"].raise_()
    QApplication.processEvents()
    assert view.hint.isVisible()
    assert not view.table.isVisible()
    assert not view.take_button.isEnabled()
    for button in (
        view.add_button,
        view.rules_button,
        view.take_button,
        view.copy_button,
        view.remove_button,
        view.unit,
    ):
        assert button.accessibleName()
        assert button.toolTip()


def test_that_rivals_are_brought_to_the_start_that_was_dragged(
    explorer: Explorer, settle: Settle, qtbot: QtBot
) -> None:
    view, session = begin(explorer, settle, qtbot, iterations=8), explorer.session
    assert not view.gather_button.isVisible()
    session.set_start(np.array([0.25, 1.0]))
    qtbot.waitUntil(view.gather_button.isVisible)
    QTest.mouseClick(view.gather_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not view.gather_button.isVisible() and not race_of(explorer).busy)
    for lane in race_of(explorer).lanes:
        assert lane.timeline is not None
        assert lane.timeline.theta[0].tolist() == [0.25, 1.0]
