"""One iteration followed term by term, as a student would, in the whole window."""

import sys
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from landscape_app.app import Explorer
from landscape_app.session.backprop import walk_names
from landscape_app.session.config import ModelConfig
from landscape_app.views.backprop_rows import TermRow

Settle = Callable[[], None]

#: A window as it was left before there was this panel: the surface closed, the others where they belong.
OLD_LAYOUT = (
    "AAAA/wAAAAH9AAAAAQAAAAAAAAUAAAAC7PwCAAAAAfwAAAATAAAC7AAAAWsA/////AEAAAAD+wAAAAoAcwBlAHQAdQBwAQAAAAAA"
    "AAD7AAAA+wD////8AAABAQAAAtYAAAG8AP////wCAAAAA/wAAAATAAABeAAAAHQA/////AEAAAAC+wAAAA4AYwBvAG4AdABvAHUA"
    "cgEAAAEBAAAC1gAAAHgA////+wAAAA4AcwB1AHIAZgBhAGMAZQgAAAJvAAABaAAAAM8A////+wAAABAAdABpAG0AZQBsAGkAbgBl"
    "AQAAAZEAAABtAAAAZAD////8AAACBAAAAPsAAACHAP////wBAAAAAvsAAAAGAGYAaQB0AQAAAQEAAAFoAAAAfgD////7AAAACABs"
    "AG8AcwBzAQAAAm8AAAFoAAAAfgD////7AAAAEgBnAHIAYQBkAGkAZQBuAHQAcwEAAAPdAAABIwAAAOYA////AAAAAAAAAuwAAAAE"
    "AAAABAAAAAgAAAAI/AAAAAA=:fecb04cb8e73f9eb"
)


def row_of(explorer: Explorer, name: str) -> TermRow:
    return next(row for row in explorer.window.backprop.rows if row.equation.name == name)


def number(text: str) -> float:
    return float(text.split("= ")[-1].replace("−", "-"))


def test_that_the_keys_walk_through_an_iteration_and_into_the_next(
    explorer: Explorer, settle: Settle, qtbot: QtBot
) -> None:
    settle()
    window, session = explorer.window, explorer.session
    panel = window.backprop
    assert not panel.rows  # behind the gradients nothing is made
    names = walk_names(session.snapshot.problem.model)
    theta, rate = session.snapshot.theta, session.snapshot.settings.hyper["learning_rate"]
    with qtbot.waitSignal(panel.watched):
        QTest.keyClick(window, Qt.Key.Key_Period)
    for place, name in enumerate(names):
        assert session.snapshot.term == name
        assert [row.equation.name for row in panel.rows if row.lit] == [name]
        if place + 1 < len(names):
            QTest.keyClick(window, Qt.Key.Key_Period)
    # With pencil and paper: a line through sixty points, and momentum's first step.
    data = session.snapshot.problem.data
    x, y = data.X[0].tolist(), data.y[0].tolist()
    errors = [float(theta[0]) * a + float(theta[1]) - b for a, b in zip(x, y, strict=True)]
    loss = sum(e * e for e in errors) / len(errors)
    by_w = 2 / len(errors) * sum(e * a for e, a in zip(errors, x, strict=True))
    by_b = 2 / len(errors) * sum(errors)
    shown = {name: [number(text) for text in row_of(explorer, name).line.numbers] for name in names}
    assert shown["L"] == pytest.approx([loss], rel=1e-5)
    assert shown["dL/dw"] + shown["dL/db"] == pytest.approx([by_w, by_b], rel=1e-5)
    assert shown["increment"] == pytest.approx([-rate * by_w, -rate * by_b], rel=1e-5)
    assert shown["move"] == pytest.approx([theta[0] - rate * by_w, theta[1] - rate * by_b], rel=1e-5)
    QTest.keyClick(window, Qt.Key.Key_Period)
    qtbot.waitUntil(lambda: session.snapshot.cursor == 1)
    assert session.snapshot.term == names[0]
    np.testing.assert_allclose(session.snapshot.theta, shown["move"], rtol=1e-5)
    QTest.keyClick(window, Qt.Key.Key_Comma)
    assert (session.snapshot.cursor, session.snapshot.term) == (0, names[-1])


def test_that_the_check_appears_by_itself_while_the_panel_is_seen(
    explorer: Explorer, settle: Settle, qtbot: QtBot
) -> None:
    settle()
    window, session = explorer.window, explorer.session
    with qtbot.waitSignal(window.backprop.watched):
        window.docks["backprop"].raise_()
    qtbot.waitUntil(lambda: window.backprop.badge.text().startswith("✓ checked to"))
    session.step()
    qtbot.waitUntil(lambda: session.snapshot.cursor == 1)
    assert window.backprop.badge.text() in ("check", "checking …")  # not the one of the point before
    qtbot.waitUntil(lambda: window.backprop.badge.text().startswith("✓ checked to"))
    with qtbot.waitSignal(window.backprop.watched):
        window.docks["gradients"].raise_()
    session.step()
    qtbot.waitUntil(lambda: session.snapshot.cursor == 2)
    qtbot.wait(600)
    assert session.snapshot.check is None


def test_that_another_model_brings_its_own_equations(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    window, session = explorer.window, explorer.session
    with qtbot.waitSignal(window.backprop.watched):
        window.docks["backprop"].raise_()
    before = len(window.backprop.rows)
    session.configure(session.snapshot.wanted.but(model=ModelConfig(name="two-layer-sigmoid", hidden=3)))
    qtbot.waitUntil(lambda: session.snapshot.problem.model.name == "two-layer-sigmoid")
    assert [row.equation.name for row in window.backprop.rows] == list(walk_names(session.snapshot.problem.model))
    assert len(window.backprop.rows) > before
    session.undo()
    qtbot.waitUntil(lambda: len(window.backprop.rows) == before)


def test_that_the_formulas_are_typeset_only_when_they_are_seen(explorer: Explorer, settle: Settle) -> None:
    settle()
    fresh = "ziamath" not in sys.modules
    explorer.session.step()
    settle()
    assert not explorer.window.backprop.rows
    assert not fresh or "ziamath" not in sys.modules


def test_that_a_window_left_before_there_was_this_panel_opens_as_it_was(explorer: Explorer, settle: Settle) -> None:
    settle()
    window = explorer.window
    assert window.open_as(window.geometry_state, OLD_LAYOUT)
    docks = window.docks
    assert not docks["surface"].isVisible()
    assert docks["backprop"] in window.tabifiedDockWidgets(docks["gradients"])
    settle()
    assert not docks["gradients"].visibleRegion().isEmpty()
    assert docks["backprop"].visibleRegion().isEmpty()
    assert not window.backprop.rows


def test_that_the_panel_is_in_front_again_if_it_was_left_so(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    window = explorer.window
    with qtbot.waitSignal(window.backprop.watched):
        window.docks["backprop"].raise_()
    left = window.layout_state
    window.docks["gradients"].raise_()
    qtbot.waitUntil(lambda: window.docks["backprop"].visibleRegion().isEmpty())
    assert window.open_as(window.geometry_state, left)
    qtbot.waitUntil(lambda: not window.docks["backprop"].visibleRegion().isEmpty())


def test_that_the_parts_of_the_update_stand_on_the_map_and_on_the_surface(
    explorer: Explorer, settle: Settle, qtbot: QtBot
) -> None:
    settle()
    window, session = explorer.window, explorer.session
    QTest.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: session.snapshot.cursor == 1)
    settle()
    laid = window.surface._canvas
    assert not laid._arrows
    QTest.keyClick(window, Qt.Key.Key_U)
    for cursor in (1, 2):
        drawn = window.contour.parts.drawn
        assert drawn.names == ("raw", "momentum_part", "step")
        assert tuple(arrow.name for arrow in laid._arrows) == drawn.names
        landscape = session.snapshot.landscape
        assert landscape is not None
        (x0, x1), (y0, y1) = landscape.x_range, landscape.y_range
        for arrow, above in zip(drawn.arrows, laid._arrows, strict=True):
            x, y = (above.points[-1, :2] + 1.0) / 2.0 * (x1 - x0, y1 - y0) + (x0, y0)
            np.testing.assert_allclose((x, y), arrow.tip, rtol=1e-9, atol=1e-9)
        if cursor == 1:
            QTest.keyClick(window, Qt.Key.Key_Right)
            qtbot.waitUntil(lambda: session.snapshot.cursor == 2)
            settle()
    QTest.keyClick(window, Qt.Key.Key_U)
    assert not laid._arrows
