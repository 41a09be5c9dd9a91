"""Which way a landscape is computed: the one place where plane and model decide."""

from landscape_app.core.dataset import Dataset
from landscape_app.core.factor import CentredFactor
from landscape_app.core.landscape.direct import DirectSums
from landscape_app.core.landscape.linear_form import RowParabolas, SumOfSquares
from landscape_app.core.landscape.method import Method
from landscape_app.core.landscape.plane import Plane, Range
from landscape_app.core.models import Model, MultivariateRegression, TwoLayerLinear, UnivariateRegression


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
    return DirectSums(model, data, plane)


def middle(limits: Range) -> float:
    """Return the middle of a range, also of one whose ends add up to more than a double holds."""
    return 0.5 * limits[0] + 0.5 * limits[1]
