"""Verdicts before Play, against what real runs do."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from landscape_app.core.arrays import FloatArray
from landscape_app.core.curvature import linear_spectrum, spectrum_steps
from landscape_app.core.dataset import Dataset
from landscape_app.core.factor import CentredFactor
from landscape_app.core.optimizers import OPTIMIZERS
from landscape_app.session import sharpness
from landscape_app.session.config import Change, ModelConfig, RunConfig, ScheduleConfig
from landscape_app.session.problem import Loaded, Problem, build_problem
from landscape_app.session.records import StepBatch, StepRecord, Timeline
from landscape_app.session.settings import Schedule, Settings, base_settings
from landscape_app.session.sharpness import SharpnessWish, edge_line, places, sharpness_steps
from landscape_app.session.stability import (
    Stability,
    crossing,
    direction_words,
    edge_of_stability,
    short_rate,
    stability,
)
from landscape_app.session.transitions import Run, first_record, steps

LINEAR = ModelConfig(name="multivariate")
NETWORK = ModelConfig(name="two-layer-sigmoid", hidden=2)


def problem_of(model: ModelConfig = LINEAR) -> Problem:
    rng = np.random.default_rng(5)
    X = rng.normal(size=(2, 30)) * [[2.0], [0.5]]
    return build_problem(Loaded(Dataset(X, X[:1] - X[1:] + rng.normal(size=(1, 30)), ("u", "v"), "y")), model)


def settings_of(rule: str = "gradient-descent", **hyper: float) -> Settings:
    return base_settings(RunConfig(optimizer=rule, hyper=hyper))


def judged(problem: Problem, settings: Settings) -> Stability:
    assert problem.factor is not None
    return stability(problem, settings, linear_spectrum(problem.factor))


def errors(problem: Problem, settings: Settings, count: int) -> FloatArray:
    """Return the distances (count + 1, size) to the optimum of a real run."""
    assert problem.optimum is not None
    config = RunConfig(optimizer=settings.optimizer.name, hyper=dict(settings.hyper))
    run = Run.of(config, problem.model, problem.data)
    first = first_record(run, np.array([3.0, -2.0, 1.0]))
    thetas = [first.theta, *(r.theta for r in islice(steps(run, first), count) if isinstance(r, StepRecord))]
    return np.array(thetas) - problem.optimum.theta


@pytest.mark.parametrize(
    ("rule", "hyper"),
    [
        ("gradient-descent", {}),
        ("momentum", {"momentum": 0.6}),
        ("momentum", {"momentum": 0.6, "dampening": 0.5}),
        ("nesterov", {"momentum": 0.6}),
    ],
)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9, 1.1])
def test_that_a_real_run_shrinks_or_grows_by_the_radius(rule: str, hyper: dict[str, float], share: float) -> None:
    problem = problem_of()
    limit = judged(problem, settings_of(rule, **hyper)).limit
    assert limit is not None
    settings = settings_of(rule, **hyper, learning_rate=share * limit)
    found = judged(problem, settings)
    assert found.radius is not None
    sizes = np.linalg.norm(errors(problem, settings, 400), axis=1)
    first, last = (200, 400) if share > 1.0 else (40, 40 + int(min(200.0, 8.0 * (found.digit or 25.0))))
    measured = (sizes[last] / sizes[first]) ** (1.0 / (last - first))
    assert measured == pytest.approx(found.radius, rel=0.03)
    assert (found.verdict == "diverges") == (share > 1.0)


def test_that_the_multiplier_is_what_a_step_does_along_the_steepest_direction() -> None:
    problem = problem_of()
    assert problem.factor is not None
    settings = settings_of(learning_rate=0.9)
    found = judged(problem, settings)
    assert found.multiplier is not None
    along = errors(problem, settings, 8) @ linear_spectrum(problem.factor).steepest
    assert along[1:] / along[:-1] == pytest.approx(np.full(8, found.multiplier.real), rel=1e-9)
    assert found.direction == "w[0]"


@pytest.mark.parametrize(
    ("rule", "share", "verdict"),
    [
        ("gradient-descent", 0.3, "converges"),
        ("gradient-descent", 0.7, "oscillates"),
        ("gradient-descent", 1.0, "edge"),
        ("gradient-descent", 1.2, "diverges"),
        ("gradient-descent", 0.0, "still"),
        ("momentum", 0.0001, "converges"),
        ("momentum", 0.5, "swings"),
        ("momentum", 0.9999, "oscillates"),
        ("momentum", 1.001, "diverges"),
        ("nesterov", 0.5, "swings"),
        ("nesterov", 0.9, "oscillates"),
    ],
)
def test_that_each_verdict_is_given_where_it_belongs(rule: str, share: float, verdict: str) -> None:
    problem = problem_of()
    limit = judged(problem, settings_of(rule)).limit
    assert limit is not None
    assert judged(problem, settings_of(rule, learning_rate=share * limit)).verdict == verdict


def test_that_dampening_of_one_comes_to_rest_anywhere() -> None:
    found = judged(problem_of(), settings_of("momentum", dampening=1.0))
    assert (found.verdict, found.best) == ("still", None)


def test_that_the_numbers_are_those_of_the_design() -> None:
    problem = problem_of()
    found = judged(problem, settings_of("momentum", momentum=0.8, dampening=0.2))
    design = np.vstack([problem.data.X, np.ones((1, 30))])
    values = np.linalg.eigvalsh(2.0 / 30 * design @ design.T)
    largest = float(values[-1])
    assert found.lambda_max == pytest.approx(largest)
    assert found.lambda_min == pytest.approx(values[0])
    assert found.condition == pytest.approx(largest / values[0])
    assert dict(found.limits) == pytest.approx(
        {
            "gradient-descent": 2.0 / largest,
            "momentum": 2.0 * 1.8 / (0.8 * largest),
            "nesterov": 3.6 / (2.6 * largest),
        }
    )
    assert found.limit == pytest.approx(3.6 / (0.8 * largest))


def test_that_flat_directions_are_counted_and_do_not_hold_up_the_error() -> None:
    X = np.random.default_rng(0).normal(size=(1, 30))
    data = Dataset(np.vstack([X, X]), X, ("u", "v"), "y")
    found = judged(build_problem(Loaded(data), LINEAR), settings_of(learning_rate=0.1))
    assert found.flat == 1
    assert found.condition is not None
    assert found.condition < 100.0
    assert found.radius is not None
    assert found.radius < 1.0


def test_that_elsewhere_there_is_no_simple_limit_and_it_is_told_why() -> None:
    problem, network = problem_of(), problem_of(NETWORK)
    spectrum = linear_spectrum(CentredFactor.of(problem.data.X, problem.data.y))
    for rule in OPTIMIZERS:
        if rule not in ("gradient-descent", "momentum", "nesterov"):
            found = stability(problem, settings_of(rule), spectrum)
            assert (found.obstacle, found.verdict, found.limit) == ("rule", "unknown", None)
    batch = stability(problem, replace(settings_of(), batch_size=29), spectrum)
    assert (batch.obstacle, batch.verdict) == ("batch", "unknown")
    assert batch.limit == judged(problem, settings_of()).limit  # of the full batch, and said so
    local = stability(network, settings_of(), replace(spectrum), here=False)
    assert (local.obstacle, local.verdict, local.condition, local.here) == ("model", "unknown", None, False)
    assert stability(network, settings_of(), None).lambda_max is None


@pytest.mark.parametrize(
    ("vector", "words"),
    [
        ([0.0, 1.0, 0.0], "b"),
        ([0.0, -2.0, 0.1], "b"),
        ([0.8, -0.6, 0.0], "0.8 a − 0.6 b"),
        ([-0.6, -0.8, 0.0], "0.8 b + 0.6 a"),
        ([1.0, 1.0, 1.0], "0.58 "),
    ],
)
def test_that_a_direction_is_named_by_its_leading_parameters(vector: list[float], words: str) -> None:
    told = direction_words(np.array(vector), ("a", "b", "c"))
    assert told == words or (told.startswith(words) and told.endswith("…"))
    assert direction_words(np.array([-1.0]), ("w",)) == "w"


# --- along the path --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [0, 1, 7, 60, 61, 399, 5_000, 123_456])
def test_that_the_places_are_few_even_and_hold_both_ends(end: int) -> None:
    found = places(end)
    assert (found[0], found[-1]) == (0, end)
    assert len(found) <= 62
    assert len(set(np.diff(found[:-1]))) <= 1
    assert len(found) > 20 or end < 40


def test_that_the_curve_is_the_largest_curvature_at_each_place() -> None:
    problem = problem_of(NETWORK)
    run = Run.of(RunConfig(hyper={"learning_rate": 0.2}), problem.model, problem.data)

    first = first_record(run, np.random.default_rng(2).normal(size=problem.model.layout.size))
    records = [first, *(r for r in islice(steps(run, first), 12) if isinstance(r, StepRecord))]
    timeline = Timeline.starting_with(StepBatch.of(records))
    found = [step for step in sharpness_steps(SharpnessWish(problem, timeline, (0, 5, 12))) if step is not None]
    assert [iteration for iteration, _ in found] == [0, 5, 12]
    for iteration, value in found:
        theta, size = timeline.theta[iteration], problem.model.layout.size
        rows = [
            problem.model.loss_and_gradient(theta + 1e-5 * unit, problem.data.X, problem.data.y)[1]
            - problem.model.loss_and_gradient(theta - 1e-5 * unit, problem.data.X, problem.data.y)[1]
            for unit in np.eye(size)
        ]
        assert value == pytest.approx(np.linalg.eigvalsh(np.array(rows) / 2e-5)[-1], rel=1e-6)


def test_that_a_regressions_curvature_is_found_once_for_all_iterations(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = problem_of()
    run = Run.on(RunConfig(), problem)
    timeline = Timeline.starting_with(StepBatch.of([first_record(run, np.zeros(problem.model.layout.size))]))
    monkeypatch.setattr(sharpness, "largest_eigenvalue_steps", None)
    assert problem.factor is not None
    largest = linear_spectrum(problem.factor).largest
    found = [step for step in sharpness_steps(SharpnessWish(problem, timeline, (0, 5, 10))) if step is not None]
    assert [iteration for iteration, _ in found] == [0, 5, 10]
    assert [value for _, value in found] == pytest.approx([largest] * 3, rel=1e-13)


def test_that_the_edge_follows_the_rate_and_the_rule() -> None:
    run = RunConfig(
        hyper={"learning_rate": 0.5},
        changes=(
            Change(iteration=10, name="learning_rate", value=0.25),
            Change(iteration=20, name="optimizer", value="momentum"),
            Change(iteration=20, name="learning_rate", value=0.25),
            Change(iteration=30, name="optimizer", value="adam"),
        ),
    )
    x, edge = edge_line(run, 40)
    at = dict(zip(x.astype(int).tolist(), edge.tolist(), strict=True))
    assert (at[0], at[9], at[10], at[19]) == (4.0, 4.0, 8.0, 8.0)
    assert at[20] == pytest.approx(2.0 * 1.9 / 0.25)
    assert np.isnan(at[30])
    assert edge_of_stability(settings_of(learning_rate=0.0)) == np.inf


@pytest.mark.parametrize("seed", range(12))
def test_that_the_best_rate_in_few_digits_still_converges_on_ill_conditioned_data(seed: int) -> None:
    x = np.random.default_rng(seed).uniform(100.0, 1000.0, size=(1, 30))
    problem = build_problem(Loaded(Dataset(x, 0.1 * x, ("x",), "y")), ModelConfig())
    assert problem.factor is not None
    spectrum = linear_spectrum(problem.factor)

    def judged(rate: float) -> Stability:
        settings = Schedule(RunConfig(optimizer="gradient-descent", hyper={"learning_rate": rate})).at(0)
        return stability(problem, settings, spectrum)

    found = judged(1e-9)
    assert found.best is not None
    assert found.limit is not None
    assert found.limit / found.best - 1.0 < 1e-4
    rate = short_rate(found.best, found.limit)
    assert rate < found.limit
    assert judged(rate).verdict == "oscillates"
    assert short_rate(0.123456, 0.5) == 0.123
    assert short_rate(0.123456, None) == 0.123


def test_that_nothing_is_told_of_the_flattest_direction_where_it_is_not_known() -> None:
    """With more parameters than examples, and too many for all eigenvalues, the smallest that is not 0 is unknown."""
    rng = np.random.default_rng(0)
    names = tuple(f"x{i}" for i in range(300))
    data = Dataset(rng.normal(size=(300, 100)), rng.normal(size=(1, 100)), names, "y")
    problem = build_problem(Loaded(data), ModelConfig(name="multivariate"))
    *_, spectrum = (s for s in spectrum_steps(problem.model, problem.data, np.zeros(301)) if s is not None)
    assert not spectrum.whole
    design = np.vstack([data.X, np.ones((1, 100))])
    largest = float(np.linalg.eigvalsh(0.02 * design.T @ design)[-1])
    for share, verdict in ((0.4, "converges"), (0.8, "oscillates"), (1.2, "diverges")):
        run = RunConfig(optimizer="gradient-descent", hyper={"learning_rate": share * 2.0 / largest})
        found = stability(problem, Schedule(run).at(0), spectrum)
        assert found.verdict == verdict
        assert (found.radius, found.digit, found.best, found.condition) == (None, None, None, None)
        assert found.lambda_max == pytest.approx(largest, rel=1e-6)


@pytest.mark.parametrize(
    ("share", "verdict"), [(0.4, "converges"), (0.6, "oscillates"), (1.0, "edge"), (1.2, "diverges")]
)
def test_that_the_edge_is_that_of_the_steepest_direction_however_flat_another_is(share: float, verdict: str) -> None:
    """With κ beyond 10¹² the error along the flattest direction stays as good as it is at any rate."""
    x = np.array([[1.0, 2.0, 4.0, 8.0]])
    problem = build_problem(Loaded(Dataset(1e7 * x, x, ("x",), "y")), ModelConfig())
    assert problem.factor is not None
    spectrum = linear_spectrum(problem.factor)
    assert spectrum.largest / spectrum.values[0] > 1e12
    run = RunConfig(optimizer="gradient-descent", hyper={"learning_rate": share * 2.0 / spectrum.largest})
    assert stability(problem, Schedule(run).at(0), spectrum).verdict == verdict


@pytest.mark.parametrize("rule", ["gradient-descent", "momentum", "nesterov"])
@pytest.mark.parametrize(
    ("share", "schedule", "cursor"),
    [
        (1.5, ScheduleConfig(warmup=20), 0),
        (1.5, ScheduleConfig(warmup=20), 7),
        (1.0001, ScheduleConfig(warmup=300), 0),
        (40.0, ScheduleConfig(warmup=100, kind="exponential"), 0),
        (1.5, ScheduleConfig(warmup=20), 13),
        (1.5, ScheduleConfig(warmup=20), 25),
        (0.999, ScheduleConfig(warmup=20), 0),
        (3.0, ScheduleConfig(kind="cosine"), 99),
        (1e-322, ScheduleConfig(warmup=20), 0),
    ],
)
def test_that_a_rate_that_warms_up_crosses_the_limit_when_it_is_foretold(
    rule: str, share: float, schedule: ScheduleConfig, cursor: int
) -> None:
    problem = problem_of()
    assert problem.factor is not None
    spectrum = linear_spectrum(problem.factor)
    limit = stability(problem, base_settings(RunConfig(optimizer=rule)), spectrum).limit
    assert limit is not None
    run = RunConfig(optimizer=rule, hyper={"learning_rate": share * limit}, schedule=schedule)
    settings = Schedule(run).at(cursor)
    found = crossing(stability(problem, settings, spectrum), settings, schedule, cursor)
    rates = [Schedule(run).at(i).hyper["learning_rate"] for i in range(1000)]
    above = [i for i in range(cursor, 1000) if rates[i] > limit]
    assert found == (above[0] if above and above[0] > cursor else None)


def test_that_nothing_is_foretold_of_a_rate_whose_limit_is_not_certain() -> None:
    problem, schedule = problem_of(), ScheduleConfig(warmup=20)
    assert problem.factor is not None
    spectrum = linear_spectrum(problem.factor)
    for run in (RunConfig(optimizer="adam"), RunConfig(batch_size=3), RunConfig(optimizer="random-search")):
        settings = Schedule(run.but(schedule=schedule)).at(0)
        assert crossing(stability(problem, settings, spectrum), settings, schedule, 0) is None
