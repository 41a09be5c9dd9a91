"""What the picture of a sweep shows where: colours of losses, hatching, ring and dot, on real pixels."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from landscape_app.session.config import default_experiment
from landscape_app.session.prepare import prepare
from landscape_app.session.sweep import DIVERGED, FINISHED, IMPOSSIBLE, WAITING, SweepTable, sweep_wish
from landscape_app.session.sweep_axes import Axis
from landscape_app.views.colour_tables import colour_table
from landscape_app.views.palette import DARK, LIGHT, Palette
from landscape_app.views.sweep_map import SweepMap, colours_reach
from landscape_app.views.sweep_words import cell_text, summary_text, value_text

LOSS = np.array([[8.0, 4.0, 2.0, 1.0], [50.0, 3.0, np.nan, np.nan]])
STATE = np.array([[FINISHED] * 4, [FINISHED, DIVERGED, IMPOSSIBLE, WAITING]], dtype=np.int8)
REACHED = np.array([[20, 20, 20, 20], [20, 7, 0, 0]])


def table_of(y: Axis) -> SweepTable:
    prepared = prepare(default_experiment())
    x = Axis("learning_rate", (0.001, 0.01, 0.1, 1.0), True)
    wish = sweep_wish(prepared.experiment, 0, prepared.problem, x, y, 20)
    return SweepTable(wish, LOSS, REACHED, STATE, start_loss=16.0)


@pytest.fixture
def view(qtbot: QtBot) -> SweepMap:
    made = SweepMap()
    qtbot.addWidget(made)
    made.resize(420, 300)
    made.show()
    return made


def colour_at(image: QImage, view: SweepMap, row: int, column: int) -> QColor:
    """Return the colour a little off a cell's corner, away from ring and dot."""
    cell = view.cell_rect(row, column)
    return image.pixelColor(QPoint(round(cell.left() + 4), round(cell.top() + 4)))


def colours_in(image: QImage, view: SweepMap, row: int, column: int) -> set[str]:
    cell = view.cell_rect(row, column).toRect().adjusted(2, 2, -2, -2)
    pixels = [(x, y) for x in range(cell.left(), cell.right()) for y in range(cell.top(), cell.bottom())]
    return {image.pixelColor(x, y).name() for x, y in pixels}


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_that_cells_have_the_colours_of_their_losses(view: SweepMap, palette: Palette) -> None:
    view.set_palette(palette)
    table = table_of(Axis("momentum", (0.5, 0.9)))
    view.show_table(table, (0, 0), faded=False)
    image = view.grab().toImage()
    reach = colours_reach(table)
    assert (reach.low, reach.high) == (1.0, 16.0)  # 50 is above the start's loss
    for column, share in enumerate((0.75, 0.5, 0.25, 0.0)):
        expected = colour_table(palette.colour_map)[round(255 * share)]
        shown = colour_at(image, view, 0, column)
        rgb = np.array([shown.red(), shown.green(), shown.blue()])
        assert np.abs(rgb - expected[:3]).max() <= 2
    last = QColor(*(int(c) for c in colour_table(palette.colour_map)[255][:3])).name()
    assert last in colours_in(image, view, 1, 0)
    assert len(colours_in(image, view, 1, 0)) > 1  # hatched: higher than the start
    assert {QColor(palette.field).name(), QColor(palette.error).name()} <= colours_in(image, view, 1, 1)
    assert QColor(palette.faint).name() in colours_in(image, view, 1, 2)
    assert colours_in(image, view, 1, 3) == {QColor(palette.field).name()}
    assert QColor(palette.path).name() in colours_in(image, view, 0, 0)  # the one in hand
    assert "#ffffff" in colours_in(image, view, 0, 3)  # the ring of the best


def test_that_numbers_grow_upwards_and_rules_go_down(view: SweepMap) -> None:
    view.show_table(table_of(Axis("momentum", (0.5, 0.9))), None, faded=False)
    assert view.cell_rect(0, 0).top() > view.cell_rect(1, 0).top()
    view.show_table(table_of(Axis("optimizer", ("momentum", "nesterov"))), None, faded=False)
    assert view.cell_rect(0, 0).top() < view.cell_rect(1, 0).top()
    for row in range(2):
        for column in range(4):
            assert view.cell_at(view.cell_rect(row, column).center()) == (row, column)
    assert view.cell_at(QPointF(1, 1)) is None


def test_that_the_mouse_and_the_keys_tell_cells_apart(view: SweepMap) -> None:
    view.show_table(table_of(Axis("momentum", (0.5, 0.9))), None, faded=False)
    chosen: list[tuple[int, int]] = []
    view.chosen.connect(lambda row, column: chosen.append((row, column)))
    QTest.mouseMove(view, view.cell_rect(0, 1).center().toPoint())
    assert view.selected == (0, 1)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.cell_rect(1, 3).center().toPoint())
    QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=view.cell_rect(0, 0).center().toPoint())
    QTest.keyClick(view, Qt.Key.Key_Left)
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Enter)
    assert chosen == [(1, 3), (0, 2)]
    other = table_of(Axis("momentum", (0.5, 0.9)))
    view.show_table(other, None, faded=False)
    assert view.selected is None  # another sweep


def test_that_a_map_of_former_settings_is_faded(view: SweepMap) -> None:
    table = table_of(Axis("momentum", (0.5, 0.9)))
    view.show_table(table, None, faded=False)
    full = colour_at(view.grab().toImage(), view, 0, 3)
    view.show_table(table, None, faded=True)
    assert colour_at(view.grab().toImage(), view, 0, 3) != full


def test_the_words_of_every_state() -> None:
    table = table_of(Axis("momentum", (0.5, 0.9)))
    assert cell_text(table, 0, 1, 5) == "η 0.01, μ 0.5: L = 4.0000 after 20 iterations"
    assert cell_text(table, 1, 0, 5) == "η 0.001, μ 0.9: L = 50.000 after 20 iterations · higher than at the start"
    assert cell_text(table, 1, 1, 5) == "η 0.01, μ 0.9: diverges; iteration 7 is the last finite one, L = 3.0000"
    assert cell_text(table, 1, 2, 5) == "η 0.1, μ 0.9: this rule has no such setting, or not this value"
    assert cell_text(table, 1, 3, 5) == "η 1, μ 0.9: not computed yet"
    assert summary_text(table, 4) == "Best: η 1, μ 0.5: L = 1.000 · above the start's loss: 1 · diverged: 1 of 8"
    assert summary_text(table.wish.empty(), 4) == ""
    assert value_text("batch_size", None) == "all"
    assert value_text("optimizer", "adamw") == "AdamW"
