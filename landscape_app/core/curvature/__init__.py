"""The second derivatives of the loss: products with the Hessian, the whole Hessian, its leading eigenvectors."""

from landscape_app.core.curvature.eigenpairs import Eigenpairs, curvature_eigenpairs
from landscape_app.core.curvature.full import full_hessian
from landscape_app.core.curvature.products import hessian_products

__all__ = ["Eigenpairs", "curvature_eigenpairs", "full_hessian", "hessian_products"]
