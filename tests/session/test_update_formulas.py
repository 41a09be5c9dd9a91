"""The formulas of the update as they are typeset: worked out, they give the values beside them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from landscape_app.core.optimizers import Semantics
from landscape_app.session.config import DataConfig, ModelConfig, RunConfig
from landscape_app.session.prepare import prepare
from landscape_app.session.transitions import recorded
from landscape_app.session.update_terms import DIGITS, UpdateTerms, update_terms
from tests.session.test_update_terms import a_run, every_library, every_rule, terms

CURSORS = (0, 1, 2, 10, 69, 70, 71, 90, 91, 94, 95, 96, 128, 149)
#: As LaTeX writes them, what the hyperparameters' own symbols say.
GREEK = {
    "η": r"\eta",
    "μ": r"\mu",
    "τ": r"\tau",
    "α": r"\alpha",
    "β₁": r"\beta_1",
    "β₂": r"\beta_2",
    "ε": r"\varepsilon",
    "λ": r"\lambda",
    "r": "r",
}
#: From LaTeX to Python, in this order.
SPELLINGS = (
    ("{-}", "-"),
    (r"\,", "*"),
    (r"\cdot ", "*"),
    (r"\frac", "divided"),
    (r"\sqrt", "root"),
    ("^", "**"),
    ("{", "("),
    ("}", ")"),
)


def worked_out(latex: str, values: Mapping[str, Any] | None = None) -> Any:
    """Return what a formula comes to, where each symbol has its value."""
    values = values or {}
    if values:
        symbols = "|".join(re.escape(symbol) for symbol in sorted(values, key=len, reverse=True))
        known = re.compile(rf"\\frac|\\sqrt|{symbols}")
        latex = known.sub(lambda at: f"values[{at[0]!r}]" if at[0] in values else at[0], latex)
    pieces = re.split(r"(values\['.*?'\])", latex)
    for part, text in SPELLINGS:
        pieces[::2] = [piece.replace(part, text) for piece in pieces[::2]]
    names = {"values": values, "root": np.sqrt, "divided": lambda above: lambda below: above / below}
    return eval("".join(pieces), names)  # noqa: S307 - the text is the app's own


def symbols_of(found: UpdateTerms) -> dict[str, Any]:
    """Return the value of every symbol of an update."""
    hyper = {GREEK[spec.symbol]: found.hyper[spec.name] for spec in found.rule.hyper_specs}
    return hyper | {quantity.symbol: quantity.value for quantity in found.quantities}


def sized(found: UpdateTerms, name: str) -> float:
    """Return how large the numbers are from which a quantity comes."""
    if name == "step" or found.quantity(name).part:
        return max(float(np.abs(part.value).max()) for part in found.parts)
    return float(np.abs(found[name]).max())


@every_library
@every_rule
def test_that_a_formula_in_symbols_gives_the_value(rule: str, semantics: Semantics) -> None:
    for at in CURSORS:
        found = terms(rule, semantics, at)
        values = symbols_of(found)
        for made in found.formulas:
            symbol, _, right = found.latex(made.name).partition(" = ")
            assert symbol == made.symbol
            got = np.broadcast_to(worked_out(right, values), made.value.shape)
            np.testing.assert_allclose(got, made.value, rtol=1e-10, atol=1e-12 * sized(found, made.name))


@every_library
@every_rule
def test_that_a_formula_with_the_numbers_of_any_parameter_gives_its_value(rule: str, semantics: Semantics) -> None:
    for at in (1, 71, 95):
        found = terms(rule, semantics, at)
        for index in (0, 2, found.theta.size - 1):
            for made in found.formulas:
                value = float(np.broadcast_to(made.value, found.theta.shape)[index])
                for text in found.latex_with_numbers(made.name, index, digits=17).split(" = ")[1:]:
                    near = pytest.approx(value, rel=1e-10, abs=1e-12 * sized(found, made.name))
                    assert worked_out(text) == near


def test_that_a_quantity_given_is_written_with_the_number_of_its_parameter() -> None:
    found = terms("adam", "pytorch", 71)
    for index in (0, 2):
        assert worked_out(found.latex_with_numbers("gradient", index, digits=17).partition(" = ")[2]) == pytest.approx(
            float(found["gradient"][index]), rel=1e-15
        )


@every_rule
def test_that_the_last_line_leads_to_the_next_parameters(rule: str) -> None:
    shown = a_run(rule, "pytorch")
    found = terms(rule, "pytorch", 71)
    assert found.move_latex == r"\theta_{t+1} = \theta_t + \Delta\theta"
    for index in (0, 2):
        _, numbers, result = found.move_with_numbers(index, digits=17).split(" = ")
        for text in (numbers, result):
            assert worked_out(text) == pytest.approx(float(shown.timeline.theta[72][index]), rel=1e-13)


def a_step_of(rule: str, at: int, last: int, **hyper: float) -> UpdateTerms:
    """Return an update of a line's run."""
    shown = a_run("adam", "pytorch")
    experiment = shown.experiment.but(
        data=DataConfig(name="line", examples=10),
        model=ModelConfig(name="univariate"),
        run=RunConfig(optimizer=rule, hyper=hyper),
    )
    made = prepare(experiment)
    assert made.timeline.tail is not None
    batch = recorded(made.run, made.timeline.tail, last).batch
    assert batch is not None
    return update_terms(
        replace(
            shown,
            experiment=experiment,
            settings=made.run.schedule.at(0),
            problem=made.problem,
            timeline=made.timeline.appended(batch),
            cursor=at,
        )
    )


def test_that_equations_with_hyperparameters_next_to_1_are_true() -> None:
    """With few digits 0.99999 would be 1, and 1 − 1⁴ is no 0.00004."""
    found = a_step_of("adam", 3, 5, learning_rate=0.0123456, beta1=0.99996, beta2=0.99999)
    for name in ("m", "v", "m_correction", "v_correction", "m_hat", "v_hat", "raw", "step"):
        _, put_in, result = found.latex_with_numbers(name, 0).split(" = ")
        assert worked_out(put_in) == pytest.approx(worked_out(result), rel=3 * 10.0 ** (1 - DIGITS)), name
    assert found.latex_with_numbers("v_correction", 0) == r"c_2 = 1 - 0.99999^{4} = 4\cdot 10^{-5}"
    assert "0.0123456" in found.latex_with_numbers("raw", 0)


def test_that_the_number_of_steps_is_a_whole_number_however_large() -> None:
    found = a_step_of("adam", 12_345, 12_346, learning_rate=1e-5, beta1=0.999)
    assert "0.999^{12346}" in found.latex_with_numbers("m_correction", 0)
    assert r"1\cdot 10^{-5}" in found.latex_with_numbers("raw", 0)


def test_that_what_is_said_of_keras_epsilon_is_so() -> None:
    """Beside the root of the corrected average it is larger at first, and itself in the end."""
    for at, epsilon in ((0, 3.2e-6), (149, 1e-7 / np.sqrt(1.0 - 0.999**150))):
        found = terms("adam", "keras", at)
        added = found.hyper["learning_rate"] / found["effective_rate"] - np.sqrt(found["v_hat"])
        np.testing.assert_allclose(added, epsilon, rtol=0.02)
    assert "ε / √(1 − β₂ᵗ)" in found.rule.libraries
    assert "3.2e-6" in found.rule.libraries
