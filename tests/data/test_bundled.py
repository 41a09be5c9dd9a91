"""The bundled numbers against what has been published about them."""

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

from landscape_app.core.arrays import FloatArray
from landscape_app.core.errors import DataError
from landscape_app.data import BundledSet, bundled_catalogue, dataset_from_table, load_bundled
from landscape_app.resource_files import resource_path

ALL = pytest.mark.parametrize("described", bundled_catalogue(), ids=lambda described: described.name)


def fit(name: str) -> tuple[FloatArray, float, float]:
    """Return the least-squares coefficients (b first), R² and the residual standard deviation."""
    data = dataset_from_table(load_bundled(name))
    design = np.vstack((np.ones(data.m), data.X)).T
    coefficients = np.linalg.lstsq(design, data.y[0], rcond=None)[0]
    rss = float(np.sum((data.y[0] - design @ coefficients) ** 2))
    tss = float(np.sum((data.y[0] - data.y.mean()) ** 2))
    return coefficients, 1.0 - rss / tss, float(np.sqrt(rss / (data.m - data.n - 1)))


def exact_fit(name: str) -> tuple[list[Fraction], Fraction]:
    """Return the least-squares coefficients (b first) and the residual sum of squares, without any rounding."""
    data = dataset_from_table(load_bundled(name))
    rows = [[Fraction(1), *(Fraction(str(value)) for value in x)] for x in data.X.T.tolist()]
    y = [Fraction(str(value)) for value in data.y[0].tolist()]
    size = data.n + 1
    system = [
        [sum((r[i] * r[j] for r in rows), Fraction()) for j in range(size)]
        + [sum((r[i] * t for r, t in zip(rows, y, strict=True)), Fraction())]
        for i in range(size)
    ]
    for i in range(size):
        pivot = next(k for k in range(i, size) if system[k][i] != 0)
        system[i], system[pivot] = system[pivot], system[i]
        system[i] = [value / system[i][i] for value in system[i]]
        for k in range(size):
            if k != i:
                system[k] = [a - system[k][i] * b for a, b in zip(system[k], system[i], strict=True)]
    coefficients = [row[-1] for row in system]
    residuals = [
        t - sum((c * v for c, v in zip(coefficients, r, strict=True)), Fraction()) for r, t in zip(rows, y, strict=True)
    ]
    return coefficients, sum((residual * residual for residual in residuals), Fraction())


def test_that_there_is_something_for_every_lesson() -> None:
    sizes = {
        described.name: (len(described.features), load_bundled(described.name).rows)
        for described in bundled_catalogue()
    }
    assert sizes == {
        "anscombe-1": (1, 11), "anscombe-2": (1, 11), "anscombe-3": (1, 11), "anscombe-4": (1, 11),
        "galton": (1, 928), "faithful": (1, 272), "cars": (1, 50), "norris": (1, 36),
        "longley": (6, 16), "diabetes": (10, 442),
    }  # fmt: skip


@ALL
def test_that_a_set_says_what_it_is_and_where_it_is_from(described: BundledSet) -> None:
    for text in (described.about, described.source, described.licence, described.suggestion):
        assert text.endswith(".")
    table = load_bundled(described.name)
    assert table.title == described.title
    assert table.names == tuple(column.name for column in described.columns) == table.numeric_names
    assert all(column.about for column in table.columns)
    header = resource_path("data", f"{described.name}.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == ",".join(table.names)


@ALL
def test_that_a_sets_own_target_and_features_are_the_default(described: BundledSet) -> None:
    data = dataset_from_table(load_bundled(described.name))
    assert data.target_name == described.target
    assert data.feature_names == described.features
    assert data.m == load_bundled(described.name).rows
    assert data.notes == ()


def test_that_units_stand_beside_the_columns() -> None:
    data = dataset_from_table(load_bundled("diabetes"), features=("bmi", "age"))
    assert data.units == ("kg/m²", "years", "")


def test_that_another_target_of_a_set_leaves_all_other_columns_as_features() -> None:
    data = dataset_from_table(load_bundled("faithful"), target="eruption")
    assert data.feature_names == ("waiting",)


@pytest.mark.parametrize(
    ("name", "b", "w", "r2"),
    [
        ("anscombe-1", 3.0001, 0.5001, 0.6665),
        ("anscombe-2", 3.0009, 0.5000, 0.6662),
        ("anscombe-3", 3.0025, 0.4997, 0.6663),
        ("anscombe-4", 3.0017, 0.4999, 0.6667),
    ],
)
def test_that_the_quartet_has_anscombes_statistics(name: str, b: float, w: float, r2: float) -> None:
    coefficients, found_r2, _ = fit(name)
    np.testing.assert_allclose(coefficients, [b, w], atol=5.1e-5)
    assert found_r2 == pytest.approx(r2, abs=5.1e-5)
    data = dataset_from_table(load_bundled(name))
    assert data.X.mean() == 9.0
    assert data.X.var(ddof=1) == 11.0
    assert data.y.mean() == pytest.approx(7.50, abs=0.001)
    assert data.y.var(ddof=1) == pytest.approx(4.125, abs=0.003)


def test_that_galtons_heights_have_the_published_statistics() -> None:
    data = dataset_from_table(load_bundled("galton"))
    np.testing.assert_allclose([data.X.mean(), data.y.mean()], [68.30819, 68.08847], atol=5e-6)
    np.testing.assert_allclose([data.X.std(ddof=1), data.y.std(ddof=1)], [1.787333, 2.517941], atol=5e-7)
    coefficients, r2, _ = fit("galton")
    np.testing.assert_allclose(coefficients, [23.94153, 0.64629], atol=5e-6)
    assert r2 == pytest.approx(0.2105, abs=5e-5)
    heights, counts = np.unique(data.y, return_counts=True)
    assert heights.tolist() == [61.7, 62.2, *(63.2 + k for k in range(11)), 73.7]
    assert counts.tolist() == [5, 7, 32, 59, 48, 117, 138, 120, 167, 99, 64, 41, 17, 14]


def test_that_old_faithful_has_the_published_statistics() -> None:
    data = dataset_from_table(load_bundled("faithful"))
    np.testing.assert_allclose([data.X.mean(), data.y.mean()], [3.487783, 70.897059], atol=5e-7)
    np.testing.assert_allclose([data.X.std(ddof=1), data.y.std(ddof=1)], [1.141371, 13.594974], atol=5e-7)
    coefficients, r2, _ = fit("faithful")
    np.testing.assert_allclose(coefficients, [33.4744, 10.7296], atol=5e-5)
    assert r2 == pytest.approx(0.8115, abs=5e-5)


def test_that_the_cars_have_the_published_statistics() -> None:
    coefficients, r2, deviation = fit("cars")
    np.testing.assert_allclose(coefficients, [-17.5791, 3.9324], atol=5e-5)
    assert r2 == pytest.approx(0.6511, abs=5e-5)
    assert deviation == pytest.approx(15.38, abs=5e-3)


def test_that_the_diabetes_data_have_the_published_statistics() -> None:
    data = dataset_from_table(load_bundled("diabetes"))
    assert data.y.mean() == pytest.approx(152.133484, abs=5e-7)
    coefficients, r2, deviation = fit("diabetes")
    published = [
        -334.56714, -0.03636, -22.85965, 5.60296, 1.11681, -1.09000, 0.74645, 0.37200, 6.53383, 68.48312, 0.28012,
    ]  # fmt: skip
    np.testing.assert_allclose(coefficients, published, atol=5.1e-6)
    assert r2 == pytest.approx(0.5177484222203498, abs=1e-12)
    assert deviation == pytest.approx(54.15, abs=5e-3)


def test_that_the_diabetes_data_scale_to_the_well_known_first_patient() -> None:
    data = dataset_from_table(load_bundled("diabetes"), scale="standard")
    scaled = data.X[:, 0] / np.sqrt(data.m)
    expected = [
        0.03807591, 0.05068012, 0.06169621, 0.02187239, -0.0442235,
        -0.03482076, -0.04340085, -0.00259226, 0.01990749, -0.01764613,
    ]  # fmt: skip
    np.testing.assert_allclose(scaled, expected, atol=5e-9)


def test_that_norris_has_nists_certified_values() -> None:
    coefficients, rss = exact_fit("norris")
    np.testing.assert_allclose([float(c) for c in coefficients], [-0.262323073774029, 1.00211681802045], rtol=5e-15)
    assert float(rss) == pytest.approx(26.6173985294224, rel=2e-15)


def test_that_longley_has_nists_certified_values() -> None:
    coefficients, rss = exact_fit("longley")
    certified = [
        -3482258.63459582, 15.0618722713733, -0.0358191792925910, -2.02022980381683,
        -1.03322686717359, -0.0511041056535807, 1829.15146461355,
    ]  # fmt: skip
    np.testing.assert_allclose([float(c) for c in coefficients], certified, rtol=4e-15)
    assert np.sqrt(float(rss) / 9) == pytest.approx(304.854073561965, rel=2e-15)


def test_that_standardising_rescues_the_diabetes_data() -> None:
    def condition(scale: str) -> float:
        data = dataset_from_table(load_bundled("diabetes"), features=("bmi", "bp"), scale=scale)  # type: ignore[arg-type]
        return float(np.linalg.cond(np.vstack((data.X, np.ones(data.m)))) ** 2)

    assert condition("none") > 10_000
    assert condition("standard") < 5


def test_that_bundled_sets_need_no_pandas() -> None:
    code = (
        "import sys; sys.modules['pandas'] = None\n"
        "from landscape_app.data import bundled_catalogue, dataset_from_table, load_bundled\n"
        "for s in bundled_catalogue(): dataset_from_table(load_bundled(s.name))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=resource_path().parent)


def test_that_an_unknown_set_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(DataError, match=r"called 'Longly'; did you mean 'longley'\?"):
        load_bundled("Longly")
    with pytest.raises(DataError, match=r"called 'zzzz'; there are 'anscombe-1',"):
        load_bundled("zzzz")
