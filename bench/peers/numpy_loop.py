"""A landscape by numpy, one point after the other."""

import numpy as np

from bench.peers.formulas import lattice, loss_function, sampled
from bench.peers.serve import Array, Arrays, Options, Prepared, serve


def landscape(arrays: Arrays, options: Options) -> Prepared:
    """Evaluate a sample of the lattice's points in a loop."""
    grid = options["grid"]
    loss = loss_function(options["model"], arrays["X"], arrays["y"], options["k"])
    index = sampled(grid, options["points"])
    x, y = lattice(arrays, grid)
    points = list(zip(x[index % grid].tolist(), y[index // grid].tolist(), strict=True))
    origin, u, v = arrays["origin"], arrays["u"], arrays["v"]

    def work() -> Array:
        losses = np.empty(len(points))
        for i, (a, b) in enumerate(points):
            losses[i] = loss(origin + a * u + b * v)
        return losses

    share = len(points) / grid**2
    notes = () if share == 1.0 else (f"peer extrapolated from {len(points):,} of {grid**2:,} points",)
    return Prepared(work, lambda losses: {"index": index, "loss": losses}, share, notes=notes)


if __name__ == "__main__":
    serve({"landscape": landscape}, ("numpy",))
