"""What was before: names of changes, gestures, and the budget of memory."""

from dataclasses import replace

import pytest

from landscape_app.session import history
from landscape_app.session.config import (
    Change,
    DataConfig,
    Experiment,
    ModelConfig,
    PlaneConfig,
    RunConfig,
    StartConfig,
)
from landscape_app.session.history import History, Moment, change_name, restored
from landscape_app.session.map_view import map_view_at
from landscape_app.session.prepare import prepare


def moment(experiment: Experiment | None = None) -> Moment:
    made = prepare(experiment or Experiment())
    view = map_view_at(made.experiment, made.problem, made.timeline, 0, None)
    return Moment(made.experiment, made.problem, made.timeline, 0, view)


@pytest.mark.parametrize(
    ("new", "name"),
    [
        ({}, ""),
        ({"data": DataConfig(seed=1)}, "data.seed"),
        ({"data": DataConfig(knobs={"slope": 2.0})}, "data.knobs"),
        ({"data": DataConfig(kind="bundled", name="galton")}, "data"),
        ({"data": DataConfig(kind="bundled", name="diabetes"), "model": ModelConfig(name="multivariate")}, "data"),
        ({"model": ModelConfig(hidden=2)}, "model.hidden"),
        ({"model": ModelConfig(name="multivariate"), "start": StartConfig(seed=5)}, "model"),
        ({"start": StartConfig(method="zeros")}, "start"),
        ({"run": RunConfig(hyper={"learning_rate": 0.1})}, "run.learning_rate"),
        ({"run": RunConfig(optimizer="adam", hyper={"beta1": 0.5})}, "run.optimizer"),
        ({"run": RunConfig(batch_size=3)}, "run.batch_size"),
        ({"run": RunConfig(changes=(Change(iteration=2, name="momentum", value=0.5),))}, "run.momentum"),
        ({"run": RunConfig(seed=3)}, "run"),
        ({"plane": PlaneConfig(axes=("b", "w"), x_range=(0, 1))}, "plane.axes"),
        ({"plane": PlaneConfig(x_range=(0, 1), y_range=(0, 1))}, "plane.range"),
        ({"plane": PlaneConfig(grid=65)}, "plane.grid"),
    ],
)
def test_that_a_change_is_named_by_what_differs(new: dict[str, object], name: str) -> None:
    old = Experiment()
    assert change_name(old, old.but(**new)) == name


def test_that_one_gesture_is_one_change() -> None:
    first, second = moment(), moment()
    once = History().changed("start", first, "drag")
    assert once.changed("start", second, "drag").past == once.past
    assert len(once.changed("start", second, "another drag").past) == 2
    assert len(once.changed("run.momentum", second, "drag").past) == 2
    assert len(once.changed("start", second).past) == 2


def test_that_undo_and_redo_are_inverse() -> None:
    a, b, c = moment(), moment(), moment()
    done = History().changed("first", a).changed("second", b)
    back, then = done.undone(c)
    assert then is b
    assert (back.undo_name, back.redo_name) == ("first", "second")
    forth, again = back.redone(then)
    assert again is c
    assert (forth.undo_name, forth.redo_name) == ("second", "")
    assert back.changed("third", then).redo_name == ""


def test_that_old_moments_go_when_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    one = moment()
    data = one.problem.data
    size = sum(held for _, held in one.timeline.holdings) + data.X.nbytes + data.y.nbytes
    monkeypatch.setattr(history, "BUDGET", 4 * size + 1)
    past = History()
    for number in range(30):
        past = past.changed(f"change {number}", moment())
    assert len(past.past) == 4
    assert past.undo_name == "change 29"
    shared = History()
    for number in range(30):  # the same records count once
        shared = shared.changed(f"change {number}", replace(one, cursor=0))
    assert len(shared.past) == 30
    for number in range(300):
        shared = shared.changed(f"change {number}", one)
    assert len(shared.past) == history.MOST_MOMENTS


def test_that_a_map_goes_back_without_the_record() -> None:
    then = moment()
    now = replace(moment(), experiment=then.experiment.but(plane=PlaneConfig(x_range=(0.0, 1.0))), cursor=0)
    shown = restored(now, then)
    assert (shown.timeline, shown.experiment, shown.map_view) == (now.timeline, then.experiment, then.map_view)
    other = replace(now, experiment=now.experiment.but(start=StartConfig(seed=9)))
    assert restored(other, then) is then
