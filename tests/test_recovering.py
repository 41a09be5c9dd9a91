"""Unsaved work outlives a crash, and only a crash."""

import subprocess
import sys
from pathlib import Path

from landscape_app.recovering import Recovery

#: A window that keeps work and then dies without a farewell, or with one.
WINDOW = """
import os, sys
from pathlib import Path
from landscape_app.recovering import Recovery
recovery = Recovery(Path(sys.argv[1]))
recovery.start().write_text("work", encoding="utf-8")
print("written", flush=True)
if sys.argv[2] == "dies":
    os._exit(1)
if sys.argv[2] == "waits":
    sys.stdin.read()
recovery.stop()
"""


def window(folder: Path, how: str) -> "subprocess.Popen[str]":
    words = [sys.executable, "-c", WINDOW, str(folder), how]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "written\n"
    return process


def ended(process: "subprocess.Popen[str]") -> None:
    process.communicate("")


def test_that_work_of_a_crashed_window_is_found_and_forgotten(tmp_path: Path) -> None:
    ended(window(tmp_path, "dies"))
    recovery = Recovery(tmp_path)
    recovery.start()
    left = recovery.left_behind()
    assert [path.read_text(encoding="utf-8") for path in left] == ["work"]
    own = recovery.adopt(left[0])
    assert own == recovery.path
    assert own.read_text(encoding="utf-8") == "work"
    assert recovery.left_behind() == []
    recovery.stop()
    assert list(tmp_path.iterdir()) == []


def test_that_a_window_that_is_closed_leaves_nothing(tmp_path: Path) -> None:
    ended(window(tmp_path, "closes"))
    assert list(tmp_path.iterdir()) == []


def test_that_the_work_of_a_living_window_is_left_alone(tmp_path: Path) -> None:
    other = window(tmp_path, "waits")
    recovery = Recovery(tmp_path)
    recovery.start()
    assert recovery.left_behind() == []
    ended(other)
    recovery.stop()


def test_that_a_folder_that_can_t_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    recovery = Recovery(tmp_path / "file" / "deeper")
    assert recovery.start() is None
    assert recovery.left_behind() == []
    recovery.stop()
