"""The model as units and weights: width for size, colour and dash for sign, of values or of gradients."""

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.session.backprop import INCREMENT
from landscape_app.session.graph import Moment, update_in_hand
from landscape_app.session.network import LayerName, Network, link_numbers, network_of, unit_numbers
from landscape_app.session.picks import example_part
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.diverging import DIVERGING, colour_indices, diverging_table
from landscape_app.views.graph_figure import Figure
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import colour, format_number, nice_range, pen, scaled_font

SMALL = 0.85
#: Widths of the lines of the smallest and of the largest size, in pixels; of more lines than MANY the largest.
THINNEST, THICKEST, MANY, THICK_OF_MANY = 0.7, 5.0, 60, 3.6
#: How near the mouse must be to a line, in pixels.
REACH = 5.0
#: A dash and the gap after it, in widths of the line, and in pixels for thin ones.
DASH = 4.0
#: Most room for the names of features.
NAMES = 84.0
_LAYERS: tuple[LayerName, ...] = ("inputs", "hidden", "output")
#: Which units and which blocks of parameters the terms of the walk are about.
_UNITS = {"Z": "hidden", "A": "hidden", "dL/dZ": "hidden", "dL/dA": "hidden"}


class NetworkFigure(Figure):
    """Units in layers from left to right; things are first the units, then the links."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.gradients = False
        self._network: Network | None = None
        self._table = diverging_table(DARK.dark)
        self._weights: FloatArray = np.empty(0)
        self._units: FloatArray = np.empty(0)
        self._part: FloatArray | None = None
        self._update: FloatArray | None = None  # the increment, or the next values, if that is in hand
        self._links: tuple[object, QPixmap] | None = None
        self.reach = 1.0
        self.setAccessibleName(self.tr("Units and weights"))

    # -- what there is --------------------------------------------------------------------------------------

    @property
    def network(self) -> Network:
        """What is drawn of the model that is shown."""
        assert self._network is not None
        return self._network

    def count(self) -> int:
        """Return how many units and links there are."""
        return len(self.network.units) + len(self.network.links)

    def sizeHint(self) -> QSize:
        """Return a size in which much fits."""
        return QSize(330, 290)

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        self._table = diverging_table(palette.dark)
        super().set_palette(palette)

    @Slot(bool)
    def set_gradients(self, gradients: bool) -> None:
        """Show gradients, or values."""
        self.gradients = gradients
        if self.shown is not None and self.moment is not None:
            self.show_moment(self.shown, self.moment)

    def show_moment(self, shown: Snapshot, moment: Moment) -> None:
        """Draw the numbers of a moment."""
        model = shown.problem.model
        self._network = network_of(model.layout, model.n, model.k)
        self._part = example_part(shown)
        self._update = update_in_hand(shown)
        vector = shown.theta
        if self._update is not None:
            vector = self._update
        elif self.gradients:
            vector = shown.grad if shown.example is None else self._part if self._part is not None else 0.0 * vector
        self._weights = link_numbers(self._network, vector)
        self._units = unit_numbers(self._network, moment, self.gradients)
        sizes = np.abs(self._weights)
        largest = float(np.max(sizes, initial=0.0, where=np.isfinite(sizes)))
        self.reach = nice_range(0.0, largest, 2)[1] if largest > 0.0 else 1.0
        super().show_moment(shown, moment)

    @property
    def lines_show(self) -> str:
        """What the lines show while an update is in hand, as a symbol; empty for what is chosen."""
        if self._update is None or self.shown is None:
            return ""
        return "Δθ" if self.shown.term == INCREMENT else self.tr("next θ")

    # -- where it is ----------------------------------------------------------------------------------------

    def radius(self) -> float:
        """Return the radius of a unit."""
        most = max(len(self.network.layer(name)) for name in _LAYERS)
        return min(15.0, max(3.5, 0.4 * (self.height() - 12) / max(3, most)))

    def places(self) -> FloatArray:
        """Return the centre of each unit (u, 2)."""
        network, radius = self.network, self.radius()
        layers = [name for name in _LAYERS if network.layer(name)]
        left, right = 8.0 + self._names_width() + radius, self.width() - 12.0 - max(radius, 12.0)
        result = np.empty((len(network.units), 2))
        for number, name in enumerate(layers):
            units = network.layer(name)
            x = left + (right - left) * number / (len(layers) - 1)
            pitch = min((self.height() - 8.0) / len(units), 5.0 * radius)
            middle = (self.height()) / 2
            for row, unit in enumerate(units):
                result[unit] = (x, middle + (row - (len(units) - 1) / 2) * pitch)
        return result

    def _names_width(self) -> float:
        metrics = QFontMetricsF(scaled_font(self.font(), SMALL))
        widest = max(metrics.horizontalAdvance(self._label(unit)) for unit in self.network.layer("inputs"))
        return min(widest, NAMES, 0.3 * self.width())

    def thing_at(self, place: QPointF) -> int | None:
        """Return the unit at a place, else the nearest link."""
        places, radius = self.places(), self.radius()
        here = np.array([place.x(), place.y()])
        apart = np.hypot(*(places - here).T)
        nearest = int(np.argmin(apart))
        if apart[nearest] <= radius + 1.5:
            return nearest
        ends = np.array([(link.start, link.end) for link in self.network.links])
        start, way = places[ends[:, 0]], places[ends[:, 1]] - places[ends[:, 0]]
        along = np.clip(((here - start) * way).sum(axis=1) / (way**2).sum(axis=1), 0.0, 1.0)
        apart = np.hypot(*(start + along[:, np.newaxis] * way - here).T)
        nearest = int(np.argmin(apart))
        return len(places) + nearest if apart[nearest] <= REACH else None

    def beside(self, thing: int, key: Qt.Key) -> int:
        """Return the unit above or below, or the first link; from a link its neighbours, or the unit at its end."""
        network = self.network
        units = len(network.units)
        forward, ahead = key in (Qt.Key.Key_Right, Qt.Key.Key_Down), key in (Qt.Key.Key_Left, Qt.Key.Key_Right)
        if thing < units:
            if not ahead:
                layer = network.layer(network.units[thing].layer)
                return layer[min(max(layer.index(thing) + (1 if forward else -1), 0), len(layer) - 1)]
            links = [i for i, link in enumerate(network.links) if (link.start if forward else link.end) == thing]
            return units + links[0] if links else thing
        link = network.links[thing - units]
        if ahead:
            return link.end if forward else link.start
        fellows = [i for i, one in enumerate(network.links) if one.start == link.start]
        at = fellows.index(thing - units) + (1 if forward else -1)
        return units + fellows[min(max(at, 0), len(fellows) - 1)]

    # -- what is told ---------------------------------------------------------------------------------------

    def _label(self, thing: int) -> str:
        unit = self.network.units[thing]
        if unit.kind == "more":
            return self.tr("{0:,} more").format(unit.more)
        if unit.kind == "bias":
            return "1"
        if unit.layer == "output":
            return "ŷ"
        assert self.shown is not None
        return self.shown.problem.data.feature_names[unit.place] if unit.layer == "inputs" else str(unit.place)

    def _unit_title(self, thing: int) -> str:
        unit = self.network.units[thing]
        if unit.kind == "more":
            words = self.tr("features") if unit.layer == "inputs" else self.tr("hidden units")
            return self.tr("{0:,} more {1}").format(unit.more, words)
        if unit.kind == "bias":
            return self.tr("the constant 1 that biases weigh")
        if unit.layer == "hidden":
            return self.tr("hidden unit {0}").format(unit.place)
        return self._label(thing)

    def _number_label(self, thing: int) -> str:
        """Return what the number of a unit is."""
        assert self.moment is not None
        unit, one = self.network.units[thing], self.moment.example is not None
        if self.gradients:
            name = "∂L/∂Z" if unit.layer == "hidden" else "∂L/∂ŷ"
            return name if one else self.tr("sum of {0}").format(name)
        name = {"inputs": "x", "output": "ŷ", "hidden": "A" if "A" in self.moment.values else "Z"}[unit.layer]
        return name if one else self.tr("mean {0}").format(name)

    def line_of(self, thing: int) -> str:
        """Return the name and the numbers of a unit or a link."""
        assert self.shown is not None
        digits, units = self.look.digits_or(4), len(self.network.units)
        if thing < units:
            number = float(self._units[thing])
            title = self._unit_title(thing)
            return (
                title if np.isnan(number) else f"{title} · {self._number_label(thing)} {format_number(number, digits)}"
            )
        entry = self.network.links[thing - units].entry
        if entry < 0:
            return self.tr("weights that have no room here: see Gradients")
        name = self.shown.problem.model.layout.scalar_names[entry]
        value, gradient = (format_number(float(v[entry]), digits) for v in (self.shown.theta, self.shown.grad))
        if self._update is not None:
            after = format_number(float(self._update[entry]), digits)
            return f"{name} = {value} · {self._update_label(name)} = {after}"
        text = f"{name} = {value} · ∂L/∂{name} = {gradient}"
        if self._part is not None and self.shown.example is not None:
            part = format_number(float(self._part[entry]), digits)
            text += self.tr(" · of example {0:,}: {1}").format(self.shown.example + 1, part)
        return text

    def _update_label(self, name: str) -> str:
        assert self.shown is not None
        return f"Δ{name}" if self.shown.term == INCREMENT else self.tr("next {0}").format(name)

    def exact_lines(self, thing: int) -> list[str]:
        """Return all digits of a unit or a link, and what a click does."""
        assert self.shown is not None
        units = len(self.network.units)
        if thing < units:
            number = float(self._units[thing])
            exact = [] if np.isnan(number) else [f"{self._number_label(thing)} = {number!r}"]
            return [self._unit_title(thing), *exact]
        entry = self.network.links[thing - units].entry
        if entry < 0:
            return [self.line_of(thing)]
        name = self.shown.problem.model.layout.scalar_names[entry]
        theta, grad = float(self.shown.theta[entry]), float(self.shown.grad[entry])
        lines = [f"{name} = {theta!r}", f"∂L/∂{name} = {grad!r}"]
        if self._update is not None:
            lines.append(f"{self._update_label(name)} = {float(self._update[entry])!r}")
        if self._part is not None and self.shown.example is not None:
            text = self.tr("of it from example {0:,}: {1!r}")
            lines.append(text.format(self.shown.example + 1, float(self._part[entry])))
        return [*lines, self.tr("Click: the examples that this gradient comes from.")]

    # -- what is done ---------------------------------------------------------------------------------------

    def take(self, thing: int) -> None:
        """Open the gradient of a link."""
        self.open(thing)

    def open(self, thing: int) -> None:
        """Open the gradient of a link."""
        units = len(self.network.units)
        if thing >= units and self.network.links[thing - units].entry >= 0:
            self.entry_requested.emit(self.network.links[thing - units].entry)

    # -- painting -------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint links, the smallest first, then units."""
        if self.shown is None or self.moment is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            places, units = self.places(), len(self.network.units)
            points = [QPointF(x, y) for x, y in places.tolist()]
            painter.drawPixmap(0, 0, self._all_links(points))
            marked = [i for i, link in enumerate(self.network.links) if 0 <= link.entry == self.shown.entry]
            pointed = self.pointed
            if pointed is not None and pointed >= units:
                marked.append(pointed - units)
            for i in marked:
                link = self.network.links[i]
                ink = self.look.text if pointed == units + i else self.look.accent
                painter.setPen(pen(ink, self._width(i) + 4.0, alpha=110))
                painter.drawLine(QLineF(points[link.start], points[link.end]))
                self._paint_link(painter, i, points, None)
            for unit, point in enumerate(points):
                self._paint_unit(painter, unit, point)

    def _all_links(self, points: list[QPointF]) -> QPixmap:
        """Return the picture of the links, which is kept: some hundred lines take longer than all the rest."""
        bright = self._bright_links()
        key = (self._weights.tobytes(), self.reach, bright, self.size(), self.devicePixelRatioF(), self.look)
        if self._links is None or self._links[0] != key:
            picture = QPixmap(self.size() * self.devicePixelRatioF())
            picture.setDevicePixelRatio(self.devicePixelRatioF())
            picture.fill(colour(self.look.panel))  # lines are drawn faster on a ground that does not shine through
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for i in np.argsort(np.nan_to_num(np.abs(self._weights), nan=-1.0)).tolist():
                self._paint_link(painter, i, points, bright)
            painter.end()
            self._links = (key, picture)
        return self._links[1]

    def _bright_links(self) -> "set[int] | None":
        """Return the links that the term in hand is about; None for all alike."""
        assert self.shown is not None
        if self._update is not None:
            return {i for i, one in enumerate(self.network.links) if one.entry >= 0}
        name = self.shown.term.removeprefix("dL/d")
        for block in self.shown.problem.model.layout.blocks:
            if block.name == name and self.shown.term != name:
                return {i for i, one in enumerate(self.network.links) if block.start <= one.entry < block.stop}
        return None

    @property
    def pause(self) -> int:
        """Milliseconds from one drawing to the next while a run plays: many lines take long."""
        return 100 if len(self.network.links) > MANY else 40

    @property
    def thickest(self) -> float:
        """Width of the line that is as large as `reach`."""
        return THICK_OF_MANY if len(self.network.links) > MANY else THICKEST

    def _share(self, i: int) -> float:
        """Return how large a link is, from 0 to 1; small ones among few are not to vanish."""
        size = abs(float(self._weights[i])) / self.reach
        if not np.isfinite(size):
            return 0.0
        return size if len(self.network.links) > MANY else float(np.sqrt(size))

    def _width(self, i: int) -> float:
        return THINNEST + (self.thickest - THINNEST) * self._share(i)

    def _paint_link(self, painter: QPainter, i: int, points: list[QPointF], bright: "set[int] | None") -> None:
        link, weight = self.network.links[i], float(self._weights[i])
        alpha = 235 if bright is None or i in bright else 40
        if bright is None and len(self.network.links) > MANY:
            alpha = round(70 + 165 * self._share(i))
        negative, _, positive = DIVERGING[self.look.dark]
        if np.isnan(weight):
            style = pen(self.look.faint, 1.0, Qt.PenStyle.DotLine, min(alpha, 130))
        elif weight == 0.0:
            style = pen(self.look.border, 1.0, alpha=alpha)
        else:
            width = self._width(i)
            style = QPen(_mixed(self.look.panel, positive if weight > 0.0 else negative, alpha), width)
            if weight < 0.0:
                style.setCapStyle(Qt.PenCapStyle.FlatCap)  # only here: solid lines take twice as long with it
                style.setDashPattern([max(1.6, DASH / width), max(0.9, DASH / 2 / width)])
        painter.setPen(style)
        painter.drawLine(QLineF(points[link.start], points[link.end]))

    def _is_lit(self, thing: int) -> bool:
        assert self.shown is not None
        term, unit = self.shown.term, self.network.units[thing]
        if unit.kind == "bias" or not term:
            return False
        about = "output" if term in ("yhat", "residual", "L", "dL/dyhat") else _UNITS.get(term, "")
        return unit.layer == about

    def _paint_unit(self, painter: QPainter, thing: int, point: QPointF) -> None:
        unit, radius, p = self.network.units[thing], self.radius(), self.look
        pointed, lit = thing == self.pointed, self._is_lit(thing)
        rim = p.text if pointed else p.accent if lit else p.muted
        fill, number = QColor(p.field), float(self._units[thing])
        if np.isfinite(number):
            layer = np.abs(self._units[self.network.layer(unit.layer)])
            reach = float(np.max(layer, initial=0.0, where=np.isfinite(layer))) or 1.0
            fill = QColor(self._table[int(colour_indices(np.array([number]), reach)[0])])
        painter.setPen(pen(rim, 2.4 if pointed or lit else 1.2))
        painter.setBrush(fill)
        box = QRectF(point.x() - radius, point.y() - radius, 2 * radius, 2 * radius)
        if unit.kind == "more":
            painter.setPen(pen(rim, 1.2, Qt.PenStyle.DotLine))
        if unit.kind == "bias":
            box = box.adjusted(0.15 * radius, 0.15 * radius, -0.15 * radius, -0.15 * radius)
            painter.drawRect(box)
        else:
            painter.drawEllipse(box)
        painter.setFont(scaled_font(self.font(), SMALL))
        text = self._label(thing)
        metrics = QFontMetricsF(painter.font())
        if unit.layer == "inputs" and unit.kind != "bias":
            room = QRectF(2, point.y() - metrics.height() / 2, point.x() - radius - 6, metrics.height())
            painter.setPen(colour(p.muted if unit.kind == "more" else p.text))
            cut = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, cut)
        elif unit.kind == "more":
            self._paint_more(painter, text, point, radius, metrics)
        elif metrics.horizontalAdvance(text) <= 2 * radius - 3 and metrics.capHeight() <= 2 * radius - 4:
            light = fill.lightness() > 140
            painter.setPen(QColor("#101318" if light else "#f4f6fa"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_more(self, painter: QPainter, text: str, point: QPointF, radius: float, metrics: QFontMetricsF) -> None:
        """Write how many hidden units have no room, on a ground that links do not disturb."""
        width = metrics.horizontalAdvance(text) + 8
        room = QRectF(point.x() - width / 2, point.y() - metrics.height() / 2, width, metrics.height())
        painter.setPen(pen(self.look.border))
        painter.setBrush(colour(self.look.panel))
        painter.drawRoundedRect(room, 4, 4)
        painter.setPen(colour(self.look.muted))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)


@lru_cache(maxsize=1024)
def _mixed(ground: str, ink: str, alpha: int) -> QColor:
    """Return ``ink`` as it looks on ``ground`` where it is transparent: what covers is drawn twice as fast."""
    one, other, share = QColor(ground), QColor(ink), alpha / 255.0
    pairs = ((one.red(), other.red()), (one.green(), other.green()), (one.blue(), other.blue()))
    return QColor(*(round(a + share * (b - a)) for a, b in pairs))
