"""Semantics and schedule in the setup panel: what is shown, and what the user's hand asks for."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from landscape_app.session.config import ScheduleConfig
from landscape_app.session.settings import Schedule
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.number_field import NumberField
from landscape_app.views.palette import DARK, LIGHT, Palette
from landscape_app.views.setup_optimizer import OptimizerSection
from landscape_app.views.theme import style_sheet
from tests.views.moments import moment

COSINE = ScheduleConfig(kind="cosine", values={"steps": 20.0, "final": 0.2}, warmup=4)


@pytest.fixture
def section(qtbot: QtBot) -> OptimizerSection:
    made = OptimizerSection()
    qtbot.addWidget(made)
    made.resize(270, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


def with_run(shown: Snapshot, cursor: int | None = None, **changes: Any) -> Snapshot:
    experiment = shown.experiment.but(run=shown.experiment.run.but(**changes))
    at = shown.cursor if cursor is None else cursor
    settings = Schedule(experiment.run).at(at)
    return replace(shown, experiment=experiment, wanted=experiment, settings=settings, cursor=at)


def choose(box: QComboBox, text: str) -> None:
    """Choose an entry by its first letters, as at the keyboard."""
    box.setFocus()
    QTest.keyClicks(box, text)


def type_into(field: NumberField, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


@pytest.mark.parametrize(("letters", "semantics"), [("K", "keras"), ("o", "optax")])
def test_that_a_library_is_asked_for(section: OptimizerSection, qtbot: QtBot, letters: str, semantics: str) -> None:
    section.render_snapshot(moment())
    assert section.semantics.currentText() == "PyTorch"
    with qtbot.waitSignal(section.setting_edited) as asked:
        choose(section.semantics, letters)
    assert asked.args == ["semantics", semantics]


def test_that_the_fields_formula_and_tooltip_are_the_library_s(section: OptimizerSection) -> None:
    shown = moment()
    section.render_snapshot(shown)
    assert set(section.fields) == {"learning_rate", "momentum", "dampening"}
    section.render_snapshot(with_run(shown, semantics="keras"))
    assert section.semantics.currentText() == "Keras"
    assert set(section.fields) == {"learning_rate", "momentum"}
    assert section.formula.text() == "v ← μ v − η g,  θ ← θ + v"
    assert "each with the rate of its time" in section.semantics.toolTip().replace("\n", " ")
    assert "optax: v ← μ v + g" in section.semantics.toolTip()
    assert max(len(line) for line in section.semantics.toolTip().splitlines()) <= 100
    section.render_snapshot(with_run(shown, semantics="keras", optimizer="gradient-descent"))
    assert "the same in all of them" in section.semantics.toolTip()
    assert section.semantics.accessibleName() == "Semantics"


@pytest.mark.parametrize("look", [DARK, LIGHT], ids=["dark", "light"])
def test_that_a_list_without_a_choice_is_grey(section: OptimizerSection, look: Palette) -> None:
    section.setStyleSheet(style_sheet(look))
    section.render_snapshot(moment())
    before = section.semantics.grab().toImage()
    section.semantics.setEnabled(False)
    assert section.semantics.grab().toImage() != before


def test_that_there_is_nothing_to_choose_for_a_rule_that_no_library_has(section: OptimizerSection) -> None:
    shown = moment()
    section.render_snapshot(with_run(shown, optimizer="random-search", hyper={}))
    assert not section.semantics.isEnabled()
    assert section.semantics.toolTip() == "Random search is in none of the libraries."
    assert section.fields["radius"].accessibleName() == "Radius r"
    assert "θ₀ + r u" in section.formula.text()
    section.render_snapshot(shown)
    assert section.semantics.isEnabled()
    assert "Whose rule" in section.semantics.toolTip()


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("Cos", ScheduleConfig(kind="cosine")),
        ("S", ScheduleConfig(kind="step")),
        ("E", ScheduleConfig(kind="exponential")),
        ("1", ScheduleConfig(kind="inverse")),
        ("W", ScheduleConfig(warmup=20)),
    ],
)
def test_that_a_schedule_is_asked_for(
    section: OptimizerSection, qtbot: QtBot, letters: str, expected: ScheduleConfig
) -> None:
    section.render_snapshot(moment())
    part = section.schedule
    assert part.kind.currentText() == "Constant"
    assert not part.curve.isVisible()
    assert not part.warmup.isVisible()
    asked: list[list[object]] = []
    section.setting_edited.connect(lambda name, value: asked.append([name, value]))
    choose(part.kind, letters)
    assert asked[-1] == ["schedule", expected]


def test_that_the_settings_of_the_chosen_schedule_are_shown_and_can_be_changed(
    section: OptimizerSection, qtbot: QtBot
) -> None:
    part = section.schedule
    section.render_snapshot(with_run(moment(), schedule=COSINE))
    assert part.kind.currentText() == "Cosine"
    visible = {name for name, field in part.fields.items() if field.isVisible()}
    assert visible == {("cosine", "steps"), ("cosine", "final")}
    assert part.fields["cosine", "steps"].value == 20.0
    assert part.warmup.value == 4.0
    with qtbot.waitSignal(section.setting_edited) as asked:
        type_into(part.fields["cosine", "final"], "0.5")
    assert asked.args == ["schedule", COSINE.but(values={"steps": 20.0, "final": 0.5})]
    with qtbot.waitSignal(section.setting_edited) as asked:
        type_into(part.warmup, "9")
    assert asked.args == ["schedule", COSINE.but(warmup=9)]
    with qtbot.assertNotEmitted(section.setting_edited):
        type_into(part.fields["cosine", "steps"], "0")  # out of range: the last value comes back
    assert part.fields["cosine", "steps"].value == 20.0
    with qtbot.waitSignal(section.setting_edited) as asked:
        choose(part.kind, "Con")
    assert asked.args == ["schedule", ScheduleConfig()]


def test_that_the_field_holds_the_rate_that_was_set_and_the_curve_the_one_in_force(section: OptimizerSection) -> None:
    shown = moment()
    for cursor in (0, 3, 14, 30):
        section.render_snapshot(with_run(shown, cursor=cursor, schedule=COSINE))
        assert section.fields["learning_rate"].value == 0.02
        rate = 0.02 * COSINE.factor(cursor)
        text = section.schedule.curve.text
        assert f"at iteration {cursor}" in text
        assert float(text.split()[2]) == pytest.approx(rate, rel=1e-3)
        assert "0.02" in section.schedule.curve.toolTip()


def test_that_the_curve_is_drawn_where_the_rates_are(section: OptimizerSection) -> None:
    curve = section.schedule.curve
    section.set_palette(LIGHT)
    section.render_snapshot(with_run(moment(), cursor=4, schedule=COSINE))
    left, top, end = curve.place_of(0, 0.0), curve.place_of(4, 0.02), curve.place_of(100, 0.0)
    assert top.y() < left.y() == end.y()
    assert left.x() < top.x() < end.x() <= curve.width()
    picture = curve.grab().toImage()
    ratio = picture.devicePixelRatio()

    def shade(x: float, y: float) -> tuple[int, int, int]:
        colour = picture.pixelColor(round(x * ratio), round(y * ratio))
        return colour.red(), colour.green(), colour.blue()

    accent = tuple(int(LIGHT.accent[i : i + 2], 16) for i in (1, 3, 5))
    # The dot of the cursor stands on the curve, at iteration 4, where the warm-up is over.
    assert np.abs(np.subtract(shade(top.x(), top.y()), accent)).max() < 40
    section.set_palette(DARK)
    assert curve.grab().toImage() != picture


def test_that_a_longer_run_gets_a_longer_curve_and_a_cursor_alone_does_not(section: OptimizerSection) -> None:
    curve = section.schedule.curve
    shown = with_run(moment(iterations=30), schedule=COSINE)
    section.render_snapshot(shown)
    rates = curve._curve
    section.render_snapshot(replace(shown, cursor=20, settings=Schedule(shown.experiment.run).at(20)))
    assert curve._curve is rates
    assert "iteration 20" in curve.text
    section.render_snapshot(with_run(moment(iterations=300), schedule=COSINE))
    assert curve._curve[0][-1] >= 300


def test_that_random_search_has_no_schedule(section: OptimizerSection) -> None:
    shown = moment()
    section.render_snapshot(with_run(shown, schedule=COSINE, optimizer="random-search", hyper={}))
    assert not section.schedule.kind.isVisible()
    assert not section.schedule.curve.isVisible()
    section.render_snapshot(with_run(shown, schedule=COSINE))
    assert section.schedule.curve.isVisible()


def test_that_the_keys_for_the_rate_scale_what_was_set(section: OptimizerSection, qtbot: QtBot) -> None:
    section.render_snapshot(with_run(moment(), schedule=COSINE))
    with qtbot.waitSignal(section.setting_edited) as asked:
        section.scale_rate(1.25)
    assert asked.args == ["learning_rate", 0.025]


def test_that_the_tooltip_says_what_a_change_in_mid_run_does(section: OptimizerSection) -> None:
    section.render_snapshot(with_run(moment(), schedule=COSINE))
    tip = section.schedule.kind.toolTip()
    assert "replaced from the cursor on" in tip
    assert "cos" in tip
    QTest.mouseMove(section.schedule.kind, QPoint(4, 4))
