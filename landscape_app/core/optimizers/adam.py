"""Adam and AdamW, which also lets the parameters decay; as PyTorch, optax and Keras have them."""

from math import sqrt
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.optimizers import specs
from landscape_app.core.optimizers.base import HyperSpec, Optimizer, Semantics, State, Step
from landscape_app.core.optimizers.quantities import (
    Quantity,
    difference,
    gradient_and_raw,
    quantity,
    rescaling,
    whole_step,
)

_AVERAGES = "m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  "
_BETA1 = specs.decay("beta1", "β₁", 0.9, "How slowly the running average of the gradients forgets.")
_BETA2 = specs.decay("beta2", "β₂", 0.999, "How slowly the running average of the squared gradients forgets.")


class Adam(Optimizer):
    """Follow a running average of the gradient, scaled by a running average of its squares.

    The state holds the averages ``m`` and ``v`` (P,) and ``t``, the number of steps made, as a 0-d array.
    Both averages start at 0; what that takes from them is given back with the betas of *this* step, as
    PyTorch does, whatever the betas were before.

    Source: Kingma and Ba 2015, algorithm 1; ``torch.optim.Adam``, ``optax.adam``.
    """

    name = "adam"
    title = "Adam"
    # Primes, since fonts of labels put a hat beside its letter; typeset formulas have hats.
    formula = _AVERAGES + "m′ = m / (1 − β₁ᵗ),  v′ = v / (1 − β₂ᵗ),  θ ← θ − η m′ / (√v′ + ε)"
    semantics: ClassVar[tuple[Semantics, ...]] = ("pytorch", "optax")
    libraries = (
        "PyTorch and optax add ε = 1e-8 after the bias correction of v, Keras adds 1e-7 before it. Added after it, "
        "Keras' would be ε / √(1 − β₂ᵗ): with β₂ = 0.999 that is 3.2e-6 at the first step, and falls to 1e-7 with "
        "time. It shows where gradients are as tiny."
    )
    hyper_specs: ClassVar[tuple[HyperSpec, ...]] = (specs.learning_rate(1e-3), _BETA1, _BETA2, specs.epsilon(1e-8))
    early_epsilon: ClassVar[bool] = False

    def initial_state(self, theta: FloatArray) -> State:
        """Return averages of zeros at t = 0."""
        zeros = sealed(np.zeros(theta.size))
        return MappingProxyType({"m": zeros, "v": zeros, "t": sealed(np.array(0.0))})

    def update(self, step: Step, state: State) -> tuple[FloatArray, State]:
        """Return theta − η m̂ / (√v̂ + ε) and the next averages."""
        return _adam(step.theta, step, state, early_epsilon=self.early_epsilon)

    def quantities(self, step: Step, state: State) -> tuple[Quantity, ...]:
        """Return averages, bias corrections, each parameter's own rate, and what all this adds to the raw part."""
        hyper, rate = step.hyper, step.hyper["learning_rate"]
        grad, raw = gradient_and_raw(step.grad, rate)
        beta1, beta2 = hyper["beta1"], hyper["beta2"]
        t = float(state["t"]) + 1.0
        m = beta1 * state["m"] + (1.0 - beta1) * step.grad
        v = beta2 * state["v"] + (1.0 - beta2) * step.grad**2
        c1, c2 = 1.0 - beta1**t, 1.0 - beta2**t
        m_hat, v_hat = m / c1, v / c2
        late, early = r"\sqrt{<v_hat>} + <epsilon>", r"\sqrt{<v_hat>} + <epsilon> / \sqrt{<v_correction>}"
        effective = rate / (np.sqrt(v_hat) + hyper["epsilon"] / (sqrt(c2) if self.early_epsilon else 1.0))
        momentum = -rate * difference(m_hat, step.grad)
        rest = self._decayed(step)
        total = -effective * m_hat + sum((part.value for part in rest), np.zeros(m.size))
        return (
            quantity("theta", r"\theta_t", step.theta),
            grad,
            quantity("m_before", "m_{t-1}", state["m"]),
            quantity("v_before", "v_{t-1}", state["v"]),
            quantity("t", "t", t),
            quantity("m", "m_t", m, r"<beta1>\,<m_before> + (1 - <beta1>)\,<gradient>"),
            quantity("v", "v_t", v, r"<beta2>\,<v_before> + (1 - <beta2>)\,<gradient>^2"),
            quantity("m_correction", "c_1", c1, "1 - <beta1>^{<t>}"),
            quantity("v_correction", "c_2", c2, "1 - <beta2>^{<t>}"),
            quantity("m_hat", r"\hat{m}", m_hat, r"\frac{<m>}{<m_correction>}"),
            quantity("v_hat", r"\hat{v}", v_hat, r"\frac{<v>}{<v_correction>}"),
            quantity(
                "effective_rate",
                r"\eta_\mathrm{eff}",
                effective,
                rf"\frac{{<learning_rate>}}{{{early if self.early_epsilon else late}}}",
            ),
            raw,
            quantity(
                "momentum_part",
                r"\Delta_\mathrm{momentum}",
                momentum,
                r"{-}<learning_rate>\,(<m_hat> - <gradient>)",
                part=True,
            ),
            rescaling(rate, effective, m_hat, "m_hat"),
            *rest,
            whole_step(total, " + ".join(["<raw>", "<momentum_part>", "<rescaling>", *(f"<{p.name}>" for p in rest)])),
        )

    def _decayed(self, step: Step) -> tuple[Quantity, ...]:
        """Return the part that does not come from the gradient, if there is one."""
        return ()


class KerasAdam(Adam):
    """ε is added before the bias correction of v. Source: ``keras.optimizers.Adam``."""

    formula = _AVERAGES + "θ ← θ − η √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)"
    semantics = ("keras",)
    hyper_specs = (specs.learning_rate(1e-3), _BETA1, _BETA2, specs.epsilon(1e-7))
    early_epsilon = True


def _weight_decay(default: float) -> HyperSpec:
    return HyperSpec(
        "weight_decay",
        "λ",
        default,
        "How fast all parameters shrink towards zero: times the learning rate, the share lost at each step.",
    )


class AdamW(Adam):
    """Adam after the parameters have shrunk by the factor 1 − η λ, apart from the gradient.

    Source: Loshchilov and Hutter 2019; ``torch.optim.AdamW``.
    """

    name = "adamw"
    title = "AdamW"
    formula = "θ ← (1 − η λ) θ,  then as Adam:  " + Adam.formula
    semantics: ClassVar[tuple[Semantics, ...]] = ("pytorch",)
    libraries = (
        "The weight decay λ is 0.01 in PyTorch, 0.004 in Keras and 0.0001 in optax unless you choose one. Keras also "
        "adds its ε = 1e-7 before the bias correction of v, the others add 1e-8 after it."
    )
    hyper_specs = (*Adam.hyper_specs, _weight_decay(0.01))

    def update(self, step: Step, state: State) -> tuple[FloatArray, State]:
        """Return (1 − η λ) theta − η m̂ / (√v̂ + ε) and the next averages."""
        kept = 1.0 - step.hyper["learning_rate"] * step.hyper["weight_decay"]
        return _adam(kept * step.theta, step, state, early_epsilon=self.early_epsilon)

    def _decayed(self, step: Step) -> tuple[Quantity, ...]:
        lost = step.hyper["learning_rate"] * step.hyper["weight_decay"] * step.theta
        formula = r"{-}<learning_rate>\,<weight_decay>\,<theta>"
        return (quantity("decay_part", r"\Delta_\mathrm{decay}", -lost, formula, part=True),)


class OptaxAdamW(AdamW):
    """The decay is added to what the learning rate multiplies, which is the same. Source: ``optax.adamw``."""

    semantics = ("optax",)
    hyper_specs = (*Adam.hyper_specs, _weight_decay(1e-4))


class KerasAdamW(AdamW):
    """ε is added before the bias correction of v. Source: ``keras.optimizers.AdamW``."""

    formula = "θ ← (1 − η λ) θ,  then as Adam:  " + KerasAdam.formula
    semantics = ("keras",)
    hyper_specs = (*KerasAdam.hyper_specs, _weight_decay(0.004))
    early_epsilon = True


def _adam(theta: FloatArray, step: Step, state: State, *, early_epsilon: bool) -> tuple[FloatArray, State]:
    """Return Adam's update of ``theta`` (P,), which is not ``step.theta`` if that has decayed first."""
    hyper, grad = step.hyper, step.grad
    beta1, beta2 = hyper["beta1"], hyper["beta2"]
    t = float(state["t"]) + 1.0
    m = beta1 * state["m"]
    m += (1.0 - beta1) * grad
    square = (1.0 - beta2) * grad
    square *= grad
    v = beta2 * state["v"]
    v += square
    # The corrections go into the scalars: η m̂ / (√v̂ + ε) without two more passes over the parameters.
    rate = hyper["learning_rate"] / (1.0 - beta1**t)
    root = np.sqrt(v)
    if early_epsilon:
        root += hyper["epsilon"]
    root /= sqrt(1.0 - beta2**t)
    if not early_epsilon:
        root += hyper["epsilon"]
    move = rate * m
    move /= root
    return sealed(theta - move), MappingProxyType({"m": sealed(m), "v": sealed(v), "t": sealed(np.array(t))})
