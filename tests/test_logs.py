"""The log of a window: rotation, several windows, places that can't be written to, errors of every thread."""

import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from landscape_app.logs import Log, log_folder, start_log
from landscape_app.logs.folder import take_place


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Log]:
    log = start_log(tmp_path / "log", max_bytes=2_000, backups=3, crashes=False)
    yield log
    log.stop()


def text(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.log*")))


def test_that_the_log_begins_with_versions_and_ends_with_everything_put_back(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers), sys.excepthook, threading.excepthook, sys.unraisablehook)
    log = start_log(tmp_path, crashes=False)
    logging.getLogger("landscape_app.test").info("größe %d", 7)
    log.stop()
    assert (root.level, list(root.handlers), sys.excepthook, threading.excepthook, sys.unraisablehook) == before
    assert log.path == tmp_path / "landscape-app.log"
    content = text(tmp_path)
    assert "numpy" in content.splitlines()[0]
    assert "größe 7" in content


def test_that_files_rotate_and_stay_few(started: Log, tmp_path: Path) -> None:
    for number in range(400):
        logging.getLogger("landscape_app.test").info("line %d of many", number)
    files = sorted(path.name for path in (tmp_path / "log").glob("*.log*"))
    assert files == ["landscape-app.log", "landscape-app.log.1", "landscape-app.log.2", "landscape-app.log.3"]
    assert all(path.stat().st_size <= 2_100 for path in (tmp_path / "log").glob("*.log*"))
    assert "line 399 of many" in (tmp_path / "log" / "landscape-app.log").read_text(encoding="utf-8")


def test_that_a_message_that_repeats_is_counted(started: Log, tmp_path: Path) -> None:
    for _ in range(1_000):
        logging.getLogger("landscape_app.test").warning("again and again")
    assert text(tmp_path / "log").count("again and again") == 5


def test_that_windows_at_once_have_files_of_their_own(tmp_path: Path) -> None:
    script = (
        "import logging, sys\n"
        "from pathlib import Path\n"
        "from landscape_app.logs import start_log\n"
        "log = start_log(Path(sys.argv[1]), max_bytes=3000, crashes=False)\n"
        "for n in range(300): logging.getLogger('x').info('%s %d', sys.argv[2], n)\n"
        "print(log.path.name, flush=True); sys.stdin.read(); log.stop()\n"
    )
    words = [sys.executable, "-c", script, str(tmp_path)]
    windows = [
        subprocess.Popen([*words, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in ("first", "second")
    ]
    names = [window.stdout.readline().strip() for window in windows if window.stdout is not None]
    for window in windows:
        window.communicate("")
        assert window.returncode == 0
    assert sorted(names) == ["landscape-app-2.log", "landscape-app.log"]
    for name, path in zip(("first", "second"), names, strict=True):
        content = (tmp_path / path).read_text(encoding="utf-8")
        assert f"{name} 299" in content


def test_that_the_place_of_a_window_that_is_gone_is_free_again(tmp_path: Path) -> None:
    first = take_place(tmp_path)
    second = take_place(tmp_path)
    assert (first.log.name, second.log.name) == ("landscape-app.log", "landscape-app-2.log")
    first.lock.close()
    again = take_place(tmp_path)
    assert again.log == first.log
    again.lock.close()
    second.lock.close()


def test_that_a_place_that_can_t_be_written_to_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    log = start_log(tmp_path / "file" / "log", crashes=False)
    logging.getLogger("landscape_app.test").info("lost, but no trouble")
    assert log.path is None
    assert "lost, but no trouble" in log.tail.text()
    log.stop()
    said = capsys.readouterr().err
    assert said.startswith("No log is written:")
    assert said.count("\n") == 1


def test_that_errors_and_warnings_that_nobody_caught_are_written(started: Log, tmp_path: Path) -> None:
    def fails() -> None:
        raise ValueError("deep inside of a thread")

    thread = threading.Thread(target=fails, name="helper")
    thread.start()
    thread.join()
    sys.excepthook(RuntimeError, RuntimeError("on the main thread"), None)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("something will change", DeprecationWarning, stacklevel=1)
    content = text(tmp_path / "log")
    for words in ("deep inside of a thread", "the thread helper", "on the main thread", "something will change"):
        assert words in content


def test_that_a_hard_crash_is_found_in_the_next_log(tmp_path: Path) -> None:
    script = (
        "import sys, faulthandler\n"
        "from pathlib import Path\n"
        "from landscape_app.logs import start_log\n"
        "start_log(Path(sys.argv[1]))\n"
        "import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
        "faulthandler._sigsegv()\n"
    )
    run = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, check=False)
    assert run.returncode < 0
    log = start_log(tmp_path, crashes=False)
    log.stop()
    assert "It crashed the last time" in text(tmp_path)
    assert "Segmentation fault" in text(tmp_path)


def test_where_the_log_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LANDSCAPE_LOG_DIR")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert log_folder() == tmp_path / "landscape-app" / "log"
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert log_folder() == tmp_path / ".local" / "state" / "landscape-app" / "log"
    monkeypatch.setenv("LANDSCAPE_LOG_DIR", str(tmp_path / "mine"))
    assert log_folder() == tmp_path / "mine"
