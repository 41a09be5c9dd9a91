"""The shared libraries that Qt needs on Linux, and the Debian packages that bring them.

The libraries are tried, not the packages: their names differ from release to release, the files' do not. ``run.py``,
which sets everything up before there is anything to import, has the same lists; a test compares them.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from landscape_app.doctor.report import Line, Remedy

QT = MappingProxyType(
    {
        "libEGL.so.1": ["libegl1"],
        "libGL.so.1": ["libgl1"],
        "libX11.so.6": ["libx11-6"],
        "libdbus-1.so.3": ["libdbus-1-3"],
        "libfontconfig.so.1": ["libfontconfig1"],
        "libfreetype.so.6": ["libfreetype6"],
        "libglib-2.0.so.0": ["libglib2.0-0t64", "libglib2.0-0"],
        "libgthread-2.0.so.0": ["libglib2.0-0t64", "libglib2.0-0"],
        "libxkbcommon.so.0": ["libxkbcommon0"],
    }
)
X11 = MappingProxyType(
    {
        "libX11-xcb.so.1": ["libx11-xcb1"],
        "libxkbcommon-x11.so.0": ["libxkbcommon-x11-0"],
        "libxcb-cursor.so.0": ["libxcb-cursor0"],
        "libxcb-glx.so.0": ["libxcb-glx0"],
        "libxcb-icccm.so.4": ["libxcb-icccm4"],
        "libxcb-image.so.0": ["libxcb-image0"],
        "libxcb-keysyms.so.1": ["libxcb-keysyms1"],
        "libxcb-randr.so.0": ["libxcb-randr0"],
        "libxcb-render.so.0": ["libxcb-render0"],
        "libxcb-render-util.so.0": ["libxcb-render-util0"],
        "libxcb-shape.so.0": ["libxcb-shape0"],
        "libxcb-shm.so.0": ["libxcb-shm0"],
        "libxcb-sync.so.1": ["libxcb-sync1"],
        "libxcb-util.so.1": ["libxcb-util1"],
        "libxcb-xfixes.so.0": ["libxcb-xfixes0"],
        "libxcb-xkb.so.1": ["libxcb-xkb1"],
    }
)
WAYLAND = MappingProxyType(
    {
        "libwayland-client.so.0": ["libwayland-client0"],
        "libwayland-cursor.so.0": ["libwayland-cursor0"],
    }
)
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
A_FONT = "fonts-dejavu-core"


def wanted_libraries() -> dict[str, list[str]]:
    """Return what Qt needs here: X11's or Wayland's besides its own, X11's where there is no display (yet)."""
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform and not platform.startswith(("xcb", "wayland")):
        return dict(QT)
    if platform.startswith("wayland") or (os.environ.get("WAYLAND_DISPLAY") and not os.environ.get("DISPLAY")):
        return {**QT, **WAYLAND}
    return {**QT, **X11}


def missing_libraries(wanted: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return those that can't be loaded."""
    missing = {}
    for library, packages in wanted.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing[library] = packages
    return missing


def has_fonts() -> bool:
    """Whether there is a font that Qt can write with."""
    folders = (Path(os.path.expanduser(folder)) for folder in FONT_FOLDERS)  # noqa: PTH111 - fails without a home
    return any(next(folder.rglob("*.[to]tf"), None) is not None for folder in folders)


def library_lines() -> tuple[tuple[Line, ...], tuple[Remedy, ...]]:
    """Return what is there and what is missing of the libraries and fonts; nothing on other systems than Linux."""
    if not sys.platform.startswith("linux"):
        return (), ()
    wanted = wanted_libraries()
    missing = missing_libraries(wanted)
    fonts = has_fonts()
    lines = [
        Line("shared libraries", f"{len(wanted) - len(missing)} of {len(wanted)} that Qt needs are there"),
        *(Line("", library, "It is missing.") for library in missing),
        Line("fonts", "there are some" if fonts else "none", "" if fonts else "Text would show as empty boxes."),
    ]
    needed = list(missing.values()) + ([] if fonts else [[A_FONT]])
    if not needed:
        return tuple(lines), ()
    what = ", ".join([*missing, *([] if fonts else ["a font"])])
    command = apt_command(needed)
    advice = "Type:" if command else "Install them with the system's package manager."
    remedy = Remedy(f"Missing of what Qt needs: {what}.", advice, command, serious=bool(missing))
    return tuple(lines), (remedy,)


def apt_command(needed: Iterable[list[str]]) -> str:
    """Return what to type to get one package of each list; empty where there is no apt."""
    if not shutil.which("apt-get"):
        return ""
    choices = [list(names) for names in needed]
    known = _offered(sorted({name for names in choices for name in names}))
    chosen = sorted({next((name for name in names if name in known), names[-1]) for names in choices})
    sudo = "sudo " if getattr(os, "geteuid", lambda: 1)() else ""
    return f"{sudo}apt-get update && {sudo}apt-get install --no-install-recommends {' '.join(chosen)}"


def _offered(names: list[str]) -> set[str]:
    """Return which of these packages apt knows; none if its lists have not been fetched."""
    try:
        said = subprocess.run(
            ["apt-cache", "policy", *names],
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return set()
    known, package = set(), ""
    for line in said.splitlines():
        if line and not line.startswith(" "):
            package = line.split(":")[0]
        elif line.strip().startswith("Candidate:") and "(none)" not in line:
            known.add(package)
    return known
