"""Large blocks of parameters: iterations across, scalars down, value on the left and gradient on the right."""

from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import Normalize, SymLogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator, NullLocator

from landscape_app.core.arrays import FloatArray
from landscape_app.core.models.parameters import Block
from landscape_app.export.curves import finish
from landscape_app.export.page import add_axes, loss_label
from landscape_app.export.scene import Scene
from landscape_app.export.style import SIGNED_MAP
from landscape_app.session.record_rows import Rows

#: More columns and rows than this can't be told apart on paper.
COLUMNS, ROWS = 1000, 600
#: Sizes below this share of the largest are drawn almost white.
LINEAR = 1e-3
#: From this ratio of largest to typical size on colours are logarithmic.
LOG_FROM = 30.0


def draw_heat_maps(figure: Figure, places: list[tuple[float, float, float, float]], scene: Scene, block: Block) -> None:
    """Draw values and gradients of ``block`` into two places, given in inches."""
    part = slice(block.start, block.stop)
    for place, all_values, what in zip(
        places, (scene.timeline.theta, scene.timeline.grad), ("value", "gradient"), strict=True
    ):
        left, bottom, width, height = place
        axes = add_axes(figure, left, bottom, width - 0.55, height)
        bar = add_axes(figure, left + width - 0.45, bottom, 0.1, height)
        image = _draw(axes, all_values, part)
        shape = " × ".join(str(length) for length in block.shape)
        finish(axes, scene, f"{block.name} ({shape}), {what}")
        axes.set_ylim(block.size - 0.5, -0.5)
        _label_rows(axes, block)
        _colour_bar(figure, bar, image)


def _draw(axes: Any, values: Rows, part: slice) -> Any:
    shown = _thinned(values, part)
    last = max(len(values) - 1, 1)
    half = 0.5 * last / max(shown.shape[1] - 1, 1)
    return axes.imshow(
        shown,
        cmap=colormaps[SIGNED_MAP],
        norm=_norm(shown),
        aspect="auto",
        interpolation="nearest",
        extent=(-half, len(values) - 1 + half, part.stop - part.start - 0.5, -0.5),
    )


def _thinned(values: Rows, part: slice) -> FloatArray:
    """Return scalars (rows) by iterations (columns), no more of either than can be seen.

    Iterations are sampled evenly, the last one included; of neighbouring scalars the largest is shown.
    """
    chosen = np.unique(np.linspace(0, len(values) - 1, min(len(values), COLUMNS)).round().astype(np.int64))
    picked = values[chosen][:, part].T
    if len(picked) <= ROWS:
        return picked
    begins = np.unique(np.linspace(0, len(picked), ROWS, endpoint=False).astype(np.int64))
    high, low = np.maximum.reduceat(picked, begins), np.minimum.reduceat(picked, begins)
    return np.where(high >= -low, high, low)


def _norm(values: FloatArray) -> Normalize:
    """Return colours that are symmetric about zero, logarithmic if a few entries dwarf the others."""
    sizes = np.abs(values)
    largest = float(sizes.max()) or 1.0
    if largest > LOG_FROM * float(np.median(sizes)):
        return SymLogNorm(linthresh=LINEAR * largest, linscale=0.5, vmin=-largest, vmax=largest, base=10)
    return Normalize(-largest, largest)


def _label_rows(axes: Any, block: Block) -> None:
    """Name some of the rows after their scalars."""
    names = block.scalar_names()
    rows = [int(row) for row in MaxNLocator(4, integer=True, steps=(1, 2, 5, 10)).tick_values(0, len(names) - 1)]
    rows = [row for row in rows if 0 <= row < len(names)]
    axes.yaxis.set_major_locator(FixedLocator(rows))
    axes.yaxis.set_major_formatter(FixedFormatter([names[row] for row in rows]))
    axes.tick_params(axis="y", labelsize=7)


def _colour_bar(figure: Figure, axes: Any, image: Any) -> None:
    bar = figure.colorbar(image, cax=axes)
    if bar.solids is not None:
        bar.solids.set_rasterized(True)
    bar.outline.set_visible(False)
    if isinstance(image.norm, SymLogNorm):
        top = int(np.floor(np.log10(image.norm.vmax or 1.0)))
        decades = [10.0**top, 10.0 ** (top - 1)]
        ticks = [-decades[0], -decades[1], 0.0, decades[1], decades[0]]
        labels = [("−" if tick < 0 else "") + loss_label(abs(tick)) if tick else "0" for tick in ticks]
        axes.yaxis.set_major_locator(FixedLocator(ticks))
        axes.yaxis.set_major_formatter(FixedFormatter(labels))
    else:
        axes.yaxis.set_major_locator(MaxNLocator(4, steps=(1, 2, 5, 10)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.tick_params(labelsize=7)
