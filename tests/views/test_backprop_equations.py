"""The equations as they are typeset: the section's own, and those that its equations are made of."""

import re

import pytest

from landscape_app.core.models import MODELS
from landscape_app.core.optimizers import OPTIMIZERS
from landscape_app.session.backprop import INCREMENT, MOVE
from landscape_app.views.backprop_equations import equations_of

#: The section's equations, letter by letter as it has them.
SECTION = {
    "univariate": r"""
        \hat{y} = wx + b
        \mathcal{L} = \frac{1}{m}||\hat{y} - y||^2
        \frac{\partial\mathcal{L}}{\partial w} = \frac{2}{m}(\hat{y} - y)x^\intercal
        \frac{\partial\mathcal{L}}{\partial b} = \frac{2}{m}(\hat{y} - y)\vec{1}
    """,
    "multivariate": r"""
        \hat{y} = wX + b
        \mathcal{L} = \frac{1}{m}||\hat{y} - y||^2
        \frac{\partial\mathcal{L}}{\partial w} = \frac{2}{m}(\hat{y} - y)X^\intercal
        \frac{\partial\mathcal{L}}{\partial b} = \frac{2}{m}(\hat{y} - y)\vec{1}
    """,
    "two-layer-linear": r"""
        Z = W_1 X + b_1
        \hat{y} = w_2Z + b_2
        \mathcal{L} = \frac{1}{m}||\hat{y} - y||^2
        \frac{\partial\mathcal{L}}{\partial W_1} = w_2^\intercal\frac{2}{m}(\hat{y} - y)X^\intercal
        \frac{\partial\mathcal{L}}{\partial b_1} = w_2^\intercal\frac{2}{m}(\hat{y} - y)\vec{1}
        \frac{\partial\mathcal{L}}{\partial w_2} = \frac{2}{m}(\hat{y} - y)Z^\intercal
        \frac{\partial\mathcal{L}}{\partial b_2} = \frac{2}{m}(\hat{y} - y)\vec{1}
    """,
    "two-layer-sigmoid": r"""
        Z = W_1 X + b_1
        A = \sigma(Z)
        \hat{y} = w_2A + b_2
        \mathcal{L} = \frac{1}{m}||\hat{y} - y||^2
        \frac{\partial\mathcal{L}}{\partial W_1} = \left(\left(w_2^\intercal\frac{2}{m}(\hat{y} - y)\right)\odot A \odot (1 - A)\right)X^\intercal
        \frac{\partial\mathcal{L}}{\partial b_1} = \left(\left(w_2^\intercal\frac{2}{m}(\hat{y} - y)\right)\odot A \odot (1 - A)\right)\vec{1}
        \frac{\partial\mathcal{L}}{\partial w_2} = \frac{2}{m}(\hat{y} - y)A^\intercal
        \frac{\partial\mathcal{L}}{\partial b_2} = \frac{2}{m}(\hat{y} - y)\vec{1}
    """,  # noqa: E501
}


def slope(of: str) -> str:
    """Return the derivative of the loss, as the section writes it."""
    return rf"\frac{{\partial\mathcal{{L}}}}{{\partial {of}}}"


#: What stands between them here, by the chain rule.
BETWEEN = {
    "residual": r"\hat{y} - y",
    "dL/dyhat": slope(r"\hat{y}") + r" = \frac{2}{m}(\hat{y} - y)",
    "dL/dA": slope("A") + r" = w_2^\intercal" + slope(r"\hat{y}"),
    INCREMENT: r"\Delta\theta = -\eta" + slope(r"\theta"),
    MOVE: r"\theta_{t+1} = \theta_t + \Delta\theta",
}
D_Z = {
    "two-layer-linear": slope("Z") + r" = w_2^\intercal" + slope(r"\hat{y}"),
    "two-layer-sigmoid": slope("Z") + " = " + slope("A") + r"\odot A \odot (1 - A)",
}


def bare(latex: str) -> str:
    """Return a formula without what is no part of its meaning: spaces, the size of brackets, and groups.

    Braces alone tell a group from its parts. They go, since each term is a group here, and arguments of one letter
    need none.
    """
    return re.sub(r"\\left|\\right|\\,|[{}\s]", "", latex.replace("||", r"\|"))


@pytest.mark.parametrize("model", MODELS)
def test_that_the_equations_are_the_sections_and_the_chain_rules(model: str) -> None:
    net = MODELS[model](1 if model == "univariate" else 2, 2)
    found = {e.name: bare(e.latex("", "")) for e in equations_of(net, OPTIMIZERS["gradient-descent"])}
    between = BETWEEN | ({"dL/dZ": D_Z[model]} if model in D_Z else {})
    expected = {name: bare(latex) for name, latex in between.items() if name in found}
    assert {name: found[name] for name in expected} == expected
    section = [bare(line) for line in SECTION[model].strip().splitlines()]
    assert [latex for name, latex in found.items() if name not in expected] == section
