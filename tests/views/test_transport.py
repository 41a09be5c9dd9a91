"""The controls of the timeline: each asks for its own thing, and shows where the cursor is."""

import math
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from landscape_app.views.transport import DEFAULT_SPEED, SPEEDS, Transport
from tests.views.moments import click, moment

SIGNALS = (
    "step_requested",
    "back_requested",
    "play_requested",
    "pause_requested",
    "cursor_requested",
    "reset_requested",
    "speed_requested",
    "run_to_requested",
    "run_until_requested",
)


@pytest.fixture
def transport(qtbot: QtBot) -> Transport:
    widget = Transport()
    qtbot.addWidget(widget)
    widget.show()
    return widget


@pytest.fixture
def asked(transport: Transport) -> list[tuple[Any, ...]]:
    """All that is asked for from now on: the signal's name and its arguments."""
    found: list[tuple[Any, ...]] = []
    for name in SIGNALS:
        getattr(transport, name).connect(lambda *values, name=name: found.append((name, *values)))
    return found


@pytest.mark.parametrize(
    ("button", "wanted"),
    [
        ("first_button", ("cursor_requested", 0)),
        ("back_button", ("back_requested",)),
        ("play_button", ("play_requested",)),
        ("step_button", ("step_requested",)),
        ("last_button", ("cursor_requested", 30)),
        ("reset_button", ("reset_requested",)),
        ("run_button", ("run_to_requested", 100)),
        ("converge_button", ("run_until_requested", 1e-3)),
    ],
)
def test_that_each_button_asks_for_its_own(
    transport: Transport, asked: list[tuple[Any, ...]], button: str, wanted: tuple[Any, ...]
) -> None:
    transport.render_snapshot(moment(iterations=30, cursor=14))
    click(getattr(transport, button))
    # A click hands over whether a button is checked, which means nothing here.
    assert [entry[: len(wanted)] for entry in asked] == [wanted]


def test_that_play_becomes_pause_while_it_plays(transport: Transport, asked: list[tuple[Any, ...]]) -> None:
    snapshot = moment()
    transport.render_snapshot(snapshot)
    assert "Play" in transport.play_button.text()
    transport.render_snapshot(replace(snapshot, playing=True))
    assert "Pause" in transport.play_button.text()
    assert transport.play_button.accessibleName() == "Pause"
    click(transport.play_button)
    assert [name for name, *_ in asked] == ["pause_requested"]
    transport.render_snapshot(snapshot)
    assert transport.play_button.accessibleName() == "Play"


def test_that_showing_a_moment_asks_for_nothing(transport: Transport, asked: list[tuple[Any, ...]]) -> None:
    for iterations, cursor in ((0, 0), (30, 14), (30, 30), (5, 2)):
        transport.render_snapshot(moment(iterations=iterations, cursor=cursor))
        assert (transport.scrubber.maximum(), transport.scrubber.value()) == (iterations, cursor)
    assert asked == []


def test_that_the_place_is_the_cursor_and_the_end_of_the_record(transport: Transport) -> None:
    transport.render_snapshot(moment(iterations=1200, cursor=1014))
    assert transport.place.text() == "iteration 1,014 / 1,200"


@pytest.mark.parametrize(("cursor", "back", "last"), [(0, False, True), (3, True, True), (5, True, False)])
def test_that_there_is_no_way_beyond_the_ends(transport: Transport, cursor: int, back: bool, last: bool) -> None:
    transport.render_snapshot(moment(iterations=5, cursor=cursor))
    assert transport.first_button.isEnabled() == transport.back_button.isEnabled() == back
    assert transport.last_button.isEnabled() == last
    assert transport.step_button.isEnabled()


def test_that_the_scrubber_asks_for_its_iteration(
    transport: Transport, asked: list[tuple[Any, ...]], qtbot: QtBot
) -> None:
    transport.render_snapshot(moment(iterations=30, cursor=14))
    QTest.keyClick(transport.scrubber, Qt.Key.Key_Right)
    QTest.keyClick(transport.scrubber, Qt.Key.Key_PageUp)
    QTest.keyClick(transport.scrubber, Qt.Key.Key_Home)
    assert asked == [("cursor_requested", 15), ("cursor_requested", 18), ("cursor_requested", 0)]


def test_that_speeds_are_chosen_one_by_one_up_to_the_ends(transport: Transport, asked: list[tuple[Any, ...]]) -> None:
    assert transport.speed.currentData() == DEFAULT_SPEED
    transport.change_speed(1)
    transport.change_speed(-1)
    transport.change_speed(-1)
    assert asked == [("speed_requested", speed) for speed in (20.0, 10.0, 5.0)]
    for direction, end in ((-1, SPEEDS[0]), (1, math.inf)):
        for _ in range(2 * len(SPEEDS)):
            transport.change_speed(direction)
        assert transport.speed.currentData() == end
        assert asked[-1] == ("speed_requested", end)


def test_that_typed_goals_are_asked_for(transport: Transport, asked: list[tuple[Any, ...]], qtbot: QtBot) -> None:
    for field, text, button in (
        (transport.goal, "2500", transport.run_button),
        (transport.tolerance, "1e-9", transport.converge_button),
    ):
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
        click(button)
    assert asked == [("run_to_requested", 2500), ("run_until_requested", 1e-9)]
    assert type(asked[0][1]) is int


def test_that_a_goal_is_a_whole_number_from_one(transport: Transport, qtbot: QtBot) -> None:
    for text in ("0", "2.5", "-3", "many"):
        transport.goal.setFocus()
        transport.goal.selectAll()
        QTest.keyClicks(transport.goal, text)
        QTest.keyClick(transport.goal, Qt.Key.Key_Return)
        assert (transport.goal.text(), transport.goal.value) == ("100", 100)


def test_that_a_click_leaves_the_focus_where_it_is(transport: Transport) -> None:
    buttons = transport.findChildren(QPushButton)
    assert len(buttons) == 8
    assert all(not button.focusPolicy() & Qt.FocusPolicy.ClickFocus for button in buttons)


def test_that_the_place_has_room_for_the_longest_text_and_keeps_it(transport: Transport) -> None:
    snapshot = moment(iterations=120)
    last = snapshot.timeline.last
    widths = set()
    for cursor in range(last + 1):
        transport.render_snapshot(replace(snapshot, cursor=cursor))
        assert transport.place.fontMetrics().horizontalAdvance(transport.place.text()) <= transport.place.width()
        widths.add(transport.place.minimumWidth())
    assert len(widths) == 1
