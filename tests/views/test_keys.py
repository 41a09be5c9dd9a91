"""Keys of actions: which ones act, which are refused, and that no two actions ever have the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from landscape_app.views.keys import Keys, settled_keys

STANDARD = {"open": "Ctrl+O", "play": "Space", "step": "Right", "quit": ""}


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def actions(window: QMainWindow) -> dict[str, QAction]:
    menu = window.menuBar().addMenu("&File")
    below = menu.addMenu("&More")
    made = {name: QAction(f"&{name.title()}", window) for name in STANDARD}
    for name, action in made.items():
        action.setShortcut(STANDARD[name])
        (below if name == "step" else menu).addAction(action)
    return made


@pytest.fixture
def keys(window: QMainWindow, actions: dict[str, QAction]) -> Keys:
    return Keys(actions, window.menuBar())


def test_that_actions_are_listed_where_one_finds_them(keys: Keys) -> None:
    assert [(row.name, row.menus, row.title) for row in keys.rows] == [
        ("step", "File › More", "Step"),
        ("open", "File", "Open"),
        ("play", "File", "Play"),
        ("quit", "File", "Quit"),
    ]


def test_that_chosen_keys_act_and_go_back(keys: Keys, actions: dict[str, QAction]) -> None:
    keys.apply({"play": "P", "open": ""})
    assert {name: action.shortcut().toString() for name, action in actions.items()} == {
        "open": "", "play": "P", "step": "Right", "quit": "",
    }  # fmt: skip
    keys.apply({})
    assert {name: action.shortcut().toString() for name, action in actions.items()} == STANDARD


def test_that_two_actions_can_exchange_their_keys(keys: Keys) -> None:
    keys.apply({"play": "Right", "step": "Space"})
    assert (keys.key_of("play"), keys.key_of("step")) == ("Right", "Space")


@pytest.mark.parametrize("odd", ["nonsense", "Ctrl+", "Ctrl+K, Ctrl+C", "Escape", "Tab", "\0"])
def test_that_an_odd_key_in_the_file_is_passed_over(keys: Keys, odd: str) -> None:
    keys.apply({"play": odd, "no such action": "F9"})
    assert keys.key_of("play") == "Space"


def test_that_a_key_that_is_taken_is_refused_in_a_sentence(keys: Keys) -> None:
    sentence = keys.refusal("play", "Ctrl+O")
    assert "Ctrl+O" in sentence
    assert "“Open” (File)" in sentence
    assert keys.refusal("open", "Ctrl+O") == ""
    assert keys.refusal("play", "Ctrl+P") == ""
    assert keys.refusal("play", "") == ""


@pytest.mark.parametrize("key", ["Esc", "Tab", "Return", "Enter", "Shift+Tab"])
def test_that_keys_that_dialogs_need_are_refused(keys: Keys, key: str) -> None:
    assert "needed in fields and dialogs" in keys.refusal("play", key)


def test_that_a_standard_key_is_not_remembered(keys: Keys) -> None:
    assert keys.chosen_with("play", "P", {"step": "N"}) == {"step": "N", "play": "P"}
    assert keys.chosen_with("play", "Space", {"step": "N", "play": "P"}) == {"step": "N"}


@given(st.dictionaries(st.sampled_from([*STANDARD, "unknown"]), st.sampled_from(["", "P", "N", *STANDARD.values()])))
def test_that_no_two_actions_ever_share_a_key(chosen: dict[str, str]) -> None:
    settled = settled_keys(STANDARD, chosen)
    assert settled.keys() == STANDARD.keys()
    used = [key for key in settled.values() if key]
    assert len(used) == len(set(used))
    assert all(key in (STANDARD[name], chosen.get(name)) for name, key in settled.items())
    wished = [key for key in {**STANDARD, **{n: k for n, k in chosen.items() if n in STANDARD}}.values() if key]
    if len(wished) == len(set(wished)):
        assert settled == {**STANDARD, **{n: k for n, k in chosen.items() if n in STANDARD}}
