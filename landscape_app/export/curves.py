"""Curves over the iterations, on scales that hold 0 and 1e300 alike."""

from typing import Any

import numpy as np
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator, NullLocator

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import LossScale
from landscape_app.export.page import LARGEST, loss_label, loss_ticks
from landscape_app.export.paths import thinned_series
from landscape_app.export.scene import Scene
from landscape_app.export.style import FAINT, GRADIENT, INK, MUTED, PATH, drawable

ROUND = (1, 2, 5, 10)
#: A curve whose second half outgrows its first by this factor has run away: linear ticks would hide all else.
RUNAWAY = 1e4


def finish(axes: Any, scene: Scene, title: str) -> None:
    """Give a panel its title, its time axis and the cursor."""
    axes.set_title(drawable(title), fontsize=9, pad=4, parse_math=False)
    last = scene.timeline.last
    axes.set_xlim((0, last) if last else (-0.5, 0.5))
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=ROUND) if last else FixedLocator([0.0]))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_xlabel("iteration", fontsize=7.5, color=MUTED, labelpad=1)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if scene.cursor < last:
        axes.axvline(scene.cursor, color=INK, linewidth=0.8, linestyle="--", zorder=6)


def has_batches(scene: Scene) -> bool:
    """Whether the loss over the batch is another than that over all the data."""
    return not np.array_equal(scene.timeline.loss, scene.timeline.batch_loss)


def draw_log(axes: Any, scene: Scene, values: FloatArray, title: str, *, batch: bool = False) -> None:
    """Draw a quantity that is not negative, its logarithm taken by hand; ``batch``: the batch's loss too."""
    curves = [(values, PATH if batch else GRADIENT, 3.0)]
    if batch and has_batches(scene):
        curves.insert(0, (scene.timeline.batch_loss, FAINT, 2.0))
    everything = np.concatenate([curve for curve, _, _ in curves])
    positive = np.clip(everything[(everything > 0.0) & np.isfinite(everything)], 1e-300, LARGEST)
    low, high = (float(positive.min()), float(positive.max())) if positive.size else (1.0, 1.0)
    scale = LossScale(low, high) if high / low > 1.05 else LossScale(low / 1.2, high * 1.2)
    for curve, colour, zorder in curves:
        _draw(axes, np.log10(np.clip(curve, scale.low, scale.high)), colour, zorder)
    finish(axes, scene, title)
    margin = 0.06 * np.log10(scale.high / scale.low)
    axes.set_ylim(np.log10(scale.low) - margin, np.log10(scale.high) + margin)
    ticks = loss_ticks(scale, 5)
    _set_ticks(axes, np.log10(ticks).tolist(), [loss_label(tick) for tick in ticks])
    axes.grid(axis="y", color=FAINT, linewidth=0.4)


def draw_signed(axes: Any, values: FloatArray, colour: str, *, fill: bool) -> None:
    """Draw a quantity of either sign, and fill to zero if so wanted; what ran away gets a logarithmic scale."""
    half = -(-len(values) // 2)
    before, largest = float(np.abs(values[:half]).max()), float(np.abs(values).max())
    unit = max(before, 1e-300)
    runs_away = largest > RUNAWAY * unit
    shown = np.sign(values) * np.log10(1.0 + np.abs(values / unit)) if runs_away else values
    limits = np.append(shown, 0.0) if fill else shown
    low, high = float(limits.min()), float(limits.max())
    margin = 0.1 * (high - low) or 0.1 * abs(high) or 1.0
    axes.set_ylim(low - margin, high + margin)
    if fill:
        x, y = thinned_series(shown)
        axes.fill_between(x, y, 0.0, color=colour, alpha=0.15, linewidth=0)
        axes.axhline(0.0, color=colour, linewidth=0.5, alpha=0.7)
    _draw(axes, shown, colour, 3)
    if runs_away:
        top = float(f"{largest:.0e}".replace("9e", "1e"))  # one digit is enough
        place = float(np.log10(1.0 + top / unit))
        sides = [(-place, "−" + loss_label(top)), (0.0, "0"), (place, loss_label(top))]
        inside = [side for side in sides if low - margin <= side[0] <= high + margin]
        _set_ticks(axes, [at for at, _ in inside], [label for _, label in inside])
    else:
        axes.yaxis.set_major_locator(MaxNLocator(3, steps=ROUND))


def _draw(axes: Any, values: FloatArray, colour: str, zorder: float) -> None:
    x, y = thinned_series(values)
    axes.plot(x, y, color=colour, linewidth=1.2, zorder=zorder, marker="o" if len(values) == 1 else None, markersize=4)


def _set_ticks(axes: Any, places: list[float], labels: list[str]) -> None:
    axes.yaxis.set_major_locator(FixedLocator(places))
    axes.yaxis.set_major_formatter(FixedFormatter(labels))
    axes.yaxis.set_minor_locator(NullLocator())
