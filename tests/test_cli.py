"""What the program does with its words before any window is opened."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from landscape_app import __version__, cli
from landscape_app.cli import main

ROOT = Path(__file__).parents[1]
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@pytest.fixture
def no_display(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be on a Linux machine without a display, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "platform", "linux")
    for name in DISPLAYS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str | None, float | None]]:
    """Return a list of what windows were asked for, instead of opening them."""
    calls: list[tuple[str | None, float | None]] = []

    def run_window(path: str | None, quit_after: float | None) -> int:
        calls.append((path, quit_after))
        return 7

    window = ModuleType("landscape_app.app")
    window.run_window = run_window  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "landscape_app.app", window)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    return calls


def test_that_the_window_is_opened_with_the_file_and_its_status_is_ours(
    opened: list[tuple[str | None, float | None]],
) -> None:
    assert main([]) == 7
    assert main(["my.csv"]) == 7
    assert main(["--quit-after", "1.5", "session.json"]) == 7
    assert opened == [(None, None), ("my.csv", None), ("session.json", 1.5)]


def test_that_version_and_help_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"landscape-app {__version__}\n"
    for words, told in (([], "render --out DIR"), (["render"], "--learning-rate"), (["data"], "--data NAME")):
        assert main([*words, "--help"]) == 0
        assert told in capsys.readouterr().out


def test_that_the_list_of_data_names_sets_and_generators(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data"]) == 0
    listing = capsys.readouterr().out
    assert all(name in listing for name in ("line", "ravine", "diabetes", "galton"))


@pytest.mark.parametrize("words", [["--what"], ["a.csv", "b.csv"], ["data", "x"], ["--quit-after", "soon"]])
def test_that_a_wrong_command_line_gets_one_sentence(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "usage" not in said.err.lower()


@pytest.mark.usefixtures("no_display")
def test_that_without_a_display_the_default_is_rendered(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    said = capsys.readouterr()
    assert said.err.startswith("There is no display")
    assert said.err.count("\n") == 1
    names = said.out.split()
    assert len(names) == 6
    assert all(Path(name).is_file() for name in names)


@pytest.mark.usefixtures("no_display")
def test_that_without_a_display_a_file_is_rendered() -> None:
    Path("line").write_text("x,y\n1,2\n2,3.5\n", encoding="utf-8")  # called like a generator
    assert main(["line"]) == 0
    data = json.loads(Path("out/session.json").read_text(encoding="utf-8"))["data"]
    assert (data["kind"], data["path"]) == ("file", "../line")
    assert main(["out/session.json"]) == 0
    assert main(["nowhere.csv"]) == 2


def test_that_an_interrupted_run_says_so_plainly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("landscape_app.export.render.write_landscape", interrupted)
    assert main(["render", "--out", str(tmp_path / "out"), "--formats", "none"]) == 130
    assert capsys.readouterr().err == "Stopped.\n"
    assert list(tmp_path.iterdir()) == []


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in DISPLAYS}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def test_that_the_module_is_the_program() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "landscape_app", "render", "--out", "/nowhere/at/all", "--grid", "1"],
        env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stdout) == (2, "")
    assert "--grid" in run.stderr


def test_that_a_reader_who_has_had_enough_gets_no_traceback() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "landscape_app", "data"],
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), said) == (141, "")


def test_that_nothing_of_qt_is_imported_for_a_wrong_word() -> None:
    script = (
        "import sys\n"
        "from landscape_app.cli import main\n"
        "main(['--what']); main(['data'])\n"
        "sys.exit(any(name.split('.')[0] in ('PySide6', 'matplotlib', 'pandas') for name in sys.modules))\n"
    )
    run = subprocess.run([sys.executable, "-c", script], env=environment(), capture_output=True, check=False)
    assert run.returncode == 0


def test_that_a_display_that_does_not_answer_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    for display, answers in ((":4321", False), ("", False), ("nonsense", False), ("elsewhere:10.0", True)):
        monkeypatch.setenv("DISPLAY", display)
        assert cli._has_display() is answers
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind("\0/tmp/.X11-unix/X4321")
        server.listen()
        monkeypatch.setenv("DISPLAY", ":4321.0")
        assert cli._has_display()


@pytest.mark.parametrize("given", [None, "2"])
def test_that_rendering_has_one_thread_for_algebra_before_numpy_is_imported(given: str | None, tmp_path: Path) -> None:
    script = (
        "import builtins, os, sys\n"
        "names = ('OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS')\n"
        "seen, real = [], builtins.__import__\n"
        "def watched(name, *rest, **more):\n"
        "    if name.partition('.')[0] == 'numpy' and not seen:\n"
        "        seen.append([os.environ.get(one) for one in names])\n"
        "    return real(name, *rest, **more)\n"
        "builtins.__import__ = watched\n"
        "from landscape_app.cli import main\n"
        "main(['render', '--out', 'out', '--iterations', '1', '--grid', '5', '--formats', 'none'])\n"
        "sys.stderr.write(repr(seen))\n"
    )
    wanted = {} if given is None else {"OPENBLAS_NUM_THREADS": given, "MKL_NUM_THREADS": given}
    around = {name: value for name, value in environment().items() if "NUM_THREADS" not in name}
    run = subprocess.run(
        [sys.executable, "-c", script],
        env={**around, **wanted},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stderr.endswith(repr([[given or "1"] * 2]))
