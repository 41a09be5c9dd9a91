"""What the rule makes of the gradient, on the map: the parts of the next step, one after the other, and the step."""

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF
from PySide6.QtGui import QPainterPath, QPen

from landscape_app.core.arrays import FloatArray
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.update_arrows import Arrow, enlarged, update_arrows
from landscape_app.session.update_terms import UpdateTerms, is_quick, update_terms
from landscape_app.views.contour_items import PathItem, arrow_path
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import panel_colour, pen, tick_text
from landscape_app.views.update_look import DASHES, RIM, head_size, line_width, part_colour

#: The drawing is enlarged or reduced so that it reaches about so many pixels; between these it is as it is.
LEAST, MOST, AIM = 60.0, 150.0, 120.0
#: To stay on the map it is made shorter, but not than so many pixels.
SHORTEST = 35.0
#: An arrow that is shorter, in pixels, has no head.
HEAD = 12.0


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What the layer shows: the parts as arrows, and how many times as long as they are."""

    arrows: tuple[Arrow, ...] = ()
    enlarged: float = 1.0

    @property
    def names(self) -> tuple[str, ...]:
        """The parts by name."""
        return tuple(arrow.name for arrow in self.arrows)


#: Of arrows that would have to be drawn more times as long, rounding is what is left.
FARTHEST = 1e12


class PartsLayer:
    """Arrows from tip to tail: the raw step, momentum's part, what rescaling adds, weight decay; then the step."""

    def __init__(self) -> None:
        self.shown = False
        self.too_large = False
        self.drawn = Drawn()
        self._palette = DARK
        self._known: tuple[Snapshot, UpdateTerms] | None = None
        self._rims = {name: PathItem("#000000", line_width(name) + RIM, alpha=150) for name in DASHES}
        self._head_rims = {name: PathItem("#000000", 1.0 + RIM, alpha=150) for name in DASHES}
        self.lines = {name: PathItem("#ffffff", line_width(name)) for name in DASHES}
        self._heads = {name: PathItem("#ffffff", 1.0, filled=True) for name in DASHES}
        layers = (self._rims, self.lines, self._head_rims, self._heads)  # no rim lies upon another part
        self.items = tuple(item for layer in layers for item in layer.values())
        for height, item in enumerate(self.items):
            item.setZValue(5.1 + 0.01 * height)
            item.setVisible(False)

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        self._palette = palette
        for name, dash in DASHES.items():
            shade = part_colour(name, palette)
            self._heads[name].set_colour(shade)
            line = self.lines[name]
            line.set_colour(shade)
            dashed = line.pen()
            dashed.setStyle(dash)
            line.setPen(dashed)

    def draw(self, new: Snapshot, pixel: tuple[float, float], ranges: FloatArray) -> None:
        """Draw the parts of the step from the cursor.

        ``pixel`` is a pixel's size in data units, ``ranges`` (2, 2) what the map shows: a row for each axis.
        """
        self.drawn, self.too_large = Drawn(), False
        paths = self._paths(new, pixel, ranges) if self.shown else {}
        if not self.shown:
            self._known = None  # it may hold on to large data
        for name in DASHES:
            shaft, head = paths.get(name, (QPainterPath(), QPainterPath()))
            for item in (self._rims[name], self.lines[name]):
                item.setPath(shaft)
            for item in (self._head_rims[name], self._heads[name]):
                item.setPath(head)
        for item in self.items:
            item.setVisible(not item.path().isEmpty())

    def legend(self) -> list[tuple[str, QPen]]:
        """Return names and pens of what is drawn."""
        words = {
            "raw": _tr("−ηg"),
            "momentum_part": _tr("momentum"),
            "rescaling": _tr("rescaling"),
            "decay_part": _tr("decay"),
            "step": _tr("step"),
        }
        shades = {name: panel_colour(part_colour(name, self._palette), self._palette) for name in self.drawn.names}
        return [(words[name], pen(shade, 2.4, DASHES[name])) for name, shade in shades.items()]

    def note(self) -> str:
        """Return by how much all is enlarged, for the legend's end; empty where it is as long as on the map."""
        times = self.drawn.enlarged
        return "" if times == 1.0 else _tr("all {0}").format(_times(times))

    def words(self) -> str:
        """Return a sentence on each part that is drawn, and on how long it is drawn, a line each."""
        about = {
            "raw": _tr("−ηg: the step of plain gradient descent, g being the gradient of the step's examples"),
            "momentum_part": _tr("momentum: what the velocity, or Adam's average, adds"),
            "rescaling": _tr("rescaling: what each parameter's own rate adds"),
            "decay_part": _tr("decay: how the parameters shrink by themselves"),
            "step": _tr("step: their sum, where the next iteration begins"),
        }
        if self.too_large:
            return _tr("With so many parameters the update is taken apart near every 128th iteration alone.")
        lines = [about[name] for name in self.drawn.names]
        if lines and self.note():
            lines.append(_tr("All are drawn {0} as long as they are on the map.").format(_times(self.drawn.enlarged)))
        return "\n".join(lines)

    def _paths(
        self, new: Snapshot, pixel: tuple[float, float], ranges: FloatArray
    ) -> dict[str, tuple[QPainterPath, QPainterPath]]:
        follows = new.settings.optimizer.uses_gradient  # random search makes one move, of no parts
        self.too_large = follows and not is_quick(new)
        if not follows or self.too_large:
            return {}
        arrows = update_arrows(new, self._terms(new))
        if not arrows:
            return {}
        chain = np.array([arrow.tip for arrow in arrows if arrow.name != "step"]) - arrows[0].tail
        times = _enlarging(chain, pixel, arrows[0].tail, ranges)
        self.drawn = Drawn(enlarged(arrows, times), times)
        return {arrow.name: _arrow(arrow, pixel) for arrow in self.drawn.arrows}

    def _terms(self, new: Snapshot) -> UpdateTerms:
        """Return the update's parts, kept while only the map moves."""
        known = self._known
        if known is not None:
            old = known[0]
            if (old.timeline, old.cursor, old.problem) == (new.timeline, new.cursor, new.problem) and (
                old.experiment.run is new.experiment.run
            ):
                return known[1]
        self._known = new, update_terms(new)
        return self._known[1]


def _times(factor: float) -> str:
    return f"× {tick_text(factor)}" if factor > 1.0 else f"÷ {tick_text(1.0 / factor)}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("PartsLayer", text)


def _enlarging(tips: FloatArray, pixel: tuple[float, float], here: FloatArray, ranges: FloatArray) -> float:
    """Return how many times as long all is drawn: 1, or a round number with which it is seen, and on the map.

    ``tips`` (s, 2) are where the arrows end, seen from ``here`` (2,).
    """
    if not min(pixel) > 0.0:
        return 1.0
    reach = float(np.hypot(*(tips / np.array(pixel)).T).max(initial=0.0))
    if LEAST <= reach <= MOST or not 1e-300 < reach < 1e300:
        return 1.0
    # How many times as long each tip may lie away, along each axis, until it reaches the map's edge.
    with np.errstate(all="ignore"):
        room = np.where(tips > 0.0, ranges[:, 1] - here, here - ranges[:, 0]) / np.abs(tips)
    most = float(np.nanmin(room, initial=np.inf))
    wanted = max(min(AIM / reach, most), SHORTEST / reach)
    if (reach < LEAST and wanted < 2.0) or wanted > FARTHEST:
        return 1.0
    power = 10.0 ** math.floor(math.log10(wanted))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= wanted * (1 + 1e-9))


def _arrow(arrow: Arrow, pixel: tuple[float, float]) -> tuple[QPainterPath, QPainterPath]:
    """Return shaft and head of an arrow; a short one is a line alone, and none at all where nothing moves."""
    move = arrow.move
    long = float(np.hypot(move[0] / pixel[0], move[1] / pixel[1])) if min(pixel) > 0.0 else 0.0
    shaft = QPainterPath()
    if not 0.5 < long < 1e6:
        return shaft, QPainterPath()
    begin, end = QPointF(*arrow.tail.tolist()), QPointF(*arrow.tip.tolist())
    if long < HEAD:
        shaft.moveTo(begin)
        shaft.lineTo(end)
        return shaft, QPainterPath()
    size = head_size(arrow.name)
    whole = arrow_path(begin, move, long, pixel, size)
    shaft.moveTo(begin)
    shaft.lineTo(begin + (end - begin) * (1.0 - (size[0] - 1.0) / long))
    head = QPainterPath()
    elements = [whole.elementAt(i) for i in range(2, whole.elementCount())]  # after the shaft's two points
    for number, element in enumerate(elements):
        if number:
            head.lineTo(element.x, element.y)
        else:
            head.moveTo(element.x, element.y)
    return shaft, head
