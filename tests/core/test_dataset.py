import numpy as np
import pytest

from landscape_app.core.dataset import Dataset, Truth, standardised
from landscape_app.core.errors import DataError
from landscape_app.core.synthetic import GENERATORS, Generator


def small(**changes: object) -> Dataset:
    arguments: dict[str, object] = {
        "X": [[1.0, 2.0, 6.0], [0.0, 10.0, 20.0]],
        "y": [[1.0, 2.0, 3.0]],
        "feature_names": ("a", "b"),
        "target_name": "t",
    }
    return Dataset(**(arguments | changes))  # type: ignore[arg-type]


def test_that_a_dataset_holds_read_only_float64_and_its_sizes() -> None:
    data = small()
    assert (data.n, data.m) == (2, 3)
    assert data.X.dtype == data.y.dtype == np.float64
    with pytest.raises(ValueError, match="read-only"):
        data.X[0, 0] = 5.0
    assert data.notes == ()


def test_that_a_dataset_does_not_share_memory_with_a_writable_array() -> None:
    X = np.ones((2, 3))
    data = small(X=X)
    X[:] = 7.0
    assert (data.X == 1.0).all()


def test_that_examples_are_picked_in_the_order_asked_for() -> None:
    X, y = small().examples(np.array([2, 0]))
    assert X.tolist() == [[6.0, 1.0], [20.0, 0.0]]
    assert y.tolist() == [[3.0, 1.0]]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"y": [[1.0, 2.0]]}, "do not go with"),
        ({"y": [1.0, 2.0, 3.0]}, "do not go with"),
        ({"X": np.empty((2, 0)), "y": np.empty((1, 0))}, "at least one feature and one example"),
        ({"X": np.empty((0, 3)), "feature_names": ()}, "at least one feature and one example"),
        ({"feature_names": ("a",)}, "1 names were given for 2 features"),
        ({"units": ("m", "s")}, "2 units were given for 2 features and the target"),
        ({"y": [[1.0, np.nan, 3.0]]}, "not finite"),
        ({"X": [[1.0, 2.0, np.inf], [0.0, 1.0, 2.0]]}, "not finite"),
    ],
)
def test_that_what_does_not_fit_together_is_refused(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        small(**changes)


def test_that_standardised_features_have_mean_0_and_population_deviation_1() -> None:
    data = standardised(small())
    np.testing.assert_allclose(data.X.mean(axis=1), 0.0, atol=1e-15)
    np.testing.assert_allclose((data.X**2).mean(axis=1), 1.0, rtol=1e-15)
    assert data.scaling is not None
    np.testing.assert_allclose(data.scaling.mean, [[3.0], [10.0]])
    np.testing.assert_allclose(data.scaling.deviation, [[np.sqrt(14 / 3)], [np.sqrt(200 / 3)]])
    np.testing.assert_allclose(data.X * data.scaling.deviation + data.scaling.mean, small().X, atol=1e-15)
    assert np.array_equal(data.y, small().y)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e300, -7.3])
def test_that_a_constant_feature_is_exactly_centred_and_not_blown_up(value: float) -> None:
    data = standardised(small(X=[[value] * 3, [0.0, 1.0, 2.0]]))
    assert (data.X[0] == 0.0).all()
    assert data.scaling is not None
    assert data.scaling.deviation[0, 0] == 1.0
    assert data.scaling.mean[0, 0] == value


def test_that_features_too_large_to_be_standardised_are_named() -> None:
    with pytest.raises(DataError, match="'b' are too large"):
        standardised(small(X=[[1.0, 2.0, 3.0], [1e300, -1e300, 1e308]]))


@pytest.mark.parametrize("generator", GENERATORS.values(), ids=lambda generator: generator.name)
def test_that_the_truth_is_carried_over_to_standardised_features(generator: Generator) -> None:
    knobs = {"share": 0.0} if generator.name == "outliers" else {}
    raw = generator.generate(m=100, noise=0.0, knobs=knobs)
    data = standardised(raw)
    assert data.truth is not None
    np.testing.assert_allclose(data.truth.signal(data.X), raw.y, rtol=0, atol=1e-12)
    if data.truth.w is not None:
        assert data.truth.b is not None
        np.testing.assert_allclose(data.truth.w @ data.X + data.truth.b, raw.y, rtol=0, atol=1e-12)


def test_that_a_truth_without_w_and_b_stays_without() -> None:
    data = standardised(small(truth=Truth(signal=lambda X: X[:1] ** 2)))
    assert data.truth is not None
    assert data.truth.w is None
    assert data.truth.b is None


def test_that_the_truth_goes_along_when_the_target_is_standardised_too() -> None:
    rng = np.random.default_rng(11)
    X = rng.normal(3.0, 4.0, (2, 50))
    w, b = np.array([[1.5, -2.0]]), 0.75
    y = w @ X + b + rng.normal(0.0, 0.1, (1, 50))
    data = Dataset(X, y, ("a", "c"), "y", truth=Truth(signal=lambda raw: w @ raw + b, w=w, b=b))
    scaled = standardised(data, target=True)
    assert scaled.y.mean() == pytest.approx(0.0, abs=1e-12)
    assert scaled.y.std() == pytest.approx(1.0)
    assert scaled.truth is not None
    assert scaled.truth.w is not None
    assert scaled.truth.b is not None
    noiseless = (w @ X + b - y.mean()) / y.std()
    np.testing.assert_allclose(scaled.truth.signal(scaled.X), noiseless, rtol=0, atol=1e-12)
    np.testing.assert_allclose(scaled.truth.w @ scaled.X + scaled.truth.b, noiseless, rtol=0, atol=1e-12)
    assert scaled.scaling is not None
    np.testing.assert_allclose(
        scaled.y * scaled.scaling.target_deviation + scaled.scaling.target_mean, y, rtol=0, atol=1e-12
    )


def test_that_the_target_stays_when_only_features_are_standardised() -> None:
    data = Dataset(np.array([[1.0, 2.0, 4.0]]), np.array([[5.0, 6.0, 9.0]]), ("x",), "y", units=("m", "kg"))
    assert standardised(data).y is data.y
    assert standardised(data).units == ("", "kg")  # a number of deviations is no length
    assert standardised(data, target=True).units == ()
