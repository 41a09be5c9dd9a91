"""The update rules against what is known of them on paper, and the promises that all of them make."""

from collections.abc import Mapping
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from landscape_app.core.arrays import FloatArray, frozen
from landscape_app.core.errors import ConfigError
from landscape_app.core.optimizers import OPTIMIZERS, RULES, HyperSpec, Optimizer, State, Step

#: Every rule as every library has it, each reading once.
ALL_RULES = list(dict.fromkeys(rule for rules in RULES.values() for rule in rules.values()))
GRADIENT_RULES = [rule for rule in ALL_RULES if rule.uses_gradient]
RULES_AND_HYPERS = [(rule, spec) for rule in ALL_RULES for spec in rule.hyper_specs]

every_rule = pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: f"{rule.name}-{rule.semantics[0]}")
every_gradient_rule = pytest.mark.parametrize(
    "rule", GRADIENT_RULES, ids=lambda rule: f"{rule.name}-{rule.semantics[0]}"
)
every_hyper = pytest.mark.parametrize(
    ("rule", "spec"),
    RULES_AND_HYPERS,
    ids=[f"{rule.name}-{rule.semantics[0]}-{spec.name}" for rule, spec in RULES_AND_HYPERS],
)

finite = st.floats(-1e3, 1e3, allow_subnormal=False)
away_from_zero = st.one_of(st.floats(1e-3, 1e3), st.floats(-1e3, -1e-3))


def bowl(theta: FloatArray) -> float:
    """Return a loss with its minimum at 1: what random search looks at here."""
    return float(np.sum((theta - 1.0) ** 2))


def step_of(
    rule: Optimizer, theta: FloatArray, grad: FloatArray, hyper: Mapping[str, float] | None = None, seed: int = 0
) -> Step:
    return Step(theta, grad, rule.defaults() | dict(hyper or {}), bowl(theta), bowl, seed)


def walk(
    rule: Optimizer, theta: FloatArray, grads: FloatArray, hyper: Mapping[str, float] | None = None, seed: int = 0
) -> tuple[list[FloatArray], State]:
    """Take one step for each row of ``grads``; return all thetas, the start included, and the last state."""
    thetas, state = [theta], rule.initial_state(theta)
    for grad in grads:
        theta, state = rule.update(step_of(rule, thetas[-1], grad, hyper, seed), state)
        thetas.append(theta)
    return thetas, state


# --- the names and ranges -------------------------------------------------------------------------------


def test_that_the_rules_have_their_command_line_names_in_order() -> None:
    assert list(OPTIMIZERS) == [
        "random-search", "gradient-descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw",
    ]  # fmt: skip
    assert all(rule.name == name for name, rule in OPTIMIZERS.items())
    assert [name for name, rule in OPTIMIZERS.items() if not rule.uses_gradient] == ["random-search"]


def test_that_the_defaults_are_those_of_pytorch() -> None:
    assert {name: rule.defaults() for name, rule in OPTIMIZERS.items()} == {
        "random-search": {"radius": 5.0},
        "gradient-descent": {"learning_rate": 0.01},
        "momentum": {"learning_rate": 0.01, "momentum": 0.9, "dampening": 0.0},
        "nesterov": {"learning_rate": 0.01, "momentum": 0.9},
        "adagrad": {"learning_rate": 0.01, "epsilon": 1e-10},
        "rmsprop": {"learning_rate": 0.01, "alpha": 0.99, "epsilon": 1e-8},
        "adam": {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
        "adamw": {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0.01},
    }


@every_hyper
def test_that_a_hyperparameter_explains_itself(rule: Optimizer, spec: HyperSpec) -> None:
    assert spec.symbol in rule.formula
    assert spec.help[0].isupper()
    assert spec.help.endswith(".")
    assert spec.help.count(".") == 1
    assert spec.check(spec.default) == spec.default


@every_rule
def test_that_an_unknown_hyperparameter_is_refused_with_a_sentence(rule: Optimizer) -> None:
    with pytest.raises(
        ConfigError, match=r"has no hyperparameter called 'warmth'(?: under \w+ semantics)?; it has .*\.$"
    ) as refusal:
        rule.spec("warmth")
    assert all(spec.name in str(refusal.value) for spec in rule.hyper_specs)
    assert all(rule.spec(spec.name) is spec for spec in rule.hyper_specs)


ACCEPTED = {
    "learning_rate": (0.0, 1e-300, 0.5, 1e9),
    "momentum": (0.0, 0.5, 0.9999999),
    "dampening": (0.0, 0.5, 1.0),
    "beta1": (0.0, 0.5, 0.9999999),
    "beta2": (0.0, 0.5, 0.9999999),
    "alpha": (0.0, 0.5, 0.9999999),
    "epsilon": (0.0, 1e-8, 10.0),
    "weight_decay": (0.0, 0.01, 3.0),
    "radius": (1e-9, 5.0, 1e6),
}
REFUSED = {
    "learning_rate": (-1e-300, -1.0),
    "momentum": (-0.1, 1.0, 1.5),
    "dampening": (-0.1, 1.0000001),
    "beta1": (-0.1, 1.0, 2.0),
    "beta2": (-0.1, 1.0, 2.0),
    "alpha": (-0.1, 1.0, 2.0),
    "epsilon": (-1e-300, -1.0),
    "weight_decay": (-1e-9, -1.0),
    "radius": (0.0, -5.0),
}


@every_hyper
def test_that_a_hyperparameter_stays_in_its_range(rule: Optimizer, spec: HyperSpec) -> None:
    for value in ACCEPTED[spec.name]:
        assert spec.check(value) == value
    for value in (*REFUSED[spec.name], nan, inf, -inf):
        with pytest.raises(ConfigError, match=rf"^{spec.name} is .*, but it must be .* and .*\.$"):
            spec.check(value)


def test_that_the_refusal_of_a_value_says_what_is_allowed() -> None:
    def refusal(rule: str, name: str, value: float) -> str:
        with pytest.raises(ConfigError) as error:
            OPTIMIZERS[rule].spec(name).check(value)
        return str(error.value)

    assert refusal("adam", "beta1", 1.0) == "beta1 is 1.0, but it must be at least 0 and below 1."
    assert refusal("momentum", "dampening", 1.01) == "dampening is 1.01, but it must be at least 0 and at most 1."
    assert refusal("adam", "beta2", 1.0000001) == "beta2 is 1.0000001, but it must be at least 0 and below 1."
    assert refusal("adam", "learning_rate", inf) == "learning_rate is inf, but it must be at least 0 and finite."
    assert refusal("random-search", "radius", 0.0) == "radius is 0.0, but it must be greater than 0 and finite."


# --- what every rule promises ---------------------------------------------------------------------------


def snapshot(*values: FloatArray) -> list[bytes]:
    return [value.tobytes() for value in values]


@every_rule
@given(data=st.data())
def test_that_an_update_is_a_pure_function(rule: Optimizer, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 6))
    theta, *grads = data.draw(arrays(np.float64, (4, size), elements=finite))
    with np.errstate(all="ignore"):
        state = walk(rule, theta, np.array(grads[:2]))[1]
        step = step_of(rule, theta, grads[2], seed=data.draw(st.integers(0, 99)))
        before = snapshot(step.theta, step.grad, *state.values())
        first_theta, first_state = rule.update(step, state)
        second_theta, second_state = rule.update(step, state)
    assert snapshot(step.theta, step.grad, *state.values()) == before
    assert snapshot(first_theta, *first_state.values()) == snapshot(second_theta, *second_state.values())
    assert first_theta.shape == theta.shape
    assert first_theta.dtype == np.float64


@every_rule
def test_that_states_and_results_are_read_only_float64(rule: Optimizer) -> None:
    thetas, last = walk(rule, np.array([0.5, -2.0]), np.ones((3, 2)))
    assert not any(theta.flags.writeable for theta in thetas[1:])
    for state in (rule.initial_state(thetas[0]), last):
        assert all(value.dtype == np.float64 and not value.flags.writeable for value in state.values())
        with pytest.raises(TypeError):
            state["new"] = thetas[0]  # type: ignore[index]


@every_rule
def test_that_nothing_returned_follows_an_array_that_is_written_to_afterwards(rule: Optimizer) -> None:
    theta, grad = np.array([0.5, -2.0]), np.array([1.0, 3.0])
    start = rule.initial_state(theta)
    new_theta, state = rule.update(step_of(rule, theta, grad), start)
    before = snapshot(new_theta, *start.values(), *state.values())
    theta[:], grad[:] = 77.0, 88.0
    assert snapshot(new_theta, *start.values(), *state.values()) == before


def another_value(spec: HyperSpec) -> float:
    return {"epsilon": 0.5, "weight_decay": 2.0, "radius": 1.0}.get(spec.name, 0.25)


@every_hyper
def test_that_a_changed_hyperparameter_acts_at_once_and_resets_nothing(rule: Optimizer, spec: HyperSpec) -> None:
    rng = np.random.default_rng(3)
    start, grads = frozen(rng.normal(size=3) + 4.0), rng.normal(size=(6, 3))
    thetas, state = walk(rule, start, grads[:5])
    changed = {spec.name: another_value(spec)}

    def next_theta(hyper: Mapping[str, float], state: State) -> FloatArray:
        # Any candidate is better than this theta_loss, so that random search shows its candidate.
        step = Step(thetas[-1], grads[5], rule.defaults() | dict(hyper), inf, bowl, 0)
        return rule.update(step, state)[0]

    assert (next_theta(changed, state) != next_theta({}, state)).all()
    if state:
        assert (next_theta(changed, state) != next_theta(changed, rule.initial_state(thetas[-1]))).all()


@every_gradient_rule
def test_that_an_update_treats_every_parameter_alone(rule: Optimizer) -> None:
    rng = np.random.default_rng(5)
    theta, grads = rng.normal(size=3_000), rng.normal(size=(4, 3_000))
    whole, parts = walk(rule, theta, grads)[0][-1], np.empty(3_000)
    for part in (slice(0, 1), slice(1, 1_500), slice(1_500, 3_000)):
        parts[part] = walk(rule, theta[part], grads[:, part])[0][-1]
    np.testing.assert_array_equal(whole, parts)


@every_gradient_rule
def test_that_a_gradient_that_overflowed_gives_a_theta_that_is_not_finite(rule: Optimizer) -> None:
    with np.errstate(all="ignore"):
        theta, _ = walk(rule, np.zeros(2), np.array([[inf, 1.0]]))
    assert not np.isfinite(theta[-1][0])
    assert np.isfinite(theta[-1][1])
