"""A table is typed, pasted and edited with keys and mouse, and every step can be taken back."""

import time
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from landscape_app.data.bundled import load_bundled
from landscape_app.data.table import Column, Table
from landscape_app.session.embedded import EmbeddedTable
from landscape_app.views.palette import DARK
from landscape_app.views.table_editor import TableEditor
from tests.views.moments import click
from tests.views.preview_samples import numbers, table, wide

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[list[TableEditor]]:
    """The dialogs of a test; the clipboard is left empty."""
    dialogs: list[TableEditor] = []
    yield dialogs
    for dialog in dialogs:
        dialog.close()
    QGuiApplication.clipboard().clear()


def show(opened: list[TableEditor], qtbot: QtBot, start: Table | None = None) -> TableEditor:
    dialog = TableEditor(start)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.set_palette(DARK)
    dialog.open()
    qtbot.waitExposed(dialog)
    dialog.activateWindow()
    dialog.view.setFocus()
    qtbot.waitUntil(dialog.view.hasFocus)
    opened.append(dialog)
    return dialog


@pytest.fixture
def blank(opened: list[TableEditor], qtbot: QtBot) -> TableEditor:
    return show(opened, qtbot)


@pytest.fixture
def people(opened: list[TableEditor], qtbot: QtBot) -> TableEditor:
    return show(opened, qtbot, table())


def type_here(dialog: TableEditor, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    """Type into the cell at hand, as after walking there with the arrows."""
    QTest.keyClicks(dialog.view, text[:1])
    field = dialog.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, text[1:])
    QTest.keyClick(field, key)


def press(dialog: TableEditor, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(dialog.view, key, modifier)


def paste(dialog: TableEditor, text: str) -> None:
    mime = QMimeData()
    mime.setText(text)
    QGuiApplication.clipboard().setMimeData(mime)
    press(dialog, Qt.Key.Key_V, CONTROL)


def content(dialog: TableEditor) -> dict[str, list[object]]:
    """Return the result as plain lists."""
    return plain(dialog.table())


def plain(embedded: EmbeddedTable) -> dict[str, list[object]]:
    result: dict[str, list[object]] = {}
    for column in embedded.columns:
        result[column.name] = [*(column.words or ())] if column.numbers is None else [*column.numbers.as_list()]
    return result


# --- typing ----------------------------------------------------------------------------------------------------------


def test_that_two_columns_are_typed_and_used(blank: TableEditor, qtbot: QtBot) -> None:
    assert not blank.ok_button.isEnabled()
    assert "two columns of numbers" in blank.state.text()
    for text in ("1", "2,5", "-3e2"):
        type_here(blank, text)
    blank.view.go_to(0, 1)
    for text in ("10", "20"):
        type_here(blank, text)
    assert blank.ok_button.isEnabled()
    assert blank.state.text() == "3 rows, 2 columns"
    with qtbot.waitSignal(blank.accepted):
        click(blank.ok_button)
    assert content(blank) == {"x": [1.0, 2.5, -300.0], "y": [10.0, 20.0, None]}


def test_that_rows_without_a_pair_of_numbers_are_not_enough(blank: TableEditor) -> None:
    paste(blank, "1\t\n2\t\n\t3\n\t4\n")
    assert not blank.ok_button.isEnabled()
    blank.accept()
    assert blank.isVisible()
    paste(blank, "1\t5\n2\t6\n")
    assert blank.ok_button.isEnabled()


def test_that_bad_text_is_refused_in_one_sentence_and_the_old_value_kept(people: TableEditor) -> None:
    type_here(people, "young")
    assert people.message.text() == "'young' is no number: row 1 of 'age' was kept."
    assert people.model.index(0, 0).data() == "19"
    assert people.view.currentIndex().row() == 0
    type_here(people, "1,234")
    assert people.message.text().startswith("'1,234' may be 1.234 or 1234: type the one that you mean")
    assert people.model.index(0, 0).data() == "19"
    assert not people.bar.undo.isEnabled()
    type_here(people, "20")
    assert people.message.text() == ""
    assert people.model.index(0, 0).data() == "20"


def test_that_a_cell_is_cleared_to_be_missing(people: TableEditor) -> None:
    press(people, Qt.Key.Key_Delete)
    people.view.go_to(1, 1)
    press(people, Qt.Key.Key_Backspace)
    assert content(people)["age"] == [None, 23.0, None, 31.0, 48.0]
    assert content(people)["colour"] == ["red", None, "red", None, "green"]


def test_that_words_are_edited_as_text(people: TableEditor) -> None:
    people.view.go_to(3, 1)
    type_here(people, "light blue")
    assert content(people)["colour"] == ["red", "blue", "red", "light blue", "green"]


def test_that_return_adds_a_row_at_the_end_and_does_not_close(people: TableEditor) -> None:
    people.view.go_to(4, 3)
    type_here(people, "59")
    assert people.isVisible()
    assert people.model.rowCount() == 6
    assert people.view.currentIndex().row() == 5
    press(people, Qt.Key.Key_Return)
    assert people.model.rowCount() == 7
    assert len(content(people)["age"]) == 5


def test_that_control_and_return_uses_the_values(people: TableEditor, qtbot: QtBot) -> None:
    with qtbot.waitSignal(people.accepted):
        press(people, Qt.Key.Key_Return, CONTROL)


def test_that_escape_throws_changes_away_only_when_pressed_twice(people: TableEditor, qtbot: QtBot) -> None:
    type_here(people, "20")
    press(people, Qt.Key.Key_Escape)
    assert people.isVisible()
    assert people.message.text() == "Press Escape once more to close without the changes."
    with qtbot.waitSignal(people.rejected):
        press(people, Qt.Key.Key_Escape)


def test_that_escape_closes_what_is_unchanged(people: TableEditor, qtbot: QtBot) -> None:
    with qtbot.waitSignal(people.rejected):
        press(people, Qt.Key.Key_Escape)


# --- rows and columns ------------------------------------------------------------------------------------------------


def test_that_rows_are_added_below_and_removed(people: TableEditor) -> None:
    people.view.go_to(1, 0)
    click(people.bar.add_row)
    assert people.view.currentIndex().row() == 2
    assert people.model.rowCount() == 6
    assert people.model.index(2, 0).data() == ""
    people.view.selectRow(0)
    click(people.bar.remove_rows)
    assert content(people)["weight"] == [52.5, 61.0, 75.0, 58.0]
    press(people, Qt.Key.Key_A, CONTROL)
    click(people.bar.remove_rows)
    assert people.message.text() == "At least one row stays: clear its cells instead."


def test_that_columns_are_added_and_removed(people: TableEditor) -> None:
    click(people.bar.add_column)
    assert [column.name for column in people.model.grid.columns] == ["age", "x5", "colour", "height", "weight"]
    assert people.view.currentIndex().column() == 1
    click(people.bar.remove_columns)
    people.view.go_to(0, 1)
    click(people.bar.remove_columns)
    assert list(content(people)) == ["age", "height", "weight"]
    press(people, Qt.Key.Key_A, CONTROL)
    click(people.bar.remove_columns)
    assert people.message.text() == "At least one column stays: clear its cells instead."


def test_that_a_double_click_on_a_head_renames(people: TableEditor) -> None:
    heads = people.view.heads
    place = QPoint(heads.sectionViewportPosition(2) + 20, heads.height() // 2)
    viewport = heads.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert heads.field.isVisible()
    assert heads.field.text() == "height"
    QTest.keyClicks(heads.field, "size")
    QTest.keyClick(heads.field, Qt.Key.Key_Return)
    assert not heads.field.isVisible()
    assert people.isVisible()
    assert list(content(people)) == ["age", "colour", "size", "weight"]
    assert people.table().columns[2].unit == "m"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("weight", "There is a column 'weight' already: choose another name."),
        (" ", "A column needs a name: 'age' was kept."),
    ],
)
def test_that_a_name_that_can_t_be_is_refused(people: TableEditor, name: str, sentence: str) -> None:
    click(people.bar.rename)
    QTest.keyClicks(people.view.heads.field, name)
    QTest.keyClick(people.view.heads.field, Qt.Key.Key_Return)
    assert people.message.text() == sentence
    assert next(iter(content(people))) == "age"
    click(people.bar.rename)
    QTest.keyClicks(people.view.heads.field, "other")
    QTest.keyClick(people.view.heads.field, Qt.Key.Key_Escape)
    assert next(iter(content(people))) == "age"
    assert people.isVisible()


def test_that_a_column_of_numbers_becomes_one_of_words_and_back(people: TableEditor) -> None:
    people.bar.kind.setFocus()
    QTest.keyClick(people.bar.kind, Qt.Key.Key_Down)
    assert content(people)["age"] == ["19", "23", None, "31", "48"]
    QTest.keyClick(people.bar.kind, Qt.Key.Key_Up)
    assert content(people)["age"] == [19.0, 23.0, None, 31.0, 48.0]
    people.view.go_to(0, 1)
    assert people.bar.kind.currentText() == "words"
    QTest.keyClick(people.bar.kind, Qt.Key.Key_Up)
    assert people.message.text() == "Row 1 of 'colour' holds 'red', which is no number: change it first."
    assert people.bar.kind.currentText() == "words"


# --- undo ------------------------------------------------------------------------------------------------------------


def test_that_every_step_is_taken_back_and_made_again(people: TableEditor) -> None:
    states = [content(people)]

    def step() -> None:
        states.append(content(people))

    type_here(people, "20")
    step()
    people.view.go_to(0, 2)
    press(people, Qt.Key.Key_Delete)
    step()
    click(people.bar.remove_columns)
    step()
    people.view.go_to(2, 1)
    click(people.bar.remove_rows)
    step()
    people.view.go_to(3, 1)
    paste(people, "red\t1,5\t7,25\ngreen\t2,5\t8\n")
    step()
    click(people.bar.add_column)
    step()
    people.model.rename(0, "years")
    step()
    assert len({repr(state) for state in states}) == len(states)
    for state in reversed(states[:-1]):
        press(people, Qt.Key.Key_Z, CONTROL)
        assert content(people) == state
    assert not people.bar.undo.isEnabled()
    for state in states[1:]:
        press(people, Qt.Key.Key_Y, CONTROL)
        assert content(people) == state
    assert not people.bar.redo.isEnabled()
    click(people.bar.undo)
    assert content(people) == states[-2]


# --- copy and paste --------------------------------------------------------------------------------------------------


def test_that_cells_are_copied_as_a_spreadsheet_takes_them(people: TableEditor) -> None:
    people.view.go_to(2, 0)
    press(people, Qt.Key.Key_Down, SHIFT)
    for _ in range(3):
        press(people, Qt.Key.Key_Right, SHIFT)
    press(people, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "\tred\t1.75\t61\n31\t\t1.8\t75\n"


def test_that_what_is_cut_comes_back_where_it_is_pasted(people: TableEditor) -> None:
    people.view.go_to(0, 2)
    press(people, Qt.Key.Key_Down, SHIFT)
    press(people, Qt.Key.Key_X, CONTROL)
    assert content(people)["height"][:2] == [None, None]
    people.view.go_to(3, 2)
    press(people, Qt.Key.Key_V, CONTROL)
    # 1.625 alone could be a thousand, but not if it was copied here.
    assert content(people)["height"] == [None, None, 1.75, 1.5, 1.625]


def test_that_pasting_grows_the_table_to_the_right_and_below(blank: TableEditor) -> None:
    blank.view.go_to(9, 1)
    paste(blank, "1\t2\tred\r\n3\t4\tblue\r\n5\t\tred\r\n")
    assert blank.model.rowCount() == 12
    assert content(blank) == {
        "x": [None, None, None],
        "y": [1.0, 3.0, 5.0],
        "x3": [2.0, 4.0, None],
        "x4": ["red", "blue", "red"],
    }
    press(blank, Qt.Key.Key_Z, CONTROL)
    assert (blank.model.rowCount(), blank.model.columnCount()) == (10, 2)


def test_that_a_first_line_of_names_names_the_columns(blank: TableEditor) -> None:
    paste(blank, "height\tweight\tcolour\n1,5\t40\tred\n1,75\t61\tblue\n")
    assert content(blank) == {"height": [1.5, 1.75], "weight": [40.0, 61.0], "colour": ["red", "blue"]}


def test_that_quoted_cells_are_taken_apart(blank: TableEditor) -> None:
    blank.bar.kind.setFocus()
    QTest.keyClick(blank.bar.kind, Qt.Key.Key_Down)
    blank.view.setFocus()
    paste(blank, '"two\nlines"\t1\n"say ""hi"""\t2\n')
    assert content(blank) == {"x": ["two\nlines", 'say "hi"'], "y": [1.0, 2.0]}


def test_that_numbers_that_may_be_two_are_asked_about(people: TableEditor) -> None:
    people.view.go_to(0, 3)
    paste(people, "1.234\n2.345\n")
    assert people.message.text() == "What does '1.234' mean in what was copied?"
    assert people.message.point_button.text() == "a number between 1 and 2"
    assert people.message.comma_button.text() == "1234"
    assert content(people)["weight"][:2] == [40.0, 52.5]
    click(people.message.comma_button)
    assert content(people)["weight"] == [1234.0, 2345.0, 61.0, 75.0, 58.0]
    assert not people.message.comma_button.isVisible()


def test_that_a_word_in_a_column_of_numbers_stops_a_paste(people: TableEditor) -> None:
    before = content(people)
    people.view.go_to(1, 3)
    paste(people, "55\nheavy\n")
    assert people.message.text() == (
        "Line 2 holds 'heavy', but column 'weight' holds numbers, so nothing was pasted: correct it first."
    )
    paste(people, "1,5\n1.5\n")
    assert "different decimal signs" in people.message.text()
    paste(people, "")
    assert people.message.text() == "There is no text to paste: copy cells in a spreadsheet first."
    assert content(people) == before


# --- starting points -------------------------------------------------------------------------------------------------


def test_that_a_table_comes_out_as_it_went_in(opened: list[TableEditor], qtbot: QtBot) -> None:
    start = load_bundled("diabetes")
    result = show(opened, qtbot, start).table().table("diabetes")
    assert result.names == start.names
    for name in start.numeric_names:
        assert np.array_equal(result.numbers(name), start.numbers(name))
        assert result.column(name).unit == start.column(name).unit
    people = show(opened, qtbot, table())
    assert people.table() == EmbeddedTable.of(table())


def test_that_columns_that_were_not_kept_are_named(opened: list[TableEditor], qtbot: QtBot) -> None:
    columns = (numbers("a", [1.0, 2.0]), Column("name", None, obstacle="line 2 holds 'Ann'"), numbers("b", [1.0, 3.0]))
    dialog = show(opened, qtbot, Table("t", columns, 2))
    assert dialog.message.text().endswith("words that repeat: 'name'.")
    assert list(content(dialog)) == ["a", "b"]


def test_that_the_table_it_starts_from_is_not_changed(opened: list[TableEditor], qtbot: QtBot) -> None:
    start = table()
    type_here(show(opened, qtbot, start), "99")
    assert start.numbers("age")[0] == 19.0


def test_that_a_hundred_thousand_rows_are_edited_promptly(opened: list[TableEditor], qtbot: QtBot) -> None:
    _, start = wide(20, 100_000)
    dialog = show(opened, qtbot, start)
    dialog.view.go_to(99_999, 19)
    began = time.perf_counter()
    type_here(dialog, "1.5", Qt.Key.Key_Tab)
    press(dialog, Qt.Key.Key_Z, CONTROL)
    click(dialog.bar.add_row)
    press(dialog, Qt.Key.Key_Z, CONTROL)
    assert time.perf_counter() - began < 2.0  # measured: a twentieth of it
    assert np.array_equal(dialog.table().table("t").numbers("measurement_019"), start.numbers("measurement_019"))


def test_that_every_control_has_a_name_a_tip_and_a_place_in_the_tab_order(people: TableEditor) -> None:
    controls: list[QWidget] = [
        people.bar.add_row,
        people.bar.remove_rows,
        people.bar.add_column,
        people.bar.remove_columns,
    ]
    controls += [people.bar.rename, people.bar.kind, people.cancel_button, people.ok_button]
    for control in controls:
        assert control.accessibleName(), control
        assert control.toolTip(), control
    reached = set()
    for _ in range(20):
        widget = people.focusWidget()
        reached.add(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    assert reached >= {*controls, people.view}
