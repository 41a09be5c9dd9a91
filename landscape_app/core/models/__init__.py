"""The section's four models. A new one is a file beside these and a line in ``MODELS``."""

from landscape_app.core.models.base import MAX_HIDDEN, Forward, Model
from landscape_app.core.models.multivariate import MultivariateRegression
from landscape_app.core.models.two_layer_linear import TwoLayerLinear
from landscape_app.core.models.two_layer_sigmoid import TwoLayerSigmoid
from landscape_app.core.models.univariate import UnivariateRegression

MODELS: dict[str, type[Model]] = {
    model.name: model for model in (UnivariateRegression, MultivariateRegression, TwoLayerLinear, TwoLayerSigmoid)
}

__all__ = [
    "MAX_HIDDEN",
    "MODELS",
    "Forward",
    "Model",
    "MultivariateRegression",
    "TwoLayerLinear",
    "TwoLayerSigmoid",
    "UnivariateRegression",
]
