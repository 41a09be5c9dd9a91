"""The peers' environments: one folder each under ``.bench``, made once and kept."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from bench.partner import ROOT, without_paths

FOLDER = ROOT / ".bench"
STAMP = "set-up.json"
#: The build for processors alone, a tenth of what any newer version would bring.
TORCH = "torch==2.13.0"


class UnavailableError(Exception):
    """A peer can't be installed here; the message says why."""


@dataclass(frozen=True)
class Environment:
    """What a peer needs: ``requirements``, and ``alone``, which are installed without what they ask for."""

    name: str
    requirements: tuple[str, ...]
    alone: tuple[str, ...] = field(default=())

    @property
    def python(self) -> str:
        """Its interpreter."""
        folder = FOLDER / self.name
        return str(folder / "Scripts" / "python.exe" if sys.platform == "win32" else folder / "bin" / "python")


def same_as_ours(*packages: str) -> tuple[str, ...]:
    """Return requirements for the very versions that the program has."""
    return tuple(f"{package}=={version(package)}" for package in packages)


def environments() -> dict[str, Environment]:
    """Return all of them by name."""
    numpy = same_as_ours("numpy")
    all_of_them = (
        Environment("jax", ("jax>=0.10,<0.11", "jaxlib>=0.10,<0.11", *numpy)),
        Environment("torch", (TORCH, *numpy)),
        Environment("matplotlib", (*same_as_ours("matplotlib", "contourpy"), *numpy)),
        Environment("loss-landscapes", (TORCH, *numpy, "loss-landscapes")),
        Environment(
            "loss-landscape-anim",
            (TORCH, *numpy, "pytorch-lightning", "scikit-learn", "tqdm"),
            alone=("loss-landscape-anim",),
        ),
        Environment("pyqtgraph", (*same_as_ours("pyqtgraph", "PySide6-Essentials"), *numpy, "PyOpenGL")),
    )
    return {environment.name: environment for environment in all_of_them}


def ready_python(environment: Environment) -> str:
    """Return the interpreter of ``environment``, which is made first if it is not there.

    Raises
    ------
    UnavailableError
        If a package can't be installed.
    """
    folder = FOLDER / environment.name
    wanted = {
        "python": sys.version,
        "folder": str(folder),
        "requirements": [*environment.requirements, *environment.alone],
    }
    if _stamp(folder) == wanted and Path(environment.python).exists():
        return environment.python
    sys.stderr.write(f"Setting up the peer {environment.name}\n")
    sys.stderr.flush()
    if folder.exists():
        shutil.rmtree(folder)
    _run([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    pip = [sys.executable, "-m", "pip", "--python", environment.python, "--disable-pip-version-check", "--no-input"]
    _run([*pip, "install", "--no-compile", *environment.requirements])
    if environment.alone:
        _run([*pip, "install", "--no-compile", "--no-deps", *environment.alone])
    (folder / STAMP).write_text(json.dumps(wanted), encoding="utf-8")  # last: what has a stamp is finished
    return environment.python


def _stamp(folder: Path) -> object:
    try:
        return json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # missing or unreadable: made anew
        return None


def _run(command: list[str]) -> None:
    """Run a step of the set-up; its output is kept for what it says if it fails."""
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL
    )
    if done.returncode == 0:
        return
    lines = (done.stdout + done.stderr).strip().splitlines()
    errors = [line for line in lines if "ERROR" in line] or lines[-1:]
    reason = without_paths(errors[-1].replace("ERROR:", "").strip()) if errors else "no reason given"
    raise UnavailableError(f"can't be installed here: {reason}")
