"""Nesterov's momentum, as PyTorch, optax and Keras have it."""

from types import MappingProxyType

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.optimizers import specs
from landscape_app.core.optimizers.base import State, Step
from landscape_app.core.optimizers.velocity import (
    Explained,
    KerasVelocity,
    OptaxVelocity,
    TorchVelocity,
    torch_velocity,
)


class Nesterov(TorchVelocity):
    """Momentum that looks ahead: the newest gradient counts once more, beside the velocity ``v`` (P,).

    A step whose momentum is 0 is plain descent and leaves the velocity as it was.

    Source: Sutskever et al. 2013, rewritten for the gradient at theta as in ``torch.optim.SGD``.
    """

    name = "nesterov"
    title = "Nesterov"
    formula = "v ← μ v + g,  θ ← θ − η (g + μ v)"
    hyper_specs = (specs.learning_rate(0.01), specs.momentum(0.9))

    def update(self, step: Step, state: State) -> tuple[FloatArray, State]:
        """Return theta − η (g + μ v), with the velocity of this step, and that velocity."""
        mu = step.hyper["momentum"]
        if mu == 0.0:
            return sealed(step.theta - step.hyper["learning_rate"] * step.grad), state
        v = torch_velocity(step, state, dampening=0.0)
        return sealed(step.theta - step.hyper["learning_rate"] * (step.grad + mu * v)), MappingProxyType({"v": v})

    def momentum_part(self, step: Step, state: State, v: FloatArray) -> Explained:
        """Return −η μ v."""
        return _look_ahead(step, v)


class OptaxNesterov(OptaxVelocity):
    """Nesterov's momentum that is always used. Source: ``optax.sgd`` with ``nesterov=True``, ``optax.trace``."""

    name = "nesterov"
    title = "Nesterov"
    formula = Nesterov.formula
    hyper_specs = Nesterov.hyper_specs

    def update(self, step: Step, state: State) -> tuple[FloatArray, State]:
        """Return theta − η (g + μ v), with the velocity of this step, and that velocity."""
        v, _ = self.velocity(step, state)
        ahead = step.grad + step.hyper["momentum"] * v
        return sealed(step.theta - step.hyper["learning_rate"] * ahead), MappingProxyType({"v": v})

    def momentum_part(self, step: Step, state: State, v: FloatArray) -> Explained:
        """Return −η μ v."""
        return _look_ahead(step, v)


class KerasNesterov(KerasVelocity):
    """Nesterov's momentum whose velocity is a step. Source: ``keras.optimizers.SGD`` with ``nesterov=True``."""

    name = "nesterov"
    title = "Nesterov"
    formula = "v ← μ v − η g,  θ ← θ + μ v − η g"
    hyper_specs = Nesterov.hyper_specs

    def update(self, step: Step, state: State) -> tuple[FloatArray, State]:
        """Return theta + μ v − η g, with the velocity of this step, and that velocity."""
        mu, raw = step.hyper["momentum"], step.hyper["learning_rate"] * step.grad
        if mu == 0.0:
            return sealed(step.theta - raw), state
        v, _ = self.velocity(step, state)
        return sealed(step.theta + (mu * v - raw)), MappingProxyType({"v": v})

    def momentum_part(self, step: Step, state: State, v: FloatArray) -> Explained:
        """Return μ v."""
        return step.hyper["momentum"] * v, r"<momentum>\,<velocity>"


def _look_ahead(step: Step, v: FloatArray) -> Explained:
    part = -step.hyper["learning_rate"] * step.hyper["momentum"] * v
    return part, r"{-}<learning_rate>\,<momentum>\,<velocity>"
