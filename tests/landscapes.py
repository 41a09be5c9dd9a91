"""Landscapes that look different from every side, so that nothing can be turned or mirrored unnoticed."""

from collections.abc import Callable

import numpy as np

from landscape_app.core.arrays import FloatArray, frozen
from landscape_app.core.landscape import Landscape, axis_plane
from landscape_app.core.models import MODELS

#: Where the nodes lie: five columns, three rows, neither symmetric nor square.
X = frozen(np.linspace(1.0, 5.0, 5))
Y = frozen(np.linspace(0.0, 1.0, 3))

Height = Callable[[FloatArray, FloatArray], FloatArray]


def landscape_of(height: Height, x: FloatArray = X, y: FloatArray = Y) -> Landscape:
    """Return the landscape of ``height`` (x, y) over w and b, whose nodes are ``x`` and ``y``."""
    plane = axis_plane(MODELS["univariate"](1).layout, ("w", "b"), np.zeros(2))
    return Landscape(plane, x, y, frozen(height(*np.meshgrid(x, y))), final=True)


def tilted() -> Landscape:
    """Return the loss 1 + x + 10 y: another one at each of the 3 x 5 nodes."""
    return landscape_of(lambda x, y: 1.0 + x + 10.0 * y)


def log_tilted() -> Landscape:
    """Return the loss exp(x + 7 y), whose contour lines, even between the nodes, are straight: x + 7 y = log L."""
    return landscape_of(lambda x, y: np.exp(x + 7.0 * y))
