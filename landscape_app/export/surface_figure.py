"""The same landscape in three dimensions, with the path at its own loss."""

from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import LossScale
from landscape_app.export.marks import draw_path, entries_for, look_of, marked_points
from landscape_app.export.page import add_axes, colour_bar, loss_label, loss_ticks, new_page, shown_scale
from landscape_app.export.paths import visible_line
from landscape_app.export.scene import Scene
from landscape_app.export.style import FAINT, INK

WIDTH, BODY = 7.2, 5.1
#: From this ratio of highest to lowest loss on heights are logarithmic.
LOG_FROM = 100.0
#: Steps between ticks.
ROUND = (1, 2, 5, 10)
#: At most so many cells along each side: finer ones can't be told apart.
CELLS = 128


#: The marks' places in the box by kind.
Marks = dict[str, tuple[float, ...]]


class Height:
    """Maps losses to heights, logarithmic or linear, and says where the ticks are."""

    def __init__(self, scale: LossScale) -> None:
        self.scale = scale
        self.is_log = scale.high / scale.low > LOG_FROM

    def of(self, loss: FloatArray) -> FloatArray:
        """Return heights; what is not finite becomes NaN."""
        shown = np.where(np.isfinite(loss), loss, np.nan)
        if not self.is_log:
            return shown
        return np.asarray(np.log10(np.maximum(shown, self.scale.low)))

    def label_axis(self, axes: Any) -> None:
        """Set ticks and name of the vertical axis."""
        axes.zaxis.set_rotate_label(False)
        axes.set_zlabel("loss, log scale" if self.is_log else "loss", fontsize=9, labelpad=5, rotation=90)
        if self.is_log:
            ticks = loss_ticks(self.scale, 6)
            axes.zaxis.set_major_locator(FixedLocator(np.log10(ticks).tolist()))
            axes.zaxis.set_major_formatter(FixedFormatter([loss_label(tick) for tick in ticks]))
        else:
            axes.zaxis.set_major_locator(MaxNLocator(6, steps=ROUND))
            # Own labels: matplotlib would set a common summand apart, where it covers the axis' name.
            axes.zaxis.set_major_formatter(lambda loss, _: loss_label(loss) if loss > 0.0 else f"{loss:g}")


def surface_figure(scene: Scene) -> Figure:
    """Return the surface with path, marks, colour bar, legend and caption."""
    landscape = scene.landscape
    scale = shown_scale(landscape.loss)
    height = Height(scale)
    marks = _marks(scene, height)
    ranges = (landscape.x_range, landscape.y_range, _height_range(scene, height, marks))
    low, high = ranges[2]
    marks = {kind: point for kind, point in marks.items() if low <= point[2] <= high}
    title = f"Loss surface over {scene.place}"
    entries = entries_for(scene, marks, arrow=False)
    note = scene.slice_note("path and marks are drawn at their own loss, not that of the slice")
    figure, begin = new_page(WIDTH, BODY, title, scene, entries, note, scene.caption)
    axes = add_axes(figure, 0.0, begin + 0.1, 5.9, BODY, projection="3d", computed_zorder=False)
    bar = add_axes(figure, 6.3, begin + 0.75, 0.17, BODY - 1.5)
    colour_bar(figure, bar, scale, np.empty(0), scene.colour_map)
    _draw_surface(axes, scene, scale, height)
    _draw_path(axes, scene, height, ranges)
    for kind, (x, y, z) in marks.items():
        axes.plot([x], [y], [z], linestyle="none", zorder=6, **look_of(kind, scene))
    _dress(axes, scene, height, ranges)
    return figure


def _marks(scene: Scene, height: Height) -> Marks:
    """Return the marks over the map, each at its own loss."""
    problem, plane = scene.problem, scene.landscape.plane
    marks = {}
    for kind, theta in marked_points(scene).items():
        loss = problem.model.loss(theta, problem.data.X, problem.data.y)
        marks[kind] = (*map(float, plane.project(theta)), float(height.of(np.array(loss))))
    return marks


def _draw_surface(axes: Any, scene: Scene, scale: LossScale, height: Height) -> None:
    landscape = scene.landscape
    step = -(-(len(landscape.x) - 1) // CELLS)
    # The last row and column stand whatever the step is: the surface reaches to the border of its box.
    columns = np.unique(np.append(np.arange(0, len(landscape.x), step), len(landscape.x) - 1))
    rows = np.unique(np.append(np.arange(0, len(landscape.y), step), len(landscape.y) - 1))
    x, y = np.meshgrid(landscape.x[columns], landscape.y[rows])
    loss = landscape.loss[np.ix_(rows, columns)]
    fraction = scale.fraction(loss)
    # A cell has one colour: the mean of its corners.
    cell = (fraction[1:, 1:] + fraction[:-1, 1:] + fraction[1:, :-1] + fraction[:-1, :-1]) / 4.0
    surface = axes.plot_surface(
        x,
        y,
        height.of(loss),
        facecolors=colormaps[scene.colour_map](np.ma.masked_invalid(cell)),
        rcount=len(rows),
        ccount=len(columns),
        linewidth=0,
        antialiased=False,
        shade=False,
        zorder=1,
    )
    surface.set_rasterized(True)


def _height_range(scene: Scene, height: Height, marks: Marks) -> tuple[float, float]:
    """Return lowest and highest height in the box: the surface's, and the path's where that is over the map."""
    surface = height.of(scene.landscape.loss)
    surface = surface[np.isfinite(surface)]
    if not surface.size:
        return 0.0, 1.0
    low, high = float(surface.min()), float(surface.max())
    (x0, x1), (y0, y1) = scene.landscape.x_range, scene.landscape.y_range
    x, y = scene.path[:, 0], scene.path[:, 1]
    over = height.of(scene.timeline.loss[(x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)])
    over = np.append(over, [z for *_, z in marks.values()])
    # On a slice the path may lie far above the surface; it may double the box, not more.
    span = max(high - low, 1e-9 * max(abs(low), abs(high)), 1e-300)
    over = over[(over <= high + span) & (over >= low - span)]
    low, high = float(np.min(over, initial=low)), float(np.max(over, initial=high))
    if high - low < span:
        low, high = low - span, high + span
    return low, high


def _draw_path(axes: Any, scene: Scene, height: Height, ranges: Any) -> None:
    path = np.column_stack((scene.path, height.of(scene.timeline.loss)))
    draw_path(axes, scene, visible_line(path[: scene.cursor + 1], ranges, 1200), dots=False)


def _dress(axes: Any, scene: Scene, height: Height, ranges: Any) -> None:
    axes.set_xlim(*ranges[0])
    axes.set_ylim(*ranges[1])
    axes.set_zlim(*ranges[2])
    axes.set_xlabel(scene.axis_names[0], fontsize=11, labelpad=6)
    axes.set_ylabel(scene.axis_names[1], fontsize=11, labelpad=6)
    height.label_axis(axes)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_rotate_label(False)
        axis.set_major_locator(MaxNLocator(6, steps=ROUND))
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.set_pane_color((1.0, 1.0, 1.0, 1.0))
        axis.line.set_color(INK)
        axis.line.set_linewidth(0.7)
        axis._axinfo["grid"].update(color=FAINT, linewidth=0.5)
        axis.set_tick_params(pad=2)
    axes.set_box_aspect((1.0, 1.0, 0.72), zoom=1.0)
    axes.view_init(elev=32, azim=-58)
