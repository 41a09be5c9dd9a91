"""What data and model are joined to, and which data can't be."""

from typing import Any

import numpy as np
import pytest

from landscape_app.core.dataset import Dataset
from landscape_app.core.errors import DataError
from landscape_app.session.config import ModelConfig
from landscape_app.session.point_kind import PointWish, point_steps
from landscape_app.session.problem import Loaded, build_problem


def loaded(x_scale: float, y_scale: float = 1.0, offset: float = 0.0) -> Loaded:
    rng = np.random.default_rng(0)
    X = x_scale * (rng.normal(size=(1, 20)) + offset)
    return Loaded(Dataset(X, y_scale * rng.normal(size=(1, 20)), ("dose",), "effect"))


@pytest.mark.parametrize("scale", [1e155, 1e160, 1e200, 1e300])
@pytest.mark.parametrize("name", ["univariate", "multivariate", "two-layer-linear"])
def test_that_features_whose_squares_overflow_are_refused_in_a_sentence(name: Any, scale: float) -> None:
    with pytest.raises(DataError, match=r"^The values of 'dose' are so large that their squares overflow: divide"):
        build_problem(loaded(scale), ModelConfig(name=name, hidden=2))


@pytest.mark.parametrize("name", ["univariate", "two-layer-linear", "two-layer-sigmoid"])
def test_that_targets_whose_squares_overflow_are_refused_whatever_the_model(name: Any) -> None:
    with pytest.raises(DataError, match=r"^The values of 'effect' are so large"):
        build_problem(loaded(1.0, 1e160), ModelConfig(name=name, hidden=2))


def test_that_a_sigmoid_takes_any_features() -> None:
    assert build_problem(loaded(1e300), ModelConfig(name="two-layer-sigmoid", hidden=2)).optimum is None


@pytest.mark.parametrize("offset", [0.0, 1e3])
@pytest.mark.parametrize("name", ["univariate", "two-layer-linear"])
def test_that_the_largest_features_that_are_taken_can_be_looked_at(name: Any, offset: float) -> None:
    problem = build_problem(loaded(1e152 / max(1.0, offset), offset=offset), ModelConfig(name=name, hidden=2))
    theta = np.zeros(problem.model.layout.size)
    *_, reading = point_steps(PointWish(problem, 0, theta, theta))
    assert reading is not None
    assert np.isfinite(reading.spectrum.largest)
    if problem.optimum is not None:
        assert np.isfinite([problem.optimum.loss, problem.optimum.lambda_max]).all()
        assert np.isfinite(problem.optimum.theta).all()
