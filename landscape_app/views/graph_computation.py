"""The computation as nodes and edges: values on their way to the loss, gradients on their way back."""

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.session.backprop import INCREMENT
from landscape_app.session.graph import (
    Amount,
    Graph,
    Lit,
    Moment,
    Node,
    Reading,
    amount_of,
    graph_of,
    lit_by,
    means_of,
    update_in_hand,
)
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.graph_figure import SYMBOLS, Figure
from landscape_app.views.plotting import colour, format_number, pen, scaled_font

SMALL = 0.88
#: Between the ends of a range, with thin spaces.
ELLIPSIS = "\u2009…\u2009"
DIGITS = 3
#: Between the boxes, in pixels: along the way to the loss, and beside it.
GAP, SIDE_GAP = 21.0, 18.0
WIDEST, MARGIN, PADDING = 150.0, 4.0, 4.0


class ComputationFigure(Figure):
    """From the top down where there is little width, else from left to right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._boxes: tuple[object, dict[str, QRectF], int] | None = None
        self._readings: dict[str, Reading] = {}
        #: What writes the line on a node: numbers have as many digits as fit into it.
        self.reader: QWidget = self
        self._update: dict[str, FloatArray] = {}  # of each block the increment, or its next value, if that is in hand
        self.setAccessibleName(self.tr("Graph of the computation"))

    def show_moment(self, shown: Snapshot, moment: Moment) -> None:
        """Draw the numbers of a moment."""
        self._readings = {}
        update = update_in_hand(shown)
        self._update = {} if update is None else shown.problem.model.layout.split(update)
        super().show_moment(shown, moment)

    def _reading(self, name: str) -> Reading:
        """Return what a node shows; means of very many examples are taken once, not at each painting."""
        assert self.moment is not None
        if name not in self._readings:
            self._readings[name] = self.moment.reading(name)
        return self._readings[name]

    # -- what there is --------------------------------------------------------------------------------------

    @property
    def graph(self) -> Graph:
        """The graph of the model that is shown."""
        assert self.shown is not None
        return graph_of(self.shown.problem.model.name)

    def count(self) -> int:
        """Return how many nodes there are."""
        return len(self.graph.nodes)

    def sizeHint(self) -> QSize:
        """Return a size in which all fits."""
        return QSize(330, 290)

    def _line_height(self) -> float:
        return QFontMetricsF(scaled_font(self.font(), SMALL)).height()

    def boxes(self) -> tuple[dict[str, QRectF], int]:
        """Return where each node is, and how many lines of text a box has (2 or 3)."""
        key = (self.graph, self.size(), self.font())
        if self._boxes is None or self._boxes[0] != key:
            self._boxes = (key, *self._laid_out())
        return self._boxes[1], self._boxes[2]

    def _laid_out(self) -> tuple[dict[str, QRectF], int]:
        graph, line = self.graph, self._line_height()
        steps = round(max(node.step for node in graph.nodes)) + 1
        width, height = self.width() - 2 * MARGIN, self.height() - 2 * MARGIN
        upright = width < 1.5 * height
        along, across = (height, width) if upright else (width, height)
        pitch = along / steps
        if upright:
            box = (min(WIDEST, (across - 2 * SIDE_GAP) / 3), min(3 * line + 8, pitch - GAP))
        else:
            box = (min(WIDEST, pitch - 2 * SIDE_GAP), min(3 * line + 8, (across - 2 * GAP) / 3))
        lines = 3 if box[1] >= 3 * line + 2 else 2
        apart = min(box[0] + 2 * SIDE_GAP, (across - box[0]) / 2) if upright else min(box[1] + 30, across / 3)
        result = {}
        for node in graph.nodes:
            main, side = MARGIN + (node.step + 0.5) * pitch, MARGIN + across / 2 + node.side * apart
            centre = QPointF(side, main) if upright else QPointF(main, side)
            rect = QRectF(0, 0, *box)
            if node.kind == "function":
                size = min(18.0, 0.62 * (pitch - box[1 if upright else 0]))
                rect = QRectF(0, 0, size, size)
            rect.moveCenter(centre)
            result[node.name] = rect
        return result, lines

    def thing_at(self, place: QPointF) -> int | None:
        """Return the node at a place."""
        boxes, _ = self.boxes()
        for i, node in enumerate(self.graph.nodes):
            if boxes[node.name].adjusted(-1, -1, 1, 1).contains(place):
                return i
        return None

    def beside(self, thing: int, key: Qt.Key) -> int:
        """Return the nearest node in the key's direction."""
        boxes, _ = self.boxes()
        nodes = self.graph.nodes
        here = boxes[nodes[thing].name].center()
        best, nearest = thing, np.inf
        for i, node in enumerate(nodes):
            away = boxes[node.name].center() - here
            ahead, off = {
                Qt.Key.Key_Left: (-away.x(), away.y()),
                Qt.Key.Key_Right: (away.x(), away.y()),
                Qt.Key.Key_Up: (-away.y(), away.x()),
                Qt.Key.Key_Down: (away.y(), away.x()),
            }[key]
            distance = ahead + 3 * abs(off)
            if ahead > 1.0 and abs(off) <= 2 * ahead and distance < nearest:
                best, nearest = i, distance
        return best

    # -- what is told ---------------------------------------------------------------------------------------

    def amount_text(self, amount: Amount, digits: int) -> str:
        """Return a number, or what stands for many."""
        if amount.kind == "range":
            low, high = format_number(amount.low, digits), format_number(amount.high, digits)
            return low if low == high else f"{low}{ELLIPSIS}{high}"
        number = format_number(amount.low, digits)
        return self.tr("mean {0}").format(number) if amount.kind == "mean" else number

    def line_of(self, thing: int) -> str:
        """Return the node's name, shape, value and gradient, and last, where it may be cut, what it is."""
        node = self.graph.nodes[thing]
        metrics = QFontMetricsF(scaled_font(self.font(), 0.9))
        for digits in range(self.look.digits_or(4), 1, -1):
            numbers = self._numbers_of(node, digits)
            if metrics.horizontalAdvance(f"{numbers} …") <= self.reader.width() - 8:
                break
        return f"{numbers} · {self._words(node)}"

    def _numbers_of(self, node: Node, digits: int) -> str:
        assert self.moment is not None
        reading, update = self._reading(node.name), self._update.get(node.name)
        shape = shape_text(reading.shape) if update is None else ""  # three ranges have no room beside it
        parts = [f"{SYMBOLS.get(node.name, node.name)} {shape}".strip()]
        if node.kind == "function":
            parts.append(self.tr("slope {0}").format(self.amount_text(reading.value, digits) if reading.value else ""))
        elif reading.value is not None:
            parts.append(self.amount_text(reading.value, digits))
        if reading.gradient is not None:
            parts.append(f"∇ {self.amount_text(reading.gradient, digits)}")
        if update is not None:
            parts.append(self._update_sign() + self.amount_text(amount_of(update, False), digits))
        return " · ".join(parts)

    def _update_sign(self) -> str:
        """Return what stands before the update in hand: the increment, or where it leads."""
        assert self.shown is not None
        return "Δ " if self.shown.term == INCREMENT else "→ "

    def _words(self, node: Node) -> str:
        assert self.shown is not None
        data = self.shown.problem.data
        many = self.tr("features")
        return {
            "x": data.feature_names[0],
            "X": data.feature_names[0] if data.n == 1 else many,
            "y": data.target_name,
            "yhat": self.tr("predicted {0}").format(data.target_name),
            "L": self._loss_words(),
            "w": self.tr("weights") if data.n > 1 else self.tr("weight"),
            "b": self.tr("bias"),
            "W1": self.tr("weights of the hidden units"),
            "b1": self.tr("biases of the hidden units"),
            "w2": self.tr("weights of the output"),
            "b2": self.tr("bias of the output"),
            "Z": self.tr("what comes into the hidden units"),
            "A": self.tr("what the hidden units put out"),
            "σ": self.tr("sigmoid"),
        }[node.name]

    def _loss_words(self) -> str:
        if self.moment is None or self.moment.example is None:
            return self.tr("loss")
        if "L" not in self.moment.values:
            return self.tr("no part in the loss: not in the batch of this step")
        return self.tr("part in the loss")

    def exact_lines(self, thing: int) -> list[str]:
        """Return all digits of the node, and what a click does."""
        assert self.moment is not None
        node, moment = self.graph.nodes[thing], self.moment
        symbol = SYMBOLS.get(node.name, node.name)
        shape = shape_text(self._reading(node.name).shape)
        lines = [f"{symbol} {shape} · {self._words(node)}" if shape else f"{symbol} · {self._words(node)}"]
        value, gradient = moment.values.get(node.name), moment.gradients.get(node.name)
        if value is not None:
            label = self.tr("slope σ′ = A (1 − A)") if node.kind == "function" else symbol
            lines += _all_of(label, value, self.tr("{0}: from {1!r} to {2!r}, mean {3!r}"))
        if gradient is not None:
            lines += _all_of(f"∂L/∂{symbol}", gradient, self.tr("{0}: from {1!r} to {2!r}, mean {3!r}"))
        update = self._update.get(node.name)
        if update is not None:
            assert self.shown is not None
            label = f"Δ{symbol}" if self.shown.term == INCREMENT else self.tr("{0} after the step").format(symbol)
            lines += _all_of(label, update, self.tr("{0}: from {1!r} to {2!r}, mean {3!r}"))
        if self._terms(node):
            lines.append(self.tr("Click: take it in hand, its value first, then its gradient."))
        if node.kind == "parameter":
            lines.append(self.tr("Double click: the examples that its largest gradient comes from."))
        return lines

    # -- what is done ---------------------------------------------------------------------------------------

    def _terms(self, node: Node) -> list[str]:
        """Return the terms that the walk through the iteration knows of a node."""
        if node.kind in ("data", "function"):
            return []
        if node.kind == "parameter":
            return [f"dL/d{node.name}"]
        return ["L"] if node.kind == "loss" else [node.name, f"dL/d{node.name}"]

    def take(self, thing: int) -> None:
        """Take the node's value in hand, then its gradient, then nothing."""
        assert self.shown is not None
        terms = ["", *self._terms(self.graph.nodes[thing])]
        now = self.shown.term
        if len(terms) > 1:
            self.term_requested.emit(terms[(terms.index(now) + 1) % len(terms)] if now in terms else terms[1])

    def open(self, thing: int) -> None:
        """Open the largest gradient of a block of parameters."""
        assert self.shown is not None
        node = self.graph.nodes[thing]
        for block in self.shown.problem.model.layout.blocks:
            if block.name == node.name:
                sizes = np.abs(self.shown.grad[block.start : block.stop])
                self.entry_requested.emit(block.start + int(np.argmax(sizes)))

    # -- painting -------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint edges, then nodes."""
        if self.shown is None or self.moment is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            lit = lit_by(self.graph, self.shown.term)
            boxes, lines = self.boxes()
            self._paint_legend(painter)
            for edge in self.graph.edges:
                self._paint_edge(painter, boxes[edge[0]], boxes[edge[1]], edge, lit)
            for i, node in enumerate(self.graph.nodes):
                self._paint_node(painter, boxes[node.name], node, lines, lit, i == self.pointed)

    def _paint_legend(self, painter: QPainter) -> None:
        """Say in the free corner what the arrows are."""
        p, line = self.look, self._line_height()
        painter.setFont(scaled_font(self.font(), SMALL))
        for row, (text, style) in enumerate(
            (
                (self.tr("values"), pen(p.muted, 1.2)),
                (self.tr("gradients"), pen(p.accent, 1.2, Qt.PenStyle.DashLine)),
            )
        ):
            middle = MARGIN + (row + 0.5) * line
            ends = (MARGIN, MARGIN + 22.0) if row == 0 else (MARGIN + 22.0, MARGIN)
            _paint_arrow(painter, QLineF(ends[0], middle, ends[1], middle), style)
            painter.setPen(colour(p.muted))
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(MARGIN + 27, middle - line / 2, 120, line), left, text)

    def _paint_edge(self, painter: QPainter, start: QRectF, end: QRectF, edge: tuple[str, str], lit: Lit) -> None:
        assert self.moment is not None
        p = self.look
        line = _between(start, end)
        back = edge[0] in self.moment.gradients or edge[0] == "σ"
        offset = line.normalVector().unitVector()
        shift = QPointF(offset.dx(), offset.dy()) * (3.5 if back else 0.0)
        bright = edge in lit.forward
        style = pen(p.text if bright else p.muted, 2.6 if bright else 1.2)
        _paint_arrow(painter, line.translated(shift), style)
        if back:
            bright = edge in lit.backward
            style = pen(p.accent, 2.8 if bright else 1.2, Qt.PenStyle.DashLine, 255 if bright else 190)
            _paint_arrow(painter, QLineF(line.p2(), line.p1()).translated(-shift), style)

    def _paint_node(self, painter: QPainter, box: QRectF, node: Node, lines: int, lit: Lit, pointed: bool) -> None:
        assert self.moment is not None
        assert self.shown is not None
        p, update = self.look, self._update.get(node.name)
        moves = update is not None and self.shown.term == INCREMENT
        value_lit = node.name in lit.values and not moves
        gradient_lit = node.name in lit.gradients or moves
        bright = value_lit or gradient_lit
        painter.setPen(pen(p.text if pointed else p.accent if bright else p.border, 2.0 if bright or pointed else 1.0))
        painter.setBrush(colour(p.field))
        radius = {"function": box.height() / 2, "loss": 13.0, "parameter": 3.0}.get(node.kind, 8.0)
        painter.drawRoundedRect(box, radius, radius)
        if bright:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(p.accent, 48))
            painter.drawRoundedRect(box, radius, radius)
        name = _name_font(self.font())
        if node.kind == "function":
            painter.setPen(colour(p.text))
            painter.setFont(name)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "σ")
            return
        reading = self._reading(node.name)
        text = SYMBOLS.get(node.name, node.name)
        room = box.width() - 2 * PADDING
        value_amount, gradient_amount, signs = reading.value, reading.gradient, ("", "∇ ")
        if update is not None and moves:
            gradient_amount, signs = amount_of(update, False), ("", self._update_sign())
        elif update is not None:
            value_amount, signs = amount_of(update, False), (self._update_sign(), "∇ ")
        value = None if value_amount is None else self._fitting(value_amount, room, signs[0])
        gradient = None if gradient_amount is None else self._fitting(gradient_amount, room, signs[1])
        small, strong = scaled_font(self.font(), SMALL), scaled_font(self.font(), SMALL, bold=True)
        rows: list[tuple[str, str, QFont]] = []
        if value is not None and lines == 3:
            rows.append((value, p.text, strong if value_lit else small))
        if gradient is not None:
            rows.append((gradient, p.accent, strong if gradient_lit else small))
        line = self._line_height()
        inner = box.adjusted(PADDING, 0, -PADDING, 0)
        top = box.center().y() - (len(rows) + 1) * line / 2
        head = QRectF(inner.left(), top, inner.width(), line)
        beside = shape_text(reading.shape) if lines == 3 else value or ""
        left, right = _head_flags(bool(beside))
        painter.setPen(colour(p.text))
        painter.setFont(name)
        painter.drawText(head.adjusted(3, 0, 0, 0) if beside else head, left | Qt.TextFlag.TextDontClip, text)
        if lines == 2 and value is not None:
            beside_name = room - QFontMetricsF(name).horizontalAdvance(text) - 7
            beside = self._fitting(value_amount, beside_name, signs[0]) if value_amount is not None else ""
        painter.setFont(strong if value_lit and lines == 2 else small)
        painter.setPen(colour(p.muted if lines == 3 else p.text))
        _draw_squeezed(painter, head, right, beside, QFontMetricsF(name).horizontalAdvance(text) + 7)
        for i, (row, ink, font) in enumerate(rows, start=1):
            painter.setPen(colour(ink))
            painter.setFont(font)
            below = QRectF(inner.left(), top + i * line, inner.width(), line)
            _draw_squeezed(painter, below, Qt.AlignmentFlag.AlignCenter, row)

    def _fitting(self, amount: Amount, width: float, before: str = "") -> str:
        """Return an amount with as many of the chosen digits as have room."""
        metrics = QFontMetricsF(scaled_font(self.font(), SMALL, bold=True))
        for digits in range(self.look.digits_or(DIGITS), 0, -1):
            text = before + self.amount_text(amount, digits)
            if metrics.horizontalAdvance(text) <= width:
                return text
        return text


def shape_text(shape: tuple[int, ...]) -> str:
    """Return a shape as it is read, such as 4 × 60; nothing for a number."""
    return " × ".join(f"{extent:,}" for extent in shape) if shape not in ((), (1, 1), (1,)) else ""


def _all_of(label: str, values: FloatArray, many: str) -> list[str]:
    if values.size == 1:
        return [f"{label} = {float(values.reshape(-1)[0])!r}"]
    with np.errstate(all="ignore"):
        return [many.format(label, float(values.min()), float(values.max()), float(means_of(values)))]


def _draw_squeezed(painter: QPainter, room: QRectF, flags: Qt.AlignmentFlag, text: str, left: float = 0.0) -> None:
    """Draw a line of text, as narrow as its room beside what stands at its ``left`` demands."""
    width = QFontMetricsF(painter.font()).horizontalAdvance(text)
    squeezed = min(1.0, (room.width() - left) / max(1.0, width))
    if squeezed == 1.0:
        painter.drawText(room, flags, text)
        return
    painter.save()
    painter.translate(room.left() + left, room.top())
    painter.scale(squeezed, 1.0)
    painter.drawText(QRectF(0, 0, width + 1, room.height()), Qt.AlignmentFlag.AlignVCenter, text)
    painter.restore()


def _head_flags(beside: bool) -> tuple[Qt.AlignmentFlag, Qt.AlignmentFlag]:
    middle = Qt.AlignmentFlag.AlignVCenter
    if not beside:
        return Qt.AlignmentFlag.AlignHCenter | middle, Qt.AlignmentFlag.AlignRight | middle
    return Qt.AlignmentFlag.AlignLeft | middle, Qt.AlignmentFlag.AlignRight | middle


def _name_font(font: QFont) -> QFont:
    name = QFont(scaled_font(font, 1.05))
    name.setFamilies(["DejaVu Serif", "Times New Roman", "serif"])
    name.setItalic(True)
    return name


def _between(start: QRectF, end: QRectF) -> QLineF:
    """Return the line from the edge of one box to that of another; they lie side by side, or one above the other."""
    a, b = start.center(), end.center()
    if abs(a.x() - b.x()) < 1.0:
        down = b.y() > a.y()
        return QLineF(a.x(), start.bottom() if down else start.top(), b.x(), end.top() if down else end.bottom())
    right = b.x() > a.x()
    return QLineF(start.right() if right else start.left(), a.y(), end.left() if right else end.right(), b.y())


def _paint_arrow(painter: QPainter, line: QLineF, style: QPen) -> None:
    """Paint a line with a head at its end, which leaves a pixel to what it points at."""
    head = 4.0 + style.widthF()
    line.setLength(max(1.0, line.length() - 1.0))
    along = QPointF(line.dx(), line.dy()) / max(1e-9, line.length())
    across = QPointF(-along.y(), along.x())
    tip = line.p2()
    base = tip - along * min(head, line.length())
    painter.setPen(style)
    painter.drawLine(QLineF(line.p1(), base))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.color())
    painter.drawPolygon(QPolygonF([tip, base + across * head * 0.5, base - across * head * 0.5]))
