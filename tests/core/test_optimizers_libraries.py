"""Every rule under Keras' and optax's semantics against 400 steps that the library took: see tests/goldens."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from landscape_app.core.arrays import FloatArray
from landscape_app.core.errors import ConfigError
from landscape_app.core.optimizers import OPTIMIZERS, RULES, SEMANTICS, Optimizer, Semantics, State, Step, rule_named

GOLDENS = Path(__file__).parents[1] / "goldens"
GRADIENT_RULES = [name for name, rule in OPTIMIZERS.items() if rule.uses_gradient]
VERSIONS = {"keras": "keras 3.15.1, jax 0.10.2", "optax": "optax 0.2.8, jax 0.10.2"}

every_rule = pytest.mark.parametrize("name", GRADIENT_RULES)
every_library = pytest.mark.parametrize("library", ["keras", "optax"])


@cache
def golden(library: str, name: str) -> dict[str, npt.NDArray[np.float64]]:
    with np.load(GOLDENS / f"{library}-{name}.npz", allow_pickle=False) as file:
        assert str(file["versions"]).startswith(VERSIONS[library])
        return {key: file[key] for key in file.files if key != "versions"}


def own(run: dict[str, FloatArray], prefix: str, at: int) -> dict[str, FloatArray]:
    return {key.removeprefix(prefix): values[at] for key, values in run.items() if key.startswith(prefix)}


def step_of(run: dict[str, FloatArray], at: int, theta: FloatArray) -> Step:
    hyper = {name: float(value) for name, value in own(run, "hyper/", at).items()}
    return Step(theta, run["grad"][at], hyper, theta_loss=np.nan, loss=_no_loss, seed=0)


def _no_loss(theta: FloatArray) -> float:
    raise AssertionError("A rule that uses the gradient must not ask for losses.")


def forced(rule: Optimizer, run: dict[str, FloatArray]) -> Iterator[tuple[int, FloatArray, State]]:
    """Take one step from each state of the library."""
    for at in range(len(run["grad"])):
        theta, state = rule.update(step_of(run, at, run["theta"][at]), own(run, "state/", at))
        yield at, theta, state


def assert_close(ours: FloatArray, theirs: FloatArray, tolerance: float = 1e-13) -> None:
    """Compare entry by entry: parameters differ by many powers of ten."""
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=0.0)


@every_library
@every_rule
def test_that_each_step_from_a_state_of_the_library_is_the_library_s(name: str, library: Semantics) -> None:
    run, rule = golden(library, name), rule_named(name, library)
    assert len(run["grad"]) >= 400
    assert len(np.unique(run["hyper/learning_rate"])) > 1, "the learning rate must change in mid-run"
    assert set(own(run, "hyper/", 0)) == {spec.name for spec in rule.hyper_specs}
    for at, theta, state in forced(rule, run):
        before, after = run["theta"][at], run["theta"][at + 1]
        # A parameter near zero is the difference of its old value and the move.
        size = np.maximum(np.abs(before), np.abs(after))
        assert (np.abs(theta - after) <= 1e-13 * size).all(), at
        theirs = own(run, "state/", at + 1)
        assert set(state) == set(theirs)
        for key, values in theirs.items():
            kept = np.maximum(np.abs(values), np.abs(run[f"state/{key}"][at]))
            assert (np.abs(state[key] - values) <= 1e-13 * kept).all(), (at, key)


@every_library
@every_rule
def test_that_the_first_state_is_the_library_s(name: str, library: Semantics) -> None:
    run = golden(library, name)
    ours = rule_named(name, library).initial_state(run["theta"][0])
    theirs = own(run, "state/", 0)
    assert set(ours) == set(theirs)
    for key, values in theirs.items():
        np.testing.assert_array_equal(ours[key], values)


@every_library
@pytest.mark.parametrize("name", ["gradient-descent", "momentum", "nesterov", "adagrad"])
def test_that_all_steps_from_the_start_alone_follow_the_library(name: str, library: Semantics) -> None:
    run, rule = golden(library, name), rule_named(name, library)
    theta = run["theta"][0]
    state = rule.initial_state(theta)
    for at in range(len(run["grad"])):
        theta, state = rule.update(step_of(run, at, theta), state)
        assert_close(theta, run["theta"][at + 1], 1e-11)


@pytest.mark.parametrize("name", ["momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"])
def test_that_a_golden_tells_keras_from_pytorch(name: str) -> None:
    """The same hyperparameters, PyTorch's rule: the steps must not be Keras', or the golden proves nothing."""
    run, rule = golden("keras", name), OPTIMIZERS[name]
    theta, state, apart = run["theta"][0], rule.initial_state(run["theta"][0]), 0.0
    for at in range(len(run["grad"])):
        step = step_of(run, at, theta)
        step.hyper = {**rule.defaults(), **step.hyper}
        theta, state = rule.update(step, state)
        apart = max(apart, float(np.abs(theta - run["theta"][at + 1]).max()))
    assert apart > 1e-6


def test_that_every_library_has_every_rule_in_the_same_order() -> None:
    assert list(RULES) == list(SEMANTICS) == ["pytorch", "keras", "optax"]
    for semantics, rules in RULES.items():
        assert list(rules) == list(OPTIMIZERS)
        assert all(semantics in rule.semantics and rule.title == OPTIMIZERS[name].title for name, rule in rules.items())


def test_that_a_rule_of_several_readings_says_what_differs() -> None:
    for name, rule in OPTIMIZERS.items():
        readings = {rules[name] for rules in RULES.values()}
        assert bool(rule.libraries) == (len(readings) > 1)
        assert {reading.libraries for reading in readings} == {rule.libraries}


@pytest.mark.parametrize(
    ("library", "expected"),
    [
        (
            "keras",
            {
                "momentum": {"learning_rate": 0.01, "momentum": 0.9},
                "adagrad": {"learning_rate": 1e-3, "epsilon": 1e-7},
                "rmsprop": {"learning_rate": 1e-3, "alpha": 0.9, "epsilon": 1e-7},
                "adam": {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7},
            },
        ),
        (
            "optax",
            {
                "adagrad": {"learning_rate": 0.01, "epsilon": 1e-7},
                "rmsprop": {"learning_rate": 0.01, "alpha": 0.9, "epsilon": 1e-8},
                "adam": {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
            },
        ),
    ],
)
def test_that_the_defaults_are_the_library_s(library: Semantics, expected: dict[str, dict[str, float]]) -> None:
    for name, values in expected.items():
        assert rule_named(name, library).defaults() == values
    decay = {"keras": 0.004, "optax": 1e-4}[library]
    assert rule_named("adamw", library).defaults() == {**expected["adam"], "weight_decay": decay}


@pytest.mark.parametrize(("semantics", "times"), [("pytorch", 10.0), ("keras", 10.0**0.5), ("optax", 10.0**0.5)])
def test_that_the_first_step_of_rmsprop_is_as_long_as_it_is_known_to_be(semantics: Semantics, times: float) -> None:
    rule = rule_named("rmsprop", semantics)
    theta = np.zeros(2)
    step = Step(theta, np.array([3.0, -50.0]), rule.defaults() | {"epsilon": 0.0}, 0.0, _no_loss, 0)
    moved, _ = rule.update(step, rule.initial_state(theta))
    np.testing.assert_allclose(np.abs(moved) / rule.defaults()["learning_rate"], times, rtol=1e-12)


def test_that_an_unknown_rule_is_refused_under_any_semantics() -> None:
    for semantics in SEMANTICS:
        with pytest.raises(ConfigError, match="no optimizer called 'sgd'"):
            rule_named("sgd", semantics)


def test_that_dampening_is_pytorch_s_alone() -> None:
    with pytest.raises(ConfigError, match="dampening"):
        rule_named("momentum", "keras").spec("dampening")
