"""Adagrad: steps shrink with the sum of all squared gradients."""

from types import MappingProxyType

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.optimizers import specs
from landscape_app.core.optimizers.base import Optimizer, State, Step


class Adagrad(Optimizer):
    """Divide each entry of the gradient by the root of ``s`` (P,), the sum of its squares so far.

    The sum starts at 0 and ε stands outside the root, as in PyTorch; Keras and optax do both otherwise.

    Source: Duchi, Hazan and Singer 2011; ``torch.optim.Adagrad``.
    """

    name = "adagrad"
    title = "Adagrad"
    formula = "s ← s + g²,  θ ← θ − η g / (√s + ε)"
    hyper_specs = (specs.learning_rate(0.01), specs.epsilon(1e-10))

    def initial_state(self, theta: FloatArray) -> State:
        """Return a sum of zeros."""
        return MappingProxyType({"s": sealed(np.zeros(theta.size))})

    def update(self, step: Step, state: State) -> tuple[FloatArray, State]:
        """Return theta − η g / (√s + ε), with the sum that holds this gradient too, and that sum."""
        s = state["s"] + step.grad * step.grad
        root = np.sqrt(s)
        root += step.hyper["epsilon"]
        move = step.hyper["learning_rate"] * step.grad
        move /= root
        return sealed(step.theta - move), MappingProxyType({"s": sealed(s)})
