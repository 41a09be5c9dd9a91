"""The ruler of learning rates and the verdict beside it, with a real mouse and real keys."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from landscape_app.core.curvature import linear_spectrum, spectrum_steps
from landscape_app.core.factor import CentredFactor
from landscape_app.session.config import RunConfig, ScheduleConfig
from landscape_app.session.point_kind import PointReading, PointWish
from landscape_app.session.settings import Schedule, base_settings
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.palette import DARK, LIGHT
from landscape_app.views.plotting import format_number
from landscape_app.views.setup_optimizer import OptimizerSection
from landscape_app.views.stability import StabilityPart
from landscape_app.views.stability_ruler import RateRuler
from tests.views.moments import moment


def judged(rule: str = "gradient-descent", share: float | None = None, rate: float = 0.1, **more: Any) -> Snapshot:
    """Return a regression's moment under a rule at ``share`` of its limit for gradient descent, 2/λmax."""
    shown = moment(cursor=3)
    data = shown.problem.data
    spectrum = linear_spectrum(CentredFactor.of(data.X, data.y))
    if share is not None:
        rate = share * 2.0 / spectrum.largest
    run = RunConfig(optimizer=rule, hyper={**more.pop("hyper", {}), "learning_rate": rate}, **more)
    experiment = shown.experiment.but(run=run)
    return replace(
        shown, experiment=experiment, wanted=experiment, settings=Schedule(run).at(shown.cursor), spectrum=spectrum
    )


@pytest.fixture
def part(qtbot: QtBot) -> StabilityPart:
    made = StabilityPart()
    qtbot.addWidget(made)
    made.resize(230, 140)
    made.set_palette(DARK)
    made.show()
    qtbot.waitExposed(made)
    return made


def ruler_of(part: StabilityPart) -> RateRuler:
    part.grab()
    return part.ruler


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.2, "Converges"), (0.8, "Oscillates"), (1.0, "On the edge"), (1.6, "Diverges"), (0.0, "Stands still")],
)
def test_that_the_verdict_is_there_before_play(part: StabilityPart, share: float, words: str) -> None:
    shown = judged(share=share)
    part.render_snapshot(shown)
    assert part.verdict.text().startswith(words)
    if share == 1.6:  # 1 − ηλ
        assert part.verdict.text().endswith("by −2.20.")
        assert DARK.error in part.verdict.styleSheet()
    part.set_palette(LIGHT)
    part.grab()


def test_that_the_numbers_shown_are_the_curvatures(part: StabilityPart) -> None:
    shown = judged("momentum", hyper={"momentum": 0.5})
    part.render_snapshot(shown)
    data = shown.problem.data
    design = np.vstack([data.X, np.ones((1, data.m))])
    values = np.linalg.eigvalsh(2.0 / data.m * design @ design.T)
    text = part.numbers.text().replace("&nbsp;", " ")
    assert f"λmax {values[-1]:.3g}"[:8] in text
    assert f"κ {values[-1] / values[0]:,.3g}" in text
    limits = [float(x) for x in re.findall(r"\d+\.\d+", part.limits.text())]
    expected = [2.0 / values[-1], 3.0 / values[-1], 3.0 / (2.0 * values[-1])]
    assert limits == pytest.approx(expected, rel=5e-3)


def test_that_the_best_rate_is_taken_by_a_click(part: StabilityPart, qtbot: QtBot) -> None:
    part.render_snapshot(judged())
    assert part.found is not None
    assert part.found.best is not None
    with qtbot.waitSignal(part.rate_requested) as asked:
        part.numbers.linkActivated.emit("best")
    assert asked.args[0] == pytest.approx(part.found.best, rel=5e-3)


def test_that_the_best_rate_comes_after_the_ruler_for_the_keyboard_and_has_a_name(qtbot: QtBot) -> None:
    section = OptimizerSection()
    qtbot.addWidget(section)
    section.resize(300, 600)
    section.show()
    qtbot.waitExposed(section)
    section.render_snapshot(judged("nesterov"))
    part = section.stability
    best = part.found.best if part.found is not None else None
    assert best is not None
    assert part.numbers.accessibleName().startswith("Curvature and best rate: λmax ")
    assert part.numbers.accessibleName().endswith(f"· best η {format_number(best, 3)}")
    assert part.numbers.accessibleDescription()
    section.activateWindow()
    part.ruler.setFocus()
    qtbot.waitUntil(part.ruler.hasFocus)
    QTest.keyClick(part.ruler, Qt.Key.Key_Tab)
    assert part.numbers.hasFocus()
    QTest.keyClick(part.numbers, Qt.Key.Key_Tab)  # to the link in it
    with qtbot.waitSignal(part.rate_requested):
        QTest.keyClick(part.numbers, Qt.Key.Key_Return)
    QTest.keyClick(part.numbers, Qt.Key.Key_Tab)
    assert section.fields["momentum"].hasFocus()


def test_that_dragging_asks_for_the_rate_under_the_mouse(part: StabilityPart, qtbot: QtBot) -> None:
    part.render_snapshot(judged())
    ruler = ruler_of(part)
    asked: list[float] = []
    part.rate_requested.connect(asked.append)
    y = ruler.height() // 2
    places = [ruler.width() // 3, ruler.width() // 2, ruler.width() * 2 // 3]
    QTest.mousePress(ruler, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(places[0], y))
    ends = ruler.rate_range
    for x in places[1:]:
        QTest.mouseMove(ruler, QPoint(x, y))
        part.render_snapshot(judged(rate=asked[-1]))
    QTest.mouseRelease(ruler, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(places[-1], y))
    low, high = ends
    length = ruler.width() - 20.0
    expected = [low * (high / low) ** ((x - 10.0) / length) for x in places]
    assert asked == pytest.approx(expected, rel=5e-3)


def test_that_the_ruler_stands_still_while_it_is_held(part: StabilityPart) -> None:
    part.render_snapshot(judged(share=0.5))
    ruler = ruler_of(part)
    ends, limit = ruler.rate_range, 2.0 / linear_spectrum_of(judged())
    middle = QPoint(ruler.width() // 2, ruler.height() // 2)
    QTest.mousePress(ruler, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    part.render_snapshot(judged(rate=limit * 40.0))
    assert ruler.rate_range == ends
    QTest.mouseRelease(ruler, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    assert ruler.rate_range[1] >= limit * 40.0


def linear_spectrum_of(shown: Snapshot) -> float:
    assert shown.spectrum is not None
    return shown.spectrum.largest


def test_that_keys_multiply_the_rate(part: StabilityPart, qtbot: QtBot) -> None:
    part.render_snapshot(judged(rate=0.1))
    for key, rate in (
        (Qt.Key.Key_Right, 0.11),
        (Qt.Key.Key_Left, 0.0909),
        (Qt.Key.Key_PageUp, 0.2),
        (Qt.Key.Key_PageDown, 0.05),
    ):
        with qtbot.waitSignal(part.rate_requested) as asked:
            QTest.keyClick(part.ruler, key)
        assert asked.args == [rate]


def test_that_the_rulers_keys_are_not_those_of_the_run(part: StabilityPart, qtbot: QtBot) -> None:
    """The arrow keys step through the run everywhere else in the window."""
    part.render_snapshot(judged(rate=0.1))
    action = QAction(part)
    action.setShortcut(Qt.Key.Key_Right)
    part.addAction(action)
    stepped: list[int] = []
    action.triggered.connect(lambda: stepped.append(1))
    part.activateWindow()
    part.look_button.setVisible(True)
    part.look_button.setFocus()
    QTest.keyClick(part.look_button, Qt.Key.Key_Right)
    assert len(stepped) == 1
    part.ruler.setFocus()
    with qtbot.waitSignal(part.rate_requested):
        QTest.keyClick(part.ruler, Qt.Key.Key_Right)
    assert len(stepped) == 1


def test_that_the_best_rate_is_no_reason_to_warn(part: StabilityPart) -> None:
    best = part_best(part)
    part.render_snapshot(judged(rate=float(f"{best:.3g}")))
    assert part.verdict.text().startswith("The best rate in the long run")
    assert DARK.good in part.verdict.styleSheet()
    part.render_snapshot(judged(rate=1.02 * best))
    assert part.verdict.text().startswith("Oscillates")
    assert DARK.warning in part.verdict.styleSheet()


def part_best(part: StabilityPart) -> float:
    """Return 2/(λmax + λmin)."""
    part.render_snapshot(judged())
    data = judged().problem.data
    design = np.vstack([data.X, np.ones((1, data.m))])
    values = np.linalg.eigvalsh(2.0 / data.m * design @ design.T)
    return float(2.0 / (values[0] + values[-1]))


def test_that_a_scheduled_rate_is_told_with_what_is_set(part: StabilityPart) -> None:
    part.render_snapshot(judged(rate=0.2, schedule=ScheduleConfig(warmup=10)))
    assert part.found is not None
    assert part.found.rate is not None
    shown = f"So it is with η = {part.found.rate:.3g}"
    assert shown in part.verdict.text()
    assert "the schedule's share of 0.200 at iteration 3." in part.verdict.text()


@pytest.mark.parametrize("rate", [0.0, 1e-30, 1e-3, 1.0, 1e30])
def test_that_any_rate_has_a_place_on_the_ruler(part: StabilityPart, rate: float) -> None:
    part.render_snapshot(judged(rate=rate))
    ruler = ruler_of(part)
    assert 0.0 <= ruler.x_of(rate) <= ruler.width()
    low, high = ruler.rate_range
    for shown in (low * 1.01, (low * high) ** 0.5, high * 0.99):
        assert ruler.rate_at(ruler.x_of(shown)) == pytest.approx(shown, rel=5e-3)
    part.render_snapshot(judged("adam", rate=rate))
    ruler_of(part)


@pytest.mark.parametrize("rate", [5e-324, 6.4e-323, 1e-308, 1e306, 2e306, 1.7e308])
@pytest.mark.parametrize("rule", ["gradient-descent", "adam"])
def test_that_rates_at_the_end_of_all_numbers_are_drawn(part: StabilityPart, rule: str, rate: float) -> None:
    """A schedule that halves the rate at each iteration comes there after some thousand."""
    part.render_snapshot(judged(rule, rate=rate))
    low, high = ruler_of(part).rate_range
    assert 0.0 < low < high < np.inf
    assert 0.0 <= part.ruler.x_of(rate) <= part.ruler.width()


def test_that_it_is_told_why_there_is_no_limit(part: StabilityPart) -> None:
    part.render_snapshot(judged("adam"))
    assert part.verdict.text() == "No simple limit: Adam scales the step of each parameter by itself."
    assert part.limits.isHidden()
    part.render_snapshot(judged(batch_size=5))
    assert part.verdict.text().startswith("No simple limit: each batch has its own curvature. On all examples it is ")


def test_that_a_network_shows_the_curvature_at_the_cursor_and_says_where_it_was_found(part: StabilityPart) -> None:
    shown = moment("two-layer-sigmoid", cursor=5)
    shown = replace(shown, settings=base_settings(RunConfig(hyper={"learning_rate": 0.1})))
    part.render_snapshot(shown)
    assert part.verdict.text() == "No simple limit: the curvature changes from point to point."
    part.render_snapshot(replace(shown, inspecting=True))
    assert "finding" in part.numbers.text()
    problem = shown.problem
    *_, spectrum = spectrum_steps(problem.model, problem.data, shown.theta)
    assert spectrum is not None
    wish = PointWish(problem, 5, shown.theta, shown.timeline.theta[0])
    known = replace(shown, spectrum=spectrum, point=PointReading(wish, 1.0, 1.0, spectrum))
    part.render_snapshot(known)
    assert f"{2.0 / spectrum.largest:.3g}"[:4] in part.verdict.text()
    assert "at iteration" not in part.numbers.text()
    part.render_snapshot(replace(known, cursor=9))
    assert "at iteration 5" in part.numbers.text().replace("&nbsp;", " ")
    assert "By the one of iteration 5 it would be" in part.verdict.text()
    assert part.look_button.isHidden()  # small enough to be looked at unasked


def test_that_a_scheduled_rate_is_asked_for_by_what_has_to_be_set(part: StabilityPart, qtbot: QtBot) -> None:
    shown = judged(rate=0.4, schedule=ScheduleConfig(kind="exponential"))
    now = shown.settings.hyper["learning_rate"]
    assert now < 0.4
    part.render_snapshot(shown)
    assert part.found is not None
    assert part.found.rate == now
    with qtbot.waitSignal(part.rate_requested) as asked:
        QTest.keyClick(part.ruler, Qt.Key.Key_PageUp)
    assert asked.args[0] == pytest.approx(0.8, rel=5e-3)


def test_that_the_section_hands_the_rate_on_and_hides_the_ruler_where_there_is_none(qtbot: QtBot) -> None:
    section = OptimizerSection()
    qtbot.addWidget(section)
    section.resize(300, 600)
    section.show()
    qtbot.waitExposed(section)
    section.render_snapshot(judged())
    with qtbot.waitSignal(section.setting_edited) as asked:
        QTest.keyClick(section.stability.ruler, Qt.Key.Key_PageUp)
    assert asked.args == ["learning_rate", 0.2]
    assert section.stability.isVisible()
    label = section.stability.ruler
    assert label.accessibleName()
    assert label.toolTip()
    shown = moment()
    settings = base_settings(RunConfig(optimizer="random-search"))
    section.render_snapshot(replace(shown, settings=settings))
    assert not section.stability.isVisible()
    section.render_snapshot(judged("nesterov"))
    assert section.stability.isVisible()
    assert list(section.fields) == ["learning_rate", "momentum"]


def test_that_it_says_whether_somebody_looks(part: StabilityPart, qtbot: QtBot) -> None:
    with qtbot.waitSignal(part.watched) as told:
        part.hide()
    assert told.args == [False]
    with qtbot.waitSignal(part.watched) as told:
        part.show()
    assert told.args == [True]


def test_that_the_iteration_told_is_the_cursors_while_a_step_schedule_holds(part: StabilityPart) -> None:
    schedule = ScheduleConfig(kind="step", values={"every": 10.0})
    shown = judged(rate=0.1, schedule=schedule)
    part.render_snapshot(shown)
    assert "So it is with" not in part.verdict.text()  # so far it is what was set
    for cursor in (11, 15, 19):
        part.render_snapshot(replace(shown, cursor=cursor, settings=Schedule(shown.experiment.run).at(cursor)))
        assert part.verdict.text().endswith(f"at iteration {cursor}.")


@pytest.mark.parametrize("rate", [1e-15, 1e-13])
def test_that_a_rate_that_hardly_moves_is_told_so(part: StabilityPart, rate: float) -> None:
    part.render_snapshot(judged(rate=rate))
    assert "hardly moves: a step leaves" in part.verdict.text()
    assert "  " not in part.verdict.text()


def test_that_a_rate_that_will_warm_up_beyond_the_limit_is_not_called_safe(part: StabilityPart) -> None:
    schedule = ScheduleConfig(warmup=20)
    part.render_snapshot(judged(share=0.9, schedule=schedule))
    assert "lies above" not in part.verdict.text()
    assert DARK.good in part.verdict.styleSheet()
    shown = judged(share=1.5, schedule=schedule)
    part.render_snapshot(shown)
    assert part.verdict.text().startswith("Converges")
    assert shown.spectrum is not None
    limit = 2.0 / shown.spectrum.largest
    first = next(i for i in range(21) if 1.5 * limit * schedule.factor(i) > limit)
    words = f"At iteration {first} η comes to lie above {limit:.3f}: there the error grows."
    assert part.verdict.text().endswith(words)
    assert DARK.error in part.verdict.styleSheet()
    part.set_palette(LIGHT)
    assert LIGHT.error in part.verdict.styleSheet()
    later = replace(shown, cursor=first, settings=Schedule(shown.experiment.run).at(first))
    part.render_snapshot(later)
    assert part.verdict.text().startswith("Diverges")
    assert "lies above" not in part.verdict.text()


def test_that_rates_that_are_as_good_as_any_are_given_as_a_range(part: StabilityPart) -> None:
    part.render_snapshot(judged("momentum", rate=0.1, hyper={"momentum": 0.9}))
    found = part.found
    assert found is not None
    assert found.equally_best is not None
    low, high = found.equally_best
    assert low < 0.1 < high
    text = part.numbers.text().replace("&nbsp;", " ")
    assert f"best η {format_number(low, 3)} to {format_number(high, 3)}" in text
    assert "href" not in text  # none is better than the one in force
    part.render_snapshot(judged("momentum", rate=0.5 * low, hyper={"momentum": 0.9}))
    assert "href" in part.numbers.text()


def test_that_a_rate_just_beyond_the_limit_is_told_by_how_much_the_error_grows(part: StabilityPart) -> None:
    part.render_snapshot(judged(share=1.00005))
    assert part.verdict.text().startswith("Diverges")
    factor = part.verdict.text().rstrip(".").split("by ")[-1]
    assert float(factor.replace("−", "-")) == pytest.approx(1.0 - 2.0 * 1.00005, abs=1e-5)
    assert factor != "−1.00"
