"""All that a panel can do stands in a menu, too: these do it, and are greyed where they would do nothing."""

from collections.abc import Callable

import numpy as np
from pytestqt.qtbot import QtBot

from landscape_app.app import Explorer
from landscape_app.session.config import DataConfig, ModelConfig

Settle = Callable[[], None]


def able(explorer: Explorer, *names: str) -> list[bool]:
    return [explorer.menus.actions[name].isEnabled() for name in names]


def test_that_one_looks_inside_an_iteration_by_menu(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    session, actions = explorer.session, explorer.menus.actions
    assert able(explorer, "close_entry", "drop_example", "remove_example") == [False, False, False]
    actions["check_gradient"].trigger()
    qtbot.waitUntil(lambda: session.snapshot.check is not None)
    assert explorer.window.backprop.isVisible()
    actions["largest_entry"].trigger()
    shown = session.snapshot
    assert shown.entry == int(np.argmax(np.abs(shown.grad)))
    qtbot.waitUntil(lambda: explorer.window.examples.model.rowCount() > 0)
    explorer.window.data_fit.example_requested.emit(4)
    assert able(explorer, "close_entry", "drop_example", "remove_example") == [True, True, True]
    actions["drop_example"].trigger()
    actions["close_entry"].trigger()
    settle()
    after = session.snapshot
    assert (after.entry, after.example) == (None, None)
    assert able(explorer, "close_entry", "drop_example", "remove_example") == [False, False, False]


def test_that_libraries_and_schedules_are_chosen_by_menu(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    session, actions = explorer.session, explorer.menus.actions
    actions["semantics_keras"].trigger()
    qtbot.waitUntil(lambda: session.snapshot.experiment.run.semantics == "keras")
    actions["schedule_cosine"].trigger()
    qtbot.waitUntil(lambda: session.snapshot.experiment.run.schedule.kind == "cosine")
    actions["schedule_warm-up"].trigger()
    qtbot.waitUntil(lambda: session.snapshot.experiment.run.schedule.kind == "constant")
    assert session.snapshot.experiment.run.schedule.warmup > 0


def test_that_examples_are_added_by_hand_to_data_of_one_feature_alone(
    explorer: Explorer, settle: Settle, qtbot: QtBot
) -> None:
    settle()
    assert able(explorer, "add_example") == [True]
    session = explorer.session
    data, model = DataConfig(kind="bundled", name="diabetes"), ModelConfig(name="multivariate")
    session.configure(session.snapshot.experiment.but(data=data, model=model))
    qtbot.waitUntil(lambda: session.snapshot.problem.data.n == 10)
    assert able(explorer, "add_example") == [False]


def test_that_random_search_offers_no_batches(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    setup, session = explorer.window.setup.optimizer, explorer.session
    session.change_setting("batch_size", 5)
    assert (setup.full.isChecked(), setup.full.isEnabled()) == (False, True)
    session.change_setting("optimizer", "random-search")
    assert (setup.full.isChecked(), setup.full.isEnabled()) == (True, False)
    assert "no batches" in setup.full.toolTip()
    session.change_setting("optimizer", "adam")  # what was set comes back
    assert (setup.full.isChecked(), setup.full.isEnabled()) == (False, True)
    assert session.snapshot.settings.batch_size == 5
    settle()
