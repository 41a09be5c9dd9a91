"""A text in one line where there is room, in two where there is not."""

import pytest
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from landscape_app.views.plotting import scaled_font
from landscape_app.views.plotting_widgets import TwoLines, cut_in_two


@pytest.mark.parametrize(
    ("text", "like", "lines"),
    [
        ("one · two", "one · two", ("one · two",)),
        ("one · two · three", "one · two · thre", ("one · two", "three")),
        ("one · two · three", "one · t", ("one", "two · three")),
        ("one · two and three and four", "two and three", ("one · two and", "three and four")),
        ("one two three four", "three fou", ("one two", "three four")),
        ("indivisible", "indiv", ("indivisible",)),
        ("", "", ("",)),
    ],
)
def test_where_a_text_is_cut(qtbot: QtBot, text: str, like: str, lines: tuple[str, ...]) -> None:
    line = TwoLines()
    qtbot.addWidget(line)
    metrics = QFontMetrics(line.font())
    assert cut_in_two(text, metrics, metrics.horizontalAdvance(like) + 1) == lines


def test_that_the_second_line_has_room_only_when_it_is_needed(qtbot: QtBot) -> None:
    line = TwoLines()
    qtbot.addWidget(line)
    text = "Best: η 0.225, Nesterov: L = 0.15739 · above the start's loss: 9"
    wide = QFontMetrics(scaled_font(line.font(), 0.9)).horizontalAdvance(text) + 8
    line.resize(wide, 40)
    line.set_text(text)
    one = line.sizeHint().height()
    line.resize(wide - 1, 40)
    line.grab()  # a resize reaches it when it is shown
    assert line.sizeHint().height() > 1.5 * one
    line.set_text("Best")
    assert line.sizeHint().height() == one
    assert line.accessibleName() == line.text() == "Best"
