"""Examples that stand out in the data view: those that a gradient comes from, and the one that is picked."""

import numpy as np
import pyqtgraph as pg

from landscape_app.core.arrays import FloatArray, IntArray
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.diverging import DIVERGING
from landscape_app.views.palette import Palette
from landscape_app.views.plotting_items import Curve, Dots

#: Sizes of dots, and from which part of the largest contribution on they are used; smaller ones stay as they are.
SIZES = ((12.0, 0.6), (9.0, 0.35), (7.0, 0.15))


class ExampleMarks:
    """Orange dots for what adds to the gradient, blue ones for what takes from it, a ring around the picked one."""

    def __init__(self) -> None:
        self._dots = {(sign, size): Dots(size) for sign in (1, -1) for size, _ in SIZES}
        self._halo, self._picked = Dots(17.0), Dots(9.0)
        self._examples: IntArray = np.empty(0, dtype=np.int64)
        #: A line from the picked example to what the model says of it.
        self._error = Curve()

    @property
    def items(self) -> list[pg.GraphicsObject]:
        """What is put into the plot, from the bottom up."""
        return [*self._dots.values(), self._error, self._halo, self._picked]

    @property
    def marked(self) -> FloatArray:
        """Where dots stand out for their contribution (p, 2)."""
        return np.concatenate([dots.points for dots in self._dots.values()])

    @property
    def examples(self) -> IntArray:
        """The examples that stand out for their contribution (p,), in the order of ``marked``."""
        return self._examples

    @property
    def picked(self) -> FloatArray:
        """Where the picked example is (0 or 1, 2)."""
        return self._picked.points

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        negative, _, positive = DIVERGING[palette.dark]
        for (sign, _), dots in self._dots.items():
            dots.set_colour(positive if sign > 0 else negative, 235)
        self._halo.set_colour(palette.text)
        self._picked.set_colour(palette.accent)
        self._error.set_look(palette.text, 1.0)

    def draw(self, shown: Snapshot, planar: bool, limits: tuple[float, float]) -> None:
        """Mark the examples in the snapshot; ``limits`` is how far up and down something can be seen."""
        shares = shown.shares
        empty, marked = np.empty(0), [np.empty(0, dtype=np.int64)]
        for (sign, size), dots in self._dots.items():
            if shares is None or not len(shares.examples):
                dots.set_points(empty, empty)
                continue
            ratio = np.nan_to_num(np.abs(shares.parts) / max(float(np.abs(shares.parts[0])), 1e-300))
            least = next(low for one, low in SIZES if one == size)
            most = min((low for _, low in SIZES if low > least), default=np.inf)
            chosen = (ratio >= least) & (ratio < most) & (np.sign(shares.parts) == sign)
            marked.append(shares.examples[chosen])
            dots.set_points(*places_of(shown, marked[-1], planar, limits)[:2])
        self._examples = np.concatenate(marked)
        picked = np.array([] if shown.example is None else [shown.example], dtype=np.int64)
        x, y, fit = places_of(shown, picked, planar, limits)
        self._halo.set_points(x, y)
        self._picked.set_points(x, y)
        self._error.setVisible(bool(len(x)))
        if len(x):
            self._error.set_points(np.repeat(x, 2), np.array([y[0], fit[0]]))


def places_of(
    shown: Snapshot, examples: IntArray, planar: bool, limits: tuple[float, float]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return x and y of the examples (p,) in the plot, and where they would be without an error."""
    if not len(examples):
        return np.empty(0), np.empty(0), np.empty(0)
    X, y = shown.problem.data.examples(examples)
    with np.errstate(all="ignore"):
        predicted = np.nan_to_num(shown.problem.model.predict(shown.theta, X)[0])
    low, high = limits
    room = 10 * (high - low)  # far outside of the view Qt's coordinates overflow
    predicted = np.clip(predicted, low - room, high + room)
    return (X[0], y[0], predicted) if planar else (y[0], predicted, y[0])
