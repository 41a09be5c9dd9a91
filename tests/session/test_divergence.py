"""Why a run diverged, and how it can go on, told of real runs."""

from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest

from landscape_app.core.curvature import full_hessian, linear_spectrum
from landscape_app.core.landscape import axis_plane
from landscape_app.session.changes import changed_at
from landscape_app.session.config import Change, Experiment, ModelConfig, RunConfig, ScheduleConfig
from landscape_app.session.divergence import (
    climb_sentences,
    divergence_sentences,
    growth_at_the_end,
    lowest_iteration,
    repair,
)
from landscape_app.session.map_view import MapView
from landscape_app.session.problem import Loaded, build_problem
from landscape_app.session.records import Divergence, StepBatch, StepRecord, Timeline
from landscape_app.session.sentences import stable_rate
from landscape_app.session.settings import Schedule
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.transitions import Run, first_record, steps
from tests.views.moments import made_data


def diverged(model: Any = "univariate", seed: int = 1, **run: Any) -> Snapshot:
    """Return the moment at which a run ended."""
    problem = build_problem(Loaded(made_data()), ModelConfig(name=model, hidden=2))
    config = RunConfig(**run)
    first = first_record(Run.on(config, problem), np.random.default_rng(seed).normal(size=problem.model.layout.size))
    made = list(islice(steps(Run.on(config, problem), first), 5000))
    assert isinstance(made[-1], Divergence)
    records = [first, *(r for r in made if isinstance(r, StepRecord))]
    timeline = Timeline.starting_with(StepBatch.of(records)).diverged(made[-1])
    names, experiment = problem.model.layout.scalar_names, Experiment(run=config)
    view = MapView(axis_plane(problem.model.layout, (names[0], names[1]), first.theta), (-1.0, 1.0), (-1.0, 1.0))
    spectrum = None if problem.factor is None or problem.model.has_hidden else linear_spectrum(problem.factor)
    settings = Schedule(config).at(timeline.last)
    shown = Snapshot(experiment, experiment, settings, problem, timeline, timeline.last, view)
    return replace(shown, spectrum=spectrum)


def test_that_the_factor_told_is_the_one_the_moves_grew_by() -> None:
    shown = diverged(hyper={"learning_rate": 2.0})
    told = divergence_sentences(shown)
    last = shown.timeline.last
    measured = float(shown.timeline.increment(last)[0] / shown.timeline.increment(last - 1)[0])
    assert f"each step multiplies the error along w by {measured:.3g}".replace("-", "−") in told
    assert told.startswith(f"Stopped after iteration {last}: ")
    limit = stable_rate(shown.problem, shown.settings)
    assert f"it dies out below {limit:.3g}." in told
    assert f"The loss was lowest at the start ({shown.timeline.loss[0]:.4g})." in told
    growth = growth_at_the_end(shown.timeline)
    assert growth is not None
    assert growth.steady
    assert growth.turned == 1.0
    assert -growth.mean == pytest.approx(measured, rel=1e-6)


def walked(sizes: list[float]) -> Snapshot:
    """Return a network's run whose first weight moved by these, and overflowed then."""
    shown = diverged("two-layer-linear", hyper={"learning_rate": 3.0})
    first = first_record(Run.on(shown.experiment.run, shown.problem), np.zeros(shown.problem.model.layout.size))
    along = np.eye(first.theta.size)[0]
    places = np.cumsum([0.0, *sizes])[:, np.newaxis] * along
    records = [replace(first, iteration=i, theta=place, loss=first.loss + i) for i, place in enumerate(places)]
    ended = Divergence(len(sizes), "W1[0,0]", "loss")
    return replace(shown, timeline=Timeline.starting_with(StepBatch.of(records)).diverged(ended), cursor=len(sizes))


@pytest.mark.parametrize(
    ("sizes", "told"),
    [
        ([1.0, 2.0, 4.0, 8.0], "In the end each move, mostly along W1[0,0], was 2 times the one before."),
        (
            [1.0, -2.0, 4.0, -8.0],
            "In the end each move, mostly along W1[0,0], was 2 times the one before, turning back each time: the steps",
        ),
        ([1.0, 4.0, 2.0, 8.0], "In the end a move, mostly along W1[0,0], was 2 times the one before on average."),
        (
            [1.0, -2.0, -4.0, 8.0, -16.0],
            "In the end each move, mostly along W1[0,0], was 2 times the one before, mostly turning back: the steps",
        ),
        (
            [1.0, 2.0, 6.0, 228.0, 1.14e7, 1.14e20],
            "In the end the moves, mostly along W1[0,0], grew faster and faster, 38, then 5e4, then 1e13 times.",
        ),
        (
            [1.0, -1.5, 6.0, -228.0],
            "grew faster and faster, 1.5, then 4, then 38 times, turning back each time: the steps leap",
        ),
        ([8.0, 4.0, 2.0, 1.0], ""),
    ],
)
def test_that_growth_is_told_as_it_was(sizes: list[float], told: str) -> None:
    sentences = divergence_sentences(walked(sizes))
    assert told in sentences
    assert ("In the end" in sentences) == bool(told)
    assert ("turning back each time" in sentences) == ("turning back each time" in told)


def test_that_the_rate_is_halved_until_it_lies_below_the_limit() -> None:
    limit = stable_rate(*(lambda s: (s.problem, s.settings))(diverged(hyper={"learning_rate": 2.0})))
    assert limit is not None
    for factor, halvings in ((1.5, 1), (1.99, 1), (2.01, 2), (9.0, 4)):
        found = repair(diverged(hyper={"learning_rate": factor * limit}))
        assert found.halvings == halvings
        assert found.rate == pytest.approx(factor * limit / 2**halvings, rel=5e-3)
        assert found.lowest == 0


def test_that_a_run_goes_on_from_where_its_loss_was_lowest() -> None:
    change = Change(iteration=20, name="learning_rate", value=3.0)
    shown = diverged(hyper={"learning_rate": 0.1}, changes=(change,))
    assert lowest_iteration(shown.timeline) == 20
    assert shown.timeline.loss[20] == shown.timeline.loss.min()
    assert "The loss was lowest at iteration 20 (" in divergence_sentences(shown)
    assert (shown.timeline.loss[21:] > shown.timeline.loss[20]).all()
    found = repair(shown)
    assert found.lowest == 20
    assert found.rate is not None
    assert found.rate < 0.9


def test_that_a_networks_divergence_is_told_as_it_was_seen() -> None:
    shown = diverged("two-layer-linear", hyper={"learning_rate": 3.0})
    told = divergence_sentences(shown)
    growth = growth_at_the_end(shown.timeline)
    assert growth is not None
    assert "λmax" not in told
    assert growth.mounting
    assert "grew faster and faster, " in told
    *_, hessian = full_hessian(shown.problem.model, shown.problem.data, shown.timeline.theta[0])
    assert hessian is not None
    largest = float(np.linalg.eigvalsh(hessian)[-1])
    assert f"At iteration 0 the largest curvature is {largest:.3g}, so that" in told
    assert f"for learning rates above {2.0 / largest:.3g}; it was 3." in told
    assert repair(shown).rate == 1.5  # no limit is known: once
    assert repair(shown).halvings == 1


def test_that_the_rate_that_was_set_is_halved_where_a_schedule_scales_it() -> None:
    shown = diverged(hyper={"learning_rate": 40.0}, schedule=ScheduleConfig(kind="exponential"))
    found = repair(shown)
    now = shown.settings.hyper["learning_rate"]
    assert now < 40.0
    assert found.rate == pytest.approx(40.0 / 2**found.halvings, rel=5e-3)


@pytest.mark.parametrize("rate", [1e300, 1e155])
def test_that_a_run_that_ends_at_once_is_told_too(rate: float) -> None:
    shown = diverged(hyper={"learning_rate": rate})
    assert repair(shown).lowest == 0
    assert "Stopped after iteration" in divergence_sentences(shown)


def test_that_a_run_that_climbed_to_its_goal_is_told_with_the_reason() -> None:
    shown = diverged(hyper={"learning_rate": 2.0})
    reached = cut(shown, 100)
    told = climb_sentences(reached)
    assert told is not None
    assert told.startswith(f"Iteration 100 is reached, but the loss has climbed from {shown.timeline.loss[0]:.4g} to ")
    assert float(told.split(" to ")[1].split(". ")[0]) == pytest.approx(shown.timeline.loss[100], rel=1e-3)
    assert "it dies out below" in told
    limit = stable_rate(shown.problem, shown.settings)
    rate = repair(reached).rate
    assert limit is not None
    assert rate is not None
    assert rate < limit


def test_that_a_run_that_descended_is_told_as_reached() -> None:
    assert climb_sentences(cut(diverged(hyper={"learning_rate": 2.0}), 0)) is None


def cut(shown: Snapshot, last: int) -> Snapshot:
    """Return the moment at which the same run had come to iteration ``last``."""
    timeline = shown.timeline.truncated(last + 1)
    return replace(shown, timeline=timeline, cursor=last)


def goes_on(shown: Snapshot, iterations: int = 5000) -> Divergence | None:
    """Return how the run ends once it is repaired as the message offers: from the lowest iteration on."""
    found, run = repair(shown), shown.experiment.run
    assert found.rate is not None
    config = changed_at(run, found.lowest, "learning_rate", found.rate)
    first = first_record(Run.on(config, shown.problem), shown.timeline.theta[0])
    *_, last = islice(steps(Run.on(config, shown.problem), first), iterations)
    return last if isinstance(last, Divergence) else None


@pytest.mark.parametrize(
    "schedule",
    [
        ScheduleConfig(warmup=3000),
        ScheduleConfig(kind="exponential", values={"factor": 0.97}),
        ScheduleConfig(kind="step", values={"every": 40.0}, warmup=100),
    ],
)
@pytest.mark.parametrize("times", [3.0, 100.0])
def test_that_a_repaired_run_stays_below_the_limit_whatever_the_schedule_does_next(
    schedule: ScheduleConfig, times: float
) -> None:
    limit = stable_rate(*(lambda s: (s.problem, s.settings))(diverged(hyper={"learning_rate": 2.0})))
    assert limit is not None
    try:
        shown = diverged(hyper={"learning_rate": times * limit}, schedule=schedule)
    except AssertionError:  # the schedule itself has caught it
        return
    assert goes_on(shown) is None


def test_that_a_rule_changed_after_the_lowest_iteration_is_not_the_one_that_goes_on() -> None:
    changes = (
        Change(iteration=10, name="optimizer", value="momentum"),
        Change(iteration=10, name="learning_rate", value=5.0),
    )
    shown = diverged(optimizer="nesterov", hyper={"learning_rate": 0.05, "momentum": 0.95}, changes=changes)
    found = repair(shown)
    assert found.lowest < 10
    there = Schedule(shown.experiment.run).at(found.lowest)
    assert there.optimizer.name == "nesterov"
    limit = stable_rate(shown.problem, there)
    assert limit is not None
    assert found.rate is not None
    assert found.rate < limit
    assert goes_on(shown) is None


def test_that_a_divergence_by_weight_decay_is_told_as_that() -> None:
    shown = diverged(optimizer="adamw", hyper={"learning_rate": 3.0, "weight_decay": 10.0})
    told = divergence_sentences(shown)
    assert "weight decay multiplies every parameter by 1 − ηλ = −29 at each step" in told
    last = shown.timeline.last
    growth = shown.timeline.theta[last] / shown.timeline.theta[last - 1]
    assert growth == pytest.approx([-29.0, -29.0], rel=1e-3)
