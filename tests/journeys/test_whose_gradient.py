"""Whose gradient is it? A student opens one, sees its examples, picks one and follows it through all panels."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from landscape_app.app import Explorer
from landscape_app.session.config import DataConfig, ModelConfig, StartConfig
from landscape_app.views.plotting import MINUS


@pytest.fixture
def explorer(qapp: QApplication, qtbot: QtBot) -> Iterator[Explorer]:
    one = Explorer()
    one.window.resize(1280, 800)
    one.window.show()
    yield one
    one.shut_down()
    one.window.close()
    one.window.deleteLater()
    one.deleteLater()


def in_sight(explorer: Explorer, name: str) -> bool:
    return not explorer.window.docks[name].widget().visibleRegion().isEmpty()


def picked(explorer: Explorer) -> tuple[int | None, int | None]:
    return explorer.session.snapshot.entry, explorer.session.snapshot.example


def number(text: str) -> float:
    return float(text.split()[-1].replace(MINUS, "-"))


def test_that_a_gradient_opens_into_its_examples_and_an_example_is_followed_everywhere(
    explorer: Explorer, qtbot: QtBot
) -> None:
    s, w = explorer.session, explorer.window
    assert not in_sight(explorer, "examples")
    QTest.mouseDClick(w.gradients.rows[0].readout, Qt.MouseButton.LeftButton)
    assert picked(explorer) == (0, None)
    qtbot.waitUntil(lambda: in_sight(explorer, "examples") and w.examples.model.rowCount() > 0)
    data = s.snapshot.problem.data
    assert w.examples.model.rowCount() == data.m
    listed = w.examples.model.listed
    assert listed is not None
    assert float(listed.numbers[listed.part].sum()) == pytest.approx(s.snapshot.grad[0], rel=1e-12)

    place = w.examples.table.visualRect(w.examples.model.index(0, 1)).center()
    QTest.mouseClick(w.examples.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    example = s.snapshot.example
    assert example == int(listed.examples[0])
    assert w.data_fit.marks.picked == pytest.approx(np.array([[data.X[0, example], data.y[0, example]]]))
    lines = [row.readout.lines()[-1] for row in w.gradients.rows]
    error = float(s.snapshot.theta[0] * data.X[0, example] + s.snapshot.theta[1] - data.y[0, example])
    assert [number(line) for line in lines] == pytest.approx(
        [2 / data.m * error * data.X[0, example], 2 / data.m * error], rel=1e-4
    )

    s.step()
    qtbot.waitUntil(lambda: s.snapshot.cursor == 1)
    assert s.snapshot.example == example
    assert [index.row() for index in w.examples.table.selectionModel().selectedRows()] == [
        w.examples.model.row_of(example)
    ]
    ground = w.data_fit.plot.box.sceneBoundingRect()
    corners = [ground.topLeft(), ground.topRight(), ground.bottomLeft(), ground.bottomRight()]
    px, py = w.data_fit.plot.to_pixels(data.X[0], data.y[0])
    far = max(corners, key=lambda c: float(np.min((px - c.x()) ** 2 + (py - c.y()) ** 2)))
    inside = far.toPoint() + QPoint(3 if far.x() < ground.center().x() else -3, 0)
    QTest.mouseClick(w.data_fit.plot.viewport(), Qt.MouseButton.LeftButton, pos=inside)
    assert picked(explorer) == (0, None)
    QTest.mouseClick(w.examples.close_button, Qt.MouseButton.LeftButton)
    assert picked(explorer) == (None, None)
    assert s.snapshot.undo == ""


def test_that_a_link_of_the_network_opens_its_examples_and_the_walk_lights_the_graph(
    explorer: Explorer, qtbot: QtBot
) -> None:
    s, w = explorer.session, explorer.window
    before = s.snapshot.problem
    s.configure(
        s.snapshot.wanted.but(
            model=ModelConfig(name="two-layer-sigmoid", hidden=3),
            data=DataConfig(name="sine"),
            start=StartConfig(method="normal", seed=1),
        )
    )
    qtbot.waitUntil(lambda: s.snapshot.problem is not before)
    w.docks["graph"].raise_()
    qtbot.waitUntil(lambda: w.graph.drawn is s.snapshot)
    boxes, _ = w.graph.computation.boxes()
    QTest.mouseClick(w.graph.computation, Qt.MouseButton.LeftButton, pos=boxes["A"].center().toPoint())
    assert s.snapshot.term == "A"
    s.walk()
    assert s.snapshot.term == "yhat"
    QTest.mouseClick(w.graph.network_button, Qt.MouseButton.LeftButton)
    network, places = w.graph.network.network, w.graph.network.places()
    entry = s.snapshot.problem.model.layout.index("w2[2]")
    link = next(link for link in network.links if link.entry == entry)
    place = (0.5 * (places[link.start] + places[link.end])).round().astype(int).tolist()
    QTest.mouseClick(w.graph.network, Qt.MouseButton.LeftButton, pos=QPoint(*place))
    assert s.snapshot.entry == entry
    qtbot.waitUntil(lambda: in_sight(explorer, "examples") and w.examples.drawn is s.snapshot)
    assert w.examples.title.text().startswith("∂L/∂w2[2] = ")
    assert in_sight(explorer, "graph")


def test_that_a_gradient_of_the_equations_opens_its_examples(explorer: Explorer, qtbot: QtBot) -> None:
    w = explorer.window
    w.docks["backprop"].raise_()
    qtbot.waitUntil(lambda: bool(w.backprop.rows) and w.backprop.passes is not None)
    row = next(row for row in w.backprop.rows if row.equation.name == "dL/db")
    QTest.mouseDClick(row, Qt.MouseButton.LeftButton, pos=QPoint(3, 6))
    assert picked(explorer) == (1, None)
    qtbot.waitUntil(lambda: in_sight(explorer, "examples"))
