"""Update rules: pure functions of parameters, gradient, state and hyperparameters, as the libraries have them.

A new rule is a class in a file of its own here, and a name in ``_RULES`` below. Where libraries differ, the reading
of each is a class in that same file.
"""

from landscape_app.core.errors import ConfigError
from landscape_app.core.optimizers.adagrad import Adagrad, KerasAdagrad, OptaxAdagrad
from landscape_app.core.optimizers.adam import Adam, AdamW, KerasAdam, KerasAdamW, OptaxAdamW
from landscape_app.core.optimizers.base import (
    EMPTY_STATE,
    SEMANTICS,
    Hyper,
    HyperSpec,
    Optimizer,
    Semantics,
    State,
    Step,
)
from landscape_app.core.optimizers.gradient_descent import GradientDescent
from landscape_app.core.optimizers.momentum import KerasMomentum, Momentum, OptaxMomentum
from landscape_app.core.optimizers.nesterov import KerasNesterov, Nesterov, OptaxNesterov
from landscape_app.core.optimizers.random_search import RandomSearch
from landscape_app.core.optimizers.rmsprop import KerasRMSprop, OptaxRMSprop, RMSprop

#: All readings of all rules, from the simplest to the most elaborate.
_RULES: tuple[Optimizer, ...] = (
    RandomSearch(),
    GradientDescent(),
    *(Momentum(), KerasMomentum(), OptaxMomentum()),
    *(Nesterov(), KerasNesterov(), OptaxNesterov()),
    *(Adagrad(), KerasAdagrad(), OptaxAdagrad()),
    *(RMSprop(), KerasRMSprop(), OptaxRMSprop()),
    *(Adam(), KerasAdam()),
    *(AdamW(), KerasAdamW(), OptaxAdamW()),
)

#: The rules of each library by their name on the command line.
RULES: dict[Semantics, dict[str, Optimizer]] = {
    semantics: {rule.name: rule for rule in _RULES if semantics in rule.semantics} for semantics in SEMANTICS
}

#: The rules as PyTorch has them, which is what one gets unless one asks for another library's.
OPTIMIZERS = RULES["pytorch"]

#: What the libraries are called.
LIBRARIES: dict[Semantics, str] = {"pytorch": "PyTorch", "keras": "Keras", "optax": "optax"}


def rule_named(name: str, semantics: Semantics = "pytorch") -> Optimizer:
    """Return the rule as ``semantics`` has it, or raise ConfigError naming those that exist."""
    try:
        return RULES[semantics][name]
    except KeyError:
        raise ConfigError(f"There is no optimizer called {name!r}; choose one of {', '.join(OPTIMIZERS)}.") from None


__all__ = [
    "EMPTY_STATE",
    "LIBRARIES",
    "OPTIMIZERS",
    "RULES",
    "SEMANTICS",
    "Hyper",
    "HyperSpec",
    "Optimizer",
    "Semantics",
    "State",
    "Step",
    "rule_named",
]
