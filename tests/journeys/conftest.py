"""A whole window with its session, driven by real events."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from landscape_app.app import Explorer


@pytest.fixture
def explorer(qapp: QApplication, qtbot: QtBot) -> Iterator[Explorer]:
    qapp.setStyle("Fusion")
    made = Explorer()
    made.window.resize(1400, 900)
    made.window.show()
    made.window.arrange()
    qtbot.waitExposed(made.window)
    yield made
    made.shut_down()
    made.window.close()
    made.window.deleteLater()
    made.deleteLater()


@pytest.fixture
def settle(explorer: Explorer, qtbot: QtBot) -> Callable[[], None]:
    def idle() -> bool:
        shown = explorer.session.snapshot
        return (
            shown.landscape is not None
            and not (shown.landscape_busy or shown.playing or shown.loading)
            and shown.waiting == 0
        )

    return lambda: qtbot.waitUntil(idle, timeout=15_000)
