"""How late the event loop is while maps compute: each case in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from bench.measure import AS_THE_PROGRAM
from bench.partner import ROOT, environment_with, without_paths

#: What is hoped for with the surface closed, in milliseconds: the computation's share.
P99, MOST = 16.0, 50.0
#: The map's nodes a side: the odd number next to 512, so that a coarse lattice lies in it.
GRID, M = 513, 100_000

CASES = {
    "linear": {"model": "univariate", "data": "line", "kind": "axes", "hidden": 1},
    "two-layer linear, random plane": {"model": "two-layer-linear", "data": "line", "kind": "random", "hidden": 4},
    "sigmoid, random plane": {"model": "two-layer-sigmoid", "data": "sine", "kind": "random", "hidden": 4},
}


def lateness(folder: str) -> Iterator[dict[str, Any]]:
    """Yield the lateness for each case, with the surface closed and open; settings go into ``folder``."""
    own = environment_with({**AS_THE_PROGRAM, "LANDSCAPE_CONFIG_DIR": folder, "LANDSCAPE_LOG_DIR": folder})
    for title, case in CASES.items():
        for surface in (False, True):
            words = {**case, "m": M, "grid": GRID, "surface": surface}
            command = [sys.executable, "-m", "bench.late_window", json.dumps(words)]
            done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, env=own)
            found: dict[str, Any] = {"title": title, "surface": surface, "m": M, "G": GRID}
            if done.returncode == 0:
                found |= json.loads(done.stdout)
                busy = found["busy"]
                found["met"] = surface or (busy["p99"] < P99 and busy["max"] < MOST)
            else:
                lines = done.stderr.strip().splitlines()
                found["reason"] = without_paths(lines[-1]) if lines else f"ended with status {done.returncode}"
            yield found
