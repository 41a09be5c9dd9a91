"""A divergence foreseen, provoked, explained and repaired; and the point looked at where the run ends."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabBar
from pytestqt.qtbot import QtBot

from landscape_app.app import Explorer


def test_that_a_divergence_is_foreseen_explained_and_repaired(
    explorer: Explorer, settle: Callable[[], None], qtbot: QtBot
) -> None:
    s, w = explorer.session, explorer.window
    w.setup.optimizer.choose("gradient-descent")
    settle()
    part = w.setup.optimizer.stability
    assert part.verdict.text().startswith("Converges")
    s.step(8)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 8)
    # Drag the rate to the ruler's end.
    w.setup.ensureWidgetVisible(part.ruler)
    ruler = part.ruler
    right = QPoint(ruler.width() - 12, ruler.height() // 2)
    QTest.mousePress(ruler, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(ruler.width() // 2, 20))
    QTest.mouseMove(ruler, right)
    QTest.mouseRelease(ruler, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, right)
    qtbot.waitUntil(lambda: part.verdict.text().startswith("Diverges"))
    assert s.snapshot.undo == "run.learning_rate"
    rate = s.snapshot.settings.hyper["learning_rate"]
    s.run_until(iteration=5000)
    qtbot.waitUntil(lambda: w.notice.isVisible(), timeout=15_000)
    tabs = [bar for bar in (*w.findChildren(QTabBar), w.statusBar()) if bar.isVisible()]
    assert len(tabs) > 3
    for bar in tabs:  # what may stay for long leaves them in reach
        assert not w.notice.geometry().intersects(QRect(bar.mapTo(w, QPoint()), bar.size()))
    text = w.notice.text.text()
    last = s.snapshot.timeline.last
    factor = float(s.snapshot.timeline.increment(last)[0] / s.snapshot.timeline.increment(last - 1)[0])
    assert f"each step multiplies the error along w by {factor:.3g}".replace("-", "−") in text
    assert "The loss was lowest at iteration 8 (" in text

    qtbot.mouseClick(w.notice.back_button, Qt.MouseButton.LeftButton)
    assert s.snapshot.cursor == 8
    assert s.snapshot.timeline.divergence is not None  # nothing is lost
    assert not w.notice.text.isVisible()
    assert w.notice.height() < 50  # the tabs under the panels can be seen again
    qtbot.mouseClick(w.notice.go_on_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: s.snapshot.cursor > 12, timeout=15_000)
    s.pause()
    halved = s.snapshot.settings.hyper["learning_rate"]
    assert np.log2(rate / halved) == round(float(np.log2(rate / halved)), 1) or abs(rate / halved - 8) < 0.1
    assert not part.verdict.text().startswith("Diverges")
    assert s.snapshot.loss < s.snapshot.timeline.loss[8]
    s.undo()
    assert s.snapshot.timeline.last == last
    s.undo()  # the drag, all of it
    assert s.snapshot.settings.hyper["learning_rate"] == 0.01


def test_that_reset_from_the_message_is_undone_too(
    explorer: Explorer, settle: Callable[[], None], qtbot: QtBot
) -> None:
    s, w = explorer.session, explorer.window
    w.setup.optimizer.choose("gradient-descent")
    s.change_setting("learning_rate", 5.0)
    settle()
    s.run_until(iteration=5000)
    qtbot.waitUntil(lambda: w.notice.isVisible(), timeout=15_000)
    last = s.snapshot.timeline.last
    qtbot.mouseClick(w.notice.reset_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: s.snapshot.timeline.last == 0)
    assert not w.notice.isVisible()
    s.undo()
    assert s.snapshot.timeline.last == last


def test_that_the_kind_of_point_follows_the_cursor(
    explorer: Explorer, settle: Callable[[], None], qtbot: QtBot
) -> None:
    s = explorer.session
    explorer.menus.actions["point_kind"].trigger()
    dialog = explorer._point_dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.headline.text() == "Not a stationary point", timeout=15_000)
    explorer.menus.actions["point_kind"].trigger()
    assert explorer._point_dialog is dialog  # one window is enough
    s.run_until(iteration=800)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 800 and dialog.headline.text() == "A minimum", timeout=30_000)
    assert dialog.where.text().startswith("Iteration 800 · loss ")
    dialog.reject()
    s.go_to(0)
    qtbot.wait(400)
    assert not s.snapshot.inspecting  # nobody looks any more


def test_that_the_curve_of_curvature_is_found_and_left(
    explorer: Explorer, settle: Callable[[], None], qtbot: QtBot
) -> None:
    s, loss = explorer.session, explorer.window.loss_curve
    s.run_until(iteration=40)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 40, timeout=15_000)
    loss.sharpness_button.click()
    qtbot.waitUntil(lambda: s.snapshot.sharpness is not None and len(s.snapshot.sharpness.values) == 41, timeout=15_000)
    optimum = s.snapshot.problem.optimum
    assert optimum is not None
    assert s.snapshot.sharpness is not None
    assert np.allclose(s.snapshot.sharpness.values, optimum.lambda_max)  # a regression's is the same everywhere
    loss.sharpness_button.click()
    assert s.snapshot.sharpness is None
