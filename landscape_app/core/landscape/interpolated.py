"""The sigmoid network on a general plane: polynomials through ever more Chebyshev nodes, with a stated error."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.dataset import Dataset
from landscape_app.core.landscape import chebyshev
from landscape_app.core.landscape.accuracy import Accuracy
from landscape_app.core.landscape.bernstein import BernsteinBound
from landscape_app.core.landscape.method import BLINK, Method, Picture
from landscape_app.core.landscape.plane import Plane
from landscape_app.core.landscape.split_exponentials import SplitExponentials
from landscape_app.core.models.two_layer_sigmoid import TwoLayerSigmoid

#: Nodes a side to begin with, fewer where many units and examples make each of them dear.
FIRST, FEWEST = 25, 13
#: An error this small, relative to the mean loss, is no longer refined.
TOLERANCE = 1e-8
#: A bound this small, relative to the mean loss, is told instead of the (smaller) estimate.
TELLING_BOUND = 1e-8
#: Work (operations, about a nanosecond each) that nobody waits for.
IN_REASON = 2e10
#: The first picture of large data: so many examples, in groups whose spread tells their error.
PREVIEW, UNUSUAL, GROUPS = 2_000, 560, 12
#: Safety factors on what the series lacks, on what the probes show and on the preview's standard error.
#: With these the figure held in 99.9 % of thousands of random planes, from gentle to saturated.
SAFE_REST, SAFE_PROBES, SAFE_SPREAD = 1.5, 2.0, 5.0
#: How far Z may move, by a bound, between two nodes that are next to each other: the sigmoid's whole slope.
WIDEST = 2.0 * np.pi
#: Direct probes a side.
PROBES = 6


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Level:
    """Losses ``values`` (rows, columns) at Chebyshev nodes, their ``coefficients`` and errors along x and along y."""

    values: FloatArray
    coefficients: FloatArray
    of_x: float
    of_y: float
    error: float


class Interpolated(Method):
    """Losses at Chebyshev nodes and a polynomial through them; node by node wherever that is cheaper.

    The loss is an analytic function of the plane's coordinates, so that the error falls geometrically; how fast
    depends on the slopes times the range. Nodes are nested: none is evaluated twice.
    """

    def __init__(
        self,
        model: TwoLayerSigmoid,
        data: Dataset,
        plane: Plane,
        x_mid: float,
        y_mid: float,
        direct_below: float = 4.0 * BLINK,
    ) -> None:
        """Prepare the plane; lattices of less than ``direct_below`` operations are evaluated node by node."""
        self._direct_below = direct_below
        self._model, self._data, self._plane = model, data, plane
        self._mid = x_mid, y_mid
        self._exact = SplitExponentials(model, data, plane, x_mid, y_mid)

    def pictures(self, x: FloatArray, y: FloatArray) -> Iterator[Picture | None]:
        """Yield ever better pictures of the whole lattice, and None after each slice of work."""
        with np.errstate(over="ignore"):
            xi, eta = x - self._mid[0], y - self._mid[1]
            reach = float(np.abs(xi).max()), float(np.abs(eta).max())
        all_nodes = self._exact.operations(len(x), len(y))
        few = all_nodes <= self._direct_below or min(len(x), len(y)) < 2 * FIRST
        if few or not 0.0 < min(reach) < np.inf or not self._exact.is_simple(*reach):
            yield from self._exact.pictures(x, y)
            return
        lattice = _Lattice(x, y, xi / reach[0], eta / reach[1])
        if self._exact.operations(FIRST, FIRST) > 2.0 * BLINK and self._data.m > 2 * PREVIEW:
            yield from self._preview(lattice, reach)
        probes = _Probes(reach)
        yield from probes.evaluate(self._exact)
        columns = rows = FIRST if self._exact.operations(FIRST, FIRST) <= 4.0 * BLINK else FEWEST
        values = None
        while True:
            values = yield from self._refined(values, reach, columns, rows)
            if not np.isfinite(values).all():
                break
            level = _level(values, probes)
            mean = float(values.mean())
            dense = not self._hidden(1, columns, reach[0]).any(), not self._hidden(2, rows, reach[1]).any()
            small = level.error <= TOLERANCE * mean
            done = small and all(dense)
            more_columns, more_rows = _finer(level, small, dense)
            more = self._exact.operations(more_columns, more_rows) - self._exact.operations(columns, rows)
            give_up = not done and (more_columns * more_rows > 0.5 * len(x) * len(y) or more > IN_REASON)
            final = done or (give_up and all_nodes > IN_REASON)
            accuracy = self._estimate(level, reach, certain=final or small)
            if final and all(dense):
                bound = BernsteinBound(self._data, self._exact.parts, *reach)
                yield from bound.prepare()
                proved = bound.error(columns, rows)
                if proved <= max(level.error, TELLING_BOUND * mean):
                    accuracy = Accuracy("bounded", accuracy.method, proved)
            yield lattice.picture(level.coefficients, accuracy, final)
            if final:
                return
            if give_up:
                break
            columns, rows = more_columns, more_rows
        for losses in self._exact.losses(x, y):  # the whole lattice at once: what is shown is better than a coarse one
            yield None if losses is None else Picture(x, y, sealed(losses), self._exact.accuracy, final=True)

    def _refined(
        self, old: FloatArray | None, reach: tuple[float, float], columns: int, rows: int
    ) -> Generator[None, None, FloatArray]:
        """Yield after each slice of work and return the losses at ``columns`` by ``rows`` nodes."""
        x, y = reach[0] * chebyshev.nodes(columns), reach[1] * chebyshev.nodes(rows)
        values = np.empty((rows, columns))
        if old is None:
            parts = [(slice(None), slice(None))]
        else:
            down, across = (rows - 1) // (old.shape[0] - 1), (columns - 1) // (old.shape[1] - 1)
            values[::down, ::across] = old
            parts = []
            if across > 1:
                parts.append((slice(None, None, down), slice(1, None, 2)))
            if down > 1:
                parts.append((slice(1, None, 2), slice(None)))
        for part in parts:
            for losses in self._exact.losses_about(x[part[1]], y[part[0]]):
                if losses is not None:
                    values[part] = losses
                yield None
        return values

    def _hidden(self, direction: int, count: int, reach: float, widest: float = WIDEST) -> npt.NDArray[np.bool_]:
        """Return which units' Z (k,) may move by ``widest`` and more between two of ``count`` nodes.

        Such a unit can switch from 0 to 1, and another one back, where neither coefficients nor probes see it.
        """
        return np.pi * reach / (count - 1) * self._exact.unit_steepness(direction) >= widest

    def _unseen(self, hidden: npt.NDArray[np.bool_], reach: tuple[float, float], largest: float) -> float:
        """Return how much the loss may change where these units (k,) switch, at losses of ``largest``.

        Outputs move by no more than the units' output weights D, so that the root of the loss does, too.
        """
        w2 = np.abs(self._exact.parts.w2[:, hidden])
        D = float((w2[0] + reach[0] * w2[1] + reach[1] * w2[2]).sum())
        return D * (2.0 * float(np.sqrt(largest)) + D)

    def _preview(self, lattice: "_Lattice", reach: tuple[float, float]) -> Iterator[Picture | None]:
        """Yield a picture from a few nodes and examples; the examples' groups tell how far off their mean can be."""
        m = self._data.m
        # The examples with the most unusual targets, whose errors may outweigh all others', are always taken.
        unusual = np.abs(self._data.y[0] - np.median(self._data.y[0]))
        order = np.argpartition(unusual, m - UNUSUAL)
        others, size = order[: m - UNUSUAL], (PREVIEW - UNUSUAL) // GROUPS
        chosen = others[np.random.default_rng(0).choice(len(others), size * GROUPS, replace=False)]
        parts = [order[m - UNUSUAL :], *np.split(chosen, GROUPS)]
        means: list[FloatArray] = []
        for examples in parts:
            some = np.sort(examples)
            part = SplitExponentials(self._model, self._data, self._plane, *self._mid, some)
            if not means:
                work = part.operations(FIRST, FIRST) * PREVIEW / UNUSUAL
                count = FIRST if work <= 4.0 * BLINK else FEWEST
                x, y = (r * chebyshev.nodes(count) for r in reach)
            for losses in part.losses_about(x, y):
                yield None
                if losses is not None:
                    means.append(losses)
        groups, share = np.array(means[1:]), len(others) / m
        values = (1.0 - share) * means[0] + share * groups.mean(axis=0)
        if not np.isfinite(values).all():
            return
        spread = share * float(groups.std(axis=0, ddof=1).max()) * np.sqrt((1.0 - len(chosen) / len(others)) / GROUPS)
        level = _level(values, None)
        accuracy = self._estimate(level, reach, certain=False)
        accuracy = replace(accuracy, error=accuracy.error + SAFE_SPREAD * spread, examples=PREVIEW)
        yield lattice.picture(level.coefficients, accuracy, final=False)

    def _estimate(self, level: _Level, reach: tuple[float, float], certain: bool) -> Accuracy:
        """Return what is told of a level; while it is not ``certain`` more units are suspected of hiding."""
        rows, columns = level.values.shape
        widest = WIDEST if certain else 0.25 * WIDEST
        hidden = self._hidden(1, columns, reach[0], widest) | self._hidden(2, rows, reach[1], widest)
        error = level.error + self._unseen(hidden, reach, float(level.values.max()))
        return Accuracy("estimated", f"interpolated from {columns} × {rows} nodes", error)


class _Lattice:
    """The nodes ``x`` and ``y`` of the pictures, of which ``xi`` and ``eta`` are the places in [-1, 1]."""

    def __init__(self, x: FloatArray, y: FloatArray, xi: FloatArray, eta: FloatArray) -> None:
        self._x, self._y, self._xi, self._eta = x, y, xi, eta

    def picture(self, coefficients: FloatArray, accuracy: Accuracy, final: bool) -> Picture:
        """Return the picture of a polynomial."""
        return Picture(self._x, self._y, _losses(coefficients, self._xi, self._eta), accuracy, final)


class _Probes:
    """A few places, off the nodes, where the loss is known exactly."""

    def __init__(self, reach: tuple[float, float]) -> None:
        self._xi, self._eta = np.random.default_rng(1).uniform(-1.0, 1.0, (2, PROBES))
        self._x, self._y = reach[0] * self._xi, reach[1] * self._eta
        self._losses = np.empty((PROBES, PROBES))

    def evaluate(self, exact: SplitExponentials) -> Iterator[None]:
        """Evaluate them, yielding after each slice of work."""
        for losses in exact.losses_about(self._x, self._y):
            if losses is not None:
                self._losses = losses
            yield None

    def error(self, coefficients: FloatArray) -> float:
        """Return the largest difference of a polynomial from the loss."""
        values = _losses(coefficients, self._xi, self._eta)
        return float(np.abs(values - self._losses).max())


def _losses(coefficients: FloatArray, xi: FloatArray, eta: FloatArray) -> FloatArray:
    """Return a polynomial's values (len(eta), len(xi)); no loss is negative."""
    rows, columns = coefficients.shape
    values = chebyshev.polynomials(eta, rows) @ coefficients @ chebyshev.polynomials(xi, columns).T
    return sealed(np.maximum(values, 0.0, out=values))


def _level(values: FloatArray, probes: _Probes | None) -> _Level:
    c = chebyshev.coefficients(values)
    of_x, of_y = SAFE_REST * chebyshev.rest(c, 1), SAFE_REST * chebyshev.rest(c, 0)
    seen = 0.0 if probes is None else SAFE_PROBES * probes.error(c)
    error = max(of_x + of_y, seen) + chebyshev.ROUNDING * float(np.abs(values).max())
    return _Level(values, c, of_x, of_y, error)


def _finer(level: _Level, small: bool, dense: tuple[bool, bool]) -> tuple[int, int]:
    """Return the numbers of columns and rows to go on with.

    Twice as many where they are not ``dense`` enough to see everything and, unless the error is ``small`` already,
    where most of it comes from.
    """
    rows, columns = level.values.shape
    most = max(level.of_x, level.of_y)
    if not dense[0] or (not small and level.of_x >= 0.1 * most):
        columns = 2 * columns - 1
    if not dense[1] or (not small and level.of_y >= 0.1 * most):
        rows = 2 * rows - 1
    return columns, rows
