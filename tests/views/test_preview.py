"""The preview shows what was understood, takes corrections, and opens only what is beyond doubt."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QMenu
from pytestqt.qtbot import QtBot

from landscape_app.data.reading import Doubt, Reading, Survey
from landscape_app.data.table import Column
from landscape_app.session.config import DataConfig
from landscape_app.views.palette import DARK, LIGHT
from landscape_app.views.preview import PreviewDialog
from tests.views.moments import click
from tests.views.preview_samples import FOUND, numbers, survey, table, wide, words

DECIMAL = Doubt("decimal", "line 2 holds '1.625', which may be a thousand or a decimal", ("point", "comma"))


class Asked(list[Reading]):
    """What a dialog asked to be read."""


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def dialog(qtbot: QtBot, asked: Asked) -> Iterator[PreviewDialog]:
    dialog = PreviewDialog("people.csv", DataConfig(kind="file", path="people.csv"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.set_palette(DARK)
    dialog.reading_changed.connect(asked.append)
    dialog.resize(1100, 720)  # the offscreen platform's screen is small
    dialog.open()
    qtbot.waitExposed(dialog)
    dialog.begin()
    yield dialog
    dialog.close()


def choose(box: QComboBox, data: object) -> None:
    """Choose an entry with the keyboard, as a user would."""
    box.setFocus()
    wanted = box.findData(data)
    while box.currentIndex() != wanted:
        QTest.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < wanted else Qt.Key.Key_Up)


def feed(dialog: PreviewDialog) -> None:
    dialog.show_survey(survey())
    dialog.show_table(table())


def test_that_the_first_question_is_asked_with_what_was_known_before(qtbot: QtBot) -> None:
    known = Reading(delimiter="semicolon", rows=50)
    dialog = PreviewDialog("x.csv", DataConfig(reading=known))
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.reading_changed) as signal:
        dialog.begin()
    assert signal.args == [known]
    assert dialog.settings.delimiter.currentData() == "semicolon"
    assert dialog.settings.rows.text() == "50"


def test_that_it_says_in_plain_words_what_was_understood(dialog: PreviewDialog) -> None:
    feed(dialog)
    assert dialog.summary.text() == (
        "Comma-separated text, UTF-8, names in the first line, decimal points: 5 rows, 4 columns, 2 values missing."
    )
    assert dialog.settings.delimiter.currentText() == "found: comma  ,"
    assert dialog.state.text() == "4 of 5 rows will be used."


def test_that_the_cells_stand_as_in_the_file_and_missing_ones_are_tinted(dialog: PreviewDialog) -> None:
    feed(dialog)
    model = dialog.preview.cells
    assert model.index(1, 2).data() == "1.625"
    assert model.index(3, 1).data() == "NA"
    tints = {
        (row, column)
        for row in range(5)
        for column in range(4)
        if model.index(row, column).data(Qt.ItemDataRole.BackgroundRole) is not None
    }
    assert tints == {(2, 0), (3, 1)}
    right, left = (model.index(0, column).data(Qt.ItemDataRole.TextAlignmentRole) for column in (0, 1))
    assert right & Qt.AlignmentFlag.AlignRight
    assert left & Qt.AlignmentFlag.AlignLeft


def test_that_every_column_says_its_range_mean_and_gaps(dialog: PreviewDialog) -> None:
    feed(dialog)
    header = dialog.preview.cells
    tips = [header.headerData(i, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) for i in range(4)]
    assert tips[0] == "age: from 19 to 48, mean 30.25; 1 missing"
    assert tips[1] == "colour: red 2, blue 1, green 1; 1 missing"
    assert tips[2] == "height (m): from 1.5 to 1.8, mean 1.665; nothing missing"
    role = Qt.ItemDataRole.AccessibleDescriptionRole
    assert header.headerData(0, Qt.Orientation.Horizontal, role) == tips[0]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("delimiter", "semicolon", Reading(delimiter="semicolon")),
        ("decimal", "comma", Reading(decimal="comma")),
        ("encoding", "cp1252", Reading(encoding="cp1252")),
        ("header", False, Reading(header=False)),
    ],
)
def test_that_a_corrected_setting_is_read_again(
    dialog: PreviewDialog, asked: Asked, name: str, value: object, expected: Reading
) -> None:
    feed(dialog)
    choose(getattr(dialog.settings, name), value)
    assert asked[-1] == expected
    assert not dialog.open_button.isEnabled()
    assert dialog.progress.isVisible()
    feed(dialog)
    assert dialog.open_button.isEnabled()
    assert getattr(dialog.settings, name).currentData() == value
    choose(getattr(dialog.settings, name), None)
    assert asked[-1] == Reading()


def test_that_a_limit_of_rows_and_words_for_missing_are_typed(dialog: PreviewDialog, asked: Asked) -> None:
    feed(dialog)
    dialog.settings.rows.setFocus()
    QTest.keyClicks(dialog.settings.rows, "1,000")
    QTest.keyClick(dialog.settings.rows, Qt.Key.Key_Tab)
    assert asked[-1] == Reading(rows=1000)
    dialog.settings.missing.setFocus()
    QTest.keyClicks(dialog.settings.missing, "999, unknown,")
    QTest.keyClick(dialog.settings.missing, Qt.Key.Key_Tab)
    assert asked[-1] == Reading(rows=1000, missing=("999", "unknown"))
    assert dialog.isVisible()


@pytest.mark.parametrize("text", ["1", "0", "many", "-5", "2.5e3"])
def test_that_a_limit_that_is_none_is_marked_and_gives_way(dialog: PreviewDialog, asked: Asked, text: str) -> None:
    feed(dialog)
    before = len(asked)
    dialog.settings.rows.setFocus()
    QTest.keyClicks(dialog.settings.rows, text)
    assert dialog.settings.rows.property("wrong")
    QTest.keyClick(dialog.settings.rows, Qt.Key.Key_Tab)
    assert dialog.settings.rows.text() == ""
    assert len(asked) == before


def test_that_return_in_a_field_reads_again_and_does_not_open_what_is_old(dialog: PreviewDialog, asked: Asked) -> None:
    feed(dialog)
    dialog.settings.rows.setFocus()
    QTest.keyClicks(dialog.settings.rows, "3")
    QTest.keyClick(dialog.settings.rows, Qt.Key.Key_Return)
    assert asked[-1] == Reading(rows=3)
    assert dialog.isVisible()


def test_that_a_doubt_is_asked_and_nothing_opens_before_it_is_settled(dialog: PreviewDialog, asked: Asked) -> None:
    dialog.show_survey(survey(doubts=(DECIMAL,)))
    assert "decimal" not in dialog.summary.text()  # the survey assumed points, but that is what is asked
    assert dialog.settings.decimal.currentText() == "find out"
    point, comma = dialog.doubts.buttons
    assert point.text() == "Decimal point: 1.625 is between 1 and 2"
    assert comma.text() == "Thousands: 1.625 is 1625"
    assert not dialog.open_button.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()
    click(comma)
    assert asked[-1] == Reading(decimal="comma")
    feed(dialog)
    assert not dialog.doubts.isVisible()
    assert dialog.open_button.isEnabled()
    assert dialog.config.reading == Reading(decimal="comma")


def test_that_a_doubt_of_commas_is_named_the_other_way_round(dialog: PreviewDialog) -> None:
    doubt = Doubt("decimal", "line 3 holds '12,500', which may be a thousand or a decimal", ("point", "comma"))
    dialog.show_doubts((doubt,))
    assert [button.text() for button in dialog.doubts.buttons] == [
        "Thousands: 12,500 is 12500",
        "Decimal comma: 12,500 is between 12 and 13",
    ]


def test_that_numbers_that_contradict_each_other_leave_the_plain_choice(dialog: PreviewDialog) -> None:
    sentence = "line 2 holds '1.500' and line 3 holds '1,5': one of the signs can't be the decimal one"
    dialog.show_doubts((Doubt("decimal", sentence, ("point", "comma")),))
    assert [button.text() for button in dialog.doubts.buttons] == ["point (1,234.5)", "comma (1.234,5)"]


def test_that_several_doubts_are_answered_one_after_the_other(dialog: PreviewDialog, asked: Asked) -> None:
    header = Doubt("header", "the first line may hold names or numbers", ("yes", "no"))
    dialog.show_survey(survey(doubts=(DECIMAL, header)))
    click(dialog.doubts.buttons[3])
    assert asked[-1] == Reading(header=False)
    dialog.show_survey(survey(doubts=(DECIMAL,)))
    assert len(dialog.doubts.buttons) == 2
    click(dialog.doubts.buttons[0])
    assert asked[-1] == Reading(header=False, decimal="point")


def test_that_many_answers_are_offered_in_a_list(dialog: PreviewDialog, asked: Asked) -> None:
    sheets = tuple(f"Sheet {i}" for i in range(12))
    found = Reading(header=True)
    dialog.show_survey(survey(found, form="xlsx", parts=sheets, doubts=(Doubt("part", "which sheet", sheets),)))
    (box,) = dialog.doubts.boxes
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_End)
    assert asked[-1] == Reading(part="Sheet 11")


def test_that_settings_that_a_format_lacks_are_hidden(dialog: PreviewDialog) -> None:
    s = dialog.settings
    boxes = {"delimiter": s.delimiter, "decimal": s.decimal, "encoding": s.encoding, "header": s.header, "part": s.part}

    def shown() -> set[str]:
        return {name for name, box in boxes.items() if box.isVisible()}

    feed(dialog)
    assert shown() == {"delimiter", "decimal", "encoding", "header"}
    dialog.show_survey(survey(Reading(header=True, part="2024"), form="xlsx", parts=("2023", "2024")))
    assert shown() == {"header", "part"}
    assert s.part.currentText() == "found: 2024"
    dialog.show_survey(survey(Reading(), form="parquet"))
    assert shown() == set()
    pasted = Reading(delimiter="tab", decimal="point", header=True)
    dialog.show_survey(survey(pasted))
    assert shown() == {"delimiter", "decimal", "header"}


@pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard")  # for menus; it means nothing
def test_that_what_a_column_holds_is_corrected_by_box_and_by_head(
    dialog: PreviewDialog, asked: Asked, qtbot: QtBot
) -> None:
    feed(dialog)
    pane = dialog.preview
    pane.view.setFocus()
    QTest.keyClick(pane.view, Qt.Key.Key_Right)
    assert pane.kind_label.text() == "Column 'colour' holds"
    assert pane.column_line.text() == "red 2, blue 1, green 1; 1 missing"
    choose(pane.kind_box, "number")
    assert asked[-1] == Reading(kinds=(("colour", "number"),))
    feed(dialog)
    place = pane.header.kind_rect(0).center()
    QTest.mouseMove(pane.header.viewport(), place)
    QTest.mouseClick(pane.header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    (menu,) = pane.findChildren(QMenu)
    qtbot.waitUntil(menu.isVisible)
    assert [(a.text(), a.isChecked()) for a in menu.actions()] == [("numbers", True), ("words", False)]
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert asked[-1] == Reading(kinds=(("colour", "number"), ("age", "words")))


def test_that_target_features_gaps_and_scale_are_chosen(dialog: PreviewDialog) -> None:
    feed(dialog)
    choice = dialog.choice
    assert choice.target.currentText() == "weight"
    assert list(choice.features.chosen) == ["age", "height"]
    assert choice.missing.itemText(0) == "drop the row (1 row)"
    colour = choice.features.list.item(1)
    assert colour.text() == "colour (3 words)"
    choice.features.list.setFocus()
    choice.features.list.setCurrentItem(colour)
    QTest.keyClick(choice.features.list, Qt.Key.Key_Space)
    assert list(choice.features.chosen) == ["age", "colour", "height"]
    assert choice.missing.itemText(0) == "drop the row (2 rows)"
    assert dialog.state.text() == "3 of 5 rows will be used."
    choice.missing.setFocus()
    choose(choice.missing, "mean")
    assert dialog.state.text() == "5 rows will be used."
    choose(choice.scale, "both")
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.result() == PreviewDialog.DialogCode.Accepted
    assert dialog.config == DataConfig(
        kind="file",
        path="people.csv",
        target="weight",
        features=("age", "colour", "height"),
        missing="mean",
        scale="both",
    )
    assert dialog.table is not None
    assert dialog.table.names == ("age", "colour", "height", "weight")


def test_that_another_target_frees_the_old_one(dialog: PreviewDialog) -> None:
    feed(dialog)
    dialog.choice.target.setFocus()
    QTest.keyClick(dialog.choice.target, Qt.Key.Key_Home)
    assert dialog.choice.target.currentText() == "age"
    assert dialog.config.features == ("height", "weight")
    assert dialog.state.text() == "4 of 5 rows will be used."


def test_that_no_feature_means_no_opening(dialog: PreviewDialog) -> None:
    feed(dialog)
    click(dialog.choice.none_button)
    assert dialog.choice.features.chosen == ()
    assert not dialog.open_button.isEnabled()
    assert dialog.state.text() == "Tick at least one feature."
    click(dialog.choice.all_button)
    assert dialog.config.features == ("age", "colour", "height")
    assert dialog.open_button.isEnabled()


def test_that_a_choice_outlives_reading_again(dialog: PreviewDialog, asked: Asked) -> None:
    feed(dialog)
    dialog.choice.features.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    choose(dialog.choice.scale, "standard")
    choose(dialog.settings.delimiter, "tab")
    feed(dialog)
    assert dialog.config.features == ("height",)
    assert dialog.config.scale == "standard"


def test_that_a_constant_target_and_unusable_tables_are_told(dialog: PreviewDialog) -> None:
    constant = (numbers("a", [1.0, 2.0]), numbers("b", [3.0, 3.0]))
    dialog.show_table(table(columns=constant, rows=2))
    assert dialog.state.text() == "The target 'b' is 3.0000 in every row: choose another target."
    dialog.show_table(table(columns=(words("w", ["a", "a"]),), rows=2))
    assert dialog.state.text().startswith("No column holds numbers")
    dialog.show_table(table(columns=(numbers("a", [1.0, 2.0]), Column("n", None, obstacle="line 2 holds 'x'")), rows=2))
    assert dialog.state.text().startswith("Only one column can be used")
    gaps = (numbers("a", [1.0, np.nan, 3.0]), numbers("b", [np.nan, 2.0, 3.0]), numbers("c", [1.0, 2.0, 3.0]))
    dialog.show_table(table(columns=gaps, rows=3))
    assert dialog.state.text().startswith("Fewer than two rows would be left")
    assert not dialog.open_button.isEnabled()


def test_that_reading_is_stopped_and_begun_again(dialog: PreviewDialog, asked: Asked, qtbot: QtBot) -> None:
    dialog.show_survey(survey())
    dialog.show_progress(0.4)
    assert dialog.progress.value() == 400
    with qtbot.waitSignal(dialog.stop_requested):
        click(dialog.stop_button)
    assert not dialog.progress.isVisible()
    assert dialog.state.text().startswith("Reading was stopped")
    dialog.show_table(table())  # came too late
    assert not dialog.open_button.isEnabled()
    click(dialog.stop_button)
    assert len(asked) == 2
    feed(dialog)
    assert dialog.open_button.isEnabled()
    assert not dialog.stop_button.isVisible()


def test_that_answers_to_an_older_question_are_dropped(dialog: PreviewDialog) -> None:
    choose(dialog.settings.decimal, "comma")
    dialog.show_table(table(), Reading())
    dialog.show_error("Line 2 is bad.", Reading())
    assert dialog.table is None
    assert dialog.state.text() == "Reading…"
    dialog.show_table(table(), Reading(decimal="comma"))
    assert dialog.table is not None


def test_that_an_error_is_one_sentence_and_the_settings_stay(dialog: PreviewDialog, asked: Asked) -> None:
    feed(dialog)
    choose(dialog.settings.delimiter, "semicolon")
    sentence = "Line 3 of 'people.csv' has 2 fields, but the first line has 1: choose another separator."
    dialog.show_error(sentence)
    assert dialog.state.text() == sentence
    assert not dialog.open_button.isEnabled()
    assert dialog.settings.delimiter.isEnabled()
    choose(dialog.settings.delimiter, "comma")
    feed(dialog)
    assert dialog.open_button.isEnabled()
    assert "Line 3" not in dialog.state.text()


def test_that_escape_cancels_and_ends_a_reading(dialog: PreviewDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignals([dialog.stop_requested, dialog.rejected]):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_that_a_table_alone_shows_its_first_rows(dialog: PreviewDialog) -> None:
    dialog.show_table(table())
    model = dialog.preview.cells
    assert [model.index(1, column).data() for column in range(4)] == ["23", "blue", "1.625", "52.5"]
    assert dialog.open_button.isEnabled()


def test_that_a_hundred_columns_are_summarised_only_where_they_are_seen(dialog: PreviewDialog, qtbot: QtBot) -> None:
    many, whole = wide(100, 2000)
    dialog.show_survey(many)
    dialog.show_table(whole)
    model = dialog.preview.cells
    assert len(model._summaries) <= 1
    qtbot.waitUntil(lambda: len(model._summaries) > 2)
    qtbot.waitUntil(lambda: not model._idle.isActive())
    assert len(model._summaries) < 20
    dialog.preview.view.scrollTo(model.index(0, 99))
    qtbot.waitUntil(lambda: 99 in model._summaries)
    assert len(model._summaries) < 40


def test_that_a_search_narrows_a_hundred_features(dialog: PreviewDialog) -> None:
    many, whole = wide(100, 50)
    dialog.show_survey(many)
    dialog.show_table(whole)
    features = dialog.choice.features
    assert features.search.isVisible()
    QTest.keyClicks(features.search, "_01")
    assert features.found == tuple(f"measurement_{i:03d}" for i in range(10, 20))
    click(dialog.choice.none_button)
    assert len(features.chosen) == 89
    QTest.keyClick(features.search, Qt.Key.Key_Down)
    assert features.list.hasFocus()
    QTest.keyClick(features.list, Qt.Key.Key_Space)
    assert len(features.chosen) == 90


def test_that_the_histogram_is_painted_in_the_palettes_colour(dialog: PreviewDialog, qtbot: QtBot) -> None:
    feed(dialog)
    pane = dialog.preview
    qtbot.waitUntil(lambda: not pane.cells._idle.isActive())
    for palette in (DARK, LIGHT):
        dialog.set_palette(palette)
        image = pane.header.viewport().grab().toImage()
        ratio = image.devicePixelRatio()
        y = image.height() - round(9 * ratio)
        line = {image.pixelColor(x, y).name() for x in range(round(pane.header.sectionSize(0) * ratio))}
        assert palette.data in line


def test_that_every_control_has_a_name_and_a_tip_and_tab_reaches_it(dialog: PreviewDialog) -> None:
    feed(dialog)
    s, c = dialog.settings, dialog.choice
    controls = [s.delimiter, s.decimal, s.encoding, s.header, s.rows, s.missing, c.target, c.all_button, c.none_button]
    controls += [c.features.list, c.missing, c.scale, dialog.preview.kind_box, dialog.cancel_button, dialog.open_button]
    for control in controls:
        assert control.accessibleName(), control
        assert control.toolTip(), control
    dialog.activateWindow()
    dialog.preview.view.setFocus()
    reached = set()
    for _ in range(40):
        widget = dialog.focusWidget()
        reached.add(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    assert reached >= {*controls, dialog.preview.view}


def test_that_a_survey_of_nothing_and_of_one_row_does_no_harm(dialog: PreviewDialog) -> None:
    empty = Survey("x.csv", "text", FOUND, (), (), (), ())
    dialog.show_survey(empty)
    dialog.show_survey(survey(cells=(("1",),)))
    assert dialog.preview.cells.index(0, 3).data() == ""
    dialog.preview.header.mapToGlobal(QPoint(0, 0))
