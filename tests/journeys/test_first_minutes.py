"""What a new user does in the first minutes, with real mouse and key events."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QSlider, QWidget
from pytestqt.qtbot import QtBot

from landscape_app.app import Explorer
from landscape_app.core.models import MODELS
from landscape_app.core.optimizers import OPTIMIZERS

Settle = Callable[[], None]


def on_map(explorer: Explorer, x: float, y: float) -> QPoint:
    """Where a point of the map lies on its widget."""
    contour = explorer.window.contour
    return contour.plot.mapFromScene(contour.box.mapViewToScene(QPointF(x, y)))


def click(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_that_step_back_and_scrub_move_all_panels(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    t, s = explorer.window.transport, explorer.session
    for _ in range(3):
        click(qtbot, t.step_button)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 3)
    assert "3 / 3" in t.place.text()
    click(qtbot, t.back_button)
    assert s.snapshot.cursor == 2
    assert t.scrubber.value() == 2
    t.scrubber.setValue(1)
    assert s.snapshot.cursor == 1
    assert f"{s.snapshot.loss:.5g}"[:4] in explorer.window.status.moment.text()
    click(qtbot, t.last_button)
    assert s.snapshot.cursor == 3
    click(qtbot, t.first_button)
    assert s.snapshot.cursor == 0


def test_that_the_keys_in_the_menus_work(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    w, s = explorer.window, explorer.session
    w.activateWindow()
    w.contour.plot.setFocus()
    settle()
    qtbot.keyClick(w, Qt.Key.Key_Right)
    qtbot.keyClick(w, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 2)
    qtbot.keyClick(w, Qt.Key.Key_Left)
    assert s.snapshot.cursor == 1
    qtbot.keyClick(w, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: s.snapshot.cursor > 3)
    qtbot.keyClick(w, Qt.Key.Key_Space)
    assert not s.snapshot.playing
    settle()
    start = s.snapshot.timeline.theta[0].copy()
    qtbot.keyClick(w, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: s.snapshot.timeline.theta[0][0] > start[0])
    assert s.snapshot.timeline.theta[0][1] == pytest.approx(start[1])
    qtbot.keyClick(w, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: s.snapshot.timeline.theta[0][1] < start[1])


def test_that_every_action_with_a_key_has_one_of_its_own(explorer: Explorer) -> None:
    actions = [*explorer.menus.actions.values(), *(d.toggleViewAction() for d in explorer.window.docks.values())]
    keys = [a.shortcut().toString() for a in actions if not a.shortcut().isEmpty()]
    assert len(keys) == len(set(keys))


def test_that_a_click_on_the_map_sets_the_start(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    s = explorer.session
    qtbot.mouseClick(explorer.window.contour.plot.viewport(), Qt.MouseButton.LeftButton, pos=on_map(explorer, 1.0, 0.5))
    qtbot.waitUntil(lambda: s.snapshot.experiment.start.method == "values" and s.snapshot.timeline.theta[0][0] > 0)
    pixel = explorer.window.contour.box.viewPixelSize()
    assert s.snapshot.timeline.theta[0] == pytest.approx([1.0, 0.5], abs=2 * max(pixel))
    settle()


def test_that_dragging_the_start_bends_the_path_live(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    s, plot = explorer.session, explorer.window.contour.plot.viewport()
    s.run_until(iteration=25)
    settle()
    seen = set()
    s.snapshot_changed.connect(lambda snapshot: seen.add(tuple(snapshot.timeline.theta[0])))
    qtbot.mousePress(plot, Qt.MouseButton.LeftButton, pos=on_map(explorer, -1.0, 1.5))
    for i in range(12):
        qtbot.mouseMove(plot, on_map(explorer, -1.0 + 0.2 * i, 1.5 - 0.1 * i))
        qtbot.wait(15)
    qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=on_map(explorer, 1.2, 0.4))
    qtbot.waitUntil(lambda: s.snapshot.timeline.last == 25)
    assert len(seen) >= 4
    settle()


def test_that_the_wheel_zooms_and_the_landscape_follows(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    s, contour = explorer.session, explorer.window.contour
    before = s.snapshot.landscape.x_range
    place = on_map(explorer, 1.5, -0.5)
    for _ in range(3):
        event = QWheelEvent(
            QPointF(place),
            contour.plot.viewport().mapToGlobal(QPointF(place)),
            QPoint(),
            QPoint(0, 240),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(contour.plot.viewport(), event)
    qtbot.waitUntil(lambda: s.snapshot.landscape.x_range != before and not s.snapshot.landscape_busy)
    low, high = s.snapshot.landscape.x_range
    assert high - low < 0.5 * (before[1] - before[0])
    assert low < 1.5 < high
    assert contour.box.viewRange()[0] == pytest.approx([low, high])
    contour.reset_view()
    qtbot.waitUntil(lambda: s.snapshot.map_view.automatic)
    settle()


def test_that_hovering_spells_out_the_exact_loss(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    contour, shown = explorer.window.contour, explorer.session.snapshot
    contour.readout.show_at(0.3, -0.2, (1e-3, 1e-3))
    loss = shown.problem.model.loss(np.array([0.3, -0.2]), shown.problem.data.X, shown.problem.data.y)
    assert f"{loss:.6f}"[:7] in contour.readout.text()
    contour.readout.show_at(-1.6, 2.1, (1e-3, 1e-3))
    assert "iteration 0" in contour.readout.text()
    contour.readout.leave()
    assert "start" in contour.readout.text()


def test_that_the_rate_can_be_typed_in_mid_run(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    s = explorer.session
    s.run_until(iteration=10)
    settle()
    field = explorer.window.setup.optimizer.fields["learning_rate"]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "0.002")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert s.snapshot.settings.hyper["learning_rate"] == 0.002
    assert s.snapshot.experiment.run.changes[0].iteration == 10
    click(qtbot, explorer.window.transport.step_button)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 11)
    assert "iteration 10" in explorer.window.setup.optimizer.changes.text()


def test_that_what_is_no_number_is_marked_and_changes_nothing(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    field = explorer.window.setup.optimizer.fields["learning_rate"]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "fast")
    assert field.property("wrong") is True
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "0.04"
    assert explorer.session.snapshot.settings.hyper["learning_rate"] == 0.04


@pytest.mark.parametrize("model", list(MODELS))
def test_that_each_model_runs_with_each_optimizer(explorer: Explorer, settle: Settle, qtbot: QtBot, model: str) -> None:
    setup, s = explorer.window.setup, explorer.session
    setup.model.choose(model)
    qtbot.waitUntil(lambda: s.snapshot.problem.model.name == model)
    for rule in OPTIMIZERS:
        setup.optimizer.choose(rule)
        at = s.snapshot.cursor
        for _ in range(2):
            click(qtbot, explorer.window.transport.step_button)
        qtbot.waitUntil(lambda: s.snapshot.waiting == 0)
        assert s.snapshot.cursor == at + 2
        assert s.snapshot.settings.optimizer.name == rule
    settle()


def test_that_a_csv_is_opened_by_dropping_it(explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("height,age,name,weight\n1.5,10,ann,40\n1.7,15,bo,60\n1.8,20,cy,75\n1.6,14,di,52\n")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    drop = QDropEvent(
        QPointF(100, 100), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    explorer.window.dropEvent(drop)
    s = explorer.session
    qtbot.waitUntil(lambda: s.snapshot.problem.data.target_name == "weight", timeout=15_000)
    assert s.snapshot.problem.data.feature_names == ("height", "age")
    section = explorer.window.setup.data
    age = next(item for i in range(3) if (item := section.features.item(i)).text() == "age")
    age.setCheckState(Qt.CheckState.Unchecked)
    qtbot.waitUntil(lambda: s.snapshot.problem.data.feature_names == ("height",))
    section.target.setCurrentText("age")
    section.target.activated.emit(section.target.currentIndex())
    qtbot.waitUntil(lambda: s.snapshot.problem.data.target_name == "age")
    section.scale.click()
    qtbot.waitUntil(lambda: s.snapshot.problem.data.scaling is not None)
    settle()


def test_that_a_bad_csv_gets_one_sentence_and_changes_nothing(
    explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path
) -> None:
    settle()
    before = explorer.session.snapshot
    path = tmp_path / "bad.csv"
    path.write_text("a,b\n1,2\n3,4,5\n")
    explorer.open_path(str(path))
    notice = explorer.window.notice
    qtbot.waitUntil(lambda: notice.isVisible() and "bad.csv" in notice.text.text(), timeout=15_000)
    assert explorer.session.snapshot.problem is before.problem
    click(qtbot, notice.close_button)
    assert not notice.isVisible()


def test_that_divergence_is_told_in_the_window(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    explorer.window.setup.optimizer.setting_edited.emit("learning_rate", 9.0)
    explorer.session.run_until(iteration=100_000)
    notice = explorer.window.notice
    qtbot.waitUntil(lambda: notice.isVisible() and "Stopped after iteration" in notice.text.text(), timeout=10_000)
    assert notice.property("kind") == "warning"
    settle()


def test_that_both_looks_can_be_worn(explorer: Explorer, settle: Settle) -> None:
    settle()
    for name in ("look_dark", "look_light", "look_system"):
        explorer.menus.actions[name].trigger()
        assert explorer.window.grab().toImage().pixelColor(3, 3).lightness() in range(256)
    explorer.menus.actions["look_dark"].trigger()
    dark = explorer.window.grab().toImage().pixelColor(3, 400).lightness()
    explorer.menus.actions["look_light"].trigger()
    light = explorer.window.grab().toImage().pixelColor(3, 400).lightness()
    assert dark < 80 < 180 < light


def test_that_closed_panels_come_back(explorer: Explorer, settle: Settle) -> None:
    settle()
    docks = explorer.window.docks
    docks["surface"].close()
    docks["gradients"].setFloating(True)
    explorer.menus.actions["reset_layout"].trigger()
    assert all(dock.isVisible() and not dock.isFloating() for dock in docks.values())


def test_that_every_control_says_what_it_is(explorer: Explorer, settle: Settle) -> None:
    settle()
    for kind in (QAbstractButton, QAbstractSpinBox, QComboBox, QSlider):
        for widget in explorer.window.findChildren(kind):
            own = not widget.objectName().startswith(("qt_", "QTabBar"))
            if own and widget.isVisible() and widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
                assert widget.accessibleName(), (widget, widget.parent())
                assert widget.toolTip(), (widget, widget.accessibleName())


def test_that_tab_goes_through_the_setup_from_top_to_bottom(
    explorer: Explorer, settle: Callable[[], None], qtbot: QtBot
) -> None:
    settle()
    setup = explorer.window.setup
    order = [setup.start.method, setup.start.random_button, *setup.start.fields, setup.optimizer.rule]
    order += [*setup.optimizer.fields.values(), setup.optimizer.full]
    walk: list[QWidget] = []
    widget: QWidget = order[0]
    for _ in range(200):
        walk.append(widget)
        widget = widget.nextInFocusChain() or order[0]
    places = [walk.index(stop) for stop in order]
    assert places == sorted(places)
    visible = [w for w in walk[: places[-1] + 1] if w.isVisible() and w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert [w for w in visible if w in order] == order


def test_that_the_wheel_scrolls_past_fields_that_nobody_has_clicked(
    explorer: Explorer, settle: Callable[[], None]
) -> None:
    settle()
    window, before = explorer.window, explorer.session.snapshot.wanted
    window.resize(1280, 700)
    QApplication.processEvents()
    setup = window.setup
    bar = setup.verticalScrollBar()
    assert bar.maximum() > 0

    def turn(field: QWidget) -> None:
        place = QPointF(field.rect().center())
        event = QWheelEvent(
            place,
            QPointF(field.mapToGlobal(place)),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(field, event)

    for field in (setup.optimizer.rule, setup.data.source, setup.data.fields["noise"]):
        bar.setValue(0)
        turn(field)
        assert explorer.session.snapshot.wanted == before
        assert bar.value() > 0
    field = setup.data.fields["noise"]
    field.setFocus()
    noise = field.value
    turn(field)
    assert field.value != noise  # who has clicked it means it


@pytest.mark.parametrize(
    ("reason", "plays"), [(Qt.FocusReason.MouseFocusReason, True), (Qt.FocusReason.TabFocusReason, False)]
)
def test_that_space_plays_after_a_list_was_clicked_and_is_the_lists_own_where_keys_led_to_it(
    explorer: Explorer, settle: Callable[[], None], qtbot: QtBot, reason: Qt.FocusReason, plays: bool
) -> None:
    settle()
    combo = explorer.window.setup.optimizer.rule
    combo.setFocus(reason)
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(combo, event)
    assert event.isAccepted() is not plays
    if plays:
        qtbot.keyClick(combo, Qt.Key.Key_Space)
        assert explorer.session.snapshot.playing
        assert not combo.view().isVisible()
        explorer.session.pause()


def test_that_no_field_comes_to_have_the_keyboard_by_the_wheel(explorer: Explorer, settle: Callable[[], None]) -> None:
    settle()
    fields = [*explorer.window.findChildren(QAbstractSpinBox), *explorer.window.findChildren(QComboBox)]
    assert len(fields) > 20
    wheel = Qt.FocusPolicy.WheelFocus
    assert not [field.accessibleName() for field in fields if field.isVisible() and field.focusPolicy() == wheel]


def test_that_a_field_that_is_done_gives_the_keys_back(
    explorer: Explorer, settle: Callable[[], None], qtbot: QtBot
) -> None:
    settle()
    window, session = explorer.window, explorer.session
    field = window.setup.optimizer.fields["learning_rate"]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "0.1")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.snapshot.settings.hyper["learning_rate"] == 0.1
    assert window.focusWidget() is None
    qtbot.keyClick(window, Qt.Key.Key_Tab)  # and Tab goes on from there
    assert window.focusWidget() is window.setup.optimizer.stability.ruler
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Space)  # no part of a number
    qtbot.waitUntil(lambda: session.snapshot.playing)
    qtbot.keyClick(field, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not session.snapshot.playing)
    assert field.lineEdit().text() == "0.1"
    header = window.docks["timeline"]
    qtbot.mouseClick(header, Qt.MouseButton.LeftButton, pos=QPoint(20, 5))
    assert window.focusWidget() is None


def test_that_playing_on_after_a_divergence_tells_of_it_again(
    explorer: Explorer, settle: Callable[[], None], qtbot: QtBot
) -> None:
    settle()
    session = explorer.session
    session.change_setting("learning_rate", 3.0)
    session.run_until(iteration=5000)
    qtbot.waitUntil(lambda: session.snapshot.timeline.divergence is not None and not session.snapshot.playing)
    qtbot.waitUntil(lambda: session.snapshot.notice is not None)
    session.dismiss_notice()
    session.go_to(session.snapshot.timeline.last)
    session.play()
    shown = session.snapshot
    assert not shown.playing
    assert shown.notice is not None
    assert shown.notice.repair is not None
