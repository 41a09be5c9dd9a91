"""The machine that measures, without its name and without any paths."""

import os
import platform
import re
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

PACKAGES = ("landscape-app", "numpy", "PySide6-Essentials", "pyqtgraph", "contourpy")


def machine() -> dict[str, str]:
    """Return what is worth knowing about it."""
    return {
        "processor": f"{_processor()}, {os.cpu_count()} logical processors",
        "memory": _memory(),
        "system": f"{platform.system()} {platform.release().split('-')[0]}, {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "linear algebra": _algebra(),
        "opengl": _opengl(),
    }


def _processor() -> str:
    if sys.platform.startswith("linux"):
        match = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
        if match:
            return match.group(1).strip()
    return platform.processor() or platform.machine()


def _memory() -> str:
    if not hasattr(os, "sysconf"):
        return "unknown"
    return f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GB"


def _algebra() -> str:
    config: Any = np.show_config(mode="dicts")
    blas = config["Build Dependencies"]["blas"]
    return f"{blas.get('name', 'unknown')} {blas.get('version', '')}, one thread in the program, all in the peers"


def _opengl() -> str:
    from landscape_app.opengl_probe import probe_in_subprocess

    found = probe_in_subprocess()
    kind = "software" if found.in_software else "hardware"
    return f"{found.renderer} ({kind})" if found.works else found.problem
