"""The parts of an update: they add up to the step that is on record, for every rule as every library has it."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from ziamath.zmath import Latex

from landscape_app.core.optimizers import OPTIMIZERS, SEMANTICS, Semantics, Step, rule_named
from landscape_app.core.optimizers.quantities import difference
from landscape_app.session import transitions
from landscape_app.session import update_terms as update_terms_module
from landscape_app.session.config import Change, DataConfig, Experiment, ModelConfig, RunConfig, ScheduleConfig
from landscape_app.session.map_view import map_view_at
from landscape_app.session.prepare import prepare
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.transitions import recorded
from landscape_app.session.update_terms import UpdateTerms, latex_number, update_terms

LAST = 150
every_rule = pytest.mark.parametrize("rule", OPTIMIZERS)
every_library = pytest.mark.parametrize("semantics", SEMANTICS)


@cache
def a_run(rule: str, semantics: Semantics) -> Snapshot:
    """Record a network's run in batches, with changes in mid-run and a schedule."""
    moving = "learning_rate" in rule_named(rule, semantics).defaults()
    changes: tuple[Change, ...] = (Change(iteration=70, name="learning_rate", value=0.004),) if moving else ()
    if rule in ("momentum", "nesterov"):
        changes += (Change(iteration=90, name="momentum", value=0.0), Change(iteration=95, name="momentum", value=0.8))
    experiment = Experiment(
        data=DataConfig(name="sine", examples=40),
        model=ModelConfig(name="two-layer-sigmoid", hidden=3),
        run=RunConfig(
            optimizer=rule,
            semantics=semantics,
            hyper={"learning_rate": 0.02} if moving else {},
            schedule=ScheduleConfig(kind="cosine", values={"steps": 120.0, "final": 0.1}, warmup=10),
            batch_size=16,
            changes=changes,
        ),
    )
    made = prepare(experiment)
    tail = made.timeline.tail
    assert tail is not None
    batch = recorded(made.run, tail, LAST).batch
    assert batch is not None
    timeline = made.timeline.appended(batch)
    view = map_view_at(experiment, made.problem, timeline, 0, None)
    return Snapshot(experiment, experiment, made.run.schedule.at(0), made.problem, timeline, 0, view)


def terms(rule: str, semantics: Semantics, at: int) -> UpdateTerms:
    return update_terms(replace(a_run(rule, semantics), cursor=at))


@every_library
@every_rule
def test_that_the_parts_add_up_to_the_recorded_step(rule: str, semantics: Semantics) -> None:
    shown = a_run(rule, semantics)
    for at in (0, 1, 2, 9, 10, 69, 70, 71, 89, 90, 91, 95, 96, 127, 128, 129, LAST - 1):
        found = terms(rule, semantics, at)
        step = shown.timeline.increment(at + 1)
        size = max(float(np.abs(part.value).max()) for part in found.parts)
        size = max(size, float(np.abs(shown.timeline.theta[at]).max()))
        total = np.sum([part.value for part in found.parts], axis=0)
        np.testing.assert_allclose(total, step, rtol=0.0, atol=1e-14 * size)
        np.testing.assert_allclose(found.step, step, rtol=0.0, atol=1e-15 * 4 * size)
        np.testing.assert_array_equal(found.theta, shown.timeline.theta[at])


@every_library
@pytest.mark.parametrize("rule", [name for name, rule in OPTIMIZERS.items() if rule.uses_gradient])
def test_that_the_raw_part_is_a_step_of_plain_descent_at_the_rate_in_force(rule: str, semantics: Semantics) -> None:
    shown = a_run(rule, semantics)
    for at in (0, 10, 100):
        found = terms(rule, semantics, at)
        base = 0.02 if at < 70 else 0.004
        rate = base * shown.experiment.run.schedule.factor(at)
        assert found.hyper["learning_rate"] == pytest.approx(rate, rel=1e-15)
        np.testing.assert_allclose(found["raw"], -rate * shown.timeline.grad[at], rtol=1e-15)
        np.testing.assert_array_equal(found["gradient"], shown.timeline.grad[at])


@every_library
@every_rule
def test_that_a_rule_has_the_parts_that_one_expects_of_it(rule: str, semantics: Semantics) -> None:
    expected = {
        "random-search": ["jump"],
        "gradient-descent": ["raw"],
        "momentum": ["raw", "momentum_part"],
        "nesterov": ["raw", "momentum_part"],
        "adagrad": ["raw", "rescaling"],
        "rmsprop": ["raw", "rescaling"],
        "adam": ["raw", "momentum_part", "rescaling"],
        "adamw": ["raw", "momentum_part", "rescaling", "decay_part"],
    }
    assert [part.name for part in terms(rule, semantics, 40).parts] == expected[rule]


@every_library
def test_that_adam_s_quantities_are_those_of_the_textbook(semantics: Semantics) -> None:
    shown = a_run("adam", semantics)
    grads = np.array([shown.timeline.grad[i] for i in range(41)])
    ages = np.arange(40, -1, -1)[:, np.newaxis]
    m, v = (0.1 * 0.9**ages * grads).sum(axis=0), (0.001 * 0.999**ages * grads**2).sum(axis=0)
    found = terms("adam", semantics, 40)
    np.testing.assert_allclose(found["m"], m, rtol=1e-12)
    np.testing.assert_allclose(found["v"], v, rtol=1e-12)
    assert float(found["t"]) == 41.0
    np.testing.assert_allclose(found["m_hat"], m / (1 - 0.9**41), rtol=1e-12)
    np.testing.assert_allclose(found["v_hat"], v / (1 - 0.999**41), rtol=1e-12)
    epsilon = 1e-7 / np.sqrt(1 - 0.999**41) if semantics == "keras" else 1e-8
    own = found.hyper["learning_rate"] / (np.sqrt(v / (1 - 0.999**41)) + epsilon)
    np.testing.assert_allclose(found["effective_rate"], own, rtol=1e-12)


@every_library
@pytest.mark.parametrize("rule", ["adam", "adamw"])
def test_that_momentum_adds_exactly_nothing_to_adams_first_step(rule: str, semantics: Semantics) -> None:
    shown = a_run(rule, semantics)
    made = rule_named(rule, semantics)
    for factor in np.linspace(0.3, 3.0, 20):  # rounding goes either way
        grad = shown.timeline.grad[0] * factor
        step = Step(shown.theta, grad, made.defaults(), shown.loss, lambda _: 0.0, 0)
        parts = {part.name: part.value for part in made.quantities(step, made.initial_state(shown.theta))}
        assert not parts["momentum_part"].any()
    assert terms(rule, semantics, 1)["momentum_part"].all()


@pytest.mark.parametrize("size", [1e-300, 1e-20, 1.0, 1e20, 1.7e308])
def test_that_a_difference_is_nothing_only_where_it_is_rounding(size: float) -> None:
    one = np.full(5, size)
    other = one * np.array([1.0, 1.0 - 2**-52, 1.0 - 3 * 2**-52, 1.0 - 1e-14, -1.0 if size < 1e300 else 0.3])
    gap = difference(one, other)
    np.testing.assert_array_equal(gap[:3], 0.0)
    np.testing.assert_array_equal(gap[3:], (one - other)[3:])
    assert gap[3:].all()


def test_that_a_difference_keeps_what_is_not_finite() -> None:
    with np.errstate(invalid="ignore"):
        gap = difference(np.array([np.inf, 1.0, np.inf, np.nan]), np.array([1.0, np.inf, np.inf, 1.0]))
    assert gap.tolist()[:2] == [np.inf, -np.inf]
    assert np.isnan(gap[2:]).all()


def test_that_keras_velocity_holds_steps_and_pytorch_s_gradients() -> None:
    torch, keras = terms("momentum", "pytorch", 1), terms("momentum", "keras", 1)
    np.testing.assert_allclose(torch["velocity_before"], a_run("momentum", "pytorch").timeline.grad[0], rtol=1e-15)
    first = a_run("momentum", "keras").timeline.increment(1)
    np.testing.assert_allclose(keras["velocity_before"], first, rtol=1e-12, atol=1e-16)


@every_library
@every_rule
def test_that_every_formula_can_be_typeset(rule: str, semantics: Semantics) -> None:
    found = terms(rule, semantics, 12)
    assert found.formulas
    assert found.formulas[-1].name == "step"
    for made in found.quantities:
        for latex in (found.latex(made.name), found.latex_with_numbers(made.name, 2)):
            assert "<" not in latex
            assert Latex(latex).svg().startswith("<svg")
    for latex in (found.move_latex, found.move_with_numbers(2)):
        assert Latex(latex).svg().startswith("<svg")


def test_that_a_formula_is_written_with_its_numbers() -> None:
    found = terms("rmsprop", "optax", 3)
    number = found.quantity("average")
    assert found.latex("average") == r"v_t = \alpha\,v_{t-1} + (1 - \alpha)\,g^2"
    assert found.latex("effective_rate") == r"\eta_\mathrm{eff} = \frac{\eta}{\sqrt{v_t + \varepsilon}}"
    spelled = found.latex_with_numbers("average", 0, digits=3)
    assert spelled.startswith(r"v_t = 0.9\cdot ")
    assert r"(1 - 0.9)\cdot " in spelled
    assert spelled.endswith(f"= {latex_number(float(number.value[0]), 3)}")


def test_that_the_number_of_a_quantity_that_is_another_one_is_written_once() -> None:
    found = terms("momentum", "pytorch", 0)
    assert found.latex("velocity") == "v_t = g"
    for index in range(found.theta.size):
        number = latex_number(float(found["gradient"][index]))
        assert found.latex_with_numbers("velocity", index) == f"v_t = {number}"
        assert found.latex_with_numbers("raw", index).count(" = ") == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.04, "0.04"),
        (-1.5, "{-}1.5"),
        (-2e-7, r"{-}2\cdot 10^{-7}"),
        (2.34567e-8, r"2.346\cdot 10^{-8}"),
        (1e12, r"1\cdot 10^{12}"),
        (float("inf"), r"\infty"),
        (float("nan"), r"\mathrm{nan}"),
    ],
)
def test_that_numbers_are_written_as_latex_writes_them(value: float, text: str) -> None:
    assert latex_number(value) == text


def test_that_what_takes_long_is_known_beforehand(monkeypatch: pytest.MonkeyPatch) -> None:
    searched = a_run("random-search", "pytorch")
    data, width = searched.problem.data, searched.problem.model.width
    for cursor, evaluated in ((0, 1), (5, 6)):
        for enough in (True, False):
            monkeypatch.setattr(update_terms_module, "EVALUATED", evaluated * data.m * width - (not enough))
            assert update_terms_module.is_quick(replace(searched, cursor=cursor)) is enough
    shown = a_run("adam", "pytorch")
    size = shown.theta.size
    monkeypatch.setattr(transitions, "REPLAYED_AT_ONCE", 6 * size)
    quick = {at for at in range(LAST) if update_terms_module.is_quick(replace(shown, cursor=at))}
    # Only a few steps after a state that was kept: at the start, and at 128.
    assert quick == {0, 1, 2, 3, 4, 5, 128, 129, 130, 131, 132, 133}
    # The end of the record has its state with it: so it is after each step, and while it plays.
    assert shown.timeline.tail is not None
    monkeypatch.setattr(transitions, "REPLAYED_AT_ONCE", size)
    assert update_terms_module.is_quick(replace(shown, cursor=shown.timeline.last))


@pytest.mark.parametrize("rule", ["momentum", "nesterov"])
@every_library
def test_that_the_velocity_after_a_step_is_the_one_before_the_next(rule: str, semantics: Semantics) -> None:
    """Through a stretch without momentum, too, in which some libraries leave the velocity as it was."""
    shown = a_run(rule, semantics)
    for cursor in range(84, 100):
        now, after = (update_terms(replace(shown, cursor=at)) for at in (cursor, cursor + 1))
        assert np.array_equal(now["velocity"], after["velocity_before"])
        if now.hyper["momentum"] == 0.0:
            assert not now["momentum_part"].any()
