"""The layers by trial: what is said to need no Qt runs where Qt can't be imported."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

# Packages made impossible to import; a wrong import then fails and names itself.
WITHOUT = """\
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name in {names!r} or name.split(".")[0] in {names!r}:
            raise ImportError(f"{{name}} must not be imported here")
sys.meta_path.insert(0, Refuse())
"""
WITHOUT_QT = WITHOUT.format(names={"PySide6", "shiboken6", "pyqtgraph", "OpenGL"})
WITHOUT_WIDGETS = WITHOUT.format(names={"PySide6.QtGui", "PySide6.QtWidgets", "pyqtgraph", "OpenGL"})

EVERY_MODULE = """\
import importlib, pkgutil
package = importlib.import_module("{package}")
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
"""

REPORT = """\
import json
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def in_a_new_python(code: str, cwd: Path | None = None) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("layer", ["core", "data", "session", "export"])
def test_that_a_layer_below_the_window_runs_without_qt(layer: str) -> None:
    in_a_new_python(WITHOUT_QT + EVERY_MODULE.format(package=f"landscape_app.{layer}"))


def test_that_the_engine_runs_with_the_core_of_qt_alone() -> None:
    in_a_new_python(WITHOUT_WIDGETS + EVERY_MODULE.format(package="landscape_app.engine"))


@pytest.mark.parametrize(
    ("layer", "heavy"),
    [
        ("core", {"pandas", "matplotlib", "pydantic", "contourpy"}),
        ("data", {"pandas", "matplotlib"}),
        ("session", {"pandas", "matplotlib"}),
        ("engine", {"pandas", "matplotlib"}),
        ("views", {"pandas", "matplotlib"}),
    ],
)
def test_that_a_layer_starts_without_what_only_files_and_figures_need(layer: str, heavy: set[str]) -> None:
    loaded = in_a_new_python("import sys\n" + EVERY_MODULE.format(package=f"landscape_app.{layer}") + REPORT)
    assert not heavy & set(json.loads(loaded))


def test_that_arguments_are_read_before_anything_heavy_is_imported() -> None:
    loaded = in_a_new_python("import sys, landscape_app.cli\n" + REPORT)
    assert not {"PySide6", "pyqtgraph", "pandas", "matplotlib"} & set(json.loads(loaded))


@pytest.mark.parametrize(
    "words", [["--version"], ["data"], ["render", "--out", "out", "--iterations", "3", "--grid", "9"]]
)
def test_that_a_command_without_a_window_runs_without_qt(words: list[str], tmp_path: Path) -> None:
    # --version may end by SystemExit(0), as argparse does
    code = WITHOUT_QT + f"from landscape_app.cli import main\nsys.exit(main({words!r}))"
    in_a_new_python(code, cwd=tmp_path)
