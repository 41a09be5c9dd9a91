"""How honest the stated errors are: thousands of random planes of the sigmoid network against the direct evaluation."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.dataset import Dataset
from landscape_app.core.landscape.direct import DirectSums
from landscape_app.core.landscape.interpolated import PREVIEW, Interpolated
from landscape_app.core.landscape.method import LatticeMethod
from landscape_app.core.landscape.plane import Plane, axis_plane, plane_through
from landscape_app.core.landscape.split_exponentials import SplitExponentials
from landscape_app.core.models import TwoLayerSigmoid

#: Nodes a side of the lattices that are compared.
GRID = 65
#: What float64 itself may differ by between two ways of computing, in units of epsilon times the terms' squares.
ROUNDING = 200.0


@dataclass(frozen=True, slots=True)
class Told:
    """One picture's stated error and its true one, both relative to the mean loss."""

    guarantee: str
    preview: bool
    stated: float
    true: float
    rounding: float

    @property
    def holds(self) -> bool:
        """Whether the largest error of the picture is no larger than what was stated."""
        return self.true <= self.stated + self.rounding

    @property
    def ratio(self) -> float:
        """The true error as a part of the stated one."""
        return self.true / (self.stated + self.rounding)


def pictures_told(seed: int, cases: int, preview: bool = False) -> Iterator[Told]:
    """Yield what each picture of ``cases`` random planes says of its error, and what is true.

    Slopes times ranges go from gentle to saturated, two thirds of the planes are general ones, a third has two
    parameters of one unit; a third of the data is fitted without any error. ``preview`` has large data, and only
    pictures that leave examples out; half of that data has noise with heavy tails, a quarter five outliers.
    """
    for case in range(cases):
        rng = np.random.default_rng((seed, case))
        n, k = int(rng.integers(1, 4)), int(rng.integers(1, 6))
        m = int(rng.integers(2 * PREVIEW + 1, 5 * PREVIEW)) if preview else int(rng.integers(1, 60))
        model = TwoLayerSigmoid(n, k)
        theta = rng.normal(size=model.layout.size) * 10 ** rng.uniform(-1.0, 0.7)
        X = rng.normal(size=(n, m)) * 10 ** rng.uniform(-0.5, 0.7)
        y = model.predict(theta, X) if case % 3 == 0 else rng.normal(size=(1, m)) + X[:1]
        if preview:
            y = y + _heavy(case, m, rng)
        data = Dataset(X, y, tuple(f"x{i}" for i in range(n)), "y")
        plane = _plane(model, theta, case, rng)
        x_mid, y_mid = plane.project(theta)
        reach = 10 ** rng.uniform(-2.0, 1.3)
        across = np.linspace(x_mid - reach, x_mid + reach, GRID)
        down = np.linspace(y_mid - reach, y_mid + reach, GRID)
        method = Interpolated(model, data, plane, x_mid, y_mid, direct_below=0.0)
        shown = [picture for picture in method.pictures(across, down) if picture is not None]
        shown = [picture for picture in shown if (picture.accuracy.examples is not None) == preview]
        if not shown:
            continue
        # The split exponentials equal the direct sums (the tests hold them to it) and take a fifth of the time.
        exact = SplitExponentials(model, data, plane, x_mid, y_mid) if preview else DirectSums(model, data, plane)
        true = _losses(exact, across, down)
        mean = float(true.mean())
        terms = np.abs(data.y).max() + np.abs(model.layout.split(theta)["w2"]).sum() + reach * (k + 1)
        rounding = ROUNDING * np.finfo(float).eps * terms**2 / mean
        for picture in shown:
            error = float(np.abs(picture.loss - true).max())
            yield Told(picture.accuracy.guarantee, preview, picture.accuracy.error / mean, error / mean, rounding)


def summary(told: list[Told]) -> dict[str, dict[str, float]]:
    """Return for each guarantee how many pictures there were, the share whose statement holds, and how tight it is."""
    kinds = sorted({(one.guarantee, one.preview) for one in told})
    table = {}
    for guarantee, preview in kinds:
        some = [one for one in told if (one.guarantee, one.preview) == (guarantee, preview)]
        ratios = [one.ratio for one in some]
        table[guarantee + (", first picture from 2,000 examples" if preview else "")] = {
            "pictures": len(some),
            "share": float(np.mean([one.holds for one in some])),
            "largest": float(max(ratios)),
            "median": float(np.median(ratios)),
        }
    return table


def _plane(model: TwoLayerSigmoid, theta: FloatArray, case: int, rng: np.random.Generator) -> Plane:
    if case % 3 == 1:
        return axis_plane(model.layout, ("W1[0,0]", "b1[0]"), theta)
    u, v = rng.normal(size=(2, theta.size))
    return plane_through(theta, theta, u, v, ("a", "b"))


def _heavy(case: int, m: int, rng: np.random.Generator) -> FloatArray:
    """Return noise of Student's t, five outliers, or nothing at all (1, m)."""
    if case % 4 < 2:
        return rng.standard_t(1.5, size=(1, m))
    noise = np.zeros((1, m))
    if case % 4 == 2:
        noise[0, rng.choice(m, 5, replace=False)] = 1e3
    return noise


def _losses(method: LatticeMethod, x: FloatArray, y: FloatArray) -> FloatArray:
    losses = [part for part in method.losses(x, y) if part is not None]
    return losses[-1]
