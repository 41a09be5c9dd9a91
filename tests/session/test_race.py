"""The clock of a race, and what is added to it: closed forms, and the steps as they are."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from landscape_app.core.errors import ConfigError
from landscape_app.core.optimizers import OPTIMIZERS
from landscape_app.session.config import Change, Experiment, RivalConfig, RunConfig, SavedSession, StartConfig
from landscape_app.session.history import change_name
from landscape_app.session.prepare import adapted, invalidates, prepare
from landscape_app.session.race import (
    MOST_RIVALS,
    LaneNews,
    LaneWish,
    Race,
    RaceAxis,
    add_present,
    add_rules,
    duplicated,
    lane_at,
    lane_steps,
    removed,
    replaced,
)
from landscape_app.session.race_clock import UNITS, RaceUnit, all_spent, iteration_at, spent, steps_missing
from landscape_app.session.records import Divergence, Timeline
from landscape_app.session.settings import Schedule
from landscape_app.session.transitions import Run, first_record, recorded
from tests.views.moments import made_data, moment


def run_of(count: int = 40, m: int = 18, **settings: Any) -> tuple[Timeline, Schedule, int]:
    """Return a recorded run with its schedule, and its number of examples."""
    config = RunConfig(**{"hyper": {"learning_rate": 0.01}, **settings})
    shown = moment(data=made_data(1, m))
    run = Run.of(config, shown.problem.model, shown.problem.data)
    batch = recorded(run, first_record(run, np.array([1.0, 1.0])), count, with_first=True).batch
    assert batch is not None
    return Timeline.starting_with(batch), Schedule(config), m


def test_that_full_batches_cost_an_epoch_a_step() -> None:
    timeline, schedule, m = run_of()
    for i in (0, 1, 7, 40):
        assert spent(timeline, schedule, m, i, "step") == i
        assert spent(timeline, schedule, m, i, "epoch") == i
        assert spent(timeline, schedule, m, i, "evaluation") == 2 * m * i


def test_that_a_smaller_last_batch_counts_for_what_it_is() -> None:
    timeline, schedule, m = run_of(batch_size=5)  # 5, 5, 5, 3 examples
    used = np.cumsum([0, *([5, 5, 5, 3] * 10)])
    for i in range(41):
        assert spent(timeline, schedule, m, i, "epoch") == pytest.approx(used[i] / m, rel=1e-12)
        assert spent(timeline, schedule, m, i, "evaluation") == 2 * used[i]


def test_that_random_search_costs_a_loss_over_all_the_data() -> None:
    timeline, schedule, m = run_of(optimizer="random-search", hyper={}, batch_size=5)
    assert spent(timeline, schedule, m, 10, "evaluation") == 10 * m


def test_that_a_batch_changed_in_mid_run_counts_from_there_on() -> None:
    timeline, schedule, m = run_of(batch_size=6, changes=(Change(iteration=9, name="batch_size", value=None),))
    assert spent(timeline, schedule, m, 9, "epoch") == pytest.approx(3.0)
    assert spent(timeline, schedule, m, 12, "epoch") == pytest.approx(6.0)
    assert spent(timeline, schedule, m, 12, "evaluation") == pytest.approx(2 * 6 * m)


@pytest.mark.parametrize("unit", ["step", "epoch", "evaluation"])
@pytest.mark.parametrize(
    "settings", [{}, {"batch_size": 5}, {"batch_size": 1}, {"optimizer": "random-search", "hyper": {}}]
)
def test_that_the_clock_finds_the_last_iteration_that_it_has_come_to(unit: Any, settings: dict[str, Any]) -> None:
    timeline, schedule, m = run_of(**settings)
    costs = [spent(timeline, schedule, m, i, unit) for i in range(41)]
    assert np.all(np.diff(costs) > 0.0)
    for i, cost in enumerate(costs):
        assert iteration_at(timeline, schedule, m, cost, unit) == i
        assert iteration_at(timeline, schedule, m, cost - 0.01, unit) == max(0, i - 1)
    assert iteration_at(timeline, schedule, m, 1e9, unit) == 40
    assert steps_missing(timeline, schedule, m, costs[-1], unit) == 0
    assert 1 <= steps_missing(timeline.truncated(31), schedule, m, costs[-1], unit) <= 11


def test_that_what_is_missing_is_recorded_in_a_few_rounds() -> None:
    timeline, schedule, m = run_of(count=400, batch_size=5)
    goal = spent(timeline, schedule, m, 400, "epoch")
    short, rounds = timeline.truncated(1), 0
    while (missing := steps_missing(short, schedule, m, goal, "epoch")) > 0:
        short = timeline.truncated(short.length + missing)
        rounds += 1
    assert rounds < 8
    assert short.last == 400


# -- who races ---------------------------------------------------------------------------------------------------------


def test_that_a_rival_is_recorded_as_the_run_in_hand_would_be() -> None:
    shown = moment(data=made_data(1, 18))
    rival = RunConfig(optimizer="adam", hyper={"learning_rate": 0.1}, batch_size=5, seed=3)
    start = StartConfig(method="normal", seed=9)
    known: Timeline | None = None
    for count in (7, 20, 13):
        wish = LaneWish("lane", shown.problem, start, rival, known, count)
        for news in lane_steps(wish, 1e-6):
            if isinstance(news, LaneNews):
                assert news.batch is not None
                known = Timeline.starting_with(news.batch) if known is None else known.appended(news.batch)
    assert known is not None
    assert known.last == 40
    prepared = prepare(Experiment(start=start, run=rival), shown.problem.loaded)
    batch = recorded(prepared.run, first_record(prepared.run, prepared.timeline.theta[0]), 40, with_first=True).batch
    assert batch is not None
    assert np.array_equal(np.array(known.theta[:]), batch.theta)
    assert np.array_equal(known.loss, batch.loss)


def test_that_a_rival_that_diverges_says_where() -> None:
    shown = moment(data=made_data(1, 18))
    wild = RunConfig(hyper={"learning_rate": 50.0})
    news = [n for n in lane_steps(LaneWish(1, shown.problem, StartConfig(), wild, None, 5_000), 1.0) if n is not None]
    assert news[-1].divergence is not None
    assert news[-1].divergence.iteration == sum(len(n.batch.loss) for n in news if n.batch is not None) - 1


def test_that_each_other_rule_gets_the_same_rate_and_start() -> None:
    present = RunConfig(optimizer="momentum", hyper={"learning_rate": 0.04, "momentum": 0.5}, batch_size=7, seed=2)
    start = StartConfig(method="values", values={"w": 1.0, "b": 2.0})
    raced = add_rules(Experiment(start=start, run=present), present)
    names = [rival.run.optimizer for rival in raced.rivals]
    assert names == [name for name, rule in OPTIMIZERS.items() if rule.uses_gradient and name != "momentum"]
    for rival in raced.rivals:
        assert (rival.start, rival.run.batch_size, rival.run.seed) == (start, 7, 2)
        assert rival.run.hyper == {"learning_rate": 0.04}
    assert sorted(rival.look for rival in raced.rivals) == list(range(len(names)))


def test_that_rivals_are_doubled_renamed_and_removed() -> None:
    one = add_present(Experiment(name="mine"))
    two = duplicated(one, 0)
    assert [rival.name for rival in two.rivals] == ["mine", "mine"]
    assert [rival.look for rival in two.rivals] == [0, 1]
    named = replaced(two, 1, name="other", visible=False)
    assert [(rival.name, rival.visible) for rival in named.rivals] == [("mine", True), ("other", False)]
    left = removed(named, 0)
    assert [rival.name for rival in left.rivals] == ["other"]
    assert add_present(left).rivals[-1].look == 0  # a look that is free again
    assert one.name == ""  # it went with the rival
    full = Experiment(rivals=(one.rivals[0],) * MOST_RIVALS)
    with pytest.raises(ConfigError, match="remove some first"):
        add_present(full)


def test_that_changes_of_the_race_have_names_and_make_nothing_anew() -> None:
    none, one = Experiment(), add_present(Experiment())
    assert invalidates(none, one) == "rivals"
    assert change_name(none, one) == "rivals.add"
    assert change_name(one, none) == "rivals.remove"
    assert change_name(one, replaced(one, 0, visible=False)) == "rivals"
    assert change_name(one, one.but(run=RunConfig(optimizer="adam"), rivals=())) == "rivals.swap"
    assert invalidates(one, one.but(name="mine")) == "rivals"
    assert change_name(one, one.but(name="mine")) == "rivals"


def test_that_a_session_keeps_its_rivals_and_an_older_one_has_none() -> None:
    raced = add_rules(Experiment(), RunConfig())
    text = raced.model_dump_json()
    assert Experiment.model_validate_json(text) == raced
    older = json.loads(text)
    del older["rivals"], older["name"]
    older["version"] = 4
    assert SavedSession.model_validate(older).experiment.rivals == ()


def test_that_a_session_keeps_the_name_of_the_run_and_an_older_one_has_none() -> None:
    named = add_rules(Experiment(name="mine"), RunConfig())
    assert Experiment.model_validate_json(named.model_dump_json()) == named
    older = json.loads(named.model_dump_json())
    del older["name"]
    older["version"] = 5
    assert SavedSession.model_validate(older).experiment == named.but(name="", version=5)


def test_that_another_model_draws_the_starts_that_do_not_fit() -> None:
    start = StartConfig(method="values", values={"w": 1.0, "b": 2.0})
    fast = RunConfig(arithmetic="fast")
    raced = Experiment(
        start=start, rivals=(RivalConfig(start=start, run=fast), RivalConfig(start=StartConfig(), run=fast))
    )
    shown = moment(data=made_data(1, 18))
    fitted = adapted(raced.but(model=raced.model.but(name="two-layer-sigmoid")), shown.problem.loaded)
    assert fitted.rivals[0].start == fitted.start
    assert fitted.rivals[0].start.method != "values"
    assert fitted.rivals[1].start == StartConfig()
    assert all(rival.run.arithmetic == "equations" for rival in fitted.rivals)


# -- what is told ------------------------------------------------------------------------------------------------------


def race_of(unit: Any, cursor: int, *others: dict[str, Any]) -> Race:
    hand, schedule, m = run_of()
    clock = spent(hand, schedule, m, cursor, unit)
    lanes = [lane_at(None, RunConfig(), schedule, hand, m, clock, unit)[0]]
    for settings in others:
        timeline, own, _ = run_of(count=200, **settings)
        config = RivalConfig(start=StartConfig(), run=RunConfig())
        lanes.append(lane_at(config, RunConfig(), own, timeline, m, clock, unit)[0])
    return Race(unit, clock, tuple(lanes), m)


def test_that_the_clock_stops_all_at_what_they_have_spent() -> None:
    assert [lane.at for lane in race_of("step", 10, {"batch_size": 9}, {"batch_size": 6}).lanes] == [10, 10, 10]
    assert [lane.at for lane in race_of("epoch", 10, {"batch_size": 9}, {"batch_size": 6}).lanes] == [10, 20, 30]
    searched = race_of("evaluation", 10, {"optimizer": "random-search", "hyper": {}})
    assert [lane.at for lane in searched.lanes] == [10, 20]


def test_that_the_best_of_those_that_can_go_on_inherits_the_clock() -> None:
    race = race_of("step", 40, {}, {"optimizer": "adam", "hyper": {"learning_rate": 0.2}}, {"batch_size": 9})
    assert race.heir is None
    hand = race.lanes[0]
    assert hand.timeline is not None
    gone = replace(hand, timeline=hand.timeline.diverged(Divergence(40, "w", "loss")))
    ended = replace(race, lanes=(gone, *race.lanes[1:]))
    losses = [lane.loss for lane in ended.lanes[1:]]
    assert ended.heir == int(np.argmin(losses))
    broken = replace(race.lanes[1 + int(np.argmin(losses))], problem="The run could not be made.")
    others = [broken if lane.config is broken.config else lane for lane in ended.lanes]
    assert replace(ended, lanes=tuple(others)).heir == int(np.argsort(losses)[1])
    assert replace(ended, lanes=(gone, gone)).heir is None


def test_that_having_arrived_is_within_a_hundredth_of_what_there_was_to_gain() -> None:
    race = race_of("step", 40, {"optimizer": "adam", "hyper": {"learning_rate": 0.2}})
    losses = [lane.timeline.loss[: lane.at + 1] for lane in race.lanes if lane.timeline is not None]
    best, first = min(float(loss.min()) for loss in losses), float(losses[0][0])
    assert race.goal() == pytest.approx(best + 0.01 * (first - best))
    for lane, loss in zip(race.lanes, losses, strict=True):
        there = np.flatnonzero(loss <= race.goal())
        assert race.arrived(lane, race.goal()) == (float(there[0]) if len(there) else None)


def test_that_losses_are_drawn_where_the_run_in_hand_has_spent_as_much() -> None:
    race = race_of("epoch", 10, {"batch_size": 9}, {"batch_size": 36 // 2})
    axis = RaceAxis(race)
    np.testing.assert_allclose(axis.places(race.lanes[0], np.arange(11)), np.arange(11.0))
    np.testing.assert_allclose(axis.places(race.lanes[1], np.arange(21)), np.arange(21) / 2.0, atol=1e-9)
    some = np.array([0, 5, 6, 20])
    np.testing.assert_allclose(axis.places(race.lanes[1], some), some / 2.0, atol=1e-9)
    steps = RaceAxis(race_of("step", 10, {"batch_size": 9}))
    assert np.array_equal(steps.places(race.lanes[2], np.arange(11)), np.arange(11.0))


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"batch_size": 7},
        {"batch_size": 5, "changes": (Change(iteration=13, name="batch_size", value=11.0),)},
        {"optimizer": "random-search", "hyper": {}, "changes": (Change(iteration=9, name="optimizer", value="adam"),)},
    ],
)
def test_that_many_costs_at_once_are_those_of_each(unit: RaceUnit, settings: dict[str, Any]) -> None:
    timeline, schedule, m = run_of(count=50, **settings)
    iterations = np.array([0, 1, 8, 9, 10, 13, 14, 40, 50, 3])
    expected = [spent(timeline, schedule, m, int(i), unit) for i in iterations]
    np.testing.assert_allclose(all_spent(timeline, schedule, m, iterations, unit), expected, rtol=1e-12)


def test_that_nothing_has_arrived_where_all_begin() -> None:
    race = race_of("step", 0, {"optimizer": "adam", "hyper": {"learning_rate": 0.2}})
    assert [race.arrived(lane, race.goal()) for lane in race.lanes] == [None] * len(race.lanes)


def test_that_runs_on_former_data_neither_set_the_goal_nor_inherit_the_clock() -> None:
    race = race_of("step", 40, {"optimizer": "adam", "hyper": {"learning_rate": 0.2}}, {"batch_size": 9})
    lowest = min(race.lanes[1:], key=lambda lane: lane.loss)
    former = replace(race, lanes=tuple(replace(lane, former=lane is lowest) for lane in race.lanes))
    known = [lane for lane in race.lanes if lane is not lowest]
    best, first = min(lane.best for lane in known), float(known[0].timeline.loss[0]) if known[0].timeline else 0.0
    assert former.goal() == pytest.approx(best + 0.01 * (first - best), rel=1e-12)
    hand = former.lanes[0]
    assert hand.timeline is not None
    gone = replace(hand, timeline=hand.timeline.diverged(Divergence(40, "w", "loss")))
    heir = replace(former, lanes=(gone, *former.lanes[1:])).heir
    assert heir is not None
    assert race.lanes[heir + 1] is not lowest
    assert replace(race, lowest=0.0).goal() == pytest.approx(0.01 * first)  # where the lowest is known
