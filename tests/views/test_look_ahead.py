"""Looking ahead: the numbers are those of the steps themselves, and the window says where there are none."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from landscape_app.core.arrays import FloatArray
from landscape_app.session.ahead import ahead, descent_from, why_not_ahead
from landscape_app.session.config import Change, ScheduleConfig
from landscape_app.session.settings import Schedule, base_settings
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.look_ahead import LookAheadDialog
from tests.views.moments import click, made_data, moment, number_in


def with_run(shown: Snapshot, **changes: Any) -> Snapshot:
    run = shown.experiment.run.but(**{"optimizer": "gradient-descent", **changes})
    experiment = shown.experiment.but(run=run)
    return replace(shown, experiment=experiment, wanted=experiment, settings=base_settings(run))


def stepped(shown: Snapshot, count: int) -> FloatArray:
    """Take the steps one by one, by the equations."""
    model, data, theta = shown.problem.model, shown.problem.data, np.array(shown.theta)
    for _ in range(count):
        theta -= shown.settings.hyper["learning_rate"] * model.loss_and_gradient(theta, data.X, data.y)[1]
    return theta


def opened(qtbot: QtBot, shown: Snapshot) -> LookAheadDialog:
    made = LookAheadDialog(shown)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def type_count(dialog: LookAheadDialog, count: int) -> None:
    dialog.count.setFocus()
    dialog.count.selectAll()
    QTest.keyClicks(dialog.count, str(count))
    QTest.keyClick(dialog.count, Qt.Key.Key_Return)


@pytest.mark.parametrize(("model", "n"), [("univariate", 1), ("multivariate", 4)])
def test_that_it_shows_what_the_steps_would(qtbot: QtBot, model: str, n: int) -> None:
    shown = with_run(moment(model, made_data(n)))
    dialog = opened(qtbot, shown)
    type_count(dialog, 700)
    theta = stepped(shown, 700)
    loss, gradient = shown.problem.model.loss_and_gradient(theta, shown.problem.data.X, shown.problem.data.y)
    assert dialog.iteration.text() == f"{shown.cursor + 700:,}"
    assert number_in(dialog.loss.text()) == pytest.approx(loss, rel=1e-6)
    assert number_in(dialog.slope.text()) == pytest.approx(float(np.linalg.norm(gradient)), rel=1e-3)
    lines = dialog.theta.text().splitlines()
    assert [line.split(" = ")[0] for line in lines] == list(shown.problem.model.layout.scalar_names)
    assert [number_in(line) for line in lines] == pytest.approx(theta.tolist(), rel=1e-5)
    assert shown.problem.optimum is not None
    away = float(np.linalg.norm(theta - shown.problem.optimum.theta))
    assert number_in(dialog.distance.text()) == pytest.approx(away, rel=1e-3)


def test_that_one_can_start_from_there(qtbot: QtBot) -> None:
    shown = with_run(moment())
    dialog = opened(qtbot, shown)
    type_count(dialog, 30)
    with qtbot.waitSignal(dialog.start_requested) as asked:
        click(dialog.start_button)
    assert asked.args is not None
    assert asked.args[0] == pytest.approx(stepped(shown, 30), rel=1e-12)
    assert not dialog.isVisible()


def test_that_another_moment_is_looked_ahead_from(qtbot: QtBot) -> None:
    shown = with_run(moment())
    dialog = opened(qtbot, shown)
    type_count(dialog, 10)
    before = dialog.theta.text()
    dialog.render_snapshot(replace(shown, cursor=20))
    assert dialog.iteration.text() == "30"
    assert dialog.theta.text() != before


def test_that_another_rate_or_another_path_is_looked_ahead_with(qtbot: QtBot) -> None:
    shown = with_run(moment())
    dialog = opened(qtbot, shown)
    type_count(dialog, 10)
    moved = with_run(moment(theta=np.array([3.0, -2.0])))
    for after in (with_run(shown, hyper={"learning_rate": 0.05}), replace(shown, timeline=moved.timeline)):
        dialog.render_snapshot(after)
        values = [number_in(line) for line in dialog.theta.text().splitlines()]
        assert values == pytest.approx(stepped(after, 10).tolist(), rel=1e-5)
        dialog.render_snapshot(shown)


def test_that_one_can_look_as_far_as_whole_numbers_reach(qtbot: QtBot) -> None:
    shown = with_run(moment())
    dialog = opened(qtbot, shown)
    type_count(dialog, 10**15)
    assert dialog.iteration.text() == f"{shown.cursor + 10**15:,}"


@pytest.mark.parametrize(("n", "lines"), [(5, 6), (6, 7)])
def test_that_six_parameters_are_named_and_more_are_hinted_at(qtbot: QtBot, n: int, lines: int) -> None:
    dialog = opened(qtbot, with_run(moment("multivariate", made_data(n))))
    type_count(dialog, 2)
    text = dialog.theta.text().splitlines()
    assert len(text) == lines
    assert (text[-1] == "…") == (n > 5)


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (lambda: moment(), "rule Gradient descent"),
        (lambda: with_run(moment(), batch_size=5), "all examples"),
        (lambda: with_run(moment("two-layer-linear")), "two regressions"),
        (lambda: with_run(moment(), schedule=ScheduleConfig(kind="cosine")), "constant learning rate"),
        (lambda: with_run(moment(), schedule=ScheduleConfig(warmup=3)), "constant learning rate"),
    ],
)
def test_that_it_says_why_there_is_nothing_to_see(qtbot: QtBot, shown: Any, words: str) -> None:
    snapshot = shown()
    dialog = opened(qtbot, snapshot)
    assert words in why_not_ahead(snapshot)
    assert words in dialog.remark.text()
    assert not dialog.start_button.isEnabled()
    assert not dialog.outcome.isVisible()


def test_that_steps_that_grow_without_end_are_named_as_such(qtbot: QtBot) -> None:
    shown = with_run(moment(), hyper={"learning_rate": 5.0})
    dialog = opened(qtbot, shown)
    assert "grown beyond all numbers" in dialog.remark.text()
    assert not dialog.start_button.isEnabled()
    type_count(dialog, 3)  # three steps are still finite
    assert dialog.outcome.isVisible()
    assert not dialog.remark.isVisible()
    assert number_in(dialog.loss.text()) > shown.loss


def test_that_a_batch_of_all_examples_will_do() -> None:
    shown = with_run(moment(), batch_size=40)
    assert why_not_ahead(shown) == ""
    found = ahead(descent_from(shown), shown.cursor, 12)
    assert found.theta == pytest.approx(stepped(shown, 12), rel=1e-12)


def test_that_nothing_is_cut_off(qtbot: QtBot) -> None:
    shown = with_run(moment("multivariate", made_data(10)), hyper={"learning_rate": 5.0})
    dialog = opened(qtbot, shown)  # there is only a remark at first
    type_count(dialog, 2)
    assert dialog.theta.text().splitlines()[-1] == "…"
    for label in (dialog.theta, dialog.loss, dialog.distance):
        assert label.height() >= label.sizeHint().height()
        assert label.width() >= label.sizeHint().width()


def test_that_nothing_long_is_computed_in_the_windows_thread(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = with_run(moment("multivariate", made_data(4)))

    def refuse(*_args: Any, **_more: Any) -> None:
        raise AssertionError("the problem has been taken apart already")

    for name in ("svd", "eigh", "qr", "lstsq"):
        monkeypatch.setattr(np.linalg, name, refuse)
    dialog = opened(qtbot, shown)
    type_count(dialog, 10)
    dialog.render_snapshot(replace(shown, cursor=20))
    assert dialog.iteration.text() == "30"


def test_that_no_step_is_foretold_that_another_rate_will_take(qtbot: QtBot) -> None:
    plain = with_run(moment())
    change = Change(iteration=plain.cursor + 6, name="learning_rate", value=0.01)
    shown = with_run(plain, changes=(change,))
    dialog = opened(qtbot, shown)
    assert dialog.remark.text() == (
        f"Settings are changed after this iteration, the last at {plain.cursor + 6:,}: look ahead from there."
    )
    assert not dialog.start_button.isEnabled()
    dialog.render_snapshot(plain)  # it was taken back
    assert dialog.start_button.isEnabled()
    dialog.render_snapshot(shown)
    there = replace(shown, cursor=plain.cursor + 6, settings=Schedule(shown.experiment.run).at(plain.cursor + 6))
    dialog.render_snapshot(there)
    type_count(dialog, 5)
    assert [number_in(line) for line in dialog.theta.text().splitlines()] == pytest.approx(
        stepped(there, 5).tolist(), rel=1e-5
    )
