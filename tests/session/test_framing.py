"""What the directions of a map depend on, and when they are the same."""

import numpy as np
import pytest

import landscape_app.session.off_plane
from landscape_app.core.landscape import DIRECTION_KINDS, PlaneKind, evaluate_grid
from landscape_app.session.config import DataConfig, Experiment, ModelConfig, PlaneConfig, RunConfig, StartConfig
from landscape_app.session.framing import frame_at_once, frame_wish
from landscape_app.session.map_view import map_view_at, slice_at
from landscape_app.session.off_plane import off_plane
from landscape_app.session.prepare import Prepared, prepare
from landscape_app.session.records import StepBatch, StepRecord, Timeline
from landscape_app.session.transitions import steps


def network(**plane: object) -> Experiment:
    return Experiment(
        data=DataConfig(name="sine"),
        model=ModelConfig(name="two-layer-sigmoid", hidden=3),
        start=StartConfig(method="normal", seed=2),
        run=RunConfig(optimizer="adam", hyper={"learning_rate": 0.05}),
        plane=PlaneConfig(**plane),  # type: ignore[arg-type]
    )


def walked(prepared: Prepared, count: int) -> Timeline:
    timeline = prepared.timeline
    assert timeline.tail is not None
    records: list[StepRecord] = []
    for record in steps(prepared.run, timeline.tail):
        assert isinstance(record, StepRecord)
        records.append(record)
        if len(records) == count:
            break
    return timeline.appended(StepBatch.of(records))


@pytest.mark.parametrize("kind", DIRECTION_KINDS)
def test_that_directions_are_found_for_every_kind(kind: PlaneKind) -> None:
    experiment = network(kind=kind)
    prepared = prepare(experiment)
    timeline = walked(prepared, 40)
    frame = frame_at_once(experiment, prepared.problem, timeline)
    assert frame.kind == kind
    assert frame.by_parameters is None
    assert abs(frame.u @ frame.v) < 1e-9 * np.linalg.norm(frame.u) * np.linalg.norm(frame.v)
    again = frame_at_once(experiment, prepared.problem, timeline)
    assert np.array_equal(frame.u, again.u)
    assert np.array_equal(frame.v, again.v)


def test_that_random_directions_are_not_the_draw_that_the_start_was_made_of() -> None:
    experiment = network(kind="random", seed=2)  # the start's own seed
    prepared = prepare(experiment)
    start = prepared.timeline.theta[0]
    frame = frame_at_once(experiment, prepared.problem, prepared.timeline)
    assert abs(frame.u @ start) < 0.9 * (start @ start)
    assert abs(frame.v @ start) < 0.9 * (start @ start)


def test_that_three_points_lie_in_their_plane() -> None:
    experiment = network(kind="three-points", anchor=10)
    prepared = prepare(experiment)
    timeline = walked(prepared, 40)
    plane = frame_at_once(experiment, prepared.problem, timeline).through(timeline.theta[0])
    best = int(np.argmin(timeline.loss))
    for iteration in (0, 10, best):
        assert plane.distance(timeline.theta[iteration]) < 1e-12
    assert plane.distance(timeline.theta[25]) > 1e-6


def test_that_of_two_parameters_there_is_one_plane() -> None:
    experiment = Experiment(plane=PlaneConfig(kind="pca"))
    prepared = prepare(experiment)
    assert frame_wish(experiment, prepared.problem, prepared.timeline) is None
    assert frame_at_once(experiment, prepared.problem, prepared.timeline).by_parameters == (0, 1)


def test_that_directions_are_the_same_until_what_they_depend_on_changes() -> None:
    prepared = prepare(network())
    short, long = walked(prepared, 10), walked(prepared, 20)

    def same(before: tuple[dict[str, object], Timeline], after: tuple[dict[str, object], Timeline]) -> bool:
        one, other = (frame_wish(network(**plane), prepared.problem, path) for plane, path in (before, after))
        assert one is not None
        assert other is not None
        return one.same_as(other)

    random: dict[str, object] = {"kind": "random"}
    assert same((random, short), (random, long))
    assert not same((random, short), ({**random, "seed": 1}, short))
    assert not same(({"kind": "pca"}, short), ({"kind": "pca"}, long))
    assert same(({"kind": "pca"}, short), ({"kind": "pca"}, short))
    assert same(({"kind": "hessian", "anchor": 5}, short), ({"kind": "hessian", "anchor": 5}, long))
    assert not same(({"kind": "hessian", "anchor": 5}, short), ({"kind": "hessian", "anchor": 6}, short))
    assert not same(({"kind": "hessian"}, short), ({"kind": "hessian"}, long))  # the last one recorded
    assert not same(({"kind": "three-points", "anchor": 5}, short), ({"kind": "three-points", "anchor": 6}, short))
    assert not same((random, short), ({"kind": "three-points"}, short))


def test_that_a_slice_follows_the_cursor_or_stays() -> None:
    prepared = prepare(network())
    timeline = walked(prepared, 20)
    live, held = network(), network(through=7)
    assert [slice_at(live, timeline, cursor) for cursor in (0, 20)] == [0, 20]
    assert [slice_at(held, timeline, cursor) for cursor in (0, 20)] == [7, 7]
    assert slice_at(held, prepared.timeline, 0) == 0  # nothing further is recorded
    view = map_view_at(held, prepared.problem, timeline, 15, None)
    assert view.plane.distance(timeline.theta[7]) == 0.0
    assert view.plane.distance(timeline.theta[15]) > 0.0


def test_that_what_lies_beside_the_plane_is_told_exactly() -> None:
    prepared = prepare(network(through=7))
    problem, timeline = prepared.problem, walked(prepared, 20)
    plane = map_view_at(network(through=7), problem, timeline, 15, None).plane
    assert off_plane(problem, plane, timeline.theta[7], float(timeline.loss[7]), None) is None
    beside = off_plane(problem, plane, timeline.theta[15], float(timeline.loss[15]), None)
    assert beside is not None
    i, j = 0, 1
    below = timeline.theta[7].copy()
    below[[i, j]] = timeline.theta[15][[i, j]]
    assert beside.distance == pytest.approx(float(np.linalg.norm(timeline.theta[15] - below)))
    assert beside.below.exact
    assert beside.below.value == pytest.approx(problem.model.loss(below, problem.data.X, problem.data.y))
    assert beside.gap == pytest.approx(float(timeline.loss[15]) - beside.below.value)


def test_that_large_data_are_read_off_the_landscape_of_this_slice_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = prepare(network(through=7))
    problem, timeline = prepared.problem, walked(prepared, 20)
    view = map_view_at(network(through=7), problem, timeline, 15, None)
    exact = off_plane(problem, view.plane, timeline.theta[15], float(timeline.loss[15]), None)
    assert exact is not None
    monkeypatch.setattr(landscape_app.session.off_plane, "EXACT_WORK", 0)
    ranges = view.x_range, view.y_range
    fine = evaluate_grid(problem.model, problem.data, view.plane, *ranges, 257)
    read = off_plane(problem, view.plane, timeline.theta[15], float(timeline.loss[15]), fine)
    assert read is not None
    assert not read.below.exact
    assert read.below.value == pytest.approx(exact.below.value, rel=1e-3)
    other = evaluate_grid(problem.model, problem.data, view.plane.frame.through(timeline.theta[3]), *ranges, 9)
    for landscape in (None, other):
        nothing = off_plane(problem, view.plane, timeline.theta[15], float(timeline.loss[15]), landscape)
        assert nothing is not None
        assert nothing.distance == exact.distance
        assert not np.isfinite(nothing.below.value)
