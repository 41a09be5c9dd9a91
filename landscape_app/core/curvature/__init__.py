"""The second derivatives of the loss: products with the Hessian, the whole Hessian, its leading eigenvectors."""

from landscape_app.core.curvature.eigenpairs import Eigenpairs, curvature_eigenpairs
from landscape_app.core.curvature.full import full_hessian
from landscape_app.core.curvature.products import hessian_products
from landscape_app.core.curvature.spectrum import Spectrum, largest_eigenvalue_steps, linear_spectrum, spectrum_steps

__all__ = [
    "Eigenpairs",
    "Spectrum",
    "curvature_eigenpairs",
    "full_hessian",
    "hessian_products",
    "largest_eigenvalue_steps",
    "linear_spectrum",
    "spectrum_steps",
]
