"""The curvature against the complex step of the gradient, closed forms, and numpy's dense eigenvectors."""

import warnings
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.core.arrays import FloatArray
from landscape_app.core.curvature import Eigenpairs, curvature_eigenpairs, full_hessian, hessian_products
from landscape_app.core.curvature.eigenpairs import leading_pair
from landscape_app.core.curvature.lanczos import lanczos_pairs
from landscape_app.core.dataset import Dataset
from landscape_app.core.errors import ConfigError
from landscape_app.core.models import MODELS, Model

ALL_MODELS = list(MODELS.values())


def a_case(name: str, n: int, k: int, m: int, seed: int, scale: float = 1.0) -> tuple[Model, Dataset, FloatArray]:
    rng = np.random.default_rng(seed)
    n = 1 if name == "univariate" else n
    model = MODELS[name](n, k)
    data = Dataset(rng.normal(size=(n, m)), rng.normal(size=(1, m)), tuple(f"x{i}" for i in range(n)), "y")
    return model, data, scale * rng.normal(size=model.layout.size)


def products(model: Model, data: Dataset, theta: FloatArray, vectors: FloatArray) -> FloatArray:
    *waits, last = hessian_products(model, data, theta, vectors)
    assert all(part is None for part in waits)
    assert last is not None
    return last


def hessian(model: Model, data: Dataset, theta: FloatArray) -> FloatArray:
    *waits, last = full_hessian(model, data, theta)
    assert all(part is None for part in waits)
    assert last is not None
    return last


def eigenpairs(model: Model, data: Dataset, theta: FloatArray, tolerance: float = 1e-8) -> Eigenpairs:
    *waits, last = curvature_eigenpairs(model, data, theta, tolerance=tolerance)
    assert all(part is None for part in waits)
    assert last is not None
    return last


def complex_step(model: Model, data: Dataset, theta: FloatArray, vectors: FloatArray) -> FloatArray:
    """H v = Im g(theta + ih v) / h, by the model's own gradient, without subtracting."""
    step = 1e-30
    rows = []
    for vector in vectors:
        point = theta + 1j * step * vector
        forward = model.forward(point, data.X)
        gradient = model.backward(point, forward, data.X, 2.0 / data.m * (forward.yhat - data.y))  # type: ignore[arg-type]
        rows.append(np.imag(gradient) / step)
    return np.array(rows)


@pytest.mark.parametrize("name", list(MODELS))
@settings(max_examples=60)
@given(
    n=st.integers(1, 6),
    k=st.integers(1, 7),
    m=st.integers(1, 700),
    seed=st.integers(0, 2**32),
    scale=st.sampled_from([1e-3, 0.3, 1.0, 4.0, 30.0]),
)
def test_that_products_and_hessian_match_the_complex_step(
    name: str, n: int, k: int, m: int, seed: int, scale: float
) -> None:
    model, data, theta = a_case(name, n, k, m, seed, scale)
    vectors = np.random.default_rng(seed + 1).normal(size=(3, theta.size))
    expected = complex_step(model, data, theta, vectors)
    H = hessian(model, data, theta)
    size = np.linalg.norm(vectors, axis=1).max() * max(np.abs(H).max(), 1e-300) * theta.size
    assert np.abs(products(model, data, theta, vectors) - expected).max() <= 1e-13 * size
    assert np.abs(vectors @ H - expected).max() <= 1e-13 * size
    assert (H == H.T).all()


@pytest.mark.parametrize("name", ["univariate", "multivariate"])
@pytest.mark.parametrize("m", [1, 50, 20_000])
def test_that_a_linear_models_hessian_is_its_closed_form_everywhere(name: str, m: int) -> None:
    model, data, theta = a_case(name, 4, 0, m, 5)
    design = np.vstack((data.X, np.ones((1, m))))
    expected = 2.0 / m * design @ design.T
    assert hessian(model, data, theta) == pytest.approx(expected, rel=1e-12, abs=1e-13)
    assert hessian(model, data, 100.0 * theta) == pytest.approx(expected, rel=1e-12, abs=1e-13)
    assert products(model, data, theta, np.eye(theta.size)) == pytest.approx(expected, rel=1e-12, abs=1e-13)


def test_that_the_hessian_is_how_the_gradient_changes() -> None:
    model, data, theta = a_case("two-layer-sigmoid", 3, 4, 60, 2)
    H, h = hessian(model, data, theta), 1e-5
    for j in range(theta.size):
        step = h * np.eye(theta.size)[j]
        ahead = model.loss_and_gradient(theta + step, data.X, data.y)[1]
        behind = model.loss_and_gradient(theta - step, data.X, data.y)[1]
        assert (ahead - behind) / (2 * h) == pytest.approx(H[j], abs=1e-8 * float(np.abs(H).max()))


@pytest.mark.parametrize("name", list(MODELS))
def test_that_the_result_does_not_depend_on_how_the_examples_are_cut(name: str) -> None:
    """So many examples need many blocks; their sum is the mean over two halves."""
    model, data, theta = a_case(name, 3, 5, 30_000, 8)
    vectors = np.random.default_rng(3).normal(size=(2, theta.size))
    halves = [
        Dataset(data.X[:, part], data.y[:, part], data.feature_names, "y")
        for part in (slice(0, 10_000), slice(10_000, None))
    ]
    functions: list[Callable[[Dataset], FloatArray]] = [
        lambda d: products(model, d, theta, vectors),
        lambda d: hessian(model, d, theta),
    ]
    for function in functions:
        together = function(halves[0]) / 3 + 2 * function(halves[1]) / 3
        assert function(data) == pytest.approx(together, rel=1e-10, abs=1e-12 * float(np.abs(together).max()))


def test_that_long_work_is_cut_into_slices() -> None:
    model, data, theta = a_case("two-layer-sigmoid", 3, 8, 100_000, 1)
    assert len(list(hessian_products(model, data, theta, theta[np.newaxis]))) > 10
    assert len(list(full_hessian(model, data, theta))) > 20


def test_that_the_pair_of_a_small_model_is_numpys() -> None:
    model, data, theta = a_case("two-layer-sigmoid", 4, 5, 80, 4)
    pair = eigenpairs(model, data, theta)
    values, columns = np.linalg.eigh(hessian(model, data, theta))
    place = 0 if values[0] < -0.01 * values[-1] else -2
    assert pair.values == pytest.approx(values[[-1, place]])
    for vector, column in zip(pair.vectors, (columns[:, -1], columns[:, place]), strict=True):
        assert abs(vector @ column) == pytest.approx(1.0)
    assert (pair.residuals <= 1e-13 * values[-1]).all()


def dense_oracle(model: Model, data: Dataset, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Eigenvalues and columns of the Hessian that complex steps give column by column."""
    H = complex_step(model, data, theta, np.eye(theta.size))
    return np.linalg.eigh((H + H.T) / 2)


@pytest.mark.parametrize(
    ("name", "n", "k", "scale"),
    [
        ("multivariate", 200, 0, 1.0),
        ("multivariate", 600, 0, 1.0),
        ("two-layer-linear", 10, 20, 0.3),
        ("two-layer-sigmoid", 10, 17, 1.0),
        ("two-layer-sigmoid", 5, 60, 0.1),
        ("two-layer-sigmoid", 12, 60, 3.0),
    ],
)
def test_that_lanczos_finds_what_the_whole_hessian_has(name: str, n: int, k: int, scale: float) -> None:
    model, data, theta = a_case(name, n, k, 300, 17, scale)
    assert theta.size > 200
    pair = eigenpairs(model, data, theta)
    values, columns = dense_oracle(model, data, theta)
    place = 0 if values[0] < -0.01 * values[-1] else -2
    assert pair.settled
    assert pair.values == pytest.approx(values[[-1, place]], rel=1e-9)
    assert (pair.residuals <= 1e-8 * values[-1]).all()
    assert pair.vectors @ pair.vectors.T == pytest.approx(np.eye(2), abs=1e-12)
    for vector, value in zip(pair.vectors, values[[-1, place]], strict=True):
        alike = columns[:, np.abs(values - value) < 1e-6 * values[-1]]  # linear networks have several
        assert np.linalg.norm(vector @ alike) == pytest.approx(1.0, abs=1e-6)


def test_that_lanczos_finds_a_double_eigenvalue_twice() -> None:
    """Rows of a Hadamard matrix: orthogonal features, the two largest of equal size."""
    H = np.ones((1, 1))
    while len(H) < 512:
        H = np.block([[H, H], [H, -H]])
    X = H[1:301] * np.linspace(1.0, 0.5, 300)[:, np.newaxis]
    X[1] = H[2]
    data = Dataset(X, H[:1], tuple(f"x{i}" for i in range(300)), "y")
    pair = eigenpairs(MODELS["multivariate"](300), data, np.zeros(301))
    assert pair.values == pytest.approx([2.0, 2.0])  # also the bias has 2: any two of the three directions do
    assert np.abs(pair.vectors[:, 2:300]).max() < 1e-6


def test_that_equal_units_do_not_confuse_lanczos() -> None:
    """Units that start alike give eigenvalues many times over, and a space without anything new."""
    model, data, _ = a_case("two-layer-sigmoid", 2, 60, 40, 3)
    theta = model.layout.join({"W1": np.zeros((60, 2)), "b1": np.zeros(60), "w2": np.full(60, 0.5), "b2": 0.0})
    pair = eigenpairs(model, data, theta)
    values, _ = dense_oracle(model, data, theta)
    place = 0 if values[0] < -0.01 * values[-1] else -2
    assert pair.values == pytest.approx(values[[-1, place]], rel=1e-8)


@pytest.mark.parametrize("size", [20, 150, 1500])
def test_that_lanczos_restarts_until_a_crowded_spectrum_gives_way(size: int) -> None:
    """Evenly spaced eigenvalues of random vectors, both ends asked for: far more products than a basis has rows."""
    rng = np.random.default_rng(6)
    spectrum = np.linspace(-1.0, 2.0, size)
    turn = np.linalg.qr(rng.normal(size=(size, size)))[0]
    taken = 0

    def products(vectors: FloatArray) -> Iterator[FloatArray | None]:
        nonlocal taken
        taken += len(vectors)
        yield None
        yield (vectors @ turn * spectrum) @ turn.T

    *_, pair = lanczos_pairs(products, size, leading_pair, tolerance=1e-9)
    assert pair is not None
    assert pair.settled
    assert pair.values == pytest.approx([2.0, -1.0], abs=1e-12)
    assert abs(pair.vectors[0] @ turn[:, -1]) == pytest.approx(1.0, abs=1e-9)
    assert abs(pair.vectors[1] @ turn[:, 0]) == pytest.approx(1.0, abs=1e-9)
    assert size < 1500 or taken > 150


def test_that_lanczos_says_when_it_gave_up() -> None:
    spectrum = np.linspace(0.0, 1.0, 3000) ** 0.1
    *_, pair = lanczos_pairs(lambda vectors: iter((vectors * spectrum,)), 3000, leading_pair, most=40)
    assert pair is not None
    assert not pair.settled
    expected = np.linalg.norm(pair.vectors * spectrum - pair.values[:, np.newaxis] * pair.vectors, axis=1)
    assert pair.residuals == pytest.approx(expected)


def test_that_a_model_without_known_curvature_is_refused_with_a_sentence() -> None:
    class Another(MODELS["multivariate"].__base__):  # type: ignore[misc]
        name = "another"
        layout = MODELS["multivariate"](2).layout
        forward = backward = squared_errors = MODELS["multivariate"].forward

    _, data, theta = a_case("multivariate", 2, 0, 5, 1)
    for results in (
        hessian_products(Another(2), data, theta, theta[np.newaxis]),
        full_hessian(Another(2), data, theta),
    ):
        with pytest.raises(ConfigError, match="The curvature of the model 'another' is not known"):
            next(results)


def test_that_a_saddle_shows_where_it_falls() -> None:
    model, data, _ = a_case("two-layer-linear", 2, 3, 50, 6)
    saddle = model.layout.join({"W1": np.zeros((3, 2)), "b1": np.zeros(3), "w2": np.zeros(3), "b2": data.y.mean()})
    pair = eigenpairs(model, data, saddle)
    # There the Hessian couples W1 with w2 alone, by 2/m Σ r x: a pair ± for every unit.
    coupling = 2.0 / data.m * np.linalg.norm((data.y.mean() - data.y) @ data.X.T)
    assert pair.values == pytest.approx([2.0, -coupling])
    assert "falls" in pair.note


def test_that_a_minimum_shows_its_two_steepest_sides() -> None:
    model, data, theta = a_case("multivariate", 3, 0, 50, 6)
    assert "none is clearly negative" in eigenpairs(model, data, theta).note


def test_that_the_same_seed_gives_the_same_vectors_to_the_last_bit() -> None:
    model, data, theta = a_case("two-layer-sigmoid", 10, 20, 50, 3)
    assert (eigenpairs(model, data, theta).vectors == eigenpairs(model, data, theta).vectors).all()


@pytest.mark.parametrize("k", [3, 100])
def test_that_curvature_beyond_a_double_is_said_without_a_warning(k: int) -> None:
    model, data, theta = a_case("two-layer-linear", 3, k, 50, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(FloatingPointError):
            eigenpairs(model, data, 1e200 * theta)


def test_that_nothing_is_changed_by_looking_at_it() -> None:
    for name in MODELS:
        model, data, theta = a_case(name, 3, 80, 50, 3)
        before = theta.copy()
        eigenpairs(model, data, theta)
        assert (theta == before).all()
