"""The rivals' paths on the surface: what is drawn of a long one, and what is looked through for it."""

from typing import Any

import numpy as np
import pytest

from landscape_app.core.landscape import LossScale, Plane
from landscape_app.session.config import RivalConfig, RunConfig, StartConfig
from landscape_app.session.race import Lane, Race
from landscape_app.session.records import Timeline
from landscape_app.session.transitions import Run, first_record, recorded
from landscape_app.views.surface_box import Box, Heights
from landscape_app.views.surface_path import path_in_box
from landscape_app.views.surface_race import FIRST_DRAWN, LATER_DRAWN, LaidRivals
from tests.views.moments import made_data, moment

BOX = Box((-2.0, 2.0), (-2.0, 3.0), Heights(LossScale(0.01, 20.0), logarithmic=True))


def timeline_of(count: int, rate: float = 0.01, start: tuple[float, float] = (1.0, 1.0)) -> Timeline:
    shown = moment(data=made_data(1, 18))
    run = Run.of(RunConfig(hyper={"learning_rate": rate}), shown.problem.model, shown.problem.data)
    batch = recorded(run, first_record(run, np.array(start)), count, with_first=True).batch
    assert batch is not None
    return Timeline.starting_with(batch)


def plane() -> Plane:
    shown = moment(data=made_data(1, 18))
    return shown.map_view.plane


def race_of(*lanes: tuple[Timeline, int]) -> Race:
    rival = RivalConfig(start=StartConfig(), run=RunConfig())
    made = [Lane(None if i == 0 else rival, RunConfig(), None, t, at) for i, (t, at) in enumerate(lanes)]
    return Race("step", 0.0, tuple(made), 18)


def test_that_a_rival_is_laid_where_the_path_of_the_run_in_hand_would_be() -> None:
    timeline, on = timeline_of(40, rate=0.1), plane()
    for at in (0, 1, 7, 40):
        laid = LaidRivals().at(race_of((timeline, at), (timeline, at)), on, BOX, -1)
        expected = path_in_box(timeline.path_on(on)[: at + 1], timeline.loss[: at + 1], BOX).segments
        assert len(laid) == 1
        if at:
            ends = (laid[0].segments[0], laid[0].segments[-1])
            np.testing.assert_allclose(ends, (expected[0], expected[-1]))
        else:
            assert len(laid[0].segments) == 0


def test_that_a_growing_path_is_drawn_as_one_that_is_there_at_once() -> None:
    whole, on, rivals = timeline_of(3_000), plane(), LaidRivals()
    for length in (1, 2, 500, 501, 2_000, 3_001):
        timeline = whole.truncated(length)
        for at in {0, length // 2, length - 1}:
            got = rivals.at(race_of((whole, at), (timeline, at)), on, BOX, -1)[0].segments
            anew = LaidRivals().at(race_of((whole, at), (timeline, at)), on, BOX, -1)[0].segments
            assert np.array_equal(got, anew)
            assert len(got) <= 2 * (FIRST_DRAWN + LATER_DRAWN + 2)


def test_that_a_frame_without_news_looks_through_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    timeline, on, rivals = timeline_of(2_000), plane(), LaidRivals()
    rivals.at(race_of((timeline, 0), (timeline, 2_000)), on, BOX, -1)
    placed: list[int] = []
    true_place = Box.place

    def place(self: Box, x: Any, y: Any, loss: Any) -> Any:
        placed.append(len(x))
        return true_place(self, x, y, loss)

    monkeypatch.setattr(Box, "place", place)
    for at in (2_000, 1_000, 3):
        rivals.at(race_of((timeline, 0), (timeline, at)), on, BOX, -1)
    assert placed == [1, 1, 1]


def test_that_another_run_another_box_and_a_removed_rival_begin_anew() -> None:
    one, other, on = timeline_of(50), timeline_of(50, start=(-1.0, 2.0)), plane()
    wide = Box((-4.0, 4.0), (-4.0, 4.0), BOX.heights)
    rivals = LaidRivals()
    for race, box in (
        (race_of((one, 50), (one, 50), (other, 50)), BOX),
        (race_of((one, 50), (other, 50)), BOX),
        (race_of((one, 50), (other, 50), (one, 50)), wide),
        (race_of((one, 50), (other, 20), (one, 20)), wide),
    ):
        got = rivals.at(race, on, box, 1)
        anew = LaidRivals().at(race, on, box, 1)
        assert [rival.faded for rival in got] == [False, True][: len(got)]
        for a, b in zip(got, anew, strict=True):
            assert np.array_equal(a.segments, b.segments)
    assert rivals.at(None, on, BOX, -1) == ()
