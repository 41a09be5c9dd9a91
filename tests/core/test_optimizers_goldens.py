"""Every gradient rule on every model against 1,000 steps that PyTorch took: see tests/goldens.

Teacher-forced: from each recorded state one step is taken and compared with the recorded next one, so that
rounding can't add up. Free-running: only the start is taken from the golden.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from landscape_app.core.arrays import FloatArray, IntArray
from landscape_app.core.models import MODELS, Model
from landscape_app.core.optimizers import OPTIMIZERS, State, Step
from landscape_app.core.rng import batch_order

GOLDENS = Path(__file__).parents[1] / "goldens"
SEED, BATCH = 230, 5
GRADIENT_RULES = [name for name, rule in OPTIMIZERS.items() if rule.uses_gradient]

every_rule = pytest.mark.parametrize("rule", GRADIENT_RULES)
every_model = pytest.mark.parametrize("model_name", MODELS)


@dataclass(frozen=True)
class Golden:
    """One run of PyTorch; see the script that made it for what the arrays hold."""

    model: Model
    X: FloatArray
    y: FloatArray
    order: IntArray
    theta: FloatArray
    grad: FloatArray
    states: dict[str, FloatArray]
    hyper: dict[str, FloatArray]

    @property
    def steps(self) -> int:
        return len(self.grad)

    def batch(self, t: int) -> tuple[FloatArray, FloatArray]:
        epoch, index = divmod(t, -(-self.order.shape[1] // BATCH))
        picked = self.order[epoch, index * BATCH : (index + 1) * BATCH]
        return self.X[:, picked], self.y[:, picked]

    def state(self, t: int) -> State:
        return {name: rows[t] for name, rows in self.states.items() if not np.isnan(rows[t]).any()}

    def gradient(self, t: int, theta: FloatArray) -> FloatArray:
        _, grad = self.model.loss_and_gradient(theta, *self.batch(t))
        return grad

    def step(self, t: int, theta: FloatArray, grad: FloatArray) -> Step:
        hyper = {name: float(values[t]) for name, values in self.hyper.items()}
        return Step(theta, grad, hyper, theta_loss=np.nan, loss=_no_loss, seed=SEED)


def _no_loss(theta: FloatArray) -> float:
    raise AssertionError("A rule that uses the gradient must not ask for losses.")


@cache
def arrays_of(rule: str) -> dict[str, npt.NDArray[np.generic]]:
    with np.load(GOLDENS / f"optimizer-{rule}.npz", allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def golden(rule: str, model_name: str) -> Golden:
    whole = arrays_of(rule)

    def floats(prefix: str) -> dict[str, FloatArray]:
        return {
            name.removeprefix(prefix): values.astype(np.float64)
            for name, values in whole.items()
            if name.startswith(prefix)
        }

    own = floats(f"{model_name}/")
    model = MODELS[model_name](own["X"].shape[0], int(own["hidden"]) or None)
    return Golden(
        model,
        own["X"],
        own["y"],
        whole[f"{model_name}/order"].astype(np.int64),
        own["theta"],
        own["grad"],
        floats(f"{model_name}/state/"),
        floats("hyper/"),
    )


def largest_relative_error(ours: FloatArray, theirs: FloatArray) -> float:
    """Return the largest error over all rows, each relative to the largest entry of its row."""
    ours, theirs = ours.reshape(len(theirs), -1), theirs.reshape(len(theirs), -1)
    error, size = np.abs(ours - theirs).max(axis=1), np.abs(theirs).max(axis=1)
    assert np.isfinite(error).all()
    return float((error / np.where(size > 0.0, size, 1.0)).max())


Gradient = Callable[[Golden, int], FloatArray]


def recorded_gradient(run: Golden, t: int) -> FloatArray:
    row: FloatArray = run.grad[t]
    return row


def own_gradient(run: Golden, t: int) -> FloatArray:
    return run.gradient(t, run.theta[t])


def teacher_forced(rule: str, run: Golden, gradient: Gradient) -> Iterator[tuple[FloatArray, State]]:
    for t in range(run.steps):
        step = run.step(t, run.theta[t], gradient(run, t))
        yield OPTIMIZERS[rule].update(step, run.state(t))


@every_rule
def test_that_a_golden_is_a_thousand_steps_of_pytorch_in_the_package_s_batches(rule: str) -> None:
    assert str(arrays_of(rule)["torch_version"]).startswith("2.13.0")
    for model_name in MODELS:
        run = golden(rule, model_name)
        assert run.steps >= 1_000
        assert run.theta.shape == (run.steps + 1, run.model.layout.size)
        assert run.X.shape[1] % BATCH != 0, "the last batch of an epoch must be a remainder"
        for epoch, order in enumerate(run.order):
            np.testing.assert_array_equal(order, batch_order(SEED, epoch, run.X.shape[1]))


@every_rule
def test_that_a_golden_changes_every_hyperparameter_of_its_rule_in_mid_run(rule: str) -> None:
    run = golden(rule, "univariate")
    assert set(run.hyper) == {spec.name for spec in OPTIMIZERS[rule].hyper_specs}
    assert all(len(np.unique(values)) > 1 for values in run.hyper.values())


@every_model
@every_rule
def test_that_the_gradient_of_every_batch_is_pytorch_s(rule: str, model_name: str) -> None:
    run = golden(rule, model_name)
    ours = np.array([run.gradient(t, run.theta[t]) for t in range(run.steps)])
    assert largest_relative_error(ours, run.grad) <= 1e-13


@pytest.mark.parametrize("gradient", [recorded_gradient, own_gradient])
@every_model
@every_rule
def test_that_each_step_from_a_state_of_pytorch_is_pytorch_s(rule: str, model_name: str, gradient: Gradient) -> None:
    run = golden(rule, model_name)
    with np.errstate(all="ignore"):
        steps = list(teacher_forced(rule, run, gradient))
    assert largest_relative_error(np.array([theta for theta, _ in steps]), run.theta[1:]) <= 1e-13
    for name, rows in run.states.items():
        exists = ~np.isnan(rows[1:].reshape(run.steps, -1)).any(axis=1)
        assert [name in state for _, state in steps] == exists.tolist()
        ours = np.array([state[name] for _, state in steps if name in state])
        assert largest_relative_error(ours, rows[1:][exists]) <= 1e-13


@every_model
@pytest.mark.parametrize("rule", ["gradient-descent", "momentum", "nesterov"])
def test_that_a_thousand_steps_from_the_start_alone_follow_pytorch(rule: str, model_name: str) -> None:
    run = golden(rule, model_name)
    theta = run.theta[0]
    state = OPTIMIZERS[rule].initial_state(theta)
    path = []
    for t in range(run.steps):
        theta, state = OPTIMIZERS[rule].update(run.step(t, theta, run.gradient(t, theta)), state)
        path.append(theta)
    assert largest_relative_error(np.array(path), run.theta[1:]) <= 1e-12


@every_rule
def test_that_the_first_state_is_pytorch_s(rule: str) -> None:
    run = golden(rule, "multivariate")
    ours = OPTIMIZERS[rule].initial_state(run.theta[0])
    theirs = run.state(0)
    assert set(ours) == set(theirs)
    for name, values in theirs.items():
        np.testing.assert_array_equal(ours[name], values)
