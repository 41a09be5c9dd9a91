"""The panel with the equations: numbers against the core's, the term in hand, tables, formulas."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication, QImage, QKeySequence, QPainter, QShortcut
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLayout
from pytestqt.qtbot import QtBot

from landscape_app.core.models import MODELS
from landscape_app.core.optimizers import OPTIMIZERS
from landscape_app.session import backprop as session_backprop
from landscape_app.session import gradient_check
from landscape_app.session.backprop import INCREMENT, MOVE, step_examples, walk_names
from landscape_app.session.config import RunConfig
from landscape_app.session.gradient_check import CheckWish, GradientCheck, check_steps
from landscape_app.session.settings import Schedule
from landscape_app.session.snapshot import Snapshot
from landscape_app.views import backprop
from landscape_app.views.backprop import BackpropView
from landscape_app.views.backprop_badge import CheckBadge
from landscape_app.views.backprop_equations import equations_of, symbol
from landscape_app.views.backprop_rows import TermRow
from landscape_app.views.backprop_table import ValueDialog
from landscape_app.views.backprop_values import Axis, HeatStrip, Value
from landscape_app.views.contour import ContourView
from landscape_app.views.diverging import DIVERGING
from landscape_app.views.palette import DARK, LIGHT, Palette, look_with
from landscape_app.views.plotting import format_number, scaled_font
from landscape_app.views.typeset import Pictures, painted, typesetter
from tests.terms import passes
from tests.views.moments import made_data, moment, number_in

ALL_MODELS = list(MODELS)


def a_moment(model: str, **changes: object) -> Snapshot:
    data = made_data(1 if model == "univariate" else 3, 17)
    return moment(model, data, hidden=4, **changes)  # type: ignore[arg-type]


def under(model: str, rule: str) -> Snapshot:
    """Return a moment of a run of a rule, of which the next step is on record."""
    shown = a_moment(model)
    run = RunConfig(optimizer=rule)
    return replace(shown, experiment=shown.experiment.but(run=run), settings=Schedule(run).at(shown.cursor))


@pytest.fixture
def view(qtbot: QtBot) -> BackpropView:
    widget = BackpropView()
    qtbot.addWidget(widget)
    layout = widget.layout()
    assert layout is not None
    layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
    widget.resize(300, 640)
    widget.set_palette(DARK)
    with qtbot.waitSignal(widget.watched):
        widget.show()
    return widget


def typeset(view: BackpropView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not view._typesetting.isActive(), timeout=20_000)


def row_of(view: BackpropView, name: str) -> TermRow:
    return next(row for row in view.rows if row.equation.name == name)


# -- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ALL_MODELS)
@pytest.mark.parametrize("size", [None, 5])
def test_that_every_row_shows_the_cores_number_or_array(view: BackpropView, model: str, size: int | None) -> None:
    shown = a_moment(model, batch_size=size)
    for cursor in (0, 14, 30):
        here = replace(shown, cursor=cursor)
        view.render_snapshot(here)
        batch = step_examples(here)
        X, y = here.problem.data.X, here.problem.data.y
        X, y = (X, y) if batch is None else (X[:, batch], y[:, batch])
        terms = {term.name: term.value for term in passes(here.problem.model, here.theta, X, y)}
        assert [row.equation.name for row in view.rows] == [*terms, INCREMENT, MOVE]
        for name, value in terms.items():
            row = row_of(view, name)
            [shown_value] = row.values
            np.testing.assert_allclose(shown_value.array, value, rtol=1e-12, atol=1e-15)
            assert shown_value.shape == value.shape
            if value.size == 1:
                [text] = row.line.numbers
                assert text == f"= {format_number(float(shown_value.array.reshape(-1)[0]), 6)}"
                assert number_in(text) == pytest.approx(float(value.reshape(-1)[0]), rel=1e-5)
            else:
                assert not row.line.numbers
                assert [strip.isVisible() for strip in row.strips] == [True]


@pytest.mark.parametrize("model", ALL_MODELS)
def test_that_increment_and_move_add_up_to_the_next_record(view: BackpropView, model: str) -> None:
    shown = a_moment(model, cursor=9)
    view.render_snapshot(shown)
    for name, vector in ((INCREMENT, shown.timeline.increment(10)), (MOVE, shown.timeline.theta[10])):
        blocks = shown.problem.model.layout.split(vector)
        values = row_of(view, name).values
        assert len(values) == len(blocks)
        for value, block in zip(values, blocks.values(), strict=True):
            np.testing.assert_allclose(value.array, block, rtol=1e-12, atol=1e-15)


def numbers_of(text: str) -> list[float]:
    return [float(t.replace("−", "-").replace(",", "")) for t in re.findall(r"[−]?[\d.,]+(?:e[−]?\d+)?", text)]


def test_that_the_lines_with_numbers_put_in_are_right(view: BackpropView) -> None:
    shown = a_moment("univariate", cursor=5)
    view.render_snapshot(shown)
    w, b = shown.theta
    residual = w * shown.problem.data.X + b - shown.problem.data.y
    line = {name: numbers_of(row_of(view, name).line.note) for name in ("yhat", "L", "dL/dw", "dL/db")}
    assert line["yhat"] == pytest.approx([w, abs(b)], rel=1e-5)
    assert line["L"] == pytest.approx([1, 17, float((residual**2).sum())], rel=1e-5)
    assert line["dL/dw"] == pytest.approx([2, 17, float((residual * shown.problem.data.X).sum())], rel=1e-5)
    assert line["dL/db"] == pytest.approx([2, 17, float(residual.sum())], rel=1e-5)


@pytest.mark.parametrize(("b", "text"), [(0.25, "ŷ = 1.50000 x + 0.250000"), (-0.25, "ŷ = 1.50000 x − 0.250000")])
def test_that_the_line_is_written_with_the_sign_of_its_bias(view: BackpropView, b: float, text: str) -> None:
    view.render_snapshot(a_moment("univariate", cursor=0, theta=np.array([1.5, b])))
    assert row_of(view, "yhat").line.note == text


def a_strip(qtbot: QtBot, cells: list[list[float]]) -> HeatStrip:
    """Return a strip of named columns, ten pixels to a cell."""
    strip = HeatStrip()
    qtbot.addWidget(strip)
    names = tuple(f"x{i}" for i in range(len(cells[0])))
    strip.set_value(Value("A", np.array(cells), (len(cells), len(cells[0])), Axis("unit"), Axis("", names)))
    strip.resize(10 * len(cells[0]), strip.sizeHint().height())
    return strip


@pytest.mark.parametrize("look", [DARK, LIGHT], ids=["dark", "light"])
def test_that_positive_cells_are_orange_and_negative_ones_blue(qtbot: QtBot, look: Palette) -> None:
    strip = a_strip(qtbot, [[2.0, -2.0, 0.0, 1.0]] * 5)
    strip.set_palette(look)
    picture = strip.grab().toImage()
    blue, neutral, orange = (QColor(shade) for shade in DIVERGING[look.dark])
    y = strip.height() - 12
    first, second, third, fourth = (picture.pixelColor(10 * i + 5, y) for i in range(4))
    assert (first, second, third) == (orange, blue, neutral)
    assert abs(fourth.red() - orange.red()) < abs(fourth.red() - blue.red())


def test_that_a_cell_is_told_by_its_row_and_column(qtbot: QtBot) -> None:
    strip = a_strip(qtbot, [[1.5, -2.5, 3.5], [4.5, 5.5, -6.5]])
    below = strip.height() - 5
    above = below - (strip.height() - round(strip._caption_height())) // 2
    for place, text in (
        ((5, above), "unit 0, x0: 1.5"),
        ((25, above), "unit 0, x2: 3.5"),
        ((15, below), "unit 1, x1: 5.5"),
    ):
        assert strip.text_at(QPoint(*place)).splitlines()[0] == text


def test_that_a_batch_is_told_apart_from_all_the_data(view: BackpropView) -> None:
    view.render_snapshot(a_moment("univariate"))
    assert view.about.text() == "17 examples"
    view.render_snapshot(a_moment("univariate", batch_size=5))
    assert view.about.text() == "5 of 17 examples"


def test_that_the_chosen_number_of_digits_is_used(view: BackpropView) -> None:
    shown = a_moment("univariate")
    view.render_snapshot(shown)
    view.set_palette(look_with(DARK, DARK.colour_map, 10))
    loss = float(np.mean((shown.theta[0] * shown.problem.data.X + shown.theta[1] - shown.problem.data.y) ** 2))
    assert row_of(view, "L").line.numbers == (f"= {format_number(loss, 10)}",)


def test_that_a_hidden_panel_draws_nothing_and_catches_up(view: BackpropView, qtbot: QtBot) -> None:
    view.render_snapshot(a_moment("univariate", cursor=3))
    before = row_of(view, "L").line.numbers
    view.hide()
    later = a_moment("univariate", cursor=20)
    view.render_snapshot(later)
    assert row_of(view, "L").line.numbers == before
    with qtbot.waitSignal(view.watched):
        view.show()
    assert row_of(view, "L").line.numbers != before


def test_that_it_says_when_it_is_seen(qtbot: QtBot) -> None:
    widget = BackpropView()
    qtbot.addWidget(widget)
    with qtbot.waitSignal(widget.watched, check_params_cb=lambda seen: seen is True):
        widget.show()
    with qtbot.waitSignal(widget.watched, check_params_cb=lambda seen: seen is False):
        widget.hide()


# -- the term in hand ---------------------------------------------------------------------------------------------


def test_that_the_term_in_hand_is_lit_and_seen_where_it_stands(view: BackpropView, qtbot: QtBot) -> None:
    shown = a_moment("two-layer-sigmoid")
    view.resize(300, 360)  # too low for all rows
    view.render_snapshot(shown)
    typeset(view, qtbot)
    for place, name in enumerate(walk_names(shown.problem.model)):
        view.render_snapshot(replace(shown, term=name))
        assert [row.equation.name for row in view.rows if row.lit] == [name]
        assert view.place.text().endswith(f"· {place + 1} of 14")
        row, port = row_of(view, name), view.scroll_area.viewport()
        top = row.mapTo(port, QPoint(0, 0)).y()
        assert top >= 0
        assert top + min(row.height(), port.height()) <= port.height() + 1
    view.render_snapshot(shown)
    assert not any(row.lit for row in view.rows)
    assert view.place.text() == ""


def test_that_a_click_takes_a_term_in_hand_and_another_one_puts_it_down(view: BackpropView, qtbot: QtBot) -> None:
    shown = a_moment("univariate")
    view.render_snapshot(shown)
    row = row_of(view, "L")
    with qtbot.waitSignal(view.term_requested) as asked:
        QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=QPoint(30, 10))
    assert asked.args == ["L"]
    view.render_snapshot(replace(shown, term="L"))
    with qtbot.waitSignal(view.term_requested) as asked:
        QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=QPoint(30, 10))
    assert asked.args == [""]


def test_that_the_buttons_walk(view: BackpropView, qtbot: QtBot) -> None:
    for button, forward in ((view.next_button, True), (view.back_button, False)):
        with qtbot.waitSignal(view.walk_requested) as asked:
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert asked.args == [forward]


def test_that_rows_are_one_list_for_the_keys(view: BackpropView, qtbot: QtBot) -> None:
    shown = a_moment("multivariate")
    view.render_snapshot(shown)
    qtbot.waitUntil(view.isActiveWindow)
    names = [row.equation.name for row in view.rows]
    view.check_lines.button.setFocus()
    QTest.keyClick(view.check_lines.button, Qt.Key.Key_Tab)
    for name in names:
        row = row_of(view, name)
        assert row.hasFocus()
        QTest.keyClick(row, Qt.Key.Key_Down)
    assert row_of(view, MOVE).hasFocus()  # there is none below
    row = row_of(view, "dL/dw")
    while not row.hasFocus():
        QTest.keyClick(view.focusWidget(), Qt.Key.Key_Up)
    QTest.keyClick(row, Qt.Key.Key_Tab)
    strip = row.strips[0]
    assert strip.hasFocus()
    title = view._stages[-1]
    QTest.keyClick(strip, Qt.Key.Key_Tab)
    assert view.focusWidget() is title  # past all other rows
    strip.setFocus()
    QTest.keyClick(strip, Qt.Key.Key_Down)
    assert row_of(view, "dL/db").hasFocus()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_that_keys_take_a_term_in_hand_as_a_click_does(view: BackpropView, qtbot: QtBot, key: Qt.Key) -> None:
    shown = a_moment("univariate")
    view.render_snapshot(shown)
    qtbot.waitUntil(view.isActiveWindow)  # before, nothing has the keys
    row = row_of(view, "L")
    row.setFocus()
    for term, asked in (("", "L"), ("L", "")):
        view.render_snapshot(replace(shown, term=term))
        with qtbot.waitSignal(view.term_requested) as signal:
            QTest.keyClick(row, key)
        assert signal.args == [asked]


def test_that_space_at_a_row_is_not_the_menus(view: BackpropView, qtbot: QtBot) -> None:
    view.render_snapshot(a_moment("univariate"))
    played: list[int] = []
    taken: list[str] = []
    shortcut = QShortcut(QKeySequence(Qt.Key.Key_Space), view)
    shortcut.activated.connect(lambda: played.append(1))
    view.term_requested.connect(taken.append)
    qtbot.waitUntil(view.isActiveWindow)
    row = row_of(view, "yhat")
    for widget in (row, row.strips[0]):
        widget.setFocus()
        QTest.keyClick(view.windowHandle(), Qt.Key.Key_Space)
    assert (taken, played) == (["yhat"], [1])  # on the strip there is nothing that Space does


def test_that_a_key_opens_the_examples_of_a_gradient_of_one_number(view: BackpropView) -> None:
    shown = a_moment("multivariate")
    view.render_snapshot(shown)
    asked: list[int] = []
    view.entry_requested.connect(asked.append)
    for name in ("dL/db", "dL/dw", "L", INCREMENT):
        QTest.keyClick(row_of(view, name), Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(row_of(view, "dL/dw").strips[0], Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    largest = int(np.argmax(np.abs(shown.grad[:3])))
    assert asked == [3, largest, largest]
    assert view.dialogs == []
    said = {name: "Shift+Return" in row_of(view, name).accessibleDescription() for name in ("dL/db", "dL/dw", "L")}
    assert said == {"dL/db": True, "dL/dw": True, "L": False}


def test_that_the_keys_follow_the_term_in_hand(view: BackpropView, qtbot: QtBot) -> None:
    shown = a_moment("univariate")
    view.render_snapshot(replace(shown, term="yhat"))
    qtbot.waitUntil(view.isActiveWindow)
    assert not any(row.has_keys() for row in view.rows)  # nobody has asked for them
    row_of(view, "yhat").setFocus()
    before = row_of(view, "L").grab().toImage()
    view.render_snapshot(replace(shown, term="L"))
    assert row_of(view, "L").hasFocus()
    assert row_of(view, "L").grab().toImage() != before


# -- formulas -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ALL_MODELS)
def test_that_each_term_has_an_equation_that_names_it_and_what_it_is_made_of(model: str) -> None:
    net = MODELS[model](1 if model == "univariate" else 2, 2)
    equations = {equation.name: equation for equation in equations_of(net, OPTIMIZERS["momentum"])}
    assert tuple(equations) == walk_names(net)
    for name, equation in equations.items():
        assert name in equation.parts
        assert "⟨" not in equation.latex(name, "#123456")
        assert "⟨" not in equation.latex("", "")
        assert equation.text
        assert equation.words
        assert equation.latex(name, "#123456").count("#123456") >= 1
        assert "#" not in equation.latex("", "")
    shown = set(net.equations)
    assert shown <= {equation.text for equation in equations.values()}  # every equation of the section is there


@pytest.mark.parametrize("rule", list(OPTIMIZERS))
def test_that_the_move_is_that_of_the_rule_and_plain_descent_is_spelled_out(
    view: BackpropView, rule: str, qtbot: QtBot
) -> None:
    shown = under("univariate", rule)
    view.render_snapshot(shown)
    text = row_of(view, INCREMENT).equation.text
    assert text == "Δθ = −η ∂L/∂θ" if rule == "gradient-descent" else OPTIMIZERS[rule].title in text
    typeset(view, qtbot)
    other = under("univariate", "adam" if rule == "momentum" else "momentum")
    view.render_snapshot(other)
    assert other.settings.optimizer.title in row_of(view, INCREMENT).equation.text


def test_that_the_title_of_the_update_leads_to_the_rules_formulas(view: BackpropView, qtbot: QtBot) -> None:
    view.render_snapshot(a_moment("univariate"))
    title = view._stages[-1]
    assert title.text().startswith("UPDATE")
    title.setFocus()
    with qtbot.waitSignal(view.panel_requested) as asked:
        QTest.keyClick(title, Qt.Key.Key_Tab)
        QTest.keyClick(title, Qt.Key.Key_Return)
    assert asked.args == ["update"]


def test_that_what_a_gradient_is_made_of_lights_up_inside_it() -> None:
    equations = {e.name: e for e in equations_of(MODELS["two-layer-sigmoid"](2, 2), OPTIMIZERS["adam"])}
    assert {"A", "residual", "dL/dyhat", "dL/dA", "dL/dZ"} <= equations["dL/dW1"].parts
    assert equations["dL/dW1"].latex("A", "#123456").count("#123456") == 2
    assert "Z" in equations["A"].parts
    assert "A" in equations["dL/dw2"].parts


@pytest.mark.parametrize("model", ALL_MODELS)
@pytest.mark.parametrize("look", [DARK, LIGHT], ids=["dark", "light"])
def test_that_all_formulas_are_typeset_in_the_looks_colours(
    view: BackpropView, model: str, look: Palette, qtbot: QtBot
) -> None:
    view.set_palette(look)
    view.render_snapshot(replace(a_moment(model), term="dL/dyhat"))
    typeset(view, qtbot)
    for row in view.rows:
        formula = row.line.formula()
        assert isinstance(formula, QSvgRenderer), row.equation.name
        pixels = painted(formula, 1.0, 2.0).toImage().convertToFormat(QImage.Format.Format_ARGB32)
        seen = set(np.frombuffer(pixels.constBits(), np.uint32).tolist())
        assert QColor(look.text).rgba() in seen
        assert (QColor(look.accent).rgba() in seen) == ("dL/dyhat" in row.equation.parts)


def test_that_the_same_formula_is_made_once(view: BackpropView, qtbot: QtBot) -> None:
    view.render_snapshot(a_moment("univariate"))
    typeset(view, qtbot)
    line = row_of(view, "L").line
    assert line.formula() is line.formula()


def test_that_a_formula_is_sharp_on_a_fine_screen(view: BackpropView, qtbot: QtBot) -> None:
    view.render_snapshot(a_moment("univariate"))
    typeset(view, qtbot)
    formula = row_of(view, "L").line.formula()
    assert formula is not None
    fine = painted(formula, 1.0, 2.0)
    size = formula.viewBoxF().size()
    assert fine.width() == pytest.approx(2 * size.width(), abs=1.5)
    # As sharp as if it were drawn at that size, which a picture that is only blown up is not.
    direct = QImage(fine.size(), QImage.Format.Format_ARGB32_Premultiplied)
    direct.fill(0)
    painter = QPainter(direct)
    formula.render(painter, QRectF(0, 0, 2 * size.width(), 2 * size.height()))
    painter.end()
    image = fine.toImage().convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    shape = (direct.height(), direct.bytesPerLine())
    one = np.frombuffer(image.constBits(), np.uint8).reshape(shape).astype(int)
    two = np.frombuffer(direct.constBits(), np.uint8).reshape(shape).astype(int)
    assert np.abs(one - two).mean() < 1.0


def test_that_a_formula_is_painted_once_for_a_size_and_a_screen(view: BackpropView, qtbot: QtBot) -> None:
    view.render_snapshot(a_moment("univariate"))
    typeset(view, qtbot)
    one, two = (row_of(view, name).line.formula() for name in ("L", "yhat"))
    assert one is not None
    assert two is not None
    pictures = Pictures()
    first = pictures.of([(one, 1.0), (two, 0.7)], 1.0)
    assert [picture.cacheKey() for picture in pictures.of([(one, 1.0), (two, 0.7)], 1.0)] == [
        picture.cacheKey() for picture in first
    ]
    [fine] = pictures.of([(one, 1.0)], 2.0)
    assert fine.devicePixelRatio() == 2.0
    assert fine.width() == pytest.approx(2 * first[0].width(), abs=2)
    [again] = pictures.of([(one, 1.0)], 1.0)
    assert again.cacheKey() != first[0].cacheKey()  # what is not shown is not kept


def test_that_a_formula_that_cannot_be_typeset_leaves_its_text(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    make = typesetter().formula
    make(r"\frac{1}{", "#000000", 12.0)
    qtbot.waitUntil(lambda: make(r"\frac{1}{", "#000000", 12.0) is None and not typesetter().busy, timeout=20_000)
    assert "can't be typeset" in caplog.text


@pytest.mark.parametrize("digits", [6, 12])
def test_that_a_number_without_room_beside_its_equation_stands_below_it(
    view: BackpropView, qtbot: QtBot, digits: int
) -> None:
    view.render_snapshot(under("multivariate", "nesterov"))
    view.set_palette(look_with(DARK, DARK.colour_map, digits))
    typeset(view, qtbot)
    line = row_of(view, INCREMENT).line
    formula, text = line._size.width(), f"Δb = {format_number(-9.69806e-6, digits)}"
    metrics = QFontMetricsF(scaled_font(line.font(), 1.0, bold=True))
    low = {}
    for width in range(formula, formula + 250):
        line.resize(width, 60)
        line.set_texts(("Δb = 0.5",), "")
        low[width] = line.sizeHint().height()
        line.set_texts((text,), "")
        assert line.sizeHint().height() == low[width]  # nothing jumps with the number of the moment
    beside = [width for width, height in low.items() if height == min(low.values())]
    assert min(beside) - formula >= metrics.horizontalAdvance(text)
    assert max(low.values()) - min(low.values()) == round(line._line_height())


def test_that_rows_say_what_they_show(view: BackpropView) -> None:
    shown = a_moment("two-layer-linear")
    view.render_snapshot(shown)
    row = row_of(view, "dL/db2")
    assert row.accessibleName() == "∂L/∂b₂ = (2/m) (ŷ − y) 1"
    assert row.line.numbers[0] in row.accessibleDescription()
    assert "4 × 17" in row_of(view, "Z").accessibleDescription()
    assert "4 × 17" in row_of(view, "Z").strips[0].accessibleName()


def test_that_rows_keep_no_numbers_while_the_batch_is_being_drawn(
    view: BackpropView, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = a_moment("univariate", batch_size=5)
    view.render_snapshot(shown)
    row = row_of(view, "L")
    [number] = row.line.numbers
    assert number in row.accessibleDescription()
    monkeypatch.setattr(backprop, "passes_at", lambda _: None)
    view.render_snapshot(replace(shown, cursor=15))
    assert not row.line.numbers
    assert row.accessibleDescription().startswith(f"{row.equation.words} Return or Space")


def test_that_the_panel_says_that_its_strips_have_the_first_examples_alone(
    view: BackpropView, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = a_moment("univariate")
    view.render_snapshot(shown)
    assert not view.remark.isVisible()
    monkeypatch.setattr(session_backprop, "AT_ONCE", 11 * shown.problem.model.width)
    view.render_snapshot(replace(shown, cursor=15))
    assert view.remark.isVisible()
    assert view.remark.text() == "The strips have the first 11 of 17 examples; sums are over all."
    monkeypatch.setattr(backprop, "passes_at", lambda _: None)
    view.render_snapshot(shown)
    assert not view.remark.isVisible()


# -- tables -------------------------------------------------------------------------------------------------------


def opened(view: BackpropView, name: str) -> ValueDialog:
    strip = row_of(view, name).strips[0]
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(20, strip.height() - 6))
    return view.dialogs[-1]


def test_that_a_heat_map_opens_into_the_exact_values_and_follows_the_cursor(view: BackpropView) -> None:
    shown = a_moment("two-layer-sigmoid", batch_size=6)
    view.render_snapshot(shown)
    dialog = opened(view, "A")
    for cursor in (14, 15, 3):
        here = replace(shown, cursor=cursor)
        view.render_snapshot(here)
        batch = step_examples(here)
        assert batch is not None
        X = here.problem.data.X[:, batch]
        blocks = here.problem.model.layout.split(here.theta)
        A = 1 / (1 + np.exp(-(blocks["W1"] @ X + blocks["b1"])))
        model = dialog.table.model()
        assert (model.rowCount(), model.columnCount()) == (len(batch), 4)
        cells = [[float(model.index(i, j).data()) for j in range(4)] for i in range(len(batch))]
        np.testing.assert_allclose(np.array(cells).T, A, rtol=1e-12)
        heads = [model.headerData(i, Qt.Orientation.Vertical) for i in range(len(batch))]
        assert heads == [f"example {i + 1}" for i in batch]
        assert model.headerData(2, Qt.Orientation.Horizontal) == "unit 2"
        assert f"Iteration {cursor}" in dialog.about.text()
    dialog.reject()
    assert view.dialogs == []


def test_that_cells_are_copied_with_all_their_digits(view: BackpropView, qtbot: QtBot) -> None:
    shown = a_moment("multivariate")
    view.render_snapshot(shown)
    QTest.keyClick(row_of(view, "dL/dw").strips[0], Qt.Key.Key_Return)
    [dialog] = view.dialogs
    qtbot.waitExposed(dialog)
    dialog.table.selectAll()
    QTest.keyClick(dialog.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    [line] = QGuiApplication.clipboard().text().split("\n")
    assert [float(text) for text in line.split("\t")] == shown.grad[:-1].tolist()
    dialog.reject()


def test_that_return_opens_a_table_too(view: BackpropView) -> None:
    view.render_snapshot(a_moment("univariate"))
    QTest.keyClick(row_of(view, "yhat").strips[0], Qt.Key.Key_Return)
    [dialog] = view.dialogs
    assert (dialog.name, dialog.isVisible()) == ("yhat", True)
    dialog.reject()
    assert view.dialogs == []


def test_that_a_table_goes_with_the_term_that_it_shows(view: BackpropView) -> None:
    view.render_snapshot(a_moment("two-layer-sigmoid"))
    opened(view, "A")
    view.render_snapshot(a_moment("univariate"))
    assert view.dialogs == []


# -- badge --------------------------------------------------------------------------------------------------------


def a_check(shown: Snapshot, wrong: float = 0.0, asked: bool = False) -> GradientCheck:
    grad = shown.grad + wrong * np.eye(shown.grad.size)[0] * np.abs(shown.grad).max()
    *_, found = check_steps(CheckWish(shown.problem, shown.theta, grad, None, asked))
    assert found is not None
    return found


def test_that_the_badge_tells_what_the_check_found(qtbot: QtBot) -> None:
    badge = CheckBadge()
    qtbot.addWidget(badge)
    shown = a_moment("two-layer-sigmoid")
    badge.show_check(None, False)
    assert badge.text() == "check"
    badge.show_check(None, True)
    assert badge.text() == "checking …"
    right = a_check(shown)
    badge.show_check(right, False)
    assert badge.text() == f"✓ checked to {right.difference:.0e}"
    assert float(badge.text().split()[-1]) < 1e-12
    wrong = a_check(shown, 1e-3)
    badge.show_check(wrong, False)
    assert badge.text() == f"✗ differs by {wrong.difference:.0e}"
    assert f"∂L/∂W₁: differs by {wrong.blocks[0].difference:.1e}" in badge.toolTip()
    assert "where it is wrong" in badge.toolTip()
    assert "complex step" in badge.toolTip()
    badge.show_check(wrong, True)
    assert badge.text() == "checking …"


def test_that_the_badge_says_how_many_entries_were_checked(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    badge = CheckBadge()
    qtbot.addWidget(badge)
    shown = a_moment("two-layer-sigmoid")
    monkeypatch.setattr(gradient_check, "UNASKED", 12 * shown.problem.data.m * shown.problem.model.width)
    part = a_check(shown)
    badge.show_check(part, False)
    assert badge.text() == f"✓ 12 of 21 to {part.difference:.0e}"
    badge.show_check(replace(part, at_rest=True), False)
    assert badge.text() == "✓ 12 of 21: zero"
    badge.show_check(replace(part, blocks=tuple(replace(block, agrees=False) for block in part.blocks)), False)
    assert badge.text() == f"✗ differs by {part.difference:.0e} · 12 of 21 checked"
    badge.show_check(part, False)
    assert ", 4 of 12 entries" in badge.toolTip()
    assert "Click at rest to check more" in badge.toolTip()
    badge.show_check(a_check(shown, asked=True), False)
    assert " of " not in badge.text()
    assert "Click" not in badge.toolTip()


def test_that_the_check_of_each_block_can_be_read_on_the_panel(view: BackpropView, qtbot: QtBot) -> None:
    shown = a_moment("two-layer-sigmoid")
    check = a_check(shown)
    view.render_snapshot(replace(shown, check=check))
    lines = view.check_lines
    assert not lines.isVisible()
    view.badge.setFocus()
    QTest.keyClick(view.badge, Qt.Key.Key_Tab)
    assert lines.button.hasFocus()
    QTest.keyClick(lines.button, Qt.Key.Key_Space)
    assert lines.isVisible()
    expected = [f"{symbol(f'dL/d{block.name}')}: differs by {block.difference:.1e}" for block in check.blocks]
    assert lines.text().splitlines()[:4] == expected
    assert lines.accessibleName()
    assert lines.button.accessibleName()
    view.render_snapshot(replace(shown, cursor=15))
    assert lines.text().splitlines()[0] == "not checked yet"
    QTest.keyClick(lines.button, Qt.Key.Key_Space)
    assert not lines.isVisible()


# -- the map ------------------------------------------------------------------------------------------------------


@pytest.fixture
def map_view(qtbot: QtBot) -> ContourView:
    widget = ContourView()
    qtbot.addWidget(widget)
    widget.resize(500, 500)
    widget.set_palette(DARK)
    widget.show()
    return widget


def ends(widget: ContourView) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return where the arrow in hand begins, and the tip of its head."""
    path = widget.walk.head.path()
    tip = path.elementAt(3)
    return (path.elementAt(0).x, path.elementAt(0).y), (tip.x, tip.y)


def test_that_the_map_shows_the_increment_at_its_true_length(map_view: ContourView) -> None:
    shown = a_moment("univariate", cursor=2)
    map_view.render_snapshot(shown)
    assert not map_view.walk.arrow.isVisible()
    map_view.render_snapshot(replace(shown, term=INCREMENT))
    assert map_view.walk.arrow.isVisible()
    tail, tip = ends(map_view)
    assert tail == pytest.approx(tuple(shown.theta))
    assert tip == pytest.approx(tuple(shown.timeline.theta[3]), abs=1e-9)
    without_ring = map_view.walk.arrow.path().elementCount()
    map_view.render_snapshot(replace(shown, term=MOVE))
    assert map_view.walk.arrow.path().elementCount() > without_ring
    map_view.render_snapshot(shown)
    assert not map_view.walk.arrow.isVisible()


def test_that_the_map_shows_the_part_of_the_gradient_in_hand(map_view: ContourView) -> None:
    shown = a_moment("univariate", cursor=0)
    for axis, term in enumerate(("dL/dw", "dL/db")):
        map_view.render_snapshot(replace(shown, term=term))
        tail, tip = ends(map_view)
        assert np.sign(tip[axis] - tail[axis]) == -np.sign(shown.grad[axis])
        assert tip[1 - axis] == pytest.approx(tail[1 - axis], abs=1e-12)
    map_view.render_snapshot(replace(shown, term="dL/dyhat"))
    assert not map_view.walk.arrow.isVisible()


def test_that_the_map_says_where_the_gradient_in_hand_does_not_lie_in_its_plane(map_view: ContourView) -> None:
    shown = a_moment("two-layer-sigmoid", cursor=3)  # on a plane of two weights of W1
    map_view.render_snapshot(replace(shown, term="dL/dW1"))
    assert map_view.walk.arrow.isVisible()
    assert "not along" not in map_view.readout.text()
    map_view.render_snapshot(replace(shown, term="dL/dw2"))
    assert not map_view.walk.arrow.isVisible()
    assert map_view.readout.text().endswith("∂L/∂w₂: not along this plane's axes")
    for term in ("dL/dZ", ""):
        map_view.render_snapshot(replace(shown, term=term))
        assert "not along" not in map_view.readout.text()
