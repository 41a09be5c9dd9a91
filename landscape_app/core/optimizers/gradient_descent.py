"""Plain gradient descent."""

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.optimizers import specs
from landscape_app.core.optimizers.base import Optimizer, State, Step
from landscape_app.core.optimizers.quantities import Quantity, gradient_and_raw, whole_step


class GradientDescent(Optimizer):
    """Go down the gradient of the batch. Source: CS230, section 2."""

    name = "gradient-descent"
    title = "Gradient descent"
    formula = "θ ← θ − η g"
    hyper_specs = (specs.learning_rate(0.01),)

    def update(self, step: Step, state: State) -> tuple[FloatArray, State]:
        """Return theta − η g and the state, which is and stays empty."""
        return sealed(step.theta - step.hyper["learning_rate"] * step.grad), state

    def quantities(self, step: Step, state: State) -> tuple[Quantity, ...]:
        """Return gradient and step: the raw part is all of it."""
        grad, raw = gradient_and_raw(step.grad, step.hyper["learning_rate"])
        return grad, raw, whole_step(raw.value, "<raw>")
