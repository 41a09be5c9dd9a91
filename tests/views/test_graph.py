"""The graph's panel: what the mouse and the keys reach, what is told, what is lit, on real widgets."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLayout
from pytestqt.qtbot import QtBot

from landscape_app.core.models import MODELS
from landscape_app.session.backprop import INCREMENT, MOVE, next_increment, step_examples, walk_names
from landscape_app.session.graph import graph_of
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.diverging import DIVERGING
from landscape_app.views.graph import GraphView
from landscape_app.views.graph_figure import Figure
from landscape_app.views.palette import DARK, LIGHT
from landscape_app.views.plotting import format_number, scaled_font
from tests.views.moments import click, made_data, moment

ALL_MODELS = list(MODELS)


def a_moment(model: str, n: int = 3, hidden: int = 4, **changes: object) -> Snapshot:
    data = made_data(1 if model == "univariate" else n, 17)
    return moment(model, data, hidden=hidden, **changes)  # type: ignore[arg-type]


@pytest.fixture
def view(qtbot: QtBot) -> GraphView:
    widget = GraphView()
    qtbot.addWidget(widget)
    layout = widget.layout()
    assert layout is not None
    layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
    widget.resize(340, 300)
    widget.set_palette(DARK)
    widget.show()
    return widget


def show_units(view: GraphView) -> None:
    click(view.network_button)
    assert view.figure is view.network


def middle_of(view: GraphView, entry: int, at: float = 0.5) -> QPoint:
    """Return a place on the link of a parameter."""
    network, places = view.network.network, view.network.places()
    link = next(link for link in network.links if link.entry == entry)
    return QPointF(*((1 - at) * places[link.start] + at * places[link.end])).toPoint()


def number_of(view: GraphView, entry: int) -> int:
    network = view.network.network
    return len(network.units) + next(i for i, link in enumerate(network.links) if link.entry == entry)


# -- the computation --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ALL_MODELS)
@pytest.mark.parametrize("size", [(230, 200), (340, 300), (900, 300), (300, 700), (1200, 800)])
def test_that_boxes_lie_apart_and_inside(view: GraphView, model: str, size: tuple[int, int]) -> None:
    view.resize(*size)
    view.render_snapshot(a_moment(model))
    boxes, _ = view.computation.boxes()
    area = QRectF(view.computation.rect())
    rects = list(boxes.values())
    for i, rect in enumerate(rects):
        assert area.contains(rect)
        assert not any(rect.intersects(other) for other in rects[:i])


@pytest.mark.parametrize("model", ALL_MODELS)
def test_that_pointing_at_a_node_tells_its_numbers(view: GraphView, model: str) -> None:
    shown = a_moment(model)
    view.render_snapshot(shown)
    figure = view.computation
    boxes, _ = figure.boxes()
    for node in graph_of(model).nodes:
        QTest.mouseMove(figure, boxes[node.name].center().toPoint())
        text = view.readout.text()
        assert text == figure.accessibleDescription()
        exact = "\n".join(figure.exact_lines(figure.graph.nodes.index(node)))
        if node.kind == "parameter":
            block = next(b for b in shown.problem.model.layout.blocks if b.name == node.name)
            grad = shown.grad[block.start : block.stop]
            for number in {float(grad.min()), float(grad.max())}:
                assert format_number(number, 4) in text
                assert repr(number) in exact
        elif node.kind == "loss":
            assert format_number(shown.loss, 4) in text
    QTest.mouseMove(figure, QPoint(2, figure.height() - 2))
    assert view.readout.text() == "all 17 examples"


def test_that_a_click_takes_the_value_then_the_gradient_then_nothing_in_hand(view: GraphView) -> None:
    shown = a_moment("two-layer-sigmoid")
    view.render_snapshot(shown)
    boxes, _ = view.computation.boxes()
    asked: list[str] = []
    view.term_requested.connect(asked.append)
    for name, terms in (("A", ["A", "dL/dA", ""]), ("W1", ["dL/dW1", ""]), ("L", ["L", ""])):
        shown = replace(shown, term="")
        for term in terms:
            view.render_snapshot(shown)
            click(view.computation, boxes[name].center().toPoint())
            assert asked[-1] == term
            shown = replace(shown, term=term)
    count = len(asked)
    click(view.computation, boxes["X"].center().toPoint())
    assert len(asked) == count


def test_that_a_double_click_on_a_block_opens_its_largest_gradient(view: GraphView) -> None:
    shown = a_moment("two-layer-linear")
    view.render_snapshot(shown)
    asked: list[int] = []
    view.entry_requested.connect(asked.append)
    boxes, _ = view.computation.boxes()
    QTest.mouseDClick(view.computation, Qt.MouseButton.LeftButton, pos=boxes["w2"].center().toPoint())
    names = shown.problem.model.layout.scalar_names
    w2 = {i: abs(g) for i, g in enumerate(shown.grad) if names[i].startswith("w2")}
    assert asked == [max(w2, key=lambda i: w2[i])]


@pytest.mark.parametrize("example", [None, 4])
@pytest.mark.parametrize("term", ["", INCREMENT])
def test_that_all_numbers_of_a_block_have_room_in_their_line(
    view: GraphView, qtbot: QtBot, term: str, example: int | None
) -> None:
    view.resize(340 if example is None else 450, 300)
    view.render_snapshot(replace(a_moment("two-layer-sigmoid", n=10, hidden=16), term=term, example=example))
    qtbot.waitUntil(lambda: (view.readout.width() < view.stack.width()) == (example is not None))
    figure = view.computation
    text = figure.line_of([node.name for node in figure.graph.nodes].index("W1"))
    numbers, _, words = text.rpartition(" · ")
    assert numbers.count("…") == (3 if term else 2)
    assert words == "weights of the hidden units"
    metrics = QFontMetrics(scaled_font(view.readout.font(), 0.9))
    assert metrics.horizontalAdvance(f"{numbers} …") <= view.readout.width() - 8


@pytest.mark.parametrize("model", ALL_MODELS)
def test_that_each_term_in_hand_changes_the_picture(view: GraphView, model: str) -> None:
    shown = a_moment(model)
    view.render_snapshot(shown)
    pictures = {bytes(_picture(view.computation).constBits())}
    for term in walk_names(shown.problem.model):
        view.render_snapshot(replace(shown, term=term))
        pictures.add(bytes(_picture(view.computation).constBits()))
    assert len(pictures) == 1 + len(walk_names(shown.problem.model))


def _picture(figure: Figure) -> QImage:
    return figure.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


@pytest.mark.parametrize("units", [False, True])
@pytest.mark.parametrize("model", ALL_MODELS)
def test_that_the_arrow_keys_reach_everything(view: GraphView, model: str, units: bool) -> None:
    view.render_snapshot(a_moment(model))
    if units:
        show_units(view)
    figure = view.figure
    figure.setFocus()
    reached, todo = {figure.current}, [figure.current]
    while todo:
        thing = todo.pop()
        assert thing is not None
        for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            figure.current = thing
            QTest.keyClick(figure, key)
            if figure.current not in reached:
                reached.add(figure.current)
                todo.append(figure.current)
            assert figure.accessibleDescription()
    assert reached == set(range(figure.count()))


def test_that_return_does_what_a_click_does(view: GraphView) -> None:
    view.render_snapshot(a_moment("univariate"))
    asked: list[str] = []
    opened: list[int] = []
    view.term_requested.connect(asked.append)
    view.entry_requested.connect(opened.append)
    figure = view.computation
    figure.setFocus()
    figure.current = [node.name for node in figure.graph.nodes].index("w")
    QTest.keyClick(figure, Qt.Key.Key_Return)
    QTest.keyClick(figure, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert (asked, opened) == (["dL/dw"], [0])
    show_units(view)
    view.network.setFocus()
    view.network.current = number_of(view, 1)
    QTest.keyClick(view.network, Qt.Key.Key_Return)
    assert opened == [0, 1]


@pytest.mark.parametrize("units", [False, True])
def test_that_keys_lead_from_where_the_mouse_rests_until_it_moves(
    view: GraphView, units: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    view.render_snapshot(a_moment("two-layer-linear"))
    if units:
        show_units(view)
    figure = view.figure
    if units:
        here, there = (middle_of(view, entry, 0.2) for entry in (12, 14))
    else:
        boxes, _ = view.computation.boxes()
        here, there = (boxes[name].center().toPoint() for name in ("Z", "w2"))
    first, second = figure.thing_at(QPointF(here)), figure.thing_at(QPointF(there))
    assert first is not None
    assert second not in (None, first)
    figure.setFocus()
    QTest.mouseMove(figure, here)
    click(figure, here)
    assert figure.pointed == first
    QTest.keyClick(figure, Qt.Key.Key_Down)
    reached = figure.beside(first, Qt.Key.Key_Down)
    assert reached != first
    assert figure.pointed == reached
    assert view.readout.text() == figure.line_of(reached) == figure.accessibleDescription()
    rests = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(here),
        QPointF(figure.mapToGlobal(here)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    figure.mouseMoveEvent(rests)  # as where a window is drawn anew below the mouse
    assert figure.pointed == reached
    QTest.mouseMove(figure, there)
    assert figure.pointed == second
    assert view.readout.text() == figure.line_of(second)
    taken: list[int] = []
    monkeypatch.setattr(figure, "take", taken.append)
    QTest.keyClick(figure, Qt.Key.Key_Return)
    assert taken == [second]
    QTest.keyClick(figure, Qt.Key.Key_Up)
    assert figure.pointed == figure.beside(second, Qt.Key.Key_Up)


@pytest.mark.parametrize("units", [False, True])
@pytest.mark.parametrize("cursor", [14, 30])  # on record, and yet to come
def test_that_increment_and_next_values_are_shown_while_they_are_in_hand(
    view: GraphView, units: bool, cursor: int
) -> None:
    view.resize(900, 300)  # all digits have room
    shown = a_moment("multivariate", iterations=30, cursor=cursor)
    if units:
        show_units(view)
    increment = next_increment(shown)
    assert increment is not None
    view.render_snapshot(shown)
    pictures = {bytes(_picture(view.figure).constBits())}
    for term, vector in ((INCREMENT, increment), (MOVE, shown.theta + increment)):
        view.render_snapshot(replace(shown, term=term))
        pictures.add(bytes(_picture(view.figure).constBits()))
        for entry, name in enumerate(("w", "w", "w", "b")):
            thing = number_of(view, entry) if units else [n.name for n in graph_of("multivariate").nodes].index(name)
            numbers = [vector[entry]] if units else [vector[:3].min(), vector[:3].max()] if name == "w" else [vector[3]]
            for number in numbers:
                assert format_number(float(number), 4) in view.figure.line_of(thing)
                assert repr(float(number)) in "\n".join(view.figure.exact_lines(thing))
        if units:
            np.testing.assert_allclose(np.sort(view.network._weights), np.sort(vector))
            assert ("Δθ" if term == INCREMENT else "next θ") in view.legend.accessibleName()
    assert len(pictures) == 3


# -- units and weights ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ALL_MODELS)
def test_that_a_link_tells_its_weight_and_gradient_and_opens_its_examples(view: GraphView, model: str) -> None:
    shown = a_moment(model)
    view.render_snapshot(shown)
    show_units(view)
    asked: list[int] = []
    view.entry_requested.connect(asked.append)
    for entry, name in enumerate(shown.problem.model.layout.scalar_names):
        places = [middle_of(view, entry, float(at)) for at in np.linspace(0.1, 0.9, 33)]  # some lie near another link
        place = next(place for place in places if view.network.thing_at(QPointF(place)) == number_of(view, entry))
        QTest.mouseMove(view.network, place)
        text = view.readout.text()
        assert text.startswith(f"{name} = {format_number(float(shown.theta[entry]), 4)} ")
        assert text.endswith(f"∂L/∂{name} = {format_number(float(shown.grad[entry]), 4)}")
        click(view.network, place)
        assert asked[-1] == entry
    assert asked == list(range(shown.grad.size))


def test_that_the_legend_says_what_the_widest_line_stands_for(view: GraphView) -> None:
    view.render_snapshot(moment("univariate", made_data(1, 17), theta=np.array([1.5, -3.7]), cursor=0))
    show_units(view)
    assert view.legend.accessibleName() == "Legend: positive, negative, widest line: 4"
    assert "the wider its line" in view.legend.toolTip()


def test_that_colour_tells_the_sign_and_the_switch_values_from_gradients(view: GraphView) -> None:
    theta = np.array([1.5, -0.7])
    shown = moment("univariate", made_data(1, 17), theta=theta, cursor=0)
    view.render_snapshot(shown)
    show_units(view)
    colours = [QColor(DIVERGING[True][2]), QColor(DIVERGING[True][0])]
    for entry in (0, 1):
        assert _near(view, entry, colours[entry])
    click(view.gradients_button)
    for entry in (0, 1):
        assert _near(view, entry, colours[0 if shown.grad[entry] > 0 else 1])
    assert shown.grad[0] * theta[0] < 0 or shown.grad[1] * theta[1] < 0, "the switch makes no difference here"


def _near(view: GraphView, entry: int, wanted: QColor) -> bool:
    """Whether the link of a parameter has this colour along it, between its dashes or not."""
    image = _picture(view.network)
    for at in np.linspace(0.3, 0.7, 60):
        seen = QColor(image.pixel(middle_of(view, entry, float(at)) * image.devicePixelRatio()))
        if abs(seen.hue() - wanted.hue()) < 12 and seen.saturation() > 80:
            return True
    return False


def test_that_negative_links_are_dashed(view: GraphView) -> None:
    view.render_snapshot(moment("univariate", made_data(1, 17), theta=np.array([1.5, -1.5]), cursor=0))
    show_units(view)
    image = _picture(view.network)
    gaps = []
    for entry in (0, 1):
        along = [image.pixelColor(middle_of(view, entry, float(at))) for at in np.linspace(0.2, 0.8, 120)]
        gaps.append(sum(abs(c.saturation() - QColor(DARK.panel).saturation()) < 40 for c in along))
    assert gaps[0] == 0
    assert gaps[1] > 4


@pytest.mark.parametrize("size", [(230, 200), (340, 300), (900, 600)])
def test_that_ten_inputs_and_sixteen_units_lie_apart(view: GraphView, size: tuple[int, int]) -> None:
    view.resize(*size)
    view.render_snapshot(a_moment("two-layer-sigmoid", n=10, hidden=16))
    show_units(view)
    places, radius = view.network.places(), view.network.radius()
    for layer in ("inputs", "hidden"):
        rows = places[view.network.network.layer(layer)][:, 1]
        assert (np.diff(rows) >= 2 * radius).all()
        assert rows.min() >= radius - 1
        assert rows.max() <= view.network.height() - radius + 1


def test_that_what_has_no_room_is_told(view: GraphView) -> None:
    view.render_snapshot(a_moment("two-layer-sigmoid", n=21, hidden=40))
    show_units(view)
    figure = view.network
    texts = [figure.line_of(i) for i in range(len(figure.network.units))]
    assert "12 more features" in texts
    assert "25 more hidden units" in texts
    bundle = next(i for i, link in enumerate(figure.network.links) if link.entry < 0)
    asked: list[int] = []
    view.entry_requested.connect(asked.append)
    figure.open(len(figure.network.units) + bundle)
    assert not asked


# -- one example ------------------------------------------------------------------------------------------------------


def test_that_a_picked_example_is_told_and_can_be_put_down(view: GraphView) -> None:
    shown = a_moment("univariate")
    view.render_snapshot(shown)
    assert not view.all_button.isVisible()
    view.render_snapshot(replace(shown, example=4))
    assert view.readout.text() == "example 5"
    value = float(shown.problem.data.y[0, 4])
    y = [node.name for node in view.computation.graph.nodes].index("y")
    assert repr(value) in "\n".join(view.computation.exact_lines(y))
    show_units(view)
    theta, data = shown.theta, shown.problem.data
    error = theta[0] * data.X[0, 4] + theta[1] - value
    part = 2.0 / 17 * error * data.X[0, 4]
    assert view.network.line_of(number_of(view, 0)).endswith(f"of example 5: {format_number(part, 4)}")
    asked: list[int] = []
    view.example_requested.connect(asked.append)
    click(view.all_button)
    assert asked == [-1]


def test_that_an_example_outside_of_the_batch_has_no_part_in_the_loss(view: GraphView) -> None:
    shown = a_moment("univariate", batch_size=5)
    batch = step_examples(shown)
    assert batch is not None
    outside, inside = next(i for i in range(17) if i not in batch), int(batch[0])
    loss = [node.name for node in graph_of("univariate").nodes].index("L")
    view.render_snapshot(replace(shown, example=outside))
    view.grab()
    assert view.computation.line_of(loss) == "L · no part in the loss: not in the batch of this step"
    assert "=" not in "".join(view.computation.exact_lines(loss)[:-1])
    view.render_snapshot(replace(shown, example=inside))
    assert view.computation.line_of(loss).endswith(" · ∇ 1.000 · part in the loss")


def test_that_a_hidden_panel_draws_nothing_until_it_is_seen(qtbot: QtBot) -> None:
    view = GraphView()
    qtbot.addWidget(view)
    view.set_palette(LIGHT)
    shown = a_moment("multivariate")
    view.render_snapshot(shown)
    assert view.drawn is None
    view.show()
    qtbot.waitUntil(lambda: view.drawn is shown)
