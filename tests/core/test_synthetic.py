import json
from collections.abc import Mapping

import numpy as np
import pytest

from landscape_app.core.errors import ConfigError
from landscape_app.core.synthetic import GENERATORS, MAX_EXAMPLES, Generator

ALL = pytest.mark.parametrize("generator", GENERATORS.values(), ids=lambda generator: generator.name)
LINEAR = ("line", "outliers", "ravine", "correlated", "plane")


def test_that_the_generators_have_the_names_of_the_command_line() -> None:
    assert list(GENERATORS) == [
        "line", "outliers", "ravine", "correlated", "plane", "sine", "step", "bump", "product",
    ]  # fmt: skip
    assert all(name == generator.name for name, generator in GENERATORS.items())


@ALL
def test_that_a_generator_describes_itself(generator: Generator) -> None:
    assert generator.title
    assert generator.explanation.endswith(".")
    assert generator.knobs
    for knob in generator.knobs:
        assert knob.label
        assert knob.help.endswith(".")
        assert knob.low <= knob.default <= knob.high
    json.dumps(generator.checked_knobs())


@ALL
def test_that_without_noise_the_target_is_the_true_signal(generator: Generator) -> None:
    knobs = {"share": 0.0} if generator.name == "outliers" else {}
    data = generator.generate(m=301, noise=0.0, seed=5, knobs=knobs)
    assert data.truth is not None
    assert np.array_equal(data.y, data.truth.signal(data.X))


@ALL
def test_that_the_default_data_have_the_default_size_and_names(generator: Generator) -> None:
    data = generator.generate()
    assert data.m == generator.default_m
    assert data.target_name == "y"
    assert data.feature_names == (("x",) if data.n == 1 else tuple(f"x{j + 1}" for j in range(data.n)))
    assert data.title == generator.title
    assert not data.X.flags.writeable
    assert not data.y.flags.writeable


@ALL
def test_that_the_true_w_and_b_are_known_just_where_the_truth_is_linear(generator: Generator) -> None:
    data = generator.generate(m=50, noise=0.0)
    assert data.truth is not None
    if generator.name not in LINEAR:
        assert data.truth.w is None
        assert data.truth.b is None
        return
    assert data.truth.w is not None
    assert data.truth.b is not None
    np.testing.assert_allclose(data.truth.signal(data.X), data.truth.w @ data.X + data.truth.b, rtol=1e-14, atol=1e-14)


@ALL
def test_that_the_same_arguments_give_the_same_data(generator: Generator) -> None:
    first, second = generator.generate(seed=11), generator.generate(seed=11)
    assert np.array_equal(first.X, second.X)
    assert np.array_equal(first.y, second.y)
    assert not np.array_equal(first.X, generator.generate(seed=12).X)


@ALL
@pytest.mark.parametrize(("few", "many"), [(1, 2), (7, 8), (60, 1001)])
def test_that_more_examples_leave_the_first_ones_as_they_are(generator: Generator, few: int, many: int) -> None:
    less, more = generator.generate(m=few, seed=3), generator.generate(m=many, seed=3)
    assert np.array_equal(less.X, more.X[:, :few])
    assert np.array_equal(less.y, more.y[:, :few])


@ALL
def test_that_the_noise_moves_no_feature_and_only_scales(generator: Generator) -> None:
    none, one, two = (generator.generate(m=200, noise=noise, seed=4) for noise in (0.0, 1.0, 2.0))
    assert np.array_equal(none.X, two.X)
    np.testing.assert_allclose(two.y - none.y, 2.0 * (one.y - none.y), rtol=0, atol=1e-12)


@ALL
def test_that_the_noise_has_the_deviation_asked_for_and_no_tie_to_the_features(generator: Generator) -> None:
    m = 40_000
    quiet, noisy = (generator.generate(m=m, noise=noise, seed=8) for noise in (0.0, 0.7))
    noise = noisy.y - quiet.y
    assert abs(noise.mean()) < 5 * 0.7 / np.sqrt(m)
    assert abs(noise.std() / 0.7 - 1.0) < 5 / np.sqrt(2 * m)
    for x in noisy.X:
        assert abs(np.corrcoef(x, noise[0])[0, 1]) < 5 / np.sqrt(m)


def test_that_the_line_is_the_default_that_the_program_starts_with() -> None:
    data = GENERATORS["line"].generate()
    assert (data.n, data.m) == (1, 60)
    assert data.truth is not None
    assert data.truth.w is not None
    assert data.truth.w.tolist() == [[1.5]]
    assert data.truth.b == -0.6
    assert np.abs(data.X).max() <= 2.0
    fit = np.polyfit(data.X[0], data.y[0], 1)
    np.testing.assert_allclose(fit, [1.5, -0.6], atol=4 * 0.45 / np.sqrt(60))


def test_that_a_line_takes_its_true_parameters_from_the_knobs() -> None:
    data = GENERATORS["line"].generate(noise=0.0, knobs={"w": -3.0, "b": 2.0})
    np.testing.assert_allclose(data.y, -3.0 * data.X + 2.0, rtol=0, atol=1e-15)


def test_that_a_larger_share_keeps_the_outliers_that_are_there() -> None:
    def outliers(share: float) -> set[int]:
        data = GENERATORS["outliers"].generate(m=5000, noise=0.0, knobs={"share": share, "size": 5.0})
        assert data.truth is not None
        above = (data.y - data.truth.signal(data.X))[0]
        found = np.flatnonzero(above)
        assert 3.75 <= above[found].min() <= above[found].max() <= 6.25
        assert abs(above[found].mean() - 5.0) < 0.3
        return set(found.tolist())

    few, many = outliers(0.1), outliers(0.3)
    assert few < many
    assert abs(len(few) / 5000 - 0.1) < 0.02
    assert abs(len(many) / 5000 - 0.3) < 0.03


def test_that_a_ravine_has_features_of_the_ratio_asked_for() -> None:
    data = GENERATORS["ravine"].generate(m=50_000, knobs={"ratio": 40.0})
    assert data.X[0].std() / data.X[1].std() == pytest.approx(40.0, rel=0.03)


@pytest.mark.parametrize("correlation", [-0.999, -0.5, 0.0, 0.9, 0.999])
def test_that_correlated_features_have_the_correlation_asked_for(correlation: float) -> None:
    data = GENERATORS["correlated"].generate(m=50_000, knobs={"correlation": correlation})
    np.testing.assert_allclose(np.corrcoef(data.X[0], data.X[1])[0, 1], correlation, atol=0.02)
    np.testing.assert_allclose(data.X.std(axis=1), 1.0, atol=0.02)


def test_that_a_plane_keeps_its_first_features_and_weights_when_it_grows() -> None:
    three, five = (GENERATORS["plane"].generate(knobs={"features": n}) for n in (3, 5))
    assert np.array_equal(three.X, five.X[:3])
    assert three.truth is not None
    assert five.truth is not None
    assert three.truth.w is not None
    assert five.truth.w is not None
    assert np.array_equal(three.truth.w, five.truth.w[:, :3])
    assert GENERATORS["plane"].generate(knobs={"features": 1}).feature_names == ("x",)
    assert GENERATORS["plane"].generate(knobs={"features": 100}).n == 100


@pytest.mark.parametrize(
    ("name", "knobs", "points", "values"),
    [
        ("sine", {"amplitude": 2.0, "waves": 2.0}, [[-2.0, 0.0, 0.25, 0.5, 0.75]], [[0, 0, np.sqrt(2), 2, np.sqrt(2)]]),
        ("step", {"height": 3.0, "position": 0.5}, [[-2.0, 0.4999, 0.5, 2.0]], [[0, 0, 3, 3]]),
        ("bump", {"height": 2.0, "width": 0.5}, [[0.0, 0.5, -0.5]], [[2, 2 * np.exp(-0.5), 2 * np.exp(-0.5)]]),
        ("product", {"strength": 2.0}, [[1.0, -1.0, 0.5], [3.0, 3.0, 0.0]], [[6, -6, 0]]),
    ],
)
def test_that_a_curve_has_the_shape_that_its_knobs_say(
    name: str, knobs: Mapping[str, float], points: list[list[float]], values: list[list[float]]
) -> None:
    truth = GENERATORS[name].generate(knobs=knobs).truth
    assert truth is not None
    np.testing.assert_allclose(truth.signal(np.array(points)), values, atol=1e-14)


def test_that_a_million_examples_can_be_drawn() -> None:
    data = GENERATORS["line"].generate(m=MAX_EXAMPLES)
    assert data.m == 1_000_000
    assert abs(data.X.mean()) < 0.01
    assert data.X.var() == pytest.approx(4 / 3, rel=0.01)


@pytest.mark.parametrize("m", [0, -1, MAX_EXAMPLES + 1, 2.5, True, "60"])
def test_that_a_wrong_number_of_examples_is_refused_with_its_limits(m: int) -> None:
    with pytest.raises(ConfigError, match=r"whole number from 1 to 1,000,000, not"):
        GENERATORS["line"].generate(m=m)


@pytest.mark.parametrize("noise", [-0.1, float("nan"), float("inf"), 1e7, True])
def test_that_a_wrong_noise_is_refused(noise: float) -> None:
    with pytest.raises(ConfigError, match=r"noise must be a number from 0 to 1,000,000, not"):
        GENERATORS["line"].generate(noise=noise)


@pytest.mark.parametrize("seed", [-1, 0.5, True])
def test_that_a_wrong_seed_is_refused(seed: int) -> None:
    with pytest.raises(ConfigError, match=r"seed must be a whole number from 0 up"):
        GENERATORS["line"].generate(seed=seed)


def test_that_numpys_own_numbers_and_large_seeds_are_taken() -> None:
    line = GENERATORS["line"]
    plain = line.generate(m=5, noise=0.5, seed=2, knobs={"w": 1.0})
    numpys = line.generate(np.int64(5), np.float64(0.5), np.int64(2), {"w": np.float64(1.0)})  # type: ignore[arg-type]
    assert np.array_equal(plain.y, numpys.y)
    assert line.generate(m=5, seed=2**70).m == 5


@pytest.mark.parametrize("value", [11.0, -11.0, float("nan"), True, "1", 10**400])
def test_that_a_knob_out_of_range_is_refused_with_its_limits(value: float) -> None:
    with pytest.raises(ConfigError, match=r"'w' must be a number from -10 to 10, not"):
        GENERATORS["line"].generate(knobs={"w": value})


def test_that_a_whole_number_is_asked_for_where_one_is_needed() -> None:
    with pytest.raises(ConfigError, match=r"'features' must be a whole number from 1 to 100, not 2.5"):
        GENERATORS["plane"].generate(knobs={"features": 2.5})


def test_that_an_unknown_knob_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(ConfigError, match=r"'ravine' has no knob 'ration'; did you mean 'ratio'\?"):
        GENERATORS["ravine"].generate(knobs={"ration": 3.0})
    with pytest.raises(ConfigError, match=r"'line' has no knob 'zzz'; it has w, b\."):
        GENERATORS["line"].generate(knobs={"zzz": 3.0})
