"""Looking far ahead, and starting from there."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from landscape_app.app import Explorer
from landscape_app.views.look_ahead import LookAheadDialog


def test_that_a_run_is_taken_up_far_ahead(explorer: Explorer, settle: Callable[[], None], qtbot: QtBot) -> None:
    s = explorer.session
    explorer.window.setup.optimizer.choose("gradient-descent")
    s.step(5)
    settle()
    explorer.menus.actions["look_ahead"].trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, LookAheadDialog)
    assert dialog.iteration.text() == f"{s.snapshot.cursor + 1_000_000:,}"
    optimum = s.snapshot.problem.optimum
    assert optimum is not None
    qtbot.mouseClick(dialog.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: np.allclose(s.snapshot.timeline.theta[0], optimum.theta, rtol=1e-9))
    settle()
    assert s.snapshot.loss == pytest.approx(optimum.loss, rel=1e-12)
    s.undo()
    assert not np.allclose(s.snapshot.timeline.theta[0], optimum.theta, rtol=1e-3)
