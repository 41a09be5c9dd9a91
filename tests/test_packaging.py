"""What an installed program stands on: its resources, and a Qt that doesn't fall over."""

import importlib.metadata
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

import landscape_app
from landscape_app.resource_files import resource_path

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"])


def test_that_the_resources_are_found() -> None:
    assert resource_path().is_dir()
    assert any(resource_path().iterdir())


def test_that_a_missing_resource_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"data/nothing\.csv"):
        resource_path("data", "nothing.csv")


@pytest.mark.parametrize("place", ["landscape_app/_resources", "resources"])
def test_that_resources_are_found_in_a_wheel_and_in_a_checkout(tmp_path: Path, place: str) -> None:
    package = tmp_path / "landscape_app"
    package.mkdir()
    (package / "resource_files.py").write_text((ROOT / "landscape_app" / "resource_files.py").read_text())
    (tmp_path / place).mkdir()
    (tmp_path / place / "icon.svg").touch()
    code = "from resource_files import resource_path; print(resource_path('icon.svg'))"
    found = subprocess.run([sys.executable, "-c", code], cwd=package, capture_output=True, text=True, check=True)
    assert Path(found.stdout.strip()) == tmp_path / place / "icon.svg"


def test_that_every_dependency_is_installed_within_its_range(project: dict[str, Any]) -> None:
    for text in project["dependencies"]:
        requirement = Requirement(text)
        assert importlib.metadata.version(requirement.name) in requirement.specifier, text


def test_that_the_versions_known_to_crash_are_shut_out(project: dict[str, Any]) -> None:
    pyside = next(Requirement(text) for text in project["dependencies"] if text.startswith("PySide6"))
    for version in ("6.9.1", "6.9.2", "6.12.0"):
        assert version not in pyside.specifier


def test_that_repainting_loses_no_references_to_none(qtbot: QtBot) -> None:
    # PySide6 6.12.0 on Python 3.11 drops one with each call and aborts after some thousand repaints.
    widget = QWidget()
    qtbot.addWidget(widget)
    calls = 2_000
    before = sys.getrefcount(None)
    for _ in range(calls):
        widget.update()
    assert sys.getrefcount(None) > before - calls // 10


def test_that_the_commands_lead_to_the_program(project: dict[str, Any]) -> None:
    target = "landscape_app.cli:main"
    assert project["scripts"] == {"landscape-app": target}
    assert project["gui-scripts"] == {"landscape-app-gui": target}


def test_that_the_version_is_said_in_one_place(project: dict[str, Any]) -> None:
    assert "version" in project["dynamic"]
    assert landscape_app.__version__
