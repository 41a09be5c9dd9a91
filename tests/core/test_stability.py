"""What one step makes of the error, against the rules themselves taken as matrices."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.core.arrays import FloatArray
from landscape_app.core.optimizers import RULES as REAL
from landscape_app.core.optimizers.base import Step
from landscape_app.core.stability import LinearRule, RuleName

RULES = [
    LinearRule("gradient-descent"),
    LinearRule("momentum", 0.9),
    LinearRule("momentum", 0.5, 0.25),
    LinearRule("momentum", 0.0, 0.5),  # a momentum of 0 is plain descent: the dampening never acts
    LinearRule("nesterov", 0.9),
    LinearRule("nesterov", 0.3),
    LinearRule("nesterov", 0.0),
]
rates = st.floats(1e-3, 3.0)


def iteration_matrix(rule: LinearRule, rate: float, eigenvalue: float, semantics: str = "pytorch") -> FloatArray:
    """Return the step of the real rule on the loss λe²/2 as a matrix (2, 2) on (error, velocity)."""
    real = dict(zip(map(str, REAL), REAL.values(), strict=True))[semantics][rule.name]
    hyper = {**real.defaults(), "learning_rate": rate}
    for name, value in (("momentum", rule.momentum), ("dampening", rule.dampening)):
        if name in hyper:
            hyper[name] = value
    columns = []
    for error, velocity in ((1.0, 0.0), (0.0, 1.0)):
        theta = np.array([error])
        step = Step(theta, eigenvalue * theta, hyper, 0.0, lambda _theta: 0.0, 0)
        after, state = real.update(step, {"v": np.array([velocity])})
        columns.append([float(after[0]), float(state.get("v", np.zeros(1))[0])])
    matrix = np.array(columns).T
    if rule.name == "gradient-descent" or rule.momentum == 0.0:
        matrix = matrix[:1, :1]  # nothing but the error moves
    return matrix


@pytest.mark.parametrize("rule", RULES, ids=repr)
@given(rate=rates)
def test_that_the_multiplier_is_the_largest_eigenvalue_of_the_real_rules_step(rule: LinearRule, rate: float) -> None:
    values = np.array([0.3, 1.0, 2.7])
    roots = rule.multipliers(rate, values)
    for value, root in zip(values, roots, strict=True):
        eigenvalues = np.linalg.eigvals(iteration_matrix(rule, rate, float(value)))
        assert abs(root) == pytest.approx(np.abs(eigenvalues).max(), rel=1e-6, abs=1e-7)
        # A double root is known to half the digits only.
        assert min(abs(eigenvalues - root)) < 1e-6 * max(1.0, abs(root))
    assert rule.radius(rate, values) == pytest.approx(np.abs(roots).max())


@pytest.mark.parametrize("rule", RULES, ids=repr)
@pytest.mark.parametrize("largest", [0.01, 4.1, 3e5])
def test_that_the_limit_parts_a_radius_below_one_from_one_above(rule: LinearRule, largest: float) -> None:
    limit = rule.limit(largest)
    below, above = (
        np.abs(np.linalg.eigvals(iteration_matrix(rule, factor * limit, largest))).max() for factor in (0.999, 1.001)
    )
    assert below < 1.0 < above
    ends = np.array([largest / 50.0, largest])
    assert rule.radius(0.999 * limit, ends) < 1.0 < rule.radius(1.001 * limit, ends)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.dampening == 0.0], ids=repr)
@pytest.mark.parametrize("semantics", ["keras", "optax"])
def test_that_other_libraries_rules_have_the_same_limits(rule: LinearRule, semantics: str) -> None:
    for share in (0.3, 0.999, 1.001):
        rate = share * rule.limit(2.0)
        radius = np.abs(np.linalg.eigvals(iteration_matrix(rule, rate, 2.0, semantics))).max()
        assert radius == pytest.approx(rule.radius(rate, np.array([2.0])), rel=1e-6)


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_that_the_error_changes_sign_at_each_step_from_the_turning_point_on(rule: LinearRule) -> None:
    before, after = (rule.multipliers(factor * rule.turning, np.array([1.0]))[0] for factor in (0.999, 1.001))
    assert after.imag == 0.0
    assert after.real < 0.0
    assert before.imag != 0.0 or before.real > 0.0


@pytest.mark.parametrize("rule", RULES, ids=repr)
@pytest.mark.parametrize("condition", [1.5, 12.0, 1e4])
def test_that_no_rate_has_a_smaller_radius_than_the_best(rule: LinearRule, condition: float) -> None:
    smallest, largest = 3.0 / condition, 3.0
    best = rule.best_rate(smallest, largest)

    def radius(rate: float) -> float:
        return max(np.abs(np.linalg.eigvals(iteration_matrix(rule, rate, v))).max() for v in (smallest, largest))

    others = [radius(rate) for rate in np.geomspace(1e-3, 1.0, 400) * rule.limit(largest)]
    assert radius(best) <= min(others) * (1.0 + 1e-7)
    if rule.name == "gradient-descent":
        assert radius(best) == pytest.approx((condition - 1.0) / (condition + 1.0))


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.name == "momentum"], ids=repr)
@pytest.mark.parametrize("condition", [1.5, 12.0, 1e4])
def test_that_between_the_equally_best_rates_momentum_alone_tells_how_fast(rule: LinearRule, condition: float) -> None:
    smallest, largest = 3.0 / condition, 3.0
    found = rule.equally_best(smallest, largest)

    def radius(rate: float) -> float:
        return max(np.abs(np.linalg.eigvals(iteration_matrix(rule, rate, v))).max() for v in (smallest, largest))

    best = rule.best_rate(smallest, largest)
    if found is None:
        assert radius(best) > np.sqrt(rule.momentum) * (1.0 + 1e-9)
        return
    low, high = found
    assert low < best < high
    for rate in np.linspace(low, high, 9)[1:-1]:
        assert radius(float(rate)) == pytest.approx(np.sqrt(rule.momentum), rel=1e-6)
    for rate in (0.98 * low, 1.02 * high):
        assert radius(rate) > np.sqrt(rule.momentum) * (1.0 + 1e-6)


def test_that_dampening_of_one_has_no_limit() -> None:
    rule = LinearRule("momentum", 0.9, 1.0)
    assert rule.limit(2.0) == np.inf
    assert rule.radius(5.0, np.array([2.0])) == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["gradient-descent", "momentum", "nesterov"])
def test_that_another_rule_takes_the_momentum_along(name: RuleName) -> None:
    other = LinearRule("momentum", 0.8, 0.3).named(name)
    assert (other.name, other.momentum, other.dampening) == (name, 0.8, 0.3 if name == "momentum" else 0.0)
