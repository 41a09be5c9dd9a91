"""The machine: system, processors, memory, and the folders that the program writes to."""

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from landscape_app.doctor.report import Line, Remedy
from landscape_app.home import without_home
from landscape_app.logs import log_folder

GIB = 2**30
#: Below so many bytes of memory or disk something will fail.
LITTLE_MEMORY, LITTLE_DISK = 1 * GIB, 50_000_000


def machine_lines() -> tuple[Line, ...]:
    """Return system, Python, processors and memory."""
    lines = [
        Line("system", _system()),
        Line("machine", platform.machine()),
        Line("Python", f"{platform.python_version()} ({platform.python_implementation()})"),
        Line("interpreter", without_home(sys.executable or "unknown")),
        Line("processors", _processors()),
    ]
    memory = total_memory()
    if memory is not None:
        problem = "That is little: large data may not fit." if memory < LITTLE_MEMORY else ""
        lines.append(Line("memory", f"{memory / GIB:.1f} GiB", problem))
    return tuple(lines)


def _system() -> str:
    if sys.platform.startswith("linux"):
        with suppress(OSError):
            name = platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
            return f"{name}, Linux {platform.release()}"
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]}"
    return platform.platform()


def _processors() -> str:
    there = os.cpu_count() or 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else there
    return str(there) if usable == there else f"{usable} of {there}"


def total_memory() -> int | None:
    """Return how many bytes of memory this program may use, or None where the system does not tell."""
    known = []
    with suppress(OSError, ValueError, AttributeError):  # Windows has no sysconf, macOS not these names
        known.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    with suppress(OSError, ValueError):  # "max", or no such limit
        known.append(int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    if sys.platform == "win32":
        known.append(_windows_memory())
    return min((size for size in known if size > 0), default=None)


def _windows_memory() -> int:
    """Ask Windows, whose answer is a structure of 64 bytes with the total in its second 8."""
    import ctypes

    answer = (ctypes.c_uint64 * 8)()
    answer[0] = 64
    asked = getattr(ctypes, "windll").kernel32.GlobalMemoryStatusEx(ctypes.byref(answer))  # noqa: B009 - not on Linux
    return int(answer[1]) if asked else 0


def folder_lines() -> tuple[tuple[Line, ...], tuple[Remedy, ...]]:
    """Return whether the folders can be written to; nothing is left behind in them."""
    lines, remedies = [], []
    purposes: tuple[tuple[str, Callable[[], Path], str], ...] = (
        ("settings", _settings, "Settings are not remembered"),
        ("log", log_folder, "No log is written"),
        ("temporary files", _temporary, "Some exports fail"),
    )
    for name, find, consequence in purposes:
        try:
            folder = find()
        except (RuntimeError, OSError, ImportError) as error:  # no home, no place for temporary files, no pydantic
            lines.append(Line(name, "none", f"{error}"))
            remedies.append(Remedy(f"There is no folder for {name}.", f"{consequence} until HOME is set.", "", False))
            continue
        problem = _write_problem(folder)
        lines.append(Line(name, without_home(str(folder)), problem))
        if problem:
            what = f"The folder {without_home(str(folder))} can't be used for {name}: {problem}"
            remedies.append(Remedy(what, f"{consequence} until that is put right.", "", serious=False))
    return tuple(lines), tuple(remedies)


def _settings() -> Path:
    # Imported late: it needs a package, and the report is to be had without any.
    from landscape_app.preferences import config_folder

    return config_folder()


def _temporary() -> Path:
    return Path(tempfile.gettempdir())


def _write_problem(folder: Path) -> str:
    """Return a sentence if nothing can be written to the folder, which may have to be made first."""
    existing = folder
    while not os.path.lexists(existing) and existing != existing.parent:
        existing = existing.parent
    if not existing.is_dir():
        return f"{without_home(str(existing))} is no folder."
    try:
        with tempfile.TemporaryFile(dir=existing) as file:
            file.write(b"1")
    except OSError as error:
        return f"{error.strerror or error}."
    free = shutil.disk_usage(existing).free
    return f"Only {free / 1e6:.0f} MB are free." if free < LITTLE_DISK else ""
