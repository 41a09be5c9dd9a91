"""The settings dialog, driven by keys and mouse; a small store stands behind it."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDialogButtonBox, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from landscape_app.colour_maps import COLOUR_MAPS
from landscape_app.preferences import Preferences
from landscape_app.views.keys import Keys
from landscape_app.views.settings import SettingsDialog

CTRL, NO_KEY = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


class Bench:
    """The dialog with a window that has a few actions, and the preferences as the dialog changes them."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QMainWindow()
        qtbot.addWidget(self.window)
        menu = self.window.menuBar().addMenu("&Run")
        self.actions: dict[str, QAction] = {}
        for name, key in (("play", "Ctrl+P"), ("step", "Right"), ("reset", "Ctrl+R")):
            self.actions[name] = menu.addAction(name.title())
            self.actions[name].setShortcut(key)
        self.keys = Keys(self.actions, self.window.menuBar())
        self.preferences = Preferences()
        self.asked: list[dict[str, Any]] = []
        self.window.show()
        self.dialog = SettingsDialog(self.preferences, self.keys, self.window)
        self.dialog.change_requested.connect(self.change)
        self.dialog.show()
        qtbot.waitExposed(self.dialog)

    def change(self, fields: dict[str, Any]) -> None:
        self.asked.append(fields)
        self.preferences = self.preferences.but(**fields)
        self.keys.apply(self.preferences.keys)
        self.dialog.show_preferences(self.preferences)


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def choose(combo: QComboBox, index: int) -> None:
    """Choose an entry by keys, as a user would."""
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Home)
    for _ in range(index):
        QTest.keyClick(combo, Qt.Key.Key_Down)


def click(button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_that_each_choice_acts_at_once(bench: Bench) -> None:
    page = bench.dialog.general
    choose(page.theme, 2)
    choose(page.colour_map, COLOUR_MAPS.index("magma"))
    page.digits.setFocus()
    QTest.keyClick(page.digits, Qt.Key.Key_Up)
    QTest.keyClick(page.digits, Qt.Key.Key_Up)
    choose(page.grid, page.grid.findData(257))
    p = bench.preferences
    assert (p.theme, p.colour_map, p.digits, p.grid) == ("dark", "magma", 4, 257)
    QTest.keyClick(page.digits, Qt.Key.Key_Down)
    QTest.keyClick(page.digits, Qt.Key.Key_Down)
    assert bench.preferences.digits is None
    assert "what suits each place" in page.digits.text()


def test_that_autosave_is_switched_and_timed(bench: Bench) -> None:
    page = bench.dialog.general
    page.minutes.setFocus()
    QTest.keyClick(page.minutes, Qt.Key.Key_Up)
    assert bench.preferences.autosave_minutes == 6
    # On the box, not on the middle of the widget, which may be beside its text.
    QTest.mouseClick(page.autosave, Qt.MouseButton.LeftButton, NO_KEY, QPoint(10, page.autosave.height() // 2))
    assert not bench.preferences.autosave
    assert not page.minutes.isEnabled()


def test_that_each_colour_map_has_a_sample_of_its_own(bench: Bench) -> None:
    combo = bench.dialog.general.colour_map
    assert [combo.itemData(i) for i in range(combo.count())] == list(COLOUR_MAPS)
    ends = set()
    for i in range(combo.count()):
        image = combo.itemIcon(i).pixmap(combo.iconSize()).toImage()
        left, right = image.pixelColor(2, 5), image.pixelColor(image.width() - 3, 5)
        assert right.lightness() > left.lightness() + 60
        ends.add((left.name(), right.name()))
    assert len(ends) == len(COLOUR_MAPS)


def test_that_showing_asks_for_nothing(bench: Bench) -> None:
    bench.dialog.show_preferences(
        Preferences(theme="light", digits=9, grid=100, autosave=False, autosave_minutes=1, colour_map="plasma")
    )
    page = bench.dialog.general
    assert (page.theme.currentData(), page.digits.value(), page.grid.currentData()) == ("light", 9, 100)
    assert page.minutes.text() == "1 minute"
    assert bench.asked == []


# --- keys ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def on_keys(bench: Bench, qtbot: QtBot) -> Bench:
    bench.dialog.tabs.setCurrentIndex(1)
    bench.dialog.keys.table.setCurrentCell(0, 0)
    return bench


def press(bench: Bench, key: Qt.Key, modifier: Qt.KeyboardModifier = CTRL) -> None:
    bench.dialog.keys.edit.setFocus()
    QTest.keyClick(bench.dialog.keys.edit, key, modifier)


def shown_keys(bench: Bench) -> list[str]:
    table = bench.dialog.keys.table
    return [str(table.model().index(row, 2).data()) for row in range(table.rowCount())]


def test_that_a_key_that_is_pressed_becomes_the_action_s(on_keys: Bench) -> None:
    press(on_keys, Qt.Key.Key_K)
    assert on_keys.preferences.keys == {"play": "Ctrl+K"}
    assert on_keys.actions["play"].shortcut().toString() == "Ctrl+K"
    assert shown_keys(on_keys) == ["Ctrl+K", "Right", "Ctrl+R"]
    click(on_keys.dialog.keys.standard_button)
    assert on_keys.preferences.keys == {}
    assert shown_keys(on_keys)[0] == "Ctrl+P"


def test_that_a_key_of_another_action_is_refused_in_a_sentence(on_keys: Bench) -> None:
    press(on_keys, Qt.Key.Key_R)
    page = on_keys.dialog.keys
    assert "“Reset” (Run)" in page.message.text()
    assert on_keys.asked == []
    assert page.edit.keySequence().toString() == "Ctrl+P", "the field shows what is true"
    page.table.setCurrentCell(1, 0)
    assert page.message.text() == ""


def test_that_a_standard_key_given_away_comes_back_only_when_free(on_keys: Bench) -> None:
    page = on_keys.dialog.keys
    click(page.none_button)
    page.table.setCurrentCell(2, 0)
    press(on_keys, Qt.Key.Key_P)
    assert on_keys.preferences.keys == {"play": "", "reset": "Ctrl+P"}
    page.table.setCurrentCell(0, 0)
    click(page.standard_button)
    assert "“Reset”" in page.message.text()
    click(page.all_button)
    assert on_keys.preferences.keys == {}
    assert shown_keys(on_keys) == ["Ctrl+P", "Right", "Ctrl+R"]
    assert not page.all_button.isEnabled()


def test_that_a_search_leaves_what_contains_the_text(on_keys: Bench) -> None:
    page = on_keys.dialog.keys
    QTest.keyClicks(page.search, "ctrl+r")
    assert [page.table.isRowHidden(row) for row in range(3)] == [True, True, False]
    page.search.clear()
    assert not any(page.table.isRowHidden(row) for row in range(3))


def test_that_return_on_a_row_leads_to_its_key(on_keys: Bench, qtbot: QtBot) -> None:
    page = on_keys.dialog.keys
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    qtbot.waitUntil(page.edit.hasFocus)
    assert on_keys.dialog.isVisible()


# --- the whole -------------------------------------------------------------------------------------------------------


def test_that_everything_goes_back_to_the_standard(bench: Bench) -> None:
    bench.change({"theme": "dark", "digits": 12, "grid": 65, "autosave": False, "keys": {"play": "F5"}})
    bench.change({"folder": "/kept", "layout": "kept"})
    click(bench.dialog.standard_button)
    assert bench.preferences == Preferences(folder="/kept", layout="kept")
    assert bench.dialog.general.theme.currentData() == "system"


def test_that_escape_and_the_button_close(bench: Bench, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bench.dialog.finished):
        click(bench.dialog.buttons.button(QDialogButtonBox.StandardButton.Close))
    again = SettingsDialog(bench.preferences, bench.keys, bench.window)
    again.show()
    with qtbot.waitSignal(again.finished):
        QTest.keyClick(again, Qt.Key.Key_Escape)


@pytest.mark.parametrize("tab", [0, 1])
def test_that_every_control_has_a_name_a_tip_and_a_place_in_the_tab_order(bench: Bench, tab: int) -> None:
    dialog = bench.dialog
    bench.change({"keys": {"play": "F5"}})  # now there is something to be taken back
    dialog.tabs.setCurrentIndex(tab)
    page = dialog.tabs.currentWidget()
    by_tab = Qt.FocusPolicy.TabFocus
    named = [w for w in page.__dict__.values() if isinstance(w, QWidget) and w.focusPolicy() & by_tab]
    controls = [*named, *dialog.buttons.findChildren(QAbstractButton)]
    assert len(controls) >= 7
    for control in controls:
        assert control.accessibleName(), control
        assert control.toolTip(), control
    reached: list[QWidget] = []
    dialog.tabs.tabBar().setFocus()
    for _ in range(20):
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        at = dialog.focusWidget()
        reached += [control for control in controls if control is at or control.isAncestorOf(at)]
    assert set(controls) <= set(reached)
