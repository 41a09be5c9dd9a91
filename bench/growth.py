"""How time and memory grow with the examples, the lattice, the features and the hidden units."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench.alone import alone
from bench.statistics import slope


@dataclass(frozen=True)
class Curve:
    """One size grows, the others stay; ``axes`` None is a plane of two random directions."""

    title: str
    grows: str
    sizes: tuple[int, ...]
    model: str
    m: int = 1_000
    n: int = 1
    k: int = 0
    G: int = 129
    axes: tuple[int, int] | None = (0, 1)

    def words(self, size: int) -> dict[str, Any]:
        """Return what the process that measures one size is told."""
        s = {"m": self.m, "n": self.n, "k": self.k, "G": self.G} | {self.grows: size}
        # One name, and so the same numbers for every lattice: another network would need other nodes.
        problem: dict[str, Any] = {"name": self.title, "n": s["n"], "k": s["k"], "m": s["m"], "reach": 1.0}
        if self.axes is not None:
            problem["axes"] = self.axes
        options = {"model": self.model, "k": s["k"], "grid": s["G"]}
        return {"problem": ("axes" if self.axes is not None else "plane", problem), "options": options}


SIGMOID, LINEAR = "two-layer-sigmoid", "univariate"
ALL_M = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
ALL_G = (64, 128, 256, 512, 1_024, 2_048)

CURVES = (
    Curve("linear, factoring included", "m", ALL_M, LINEAR),
    Curve("two-layer linear, factoring included", "m", ALL_M[:4], "two-layer-linear", n=4, k=4),
    Curve("sigmoid, two units", "m", ALL_M[:4], SIGMOID, n=4, k=8, axes=(0, 4)),
    Curve("sigmoid, general plane", "m", ALL_M[:3], SIGMOID, n=4, k=8, axes=None),
    Curve("linear", "G", ALL_G, LINEAR),
    Curve("two-layer linear, general plane", "G", ALL_G, "two-layer-linear", n=4, k=4, axes=None),
    Curve("sigmoid, two units", "G", ALL_G, SIGMOID, n=4, k=8, axes=(0, 4)),
    Curve("sigmoid, general plane", "G", ALL_G, SIGMOID, n=4, k=8, axes=None),
    Curve("linear, factoring included", "n", (2, 10, 30, 100, 300), "multivariate", m=10_000),
    Curve("sigmoid, general plane", "n", (1, 10, 100, 1_000), SIGMOID, k=8, axes=None),
    Curve("sigmoid, two units", "k", (2, 8, 32, 128), SIGMOID, n=4, axes=(0, 4)),
    Curve("sigmoid, general plane", "k", (1, 4, 16, 64), SIGMOID, n=4, axes=None),
)


def growth(quick: bool) -> Iterator[dict[str, Any]]:
    """Yield each curve with its points and slopes; a quick run leaves out the largest sizes."""
    for curve in CURVES:
        sizes = curve.sizes[:3] if quick else curve.sizes
        points = [{"size": size, **alone("bench.cost", curve.words(size))} for size in sizes]
        good = [point for point in points if "seconds" in point]
        fixed = {"m": curve.m, "n": curve.n, "k": curve.k, "G": curve.G}
        del fixed[curve.grows]
        last = good[-3:]  # where overheads count least
        yield {
            "title": curve.title,
            "grows": curve.grows,
            "fixed": fixed,
            "points": points,
            "slope": slope([p["size"] for p in last], [p["seconds"] for p in last]),
            "memory_slope": slope([p["size"] for p in last], [p["megabytes"] for p in last]),
        }
