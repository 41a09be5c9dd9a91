"""What holds for every test: no traces in the user's settings, no leaks, no silent skips, no Qt complaints."""

import gc
import importlib
import itertools
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

#: Tests that may be skipped: the beginning of their node id, and why. Any other skip is a failure.
ALLOWED_SKIPS: dict[str, str] = {}

#: Threads that live as long as the process does, by the beginning of their name.
LASTING_THREADS: tuple[str, ...] = ("pytest_timeout", "landscape_")

#: How long a test's threads and timers may take to end after it.
GRACE_SECONDS = 2.0

#: What Qt says whenever a window is shown or floated (see ``qt_log_ignore`` in pyproject.toml); it means nothing.
HARMLESS = (
    "This plugin does not support propagateSizeHints",
    "This plugin does not support raise",
)

# The same examples on every machine, and a line to repeat a failed one with; a slow machine is no failure.
hypothesis.settings.register_profile("landscape", deadline=None, derandomize=True, database=None, print_blob=True)
hypothesis.settings.load_profile("landscape")

_home = tempfile.TemporaryDirectory(prefix="landscape-tests-", ignore_cleanup_errors=True)
_qt_complaints: list[str] = []
_settings_number = itertools.count()


def pytest_configure() -> None:
    """Give the tests, and the programs that they start, a home of their own before anything looks for one."""
    # Caches stay where they are: matplotlib would search the fonts again, Mesa compile its shaders again.
    os.environ.setdefault("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    os.environ["HOME"] = _home.name
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        os.environ.pop(variable, None)
    os.environ["LANDSCAPE_CONFIG_DIR"] = str(Path(_home.name) / "config")
    os.environ["LANDSCAPE_LOG_DIR"] = str(Path(_home.name) / "log")
    # As the program itself does, and before there is an application object: a second OpenGL view, or a panel
    # that was moved, stays blank without it.
    qt_core = importlib.import_module("PySide6.QtCore")
    qt_core.QCoreApplication.setAttribute(qt_core.Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


# --- skips -----------------------------------------------------------------------------------------------------------


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail") and not report.nodeid.startswith(tuple(ALLOWED_SKIPS)):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = (
            f"A skip hides what isn't tested, so it counts as a failure: {reason}\n"
            "If it can't be helped, name the test and the reason in ALLOWED_SKIPS in tests/conftest.py."
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn an unexpected skip into a failure."""
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn the unexpected skip of a whole file into an error."""
    report = yield
    _refuse_skip(report)
    return report


# --- what Qt says between and after the tests ------------------------------------------------------------------------


def pytest_sessionstart() -> None:
    """Collect what Qt says outside of the tests, where pytest-qt doesn't listen."""
    qt_core = sys.modules.get("PySide6.QtCore")
    if qt_core is None:
        return
    harmless = (qt_core.QtMsgType.QtDebugMsg, qt_core.QtMsgType.QtInfoMsg)

    def listen(kind: object, _context: object, message: str) -> None:
        if kind not in harmless and not message.startswith(HARMLESS):
            _qt_complaints.append(message)

    qt_core.qInstallMessageHandler(listen)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the whole run if Qt complained outside of a test."""
    output = getattr(session.config, "workeroutput", None)  # where several processes share the tests
    if output is not None:
        output["qt_complaints"] = _qt_complaints
    if _qt_complaints and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what one of several processes heard Qt say."""
    _qt_complaints.extend(getattr(node, "workeroutput", {}).get("qt_complaints", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what Qt complained about outside of a test."""
    if _qt_complaints:
        terminalreporter.section("Qt complained outside of a test")
        for message in _qt_complaints:
            terminalreporter.line(message)


# --- settings --------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _own_settings() -> None:
    """Let every test start with empty settings, kept in a folder that goes with the run."""
    qt_core = sys.modules.get("PySide6.QtCore")
    if qt_core is None:
        return
    settings = qt_core.QSettings
    folder = str(Path(_home.name) / f"settings-{next(_settings_number)}")  # made only if something is saved
    settings.setDefaultFormat(settings.Format.IniFormat)
    for file_format in (settings.Format.IniFormat, settings.Format.NativeFormat):
        for scope in (settings.Scope.UserScope, settings.Scope.SystemScope):
            settings.setPath(file_format, scope, folder)
    qt_core.QStandardPaths.setTestModeEnabled(True)


@pytest.fixture(autouse=True)
def _own_config_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every test start without remembered preferences; the folder is made only if something is saved."""
    monkeypatch.setenv("LANDSCAPE_CONFIG_DIR", str(Path(_home.name) / f"config-{next(_settings_number)}"))


# --- leaks -----------------------------------------------------------------------------------------------------------


def _threads() -> set[threading.Thread]:
    # A QThread that runs Python code shows up as a dummy that never goes; it is seen as a QThread below.
    return {
        thread
        for thread in threading.enumerate()
        if not isinstance(thread, threading._DummyThread) and not thread.name.startswith(LASTING_THREADS)
    }


def _qt_things() -> dict[int, object]:
    """Return the running QThreads, active QTimers and top-level widgets, by identity."""
    # pytest-qt imports Qt for every run; without an application object nothing of it can be alive.
    qt_core = sys.modules.get("PySide6.QtCore")
    if qt_core is None or qt_core.QCoreApplication.instance() is None:
        return {}
    shiboken = importlib.import_module("shiboken6").Shiboken
    things: dict[int, object] = {}
    for wrapper in shiboken.getAllValidWrappers():
        if (isinstance(wrapper, qt_core.QThread) and wrapper.isRunning()) or (
            isinstance(wrapper, qt_core.QTimer) and wrapper.isActive()
        ):
            things[id(wrapper)] = wrapper
    # The main thread is a QThread that runs, too.
    things.pop(id(qt_core.QThread.currentThread()), None)
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is not None and isinstance(qt_core.QCoreApplication.instance(), widgets.QApplication):
        things.update((id(widget), widget) for widget in widgets.QApplication.topLevelWidgets() if not widget.parent())
    return things


def _let_qt_delete() -> None:
    """Let Qt do what was put off with deleteLater, as its event loop would."""
    qt_core = sys.modules.get("PySide6.QtCore")
    if qt_core is not None and qt_core.QCoreApplication.instance() is not None:
        qt_core.QCoreApplication.sendPostedEvents(None, qt_core.QEvent.Type.DeferredDelete.value)
        qt_core.QCoreApplication.processEvents()


def _wait_until_gone(leaks: Callable[[], list[object]]) -> list[object]:
    """Return what is still left over when everything had its time to end."""
    if not leaks():
        return []
    _let_qt_delete()
    end = time.monotonic() + GRACE_SECONDS
    while leaks() and time.monotonic() < end:
        gc.collect()  # only now, because it takes longer than most tests
        _let_qt_delete()
        time.sleep(0.01)
    return leaks()


@pytest.fixture(autouse=True)
def _no_leaks() -> Iterator[None]:
    """Fail a test that leaves a thread, a running timer or a top-level widget behind."""
    threads, things = _threads(), _qt_things()
    yield

    def leaks() -> list[object]:
        return [*(_threads() - threads), *(thing for key, thing in _qt_things().items() if key not in things)]

    left = _wait_until_gone(leaks)
    if left:
        pytest.fail("The test left behind, still alive: " + ", ".join(map(repr, left)), pytrace=False)


@pytest.fixture(autouse=True)
def _opengl_where_it_is_needed(request: pytest.FixtureRequest) -> None:
    """Say plainly why a test of OpenGL can't pass here, instead of showing an empty picture."""
    if request.node.get_closest_marker("gl") and os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        pytest.fail("This test needs OpenGL, which the offscreen platform lacks: python3 run.py test", pytrace=False)
