"""The whole window by keys alone: Tab leads to what can be seen, and to nothing else."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from landscape_app.app import Explorer
from landscape_app.views.backprop_rows import TermRow

Settle = Callable[[], None]


def stops(explorer: Explorer, begin: QWidget, most: int = 150) -> list[QWidget]:
    """Return what Tab leads to from ``begin``, once around."""
    window = explorer.window
    begin.setFocus(Qt.FocusReason.TabFocusReason)
    found = [begin]
    for _ in range(most):
        QTest.keyClick(found[-1], Qt.Key.Key_Tab)
        now = window.focusWidget()
        if now is begin:
            return found
        found.append(now)
    raise AssertionError("Tab never came back")


def panel_of(widget: QWidget | None) -> str:
    while widget is not None and not isinstance(widget, QDockWidget):
        widget = widget.parentWidget()
    return "" if widget is None else widget.objectName()


def test_that_tab_passes_what_lies_behind_other_panels(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    window = explorer.window
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    for front in ("gradients", "backprop"):
        window.bring_to_front(front)
        settle()
        seen = stops(explorer, window.setup.data.source)
        panels = {panel_of(stop) for stop in seen}
        assert front in panels
        assert not panels & ({"update", "examples", "race", "graph", "sweep", "gradients", "backprop"} - {front})
        assert {"setup", "contour", "timeline", "fit", "loss"} <= panels
        for bar in seen:
            assert not isinstance(bar, QTabBar) or not bar.visibleRegion().isEmpty()


def test_that_the_terms_are_walked_by_keys(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    window, session = explorer.window, explorer.session
    window.bring_to_front("backprop")
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window and bool(window.backprop.rows))
    settle()
    window.backprop.check_lines.button.setFocus()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert window.focusWidget() is window.backprop.rows[0]
    for place in (1, 2, 3, 4):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Down)
        assert window.focusWidget() is window.backprop.rows[place]
    row = window.focusWidget()
    assert isinstance(row, TermRow)
    assert row.equation.name == "dL/dw"
    QTest.keyClick(row, Qt.Key.Key_Return)
    assert session.snapshot.term == "dL/dw"
    QTest.keyClick(row, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert session.snapshot.entry == 0


def test_that_a_panel_that_goes_behind_another_gives_up_the_keys(
    explorer: Explorer, settle: Settle, qtbot: QtBot
) -> None:
    settle()
    window, session = explorer.window, explorer.session
    before = session.snapshot.problem.data
    explorer.window.data_fit.example_requested.emit(7)
    window.data_fit.plot.setFocus()
    window.bring_to_front("race")
    qtbot.waitUntil(lambda: window.focusWidget() is None)
    QTest.keyClick(window, Qt.Key.Key_Delete)
    settle()
    assert np.array_equal(session.snapshot.problem.data.y, before.y)
    window.bring_to_front("fit")
