"""The loss over two parameters as a map, with the path on it."""

from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from landscape_app.colour_maps import ColourMap
from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import Landscape, LossScale
from landscape_app.export.marks import VECTORS, draw_path, entries_for, look_of, marked_points
from landscape_app.export.page import add_axes, colour_bar, new_page, shown_scale
from landscape_app.export.paths import visible_line
from landscape_app.export.scene import Scene
from landscape_app.export.style import HOLE, INK, path_colour

WIDTH, MAP_HEIGHT = 7.2, 4.9
#: Inches below the map for its ticks and name.
AXIS_WORDS = 0.55
LINES = 16
#: Up to so many points on the map each iterate gets a dot.
DOTS = 150
#: Length of the arrow as a part of the map's side.
ARROW = 0.13


def contour_figure(scene: Scene) -> Figure:
    """Return the map with contour lines, path, marks, colour bar, legend and caption."""
    landscape = scene.landscape
    scale = shown_scale(landscape.loss)
    points = marked_points(scene)
    arrow = _arrow(scene)
    entries = entries_for(scene, points, arrow=arrow is not None)
    title = f"Loss over {scene.place}"
    note = scene.slice_note("path and marks are projected onto it")
    figure, begin = new_page(WIDTH, MAP_HEIGHT + AXIS_WORDS, title, scene, entries, note, scene.caption)
    axes = add_axes(figure, 0.88, begin + AXIS_WORDS, 5.2, MAP_HEIGHT)
    bar = add_axes(figure, 6.22, begin + AXIS_WORDS, 0.17, MAP_HEIGHT)
    lines = _draw_map(axes, landscape, scale, scene.colour_map)
    colour_bar(figure, bar, scale, lines, scene.colour_map)
    _draw_path(axes, scene)
    for kind, theta in points.items():
        axes.plot(*landscape.plane.project(theta), linestyle="none", zorder=6, **look_of(kind, scene))
    if arrow is not None:
        axes.add_patch(arrow)
        arrow.set_transform(axes.transAxes)
    axes.set_xlabel(scene.axis_names[0], fontsize=11)
    axes.set_ylabel(scene.axis_names[1], fontsize=11)
    return figure


def _draw_map(axes: Axes, landscape: Landscape, scale: LossScale, colour_map: ColourMap) -> FloatArray:
    """Draw colours and contour lines; return the losses that got a line."""
    x, y = landscape.x, landscape.y
    axes.set_xlim(*landscape.x_range)
    axes.set_ylim(*landscape.y_range)
    axes.set_facecolor(HOLE)
    half_x, half_y = (x[-1] - x[0]) / (len(x) - 1) / 2, (y[-1] - y[0]) / (len(y) - 1) / 2
    fraction = np.ma.masked_invalid(scale.fraction(landscape.loss))
    axes.imshow(
        fraction,
        cmap=colormaps[colour_map],
        vmin=0.0,
        vmax=1.0,
        origin="lower",
        aspect="auto",
        interpolation="bilinear",
        extent=(x[0] - half_x, x[-1] + half_x, y[0] - half_y, y[-1] + half_y),
        zorder=0,
    )
    axes.set_xlim(*landscape.x_range)  # the picture reaches half a cell beyond the outer nodes
    axes.set_ylim(*landscape.y_range)
    if fraction.count() == 0:
        return np.empty(0)
    levels: FloatArray = scale.levels(LINES)
    height = np.log10(scale.low) + fraction * np.log10(scale.high / scale.low)
    levels = levels[(np.log10(levels) > height.min()) & (np.log10(levels) < height.max())]
    if levels.size:
        look: dict[str, Any] = {"colors": "white", "linewidths": 0.6, "linestyles": "solid", "alpha": 0.6}
        axes.contour(x, y, height, levels=np.log10(levels), zorder=1, **look)
    return levels


def _draw_path(axes: Axes, scene: Scene) -> None:
    ranges = (scene.landscape.x_range, scene.landscape.y_range)
    if scene.cursor < scene.timeline.last:
        later = visible_line(scene.path[scene.cursor :], ranges, 1600, beyond=0.1)
        faint: dict[str, Any] = {"color": path_colour(scene.colour_map), "alpha": 0.7, "linewidth": 1.0}
        axes.plot(*later.T, zorder=3, rasterized=len(later) > VECTORS, **faint)
    line = visible_line(scene.path[: scene.cursor + 1], ranges, 1600, beyond=0.1)
    draw_path(axes, scene, line, dots=2 < len(line) <= DOTS)


def _arrow(scene: Scene) -> FancyArrowPatch | None:
    """Return the direction of the negative gradient on the map, or None where it has none to show."""
    (x0, x1), (y0, y1) = scene.landscape.x_range, scene.landscape.y_range
    plane = scene.landscape.plane
    grad = np.concatenate([plane.along(piece) for piece in scene.timeline.grad.pieces()])
    size = np.abs(grad).max(axis=1)
    here = size[scene.cursor]
    # At the bottom only rounding is left of the gradient, and an arrow of full length would mislead.
    if not here > 1e-9 * size.max():
        return None
    at = (scene.path[scene.cursor] - (x0, y0)) / (x1 - x0, y1 - y0)
    if not ((at >= 0.0) & (at <= 1.0)).all():
        return None
    down = -grad[scene.cursor] / here / (x1 - x0, y1 - y0)
    down *= ARROW / np.hypot(*(down / np.abs(down).max())) / np.abs(down).max()
    return FancyArrowPatch(
        tuple(at),
        tuple(at + down),
        arrowstyle="simple,head_length=8,head_width=8,tail_width=2.2",
        linewidth=0.8,
        facecolor="white",
        edgecolor=INK,
        zorder=7,
        shrinkA=4,
        shrinkB=0,
        clip_on=False,
    )
