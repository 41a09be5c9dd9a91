"""The update panel: its numbers are the update's, and the formulas come typeset."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from landscape_app.session.snapshot import Snapshot
from landscape_app.session.update_terms import DIGITS, latex_number, update_terms
from landscape_app.views import typeset
from landscape_app.views.palette import DARK, LIGHT, look_with
from landscape_app.views.typeset import typesetter
from landscape_app.views.update import MOVE, UpdateView
from landscape_app.views.update_lines import READABLE, SIZE, SMALL, breakings, broken
from tests.views.moments import made_data, moment, number_in
from tests.views.test_contour_arrows import of_rule


@pytest.fixture
def view(qtbot: QtBot) -> UpdateView:
    made = UpdateView()
    qtbot.addWidget(made)
    made.resize(340, 500)
    return made


def seen(view: UpdateView, shown: Snapshot, qtbot: QtBot) -> None:
    view.render_snapshot(shown)
    view.show()
    qtbot.waitExposed(view)
    qtbot.waitUntil(lambda: view._drawn is view._latest)


def iteration_of(view: UpdateView) -> int | None:
    return None if view.terms is None else view.terms.iteration


def shown_value(view: UpdateView, name: str) -> float:
    return number_in(next(line for line in view.lines if line.name == name).value)


@pytest.mark.parametrize("rule", ["gradient-descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"])
def test_that_every_quantity_is_shown_for_the_chosen_parameter(view: UpdateView, qtbot: QtBot, rule: str) -> None:
    shown = of_rule(rule)
    seen(view, shown, qtbot)
    terms = update_terms(shown)
    assert [line.name for line in view.lines] == [quantity.name for quantity in terms.quantities] + [MOVE]
    for index, name in enumerate(("w", "b")):
        view.parameter.setCurrentIndex(view.parameter.findText(name))
        assert view.parameter.currentIndex() == index
        for quantity in terms.quantities:
            value = float(quantity.value if quantity.value.ndim == 0 else quantity.value[index])
            assert shown_value(view, quantity.name) == pytest.approx(value, rel=1e-4, abs=1e-12)
        assert shown_value(view, MOVE) == pytest.approx(shown.timeline.theta[7][index], rel=1e-4)
        assert shown_value(view, "step") == pytest.approx(shown.timeline.increment(7)[index], rel=1e-4)


def test_that_another_moment_has_its_own_numbers_and_another_rule_its_own_lines(view: UpdateView, qtbot: QtBot) -> None:
    shown = of_rule("adam")
    seen(view, shown, qtbot)
    lines = view.lines
    view.render_snapshot(replace(shown, cursor=11))
    assert view.lines is lines
    assert shown_value(view, "t") == 12.0
    assert shown_value(view, "gradient") == pytest.approx(shown.timeline.grad[11][0], rel=1e-4)
    view.render_snapshot(of_rule("nesterov", semantics="keras"))
    assert [line.name for line in view.lines][-3:] == ["momentum_part", "step", MOVE]
    assert view.about.text() == "Nesterov, as in Keras"
    view.render_snapshot(of_rule("random-search", hyper={}))
    names = ["theta", "loss", "start", "offset", "candidate", "candidate_loss", "jump", "step", MOVE]
    assert [line.name for line in view.lines] == names
    assert all(line.toolTip() for line in view.lines)
    assert len(view._titles) == 3


def test_that_numbers_are_put_in_at_rest_and_typeset(view: UpdateView, qtbot: QtBot) -> None:
    shown = replace(of_rule("momentum"), playing=True)
    seen(view, shown, qtbot)
    velocity = next(line for line in view.lines if line.name == "velocity")
    qtbot.wait(300)
    assert velocity.numbers == ""  # during a run they would be gone before they are made
    view.render_snapshot(replace(shown, playing=False))
    qtbot.waitUntil(lambda: velocity.numbers != "")
    terms = update_terms(shown)
    before, grad = (latex_number(float(terms[name][0])) for name in ("velocity_before", "gradient"))
    assert before.removeprefix("{-}") in velocity.numbers
    assert grad.removeprefix("{-}") in velocity.numbers
    qtbot.waitUntil(lambda: not view._typesetting.isActive(), timeout=20_000)
    assert typesetter().formula(velocity.symbols, view._palette.text, 15.0 * view.font().pointSizeF() / 9.0) is not None
    qtbot.waitUntil(lambda: all(line.height() >= line.sizeHint().height() for line in view.lines))
    before_picture = velocity.grab().toImage()
    view.set_palette(LIGHT)
    qtbot.waitUntil(lambda: velocity.grab().toImage() != before_picture)


def with_numbers(view: UpdateView) -> dict[str, str]:
    """Return the formulas that have their numbers put in."""
    return {line.name: line.numbers for line in view.lines if line.numbers}


@pytest.mark.parametrize("digits", [None, 9])
def test_that_the_numbers_are_those_of_the_chosen_parameter_in_the_chosen_digits(
    view: UpdateView, qtbot: QtBot, digits: int | None
) -> None:
    shown = of_rule("adam")
    view.set_palette(look_with(DARK, DARK.colour_map, digits))
    seen(view, shown, qtbot)
    terms = update_terms(shown)
    for index in (1, 0):
        view.parameter.setCurrentIndex(index)
        used = digits or DIGITS
        qtbot.waitUntil(lambda: MOVE in with_numbers(view))
        expected = {made.name: terms.latex_with_numbers(made.name, index, used) for made in terms.formulas}
        assert with_numbers(view) == expected | {MOVE: terms.move_with_numbers(index, used)}


def test_that_nothing_is_computed_while_nobody_looks(view: UpdateView, qtbot: QtBot) -> None:
    shown = of_rule("adam")
    view.render_snapshot(shown)
    assert iteration_of(view) is None
    assert view.lines == []
    seen(view, shown, qtbot)
    assert iteration_of(view) == 6
    view.hide()
    view.render_snapshot(replace(shown, cursor=9))
    assert iteration_of(view) == 6
    seen(view, replace(shown, cursor=9), qtbot)
    assert iteration_of(view) == 9


@pytest.mark.parametrize("meanwhile", ["step", "look", "step that was seen", "end of a run"])
def test_that_numbers_are_put_in_when_the_panel_comes_back(view: UpdateView, qtbot: QtBot, meanwhile: str) -> None:
    shown = of_rule("adam")
    seen(view, replace(shown, playing=meanwhile == "end of a run"), qtbot)
    if meanwhile != "end of a run":
        qtbot.waitUntil(lambda: MOVE in with_numbers(view))
    if meanwhile == "step that was seen":
        shown = replace(shown, cursor=8)
        view.render_snapshot(shown)
        assert not with_numbers(view)  # nothing has rested yet
    view.hide()
    if meanwhile == "look":
        view.set_palette(LIGHT)
        qtbot.waitUntil(lambda: not view._rest.isActive())
    shown = replace(shown, cursor=9) if meanwhile == "step" else replace(shown)
    seen(view, shown, qtbot)
    qtbot.waitUntil(lambda: MOVE in with_numbers(view))
    assert with_numbers(view)[MOVE] == update_terms(shown).move_with_numbers(0)
    qtbot.waitUntil(lambda: not view._typesetting.isActive(), timeout=20_000)
    for line in view.lines:
        assert None not in line._formulas(line.symbols, SIZE, view._palette.text)
        assert not line.numbers or None not in line._formulas(line.numbers, SMALL, view._palette.muted)


def test_that_formulas_are_painted_anew_only_where_they_look_different(
    view: UpdateView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen(view, of_rule("adam"), qtbot)
    qtbot.waitUntil(lambda: MOVE in with_numbers(view) and not view._typesetting.isActive(), timeout=20_000)
    line = next(line for line in view.lines if line.name == "m")
    line.grab()
    made: list[QSvgRenderer] = []
    paint = typeset.painted

    def counted(formula: QSvgRenderer, scale: float, ratio: float) -> QPixmap:
        made.append(formula)
        return paint(formula, scale, ratio)

    monkeypatch.setattr(typeset, "painted", counted)
    before = line.grab().toImage()
    assert before == line.grab().toImage()
    assert made == []
    line.setFixedWidth(line.width() // 2)
    qtbot.waitUntil(lambda: not view._typesetting.isActive(), timeout=20_000)
    line.grab()
    assert len(made) >= 2
    made.clear()
    line.grab()
    assert made == []
    view.set_palette(LIGHT)
    qtbot.waitUntil(lambda: MOVE in with_numbers(view) and not view._typesetting.isActive(), timeout=20_000)
    line.grab()
    assert set(line._formulas(line.symbols, SIZE, LIGHT.text)) <= set(made)


def tip_of(view: UpdateView, name: str) -> str:
    return next(line for line in view.lines if line.name == name).toolTip()


@pytest.mark.parametrize(
    ("rule", "adds"), [("momentum", "velocity"), ("nesterov", "velocity"), ("adam", "average of gradients")]
)
def test_that_momentums_part_is_called_what_it_is(view: UpdateView, qtbot: QtBot, rule: str, adds: str) -> None:
    """Nesterov's holds the gradient of this very step: there is one before there are any earlier gradients."""
    shown = of_rule(rule, cursor=0)
    seen(view, shown, qtbot)
    part = float(np.abs(update_terms(shown)["momentum_part"]).max())
    assert (part > 1e-9) == (rule == "nesterov")
    assert tip_of(view, "momentum_part") == f"What the {adds} adds to it"


def test_that_a_correction_is_called_the_share_of_the_average_that_is_there(view: UpdateView, qtbot: QtBot) -> None:
    shown = of_rule("adam", cursor=0)
    seen(view, shown, qtbot)
    assert update_terms(shown)["m_correction"] == pytest.approx(0.1)  # of the first step's average a tenth is there
    for name in ("m", "v"):
        assert tip_of(view, f"{name}_correction").startswith(f"The share of the average {name} that is there after t")


def test_that_the_panel_speaks_to_those_who_do_not_see_it(view: UpdateView, qtbot: QtBot) -> None:
    seen(view, of_rule("adamw"), qtbot)
    assert all(line.accessibleName() and line.accessibleDescription() for line in view.lines)
    assert view.parameter.accessibleName()
    view.parameter.setFocus()
    QTest.keyClick(view.parameter, Qt.Key.Key_Down)
    assert view.parameter.currentText() == "b"
    assert np.isfinite(shown_value(view, "step"))


@pytest.mark.parametrize(
    ("latex", "lines"),
    [
        ("a = b + c", ["a = b + c"]),
        ("a = b + c + d", ["a = b + c", r"\quad{} + d"]),
        (r"s = (b + c + d)^{2 + 1} + 1", [r"s = (b + c + d)^{2 + 1} + 1"]),
        ("s = a + b + c + (d + e) = 7", ["s = a + b", r"\quad{} + c + (d + e) = 7"]),
    ],
)
def test_that_long_sums_are_broken_between_their_terms(latex: str, lines: list[str]) -> None:
    assert broken(latex) == lines


def test_that_the_sum_of_adamws_parts_stays_readable_in_a_narrow_panel(view: UpdateView, qtbot: QtBot) -> None:
    view.resize(290, 700)
    seen(view, of_rule("adamw"), qtbot)
    line = next(line for line in view.lines if line.name == "step")
    qtbot.waitUntil(lambda: not view._typesetting.isActive() and bool(line.numbers), timeout=20_000)
    for made in line._formulas(line.numbers, SMALL, DARK.muted):
        assert made is not None
        assert line._scale(made, line._room()) > 0.8


@pytest.mark.parametrize("rule", ["adagrad", "adam", "adamw", "rmsprop", "nesterov"])
def test_that_numbers_in_formulas_can_be_read_in_a_narrow_panel(view: UpdateView, qtbot: QtBot, rule: str) -> None:
    view.resize(290, 700)
    seen(view, of_rule(rule), qtbot)
    for width in (290, 240):
        view.resize(width, 700)
        qtbot.waitUntil(lambda: MOVE in with_numbers(view) and not view._typesetting.isActive(), timeout=20_000)
        for line in view.lines:
            for made in line._formulas(line.numbers, SMALL, DARK.muted) if line.numbers else []:
                assert made is not None
                assert line._scale(made, line._room()) * SMALL >= READABLE
        qtbot.waitUntil(lambda: all(line.height() >= line.sizeHint().height() for line in view.lines))


@pytest.mark.parametrize(
    ("latex", "ways"),
    [
        ("a = b", [["a = b"], ["a = b"]]),
        ("a = b + c", [["a = b + c"], ["a = b", r"\quad{} + c"]]),
        (
            "a = (b + c) + d = 7",
            [
                ["a = (b + c) + d = 7"],
                ["a = (b + c) + d", r"\quad{} = 7"],
                ["a = (b + c)", r"\quad{} + d", r"\quad{} = 7"],
            ],
        ),
    ],
)
def test_that_formulas_are_broken_before_their_result_and_then_between_all_terms(
    latex: str, ways: list[list[str]]
) -> None:
    assert breakings(latex) == ways


def test_that_long_names_have_room_after_short_ones(view: UpdateView, qtbot: QtBot) -> None:
    seen(view, of_rule("adam"), qtbot)
    view.render_snapshot(moment("two-layer-sigmoid", made_data(12), hidden=11))
    qtbot.waitUntil(lambda: view.parameter.count() > 2)
    longest = max((view.parameter.itemText(i) for i in range(view.parameter.count())), key=len)
    assert view.parameter.sizeHint().width() > view.parameter.fontMetrics().horizontalAdvance(longest) + 15
