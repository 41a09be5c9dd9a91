"""The hyperparameters that several rules have in common."""

from landscape_app.core.optimizers.base import HyperSpec


def learning_rate(default: float) -> HyperSpec:
    """Return the learning rate η ≥ 0; its unit is that of theta² per unit of loss for plain descent."""
    return HyperSpec("learning_rate", "η", default, "How far one step goes: the update is multiplied by it.")


def momentum(default: float) -> HyperSpec:
    """Return the momentum μ in [0, 1)."""
    return HyperSpec(
        "momentum",
        "μ",
        default,
        "The share of the last step's velocity that is kept; at 0 the rule is plain gradient descent.",
        high=1.0,
        open_high=True,
    )


def decay(name: str, symbol: str, default: float, meaning: str) -> HyperSpec:
    """Return the decay in [0, 1) of a running average."""
    return HyperSpec(name, symbol, default, meaning, high=1.0, open_high=True)


def epsilon(default: float) -> HyperSpec:
    """Return the small number ε ≥ 0 that is added to a denominator."""
    return HyperSpec(
        "epsilon",
        "ε",
        default,
        "A small number added to the denominator, so that a gradient of zero is not divided by zero.",
    )
