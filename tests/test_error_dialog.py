"""Errors from where they really happen, up to the window: a slot, a painting, the worker, the loader, a full disk."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from landscape_app.doctor.libraries import apt_command, missing_libraries
from landscape_app.doctor.packages import is_tested
from landscape_app.engine.session import Session
from landscape_app.logs import start_log
from landscape_app.session.config import DataConfig
from landscape_app.trouble import ErrorDesk, ErrorDialog, Watch


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[ErrorDesk]:
    watch = Watch(tmp_path / "log")
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    yield watch.tell_in(window, lambda: "versions of everything")
    watch.stop()


@pytest.fixture
def session(qapp: QApplication, qtbot: QtBot) -> Iterator[Session]:
    made = Session()
    qtbot.waitUntil(lambda: made.snapshot.landscape is not None and not made.snapshot.landscape_busy, timeout=10_000)
    yield made
    made.shut_down()


class Broken(QWidget):
    """Fails whenever it is painted."""

    paintings = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        self.paintings += 1
        raise ZeroDivisionError("while painting")


def shown() -> list[ErrorDialog]:
    """Return all dialogs that can be seen, whoever opened them."""
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, ErrorDialog) and one.isVisible()]


def opened(desk: ErrorDesk, qtbot: QtBot) -> ErrorDialog:
    """Wait for the dialog, and longer than one more word to it would take; there must be one only."""
    qtbot.waitUntil(lambda: len(shown()) == 1)
    qtbot.wait(400)
    assert shown() == [desk.dialog]
    assert desk.dialog is not None
    return desk.dialog


def logged(tmp_path: Path) -> str:
    return (tmp_path / "log" / "landscape-app.log").read_text(encoding="utf-8")


def fail_at_a_click() -> None:
    raise ValueError("in a slot")


def test_that_a_slot_that_fails_is_told_once(desk: ErrorDesk, qtbot: QtBot, tmp_path: Path) -> None:
    button = QPushButton("fail")
    qtbot.addWidget(button)
    button.clicked.connect(fail_at_a_click)
    button.show()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)  # type: ignore[no-untyped-call]
    dialog = opened(desk, qtbot)
    assert dialog.summary.text() == "ValueError: in a slot"
    assert not dialog.more.isVisible()
    assert logged(tmp_path).count("ValueError: in a slot") == 1
    dialog.close()


@pytest.mark.usefixtures("capfd")  # Qt announces each failed painting on standard error
def test_that_a_painting_that_fails_each_time_opens_one_dialog(desk: ErrorDesk, qtbot: QtBot, tmp_path: Path) -> None:
    broken, clock = Broken(), QTimer()
    qtbot.addWidget(broken)
    broken.show()
    clock.timeout.connect(broken.update)
    clock.start(1)
    dialog = opened(desk, qtbot)
    before = broken.paintings
    qtbot.waitUntil(lambda: broken.paintings > before + 50)  # the window goes on
    assert shown() == [dialog]
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)  # type: ignore[no-untyped-call]
    qtbot.wait(800)
    assert shown() == []
    clock.stop()
    assert logged(tmp_path).count("ZeroDivisionError: while painting") == 5  # the rest is counted


def test_that_the_worker_s_error_is_told_and_the_next_step_works(
    desk: ErrorDesk, session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the worker is broken")

    with monkeypatch.context() as patch:
        patch.setattr("landscape_app.engine.worker.recorded", broken)
        session.step()
        dialog = opened(desk, qtbot)
    assert dialog.summary.text() == "RuntimeError: the worker is broken"
    assert logged(tmp_path).count("RuntimeError: the worker is broken") == 1
    dialog.close()
    session.step()
    qtbot.waitUntil(lambda: session.snapshot.cursor == 1)


def test_that_an_unexpected_error_of_the_loader_is_told(
    desk: ErrorDesk, session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the loader is broken")

    monkeypatch.setattr("landscape_app.engine.loader.load_data", broken)
    before = session.snapshot.experiment
    session.configure(before.but(data=DataConfig(kind="bundled", name="galton")))
    dialog = opened(desk, qtbot)
    assert dialog.summary.text() == "RuntimeError: the loader is broken"
    assert logged(tmp_path).count("RuntimeError: the loader is broken") == 1
    assert session.snapshot.experiment is before
    dialog.close()


def test_that_a_file_that_is_simply_missing_opens_no_dialog(desk: ErrorDesk, session: Session, qtbot: QtBot) -> None:
    data = DataConfig(kind="file", name="gone.csv", path="/nowhere/gone.csv")
    session.configure(session.snapshot.wanted.but(data=data))
    qtbot.waitUntil(lambda: session.snapshot.notice is not None and session.snapshot.notice.kind == "error")
    qtbot.wait(400)
    assert shown() == []


def test_that_a_full_disk_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "landscape-app.log").symlink_to("/dev/full")
    log = start_log(tmp_path, crashes=False)
    for number in range(50):
        logging.getLogger("landscape_app.test").info("line %d", number)
    assert "line 49" in log.tail.text()
    log.stop()
    said = capsys.readouterr().err
    assert said.startswith("No log is written:")
    assert said.count("\n") == 1


def test_that_a_missing_library_comes_with_the_command_that_brings_it() -> None:
    missing = missing_libraries({"libc.so.6": ["libc6"], "libnowhere.so.9": ["libnowhere9"]})
    assert missing == {"libnowhere.so.9": ["libnowhere9"]}
    assert apt_command(missing.values()).endswith("apt-get install --no-install-recommends libnowhere9")


@pytest.mark.parametrize(("found", "tested"), [("6.11.3", True), ("6.12.0", False), ("6.9.1", False), ("6.8.2", False)])
def test_that_versions_outside_of_the_tested_range_are_known(found: str, tested: bool) -> None:
    assert is_tested(found, ">=6.8.3,<6.12,!=6.9.1,!=6.9.2") is tested
