"""What drawing takes in the real window: each case in a process of its own."""

from collections.abc import Iterator
from typing import Any

from bench.alone import alone

#: What is drawn, and within which median, in seconds.
CASES: dict[str, tuple[float, dict[str, Any]]] = {
    "one step, all panels but the surface": (0.016, {"recorded": 60, "surface": False}),
    "the same, the last of 100,000 iterations": (0.033, {"recorded": 100_000, "surface": False}),
    "another surface of 129 × 129 nodes, in motion": (0.033, {"recorded": 60, "surface": True}),
}


def drawing() -> Iterator[dict[str, Any]]:
    """Yield what each case takes."""
    for title, (most, words) in CASES.items():
        found = alone("bench.drawing_window", words) | {"title": title, "most": most}
        if "median" in found:
            found["met"] = found["median"] < most
        yield found
