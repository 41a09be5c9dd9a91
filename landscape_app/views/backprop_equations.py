"""The section's equations, one for each term, as formulas in which every other term can be found."""

import re
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from landscape_app.core.models import Model
from landscape_app.core.optimizers import Optimizer
from landscape_app.session.backprop import INCREMENT, MOVE, walk_names

#: A part of a formula that is a term itself: ⟨name|LaTeX⟩, in which others may lie.
_PART = re.compile(r"⟨([^|⟨⟩]+)\|([^⟨⟩]*)⟩")

_RESIDUAL = r"⟨residual|(⟨yhat|\hat{y}⟩ - y)⟩"
_D_YHAT = rf"⟨dL/dyhat|\frac{{2}}{{m}}{_RESIDUAL}⟩"
_BACK = rf"w_2^\intercal\,{_D_YHAT}"
_LINEAR_D_Z = rf"⟨dL/dZ|{_BACK}⟩"
_SIGMOID_D_Z = rf"⟨dL/dZ|\left(⟨dL/dA|\left({_BACK}\right)⟩\odot ⟨A|A⟩\odot (1 - ⟨A|A⟩)\right)⟩"

_COMMON = {
    "residual": r"⟨residual|⟨yhat|\hat{y}⟩ - y⟩",
    "L": r"⟨L|\mathcal{L}⟩ = \frac{1}{m}\|⟨residual|⟨yhat|\hat{y}⟩ - y⟩\|^2",
    "dL/dyhat": rf"⟨dL/dyhat|\frac{{\partial\mathcal{{L}}}}{{\partial\hat{{y}}}}⟩ = \frac{{2}}{{m}}{_RESIDUAL}",
    MOVE: r"⟨move|\theta_{t+1}⟩ = \theta_t + ⟨increment|\Delta\theta⟩",
}


def _of(block: str, right: str) -> str:
    name = {"W1": "W_1", "b1": "b_1", "w2": "w_2", "b2": "b_2"}.get(block, block)
    return rf"⟨dL/d{block}|\frac{{\partial\mathcal{{L}}}}{{\partial {name}}}⟩ = {right}"


def _regression(x: str) -> dict[str, str]:
    return {
        "yhat": rf"⟨yhat|\hat{{y}}⟩ = w{x} + b",
        "dL/dw": _of("w", rf"{_D_YHAT}{x}^\intercal"),
        "dL/db": _of("b", rf"{_D_YHAT}\vec{{1}}"),
    }


def _network(hidden: str, d_z: str) -> dict[str, str]:
    return {
        "Z": r"⟨Z|Z⟩ = W_1X + b_1",
        "yhat": rf"⟨yhat|\hat{{y}}⟩ = w_2⟨{hidden}|{hidden}⟩ + b_2",
        "dL/dW1": _of("W1", rf"{d_z}X^\intercal"),
        "dL/db1": _of("b1", rf"{d_z}\vec{{1}}"),
        "dL/dw2": _of("w2", rf"{_D_YHAT}⟨{hidden}|{hidden}⟩^\intercal"),
        "dL/db2": _of("b2", rf"{_D_YHAT}\vec{{1}}"),
    }


_PARTIAL = r"⟨dL/d{0}|\frac{{\partial\mathcal{{L}}}}{{\partial {1}}}⟩"
_LINEAR = {
    **_network("Z", _LINEAR_D_Z),
    "dL/dZ": _PARTIAL.format("Z", "Z") + r" = w_2^\intercal\," + _PARTIAL.format("yhat", r"\hat{y}"),
}
_SIGMOID = {
    **_network("A", _SIGMOID_D_Z),
    "A": r"⟨A|A⟩ = \sigma(⟨Z|Z⟩)",
    "dL/dA": _PARTIAL.format("A", "A") + r" = w_2^\intercal\," + _PARTIAL.format("yhat", r"\hat{y}"),
    "dL/dZ": _PARTIAL.format("Z", "Z") + " = " + _PARTIAL.format("A", "A") + r"\odot ⟨A|A⟩\odot (1 - ⟨A|A⟩)",
}
_FORMULAS = {
    "univariate": _regression("x"),
    "multivariate": _regression("X"),
    "two-layer-linear": _LINEAR,
    "two-layer-sigmoid": _SIGMOID,
}

#: How a term is written in a line of text.
SYMBOLS = {
    "yhat": "ŷ",
    "residual": "ŷ − y",
    "dL/dyhat": "∂L/∂ŷ",
    "dL/dA": "∂L/∂A",
    "dL/dZ": "∂L/∂Z",
    "dL/dw": "∂L/∂w",
    "dL/db": "∂L/∂b",
    "dL/dW1": "∂L/∂W₁",
    "dL/db1": "∂L/∂b₁",
    "dL/dw2": "∂L/∂w₂",
    "dL/db2": "∂L/∂b₂",
    INCREMENT: "Δθ",
    MOVE: "θ",
}
#: Texts of the equations that the models do not have as they stand.
_TEXTS = {
    "residual": "ŷ − y",
    "dL/dyhat": "∂L/∂ŷ = (2/m) (ŷ − y)",
    "dL/dA": "∂L/∂A = w₂ᵀ ∂L/∂ŷ",
    MOVE: "θ(t+1) = θ(t) + Δθ",
}


@dataclass(frozen=True, slots=True)
class Equation:
    """The equation of a term: ``stage`` is where it stands, ``text`` is the formula without typesetting."""

    name: str
    stage: str
    text: str
    words: str
    _formula: str

    def latex(self, lit: str, colour: str) -> str:
        """Return the formula with each part that is the term ``lit`` in ``colour`` (#rrggbb)."""
        formula = self._formula
        while _PART.search(formula):
            formula = _PART.sub(lambda part: _in_colour(part[2], colour if part[1] == lit else ""), formula)
        return formula

    @property
    def parts(self) -> frozenset[str]:
        """The names of all terms that stand in the formula."""
        return frozenset(re.findall(r"⟨([^|⟨⟩]+)\|", self._formula))


def _in_colour(latex: str, colour: str) -> str:
    # Braces, so that a part stays one whole for what comes after it, such as a raised sign.
    return rf"\textcolor{{{colour}}}{{{latex}}}" if colour else f"{{{latex}}}"


def equations_of(model: Model, rule: Optimizer) -> tuple[Equation, ...]:
    """Return the equations of ``model`` in the order of evaluation, the update that ``rule`` makes at the end."""
    formula, text = _increment(rule)
    formulas = {**_COMMON, INCREMENT: formula, **_FORMULAS[model.name]}
    texts = {**_TEXTS, INCREMENT: text}
    words = _words(model)
    return tuple(
        Equation(name, _stage(name), texts.get(name) or _text(model, name), words[name], formulas[name])
        for name in walk_names(model)
    )


def _increment(rule: Optimizer) -> tuple[str, str]:
    """Return what the move is made of, typeset and as text: spelled out for plain descent, else by the rule's name.

    The other rules keep a state; their formulas fill a panel of their own.
    """
    left, gradient = r"⟨increment|\Delta\theta⟩ = ", r"\frac{\partial\mathcal{L}}{\partial\theta}"
    if rule.name == "gradient-descent":
        return left + r"-\eta\," + gradient, "Δθ = −η ∂L/∂θ"
    if not rule.uses_gradient:
        return left + rf"\mathrm{{{_latex_words(rule.title)}}}(\theta_t)", f"Δθ = {rule.title}(θ(t))"
    call = rf"\mathrm{{{_latex_words(rule.title)}}}\left({gradient}\right)"
    return left + call, f"Δθ = {rule.title}(∂L/∂θ)"


def _latex_words(text: str) -> str:
    return text.replace(" ", r"\ ")


def symbol(name: str) -> str:
    """Return how a term is written in a line of text."""
    return SYMBOLS.get(name, name)


def _stage(name: str) -> str:
    if name in (INCREMENT, MOVE):
        return "update"
    if name in ("residual", "L"):
        return "loss"
    return "backward" if name.startswith("dL/d") else "forward"


def _text(model: Model, name: str) -> str:
    if name == "dL/dZ":
        return "∂L/∂Z = ∂L/∂A ⊙ A ⊙ (1 − A)" if model.name == "two-layer-sigmoid" else "∂L/∂Z = w₂ᵀ ∂L/∂ŷ"
    return next(line for line in model.equations if line.startswith(f"{symbol(name)} = "))


def _words(model: Model) -> dict[str, str]:
    def tr(text: str) -> str:
        return QCoreApplication.translate("BackpropEquations", text)

    hidden = tr("of the hidden units' outputs") if model.name == "two-layer-sigmoid" else tr("of the hidden units")
    return {
        "Z": tr("What comes into each hidden unit: one row a unit, one column an example."),
        "A": tr("What each hidden unit puts out, between 0 and 1: one row a unit, one column an example."),
        "yhat": tr("What the model predicts for each example."),
        "residual": tr("How far each prediction lies above its target."),
        "L": tr("The loss: the mean of the squares of these distances, over the examples of this step."),
        "dL/dyhat": tr("How the loss grows with each prediction."),
        "dL/dA": tr("How the loss grows with each hidden unit's output: what comes back through the weights w₂."),
        "dL/dZ": tr("How the loss grows with what comes into each hidden unit."),
        "dL/dw": tr("The gradient of the weights: the distances, weighed with the features, summed over the examples."),
        "dL/db": tr("The gradient of the bias: the sum over the examples."),
        "dL/dW1": tr("The gradient of the first layer's weights: one row a unit, one column a feature."),
        "dL/db1": tr("The gradient of the hidden units' biases: one a unit, the sum over the examples."),
        "dL/dw2": tr("The gradient of the second layer's weights: the distances, weighed with the outputs {0}.").format(
            hidden
        ),
        "dL/db2": tr("The gradient of the output's bias: the sum over the examples."),
        INCREMENT: tr("The move that the optimizer makes of the gradient; the tab Update shows how."),
        MOVE: tr("The parameters after the update: the next iteration begins there."),
    }
