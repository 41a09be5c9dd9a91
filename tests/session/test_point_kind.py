"""Kinds of points against closed forms."""

from math import factorial
from typing import Any

import numpy as np
import pytest

from landscape_app.core.arrays import FloatArray
from landscape_app.core.curvature import Spectrum
from landscape_app.core.dataset import Dataset
from landscape_app.core.models.two_layer import TwoLayer
from landscape_app.session import point_kind
from landscape_app.session.config import DataConfig, ModelConfig, RunConfig, StartConfig
from landscape_app.session.point_kind import (
    PointReading,
    PointWish,
    balance_of,
    flipped,
    kind_of,
    least_loss,
    point_steps,
    scaling_direction,
    swapped,
)
from landscape_app.session.problem import Loaded, Problem, build_problem, load_data, start_theta
from landscape_app.session.records import StepRecord
from landscape_app.session.transitions import Run, first_record, next_step, recorded


def problem_of(name: Any, hidden: int = 3, n: int = 2) -> Problem:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(n, 40))
    y = X[:1] * 0.7 - 0.4 + 0.3 * rng.normal(size=(1, 40))
    names = tuple(f"x{i}" for i in range(n))
    return build_problem(Loaded(Dataset(X, y, names, "y")), ModelConfig(name=name, hidden=hidden))


def read(problem: Problem, theta: FloatArray, **more: Any) -> PointReading:
    found = [r for r in point_steps(PointWish(problem, 0, theta, more.pop("start", theta), **more)) if r is not None]
    assert len(found) == 1
    return found[0]


def network(problem: Problem) -> TwoLayer:
    assert isinstance(problem.model, TwoLayer)
    return problem.model


def test_that_a_regressions_optimum_is_a_minimum_and_nothing_else_is_stationary() -> None:
    problem = problem_of("multivariate")
    assert problem.optimum is not None
    found = read(problem, problem.optimum.theta)
    assert kind_of(found).kind == "minimum"
    design = np.vstack([problem.data.X, np.ones((1, 40))])
    assert found.spectrum.values == pytest.approx(np.linalg.eigvalsh(2.0 / 40 * design @ design.T))
    beside = read(problem, problem.optimum.theta + 0.01)
    assert kind_of(beside).kind == "moving"
    assert beside.slope == pytest.approx(np.linalg.norm(2.0 / 40 * design @ design.T @ np.full(3, 0.01)), rel=1e-9)
    assert kind_of(beside, tolerance=0.5).kind == "minimum"


def test_that_a_doubled_feature_makes_a_valley_of_the_optimum() -> None:
    X = np.random.default_rng(0).normal(size=(1, 30))
    problem = build_problem(
        Loaded(Dataset(np.vstack([X, X]), 2.0 * X, ("u", "v"), "y")), ModelConfig(name="multivariate")
    )
    assert problem.optimum is not None
    kind = kind_of(read(problem, problem.optimum.theta))
    assert (kind.kind, kind.rising, kind.flat, kind.falling) == ("valley", 2, 1, 0)


@pytest.mark.parametrize("hidden", [1, 3])
def test_that_weights_of_zero_and_the_mean_are_a_saddle_with_known_curvatures(hidden: int) -> None:
    """At W1, b1, w2 = 0 only b2 and the pairs (W1[i], w2[i]) are curved: by 2, and by ± ‖(2/m) Σ (ȳ − y) x‖ each."""
    problem = problem_of("two-layer-linear", hidden)
    data, size = problem.data, problem.model.layout.size
    theta = np.zeros(size)
    theta[-1] = data.y.mean()
    found = read(problem, theta)
    kind = kind_of(found)
    assert (kind.kind, kind.rising, kind.falling) == ("saddle", hidden + 1, hidden)
    pull = float(np.linalg.norm(2.0 / data.m * data.X @ (data.y.mean() - data.y).T))
    expected = sorted([2.0] + [pull, -pull] * hidden + [0.0] * (size - 1 - 2 * hidden))
    assert found.spectrum.values == pytest.approx(expected, abs=1e-12)
    # Away from the mean the same weights are no stationary point.
    theta[-1] += 0.1
    away = read(problem, theta)
    assert kind_of(away).kind == "moving"
    assert away.slope == pytest.approx(0.2)


def test_that_a_linear_networks_optimum_is_the_floor_of_a_valley() -> None:
    """As many directions rise as the regression has parameters; all others lead to equal networks."""
    problem = problem_of("two-layer-linear", hidden=3)
    optimum = build_problem(problem.loaded, ModelConfig(name="multivariate")).optimum
    assert optimum is not None
    model = network(problem)
    theta = model.layout.join(
        {"W1": np.vstack([optimum.theta[:2] / 2.0, [0.3, -0.2], [0.1, 0.4]]), "b1": [0.2, 0.1, -0.3],
         "w2": [2.0, 0.0, 0.0], "b2": optimum.theta[2] - 0.4}
    )  # fmt: skip
    found = read(problem, theta)
    kind = kind_of(found)
    assert (kind.kind, kind.rising, kind.flat) == ("valley", 3, model.layout.size - 3)
    assert found.balance is not None
    assert found.balance.above == pytest.approx(0.0, abs=1e-12)
    assert found.balance.curvature == pytest.approx(0.0, abs=1e-12)  # at a stationary point the valley is straight


def test_that_nothing_is_lost_along_the_scaling_valley() -> None:
    problem = problem_of("two-layer-linear")
    model, data = network(problem), problem.data
    theta = np.random.default_rng(1).normal(size=model.layout.size)
    W1, b1, w2, b2 = model.blocks_of(theta)
    for c in (0.5, 3.0):
        moved = model.layout.join({"W1": c * W1, "b1": c * b1, "w2": w2 / c, "b2": b2})
        assert model.loss(moved, data.X, data.y) == pytest.approx(model.loss(theta, data.X, data.y), rel=1e-13)
    found = read(problem, theta).balance
    assert found is not None
    assert found.slope == pytest.approx(0.0, abs=1e-13)
    # The loss along (eᵗ W1, eᵗ b1, e⁻ᵗ w2) is constant, so its second derivative is zero:
    # vᵀ H v = −∇L · (W1, b1, w2).
    grad = model.loss_and_gradient(theta, data.X, data.y)[1]
    bent = np.append(theta[:-1], 0.0)
    along = scaling_direction(model, theta)
    assert found.curvature == pytest.approx(-float(grad @ bent) / float(along @ along), rel=1e-9)


@pytest.mark.parametrize("batch_size", [None, 7])
def test_that_a_step_of_descent_changes_the_balance_by_exactly_what_theory_says(batch_size: int | None) -> None:
    problem = problem_of("two-layer-linear")
    run = Run.of(RunConfig(hyper={"learning_rate": 0.05}, batch_size=batch_size), problem.model, problem.data)
    first = first_record(run, np.random.default_rng(4).normal(size=problem.model.layout.size))
    after = next_step(run, first)
    assert isinstance(after, StepRecord)
    found = read(problem, after.theta, start=first.theta, before=first.theta, step=(first.grad, 0.05)).balance
    assert found is not None
    model = network(problem)
    g_W1, g_b1, g_w2, _ = model.blocks_of(first.grad)
    foreseen = 0.05**2 * (np.outer(g_w2, g_w2) - g_W1 @ g_W1.T - g_b1 @ g_b1.T)
    change = balance_of(model, after.theta) - balance_of(model, first.theta)
    assert change == pytest.approx(foreseen, abs=1e-14)
    assert found.last_step == pytest.approx(np.linalg.norm(change), rel=1e-12)
    assert found.predicted == pytest.approx(np.linalg.norm(foreseen), rel=1e-12)
    assert found.gap is not None
    assert found.gap < 1e-14
    assert found.since_start == found.last_step
    W1, b1, w2, _ = model.blocks_of(after.theta)
    assert found.size == pytest.approx(np.linalg.norm(np.outer(w2, w2) - W1 @ W1.T - b1 @ b1.T))


@pytest.mark.parametrize("hidden", [1, 2, 4])
def test_that_twins_have_the_same_loss(hidden: int) -> None:
    problem = problem_of("two-layer-sigmoid", hidden)
    model, data = network(problem), problem.data
    theta = np.random.default_rng(1).normal(size=model.layout.size)
    loss = model.loss(theta, data.X, data.y)
    found = read(problem, theta).twins
    assert found is not None
    assert found.count == factorial(hidden) * 2**hidden
    assert found.flipped == pytest.approx(loss, rel=1e-13)
    assert (found.swapped is None) == (hidden == 1)
    for unit in range(hidden):
        turned = flipped(model, theta, unit)
        assert not np.allclose(turned, theta)
        assert model.loss(turned, data.X, data.y) == pytest.approx(loss, rel=1e-13)
        assert flipped(model, turned, unit) == pytest.approx(theta)
        twin = swapped(model, theta, 0, unit)
        assert model.loss(twin, data.X, data.y) == pytest.approx(loss, rel=1e-13)
        assert sorted(twin.tolist()) == sorted(theta.tolist())


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1.0, 2.0], "minimum"),
        ([0.0, 2.0], "valley"),
        ([-1.0, 2.0], "saddle"),
        ([-1.0, 0.0, 2.0], "saddle"),
        ([-2.0, -1.0], "maximum"),
        ([-2.0, 0.0], "ridge"),
        ([0.0, 0.0], "plateau"),
        ([-1e-7, 2.0], "valley"),
        ([-3e-6, 2.0], "saddle"),
        ([], "unknown"),
    ],
)
def test_that_each_kind_has_its_name(values: list[float], kind: str) -> None:
    problem = problem_of("two-layer-sigmoid", 1)
    wish = PointWish(problem, 0, np.zeros(5), np.zeros(5))
    spectrum = Spectrum(np.array(values), np.zeros((len(values), 5)), True, 0.0)
    assert kind_of(PointReading(wish, 1.0, 0.0, spectrum)).kind == kind
    if values and any(values):
        largest = max(map(abs, values))
        assert kind_of(PointReading(wish, 1.0, 1.01e-6 * largest, spectrum)).kind == "moving"
        assert kind_of(PointReading(wish, 1.0, 0.99e-6 * largest, spectrum)).kind == kind


def test_that_the_least_loss_is_that_of_the_regression_a_doubled_feature_or_not() -> None:
    problem = problem_of("two-layer-linear")
    optimum = build_problem(problem.loaded, ModelConfig(name="multivariate")).optimum
    assert optimum is not None
    assert least_loss(problem) == pytest.approx(optimum.loss, rel=1e-12)
    X, y = problem.data.X, problem.data.y
    doubled = Dataset(np.vstack([X, X[:1] - 2.0 * X[1:]]), y, ("a", "b", "c"), "y")
    assert least_loss(build_problem(Loaded(doubled), ModelConfig(name="two-layer-linear"))) == pytest.approx(
        optimum.loss, rel=1e-12
    )


def years() -> Dataset:
    """Return data whose Hessian has a condition number of 10¹⁰: calendar years, as they come."""
    x = np.arange(1950.0, 2011.0)[np.newaxis]
    return Dataset(x, 0.0214 * (x - 1980.0) + 10.0 + 0.08 * np.sin(x), ("year",), "anomaly")


def test_that_the_floor_of_a_ravine_far_from_the_minimum_is_not_called_a_minimum() -> None:
    problem = build_problem(Loaded(years()), ModelConfig())
    assert problem.optimum is not None
    optimum = problem.optimum.theta
    assert kind_of(read(problem, optimum)).kind == "minimum"
    spectrum = read(problem, optimum).spectrum
    ravine = optimum + 30.0 * spectrum.vectors[0]
    found = read(problem, ravine)
    assert found.slope < kind_of(found).slope_limit  # by its slope alone it would pass
    assert found.above == pytest.approx(0.5 * spectrum.values[0] * 30.0**2, rel=1e-4)
    assert kind_of(found).kind == "moving"
    assert kind_of(found, tolerance=0.5).kind == "minimum"


def test_that_a_linear_network_in_a_ravine_does_not_contradict_its_distance_from_the_optimum() -> None:
    problem = build_problem(Loaded(years()), ModelConfig(name="two-layer-linear", hidden=1))
    regression = build_problem(Loaded(years()), ModelConfig())
    assert regression.optimum is not None
    w, b = regression.optimum.theta
    scale = np.sqrt(abs(w))
    at_optimum = np.array([scale, 0.0, w / scale, b])
    assert kind_of(read(problem, at_optimum)).kind == "valley"
    beside = at_optimum + np.array([0.0, 0.0, 0.005 / scale, -0.005 * 1980.0])
    found = read(problem, beside)
    assert found.above is not None
    assert found.above > 1e-3
    assert kind_of(found).kind not in ("valley", "minimum")


def stepped(problem: Problem, start: FloatArray, rate: float, iterations: int) -> FloatArray:
    """Return where so many steps of Adam on all examples lead."""
    run = Run.on(RunConfig(optimizer="adam", hyper={"learning_rate": rate}), problem)
    made = recorded(run, first_record(run, start), iterations)
    assert made.batch is not None
    theta: FloatArray = made.batch.theta[-1]
    return theta


def started(problem: Problem, seed: int = 1) -> FloatArray:
    return start_theta(StartConfig(method="xavier", seed=seed), problem.model)


@pytest.mark.parametrize(("name", "rate", "iterations"), [("galton", 1.0, 300), ("diabetes", 0.1, 1000)])
def test_that_a_linear_network_on_its_way_down_a_ravine_is_at_no_saddle(
    name: str, rate: float, iterations: int
) -> None:
    """Saddles have the loss of the mean, the variance, and the descent has left that far behind."""
    loaded = load_data(DataConfig(kind="bundled", name=name, scale="none"))
    problem = build_problem(loaded, ModelConfig(name="two-layer-linear", hidden=2))
    there = stepped(problem, started(problem), rate, iterations)
    found = read(problem, there)
    kind = kind_of(found)
    assert kind.falling
    assert found.slope < kind.slope_limit  # by slope and curvature alone it would be one
    assert found.loss < 0.9 * found.spread
    assert kind.kind == "moving"
    later = stepped(problem, there, rate / 10.0, 3000)
    assert problem.model.loss(later, problem.data.X, problem.data.y) < 0.999 * found.loss


@pytest.mark.parametrize("seed", range(3))
def test_that_every_saddle_of_a_linear_network_is_one_whatever_its_units_look_at(seed: int) -> None:
    """Where w2 = 0 the gradient of w2 is W1 g, so that the units' weights are at right angles to g, or zero."""
    problem = problem_of("two-layer-linear", hidden=2, n=3)
    data, rng = problem.data, np.random.default_rng(seed)
    pull = data.X @ (data.y.mean() - data.y).T
    W1 = rng.normal(size=(2, 3))
    W1 -= (W1 @ pull) @ pull.T / float(pull[:, 0] @ pull[:, 0])
    theta = problem.model.layout.join({"W1": W1, "b1": rng.normal(size=2), "w2": [0.0, 0.0], "b2": data.y.mean()})
    found = read(problem, theta)
    assert found.loss == pytest.approx(found.spread, rel=1e-12)
    assert kind_of(found).kind == "saddle"


def test_that_a_slope_that_counts_as_zero_is_not_enough_where_the_valley_is_flat() -> None:
    loaded = load_data(DataConfig(kind="generated", name="sine", scale="none"))
    problem = build_problem(loaded, ModelConfig(name="two-layer-sigmoid", hidden=2))
    found = read(problem, stepped(problem, started(problem), 1.0, 1000))
    kind = kind_of(found)
    assert found.slope < kind.slope_limit
    assert kind.falling == 0
    assert kind.kind == "moving"
    assert kind_of(found, tolerance=1e-4).kind in ("valley", "minimum")


def test_that_the_fall_foretold_is_exact_on_a_quadratic_and_counts_what_was_not_found() -> None:
    problem = problem_of("multivariate", n=4)
    assert problem.optimum is not None
    found = read(problem, problem.optimum.theta + np.array([0.3, -0.1, 0.2, 0.0, 0.5]))
    assert found.above is not None
    assert found.foretold_fall(0.0) == pytest.approx(found.above, rel=1e-9)
    ends = Spectrum(found.spectrum.values[[0, -1]], found.spectrum.vectors[[0, -1]], False, 0.0)
    part = PointReading(found.wish, found.loss, found.slope, ends, grad=found.grad)
    flattest = float(found.spectrum.values[0])
    assert part.foretold_fall(flattest) > found.above
    assert found.grad is not None
    along = (found.spectrum.vectors @ found.grad) ** 2
    expected = along[0] / 2 / flattest + along[-1] / 2 / found.spectrum.largest + along[1:-1].sum() / 2 / flattest
    assert part.foretold_fall(flattest) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("target", [5.0, 0.1, np.pi, 1e3 / 3])
@pytest.mark.parametrize(("name", "kind"), [("multivariate", "minimum"), ("two-layer-linear", "valley")])
def test_that_targets_that_are_all_equal_have_a_minimum_too(name: Any, kind: str, target: float) -> None:
    """They have no variance that losses could be measured by; what is left of the loss is rounding."""
    X = np.random.default_rng(1).normal(size=(2, 30))
    y = np.full((1, 30), target)
    problem = build_problem(Loaded(Dataset(X, y, ("u", "v"), "y")), ModelConfig(name=name, hidden=2))
    theta = np.random.default_rng(1).normal(size=problem.model.layout.size) * 0.1
    theta[-1] = target - 1.0
    beginning = read(problem, theta)
    for _ in range(20_000):
        theta = theta - 0.1 * problem.model.loss_and_gradient(theta, X, y)[1]
    found = read(problem, theta)
    assert found.spread <= 1e-30 * target**2
    assert kind_of(found).kind == kind
    assert kind_of(beginning).kind == "moving"


@pytest.mark.parametrize("name", ["multivariate", "two-layer-linear", "two-layer-sigmoid"])
def test_that_many_examples_are_looked_at_in_short_slices(name: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = problem_of(name)
    theta = np.random.default_rng(2).normal(size=problem.model.layout.size)
    at_once = read(problem, theta)
    longest: list[int] = []

    def noting(original: Any) -> Any:
        def noted(theta: FloatArray, X: FloatArray, y: FloatArray) -> Any:
            longest.append(X.shape[1])
            return original(theta, X, y)

        return noted

    for what in ("loss", "loss_and_gradient"):
        monkeypatch.setattr(problem.model, what, noting(getattr(problem.model, what)))
    monkeypatch.setattr(point_kind, "SLICE", 12 * problem.model.width)
    steps = list(point_steps(PointWish(problem, 0, theta, theta)))
    assert max(longest) == 12
    assert len(steps) > len(longest)
    found = steps[-1]
    assert found is not None
    assert found.loss == pytest.approx(at_once.loss, rel=1e-13)
    assert found.slope == pytest.approx(at_once.slope, rel=1e-12)
    if at_once.twins is not None and found.twins is not None:
        assert found.twins.flipped == pytest.approx(at_once.twins.flipped, rel=1e-13)
        assert found.twins.swapped == pytest.approx(at_once.twins.swapped, rel=1e-13)
