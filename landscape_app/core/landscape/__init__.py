"""Which points of a plane to evaluate, in which order, and how to show the losses."""

from landscape_app.core.landscape.accuracy import Accuracy
from landscape_app.core.landscape.grid import Landscape, Range, evaluate_grid, grid_landscapes
from landscape_app.core.landscape.levels import LossScale, loss_scale
from landscape_app.core.landscape.plane import Plane, axis_plane, plane_through

__all__ = [
    "Accuracy",
    "Landscape",
    "LossScale",
    "Plane",
    "Range",
    "axis_plane",
    "evaluate_grid",
    "grid_landscapes",
    "loss_scale",
    "plane_through",
]
