"""General planes of the sigmoid network: stated errors hold, pictures get better, cheap ones are exact."""

from collections.abc import Generator, Iterator

import numpy as np
import pytest
from numpy.polynomial.chebyshev import chebvander

from bench.errors import Told, pictures_told, summary
from landscape_app.core.dataset import Dataset
from landscape_app.core.landscape import interpolated
from landscape_app.core.landscape.bernstein import HIGHEST, NEARNESS, BernsteinBound
from landscape_app.core.landscape.choice import method_for
from landscape_app.core.landscape.direct import losses_at
from landscape_app.core.landscape.grid import evaluate_grid
from landscape_app.core.landscape.interpolated import PREVIEW, Interpolated
from landscape_app.core.landscape.method import BLINK, Picture
from landscape_app.core.landscape.plane import Plane, axis_plane, plane_through
from landscape_app.core.landscape.sigmoid_plane import SigmoidPlane
from landscape_app.core.models import TwoLayerSigmoid

RANGE = (-1.0, 1.0)


def network(m: int = 3_000, k: int = 6, size: float = 0.5) -> tuple[TwoLayerSigmoid, Dataset, Plane]:
    rng = np.random.default_rng(8)
    model = TwoLayerSigmoid(2, k)
    data = Dataset(rng.normal(size=(2, m)), rng.normal(size=(1, m)), ("a", "b"), "y")
    theta, u, v = (size * rng.normal(size=model.layout.size) for _ in range(3))
    return model, data, plane_through(theta, theta, u, v, ("p", "q"))


def shown(pictures: Iterator[Picture | None]) -> list[Picture]:
    return [picture for picture in pictures if picture is not None]


def largest_error(model: TwoLayerSigmoid, data: Dataset, plane: Plane, x: np.ndarray, picture: Picture) -> float:
    """Return the largest difference from the forward equations at 200 nodes."""
    i, j = np.random.default_rng(0).integers(0, len(x), (2, 200))
    return float(np.abs(picture.loss[i, j] - losses_at(model, data, plane, x[j], x[i])).max())


def test_estimates_hold_in_99_of_100_cases_and_bounds_in_all() -> None:
    told: list[Told] = list(pictures_told(seed=1, cases=400))
    table = summary(told)
    assert table["estimated"]["pictures"] > 200
    assert table["bounded"]["pictures"] > 100
    assert table["estimated"]["share"] >= 0.99
    assert table["bounded"]["share"] == 1.0
    assert table["exact"]["share"] == 1.0


def test_first_pictures_of_large_data_say_how_far_off_they_can_be() -> None:
    told = list(pictures_told(seed=2, cases=20, preview=True))
    assert len(told) > 10
    assert np.mean([one.holds for one in told]) >= 0.99


def test_pictures_get_better_and_cover_the_whole_lattice() -> None:
    model, data, plane = network(size=1.0)
    x = np.linspace(*RANGE, 129)
    pictures = shown(Interpolated(model, data, plane, 0.0, 0.0).pictures(x, x))
    assert len(pictures) >= 2
    errors = [picture.accuracy.error for picture in pictures]
    assert errors == sorted(errors, reverse=True)
    assert [picture.final for picture in pictures] == [False] * (len(pictures) - 1) + [True]
    for picture in pictures:
        assert picture.loss.shape == (129, 129)
        assert np.array_equal(picture.x, x)
        assert largest_error(model, data, plane, x, picture) <= picture.accuracy.error
    assert pictures[-1].accuracy.error <= 1e-8 * pictures[-1].loss.mean()
    assert "nodes" in pictures[-1].accuracy.method


def test_a_gentle_plane_is_bounded_by_a_proof() -> None:
    model, data, plane = network(size=0.1)
    x = np.linspace(*RANGE, 129)
    last = shown(Interpolated(model, data, plane, 0.0, 0.0).pictures(x, x))[-1]
    assert last.accuracy.guarantee == "bounded"
    assert largest_error(model, data, plane, x, last) <= last.accuracy.error <= 1e-8 * last.loss.mean()
    assert last.accuracy.error == bound_of(model, data, plane, (1.0, 1.0), (25, 25))  # not the smaller estimate


def test_a_steep_plane_ends_node_by_node() -> None:
    model, data, plane = network(size=8.0)
    x = np.linspace(-3.0, 3.0, 65)
    pictures = shown(Interpolated(model, data, plane, 0.0, 0.0).pictures(x, x))
    assert [picture.accuracy.guarantee for picture in pictures] == ["estimated", "exact"]
    assert largest_error(model, data, plane, x, pictures[-1]) <= 1e-9 * pictures[-1].loss.mean()


@pytest.mark.parametrize("direction", [0, 1])
def test_only_the_axis_along_which_the_units_are_steep_gets_more_nodes(direction: int) -> None:
    """Whatever the series' own error: here nothing but b2 is seen, the steep unit's output weight is zero."""
    rng = np.random.default_rng(3)
    model = TwoLayerSigmoid(1, 2)
    data = Dataset(rng.uniform(-1.0, 1.0, (1, 3_000)), rng.normal(size=(1, 3_000)), ("a",), "y")
    theta = np.zeros(7)
    u, v = directions = np.zeros((2, 7))
    directions[direction, 2] = 80.0  # b1[0]: 80 > 2 (25 - 1), but not 2 (49 - 1)
    directions[1 - direction, [3, 6]] = 1.0  # b1[1] and b2
    x = np.linspace(*RANGE, 257)
    plane = plane_through(theta, theta, u, v, ("p", "q"))
    last = shown(Interpolated(model, data, plane, 0.0, 0.0, direct_below=0.0).pictures(x, x))[-1]
    assert last.final
    assert ("49 × 25", "25 × 49")[direction] in last.accuracy.method


@pytest.mark.parametrize("direction", [0, 1])
def test_only_the_axis_along_which_the_series_is_short_gets_more_nodes(direction: int) -> None:
    """One unit is steep along one axis, another gentle along the other, on ranges of different lengths."""
    rng = np.random.default_rng(3)
    model = TwoLayerSigmoid(1, 2)
    data = Dataset(rng.uniform(-1.0, 1.0, (1, 1_000)), rng.normal(size=(1, 1_000)), ("a",), "y")
    theta = rng.normal(size=7)
    u, v = directions = np.zeros((2, 7))
    directions[direction, [2, 4]] = 20.0, 0.1  # b1[0] and its output weight
    directions[1 - direction, [3, 6]] = 0.1  # b1[1] and b2
    x, y = np.linspace(-1.0, 1.0, 129), np.linspace(-0.5, 0.5, 129)
    plane = plane_through(theta, theta, u, v, ("p", "q"))
    last = shown(Interpolated(model, data, plane, 0.0, 0.0, direct_below=0.0).pictures(x, y))[-1]
    columns, rows = (int(word) for word in last.accuracy.method.split() if word.isdigit())
    assert last.final
    assert min(columns, rows) == 25
    assert (columns > rows) == (direction == 0)
    i, j = rng.integers(0, 129, (2, 200))
    errors = np.abs(last.loss[i, j] - losses_at(model, data, plane, x[j], y[i]))
    assert errors.max() <= last.accuracy.error <= 1e-8 * last.loss.mean()


def test_a_range_of_one_point_is_evaluated_node_by_node() -> None:
    model, data, plane = network(m=400)
    x, y = np.full(129, 0.5), np.linspace(*RANGE, 129)
    last = shown(Interpolated(model, data, plane, 0.5, 0.0, direct_below=0.0).pictures(x, y))[-1]
    assert last.accuracy.guarantee == "exact"
    np.testing.assert_allclose(last.loss[:, 7], losses_at(model, data, plane, x, y), rtol=1e-11)


def test_what_is_returned_at_once_is_the_finished_landscape() -> None:
    model, data, plane = network(size=1.0)
    landscape = evaluate_grid(model, data, plane, RANGE, RANGE, 129)
    assert landscape.final
    assert landscape.accuracy.error <= 1e-8 * landscape.loss.mean()


def test_a_gentle_plane_is_done_with_the_first_nodes() -> None:
    model, data, plane = network(size=0.1)
    x = np.linspace(*RANGE, 129)
    last = shown(Interpolated(model, data, plane, 0.0, 0.0).pictures(x, x))[-1]
    assert "25 × 25" in last.accuracy.method


def test_little_work_is_done_node_by_node() -> None:
    model, data, plane = network(m=50)
    method = method_for(model, data, plane, RANGE, RANGE)
    x = np.linspace(*RANGE, 129)
    assert isinstance(method, Interpolated)
    assert {picture.accuracy.guarantee for picture in shown(method.pictures(x, x))} == {"exact"}


def test_large_data_is_shown_from_some_of_its_examples_first() -> None:
    model, data, plane = network(m=40_000)
    x = np.linspace(*RANGE, 129)
    pictures = shown(Interpolated(model, data, plane, 0.0, 0.0).pictures(x, x))
    assert pictures[0].accuracy.examples == PREVIEW
    assert all(picture.accuracy.examples is None for picture in pictures[1:])
    assert largest_error(model, data, plane, x, pictures[0]) <= pictures[0].accuracy.error


def test_losses_that_overflow_are_left_to_the_forward_equations() -> None:
    model, data, plane = network(m=60)
    far = Dataset(data.X, data.y * 1e200, data.feature_names, data.target_name)
    x = np.linspace(*RANGE, 51)
    last = shown(Interpolated(model, far, plane, 0.0, 0.0, direct_below=0.0).pictures(x, x))[-1]
    assert np.isinf(last.loss).all()
    assert last.accuracy.guarantee == "exact"


def a_valley(m: int) -> tuple[TwoLayerSigmoid, Dataset, Plane]:
    """Two steep units switch at nearly the same place: neither the first nodes nor the probes see what lies there."""
    model = TwoLayerSigmoid(1, 2)
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, (1, m)).astype(float)
    data = Dataset(X, rng.normal(size=(1, m)), ("a",), "y")
    theta = np.array([0.0, 0.0, -600 * 0.325, -600 * 0.335, 3.0, -3.0, 0.0])
    u, v = np.zeros((2, 7))
    u[2:4], v[4:6] = 600.0, 0.5
    return model, data, plane_through(theta, theta, u, v, ("p", "q"))


def assert_no_picture_misses(pictures: list[Picture], case: tuple[TwoLayerSigmoid, Dataset, Plane]) -> None:
    """All that is told of the valley is true, in every picture."""
    model, data, plane = case
    x = np.linspace(*RANGE, 257)
    i = np.arange(0, 257, 16)
    true = losses_at(model, data, plane, np.tile(x, len(i)), np.repeat(x[i], 257)).reshape(len(i), 257)
    assert true.max() > 1.2 * true.min()
    for picture in pictures:
        assert np.abs(picture.loss[i] - true).max() <= picture.accuracy.error + 1e-9


def test_a_valley_between_the_nodes_is_not_overlooked() -> None:
    case = a_valley(1_000)
    x = np.linspace(*RANGE, 257)
    pictures = shown(Interpolated(*case, 0.0, 0.0).pictures(x, x))
    assert_no_picture_misses(pictures, case)
    assert pictures[-1].accuracy.error < 1e-9


@pytest.mark.parametrize("m", [1_000, 12_000])
def test_where_there_is_too_much_to_do_what_may_be_overlooked_is_told(m: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpolated, "IN_REASON", 1e6)
    case = a_valley(m)
    x = np.linspace(*RANGE, 257)
    pictures = shown(Interpolated(*case, 0.0, 0.0).pictures(x, x))
    assert pictures[-1].accuracy.guarantee == "estimated"
    assert_no_picture_misses(pictures, case)


@pytest.mark.parametrize("case", range(6))
def test_first_pictures_know_of_unusual_examples(case: int) -> None:
    model, data, plane = network(m=20_000)
    rng = np.random.default_rng(case)
    y = data.y + (0.5 * rng.standard_t(1.5, data.y.shape) if case % 2 else 0.0)
    if case % 2 == 0:
        y[0, rng.choice(20_000, 5, replace=False)] += 1e3
    odd = Dataset(data.X, y, data.feature_names, data.target_name)
    x = np.linspace(*RANGE, 129)
    first = next(p for p in Interpolated(model, odd, plane, 0.0, 0.0).pictures(x, x) if p is not None)
    assert first.accuracy.examples == PREVIEW
    assert largest_error(model, odd, plane, x, first) <= first.accuracy.error


@pytest.mark.parametrize(("k", "nodes"), [(8, 25), (12, 13)])
def test_first_pictures_take_as_many_nodes_as_their_few_examples_allow(k: int, nodes: int) -> None:
    """25 nodes a side take (1.5 k + 1) 25² + 12 k 50 operations an example, and there are 2,000 of them."""
    model, data, plane = network(m=20_000, k=k)
    x = np.linspace(*RANGE, 129)
    assert (2_000 * ((1.5 * k + 1.0) * 25**2 + 12.0 * k * 50) <= 4.0 * BLINK) == (nodes == 25)
    first = next(p for p in Interpolated(model, data, plane, 0.0, 0.0).pictures(x, x) if p is not None)
    assert first.accuracy.method == f"interpolated from {nodes} × {nodes} nodes"
    assert first.accuracy.examples == PREVIEW
    assert largest_error(model, data, plane, x, first) <= first.accuracy.error


def test_two_weights_of_one_unit_are_exact() -> None:
    model, data, _ = network(m=1_000)
    plane = axis_plane(model.layout, ("W1[0,0]", "b1[0]"), 0.5 * np.ones(model.layout.size))
    x = np.linspace(*RANGE, 257)
    pictures = shown(method_for(model, data, plane, RANGE, RANGE).pictures(x, x))
    assert {picture.accuracy.guarantee for picture in pictures} == {"exact"}
    assert len(pictures[0].x) < len(pictures[-1].x)  # coarse first


def test_no_loss_is_negative_where_the_fit_is_perfect() -> None:
    model, data, plane = network(m=400)
    theta = plane.at(0.0, 0.0)
    fitted = Dataset(data.X, model.predict(theta, data.X), data.feature_names, data.target_name)
    x = np.linspace(*RANGE, 129)
    for picture in shown(Interpolated(model, fitted, plane, 0.0, 0.0, direct_below=0.0).pictures(x, x)):
        assert picture.loss.min() >= 0.0


def test_no_loss_is_negative_where_the_polynomial_is() -> None:
    model, data, plane = network(m=400, size=4.0)
    fitted = Dataset(data.X, model.predict(plane.at(0.31, 0.13), data.X), data.feature_names, data.target_name)
    x = np.linspace(*RANGE, 129)
    first = shown(Interpolated(model, fitted, plane, 0.0, 0.0, direct_below=0.0).pictures(x, x))[0]
    assert first.accuracy.guarantee == "estimated"
    assert first.loss.min() == 0.0


def test_far_from_zero_the_coordinates_keep_their_digits() -> None:
    model, data, plane = network(m=400)
    there = plane_through(plane.at(0.0, 0.0) - 1e6 * plane.u, plane.at(0.0, 0.0), plane.u, plane.v, ("p", "q"))
    middle = there.project(there.at(0.0, 0.0) + 1e6 * there.u)[0]
    x = np.linspace(middle - 1e-3, middle + 1e-3, 65)
    y = np.linspace(-1e-3, 1e-3, 65)
    last = shown(Interpolated(model, data, there, middle, 0.0, direct_below=0.0).pictures(x, y))[-1]
    i, j = np.random.default_rng(0).integers(0, 65, (2, 100))
    expected = losses_at(model, data, there, x[j], y[i])
    # theta = origin + x u with x about 10⁶ has some 10 digits left after the point, whoever computes it.
    np.testing.assert_allclose(last.loss[i, j], expected, rtol=1e-8)


def test_work_comes_in_slices_and_can_be_left_halfway() -> None:
    model, data, plane = network(m=40_000)
    x = np.linspace(*RANGE, 129)
    work = Interpolated(model, data, plane, 0.0, 0.0).pictures(x, x)
    assert isinstance(work, Generator)
    for _ in range(30):
        next(work)
    work.close()
    with pytest.raises(StopIteration):
        next(work)


def test_the_bound_tightens_with_more_nodes_down_to_the_rounding() -> None:
    model, data, plane = network(m=200)
    bound = BernsteinBound(data, SigmoidPlane.of(model, plane, 0.0, 0.0), 4.0, 4.0)
    for _ in bound.prepare():
        pass
    errors = [bound.error(count, count) for count in (13, 25, 49, 97, 193)]
    assert errors == sorted(errors, reverse=True)
    assert 0.0 < errors[-1] < 1e-9 * errors[0]


def lebesgue_constant(count: int) -> float:
    """Return how much a polynomial through ``count`` Chebyshev nodes can exceed the largest of its values there."""
    nodes, at = (np.cos(np.linspace(0.0, np.pi, 1 + parts * (count - 1))) for parts in (1, 20))
    basis = chebvander(at, count - 1) @ np.linalg.inv(chebvander(nodes, count - 1))
    return float(np.abs(basis).sum(axis=1).max())


def of_theorem(
    model: TwoLayerSigmoid, data: Dataset, plane: Plane, reach: tuple[float, float], counts: tuple[int, int]
) -> float:
    """Return the bound of the theorems, with the loss's own size on the ellipses and the own Lebesgue constant."""
    steps = reach[0] * plane.u, reach[1] * plane.v
    parts = []
    for along, other, count in ((steps[0], steps[1], counts[0]), (steps[1], steps[0], counts[1])):
        blocks = model.layout.split(along)
        steepest = float(np.abs(blocks["W1"] @ data.X + blocks["b1"]).max())
        bounds = []
        for nearness in NEARNESS.tolist():
            height = HIGHEST if steepest == 0.0 else min(nearness * np.pi / steepest, HIGHEST)
            rho = height + np.sqrt(height**2 + 1.0)
            turn = rho * np.exp(2j * np.pi * np.arange(40) / 40)
            points = [
                plane.origin + xi * along + t * other for xi in 0.5 * (turn + 1.0 / turn) for t in (-1, 0, 0.5, 1)
            ]
            residuals = [np.asarray(model.forward(point, data.X).yhat) - data.y for point in points]
            size = max(abs(np.sum(some * some)) / data.m for some in residuals)
            bounds.append(4.0 * size * rho ** (1.0 - count) / (rho - 1.0))
        parts.append(min(bounds))
    return float(parts[0] + lebesgue_constant(counts[0]) * parts[1])


def bound_of(
    model: TwoLayerSigmoid, data: Dataset, plane: Plane, reach: tuple[float, float], counts: tuple[int, int]
) -> float:
    bound = BernsteinBound(data, SigmoidPlane.of(model, plane, 0.0, 0.0), *reach)
    for _ in bound.prepare():
        pass
    return bound.error(*counts)


@pytest.mark.parametrize("counts", [(13, 13), (9, 17), (17, 9)])
@pytest.mark.parametrize("size", [0.1, 0.5, 2.0])
def test_the_bound_is_no_smaller_than_the_theorems_say(size: float, counts: tuple[int, int]) -> None:
    model, data, plane = network(m=20, k=2, size=size)
    reach = 1.5, 0.7
    assert of_theorem(model, data, plane, reach, counts) <= bound_of(model, data, plane, reach, counts)


@pytest.mark.parametrize("counts", [(13, 13), (9, 17), (17, 9)])
@pytest.mark.parametrize(("output", "slack"), [(0.0, 1.2), (3.0, 2.5)])
def test_the_bound_is_not_much_larger_than_the_theorems_say_where_little_cancels(
    output: float, slack: float, counts: tuple[int, int]
) -> None:
    """One example, one unit: the residual is tanh(Z / 2) + ``output`` x, largest where Z comes nearest to the poles."""
    model = TwoLayerSigmoid(1, 1)
    data = Dataset(np.ones((1, 1)), np.zeros((1, 1)), ("a",), "y")
    theta, u, v = np.array([[0.0, 0.0, 2.0, -1.0], [1.0, 0.0, 0.0, output], [0.0, 1.5, 0.0, 0.0]])
    plane = plane_through(theta, theta, u, v, ("p", "q"))
    least = of_theorem(model, data, plane, (1.0, 1.0), counts)
    assert least <= bound_of(model, data, plane, (1.0, 1.0), counts) <= slack * least
