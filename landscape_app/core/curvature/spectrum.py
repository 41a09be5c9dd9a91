"""The eigenvalues of the Hessian at a point: all of them, or both ends where there are too many."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.axes import taken_apart
from landscape_app.core.curvature.eigenpairs import FULL_SIZE
from landscape_app.core.curvature.full import full_hessian
from landscape_app.core.curvature.lanczos import lanczos_pairs
from landscape_app.core.curvature.products import hessian_products
from landscape_app.core.dataset import Dataset
from landscape_app.core.factor import CentredFactor
from landscape_app.core.linear_gradient import ThroughFactor
from landscape_app.core.models.base import Model

#: Of the largest eigenvalue: how exactly both ends are found where there are too many parameters for all.
ENDS = 1e-8


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Spectrum:
    """Eigenvalues ``values`` (e,) in ascending order with orthonormal ``vectors`` (e, size), a row for each.

    ``whole`` says that all are there; else they are the smallest and the largest. ``resolution`` is the size below
    which an eigenvalue can't be told from zero. There are none where the curvature is beyond what a double holds.
    """

    values: FloatArray
    vectors: FloatArray
    whole: bool
    resolution: float

    @property
    def scale(self) -> float:
        """The largest size of an eigenvalue, 0 where there is none."""
        return float(np.abs(self.values).max()) if self.values.size else 0.0

    @property
    def largest(self) -> float:
        """λmax; NaN where there is none."""
        return float(self.values[-1]) if self.values.size else float("nan")

    @property
    def steepest(self) -> FloatArray:
        """The eigenvector (size,) of the largest eigenvalue."""
        row: FloatArray = self.vectors[-1]
        return row


def linear_spectrum(factor: CentredFactor) -> Spectrum:
    """Return the spectrum of a regression, which is the same everywhere.

    The eigenvalues are those of (2/m) [X; 1] [X; 1]ᵀ. They come from the singular values of the factor, so that small
    ones keep their digits; those that are zero but for rounding are zero.
    """
    _, singular, right = taken_apart(factor, ThroughFactor(factor).image)
    values = 2.0 * singular**2
    return Spectrum(sealed(values[::-1].copy()), sealed(right[::-1].copy()), True, 0.0)


def spectrum_steps(model: Model, data: Dataset, theta: FloatArray) -> Iterator[Spectrum | None]:
    """Yield None after each slice of work, and at last the spectrum at ``theta`` (size,).

    Up to 200 parameters all eigenvalues of the whole Hessian; beyond, both ends by Lanczos' method.

    Raises
    ------
    ConfigError
        If nothing is known of the model's second derivatives.
    """
    try:
        if model.layout.size <= FULL_SIZE:
            for hessian in full_hessian(model, data, theta):
                yield None if hessian is None else _of_matrix(hessian)
            return
        found = lanczos_pairs(
            lambda vectors: hessian_products(model, data, theta, vectors),
            model.layout.size,
            lambda values: (0, len(values) - 1),
            tolerance=ENDS,
        )
        for pair in found:
            if pair is None:
                yield None
                continue
            order = np.argsort(pair.values)
            known = max(float(pair.residuals.max()), ENDS * float(np.abs(pair.values).max()))
            yield Spectrum(sealed(pair.values[order]), sealed(pair.vectors[order]), False, known)
    except FloatingPointError:
        yield Spectrum(sealed(np.empty(0)), sealed(np.empty((0, model.layout.size))), False, 0.0)


def _of_matrix(hessian: FloatArray) -> Spectrum:
    if not np.isfinite(hessian).all():
        raise FloatingPointError("the Hessian is not finite")
    values, columns = np.linalg.eigh(hessian)
    rounding = 8.0 * np.finfo(np.float64).eps * len(values) * float(np.abs(values).max())
    return Spectrum(sealed(values), sealed(np.ascontiguousarray(columns.T)), True, rounding)


def largest_eigenvalue_steps(model: Model, data: Dataset, theta: FloatArray) -> Iterator[float | None]:
    """Yield None after each slice of work, and at last λmax at ``theta`` (size,), to some five digits.

    NaN where the curvature is beyond what a double holds.
    """
    try:
        if model.layout.size <= FULL_SIZE:
            for hessian in full_hessian(model, data, theta):
                if hessian is None:
                    yield None
                elif np.isfinite(hessian).all():
                    yield float(np.linalg.eigvalsh(hessian)[-1])
                else:
                    yield float("nan")
            return
        found = lanczos_pairs(
            lambda vectors: hessian_products(model, data, theta, vectors),
            model.layout.size,
            lambda values: (len(values) - 1, len(values) - 2),
            tolerance=1e-3,
        )
        for pair in found:  # the eigenvalue is as good as the square of its residual
            yield None if pair is None else float(pair.values.max())
    except FloatingPointError:
        yield float("nan")
