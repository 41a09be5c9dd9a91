"""Sentences about what happened in a run, for the status bar and for standard error."""

from math import isfinite

from landscape_app.session.problem import Problem
from landscape_app.session.records import Divergence
from landscape_app.session.settings import Settings, is_full
from landscape_app.session.stability import linear_rule


def divergence_text(problem: Problem, divergence: Divergence, settings: Settings) -> str:
    """Say where a run stopped, which parameter ran away, and what to try."""
    return f"{stopped_text(divergence)} {_advice(problem, settings)}"


def stopped_text(divergence: Divergence) -> str:
    """Say where a run stopped, at which iteration something overflows, and which parameter ran away."""
    what = {
        "parameter": f"{divergence.parameter} overflows",
        "gradient": f"the gradient of {divergence.parameter} overflows",
        "loss": f"the loss overflows, {divergence.parameter} being the largest parameter",
    }[divergence.what]
    return f"Stopped after iteration {divergence.iteration}: in iteration {divergence.iteration + 1} {what}."


def _advice(problem: Problem, settings: Settings) -> str:
    rate = settings.hyper.get("learning_rate")
    if rate is None:
        return "Try a smaller radius."
    limit = stable_rate(problem, settings)
    if limit is not None and rate >= limit:
        return f"Try a learning rate below {limit:.3g}, where this rule converges (it is {rate:.3g})."
    wide = problem.data.scaling is None and float(abs(problem.data.X).max()) > 20.0
    return "Try a smaller learning rate" + (", or standardise the features." if wide else ".")


def stable_rate(problem: Problem, settings: Settings) -> float | None:
    """Return the learning rate below which this rule converges on a linear model with all examples a step.

    None where there is no such simple limit. With lambda the largest eigenvalue of the Hessian: 2 / lambda
    for gradient descent, 2 (1 + mu) / ((1 - tau) lambda) for momentum, (2 + 2 mu) / ((1 + 2 mu) lambda) for
    Nesterov.
    """
    if problem.optimum is None or not is_full(settings, problem.data.m) or problem.optimum.lambda_max <= 0.0:
        return None
    rule = linear_rule(settings)
    limit = None if rule is None else rule.limit(problem.optimum.lambda_max)
    return limit if limit is not None and isfinite(limit) else None


def foreseen_divergence(problem: Problem, settings: Settings) -> str:
    """Say that the learning rate is too large for these data, or nothing if that is not certain."""
    limit = stable_rate(problem, settings)
    # A schedule may still bring the rate below the limit.
    if limit is None or settings.rate is not None or settings.hyper["learning_rate"] < limit:
        return ""
    help_ = "" if problem.data.scaling is not None else ", or standardise the features"
    return f"With these data the rule diverges: choose a learning rate below {limit:.3g}{help_}."


def budget_sentence(length: int) -> str:
    """Say that the record is full."""
    return f"Paused: the record of {length:,} iterations fills the memory set aside for it. Reset to go on."
