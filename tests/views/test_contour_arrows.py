"""The parts of the update on the map: where their tips lie, and that they lead to the step."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from landscape_app.core.arrays import FloatArray
from landscape_app.session.config import RunConfig
from landscape_app.session.settings import base_settings
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.transitions import Run, first_record, recorded
from landscape_app.views.contour import ContourView
from landscape_app.views.palette import DARK, LIGHT, Palette
from tests.views.moments import moment


@pytest.fixture
def view(qtbot: QtBot) -> ContourView:
    made = ContourView()
    qtbot.addWidget(made)
    made.resize(420, 380)
    made.set_palette(DARK)
    made.show()
    qtbot.waitExposed(made)
    return made


def of_rule(rule: str, cursor: int = 6, **changes: Any) -> Snapshot:
    """Return the moment of a run of ``rule``, its map around the cursor."""
    shown = moment()
    config = RunConfig(optimizer=rule, **{"hyper": {"learning_rate": 0.05}, **changes})
    run = Run.of(config, shown.problem.model, shown.problem.data)
    first = first_record(run, np.array(shown.timeline.theta[0]))
    batch = recorded(run, first, 20, with_first=True).batch
    assert batch is not None
    timeline = shown.timeline.starting_with(batch)
    experiment = shown.experiment.but(run=config)
    return replace(
        shown,
        experiment=experiment,
        wanted=experiment,
        settings=base_settings(config),
        timeline=timeline,
        cursor=cursor,
    )


def press(view: ContourView) -> None:
    QTest.mouseClick(view.parts_button, Qt.MouseButton.LeftButton)


def ends(view: ContourView, name: str) -> tuple[FloatArray, FloatArray]:
    """Return where an arrow begins, and where its tip is, on the map."""
    shaft = view.parts.lines[name].path()
    head = view.parts._heads[name].path()
    begin, tip = shaft.elementAt(0), head.elementAt(1) if head.elementCount() else shaft.elementAt(1)
    return np.array([begin.x, begin.y]), np.array([tip.x, tip.y])


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ("gradient-descent", ("raw",)),
        ("momentum", ("raw", "momentum_part", "step")),
        ("rmsprop", ("raw", "rescaling", "step")),
        ("adam", ("raw", "momentum_part", "rescaling", "step")),
        ("adamw", ("raw", "momentum_part", "rescaling", "decay_part", "step")),
    ],
)
def test_that_the_parts_lead_one_after_the_other_to_the_step(
    view: ContourView, rule: str, names: tuple[str, ...]
) -> None:
    shown = of_rule(rule)
    view.render_snapshot(shown)
    assert not any(item.isVisible() for item in view.parts.items)
    press(view)
    assert view.parts.drawn.names == names
    times = view.parts.drawn.enlarged
    here = np.array(shown.map_view.plane.project(shown.theta))
    there = np.array(shown.map_view.plane.project(shown.timeline.theta[7]))
    size = float(np.abs(there - here).max()) * times
    begin, tip = ends(view, names[-1])
    np.testing.assert_allclose(begin, here, atol=1e-9)
    np.testing.assert_allclose(tip, here + times * (there - here), atol=1e-6 * size)
    raw = ends(view, "raw")
    np.testing.assert_allclose(raw[0], here, atol=1e-9)
    np.testing.assert_allclose(raw[1] - here, -times * 0.05 * shown.grad, rtol=1e-6, atol=1e-6 * size)
    assert not view.arrow.isVisible()  # the raw part is the gradient's arrow
    press(view)
    assert view.arrow.isVisible()
    assert not any(item.isVisible() for item in view.parts.items)


def test_that_the_legend_names_the_parts_and_the_enlarging(view: ContourView) -> None:
    shown = of_rule("adam", hyper={"learning_rate": 1e-7})
    view.render_snapshot(shown)
    press(view)
    assert view.parts_legend.isVisible()
    names = [name for name, _ in view.parts.legend()]
    assert names == ["−ηg", "momentum", "rescaling", "step"]
    times = view.parts.drawn.enlarged
    assert times >= 1_000_000.0
    mantissa, exponent = f"{times:e}".split("e")
    note = f"× {float(mantissa):g}e{int(exponent)}"
    assert view.parts.note() == f"all {note}"
    assert view.parts_legend.accessibleName().endswith(f"step, all {note}")
    assert note in view.parts_legend.toolTip()
    styles = {sample.style() for _, sample in view.parts.legend()[:3]}
    assert len(styles) == 3  # told apart without colours
    view.set_palette(LIGHT)
    assert view.parts.lines["step"].pen().color().name() == LIGHT.accent


def test_that_the_note_on_the_enlarging_stands_once_behind_all_names(view: ContourView) -> None:
    view.parts_button.setChecked(True)
    view.render_snapshot(of_rule("adamw", hyper={"learning_rate": 1e-6}))
    assert "all" not in view.parts_legend.accessibleName()
    assert view.parts_legend_more.accessibleName().endswith(view.parts.note())
    view.render_snapshot(of_rule("gradient-descent", 0, hyper={"learning_rate": 0.1}))
    assert view.parts.drawn.enlarged == 1.0
    assert view.parts.note() == ""


@pytest.mark.parametrize("look", [DARK, LIGHT], ids=["dark", "light"])
def test_that_parts_along_one_line_are_seen_beside_the_step(view: ContourView, look: Palette) -> None:
    view.set_palette(look)
    view.parts_button.setChecked(True)
    view.render_snapshot(of_rule("momentum", cursor=1))
    for shade in ("#e86ad4", look.accent):
        assert pixels_of(view.grab().toImage(), shade) > 60, shade


def pixels_of(image: QImage, shade: str) -> int:
    """Return how many pixels have about this colour."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    seen = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)[:, :, 2::-1].astype(int)
    wanted = QColor(shade)
    away = np.abs(seen - (wanted.red(), wanted.green(), wanted.blue())).max(axis=2)
    return int(np.count_nonzero(away <= 12))


def luminance(shade: QColor) -> float:
    channels = [shade.redF(), shade.greenF(), shade.blueF()]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("look", [DARK, LIGHT], ids=["dark", "light"])
def test_that_samples_in_the_legends_can_be_seen_on_the_panel(view: ContourView, look: Palette) -> None:
    view.set_palette(look)
    view.ghost_button.setChecked(True)
    view.parts_button.setChecked(True)
    shown = of_rule("adamw", batch_size=5)
    view.render_snapshot(shown)
    entries = view.parts.legend() + view.ghost.legend(shown, look)
    assert len(entries) == 6
    for name, sample in entries:
        low, high = sorted((luminance(sample.color()), luminance(QColor(look.panel))))
        assert (high + 0.05) / (low + 0.05) >= 3.0, name
    assert view.parts.lines["raw"].pen().color().name() == "#ff9f40"  # on the map it is as in any look


def test_that_momentum_is_said_to_be_what_velocity_or_average_adds(view: ContourView) -> None:
    for rule in ("momentum", "nesterov", "adam"):
        view.render_snapshot(of_rule(rule))
        view.parts_button.setChecked(True)
        assert "momentum: what the velocity, or Adam's average, adds\n" in view.parts.words()


def test_that_everything_that_is_drawn_stays_within_sight(view: ContourView) -> None:
    for rate in (1e-9, 1e-3, 0.05, 10.0):
        view.render_snapshot(of_rule("rmsprop", cursor=3, hyper={"learning_rate": rate}))
        view.parts_button.setChecked(True)
        pixel = view.box.viewPixelSize()
        reach = 0.0
        for name in view.parts.drawn.names:
            begin, tip = ends(view, name)
            here = np.array(ends(view, "raw")[0])
            reach = max(reach, *(float(np.hypot(*((end - here) / np.abs(pixel)))) for end in (begin, tip)))
        assert 17.0 < reach < 151.0


def test_that_random_search_has_no_parts_and_a_replaced_rule_gets_its_own(view: ContourView) -> None:
    view.render_snapshot(of_rule("random-search", hyper={}))
    press(view)
    assert not view.parts.legend()
    view.render_snapshot(of_rule("nesterov"))
    assert [name for name, _ in view.parts.legend()][:2] == ["−ηg", "momentum"]
    assert view.parts_button.accessibleName()
    assert "(U)" in view.parts_button.toolTip()
