"""The problems: seeded numbers that both sides of a comparison are given."""

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def regression(name: str, n: int, m: int) -> dict[str, Array]:
    """Return features X (n, m) and a noisy target y (1, m) that depends on them smoothly."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    X = rng.standard_normal((n, m))
    w = rng.standard_normal(n) / np.sqrt(n)
    y = np.tanh(w @ X + 0.3) + 0.1 * rng.standard_normal(m)
    return {"X": X, "y": y[np.newaxis]}


def parameters(name: str, n: int, k: int) -> Array:
    """Return a start drawn by Xavier's rule: w, b for k = 0, else W1, b1, w2, b2 one after the other."""
    rng = np.random.default_rng(zlib.crc32(name.encode()) + 1)
    if k == 0:
        return np.append(rng.standard_normal(n) * np.sqrt(2.0 / (n + 1)), 0.1)
    W1 = rng.standard_normal(k * n) * np.sqrt(2.0 / (n + k))
    w2 = rng.standard_normal(k) * np.sqrt(2.0 / (k + 1))
    return np.concatenate((W1, 0.1 * rng.standard_normal(k), w2, [0.1]))


def axis_problem(name: str, n: int, k: int, m: int, axes: tuple[int, int], reach: float) -> dict[str, Array]:
    """Return a problem on the plane of two parameters, given by their places in the flat vector."""
    theta = parameters(name, n, k)
    origin, directions = theta.copy(), np.zeros((2, theta.size))
    origin[list(axes)] = 0.0
    directions[[0, 1], list(axes)] = 1.0
    middle = theta[list(axes)]
    return {
        **regression(name, n, m),
        "theta": theta,
        "origin": origin,
        "u": directions[0],
        "v": directions[1],
        "axes": np.array(axes),
        "x_range": middle[0] + np.array([-reach, reach]),
        "y_range": middle[1] + np.array([-reach, reach]),
    }


def plane_problem(name: str, n: int, k: int, m: int, reach: float = 1.0) -> dict[str, Array]:
    """Return a problem on a plane of two random directions, each as long as the start in every unit."""
    theta = parameters(name, n, k)
    rng = np.random.default_rng(zlib.crc32(name.encode()) + 2)
    u, v = rng.standard_normal((2, theta.size))
    rows = [np.append(np.arange(i * n, i * n + n), k * n + i) for i in range(k)]
    for part in [*rows, np.arange(k * n + k, theta.size)]:
        for direction in (u, v):
            direction[part] *= np.linalg.norm(theta[part]) / np.linalg.norm(direction[part])
    limits = np.array([-reach, reach])
    return {
        **regression(name, n, m),
        "theta": theta,
        "origin": theta,
        "u": u,
        "v": v,
        "x_range": limits,
        "y_range": limits,
    }


def steps_problem(name: str, n: int, k: int, m: int) -> dict[str, Array]:
    """Return a problem for steps from a start."""
    return {**regression(name, n, m), "theta": parameters(name, n, k)}


def bowl(grid: int) -> dict[str, Array]:
    """Return a landscape with several closed lines on a square, and 20 levels."""
    x = np.linspace(-2.0, 2.0, grid)
    a, b = np.meshgrid(x, x)
    loss = 0.05 + (a**2 + b - 1.1) ** 2 + (a + b**2 - 0.7) ** 2 + 0.3 * np.sin(3.0 * a) ** 2
    levels = np.geomspace(loss.min(), loss.max(), 22)[1:-1]
    return {"x": x, "y": x, "loss": loss, "levels": levels}


MAKERS: dict[str, Any] = {
    "axes": axis_problem,
    "plane": plane_problem,
    "steps": steps_problem,
    "bowl": bowl,
    "none": dict,
}
