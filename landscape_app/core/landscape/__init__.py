"""Which points of a plane to evaluate, in which order, and how to show the losses."""

from landscape_app.core.landscape.accuracy import Accuracy
from landscape_app.core.landscape.grid import Landscape, evaluate_grid, grid_landscapes
from landscape_app.core.landscape.levels import LossScale, loss_scale
from landscape_app.core.landscape.plane import (
    DIRECTION_KINDS,
    Frame,
    Plane,
    PlaneKind,
    Range,
    axis_frame,
    axis_plane,
    plane_through,
)

__all__ = [
    "DIRECTION_KINDS",
    "Accuracy",
    "Frame",
    "Landscape",
    "LossScale",
    "Plane",
    "PlaneKind",
    "Range",
    "axis_frame",
    "axis_plane",
    "evaluate_grid",
    "grid_landscapes",
    "loss_scale",
    "plane_through",
]
