"""Which way a landscape is computed: the one place where plane and model decide."""

import numpy as np

from landscape_app.core.dataset import Dataset
from landscape_app.core.factor import CentredFactor
from landscape_app.core.landscape.direct import DirectSums
from landscape_app.core.landscape.interpolated import Interpolated
from landscape_app.core.landscape.linear_form import RowParabolas, SumOfSquares
from landscape_app.core.landscape.method import Method
from landscape_app.core.landscape.output_weights import OutputWeights
from landscape_app.core.landscape.plane import Plane, Range
from landscape_app.core.landscape.sigmoid_plane import SigmoidPlane
from landscape_app.core.landscape.two_units import TwoUnits
from landscape_app.core.landscape.unit_and_output import UnitAndOutput
from landscape_app.core.models import (
    Model,
    MultivariateRegression,
    TwoLayerLinear,
    TwoLayerSigmoid,
    UnivariateRegression,
)

#: Operations (about a nanosecond each) up to which planes of a single hidden unit are evaluated node by node.
ONE_UNIT = 2e9


def method_for(
    model: Model, data: Dataset, plane: Plane, x_range: Range, y_range: Range, factor: CentredFactor | None = None
) -> Method:
    """Return the fastest method that is exact, or whose error is known, for this model on this plane.

    ``factor`` is the data's, where it is known already; a linear model without it has it made here.
    """
    x_mid, y_mid = middle(x_range), middle(y_range)
    if isinstance(model, UnivariateRegression | MultivariateRegression):
        return SumOfSquares(factor or CentredFactor.of(data.X, data.y), plane, x_mid, y_mid)
    if isinstance(model, TwoLayerLinear):
        return RowParabolas(model, factor or CentredFactor.of(data.X, data.y), plane, x_mid, y_mid)
    if isinstance(model, TwoLayerSigmoid):
        return sigmoid_method(model, data, plane, x_mid, y_mid)
    return DirectSums(model, data, plane)


def sigmoid_method(model: TwoLayerSigmoid, data: Dataset, plane: Plane, x_mid: float, y_mid: float) -> Method:
    """Return the method for the sigmoid network, by what changes along x and along y."""
    parts = SigmoidPlane.of(model, plane, x_mid, y_mid)
    of_x, of_y = parts.hidden(1), parts.hidden(2)
    if not of_x.size and not of_y.size:
        return OutputWeights(data, parts)
    if not of_y.size:
        return UnitAndOutput(data, parts, hidden_is_x=True)
    if not of_x.size:
        return UnitAndOutput(data, parts, hidden_is_x=False)
    if not np.intersect1d(of_x, of_y).size and not parts.output(1) and not parts.output(2):
        return TwoUnits(data, parts)
    if len(parts.touched) == 1:  # two weights of one unit: exact wherever that takes no more than seconds
        return Interpolated(model, data, plane, x_mid, y_mid, direct_below=ONE_UNIT)
    return Interpolated(model, data, plane, x_mid, y_mid)


def middle(limits: Range) -> float:
    """Return the middle of a range, also of one whose ends add up to more than a double holds."""
    return 0.5 * limits[0] + 0.5 * limits[1]
