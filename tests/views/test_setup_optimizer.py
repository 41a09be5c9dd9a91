"""The box of fast steps, and the word for them in the status bar."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from landscape_app.session.settings import base_settings
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.setup_optimizer import OptimizerSection
from landscape_app.views.status import StatusBar
from tests.views.moments import moment


@pytest.fixture
def section(qtbot: QtBot) -> OptimizerSection:
    made = OptimizerSection()
    qtbot.addWidget(made)
    made.resize(320, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def with_run(shown: Snapshot, **changes: object) -> Snapshot:
    run = shown.experiment.run.but(**changes)
    experiment = shown.experiment.but(run=run)
    return replace(shown, experiment=experiment, wanted=experiment, settings=base_settings(run))


def tick(section: OptimizerSection) -> None:
    place = QPoint(8, section.fast.height() // 2)
    QTest.mouseClick(section.fast, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def test_that_a_tick_asks_for_the_other_arithmetic(section: OptimizerSection, qtbot: QtBot) -> None:
    shown = moment()
    section.render_snapshot(shown)
    assert not section.fast.isChecked()
    with qtbot.waitSignal(section.setting_edited) as asked:
        tick(section)
    assert asked.args == ["arithmetic", "fast"]
    section.render_snapshot(with_run(shown, arithmetic="fast"))
    assert section.fast.isChecked()
    assert not section.full.isEnabled()  # fast steps are for all examples
    assert "all examples" in section.full.toolTip()
    with qtbot.waitSignal(section.setting_edited) as asked:
        tick(section)
    assert asked.args == ["arithmetic", "equations"]
    section.render_snapshot(with_run(shown))
    assert section.full.isEnabled()


@pytest.mark.parametrize(
    ("model", "batch_size", "reason"),
    [("two-layer-sigmoid", None, "linear in the features"), ("univariate", 5, "all examples at once")],
)
def test_that_the_box_is_grey_where_there_are_no_fast_steps(
    section: OptimizerSection, model: str, batch_size: int | None, reason: str
) -> None:
    section.render_snapshot(moment())
    assert section.fast.isEnabled()
    assert "rounding" in section.fast.toolTip()
    section.render_snapshot(moment(model, batch_size=batch_size))
    assert not section.fast.isEnabled()
    assert reason in section.fast.toolTip()
    assert section.fast.accessibleName()


def test_that_fast_steps_are_named_as_such_in_the_status_bar(qtbot: QtBot) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    shown = moment()
    bar.render_snapshot(shown)
    assert "through R" not in bar.moment.text()
    bar.render_snapshot(with_run(shown, arithmetic="fast"))
    assert "steps through R" in bar.moment.text()
