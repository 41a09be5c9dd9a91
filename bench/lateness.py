"""How late the event loop is while maps compute: each case in a process of its own."""

from collections.abc import Iterator
from typing import Any

from bench.alone import alone

#: What is hoped for with the surface closed, in milliseconds: the computation's share.
P99, MOST = 16.0, 50.0
#: The map's nodes a side: the odd number next to 512, so that a coarse lattice lies in it.
GRID, M = 513, 100_000

CASES = {
    "linear": {"model": "univariate", "data": "line", "kind": "axes", "hidden": 1},
    "two-layer linear, random plane": {"model": "two-layer-linear", "data": "line", "kind": "random", "hidden": 4},
    "sigmoid, random plane": {"model": "two-layer-sigmoid", "data": "sine", "kind": "random", "hidden": 4},
}


def lateness() -> Iterator[dict[str, Any]]:
    """Yield the lateness for each case, with the surface closed and open."""
    for title, case in CASES.items():
        for surface in (False, True):
            found = alone("bench.late_window", {**case, "m": M, "grid": GRID, "surface": surface})
            found |= {"title": title, "surface": surface, "m": M, "G": GRID}
            if "busy" in found:
                busy = found["busy"]
                found["met"] = surface or (busy["p99"] < P99 and busy["max"] < MOST)
            yield found
