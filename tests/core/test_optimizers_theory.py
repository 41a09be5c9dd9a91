"""The update rules against what is known of them on paper."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from landscape_app.core.arrays import FloatArray
from landscape_app.core.models import MODELS
from landscape_app.core.optimizers import OPTIMIZERS, Optimizer, State, Step

away_from_zero = st.one_of(st.floats(1e-3, 1e3), st.floats(-1e3, -1e-3))


def no_loss(theta: FloatArray) -> float:
    raise AssertionError("A rule that uses the gradient must not ask for losses.")


def step_of(rule: Optimizer, theta: FloatArray, grad: FloatArray, hyper: Mapping[str, float] | None = None) -> Step:
    return Step(theta, grad, rule.defaults() | dict(hyper or {}), theta_loss=np.nan, loss=no_loss, seed=0)


def walk(
    rule: Optimizer, theta: FloatArray, grads: FloatArray, hyper: Mapping[str, float] | None = None
) -> tuple[list[FloatArray], State]:
    """Take one step for each row of ``grads``; return all thetas, the start included, and the last state."""
    thetas, state = [theta], rule.initial_state(theta)
    for grad in grads:
        theta, state = rule.update(step_of(rule, thetas[-1], grad, hyper), state)
        thetas.append(theta)
    return thetas, state


# --- gradient descent, momentum, Nesterov on a bowl ------------------------------------------------------


class Regression:
    """A least-squares problem with its Hessian H (P, P) and its minimum, by linear algebra alone."""

    def __init__(self) -> None:
        rng = np.random.default_rng(11)
        self.X, self.y = rng.normal(size=(3, 20)) * [[2.0], [1.0], [0.5]], rng.normal(size=(1, 20))
        self.model = MODELS["multivariate"](3)
        design = np.vstack([self.X, np.ones((1, 20))])
        self.hessian = 2.0 / 20 * design @ design.T
        self.minimum = np.linalg.lstsq(design.T, self.y[0], rcond=None)[0]
        self.eigenvalues, self.Q = np.linalg.eigh(self.hessian)

    def gradient(self, theta: FloatArray) -> FloatArray:
        return self.model.loss_and_gradient(theta, self.X, self.y)[1]

    def walk(self, rule: Optimizer, theta: FloatArray, hyper: Mapping[str, float], steps: int) -> FloatArray:
        state = rule.initial_state(theta)
        for _ in range(steps):
            theta, state = rule.update(step_of(rule, theta, self.gradient(theta), hyper), state)
        return theta


@pytest.mark.parametrize("steps", [1, 10, 300])
def test_that_gradient_descent_on_a_quadratic_has_its_closed_form(steps: int) -> None:
    problem, start = Regression(), np.array([3.0, -2.0, 1.0, 5.0])
    eta = 1.3 / problem.eigenvalues[-1]
    shrunk = (1.0 - eta * problem.eigenvalues) ** steps
    expected = problem.minimum + problem.Q @ (shrunk * (problem.Q.T @ (start - problem.minimum)))
    ours = problem.walk(OPTIMIZERS["gradient-descent"], start, {"learning_rate": eta}, steps)
    np.testing.assert_allclose(ours, expected, rtol=0.0, atol=1e-13 * np.abs(start).max())


LIMITS = [
    # rule, hyperparameters, largest stable η λ
    ("gradient-descent", {}, 2.0),
    ("momentum", {"momentum": 0.9, "dampening": 0.0}, 2.0 * 1.9),
    ("momentum", {"momentum": 0.5, "dampening": 0.25}, 2.0 * 1.5 / 0.75),
    ("momentum", {"momentum": 0.9, "dampening": 0.9}, 2.0 * 1.9 / 0.1),
    ("nesterov", {"momentum": 0.9}, (2.0 + 1.8) / (1.0 + 1.8)),
    ("nesterov", {"momentum": 0.4}, (2.0 + 0.8) / (1.0 + 0.8)),
]
every_limit = pytest.mark.parametrize(("name", "hyper", "limit"), LIMITS)


@every_limit
def test_that_the_spectral_radius_passes_1_at_the_divergence_limit(
    name: str, hyper: dict[str, float], limit: float
) -> None:
    problem, rule = Regression(), OPTIMIZERS[name]
    P = len(problem.minimum)

    def spectral_radius(eta: float) -> float:
        """Read the linear map of (theta - minimum, v) off the rule itself, one unit vector at a time."""
        columns = []
        for unit in np.eye(2 * P):
            state = {"v": unit[P:]} if name != "gradient-descent" else {}
            step = step_of(rule, unit[:P], problem.hessian @ unit[:P], {**hyper, "learning_rate": eta})
            theta, after = rule.update(step, state)
            columns.append(np.concatenate([theta, after.get("v", np.zeros(P))]))
        return float(np.abs(np.linalg.eigvals(np.array(columns).T)).max())

    eta = limit / problem.eigenvalues[-1]
    assert spectral_radius(0.999 * eta) < 1.0
    assert spectral_radius(1.001 * eta) > 1.0
    assert spectral_radius(eta) == pytest.approx(1.0, abs=1e-6)


@every_limit
def test_that_a_run_grows_past_the_divergence_limit_and_shrinks_before_it(
    name: str, hyper: dict[str, float], limit: float
) -> None:
    problem = Regression()
    start = problem.minimum + problem.Q[:, -1]

    def distance(eta: float) -> float:
        end = problem.walk(OPTIMIZERS[name], start, {**hyper, "learning_rate": eta}, 2_500)
        return float(np.linalg.norm(end - problem.minimum))

    eta = limit / problem.eigenvalues[-1]
    assert distance(0.999 * eta) < 0.1
    assert distance(1.001 * eta) > 10.0


def test_that_dampening_spares_the_first_gradient() -> None:
    hyper = {"learning_rate": 1.0, "momentum": 0.5, "dampening": 0.25}
    thetas, _ = walk(OPTIMIZERS["momentum"], np.zeros(1), np.array([[8.0], [4.0], [2.0]]), hyper)
    # v = 8, then 4 + 3 = 7, then 3.5 + 1.5 = 5
    assert [float(theta[0]) for theta in thetas] == [0.0, -8.0, -15.0, -20.0]


def test_that_dampening_spares_the_first_gradient_that_meets_a_momentum() -> None:
    rule, theta = OPTIMIZERS["momentum"], np.zeros(1)
    state = rule.initial_state(theta)
    hyper = {"learning_rate": 1.0, "momentum": 0.0, "dampening": 0.25}
    theta, state = rule.update(step_of(rule, theta, np.array([8.0]), hyper), state)
    theta, state = rule.update(step_of(rule, theta, np.array([4.0]), hyper | {"momentum": 0.5}), state)
    assert float(theta[0]) == -12.0
    assert float(state["v"][0]) == 4.0


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
def test_that_without_momentum_a_step_is_plain_and_the_velocity_stands_still(name: str) -> None:
    rule, plain = OPTIMIZERS[name], OPTIMIZERS["gradient-descent"]
    grads = np.random.default_rng(1).normal(size=(4, 3))
    thetas, state = walk(rule, np.zeros(3), grads[:3])
    theta, after = rule.update(step_of(rule, thetas[-1], grads[3], {"momentum": 0.0}), state)
    np.testing.assert_array_equal(theta, plain.update(step_of(plain, thetas[-1], grads[3]), {})[0])
    np.testing.assert_array_equal(after["v"], state["v"])
    np.testing.assert_array_equal(
        walk(rule, np.zeros(3), grads, {"momentum": 0.0})[0], walk(plain, np.zeros(3), grads)[0]
    )


def test_that_nesterov_is_the_textbook_s_look_ahead_seen_from_where_it_looks() -> None:
    """Sutskever's form takes the gradient at x - η μ v; theta is that point."""
    problem, eta, mu = Regression(), 0.03, 0.8
    x = theta = np.array([3.0, -2.0, 1.0, 5.0])
    velocity, rule = np.zeros(4), OPTIMIZERS["nesterov"]
    state = rule.initial_state(theta)
    for _ in range(50):
        np.testing.assert_allclose(theta, x - eta * mu * velocity, rtol=0.0, atol=1e-12)
        velocity = mu * velocity + problem.gradient(x - eta * mu * velocity)
        x = x - eta * velocity
        hyper = {"learning_rate": eta, "momentum": mu}
        theta, state = rule.update(step_of(rule, theta, problem.gradient(theta), hyper), state)


# --- the adaptive rules ----------------------------------------------------------------------------------

nonzero_gradients = arrays(np.float64, (6, 3), elements=away_from_zero)


@given(grads=nonzero_gradients, exponent=st.integers(-60, 60))
def test_that_adam_without_epsilon_does_not_see_a_scaled_loss(grads: FloatArray, exponent: int) -> None:
    """By a power of two not even rounding may tell."""
    scaled = walk(OPTIMIZERS["adam"], np.ones(3), grads * 2.0**exponent, {"epsilon": 0.0})[0]
    np.testing.assert_array_equal(walk(OPTIMIZERS["adam"], np.ones(3), grads, {"epsilon": 0.0})[0], scaled)


@pytest.mark.parametrize("name", ["adagrad", "rmsprop", "adamw"])
def test_that_the_other_adaptive_rules_do_not_see_it_either(name: str) -> None:
    grads = np.random.default_rng(2).normal(size=(20, 3))
    scaled = walk(OPTIMIZERS[name], np.ones(3), grads * 1024.0, {"epsilon": 0.0})[0]
    np.testing.assert_array_equal(walk(OPTIMIZERS[name], np.ones(3), grads, {"epsilon": 0.0})[0], scaled)


@given(grad=arrays(np.float64, 4, elements=away_from_zero))
def test_that_the_first_step_of_rmsprop_is_ten_learning_rates_long(grad: FloatArray) -> None:
    thetas, _ = walk(OPTIMIZERS["rmsprop"], np.zeros(4), grad[np.newaxis], {"alpha": 0.99, "epsilon": 0.0})
    np.testing.assert_allclose(thetas[1], -10.0 * 0.01 * np.sign(grad), rtol=1e-13)


@given(grad=arrays(np.float64, 4, elements=away_from_zero), beta1=st.floats(0.0, 0.99), beta2=st.floats(0.0, 0.999))
def test_that_adam_corrects_its_bias_so_that_a_constant_gradient_gives_constant_steps(
    grad: FloatArray, beta1: float, beta2: float
) -> None:
    hyper = {"beta1": beta1, "beta2": beta2, "epsilon": 0.0, "learning_rate": 0.5}
    thetas, _ = walk(OPTIMIZERS["adam"], np.zeros(4), np.tile(grad, (8, 1)), hyper)
    np.testing.assert_allclose(thetas, [-0.5 * t * np.sign(grad) for t in range(9)], rtol=1e-11)


@given(grads=nonzero_gradients)
def test_that_the_averages_of_adam_are_weighted_sums_of_all_gradients(grads: FloatArray) -> None:
    thetas, state = walk(OPTIMIZERS["adam"], np.zeros(3), grads)
    age = np.arange(len(grads))[::-1, np.newaxis]
    m, v = (0.1 * 0.9**age * grads).sum(axis=0), (0.001 * 0.999**age * grads**2).sum(axis=0)
    np.testing.assert_allclose(state["m"], m, rtol=0.0, atol=1e-13 * np.abs(grads).max())
    np.testing.assert_allclose(state["v"], v, rtol=1e-12)
    assert state["t"] == len(grads)
    m_hat, v_hat = m / (1.0 - 0.9**6), v / (1.0 - 0.999**6)
    step = thetas[-2] - thetas[-1]
    np.testing.assert_allclose(step, 1e-3 * m_hat / (np.sqrt(v_hat) + 1e-8), rtol=0.0, atol=1e-15)


def test_that_adam_corrects_its_bias_with_the_betas_of_this_step() -> None:
    rule, theta = OPTIMIZERS["adam"], np.zeros(1)
    state = rule.initial_state(theta)
    # Halves are exact: after the first step m = 1 and v = 2.
    first = {"learning_rate": 1.0, "beta1": 0.5, "beta2": 0.5, "epsilon": 0.0}
    theta, state = rule.update(step_of(rule, theta, np.array([2.0]), first), state)
    theta, state = rule.update(step_of(rule, theta, np.array([0.0]), first | {"beta1": 0.75, "beta2": 0.25}), state)
    m_hat, v_hat = 0.75 / (1.0 - 0.75**2), 0.5 / (1.0 - 0.25**2)
    assert float(theta[0]) == pytest.approx(-1.0 - m_hat / np.sqrt(v_hat), rel=1e-14)


@given(grad=arrays(np.float64, 4, elements=away_from_zero))
def test_that_adagrad_slows_down_with_the_root_of_the_number_of_steps(grad: FloatArray) -> None:
    thetas, _ = walk(OPTIMIZERS["adagrad"], np.zeros(4), np.tile(grad, (9, 1)), {"epsilon": 0.0})
    for t, (before, after) in enumerate(pairwise(thetas), start=1):
        np.testing.assert_allclose(after - before, -0.01 / np.sqrt(t) * np.sign(grad), rtol=1e-12)


@given(grads=nonzero_gradients)
def test_that_adamw_without_weight_decay_is_adam(grads: FloatArray) -> None:
    decayed, state = walk(OPTIMIZERS["adamw"], np.ones(3), grads, {"weight_decay": 0.0})
    plain, plain_state = walk(OPTIMIZERS["adam"], np.ones(3), grads)
    np.testing.assert_array_equal(decayed, plain)
    assert [a.tobytes() for a in state.values()] == [a.tobytes() for a in plain_state.values()]


def test_that_adamw_keeps_weight_decay_out_of_the_averages() -> None:
    hyper = {"learning_rate": 0.5, "weight_decay": 0.5}
    thetas, state = walk(OPTIMIZERS["adamw"], np.array([16.0, -4.0]), np.zeros((2, 2)), hyper)
    np.testing.assert_array_equal(thetas, [[16.0, -4.0], [12.0, -3.0], [9.0, -2.25]])
    assert not state["m"].any()
    assert not state["v"].any()


@pytest.mark.parametrize("name", ["adagrad", "rmsprop", "adam", "adamw"])
def test_that_zero_by_zero_is_nan_as_in_pytorch(name: str) -> None:
    with np.errstate(all="ignore"):
        thetas, _ = walk(OPTIMIZERS[name], np.ones(2), np.array([[0.0, 1.0]]), {"epsilon": 0.0})
    assert np.isnan(thetas[1]).tolist() == [True, False]
