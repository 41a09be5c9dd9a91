"""Marks on a plot: at their place, of constant size, and open where nothing fills them."""

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsScene

from landscape_app.views.plotting_marks import Mark, Marks, Symbol

RED, BLUE = "#ff0000", "#0000ff"


def picture(marks: Marks, seen: QRectF) -> QImage:
    """Return 200 x 100 pixels of what a scene shows of ``seen``, on black."""
    scene = QGraphicsScene()
    scene.addItem(marks)
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    scene.render(painter, QRectF(0, 0, 200, 100), seen, pg.QtCore.Qt.AspectRatioMode.IgnoreAspectRatio)
    painter.end()
    scene.removeItem(marks)
    return image


@pytest.fixture
def marks(qapp: object) -> Marks:
    return Marks()


@pytest.mark.parametrize("symbol", ["circle", "diamond", "star"])
@pytest.mark.parametrize("seen", [QRectF(0, 0, 10, 1), QRectF(-1e-3, -5.0, 4e-3, 900.0)], ids=["wide", "tall"])
def test_that_a_mark_is_as_large_on_any_axes(marks: Marks, symbol: Symbol, seen: QRectF) -> None:
    x, y = seen.left() + 0.25 * seen.width(), seen.top() + 0.6 * seen.height()
    marks.set_marks((Mark(x, y, symbol, 20.0, RED, RED, 1.0),))
    image = picture(marks, seen)
    red = np.array([[image.pixelColor(i, j).red() > 128 for i in range(200)] for j in range(100)])
    rows, columns = np.nonzero(red)
    assert image.pixelColor(50, 60).name() == RED  # its middle
    assert 15 <= np.ptp(columns) <= 22
    assert 17 <= np.ptp(rows) <= 22
    assert abs(columns.mean() - 50) < 1.5
    assert abs(rows.mean() - 60) < 1.5


def test_that_an_open_mark_has_an_edge_alone_and_the_last_one_lies_on_top(marks: Marks) -> None:
    seen = QRectF(0, 0, 2, 1)
    marks.set_marks((Mark(0.5, 0.5, "circle", 30.0, "", RED, 3.0), Mark(1.5, 0.5, "circle", 30.0, RED, RED)))
    image = picture(marks, seen)
    assert image.pixelColor(50, 50).name() == "#000000"
    assert image.pixelColor(65, 50).name() == RED
    marks.set_marks((*marks.marks, Mark(1.5, 0.5, "circle", 10.0, BLUE, BLUE)))
    assert picture(marks, seen).pixelColor(150, 50).name() == BLUE


def test_that_the_item_reaches_as_far_as_its_marks(marks: Marks) -> None:
    marks.set_marks((Mark(-2.0, 5.0, "star", 9.0, RED, RED), Mark(8.0, 7.0, "star", 9.0, RED, RED)))
    bounds = marks.boundingRect()
    assert bounds.contains(QPointF(-2.0, 5.0))
    assert bounds.contains(QPointF(8.0, 7.0))
    assert bounds.width() < 12.0
