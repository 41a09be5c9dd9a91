"""Heat maps and tables of the terms: what is drawn, told, marked and opened."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from landscape_app.core.arrays import FloatArray
from landscape_app.session.backprop import INCREMENT, MOVE, step_examples
from landscape_app.views.backprop import BackpropView
from landscape_app.views.backprop_rows import TermRow
from landscape_app.views.backprop_table import ValueModel
from landscape_app.views.backprop_values import MARGIN, SMALL, Axis, HeatStrip, Value, shade_on
from landscape_app.views.diverging import MIDDLE, colour_indices, diverging_table
from landscape_app.views.palette import DARK, LIGHT, Palette, look_with
from landscape_app.views.plotting import scaled_font
from tests.views.moments import made_data, moment, number_in, passes_of


def strip_of(qtbot: QtBot, array: FloatArray, width: int = 260) -> HeatStrip:
    strip = HeatStrip()
    qtbot.addWidget(strip)
    columns = Axis("example", numbers=np.arange(array.shape[1]) + 1)
    strip.set_value(Value("", array, array.shape, Axis(""), columns))
    strip.resize(width, strip.sizeHint().height())
    strip.grab()
    return strip


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("outlier", [0, 3_456, 9_999])
def test_that_one_large_entry_of_very_many_is_counted_drawn_and_told(qtbot: QtBot, outlier: int, sign: float) -> None:
    array = np.random.default_rng(0).normal(size=(1, 10_000))
    array[0, outlier] = 9_999.0 * sign
    strip = strip_of(qtbot, array)
    assert strip.reach == 10_000.0
    drawn = strip._colours()[0].astype(int) - MIDDLE
    place = int(np.argmax(np.abs(drawn)))
    assert drawn[place] * sign > 0.99 * MIDDLE
    assert np.sum(np.abs(drawn) > 0.5 * MIDDLE) == 1
    text = strip.text_at(QPoint(int((place + 0.5) / len(drawn) * strip.width()), strip.height() - 6))
    assert f"example {outlier + 1}: {9_999.0 * sign!r}\n" in text


@pytest.mark.parametrize("columns", [7, 260, 500, 1_500, 10_000])
def test_that_the_entry_told_is_the_one_painted(qtbot: QtBot, columns: int) -> None:
    array = np.random.default_rng(1).normal(size=(3, columns))
    array[1, -1] = np.inf
    array[2, 0] = np.nan
    strip = strip_of(qtbot, array)
    drawn = strip._colours()
    top = strip._caption_height()
    for x in range(0, strip.width(), 9):
        for row in range(3):
            text = strip.text_at(QPoint(x, round(top + (row + 0.5) / 3 * (strip.height() - top - 1.5))))
            name, value = text.splitlines()[0].split(": ")
            column = int(name.split()[-1]) - 1
            assert repr(float(array[row, column])) == value
            shown = drawn[row, min(int(x / strip.width() * drawn.shape[1]), drawn.shape[1] - 1)]
            number = np.nan_to_num(np.clip(array[row, column], -strip.reach, strip.reach))
            if np.isfinite(array[row, column]):
                assert shown == colour_indices(np.array([number]), strip.reach)[0]


@pytest.fixture
def view(qtbot: QtBot) -> BackpropView:
    made = BackpropView()
    qtbot.addWidget(made)
    made.resize(260, 900)
    made.set_palette(DARK)
    made.show()
    qtbot.waitUntil(lambda: made._seen)
    return made


def row_of(view: BackpropView, name: str) -> TermRow:
    return next(row for row in view.rows if row.equation.name == name)


@pytest.mark.parametrize("size", [None, 6])
def test_that_a_picked_examples_column_is_framed_wherever_columns_are_examples(
    view: BackpropView, size: int | None
) -> None:
    shown = moment("two-layer-sigmoid", made_data(3, 17), hidden=4, batch_size=size)
    batch = step_examples(shown)
    columns = np.arange(17) if batch is None else batch
    view.render_snapshot(shown)
    strips = {row.equation.name: row.strips for row in view.rows}
    assert all(strip.marked is None for row in view.rows for strip in row.strips)
    example = int(columns[4])
    view.render_snapshot(replace(shown, example=example))
    for name in ("Z", "A", "yhat", "residual", "dL/dyhat", "dL/dA", "dL/dZ"):
        assert [strip.marked for strip in strips[name]] == [4]
    for name in ("dL/dW1", "dL/db1", "dL/dw2", INCREMENT, MOVE):
        assert all(strip.marked is None for strip in strips[name])
    strip = strips["yhat"][0]
    area = QRectF(0, 0, 10 * len(columns), 20)
    assert strip.mark_in(area).center().x() == pytest.approx(45.0)
    strip.set_marked(0)
    assert area.contains(strip.mark_in(area))
    following = replace(shown, cursor=15, example=example)
    view.render_snapshot(following)
    order = step_examples(following)
    place = 4 if order is None else next((i for i, one in enumerate(order) if one == example), None)
    assert strip.marked == place
    view.render_snapshot(replace(following, example=None))
    assert strip.marked is None


@pytest.mark.parametrize("model", ["univariate", "two-layer-sigmoid"])
def test_that_single_numbers_tell_what_a_picked_example_adds(view: BackpropView, model: str) -> None:
    shown = moment(model, made_data(1, 17), batch_size=5)
    batch = step_examples(shown)
    assert batch is not None
    told = dict.fromkeys(("L", "dL/dw", "dL/db") if model == "univariate" else ("L", "dL/db2"), 0.0)
    for example in batch.tolist():
        view.render_snapshot(replace(shown, example=example))
        for name in told:
            note = row_of(view, name).line.note
            assert note.startswith(f"example {example + 1} adds ")
            told[name] += number_in(note)
    passes = passes_of(shown)
    for name, total in told.items():
        assert total == pytest.approx(float(passes[name]), abs=1e-4)
    outside = next(i for i in range(17) if i not in batch)
    view.render_snapshot(replace(shown, example=outside))
    assert row_of(view, "L").line.note.startswith("= (1/5)")


@pytest.mark.parametrize("model", ["multivariate", "two-layer-sigmoid"])
def test_that_every_entry_of_the_gradient_opens_from_heat_maps_and_tables(view: BackpropView, model: str) -> None:
    shown = moment(model, made_data(3, 17), hidden=4)
    view.render_snapshot(shown)
    view.grab()  # rows take the room that they need
    asked: list[int] = []
    view.entry_requested.connect(asked.append)
    for block in shown.problem.model.layout.blocks:
        if block.size == 1:
            continue
        strip = row_of(view, f"dL/d{block.name}").strips[0]
        assert strip.value is not None
        rows, columns = strip.value.matrix.shape
        top = strip._caption_height()
        QTest.keyClick(strip, Qt.Key.Key_Return)
        [dialog] = view.dialogs
        for i in range(block.size):
            row, column = divmod(i, columns)
            place = QPoint(
                int((column + 0.5) / columns * strip.width()),
                int(top + (row + 0.5) / rows * (strip.height() - top - 1.5)),
            )
            QTest.mouseDClick(strip, Qt.MouseButton.LeftButton, pos=place)
            assert asked.pop() == block.start + i
            cell = dialog.model.index(row, column)
            dialog.table.doubleClicked.emit(cell)
            dialog.table.setCurrentIndex(cell)
            QTest.keyClick(dialog.table, Qt.Key.Key_Return)
            assert asked == [block.start + i] * 2
            asked.clear()
            assert dialog.isVisible()
        assert "Return" in dialog.table.toolTip()
        assert "Double click" in strip.text_at(QPoint(5, strip.height() - 5))
        dialog.reject()


def test_that_a_double_click_on_a_heat_map_opens_no_table_and_a_click_does(view: BackpropView, qtbot: QtBot) -> None:
    view.render_snapshot(moment("multivariate", made_data(3, 17)))
    asked: list[int] = []
    view.entry_requested.connect(asked.append)
    strip, yhat = (row_of(view, name).strips[0] for name in ("dL/dw", "yhat"))
    place = QPoint(4, strip.height() - 6)
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(strip, Qt.MouseButton.LeftButton, pos=place)
    assert asked == [0]
    assert not strip._clicked.isActive()
    assert view.dialogs == []
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: [dialog.name for dialog in view.dialogs] == ["dL/dw"])
    QTest.mouseClick(yhat, Qt.MouseButton.LeftButton, pos=place)  # no gradient of a parameter: at once
    assert [dialog.name for dialog in view.dialogs] == ["dL/dw", "yhat"]
    cell = view.dialogs[1].model.index(2, 0)
    view.dialogs[1].table.doubleClicked.emit(cell)
    assert asked == [0]


def test_that_a_double_click_on_a_gradients_row_opens_its_largest_entry(view: BackpropView) -> None:
    shown = moment("multivariate", made_data(3, 17))
    view.render_snapshot(shown)
    asked: list[int] = []
    view.entry_requested.connect(asked.append)
    for name in ("dL/dw", "dL/db", "yhat", "L", INCREMENT):
        QTest.mouseDClick(row_of(view, name), Qt.MouseButton.LeftButton, pos=QPoint(3, 6))
    assert asked == [int(np.argmax(np.abs(shown.grad[:3]))), 3]


def test_that_a_table_of_very_many_rows_opens_without_looking_at_them_all(
    view: BackpropView, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = moment("univariate", made_data(1, 70_000), iterations=2, cursor=1)
    view.render_snapshot(shown)
    asked: list[int] = []
    original = ValueModel.headerData

    def counted(
        model: ValueModel, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        asked.append(section)
        return original(model, section, orientation, role)

    monkeypatch.setattr(ValueModel, "headerData", counted)
    QTest.keyClick(row_of(view, "yhat").strips[0], Qt.Key.Key_Return)
    [dialog] = view.dialogs
    assert dialog.model.rowCount() > 60_000
    assert len(asked) < 100
    dialog.grab()
    rows = dialog.table.verticalHeader()
    metrics = rows.fontMetrics()
    for row in (0, 7, dialog.model.rowCount() - 1):
        name = dialog.model.headerData(row, Qt.Orientation.Vertical)
        assert metrics.horizontalAdvance(str(name)) + 12 <= rows.width()


def test_that_a_tables_heads_have_room_for_names(view: BackpropView) -> None:
    data = made_data(3, 17, feature_names=("a", "b", "the longest name of all"))
    view.render_snapshot(moment("two-layer-sigmoid", data, hidden=12))
    QTest.keyClick(row_of(view, "dL/dW1").strips[0], Qt.Key.Key_Return)
    [dialog] = view.dialogs
    dialog.grab()
    rows, columns = dialog.table.verticalHeader(), dialog.table.horizontalHeader()
    assert rows.fontMetrics().horizontalAdvance("unit 11") + 12 <= rows.width()
    assert rows.isVisible()
    assert columns.isVisible()
    assert columns.height() >= columns.fontMetrics().height() + 4
    assert dialog.table.rowHeight(0) == dialog.table.rowHeight(11)


def test_that_what_is_alone_on_its_side_has_no_name(view: BackpropView) -> None:
    view.render_snapshot(moment("two-layer-sigmoid", made_data(2, 17), hidden=3))
    for name, told, heads in (("yhat", "example 1: ", (" ", "example 1")), ("dL/db1", "unit 0: ", (" ", "unit 0"))):
        strip = row_of(view, name).strips[0]
        assert strip.text_at(QPoint(1, round(strip._caption_height()) + 2)).startswith(told)
        QTest.keyClick(strip, Qt.Key.Key_Return)
        model = view.dialogs[-1].model
        across, down = (model.headerData(0, o) for o in (Qt.Orientation.Horizontal, Qt.Orientation.Vertical))
        assert (across, down) == heads
        assert model.longest_name(Qt.Orientation.Horizontal) == ""


# -- numbers in the cells -------------------------------------------------------------------------------------------


def small_strip(qtbot: QtBot, cells: list[list[float]], width: int) -> HeatStrip:
    """Return a strip of named columns, as high as it wants to be."""
    strip = HeatStrip()
    qtbot.addWidget(strip)
    names = tuple(f"x{i}" for i in range(len(cells[0])))
    strip.set_value(Value("", np.array(cells), (len(cells), len(cells[0])), Axis(""), Axis("", names)))
    strip.resize(width, strip.sizeHint().height())
    return strip


def test_that_cells_with_room_have_their_numbers_in_as_many_digits_as_fit(qtbot: QtBot) -> None:
    strip = small_strip(qtbot, [[-1.23456, 0.000123456]], 260)
    assert strip.numbers() == [["−1.235", "1.235e−4"]]
    wide = QFontMetricsF(scaled_font(strip.font(), SMALL)).horizontalAdvance("1.23e−4")
    strip.resize(2 * int(wide + MARGIN + 1), strip.height())
    assert strip.numbers() == [["−1.23", "1.23e−4"]]
    strip.resize(2 * int(wide + MARGIN - 1), strip.height())
    assert strip.numbers() == [["−1.2", "1.2e−4"]]
    narrow = QFontMetricsF(scaled_font(strip.font(), SMALL)).horizontalAdvance("1.2e−4")
    strip.resize(2 * int(narrow + MARGIN - 1), strip.height())
    assert strip.numbers() == []  # all have their numbers or none
    strip.resize(600, strip.height())
    strip.set_palette(look_with(DARK, DARK.colour_map, 7))
    assert strip.numbers() == [["−1.234560", "1.234560e−4"]]


def test_that_small_arrays_have_rows_as_high_as_their_numbers_and_large_ones_stay_low(qtbot: QtBot) -> None:
    heights = {
        shape: small_strip(qtbot, np.ones(shape).tolist(), 400).sizeHint().height()
        for shape in ((1, 2), (4, 8), (4, 9), (5, 8))
    }
    metrics = QFontMetricsF(scaled_font(small_strip(qtbot, [[1.0]], 400).font(), SMALL))
    assert heights[1, 2] - metrics.height() >= metrics.height() + 2
    assert heights[4, 8] - heights[1, 2] >= 3 * metrics.height()
    assert max(heights[4, 9], heights[5, 8]) < heights[4, 8]
    assert small_strip(qtbot, np.ones((4, 9)).tolist(), 4_000).numbers() == []
    assert small_strip(qtbot, np.ones((5, 8)).tolist(), 4_000).numbers() == []


@pytest.mark.parametrize("look", [DARK, LIGHT], ids=["dark", "light"])
def test_that_numbers_are_read_on_each_colour(look: Palette) -> None:
    for entry in diverging_table(look.dark):
        ground = QColor(entry)
        contrast = {shade: contrast_of(QColor(shade), ground) for shade in ("#000000", "#ffffff")}
        chosen = shade_on(ground).name()
        assert contrast[chosen] == max(contrast.values()) >= 4.5


def contrast_of(one: QColor, other: QColor) -> float:
    """Return the contrast ratio of WCAG 2."""

    def luminance(shade: QColor) -> float:
        parts = [shade.redF(), shade.greenF(), shade.blueF()]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("look", [DARK, LIGHT], ids=["dark", "light"])
def test_that_a_number_is_painted_in_its_own_cell(qtbot: QtBot, look: Palette) -> None:
    strip = small_strip(qtbot, [[2.0, -2.0], [0.5, -0.5]], 200)
    strip.set_palette(look)
    written = strip.grab().toImage()
    strip.numbers = list  # type: ignore[method-assign]
    bare = strip.grab().toImage()
    top, bottom = round(strip._caption_height()) + 1, strip.height() - 3
    middle = (top + bottom) // 2
    for left in (2, 102):
        for first, last in ((top, middle), (middle, bottom)):
            changed = [
                (x, y)
                for x in range(left, left + 96)
                for y in range(first, last)
                if written.pixel(x, y) != bare.pixel(x, y)
            ]
            assert changed
            assert np.mean([x for x, _ in changed]) == pytest.approx(left + 48, abs=5)


@pytest.mark.parametrize(("model", "names"), [("multivariate", ("dL/dw", "dL/db")), ("univariate", ("dL/dw", "dL/db"))])
def test_that_every_gradient_of_one_number_has_a_line_with_the_sum_put_in(
    view: BackpropView, model: str, names: tuple[str, ...]
) -> None:
    shown = moment(model, made_data(1, 17))
    view.render_snapshot(shown)
    passes = passes_of(shown)
    for name in names:
        assert row_of(view, name).line.note.startswith("= (2/17) · ")
        total = row_of(view, name).line.note.strip(")").replace("(", "")
        assert number_in(total) * 2 / 17 == pytest.approx(float(passes[name].item()), rel=1e-5)


def test_that_a_unit_alone_has_gradients_of_one_number_too(view: BackpropView) -> None:
    view.render_snapshot(moment("two-layer-sigmoid", made_data(1, 17), hidden=1))
    for name in ("dL/dW1", "dL/db1", "dL/dw2", "dL/db2"):
        assert row_of(view, name).line.note.startswith("= (2/17) · ")
