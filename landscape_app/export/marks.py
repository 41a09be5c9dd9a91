"""The path on map and surface, which points are marked, how they look, and what the legend calls them."""

from collections.abc import Collection
from typing import Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.path import Path as Outline

from landscape_app.core.arrays import FloatArray
from landscape_app.export.scene import Scene
from landscape_app.export.style import INK, TRUTH, path_colour

#: A path of more points than this is drawn as a picture, inside SVG and PDF too.
VECTORS = 20_000

_ARROW = Outline([(-1, -0.15), (0.3, -0.15), (0.3, -0.5), (1, 0), (0.3, 0.5), (0.3, 0.15), (-1, 0.15), (-1, -0.15)])


def look_of(kind: str, scene: Scene) -> dict[str, Any]:
    """Return how a mark looks on the map, on the surface and in the legend."""
    path = path_colour(scene.colour_map)
    looks: dict[str, dict[str, Any]] = {
        "start": {"marker": "o", "markersize": 7.5, "mfc": "white", "mec": path, "mew": 1.8},
        "current": {"marker": "o", "markersize": 6.5, "mfc": path, "mec": "white", "mew": 1.3},
        "optimum": {"marker": "*", "markersize": 16, "mfc": "white", "mec": INK, "mew": 0.9},
        "truth": {"marker": "D", "markersize": 6.5, "mfc": TRUTH, "mec": INK, "mew": 0.9},
    }
    return looks[kind]


def draw_path(axes: Any, scene: Scene, line: FloatArray, *, dots: bool) -> None:
    """Draw a path (p, 2 or 3) on map or surface, with a light edge, and with ``dots`` at its points."""
    dense = len(line) > VECTORS
    if not dense:  # the edge of a path that fills its surroundings is hidden under it, and slow to draw
        axes.plot(*line.T, color="white", linewidth=2.6, alpha=0.85, zorder=4)
    axes.plot(
        *line.T,
        color=path_colour(scene.colour_map),
        linewidth=0.9 if dense else 1.3,
        zorder=5,
        rasterized=dense,
        marker="o" if dots else None,
        markersize=2.6,
        mec="none",
    )


def marked_points(scene: Scene) -> dict[str, FloatArray]:
    """Return the parameters (size,) at the marks that lie on the map, by kind, the one to be seen best last."""
    found = {"start": scene.timeline.theta[0]}
    if scene.problem.truth is not None:
        found["truth"] = scene.problem.truth
    if scene.problem.optimum is not None:
        found["optimum"] = scene.problem.optimum.theta
    found["current"] = scene.timeline.theta[scene.cursor]
    low, high = np.transpose((scene.landscape.x_range, scene.landscape.y_range))
    places = {kind: scene.landscape.plane.project(theta) for kind, theta in found.items()}
    return {kind: found[kind] for kind, place in places.items() if (place >= low).all() and (place <= high).all()}


def entries_for(scene: Scene, kinds: Collection[str], *, arrow: bool) -> list[tuple[str, Line2D]]:
    """Return the legend: path, arrow and those marks that can be seen."""
    at_end = scene.cursor == scene.timeline.last
    optimum = scene.problem.optimum
    unique = optimum is None or optimum.unique
    names = {
        "start": "start",
        "current": f"{'last point' if at_end else 'current point'}, iteration {scene.cursor:,}",
        "optimum": "least-squares optimum" if unique else "a least-squares optimum (of many)",
        "truth": "ground truth of the data",
    }
    entries = [("path of the descent", Line2D([], [], color=path_colour(scene.colour_map), linewidth=1.6))]
    shown = [kind for kind in names if kind in kinds]
    entries += [(names[kind], Line2D([], [], linestyle="none", **look_of(kind, scene))) for kind in shown]
    if arrow:
        look = Line2D([], [], linestyle="none", marker=_ARROW, markersize=16, mfc="white", mec=INK, mew=0.8)
        entries.append(("direction of −gradient (not its length)", look))
    return entries
