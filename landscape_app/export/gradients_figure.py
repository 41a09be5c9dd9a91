"""Value and gradient of every parameter over the iterations, with loss and gradient norm."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from landscape_app.core.arrays import FloatArray
from landscape_app.export.curves import draw_log, draw_signed, finish, has_batches
from landscape_app.export.heat_maps import draw_heat_maps
from landscape_app.export.page import LARGEST, add_axes, new_page
from landscape_app.export.scene import Scene
from landscape_app.export.style import FAINT, GRADIENT, PATH, VALUE

WIDTH = 8.4
#: Up to so many scalars each has a panel of its own; more are shown as heat maps, block by block.
PANELS = 12
#: Inches: a panel's height, what its ticks and title need, and the columns' left borders and widths.
PANEL, BETWEEN, GAP = 1.34, 0.64, 0.2
LEFT, SECOND, PANEL_WIDTH = 0.85, 4.95, 3.1


def gradients_figure(scene: Scene) -> Figure:
    """Return loss and gradient norm, and below them every scalar's or every block's value and gradient."""
    layout = scene.problem.model.layout
    single = layout.size <= PANELS
    rows = 1 + (-(-layout.size // 2) if single else len(layout.blocks))
    body = rows * (PANEL + BETWEEN) + 0.05
    entries = _entries(scene)
    figure, begin = new_page(WIDTH, body, "Parameters and their gradients", scene, entries, scene.caption)
    tops = [begin + 0.42 + row * (PANEL + BETWEEN) for row in reversed(range(rows))]
    draw_log(add_axes(figure, LEFT, tops[0], PANEL_WIDTH, PANEL), scene, scene.timeline.loss, "loss", batch=True)
    norm = np.concatenate([gradient_norm(piece) for piece in scene.timeline.grad.pieces()])
    draw_log(add_axes(figure, SECOND, tops[0], PANEL_WIDTH, PANEL), scene, norm, "norm of the gradient")
    if single:
        for i in range(layout.size):
            _draw_scalar(figure, ((LEFT, SECOND)[i % 2], tops[1 + i // 2]), scene, i)
        return figure
    for block, bottom in zip(layout.blocks, tops[1:], strict=True):
        if block.size == 1:
            _draw_scalar(figure, (LEFT, bottom), scene, block.start)
        else:
            places = [(left, bottom, PANEL_WIDTH, PANEL) for left in (LEFT, SECOND)]
            draw_heat_maps(figure, places, scene, block)
    return figure


def gradient_norm(grad: FloatArray) -> FloatArray:
    """Return the Euclidean norm of every row of ``grad`` (length, size), without overflow on the way."""
    size = np.abs(grad).max(axis=1)
    safe = np.where(size > 0.0, size, 1.0)
    unit: FloatArray = np.sqrt(np.square(grad / safe[:, np.newaxis]).sum(axis=1))
    norm: FloatArray = np.minimum(unit * np.minimum(size, 1e300), LARGEST)
    return norm


def _entries(scene: Scene) -> list[tuple[str, Line2D]]:
    names = {"value": VALUE, "gradient": GRADIENT, "loss over all the data": PATH}
    if has_batches(scene):
        names["loss over the batch"] = FAINT
    return [(name, Line2D([], [], color=colour, linewidth=1.6)) for name, colour in names.items()]


def _draw_scalar(figure: Figure, at: tuple[float, float], scene: Scene, index: int) -> None:
    """Draw a scalar's value above its gradient, which is filled to zero, on one time axis."""
    left, bottom = at
    half = (PANEL - GAP) / 2
    name = scene.problem.model.layout.scalar_names[index]
    upper = add_axes(figure, left, bottom + half + GAP, PANEL_WIDTH, half)
    lower = add_axes(figure, left, bottom, PANEL_WIDTH, half)
    draw_signed(upper, scene.timeline.theta.column(index)[:], VALUE, fill=False)
    draw_signed(lower, scene.timeline.grad.column(index)[:], GRADIENT, fill=True)
    finish(upper, scene, name)
    upper.set_xlabel("")
    upper.tick_params(axis="x", labelbottom=False, length=0)
    upper.spines["bottom"].set_visible(False)
    finish(lower, scene, "")
