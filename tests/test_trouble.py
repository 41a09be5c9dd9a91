"""Errors that should not be: once in the log and once in the dialog, whatever thread they are from."""

import logging
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from landscape_app.trouble import ErrorDesk, Watch

log = logging.getLogger("landscape_app.test")


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[ErrorDesk]:
    watch = Watch(tmp_path / "log")
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    yield watch.tell_in(window, lambda: "versions of everything")
    watch.stop()


def fails(message: str) -> None:
    raise ValueError(message)


def caught(message: str) -> BaseException:
    try:
        fails(message)
    except ValueError as error:
        return error
    raise AssertionError


def opened(desk: ErrorDesk, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: desk.dialog is not None and desk.dialog.isVisible())


def test_that_an_error_in_a_slot_opens_the_dialog(desk: ErrorDesk, qtbot: QtBot, tmp_path: Path) -> None:
    sys.excepthook(ValueError, caught("broken in a slot"), None)
    opened(desk, qtbot)
    assert desk.dialog is not None
    assert not desk.dialog.isModal()
    assert desk.dialog.summary.text() == "ValueError: broken in a slot"
    details = desk.dialog.details.toPlainText()
    assert "in fails" in details
    assert "versions of everything" in details
    assert "broken in a slot" in (tmp_path / "log" / "landscape-app.log").read_text(encoding="utf-8")
    desk.dialog.close()


@pytest.mark.parametrize("how", ["thread", "pool", "logged"])
def test_that_errors_of_other_threads_come_to_the_window(how: str, desk: ErrorDesk, qtbot: QtBot) -> None:
    if how == "thread":
        thread = threading.Thread(target=fails, args=("from afar",))
        thread.start()
        thread.join()
    elif how == "pool":
        with ThreadPoolExecutor(1) as pool:
            error = pool.submit(fails, "from afar").exception()
        log.error("A task failed", exc_info=error)
    else:
        thread = threading.Thread(target=lambda: log.error("It failed", exc_info=caught("from afar")))
        thread.start()
        thread.join()
    opened(desk, qtbot)
    assert desk.dialog is not None
    assert desk.dialog.summary.text() == "ValueError: from afar"
    assert desk.dialog.thread() is desk.thread()
    desk.dialog.close()


def test_that_a_thousand_errors_open_one_dialog_and_are_counted(desk: ErrorDesk, qtbot: QtBot) -> None:
    errors = [caught("the same again") for _ in range(1_000)]
    for error in errors:
        log.error("Painting failed", exc_info=error)
    opened(desk, qtbot)
    assert desk.dialog is not None
    dialog = desk.dialog
    qtbot.waitUntil(lambda: dialog.more.text() == "and 999 more")
    assert dialog.details.toPlainText().count("Traceback") == 1
    log.error("Another", exc_info=TypeError("something else"))
    qtbot.waitUntil(lambda: dialog.more.text() == "and 1,000 more")
    assert "something else" in dialog.details.toPlainText()
    assert desk.dialog is dialog
    dialog.close()
    qtbot.waitUntil(lambda: desk.dialog is None)
    log.error("Painting failed", exc_info=errors[0])  # it was closed a moment ago: it does not come again at once
    qtbot.wait(400)
    assert desk.dialog is None


def test_that_details_are_copied_and_escape_closes(desk: ErrorDesk, qtbot: QtBot) -> None:
    log.error("It failed", exc_info=caught("to be copied, <b>not bold</b>"))
    opened(desk, qtbot)
    dialog = desk.dialog
    assert dialog is not None
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)  # type: ignore[no-untyped-call]
    copied = QGuiApplication.clipboard().text()
    assert "to be copied, <b>not bold</b>" in copied
    assert "versions of everything" in copied
    assert "The end of the log" in copied
    assert "<b>" in dialog.summary.text()
    for widget in (dialog.copy_button, dialog.folder_button, dialog.close_button, dialog.details):
        assert widget.accessibleName()
        assert widget.toolTip()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)  # type: ignore[no-untyped-call]
    qtbot.waitUntil(lambda: desk.dialog is None)


def test_that_an_error_without_a_traceback_stays_in_the_log(desk: ErrorDesk, qtbot: QtBot) -> None:
    log.error("only words")
    qtbot.wait(300)
    assert desk.dialog is None


def test_that_an_error_while_showing_errors_does_not_go_on_for_ever(
    desk: ErrorDesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken() -> str:
        raise RuntimeError("the report is broken, too")

    monkeypatch.setattr(desk, "_about", broken)
    log.error("It failed", exc_info=caught("the first"))
    path = tmp_path / "log" / "landscape-app.log"
    qtbot.waitUntil(lambda: "the report is broken, too" in path.read_text(encoding="utf-8"))
    qtbot.wait(600)
    assert path.read_text(encoding="utf-8").count("An error could not be shown") == 1
    if desk.dialog is not None:
        desk.dialog.close()
