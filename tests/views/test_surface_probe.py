"""The trial of OpenGL in a process of its own: what it finds, and what becomes of one that crashes or hangs."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from landscape_app import opengl_probe
from landscape_app.opengl_probe import SENTENCES, Finding, Trial, probe_in_subprocess


def saying(program: str) -> tuple[str, ...]:
    """Return the command that runs this Python program in place of a trial."""
    return (sys.executable, "-c", program)


@pytest.mark.gl
def test_that_opengl_is_found_with_its_names() -> None:
    finding = probe_in_subprocess()
    assert finding.works
    assert finding.problem == ""
    assert finding.renderer
    assert finding.version[0].isdigit()
    assert finding.in_software == ("llvmpipe" in finding.renderer)


def test_that_a_platform_without_opengl_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert probe_in_subprocess().problem == "Qt's platform “offscreen” has no OpenGL."


def test_that_a_missing_screen_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setenv("DISPLAY", ":987")
    assert probe_in_subprocess().problem == "There is no screen to try OpenGL on."


@pytest.mark.gl
@pytest.mark.parametrize(
    ("variable", "value", "kind"),
    [
        ("LIBGL_DRIVERS_PATH", "/nonexistent", "no context"),
        ("QT_XCB_GL_INTEGRATION", "none", "no context"),
        ("MESA_GL_VERSION_OVERRIDE", "1.4", "old"),
    ],
)
def test_that_broken_drivers_are_found_out(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, kind: str
) -> None:
    monkeypatch.setenv(variable, value)
    finding = probe_in_subprocess()
    assert (finding.works, finding.kind) == (False, kind)
    assert "OpenGL" in finding.problem


def test_that_a_crash_is_told_with_its_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    program = "import os, sys; sys.stderr.write('first\\nthe driver fell over\\n'); sys.stderr.flush(); os.abort()"
    finding = probe_in_subprocess(command=saying(program))
    assert finding.kind == "crash"
    assert finding.problem == "A trial of OpenGL crashed: signal 6, “the driver fell over”"


def test_that_one_that_hangs_is_ended() -> None:
    began = time.monotonic()
    trial = Trial(time_out=0.5, command=saying("import time; time.sleep(60)"))
    process = trial._process
    assert process is not None
    finding = trial.wait()
    assert time.monotonic() - began < 5.0
    assert finding.problem == "A trial of OpenGL did not end within 0.5 seconds."
    assert process.returncode is not None


def test_that_polling_never_waits() -> None:
    trial = Trial(time_out=30.0, command=saying("import time; time.sleep(60)"))
    began = time.monotonic()
    assert [trial.poll() for _ in range(10)] == [None] * 10
    assert time.monotonic() - began < 0.5
    trial.stop()
    trial.stop()
    assert trial.wait().kind == "unstarted"


def test_that_a_driver_may_talk_at_length() -> None:
    finding = Finding(renderer="Talkative 3000")
    program = f"import sys; sys.stderr.write('x' * 10**6); print('hello'); print({finding.to_json()!r})"
    assert probe_in_subprocess(time_out=20.0, command=saying(program)) == finding


@pytest.mark.parametrize(
    "said",
    ["", "hello", "[]", "{}", '{"kind": ""}', json.dumps({**json.loads(Finding().to_json()), "kind": "odd"})],
)
def test_that_an_answer_that_is_none_is_an_error(said: str) -> None:
    assert probe_in_subprocess(command=saying(f"print({said!r})")).kind == "error"


def test_that_a_program_that_can_not_be_started_is_told() -> None:
    finding = probe_in_subprocess(command=("/nonexistent/python",))
    assert finding.kind == "unstarted"
    assert "No such file" in finding.problem


def test_that_every_kind_of_problem_is_a_sentence() -> None:
    for kind in SENTENCES.keys() - {""}:
        problem = Finding(kind, "detail").problem
        assert "OpenGL" in problem
        assert "{" not in problem
    assert Finding.from_json(Finding("old", "1.4", "a", "b", "c").to_json()) == Finding("old", "1.4", "a", "b", "c")


def test_that_asking_needs_no_qt_and_finds_the_package_from_any_folder(tmp_path: Path) -> None:
    package = Path(opengl_probe.__file__).resolve().parent.parent
    (tmp_path / "numpy.py").write_text("raise ImportError('not this one')\n")  # a trap for a careless search path
    program = (
        f"import sys; sys.path.append({str(package)!r})\n"
        "from landscape_app.opengl_probe import probe_in_subprocess\n"
        "print(probe_in_subprocess().kind)\n"
        "assert not {'PySide6', 'numpy'} & set(sys.modules)\n"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    result = subprocess.run(
        [sys.executable, "-P", "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.stdout.strip(), result.stderr, result.returncode) == ("platform", "", 0)
