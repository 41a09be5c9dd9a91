"""A field holds the number that was typed, to the last bit, and refuses what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QToolTip, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from landscape_app.views.number_field import NumberField, parse_number

MINUS = "\N{MINUS SIGN}"
UP, DOWN = Qt.Key.Key_Up, Qt.Key.Key_Down


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    QVBoxLayout(widget)
    widget.show()
    return widget


def put(window: QWidget, field: NumberField, qtbot: QtBot) -> tuple[NumberField, list[float]]:
    """Show the field with the focus; return it with what it will say to have been edited."""
    layout = window.layout()
    assert layout is not None
    layout.addWidget(field)
    window.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    edited: list[float] = []
    field.edited.connect(edited.append)
    return field, edited


def type_in(field: NumberField, text: str, qtbot: QtBot) -> None:
    field.selectAll()
    QTest.keyClicks(field, text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.1", 0.1), (" 12 ", 12.0), ("1e-300", 1e-300), (f"{MINUS}2.5", -2.5), (f"1e{MINUS}3", 1e-3), ("-0", 0.0)],
)
def test_that_a_number_is_read_as_people_write_it(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize("text", ["", "fast", "1,5", "nan", "inf", "-inf", "1e999", "1 2"])
def test_that_what_is_no_finite_number_is_none(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.usefixtures("qapp")
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_that_what_is_shown_reads_back_as_the_same_number(value: float) -> None:
    field = NumberField(1.0)
    field.set_value(value)
    assert parse_number(field.text()) == value
    field.deleteLater()


@pytest.mark.parametrize(
    ("value", "text"), [(3.0, "3"), (0.04, "0.04"), (-2.5, f"{MINUS}2.5"), (-3.0, f"{MINUS}3"), (1e-12, "1e-12")]
)
def test_that_a_number_is_shown_in_its_short_form(window: QWidget, qtbot: QtBot, value: float, text: str) -> None:
    field, edited = put(window, NumberField(value), qtbot)
    assert (field.text(), field.value, edited) == (text, value, [])


def test_that_return_commits_what_was_typed_once(window: QWidget, qtbot: QtBot) -> None:
    field, edited = put(window, NumberField(0.04), qtbot)
    type_in(field, "0.1234567890123", qtbot)
    assert (field.value, edited) == (0.04, [])
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (field.value, edited) == (0.1234567890123, [0.1234567890123])
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert len(edited) == 1


def test_that_the_same_number_typed_again_is_no_edit(window: QWidget, qtbot: QtBot) -> None:
    field, edited = put(window, NumberField(0.04), qtbot)
    type_in(field, "4e-2", qtbot)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (field.text(), edited) == ("0.04", [])


def test_that_leaving_the_field_commits(window: QWidget, qtbot: QtBot) -> None:
    field, edited = put(window, NumberField(1.0), qtbot)
    type_in(field, "2", qtbot)
    field.clearFocus()
    assert (field.value, edited) == (2.0, [2.0])


@pytest.mark.parametrize("text", ["fast", "-1", "11", "nan", "1e400"])
def test_that_what_cannot_be_is_marked_and_gives_way(window: QWidget, qtbot: QtBot, text: str) -> None:
    field, edited = put(window, NumberField(5.0, low=0.0, high=10.0), qtbot)
    type_in(field, text, qtbot)
    assert field.property("wrong") is True
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (field.text(), field.value, edited) == ("5", 5.0, [])
    type_in(field, "10", qtbot)
    assert field.property("wrong") is False


def test_that_a_whole_field_takes_whole_numbers_only(window: QWidget, qtbot: QtBot) -> None:
    field, edited = put(window, NumberField(7, low=1, whole=True), qtbot)
    type_in(field, "2.5", qtbot)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (field.text(), edited) == ("7", [])
    type_in(field, "3e3", qtbot)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (field.text(), edited) == ("3000", [3000.0])


def test_that_the_arrow_keys_add_a_step(window: QWidget, qtbot: QtBot) -> None:
    field, edited = put(window, NumberField(0.2, step=0.1), qtbot)
    for key in (UP, DOWN, DOWN, DOWN, DOWN):
        QTest.keyClick(field, key)
    assert edited == [0.3, 0.2, 0.1, 0.0, -0.1]  # not 0.30000000000000004
    assert field.text() == f"{MINUS}0.1"


def test_that_the_arrow_keys_multiply_where_there_is_a_factor(window: QWidget, qtbot: QtBot) -> None:
    field, edited = put(window, NumberField(0.03, factor=10.0), qtbot)
    for key in (UP, UP, DOWN, DOWN, DOWN):
        QTest.keyClick(field, key)
    assert edited == [0.3, 3.0, 0.3, 0.03, 0.003]


def test_that_the_arrow_keys_start_from_what_is_typed(window: QWidget, qtbot: QtBot) -> None:
    field, edited = put(window, NumberField(5.0, step=1.0), qtbot)
    type_in(field, "40", qtbot)
    QTest.keyClick(field, UP)
    assert (field.text(), edited) == ("41", [41.0])


def test_that_the_arrow_keys_stop_at_the_bounds(window: QWidget, qtbot: QtBot) -> None:
    field, edited = put(window, NumberField(9.5, low=0.0, high=10.0, step=1.0), qtbot)
    assert field.stepEnabled() == (
        QAbstractSpinBox.StepEnabledFlag.StepUpEnabled | QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
    )
    QTest.keyClick(field, UP)
    QTest.keyClick(field, UP)
    assert edited == [10.0]
    assert field.stepEnabled() == QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
    field.set_value(0.0)
    assert field.stepEnabled() == QAbstractSpinBox.StepEnabledFlag.StepUpEnabled


def test_that_a_value_from_elsewhere_is_shown_and_is_no_edit(window: QWidget, qtbot: QtBot) -> None:
    field, edited = put(window, NumberField(1.0), qtbot)
    field.set_value(0.25)
    assert (field.text(), field.value, edited) == ("0.25", 0.25, [])


def test_that_a_value_from_elsewhere_leaves_what_is_being_typed(window: QWidget, qtbot: QtBot) -> None:
    field, edited = put(window, NumberField(1.0), qtbot)
    type_in(field, "12", qtbot)
    field.set_value(0.25)
    assert (field.text(), field.value) == ("12", 0.25)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (field.text(), edited) == ("12", [12.0])


def test_that_a_step_from_what_is_typed_may_lead_back_to_the_value(qtbot: QtBot) -> None:
    field = NumberField(100.0, low=1.0, step=10.0)
    qtbot.addWidget(field)
    field.show()
    field.selectAll()
    QTest.keyClicks(field, "90")
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert field.text() == "100"
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.value == 100.0


def test_that_a_step_down_starts_from_what_is_typed_though_the_value_is_the_lowest(qtbot: QtBot) -> None:
    field = NumberField(1.0, low=1.0, step=1.0)
    qtbot.addWidget(field)
    field.show()
    field.selectAll()
    QTest.keyClicks(field, "5")
    QTest.keyClick(field, Qt.Key.Key_Down)
    assert field.value == 4.0


def test_that_few_digits_are_shown_and_all_are_kept(window: QWidget, qtbot: QtBot) -> None:
    value = 0.123456789012345
    other = put(window, NumberField(), qtbot)[0]
    field, edited = put(window, NumberField(value, step=0.5), qtbot)
    field.set_digits(4)
    assert field.text() == repr(value), "whoever changes a number sees all of it"
    other.setFocus()
    qtbot.waitUntil(lambda: not field.hasFocus())
    assert field.text() == "0.1235"
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    assert field.text() == repr(value)
    other.setFocus()
    qtbot.waitUntil(lambda: not field.hasFocus())
    assert edited == []
    assert field.value == value
    field.set_value(-2.0 / 3.0)
    assert field.text() == f"{MINUS}0.6667"
    field.stepBy(1)  # as the wheel does: from the exact value, not from what is shown
    assert field.value == pytest.approx(-2.0 / 3.0 + 0.5, abs=1e-9)
    field.set_digits(None)
    assert field.text() == repr(field.value).replace("-", MINUS)


def test_that_whole_numbers_and_what_is_typed_are_not_shortened(window: QWidget, qtbot: QtBot) -> None:
    whole = NumberField(123456, whole=True)
    whole.set_digits(3)
    assert whole.text() == "123456"
    field, edited = put(window, NumberField(1.0), qtbot)
    field.set_digits(3)
    type_in(field, "2.718281828", qtbot)
    assert field.text() == "2.718281828"
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert edited == [2.718281828]
    assert field.text() == "2.72"  # Return has left the field
    field.setFocus()
    assert field.text() == "2.718281828"


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ({"low": 1.0, "high": 1e6, "whole": True}, "99999999", "Type a whole number from 1 to 1,000,000."),
        ({"low": 0.0}, "-1", "Type a number, at least 0."),
        ({"low": -0.5, "high": 0.5}, "7", "Type a number from −0.5 to 0.5."),
        ({}, "many", "Type a number, such as 0.5 or 1e-3."),
    ],
)
def test_that_what_is_refused_is_told_with_what_can_be_typed(
    qtbot: QtBot, field: dict[str, float], typed: str, told: str
) -> None:
    made = NumberField(0.25 if field.get("whole") is None else 60.0, **field)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.show()
    made.setFocus()
    made.selectAll()
    QTest.keyClicks(made, typed)
    QTest.keyClick(made, Qt.Key.Key_Return)
    assert QToolTip.text() == told
    assert made.value == (60.0 if "whole" in field else 0.25)
    QToolTip.hideText()


@pytest.mark.parametrize(("key", "text"), [(Qt.Key.Key_B, "b"), (Qt.Key.Key_Space, " "), (Qt.Key.Key_BracketLeft, "[")])
def test_that_keys_that_make_no_number_are_left_to_the_menus(qtbot: QtBot, key: Qt.Key, text: str) -> None:
    field = NumberField(0.5)
    qtbot.addWidget(field)
    for target in (field, field.lineEdit()):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier, text)
        QApplication.sendEvent(target, event)
        assert not event.isAccepted()


@pytest.mark.parametrize("text", list("0189.,eE+-"))
def test_that_keys_that_make_a_number_are_the_fields(qtbot: QtBot, text: str) -> None:
    field = NumberField(0.5)
    qtbot.addWidget(field)
    event = QKeyEvent(QEvent.Type.ShortcutOverride, ord(text.upper()), Qt.KeyboardModifier.NoModifier, text)
    QApplication.sendEvent(field.lineEdit(), event)
    assert event.isAccepted()


@pytest.mark.parametrize(("key", "taken"), [(Qt.Key.Key_E, False), (Qt.Key.Key_K, False), (Qt.Key.Key_A, True)])
def test_that_of_the_keys_with_control_a_field_takes_those_that_edit(qtbot: QtBot, key: Qt.Key, taken: bool) -> None:
    field = NumberField(0.5)
    qtbot.addWidget(field)
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.ControlModifier)
    QApplication.sendEvent(field.lineEdit(), event)
    assert event.isAccepted() is taken


def test_that_a_double_click_takes_all_of_the_number(window: QWidget, qtbot: QtBot) -> None:
    field, edited = put(window, NumberField(0.04), qtbot)
    QTest.mouseDClick(field.lineEdit(), Qt.MouseButton.LeftButton)
    assert field.lineEdit().selectedText() == "0.04"
    QTest.keyClicks(field, "0.1")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert edited == [0.1]
