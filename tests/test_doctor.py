"""The command ``doctor``: what it says, where it can't open a window, and what it keeps to itself."""

import json
import os
import subprocess
import sys
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

from landscape_app.doctor.libraries import QT, WAYLAND, X11
from landscape_app.home import without_home

ROOT = Path(__file__).parents[1]


def doctor(*words: str, **variables: str | None) -> "subprocess.CompletedProcess[str]":
    changed = {name: value for name, value in variables.items() if value is not None}
    kept = {name: value for name, value in os.environ.items() if name not in variables}
    command = [sys.executable, "-m", "landscape_app", "doctor", *words]
    environment = {**kept, **changed, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


NO_DISPLAY = {"DISPLAY": None, "WAYLAND_DISPLAY": None, "QT_QPA_PLATFORM": None}


def test_that_without_a_display_it_says_so_and_what_to_do() -> None:
    run = doctor(**NO_DISPLAY)
    assert run.returncode == 1
    assert run.stderr == ""
    for words in ("Python", "numpy", "pyarrow", "There is no display", "render works"):
        assert words in run.stdout


def test_that_a_display_that_does_not_answer_is_no_display() -> None:
    run = doctor(**{**NO_DISPLAY, "DISPLAY": ":4711"})
    assert run.returncode == 1
    assert ":4711" in run.stdout


def test_that_offscreen_opens_a_window_of_a_kind() -> None:
    run = doctor("--json", **{**NO_DISPLAY, "QT_QPA_PLATFORM": "offscreen"})
    report = json.loads(run.stdout)
    assert (run.returncode, report["can_open_window"]) == (0, True)
    assert set(report["sections"]) >= {"Machine", "Packages", "Display", "OpenGL", "Folders"}
    assert all(line["name"] for lines in report["sections"].values() for line in lines)


def test_that_a_platform_that_does_not_exist_is_told(tmp_path: Path) -> None:
    run = doctor(**{**NO_DISPLAY, "QT_QPA_PLATFORM": "nonsense"})
    assert run.returncode == 1
    assert "Qt can't start" in run.stdout


@pytest.mark.gl
def test_that_a_screen_and_its_opengl_are_described() -> None:
    run = doctor("--json", QT_QPA_PLATFORM=None)
    report = json.loads(run.stdout)
    assert run.returncode == 0
    opengl = {line["name"]: line["value"] for line in report["sections"]["OpenGL"]}
    assert any("Mesa" in value or "llvmpipe" in value for value in opengl.values())
    assert report["missing"] == [] or all(remedy["advice"] for remedy in report["missing"])


def test_that_the_home_folder_has_no_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", "/home/ada.lovelace")
    assert without_home("/home/ada.lovelace/x and /home/ada.lovelaces/y") == "~/x and /home/ada.lovelaces/y"
    home = tmp_path / "grace.hopper"
    home.mkdir()
    run = doctor(**{**NO_DISPLAY, "HOME": str(home), "LANDSCAPE_LOG_DIR": None, "LANDSCAPE_CONFIG_DIR": None})
    assert "grace.hopper" not in run.stdout
    assert list(home.iterdir()) == []  # it looks, and leaves nothing


def test_that_wrong_words_are_refused_in_a_sentence() -> None:
    run = doctor("--colour")
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1


def set_up() -> ModuleType:
    spec = util.spec_from_file_location("run", ROOT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_that_set_up_and_doctor_know_the_same_libraries() -> None:
    run = set_up()
    assert (dict(QT), dict(X11), dict(WAYLAND)) == (run.QT_LIBRARIES, run.X11_LIBRARIES, run.WAYLAND_LIBRARIES)
