"""Sessions without a window, ended after each test."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from landscape_app.engine.session import Session
from landscape_app.session.config import Experiment

SessionMaker = Callable[..., Session]


@pytest.fixture
def session(qapp: QApplication) -> Iterator[SessionMaker]:
    """Return what makes a session, of the experiment that is given or of the first one."""
    made: list[Session] = []

    def make(experiment: Experiment | None = None) -> Session:
        made.append(Session(experiment))
        return made[-1]

    yield make
    for one in made:
        one.shut_down()
