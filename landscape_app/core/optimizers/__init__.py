"""Update rules: pure functions of parameters, gradient, state and hyperparameters, as PyTorch has them."""

from landscape_app.core.optimizers.adagrad import Adagrad
from landscape_app.core.optimizers.adam import Adam, AdamW
from landscape_app.core.optimizers.base import EMPTY_STATE, Hyper, HyperSpec, Optimizer, State, Step
from landscape_app.core.optimizers.gradient_descent import GradientDescent, Momentum, Nesterov
from landscape_app.core.optimizers.random_search import RandomSearch
from landscape_app.core.optimizers.rmsprop import RMSprop

#: All rules by their name on the command line, from the simplest to the most elaborate.
OPTIMIZERS: dict[str, Optimizer] = {
    rule.name: rule
    for rule in (
        RandomSearch(),
        GradientDescent(),
        Momentum(),
        Nesterov(),
        Adagrad(),
        RMSprop(),
        Adam(),
        AdamW(),
    )
}

__all__ = ["EMPTY_STATE", "OPTIMIZERS", "Hyper", "HyperSpec", "Optimizer", "State", "Step"]
