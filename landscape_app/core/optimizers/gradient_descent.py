"""Gradient descent, and the two rules that give it a velocity."""

from types import MappingProxyType

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.optimizers import specs
from landscape_app.core.optimizers.base import HyperSpec, Optimizer, State, Step


class GradientDescent(Optimizer):
    """Go down the gradient of the batch. Source: CS230, section 2."""

    name = "gradient-descent"
    title = "Gradient descent"
    formula = "θ ← θ − η g"
    hyper_specs = (specs.learning_rate(0.01),)

    def update(self, step: Step, state: State) -> tuple[FloatArray, State]:
        """Return theta − η g and the state, which is and stays empty."""
        return sealed(step.theta - step.hyper["learning_rate"] * step.grad), state


class Momentum(Optimizer):
    """Heavy ball: a velocity ``v`` (P,) gathers the gradients, and theta follows it.

    As in PyTorch the velocity comes into being as the undampened gradient of the first step whose momentum
    is not 0, and a step whose momentum is 0 neither uses nor changes it. Before it exists the state is
    empty, which is not the same as zeros: dampening acts from the second step on.

    Source: Polyak 1964; ``torch.optim.SGD``.
    """

    name = "momentum"
    title = "Momentum"
    formula = "v ← μ v + (1 − τ) g,  θ ← θ − η v"
    hyper_specs = (
        specs.learning_rate(0.01),
        specs.momentum(0.9),
        HyperSpec(
            "dampening",
            "τ",
            0.0,
            "How much of each new gradient is kept out of the velocity; the first step is never dampened.",
            high=1.0,
        ),
    )

    def update(self, step: Step, state: State) -> tuple[FloatArray, State]:
        """Return theta − η v and the new velocity."""
        if step.hyper["momentum"] == 0.0:
            return sealed(step.theta - step.hyper["learning_rate"] * step.grad), state
        v = _velocity(step, state, step.hyper["dampening"])
        return sealed(step.theta - step.hyper["learning_rate"] * v), MappingProxyType({"v": v})


class Nesterov(Optimizer):
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
        v = _velocity(step, state, dampening=0.0)
        return sealed(step.theta - step.hyper["learning_rate"] * (step.grad + mu * v)), MappingProxyType({"v": v})


def _velocity(step: Step, state: State, dampening: float) -> FloatArray:
    """Return the next velocity, read-only; the first one is the gradient itself, without dampening."""
    if "v" not in state:
        return sealed(step.grad.copy())
    kept = step.hyper["momentum"] * state["v"]
    return sealed(kept + (step.grad if dampening == 0.0 else (1.0 - dampening) * step.grad))
