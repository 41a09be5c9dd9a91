"""The exported map shows each loss where it belongs, and an arrow that goes down."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import Landscape
from landscape_app.export.contour_figure import contour_figure
from landscape_app.export.page import shown_scale
from landscape_app.export.scene import Scene
from tests.export.conftest import SceneOf
from tests.landscapes import X, Y, log_tilted, tilted

AxesOf = Callable[[Landscape], tuple[Figure, Axes]]


@pytest.fixture
def axes_of(scene_of: SceneOf) -> AxesOf:
    """Return a function from a landscape to its exported map."""
    scene = scene_of(run={"iterations": 3}, plane={"grid": 3})

    def make(landscape: Landscape) -> tuple[Figure, Axes]:
        figure = contour_figure(replace(scene, landscape=landscape))
        return figure, figure.axes[0]

    return make


def draw(figure: Figure) -> FloatArray:
    """Draw the figure; return its pixels (rows, columns, 4), the uppermost row first."""
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba(), dtype=float)


def colours_at(figure: Figure, axes: Axes, points: FloatArray) -> FloatArray:
    """Return the colours (p, 3) from 0 to 255 that are painted at points (p, 2) of the map."""
    pixels = draw(figure)
    x, y = axes.transData.transform(points).T
    frame = axes.get_window_extent()
    # The outer nodes lie on the border: look a little to the inside.
    column = np.clip(x, frame.x0 + 2.0, frame.x1 - 2.0)
    row = len(pixels) - np.clip(y, frame.y0 + 2.0, frame.y1 - 2.0)
    found: FloatArray = pixels[row.astype(int), column.astype(int), :3]
    return found


def test_that_every_node_is_painted_in_its_colour_at_its_place(axes_of: AxesOf) -> None:
    figure, axes = axes_of(tilted())
    for artist in (*axes.lines, *axes.collections, *axes.patches):
        artist.set_visible(False)  # only the colours
    axes.set_axis_off()
    points = np.array([(x, y) for x in X for y in Y])
    share = np.log((1.0 + points @ (1.0, 10.0)) / 2.0) / np.log(8.0)  # from 2 at (1, 0) to 16 at (5, 1)
    wanted = 255.0 * colormaps["viridis"](share)[:, :3]
    assert np.abs(colours_at(figure, axes, points) - wanted).max() < 10.0


def test_that_greater_values_lie_to_the_right_and_above(axes_of: AxesOf) -> None:
    _, axes = axes_of(tilted())
    assert (axes.get_xlim(), axes.get_ylim()) == ((1.0, 5.0), (0.0, 1.0))
    (image,) = axes.images
    assert image.get_extent() == pytest.approx((0.5, 5.5, -0.25, 1.25))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("w", "b")


def test_that_the_lines_lie_on_the_losses_of_the_scale(axes_of: AxesOf) -> None:
    landscape = log_tilted()
    _, axes = axes_of(landscape)
    (lines,) = [c for c in axes.collections if isinstance(c, QuadContourSet)]
    levels = np.log(shown_scale(landscape.loss).levels(16))
    assert len(lines.get_paths()) == len(levels)
    for level, path in zip(levels, lines.get_paths(), strict=True):
        height = np.asarray(path.vertices) @ (1.0, 7.0)
        assert height == pytest.approx(np.full(len(height), level))


def arrow_of(scene: Scene) -> FloatArray:
    """Return the arrow's corners (p, 2) in data coordinates."""
    figure = contour_figure(scene)
    axes = figure.axes[0]
    draw(figure)
    (arrow,) = [patch for patch in axes.patches if isinstance(patch, FancyArrowPatch)]
    to_data = axes.transAxes - axes.transData
    corners: FloatArray = to_data.transform(np.asarray(arrow.get_path().vertices))
    return corners


@pytest.mark.parametrize("cursor", [0, 1, 5])
def test_that_the_arrow_points_down_the_gradient_from_the_current_point(scene_of: SceneOf, cursor: int) -> None:
    start = {"method": "values", "values": {"w": -1.6, "b": 2.1}}
    scene = scene_of(start=start, run={"iterations": 9}, plane={"x_range": (-4.0, 4.0), "y_range": (-9.0, 30.0)})
    scene = replace(scene, cursor=cursor)
    width, height = 8.0, 39.0
    away = (arrow_of(scene) - scene.path[cursor]) / (width, height)  # in parts of the map's sides
    tip = away[np.argmax(np.hypot(*away.T))]
    downhill = -scene.timeline.grad[cursor] / (width, height)
    assert tip / np.hypot(*tip) == pytest.approx(downhill / np.hypot(*downhill), abs=0.02)
