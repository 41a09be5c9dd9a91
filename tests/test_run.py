"""run.py, with a real .venv and a real pip in a small project of its own that needs nothing from the network."""

import ast
import importlib.util
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

RUN = Path(__file__).resolve().parent.parent / "run.py"

PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "landscape-app"
version = "1"
"""

# Builds an editable wheel, notes every build, and dawdles for as long as a file "slow" is there.
BACKEND = """\
import pathlib, time, zipfile
here = pathlib.Path(__file__).resolve().parent
def build_editable(folder, config_settings=None, metadata_directory=None):
    with open(here / "builds", "a") as file:
        file.write("built\\n")
    while (here / "slow").exists():
        time.sleep(0.05)
    name = "landscape_app-1-py3-none-any.whl"
    info = "landscape_app-1.dist-info/"
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as wheel:
        wheel.writestr("landscape_app.pth", str(here))
        extras = "Provides-Extra: test\\nProvides-Extra: dev\\n"
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: landscape-app\\nVersion: 1\\n" + extras)
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return name
"""

PROGRAM = """\
import json, os, sys
print(json.dumps({"words": sys.argv[1:], "cwd": os.getcwd(), "prefix": sys.prefix}))
sys.exit(7 if "fail" in sys.argv else 0)
"""


class Project:
    """A copy of run.py beside a program that prints what it was given."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "landscape_app").mkdir(parents=True)
        (root / "landscape_app" / "__main__.py").write_text(PROGRAM)
        (root / "landscape_app" / "__init__.py").write_text("")
        (root / "backend.py").write_text(BACKEND)
        (root / "pyproject.toml").write_text(PYPROJECT)
        shutil.copy(RUN, root / "run.py")

    def start(self, *words: str, cwd: Path | None = None) -> "subprocess.Popen[str]":
        # Without a display no shared libraries are looked for: these tests leave the machine as it is.
        displays = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
        return subprocess.Popen(
            [sys.executable, str(self.root / "run.py"), *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=cwd or self.root,
            env={name: value for name, value in os.environ.items() if name not in displays},
        )

    def run(self, *words: str, cwd: Path | None = None) -> tuple[int, str, str]:
        process = self.start(*words, cwd=cwd)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    @property
    def builds(self) -> int:
        file = self.root / "builds"
        return len(file.read_text().splitlines()) if file.exists() else 0

    def wait_for_builds(self, count: int) -> None:
        end = time.monotonic() + 60
        while self.builds < count:
            assert time.monotonic() < end, "pip never came to build the program"
            time.sleep(0.02)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that is set up already; its folder has a space in its name."""
    project = Project(tmp_path_factory.mktemp("runs") / "a project")
    status, _, err = project.run("data")
    assert status == 0, err
    return project


@pytest.fixture
def run(tmp_path: Path) -> ModuleType:
    """run.py as a module, at home in an empty folder."""
    path = shutil.copy(RUN, tmp_path / "run.py")
    spec = importlib.util.spec_from_file_location("run_py", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def fake_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Return a function that puts a shell script of a name first on the PATH."""
    folder = tmp_path / "fake tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def make(name: str, script: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(stat.S_IRWXU)

    return make


# --- Python ----------------------------------------------------------------------------------------------------------


def test_that_an_old_python_can_read_run_py() -> None:
    ast.parse(RUN.read_text(), feature_version=(3, 6))


@pytest.mark.parametrize("version", [(3, 8, 18), (3, 10, 13), (3, 14, 0), (4, 0, 0)])
def test_that_an_unfit_python_gets_one_sentence_with_a_way_out(run: ModuleType, version: tuple[int, int, int]) -> None:
    complaint = run.python_complaint(version)
    assert "needs Python 3.11 to 3.13" in complaint
    assert f"{version[0]}.{version[1]}" in complaint
    assert "run.py" in complaint
    assert "\n" not in complaint


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 9), (3, 13, 1)])
def test_that_a_fit_python_gets_none(run: ModuleType, version: tuple[int, int, int]) -> None:
    assert run.python_complaint(version) == ""


# --- the .venv -------------------------------------------------------------------------------------------------------


def test_that_words_folder_and_status_are_handed_on(project: Project, tmp_path: Path) -> None:
    status, out, err = project.run("my file.csv", "--grid", "9", "fail", cwd=tmp_path)
    said = json.loads(out)
    assert said["words"] == ["my file.csv", "--grid", "9", "fail"]
    assert Path(said["cwd"]) == tmp_path
    assert Path(said["prefix"]) == project.root / ".venv"
    assert status == 7
    assert err == ""


def test_that_a_file_of_the_users_is_not_taken_for_the_program(project: Project, tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')")
    status, _, err = project.run(cwd=tmp_path)
    assert (status, err) == (0, "")


def test_that_the_second_time_nothing_is_set_up(project: Project) -> None:
    builds, stamp = project.builds, (project.root / ".venv" / "set-up.json").stat()
    start = time.perf_counter()
    status, _, err = project.run("data")
    assert time.perf_counter() - start < 2  # pip alone takes longer than the whole of this
    assert (status, err) == (0, "")
    assert project.builds == builds
    assert (project.root / ".venv" / "set-up.json").stat() == stamp


def test_that_a_changed_pyproject_is_installed_into_the_same_venv(project: Project) -> None:
    builds = project.builds
    witness = project.root / ".venv" / "witness"
    witness.touch()
    pyproject = project.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text() + "\n# changed\n")
    status, _, err = project.run("data")
    assert status == 0
    assert "Installing the program" in err
    assert project.builds == builds + 1
    assert witness.exists()
    assert project.run("data")[2] == ""


def test_that_a_killed_set_up_is_waited_for_and_made_anew(project: Project) -> None:
    (project.root / ".venv" / "witness").touch()
    pyproject = project.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text() + "\n# changed again\n")
    slow = project.root / "slow"
    slow.touch()
    builds = project.builds
    first = project.start("data")
    project.wait_for_builds(builds + 1)
    first.send_signal(signal.SIGKILL)  # run.py is gone at once, the pip that it started is not
    first.communicate()

    second = project.start("data")
    assert second.stderr is not None
    assert "waiting" in second.stderr.readline()
    slow.unlink()  # the orphaned pip may finish now
    out, err = second.communicate(timeout=120)

    assert second.returncode == 0, err
    assert "made anew" in err
    assert "Ready." in err
    assert json.loads(out)["words"] == ["data"]
    assert not (project.root / ".venv" / "witness").exists()
    assert project.run("data")[2] == ""


def test_that_a_failing_installation_says_so_and_keeps_what_was_there(project: Project) -> None:
    pyproject = project.root / "pyproject.toml"
    good = pyproject.read_text()
    pyproject.write_text("this is no TOML")
    status, out, err = project.run("data")
    assert status == 1
    assert out == ""
    assert "Installing the program's packages failed." in err
    assert ".venv.log" in err
    assert "Traceback" not in err
    pyproject.write_text(good)
    assert project.run("data")[::2] == (0, "")


@pytest.mark.parametrize("key", ["python", "base", "root", "setup"])
def test_that_a_stamp_of_another_python_or_folder_is_not_kept(run: ModuleType, key: str) -> None:
    wanted = {"setup": 1, "root": "here", "python": "3.11.7", "base": "there"}
    assert run.same_place(dict(wanted), wanted)
    assert not run.same_place({**wanted, key: "other"}, wanted)


@pytest.mark.parametrize("text", ["", "{", "[1]", '"words"'])
def test_that_an_unreadable_stamp_counts_as_none(run: ModuleType, tmp_path: Path, text: str) -> None:
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    (tmp_path / ".venv" / "set-up.json").write_text(text)
    assert run.read_stamp() == {}


def test_that_a_venv_whose_python_has_gone_counts_as_none(run: ModuleType, tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    run.write_stamp({"setup": 1})
    assert run.read_stamp() == {}
    (tmp_path / ".venv" / "bin").mkdir()
    (tmp_path / ".venv" / "bin" / "python").touch()
    assert run.read_stamp() == {"setup": 1}


def test_that_without_ensurepip_another_pip_is_found(
    run: ModuleType, tmp_path: Path, fake_tools: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A Python as Debian ships it: "-m venv" fails unless it is told to leave pip out.
    python = run.base_python()
    fake_tools("python", f'case "$*" in *without-pip*) exec "{python}" "$@";; *venv*) exit 1;; esac')
    monkeypatch.setattr(run, "base_python", lambda: str(tmp_path / "fake tools" / "python"))
    # A pip that installs without a network: it puts a package named pip where it is told to.
    fake_tools("pip3", 'mkdir -p "$3/pip" && echo "print(1)" > "$3/pip/__main__.py"')
    monkeypatch.setattr(run.sys, "executable", str(tmp_path / "fake tools" / "python"))
    monkeypatch.setattr(run.glob, "glob", lambda _pattern: [])  # no wheel of pip on this machine
    fake_tools("python3", "exit 1")
    with run.only_one() as lock:
        tools = run.Tools(lock.fileno())
        run.make_venv(tools)
        assert run.has_pip(tools)


# --- shared libraries ------------------------------------------------------------------------------------------------

POLICY = """
for name in "$@"; do
  case $name in
    policy) ;;
    libold1) echo "$name:"; echo "  Installed: (none)"; echo "  Candidate: (none)";;
    *) echo "$name:"; echo "  Installed: (none)"; echo "  Candidate: 1.0";;
  esac
done
"""


@pytest.fixture
def lacking(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Qt ask for a library that no machine has, under a new and an old package name."""
    monkeypatch.setitem(run.QT_LIBRARIES, "libnowhere.so.77", ["libnew1t64", "libold1"])


@pytest.mark.usefixtures("lacking")
def test_that_without_rights_the_exact_command_is_said(
    run: ModuleType, fake_tools: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    fake_tools("sudo", "exit 1")
    fake_tools("apt-cache", POLICY)
    fake_tools("apt-get", "echo must not run; exit 1")
    with run.only_one() as lock, pytest.raises(run.SetupError) as error:
        run.install_libraries(run.Tools(lock.fileno()), "offscreen")
    assert "sudo apt-get update && sudo apt-get install --no-install-recommends libnew1t64\n" in str(error.value)


@pytest.mark.parametrize("user", ["root", "sudo"])
def test_that_with_rights_missing_packages_are_installed_after_an_update_if_need_be(
    run: ModuleType,
    tmp_path: Path,
    fake_tools: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
    user: str,
) -> None:
    calls = tmp_path / "calls"
    monkeypatch.setattr(os, "geteuid", lambda: 0 if user == "root" else 1000)
    fake_tools("sudo", 'shift; exec "$@"')
    fake_tools("dpkg", "exit 0")
    fake_tools("apt-cache", POLICY)
    # The first installation fails, as with package lists that are too old.
    fake_tools("apt-get", f'echo "$@" >> "{calls}"; case "$*" in *install*) [ $(wc -l < "{calls}") -gt 1 ];; esac')
    with run.only_one() as lock:
        run.install_packages(run.Tools(lock.fileno()), [["libnew1t64", "libold1"], ["xvfb"]], "The window")
    verbs = [line.split("Timeout=300 ")[1] for line in calls.read_text().splitlines()]
    install = "install -y --no-install-recommends libnew1t64 xvfb"
    assert verbs == [install, "update", install]


@pytest.mark.usefixtures("lacking")
def test_that_a_system_without_apt_hears_which_libraries_are_missing(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "has_apt", lambda: False)
    with run.only_one() as lock, pytest.raises(run.SetupError, match=r"libnowhere\.so\.77"):
        run.install_libraries(run.Tools(lock.fileno()), "offscreen")


@pytest.mark.parametrize(
    ("words", "environment", "groups"),
    [
        ([], {}, set()),
        (["my.csv"], {"DISPLAY": ":0"}, {"x11"}),
        ([], {"WAYLAND_DISPLAY": "wayland-0"}, {"wayland"}),
        ([], {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, {"x11"}),
        ([], {"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":0"}, {"offscreen"}),
        (["render", "--out", "x"], {"DISPLAY": ":0"}, set()),
        (["data"], {"DISPLAY": ":0"}, set()),
        (["doctor"], {"DISPLAY": ":0"}, set()),
        (["--version"], {"DISPLAY": ":0"}, set()),
    ],
)
def test_that_libraries_are_looked_for_only_where_a_window_opens(
    run: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    environment: dict[str, str],
    groups: set[str],
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", "linux")
    assert run.library_groups(words) == groups


# --- tests -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "status"),
    [
        ("echo '3 passed'", 0),
        ("echo '1 failed'; exit 1", 1),
        ("echo '3 passed'; echo 'QObject::killTimer: Timers cannot be stopped from another thread' >&2", 1),
    ],
)
def test_that_a_run_of_pytest_fails_with_its_tests_or_with_qts_complaints(
    run: ModuleType, tmp_path: Path, capfd: pytest.CaptureFixture[str], script: str, status: int
) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(stat.S_IRWXU)
    assert run.run_pytest("a title", [], {}) == status
    assert "a title" in capfd.readouterr().out
