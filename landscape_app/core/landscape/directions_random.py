"""Random directions, scaled as the model's filters are (Li et al. 2018, arXiv:1712.09913, section 4)."""

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray, length
from landscape_app.core.landscape.directions import Directions, across, first_axes, unit
from landscape_app.core.models.parameters import Layout

# A stream of its own for these draws, beside those of landscape_app.core.rng.
_STREAM = 5


def filters(layout: Layout) -> list[IntArray]:
    """Return the places of each filter's parameters: what feeds one unit or output, its bias included.

    That is each row of W1 with its entry of b1, and w2 with b2; in a regression w with b.
    """
    places = {block.name: np.arange(block.start, block.stop).reshape(block.shape) for block in layout.blocks}
    if "W1" in places:
        hidden = [np.append(row, bias) for row, bias in zip(places["W1"], places["b1"].ravel(), strict=True)]
        return [*hidden, np.append(places["w2"], places["b2"])]
    return [np.arange(layout.size)]


def random_directions(layout: Layout, theta: FloatArray, seed: int) -> Directions:
    """Return two random directions through ``theta`` (size,): same seed and shape, same draws.

    Inside each filter they are orthogonal and as long as theta's filter is, so that they are orthogonal and as
    long as theta on the whole; a filter that is 0 gets length 1. Where there are two parameters in all, the
    directions are their axes. ``theta`` is the base.
    """
    if layout.size == 2:
        u, v = first_axes(2)
        return Directions(theta, u, v, layout.scalar_names[0], layout.scalar_names[1], "random", remark=_TWO)
    draws = np.random.default_rng((seed, _STREAM)).standard_normal((2, layout.size))
    u, v = np.empty(layout.size), np.empty(layout.size)
    unscaled = False
    for places in filters(layout):
        norm = length(theta[places])
        if not np.isfinite(norm):
            unscaled, norm = True, 1.0
        first = unit(draws[0, places])
        u[places] = (norm or 1.0) * first
        v[places] = (norm or 1.0) * unit(across(draws[1, places], first))
    return Directions(
        theta, u, v, "random direction 1", "random direction 2", "random", remark=_DIVERGED if unscaled else ""
    )


_TWO = "There are two parameters in all, so that every pair of directions shows the same plane: these are their axes."
_DIVERGED = "Parameters are too large to be numbers here, so that the directions could not be scaled to them."
