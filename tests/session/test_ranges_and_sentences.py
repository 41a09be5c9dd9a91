"""Which part of the plane is shown, where a run starts, and what is said when it runs away."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from landscape_app.core.arrays import FloatArray
from landscape_app.core.dataset import Dataset, Truth, standardised
from landscape_app.core.landscape import axis_plane
from landscape_app.core.least_squares import least_squares
from landscape_app.core.models import MODELS
from landscape_app.core.optimizers import OPTIMIZERS
from landscape_app.core.optimizers.base import EMPTY_STATE
from landscape_app.session.config import Experiment, PlaneConfig, RunConfig, StartConfig
from landscape_app.session.map_view import MapView, map_view_at
from landscape_app.session.problem import Loaded, Problem, start_theta
from landscape_app.session.ranges import RUNAWAY, automatic_ranges, holds
from landscape_app.session.records import Divergence, StepBatch, StepRecord, Timeline
from landscape_app.session.sentences import budget_sentence, divergence_text, stable_rate
from landscape_app.session.settings import Settings, base_settings
from landscape_app.session.transitions import Run, first_record, steps

LINEAR, NETWORK = "univariate", "two-layer-sigmoid"


def problem_of(model: str = LINEAR, scale: float = 1.0, n: int = 1, truth: bool = False) -> Problem:
    rng = np.random.default_rng(4)
    X = scale * rng.uniform(-2.0, 2.0, (n, 30))
    y = X[:1] / scale - 0.5 + 0.1 * rng.normal(size=(1, 30))
    data = Dataset(X, y, tuple(f"x{i}" for i in range(n)), "y")
    if truth:
        data = replace(data, truth=Truth(lambda X: X - 0.5, np.array([[7.0]]), -8.0))
    chosen = MODELS[model](n, 2)
    return Problem(Loaded(data), chosen, None if chosen.has_hidden else least_squares(data))


def timeline_of(*points: tuple[float, float, float], size: int = 2) -> Timeline:
    """Return a record of these points: the first two parameters, and the loss; other parameters are 0."""
    records = []
    for i, (x, y, loss) in enumerate(points):
        theta = np.zeros(size)
        theta[:2] = x, y
        records.append(StepRecord(i, theta, np.ones(size), loss, loss, 0, 0, EMPTY_STATE))
    return Timeline.starting_with(StepBatch.of(records))


def settings_of(rule: str = "gradient-descent", **hyper: float) -> Settings:
    return base_settings(RunConfig(optimizer=rule, hyper=hyper))


# --- ranges ----------------------------------------------------------------------------------------------------------


def ranges_of(problem: Problem, timeline: Timeline) -> FloatArray:
    """Return the automatic ranges (2, 2): x and y, low and high."""
    x_name, y_name = problem.model.layout.scalar_names[:2]
    plane = axis_plane(problem.model.layout, (x_name, y_name), timeline.theta[0])
    return np.array(automatic_ranges(problem, timeline, plane))


def test_that_the_ranges_hold_start_path_optimum_and_truth_with_a_margin() -> None:
    problem = problem_of(truth=True)
    assert problem.optimum is not None
    timeline = timeline_of((-3.0, 2.0, 9.0), (4.0, 11.0, 8.0), (1.0, 0.0, 1.0))
    points = np.array([(-3.0, 2.0), (4.0, 11.0), (7.0, -8.0), tuple(problem.optimum.theta)])
    low, high = points.min(axis=0), points.max(axis=0)
    (x0, x1), (y0, y1) = ranges_of(problem, timeline)
    assert np.array([low[0] - x0, x1 - high[0]]) / (high[0] - low[0]) == pytest.approx([0.18, 0.18])
    assert np.array([low[1] - y0, y1 - high[1]]) / (high[1] - low[1]) == pytest.approx([0.18, 0.18])


def test_that_a_path_that_runs_away_does_not_set_the_ranges() -> None:
    problem = problem_of()
    tame = timeline_of((-3.0, 2.0, 10.0), (3.0, 5.0, 10.0 * RUNAWAY))
    wild = timeline_of((-3.0, 2.0, 10.0), (3.0, 5.0, 10.0 * RUNAWAY), (1e9, -1e9, 10.1 * RUNAWAY))
    assert np.array_equal(ranges_of(problem, wild), ranges_of(problem, tame))
    assert ranges_of(problem, wild)[1, 1] > 5.0  # up to the limit it counts


def test_that_a_start_is_shown_however_large_its_loss() -> None:
    x, y = ranges_of(problem_of(), timeline_of((500.0, -900.0, 1e6)))
    assert x[0] < 0.0 < 500.0 < x[1]
    assert y[0] < -900.0 < -1.0 < y[1]


@pytest.mark.parametrize("place", [(0.0, 0.0), (3.0, -40.0), (1e-9, 0.0)])
def test_that_a_single_point_of_a_network_is_shown_amid_its_neighbourhood(place: tuple[float, float]) -> None:
    problem = problem_of(NETWORK)
    ranges = ranges_of(problem, timeline_of((*place, 1.0), size=problem.model.layout.size))
    assert ranges.mean(axis=1) == pytest.approx(place)
    assert (np.ptp(ranges, axis=1) > np.abs(place)).all()
    assert np.ptp(ranges, axis=1).min() > 0.2 * np.ptp(ranges, axis=1).max()


def test_that_points_at_the_border_are_not_held() -> None:
    outer = ((0.0, 10.0), (-1.0, 1.0))
    assert holds(outer, np.array([(0.5, 0.0), (9.5, 0.9)]))
    for outside in ((0.1, 0.0), (9.9, 0.0), (5.0, -0.99), (5.0, 0.99), (-3.0, 0.0), (5.0, 2.0)):
        assert not holds(outer, np.array([(5.0, 0.0), outside]))


def view_after(
    previous: MapView | None, timeline: Timeline, plane: PlaneConfig | None = None, seen: int = 0
) -> MapView:
    experiment = Experiment(plane=plane or PlaneConfig())
    return map_view_at(experiment, problem_of(), timeline, timeline.last, previous, seen)


def test_that_the_map_stands_still_while_it_holds_the_path() -> None:
    first = view_after(None, timeline_of((-3.0, 2.0, 9.0), (4.0, 9.0, 8.0)))
    assert view_after(first, timeline_of((-3.0, 2.0, 9.0), (2.0, 3.0, 7.0))) is first


def test_that_the_ranges_are_chosen_anew_when_the_path_leaves() -> None:
    first = view_after(None, timeline_of((-3.0, 2.0, 9.0)))
    gone = timeline_of((-3.0, 2.0, 9.0), (20.0, -30.0, 8.0))
    view = view_after(first, gone)
    assert view.automatic
    assert (view.x_range, view.y_range) == tuple(map(tuple, ranges_of(problem_of(), gone)))
    assert holds((view.x_range, view.y_range), gone.theta[:])
    # A step that is new is looked at, what was seen before is not.
    assert view_after(first, gone, seen=1).x_range == view.x_range
    assert view_after(first, gone, seen=2) is first


def test_that_a_divergence_leaves_the_map_alone() -> None:
    first = view_after(None, timeline_of((-3.0, 2.0, 9.0)))
    assert view_after(first, timeline_of((-3.0, 2.0, 9.0), (1e9, 1e9, 1e18))) is first


def test_that_ranges_that_were_chosen_stay_wherever_the_path_goes() -> None:
    chosen = PlaneConfig(x_range=(0.0, 1.0), y_range=(5.0, 6.0))
    first = view_after(None, timeline_of((-3.0, 2.0, 9.0)), chosen)
    assert (first.x_range, first.y_range, first.automatic) == ((0.0, 1.0), (5.0, 6.0), False)
    assert view_after(first, timeline_of((-3.0, 2.0, 9.0), (50.0, 50.0, 8.0)), chosen) is first
    # Let go, they follow the path again.
    assert view_after(first, timeline_of((-3.0, 2.0, 9.0))).x_range[0] < -3.0


def test_that_other_axes_bring_other_ranges() -> None:
    timeline = timeline_of((-3.0, 20.0, 9.0), (4.0, 90.0, 8.0))
    first = view_after(None, timeline)
    turned = view_after(first, timeline, PlaneConfig(axes=("b", "w")))
    assert (turned.x_range, turned.y_range) == (first.y_range, first.x_range)


# --- start -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["normal", "xavier"])
def test_that_a_start_depends_on_its_seed_alone(method: Any) -> None:
    model = MODELS[NETWORK](3, 5)
    starts = [start_theta(StartConfig(method=method, seed=seed), model) for seed in (0, 1, 2, 1)]
    assert np.array_equal(starts[1], starts[3])
    for one, other in itertools.combinations(starts[:3], 2):
        assert not np.isclose(one[one != 0.0], other[other != 0.0]).any()


def test_that_normal_draws_are_normal_and_xaviers_have_its_spread() -> None:
    model = MODELS[NETWORK](40, 60)
    normal = start_theta(StartConfig(method="normal", seed=5), model)
    assert np.mean(normal) == pytest.approx(0.0, abs=0.08)
    assert np.std(normal) == pytest.approx(1.0, abs=0.06)
    xavier = model.layout.split(start_theta(StartConfig(method="xavier", seed=5), model))
    assert np.std(xavier["W1"]) == pytest.approx(np.sqrt(2.0 / (40 + 60)), rel=0.06)
    assert not xavier["b1"].any()


# --- where a rule converges ------------------------------------------------------------------------------------------

RULES: list[tuple[str, dict[str, float]]] = [
    ("gradient-descent", {}),
    ("momentum", {"momentum": 0.0}),
    ("momentum", {"momentum": 0.6}),
    ("momentum", {"momentum": 0.9}),
    ("momentum", {"momentum": 0.6, "dampening": 0.5}),
    ("momentum", {"momentum": 0.9, "dampening": 0.25}),
    ("nesterov", {"momentum": 0.5}),
    ("nesterov", {"momentum": 0.9}),
]


def excess_after(problem: Problem, settings: Settings, iterations: int) -> float:
    """Return the loss above the optimum's after so many steps, as a multiple of the first."""
    assert problem.optimum is not None
    config = RunConfig(optimizer=settings.optimizer.name, hyper=dict(settings.hyper))
    run = Run.of(config, problem.model, problem.data)
    record = first_record(run, problem.optimum.theta + 1.0)
    first = record.loss - problem.optimum.loss
    for following in itertools.islice(steps(run, record), iterations):
        if isinstance(following, Divergence):
            return np.inf
        record = following
    return (record.loss - problem.optimum.loss) / first


@pytest.mark.parametrize(("rule", "hyper"), RULES)
def test_that_the_stable_rate_parts_convergence_from_divergence(rule: str, hyper: dict[str, float]) -> None:
    problem = problem_of()
    limit = stable_rate(problem, settings_of(rule, **hyper))
    assert limit is not None
    assert excess_after(problem, settings_of(rule, **hyper, learning_rate=0.97 * limit), 600) < 1e-6
    assert excess_after(problem, settings_of(rule, **hyper, learning_rate=1.03 * limit), 600) > 1e6


def test_that_there_is_no_simple_limit_elsewhere() -> None:
    full, network = problem_of(), problem_of(NETWORK)
    assert stable_rate(network, settings_of()) is None
    assert stable_rate(full, replace(settings_of(), batch_size=29)) is None
    assert stable_rate(full, replace(settings_of(), batch_size=30)) == stable_rate(full, settings_of())
    assert stable_rate(full, settings_of("momentum", dampening=1.0)) is None
    for rule in OPTIMIZERS:
        if rule not in ("gradient-descent", "momentum", "nesterov"):
            assert stable_rate(full, settings_of(rule)) is None


# --- what is said ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("parameter", "w overflows"),
        ("gradient", "the gradient of w overflows"),
        ("loss", "the loss overflows, w being the largest parameter"),
    ],
)
def test_that_a_divergence_is_told_with_iteration_and_parameter(what: str, words: str) -> None:
    text = divergence_text(problem_of(), Divergence(417, "w", what), settings_of(learning_rate=0.01))
    assert text.startswith(f"Stopped after iteration 417: in iteration 418 {words}. Try ")


def test_that_a_rate_beyond_the_limit_is_told_with_the_limit() -> None:
    problem = problem_of()
    assert problem.optimum is not None
    limit = 2.0 / problem.optimum.lambda_max
    told = divergence_text(problem, Divergence(3, "b", "loss"), settings_of(learning_rate=1.5))
    assert told.endswith(f"Try a learning rate below {limit:.3g}, where this rule converges (it is 1.5).")
    below = divergence_text(problem, Divergence(3, "b", "loss"), settings_of(learning_rate=0.9 * limit))
    assert below.endswith("Try a smaller learning rate.")


def test_that_wide_features_of_a_network_are_advised_to_be_standardised() -> None:
    wide, narrow = problem_of(NETWORK, scale=100.0), problem_of(NETWORK)
    outlier = np.append(np.linspace(-1.0, 1.0, 999), 1e6)[np.newaxis]  # wide even when standardised
    scaled = replace(narrow, loaded=Loaded(standardised(Dataset(outlier, outlier, ("x",), "y"))))
    assert scaled.data.X.max() > 20.0
    divergence, settings = Divergence(3, "b2", "loss"), settings_of(learning_rate=1.0)
    assert divergence_text(wide, divergence, settings).endswith("rate, or standardise the features.")
    assert divergence_text(narrow, divergence, settings).endswith("Try a smaller learning rate.")
    assert divergence_text(scaled, divergence, settings).endswith("Try a smaller learning rate.")


def test_that_random_search_is_advised_a_smaller_radius() -> None:
    text = divergence_text(problem_of(), Divergence(3, "b", "loss"), settings_of("random-search"))
    assert text.endswith("Try a smaller radius.")


def test_that_a_real_run_is_told_what_happened_to_it() -> None:
    problem, config = problem_of(), RunConfig(hyper={"learning_rate": 40.0})
    run = Run.of(config, problem.model, problem.data)
    *records, divergence = steps(run, first_record(run, np.array([1.0, 1.0])))
    assert isinstance(divergence, Divergence)
    text = divergence_text(problem, divergence, base_settings(config))
    assert text.startswith(f"Stopped after iteration {len(records)}: ")
    assert "(it is 40)" in text


def test_that_a_full_record_is_told_with_its_length() -> None:
    assert "1,234,567 iterations" in budget_sentence(1_234_567)
