"""What of the data is drawn: an even sample, the lines that do not change, and the range that holds them."""

from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray
from landscape_app.core.dataset import Dataset
from landscape_app.core.models import Model
from landscape_app.session.problem import Problem
from landscape_app.views.plotting import nice_range

#: More dots than this hide one another.
MOST_SHOWN = 5_000
#: Predictions are made for so many examples at most that a forward pass takes this long.
MOST_NANOSECONDS = 2.5e6
#: The fit may leave the range of the data by this share of it before it is cut off.
OVERHANG = 0.6
#: Points of a curve that may bend.
CURVE_POINTS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The shown examples and, for one feature, the unchanging lines over ``line_x`` (p,).

    ``X`` (n, s), ``y`` (s,); ``m`` is the number of all examples, ``variance`` that of all targets.
    ``truth`` is the noiseless target, over ``line_x`` for one feature.
    """

    indices: IntArray
    X: FloatArray
    y: FloatArray
    m: int
    variance: float
    line_x: FloatArray
    truth: FloatArray | None
    optimum: FloatArray | None
    span: tuple[float, float]

    @property
    def planar(self) -> bool:
        """Whether there is one feature, so that a curve goes through the points."""
        return self.X.shape[0] == 1


def most_shown(model: Model) -> int:
    """Return how many examples a prediction at each step may take, from its rough cost an example."""
    hidden = model.k or 0
    nanoseconds = 2.0 * model.n + hidden * (0.08 * model.n + 12.0)  # measured
    return int(min(MOST_SHOWN, max(200, MOST_NANOSECONDS / nanoseconds)))


def even_sample(m: int, most: int) -> IntArray:
    """Return at most ``most`` indices below ``m``, evenly spread, first and last included."""
    return np.arange(m) if m <= most else np.linspace(0, m - 1, most).round().astype(np.int64)


def sample_of(problem: Problem) -> Sample:
    """Choose what is drawn of a problem."""
    data, model = problem.data, problem.model
    planar = data.n == 1
    indices = even_sample(data.m, MOST_SHOWN if planar else most_shown(model))
    X, y = np.ascontiguousarray(data.X[:, indices]), data.y[0, indices]
    line_x, truth, optimum = np.empty(0), None, None
    if planar:
        line_x = _line_x(data)
        if data.truth is not None:
            truth = np.asarray(data.truth.signal(line_x[np.newaxis]))[0]
        if problem.optimum is not None:
            optimum = model.predict(problem.optimum.theta, line_x[np.newaxis])[0]
    parts = [y] + [part for part in (truth,) if part is not None]
    span = (float(min(p.min() for p in parts)), float(max(p.max() for p in parts)))
    return Sample(indices, X, y, data.m, float(data.y.var()), line_x, truth, optimum, span)


def _line_x(data: Dataset) -> FloatArray:
    low, high = float(data.X.min()), float(data.X.max())
    room = 0.04 * (high - low) or 0.5 * abs(low) or 1.0
    return np.linspace(low - room, high + room, CURVE_POINTS)


def shown_range(span: tuple[float, float], fit: FloatArray) -> tuple[float, float]:
    """Return the range that holds the data and as much of the fit as does not squeeze them."""
    width = (span[1] - span[0]) or abs(span[0]) or 1.0
    bottom, top = span[0] - OVERHANG * width, span[1] + OVERHANG * width
    finite = fit[np.isfinite(fit)]
    low, high = span
    if finite.size:
        low = min(low, max(float(finite.min()), bottom), top)
        high = max(high, min(float(finite.max()), top), bottom)
    low, high = nice_range(low, high, 10)
    room = 0.02 * (high - low)
    return low - room, high + room
