"""What the pages of all figures share: heading, caption, colour bar and legend."""

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from landscape_app.colour_maps import ColourMap
from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import LossScale, loss_scale
from landscape_app.export.scene import Scene
from landscape_app.export.style import MUTED, drawable

#: Inches from the left border of the page to its text.
MARGIN = 0.35
#: Losses above this are drawn as if they had it: there must be a next power of ten.
LARGEST = 1e307
#: Inches of the heading, and of a line of the caption.
HEADING, LINE = 0.85, 0.157
#: Letters of the caption that fit into an inch.
LETTERS = 18.5


def new_page(
    width: float, body: float, title: str, scene: Scene, entries: Sequence[tuple[str, Line2D]], *notes: str
) -> tuple[Figure, float]:
    """Return a page, ``width`` inches wide, with heading, legend and caption, and room for a body between.

    The page is as high as ``body`` and its words need. Also returned: the height at which the body begins,
    in inches from below.
    """
    letters = int((width - 2 * MARGIN) * LETTERS)
    lines = [line for note in notes if note for line in _evenly_wrapped(drawable(note), letters)]
    columns = 2 if len(entries) in {2, 4} else 3
    rows = -(-len(entries) // columns)
    above_caption = 0.16 + LINE * len(lines)
    begin = above_caption + (0.14 + 0.2 * rows if rows else 0.0)
    height = begin + body + HEADING
    figure = Figure(figsize=(width, height))
    plain: dict[str, Any] = {"ha": "left", "parse_math": False}
    left = MARGIN / width
    figure.text(left, 1 - 0.2 / height, drawable(title), fontsize=13, fontweight="bold", va="top", **plain)
    figure.text(left, 1 - 0.49 / height, drawable(scene.subtitle), fontsize=9, color=MUTED, va="top", **plain)
    for i, line in enumerate(lines):
        baseline = above_caption - LINE * (i + 0.75)
        figure.text(left, baseline / height, line, fontsize=8, color=MUTED, va="baseline", **plain)
    if entries:
        _legend(figure, entries, columns, above_caption + 0.1)
    return figure, begin


def _evenly_wrapped(text: str, letters: int) -> list[str]:
    """Break ``text`` into as few lines as possible, the last of which is more than a word or two."""
    most = letters
    lines = textwrap.wrap(text, letters)
    while len(lines[-1]) < 0.3 * most and len(narrower := textwrap.wrap(text, letters - 1)) == len(lines) > 1:
        lines, letters = narrower, letters - 1
    return lines


def add_axes(figure: Figure, left: float, bottom: float, width: float, height: float, **options: Any) -> Any:
    """Return new axes at a place in inches."""
    page = figure.get_size_inches()
    return figure.add_axes((left / page[0], bottom / page[1], width / page[0], height / page[1]), **options)


def shown_scale(loss: FloatArray) -> LossScale:
    """Return the colours' scale, kept away from the largest double, beyond which there is no next tick."""
    scale = loss_scale(loss)
    high = min(scale.high, LARGEST)
    return LossScale(min(max(scale.low, 1e-300), high / 1.5), high)


def colour_bar(figure: Figure, axes: Axes, scale: LossScale, lines: FloatArray, colour_map: ColourMap) -> None:
    """Draw the losses' colours into ``axes``, with ticks at round losses and a line at each contour."""
    low, high = np.log10(scale.low), np.log10(scale.high)
    colours = ScalarMappable(Normalize(low, high), colour_map)
    bar = figure.colorbar(colours, cax=axes)
    if bar.solids is not None:
        bar.solids.set_rasterized(True)
    bar.outline.set_visible(False)
    ticks = loss_ticks(scale, 8)
    axes.yaxis.set_major_locator(FixedLocator(np.log10(ticks).tolist()))
    axes.yaxis.set_major_formatter(FixedFormatter([loss_label(tick) for tick in ticks]))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.hlines(np.log10(lines), 0, 1, colors="white", linewidths=0.5, alpha=0.7, transform=axes.get_yaxis_transform())
    axes.set_ylabel("loss", fontsize=9)


def loss_ticks(scale: LossScale, most: int) -> list[float]:
    """Return round losses inside the scale; its ends, to three digits, if there are fewer than two."""
    ticks = scale.ticks(most)
    if len(ticks) >= 2:
        return ticks
    return [float(f"{loss:.4g}") for loss in np.geomspace(scale.low, scale.high, 5)[1:-1]]


def loss_label(loss: float) -> str:
    """Return the loss as one writes it: 0.02, 500, 2·10⁶."""
    if 1e-4 <= loss < 1e5:
        return f"{loss:.6g}"
    mantissa, exponent = f"{loss:.3e}".split("e")
    factor = "" if float(mantissa) == 1.0 else rf"{float(mantissa):g}\cdot"
    return f"${factor}10^{{{int(exponent)}}}$"


def _legend(figure: Figure, entries: Sequence[tuple[str, Line2D]], columns: int, bottom: float) -> None:
    width, height = figure.get_size_inches()
    figure.legend(
        [line for _, line in entries],
        [drawable(name) for name, _ in entries],
        loc="lower left",
        bbox_to_anchor=(MARGIN / width, bottom / height),
        ncols=columns,
        borderpad=0.0,
        borderaxespad=0.0,
        columnspacing=2.2,
        handletextpad=0.7,
        labelspacing=0.55,
    )
