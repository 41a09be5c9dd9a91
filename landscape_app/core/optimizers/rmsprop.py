"""RMSprop: steps are scaled by a running average of the squared gradients."""

from types import MappingProxyType

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.optimizers import specs
from landscape_app.core.optimizers.base import Optimizer, State, Step


class RMSprop(Optimizer):
    """Divide each entry of the gradient by the root of ``v`` (P,), a running average of its squares.

    The average starts at 0 and is not corrected for that, so that the first step is η / √(1 − α) long, ten
    times η by default. ε stands outside the root, as in PyTorch; Keras and optax put it inside.

    Source: Tieleman and Hinton 2012, lecture 6.5; ``torch.optim.RMSprop``.
    """

    name = "rmsprop"
    title = "RMSprop"
    formula = "v ← α v + (1 − α) g²,  θ ← θ − η g / (√v + ε)"
    hyper_specs = (
        specs.learning_rate(0.01),
        specs.decay("alpha", "α", 0.99, "How slowly the running average of the squared gradients forgets."),
        specs.epsilon(1e-8),
    )

    def initial_state(self, theta: FloatArray) -> State:
        """Return an average of zeros."""
        return MappingProxyType({"v": sealed(np.zeros(theta.size))})

    def update(self, step: Step, state: State) -> tuple[FloatArray, State]:
        """Return theta − η g / (√v + ε), with the average that holds this gradient too, and that average."""
        alpha = step.hyper["alpha"]
        square = (1.0 - alpha) * step.grad
        square *= step.grad
        v = alpha * state["v"]
        v += square
        root = np.sqrt(v)
        root += step.hyper["epsilon"]
        move = step.hyper["learning_rate"] * step.grad
        move /= root
        return sealed(step.theta - move), MappingProxyType({"v": sealed(v)})
