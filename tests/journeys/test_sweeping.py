"""Two settings swept, a cell clicked, the table taken away; and is random search a good idea? With real events."""

import csv
import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from landscape_app.app import Explorer
from landscape_app.session.config import DataConfig, StartConfig
from landscape_app.session.search import verdict
from landscape_app.session.sweep import DIVERGED, SweepTable
from landscape_app.views.palette import DARK, LIGHT
from landscape_app.views.search import SearchDialog
from landscape_app.views.sweep import SweepView

Settle = Callable[[], None]


def open_panel(explorer: Explorer, qtbot: QtBot) -> SweepView:
    explorer.menus.actions["sweep"].trigger()
    view = explorer.window.sweep
    qtbot.waitUntil(view.isVisible)
    return view


def swept(view: SweepView, qtbot: QtBot) -> SweepTable:
    """Press Start and wait for the last run."""
    qtbot.mouseClick(view.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.table is not None and view.table.done == view.table.total, timeout=30_000)
    qtbot.waitUntil(lambda: view.start_button.text() == "Start")
    assert view.table is not None
    return view.table


def said(label: QLabel, text: str) -> bool:
    return text in label.text()


def middle(view: SweepView, row: int, column: int) -> QPoint:
    return view.map.cell_rect(row, column).center().toPoint()


def test_rate_by_rule_and_a_click(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    view, s = open_panel(explorer, qtbot), explorer.session
    assert view.hint.isVisible()
    before_it = view.start_button.geometry().topLeft()
    view.x_axis.count.set_value(9)
    table = swept(view, qtbot)
    assert [table.wish.x.name, table.wish.y.name] == ["learning_rate", "optimizer"]
    assert table.wish.shape == (7, 9)  # random search has no learning rate
    assert view.map.isVisible()
    assert view.start_button.geometry().topLeft() == before_it  # Stop stands where Start was
    assert not view.hint.isVisible()
    best = table.best
    assert best is not None
    assert "Best: η " in view.summary.text()
    assert f"above the start's loss: {int(table.risen.sum())}" in view.summary.text()
    assert table.risen[:, -1].any()
    assert not (table.state == DIVERGED).any()
    before = s.snapshot.experiment
    qtbot.mouseMove(view.map, middle(view, *best))
    qtbot.waitUntil(lambda: "after 100 iterations" in view.readout.text())
    qtbot.mouseClick(view.map, Qt.MouseButton.LeftButton, pos=middle(view, *best))
    qtbot.waitUntil(lambda: s.snapshot.timeline.last == 100 and s.snapshot.cursor == 100, timeout=5000)
    assert s.snapshot.loss == table.loss[best]
    assert s.snapshot.settings.optimizer.name == table.wish.y.values[best[0]]
    assert s.snapshot.settings.hyper["learning_rate"] == table.wish.x.values[best[1]]
    explorer.menus.actions["undo"].trigger()
    assert s.snapshot.experiment == before
    assert not explorer.menus.actions["undo"].isEnabled()


def test_the_keys_go_from_cell_to_cell_and_return_takes_one(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    view, s = open_panel(explorer, qtbot), explorer.session
    view.x_axis.choose("momentum")
    view.y_axis.choose("batch_size")
    view.x_axis.count.set_value(4)
    view.y_axis.count.set_value(3)
    table = swept(view, qtbot)
    view.map.setFocus()
    view.map.select((0, 0))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left):
        qtbot.keyClick(view.map, key)
    assert view.map.selected == (1, 1)
    assert s.snapshot.cursor == 0  # the arrow keys are the map's here
    assert view.readout.text().startswith(f"μ {table.wish.x.values[1]:g}, batch ")
    for _ in range(9):
        qtbot.keyClick(view.map, Qt.Key.Key_Down)
    assert view.map.selected == (0, 1)
    qtbot.keyClick(view.map, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 100, timeout=5000)
    assert s.snapshot.loss == table.loss[0, 1]
    assert s.snapshot.settings.batch_size == 1


def test_that_former_settings_are_told_and_other_data_clear_the_map(
    explorer: Explorer, settle: Settle, qtbot: QtBot
) -> None:
    settle()
    view, s = open_panel(explorer, qtbot), explorer.session
    view.x_axis.count.set_value(3)
    table = swept(view, qtbot)
    s.configure(s.snapshot.wanted.but(start=StartConfig(method="zeros")))
    qtbot.waitUntil(lambda: "former" in view.readout.text())
    qtbot.mouseClick(view.map, Qt.MouseButton.LeftButton, pos=middle(view, 0, 1))
    qtbot.waitUntil(lambda: s.snapshot.cursor == 100, timeout=5000)
    assert s.snapshot.loss == table.loss[0, 1]  # its start comes with it
    assert s.snapshot.experiment.start.method == "values"
    s.configure(s.snapshot.wanted.but(data=DataConfig(seed=8)))
    qtbot.waitUntil(lambda: view.table is None)
    assert view.hint.isVisible()
    assert not view.table_button.isEnabled()


def test_that_a_sweep_that_cannot_be_is_refused_in_words(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    view = open_panel(explorer, qtbot)
    view.y_axis.choose("learning_rate")
    qtbot.mouseClick(view.start_button, Qt.MouseButton.LeftButton)
    assert "same setting" in view.readout.text()
    view.y_axis.choose("momentum")
    assert view.readout.text() == ""
    view.y_axis.high.set_value(1.5)
    qtbot.mouseClick(view.start_button, Qt.MouseButton.LeftButton)
    assert "momentum" in view.readout.text()
    assert view.table is None


def test_stop_and_progress(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    view = open_panel(explorer, qtbot)
    view.iterations.set_value(100_000)
    qtbot.mouseClick(view.start_button, Qt.MouseButton.LeftButton)
    assert view.start_button.text() == "Stop"
    qtbot.waitUntil(lambda: "sweep: " in explorer.window.status.landscape.text())
    qtbot.mouseClick(view.start_button, Qt.MouseButton.LeftButton)
    assert view.start_button.text() == "Start"
    assert "Stopped at" in view.summary.text()
    assert "sweep: " not in explorer.window.status.landscape.text()


def test_that_the_table_is_copied_and_saved(
    explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle()
    explorer.menus.actions["save_sweep"].trigger()
    assert "no sweep yet" in explorer.session.snapshot.notice.text
    view = open_panel(explorer, qtbot)
    view.x_axis.count.set_value(3)
    table = swept(view, qtbot)
    view.copy_action.trigger()
    assert QApplication.clipboard().text() == table.text("\t")
    path = tmp_path / "table.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    view.save_action.trigger()
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert len(rows) == 1 + table.total
    assert [float(row[2]) for row in rows[1:4]] == table.loss[0].tolist()
    missing = tmp_path / "nowhere" / "table.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(missing), ""))
    explorer.menus.actions["save_sweep"].trigger()
    assert "could not be written" in explorer.session.snapshot.notice.text


def test_is_random_search_a_good_idea(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    view = open_panel(explorer, qtbot)
    qtbot.mouseClick(view.search_button, Qt.MouseButton.LeftButton)
    dialog = explorer.sweeps.search_dialog
    assert dialog is not None
    assert not dialog.growing.isEnabled()  # one feature, no hidden units
    dialog.evaluations.set_value(400)
    dialog.searches.set_value(9)
    qtbot.mouseClick(dialog.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Seeds 0 to 8." in dialog.remark.text(), timeout=20_000)
    table = dialog.table
    assert table is not None
    found = verdict(table, 2.0)
    assert found is not None
    assert found.descent_wins
    text = dialog.answer.text()
    assert text.startswith("After 400 evaluations Momentum is at 0.157, the median of 9 random searches at ")
    assert f"The descent needed only {found.needed:.0f} for " in text
    dialog.cost.setCurrentIndex(dialog.cost.findData(1))
    dialog.cost.activated.emit(dialog.cost.currentIndex())
    cheaper = verdict(table, 1.0)
    assert cheaper is not None
    assert f"The descent needed only {cheaper.needed:.0f} for " in dialog.answer.text()
    assert "random search" in dialog.plot.text_at(50.0)
    explorer.session.change_setting("learning_rate", 0.01)
    assert "former" in dialog.remark.text()
    dialog.reject()
    assert explorer.sweeps.search_dialog is None


def test_that_a_descent_that_climbs_is_answered_and_the_window_opens_again(
    explorer: Explorer, settle: Settle, qtbot: QtBot
) -> None:
    settle()
    s = explorer.session
    for name, value in (("optimizer", "gradient-descent"), ("batch_size", 1), ("learning_rate", 0.45)):
        s.change_setting(name, value)
    settle()
    for _ in range(2):
        explorer.sweeps.open_search()
        dialog = explorer.sweeps.search_dialog
        assert dialog is not None
        assert dialog.isVisible()
        dialog.evaluations.set_value(100)
        qtbot.mouseClick(dialog.start_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(partial(said, dialog.remark, "Seeds 0 to 19."), timeout=20_000)
        assert "the descent ends higher than at the start." in dialog.answer.text()
        dialog.reject()


@pytest.mark.parametrize(
    ("most", "remark", "beginning"),
    [
        (
            25,
            "The descent ended after 25 steps, worth 10 evaluations: both are compared there.",
            "After 10 evaluations",
        ),
        (2, "The descent ended after 2 steps", "All the steps of the descent count as less than one evaluation"),
    ],
)
def test_that_a_descent_that_ended_early_says_so(
    explorer: Explorer,
    settle: Settle,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    most: int,
    remark: str,
    beginning: str,
) -> None:
    settle()
    monkeypatch.setattr("landscape_app.session.search.MOST_STEPS", most)
    explorer.session.change_setting("batch_size", explorer.session.snapshot.problem.data.m // 5)
    settle()
    explorer.sweeps.open_search()
    dialog = explorer.sweeps.search_dialog
    assert dialog is not None
    dialog.evaluations.set_value(50)
    qtbot.mouseClick(dialog.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(partial(said, dialog.remark, remark), timeout=20_000)
    assert dialog.answer.text().startswith(beginning)
    dialog.reject()


def test_that_a_window_that_could_not_be_shown_is_made_anew(
    explorer: Explorer, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle()
    with monkeypatch.context() as broken:
        broken.setattr(SearchDialog, "render_snapshot", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            explorer.sweeps.open_search()
    explorer.sweeps.open_search()
    dialog = explorer.sweeps.search_dialog
    assert dialog is not None
    assert dialog.isVisible()
    dialog.reject()


def test_that_it_is_seen_how_the_answer_grows(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    s = explorer.session
    s.configure(
        s.snapshot.wanted.but(
            data=DataConfig(name="product", examples=20),
            model=s.snapshot.wanted.model.but(name="two-layer-sigmoid", hidden=2),
            start=StartConfig(method="xavier"),
        )
    )
    qtbot.waitUntil(lambda: s.snapshot.problem.model.has_hidden)
    explorer.menus.actions["search"].trigger()
    dialog = explorer.sweeps.search_dialog
    assert dialog is not None
    dialog.evaluations.set_value(50)
    dialog.searches.set_value(3)
    dialog.growing.setChecked(True)
    qtbot.mouseClick(dialog.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.table is not None and len(dialog.table.growth) == 5, timeout=20_000)
    qtbot.waitUntil(dialog.growth.isVisible)
    assert dialog.growth.readout.text().count(" for ") == 5
    dialog.reject()


def test_that_open_windows_follow_a_change_of_look(explorer: Explorer, settle: Settle) -> None:
    settle()
    explorer.window.set_look(DARK)
    explorer.sweeps.open_search()
    explorer.menus.actions["point_kind"].trigger()
    search, point = explorer.sweeps.search_dialog, explorer._point_dialog
    assert search is not None
    assert point is not None
    dark = [window.grab().toImage().pixelColor(3, 3).lightness() for window in (search, point)]
    explorer.window.set_look(LIGHT)
    light = [window.grab().toImage().pixelColor(3, 3).lightness() for window in (search, point)]
    assert max(dark) < 80
    assert min(light) > 180
    assert search.plot._palette == LIGHT
    assert point.chart._palette == LIGHT
    search.close()
    point.close()
    explorer.window.set_look(DARK)
