"""Principal directions of a path against numpy's dense SVD, and directions from the Hessian."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.core.arrays import FloatArray
from landscape_app.core.dataset import Dataset
from landscape_app.core.landscape.directions import Directions
from landscape_app.core.landscape.directions_hessian import hessian_directions
from landscape_app.core.landscape.directions_principal import principal_directions
from landscape_app.core.models import MODELS, Model


def principal(*paths: FloatArray) -> Directions:
    *waits, last = principal_directions(paths)
    assert all(part is None for part in waits)
    assert last is not None
    return last


def of_hessian(model: Model, data: Dataset, theta: FloatArray) -> Directions:
    *waits, last = hessian_directions(model, data, theta)
    assert all(part is None for part in waits)
    assert last is not None
    return last


def assert_orthonormal(d: Directions) -> None:
    assert np.linalg.norm(d.u) == pytest.approx(1.0, abs=1e-14)
    assert np.linalg.norm(d.v) == pytest.approx(1.0, abs=1e-14)
    assert abs(d.u @ d.v) <= 1e-14
    assert not any(array.flags.writeable for array in (d.base, d.u, d.v))


def a_path(rows: int, size: int, spreads: list[float], seed: int, offset: float = 1.0) -> FloatArray:
    """Rows around a point, with these singular values about their mean."""
    rng = np.random.default_rng(seed)
    count = len(spreads)
    left = rng.normal(size=(rows, count))
    left = np.linalg.qr(left - left.mean(axis=0))[0]
    right = np.linalg.qr(rng.normal(size=(size, count)))[0]
    path: FloatArray = (left * spreads) @ right.T + offset * rng.normal(size=size)
    return path


# Up to 200 parameters by a triangle, beyond by products; more rows than one slice holds, and fewer than parameters.
@pytest.mark.parametrize(("rows", "size"), [(3, 2), (50, 2), (20, 30), (60_000, 12), (30, 200), (30, 201), (900, 700)])
@pytest.mark.parametrize("second", [0.9, 1e-2, 1e-5, 1e-8])
def test_that_principal_directions_are_numpys(rows: int, size: int, second: float) -> None:
    spreads = [3.0, 3.0 * second, 1e-3 * second, 1e-4 * second][: min(rows - 1, size)]
    path = a_path(rows, size, spreads, 5)
    kept = path.copy()
    d = principal(path)
    centred = path - path.mean(axis=0)
    _, singular, vectors = np.linalg.svd(centred, full_matrices=False)
    assert_orthonormal(d)
    assert d.base == pytest.approx(path.mean(axis=0), abs=1e-13)
    assert np.linalg.norm(d.u - np.sign(d.u @ vectors[0]) * vectors[0]) < 1e-12
    # What float64 rows of size 1 can tell of a direction with this spread.
    assert np.linalg.norm(d.v - np.sign(d.v @ vectors[1]) * vectors[1]) < 1e-13 / second + 1e-11
    assert d.facts is not None
    assert d.facts == pytest.approx(singular[:2] ** 2 / np.sum(singular**2), rel=1e-6)
    assert d.u[np.argmax(np.abs(d.u))] > 0
    assert d.v[np.argmax(np.abs(d.v))] > 0
    assert not d.remark
    assert (path == kept).all()


def test_that_a_path_in_pieces_is_the_same_path() -> None:
    for size in (9, 300):
        path = a_path(120, size, [2.0, 1.0, 0.1], 8)
        whole, pieces = principal(path), principal(path[:50], path[50:51], path[51:])
        assert whole.base == pytest.approx(pieces.base, abs=1e-13)
        assert whole.u == pytest.approx(pieces.u, abs=1e-11)
        assert whole.v == pytest.approx(pieces.v, abs=1e-11)


@pytest.mark.parametrize("size", [2, 9, 300])
def test_that_a_path_of_one_point_gets_two_axes_and_a_remark(size: int) -> None:
    point = 1e6 / 3 * np.random.default_rng(1).normal(size=size)
    for path in (point[np.newaxis], np.tile(point, (77, 1))):
        d = principal(path)
        assert_orthonormal(d)
        assert (d.base == point).all()
        assert d.facts == (0.0, 0.0)
        assert "same point" in d.remark


@pytest.mark.parametrize("size", [2, 9, 300])
@pytest.mark.parametrize("rows", [2, 3, 500])
def test_that_a_path_on_a_line_gets_a_second_direction_and_a_remark(size: int, rows: int) -> None:
    rng = np.random.default_rng(4)
    start, direction = rng.normal(size=(2, size))
    path = start + np.linspace(0.0, 1.0, rows)[:, np.newaxis] ** 2 * direction
    d, again = principal(path), principal(path)
    assert_orthonormal(d)
    assert abs(d.u @ direction) == pytest.approx(np.linalg.norm(direction), rel=1e-12)
    assert d.facts == (1.0, 0.0)
    assert d.x_name == "principal direction 1"
    assert d.y_name == "at right angles"
    assert "straight line" in d.remark
    assert (d.v == again.v).all()


@pytest.mark.parametrize("size", [5, 300])
def test_that_rows_of_a_diverging_path_are_left_out_and_said_so(size: int) -> None:
    path = a_path(40, size, [2.0, 1.0], 3)
    bad = np.vstack((path, np.full((1, size), 1e200), np.full((1, size), np.nan), np.full((1, size), -np.inf)))
    d, good = principal(bad), principal(path)
    assert d.u == pytest.approx(good.u, abs=1e-12)
    assert d.base == pytest.approx(good.base, abs=1e-12)
    assert d.remark == "Steps whose parameters are too large were left out: 3."
    nothing = principal(np.full((2, size), np.nan))
    assert_orthonormal(nothing)
    assert nothing.remark


def test_that_steps_left_out_are_counted_over_all_of_the_path() -> None:
    path, nothing = a_path(40, 5, [2.0, 1.0], 3), np.full((2, 5), np.nan)
    assert principal(nothing, path, nothing[:1], path[:3]).remark.endswith("left out: 3.")


@pytest.mark.parametrize("size", [9, 300])
def test_that_steps_of_nothing_but_rounding_are_one_point(size: int) -> None:
    rng = np.random.default_rng(6)
    point = -rng.uniform(1.0, 2.0, size)
    path = np.where(rng.random((60, size)) < 0.5, point, np.nextafter(point, 0.0))
    d = principal(path)
    assert_orthonormal(d)
    assert d.facts == (0.0, 0.0)
    assert "same point" in d.remark


@pytest.mark.parametrize("size", [9, 300])
def test_that_a_line_with_a_spread_of_nothing_is_a_line(size: int) -> None:
    d = principal(a_path(50, size, [3.0, 3e-13], 5, offset=0.0))
    assert_orthonormal(d)
    assert d.facts == (1.0, 0.0)
    assert "straight line" in d.remark


@settings(max_examples=20)
@given(scale=st.sampled_from([1e-140, 1e-9, 1e9, 1e95]), size=st.sampled_from([4, 250]))
def test_that_the_units_do_not_matter(scale: float, size: int) -> None:
    path = a_path(30, size, [2.0, 1.0], 3)
    d, scaled = principal(path), principal(scale * path)
    assert scaled.u == pytest.approx(d.u, abs=1e-11)
    assert scaled.v == pytest.approx(d.v, abs=1e-11)
    assert scaled.facts == pytest.approx(d.facts)


def test_that_the_names_are_short() -> None:
    d = principal(a_path(50, 20, [3.0, 1.0], 1))
    assert (d.x_name, d.y_name) == ("principal direction 1", "principal direction 2")


# --- Hessian ---------------------------------------------------------------------------------------------------------


def a_case(name: str, n: int, k: int, m: int, seed: int) -> tuple[Model, Dataset, FloatArray]:
    rng = np.random.default_rng(seed)
    model = MODELS[name](n, k)
    data = Dataset(rng.normal(size=(n, m)), rng.normal(size=(1, m)), tuple(f"x{i}" for i in range(n)), "y")
    return model, data, rng.normal(size=model.layout.size)


@pytest.mark.parametrize(("n", "k"), [(3, 4), (8, 30)])
def test_that_the_loss_bends_along_each_direction_as_the_eigenvalue_says(n: int, k: int) -> None:
    """Second differences of the loss itself."""
    model, data, theta = a_case("two-layer-sigmoid", n, k, 200, 2)
    kept = theta.copy()
    d = of_hessian(model, data, theta)
    assert_orthonormal(d)
    assert (d.base == theta).all()
    assert d.facts is not None
    h = 1e-3
    for direction, value in ((d.u, d.facts[0]), (d.v, d.facts[1])):
        ahead, here, behind = (model.loss(theta + t * direction, data.X, data.y) for t in (h, 0.0, -h))
        assert (ahead - 2 * here + behind) / h**2 == pytest.approx(value, rel=1e-4)
        assert direction[np.argmax(np.abs(direction))] > 0
    assert (theta == kept).all()
    assert d.x_name == "eigenvector 1"


def test_that_univariate_regression_has_its_two_axes_of_the_ellipse() -> None:
    model, data, theta = a_case("univariate", 1, 1, 60, 5)
    d = of_hessian(model, data, theta)
    x = data.X[0]
    H = 2.0 * np.array([[np.mean(x * x), np.mean(x)], [np.mean(x), 1.0]])
    assert d.facts is not None
    assert H @ d.u == pytest.approx(d.facts[0] * d.u)
    assert H @ d.v == pytest.approx(d.facts[1] * d.v)
    assert d.facts[0] >= d.facts[1]
    assert "two largest curvatures" in d.remark


def test_that_a_negative_eigenvalue_is_a_fact() -> None:
    model, data, _ = a_case("two-layer-linear", 2, 3, 50, 6)
    saddle = model.layout.join({"W1": np.zeros((3, 2)), "b1": np.zeros(3), "w2": np.zeros(3), "b2": data.y.mean()})
    d = of_hessian(model, data, saddle)
    assert d.facts is not None
    assert d.facts[1] < 0
    assert "falls along the other" in d.remark


def test_that_a_flat_second_direction_is_remarked() -> None:
    """One example: the loss of a regression bends along one direction only."""
    model, data, theta = a_case("multivariate", 3, 1, 1, 6)
    assert "flat" in of_hessian(model, data, theta).remark


def orthogonal_data(sizes: FloatArray) -> tuple[Model, Dataset, FloatArray]:
    """Return a regression whose Hessian is diagonal, with the eigenvalues 2 ``sizes``², and 2 for the bias."""
    H = np.ones((1, 1))
    while len(H) <= len(sizes):
        H = np.block([[H, H], [H, -H]])
    X = H[1 : len(sizes) + 1] * sizes[:, np.newaxis]
    data = Dataset(X, H[:1] * 3.0, tuple(f"x{i}" for i in range(len(X))), "y")
    return MODELS["multivariate"](len(X)), data, np.zeros(len(X) + 1)


def test_that_equal_eigenvalues_are_remarked_and_others_are_not() -> None:
    assert "the same" in of_hessian(*orthogonal_data(np.array([1.5, 0.5, 1.5]))).remark
    for second in (1.01, 1e-2):
        remark = of_hessian(*orthogonal_data(np.array([100.0, 100.0 * second, 0.1]))).remark
        assert remark == "The two largest curvatures: none is clearly negative here."


def test_that_eigenvectors_that_were_not_found_to_the_end_are_remarked() -> None:
    """Eigenvalues that crowd at their upper end, too near to one another to be told apart in time."""
    crowded = np.sqrt(2.0 - np.linspace(0.0, 1.0, 240) ** 3)
    d = of_hessian(*orthogonal_data(crowded))
    assert_orthonormal(d)
    assert d.remark == "The eigenvectors were not found to full accuracy in the time given to them."


@pytest.mark.parametrize("k", [3, 100])
def test_that_a_curvature_beyond_a_double_gives_axes_and_a_remark(k: int) -> None:
    model, data, theta = a_case("two-layer-linear", 3, k, 50, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for factor in (1e200, np.inf):
            d = of_hessian(model, data, np.where(theta == 0.0, 0.0, factor * theta))
            assert d.remark.startswith("The curvature is too large")
            assert np.isfinite(d.u).all()
