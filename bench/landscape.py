"""A landscape in blocks against a loop over its points: ``python bench/landscape.py``.

Both are first checked to be equal, then timed in turn in one run; each row gives medians and their spread.
"""

import platform
import statistics
import sys
from collections.abc import Callable
from time import perf_counter

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.dataset import Dataset
from landscape_app.core.landscape import Plane, axis_plane, evaluate_grid
from landscape_app.core.models import MODELS, Model

ROUNDS = 7
GRID = 33
RANGE = (-2.0, 2.0)


def point_by_point(model: Model, data: Dataset, plane: Plane) -> FloatArray:
    """Evaluate the loss at one point after the other, as one would write it first."""
    nodes = np.linspace(*RANGE, GRID)
    return np.array(
        [[model.loss(plane.origin + x * plane.u + y * plane.v, data.X, data.y) for x in nodes] for y in nodes]
    )


def in_blocks(model: Model, data: Dataset, plane: Plane) -> FloatArray:
    """Evaluate it with the function that the window and ``render`` call."""
    return evaluate_grid(model, data, plane, RANGE, RANGE, GRID).loss


def milliseconds(work: Callable[[], FloatArray]) -> float:
    """Return how long ``work`` takes once."""
    begin = perf_counter()
    work()
    return 1e3 * (perf_counter() - begin)


def main() -> None:
    """Print one row for each model and size."""
    out = sys.stdout.write
    out(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}; grid {GRID} x {GRID}\n")
    out(f"{'model':18} {'m':>6} {'n':>3} {'k':>3} {'loop ms':>16} {'blocks ms':>16} {'ratio':>6}\n")
    rng = np.random.default_rng(0)
    for name, n, k, m in (
        ("univariate", 1, 0, 60),
        ("univariate", 1, 0, 10_000),
        ("multivariate", 10, 0, 442),
        ("two-layer-linear", 10, 8, 442),
        ("two-layer-sigmoid", 10, 8, 442),
    ):
        data = Dataset(rng.normal(size=(n, m)), rng.normal(size=(1, m)), tuple(f"x{j}" for j in range(n)), "y")
        model = MODELS[name](n, k)
        theta = rng.normal(size=model.layout.size)
        names = model.layout.scalar_names
        plane = axis_plane(model.layout, (names[0], names[1]), theta)
        np.testing.assert_allclose(in_blocks(model, data, plane), point_by_point(model, data, plane), rtol=1e-11)
        pairs = [
            (
                milliseconds(lambda: point_by_point(model, data, plane)),  # noqa: B023 - called at once
                milliseconds(lambda: in_blocks(model, data, plane)),  # noqa: B023 - called at once
            )
            for _ in range(ROUNDS)
        ]
        loop, blocks = ([pair[i] for pair in pairs] for i in (0, 1))
        ratio = statistics.median(a / b for a, b in pairs)
        out(f"{name:18} {m:6} {n:3} {k:3} {spread(loop):>16} {spread(blocks):>16} {ratio:6.1f}\n")


def spread(times: list[float]) -> str:
    """Return the median with half the range."""
    return f"{statistics.median(times):.1f} ± {(max(times) - min(times)) / 2:.1f}"


if __name__ == "__main__":
    main()
