"""A linear landscape by the same algebra: the shortest numpy program that does it."""

import numpy as np

from bench.peers.serve import Array, Arrays, Options, Prepared, serve


def landscape(arrays: Arrays, options: Options) -> Prepared:
    """Centre, factor, and sum three squares on the lattice."""
    X, y, grid = arrays["X"], arrays["y"], options["grid"]
    n, m = X.shape
    columns = np.stack((arrays["u"], arrays["v"], arrays["origin"]), axis=1)  # (n + 1, 3)

    def work() -> Array:
        mean_x, mean_y = X.mean(1), y.mean()
        R = np.linalg.qr(np.vstack((X - mean_x[:, np.newaxis], np.ones((1, m)), y - mean_y)).T, mode="r")
        shifted = np.vstack((columns[:n], columns[n] + mean_x @ columns[:n] - [0.0, 0.0, mean_y], [0.0, 0.0, -1.0]))
        T = np.linalg.qr(R @ shifted, mode="r") / np.sqrt(m)
        a, b = np.linspace(*arrays["x_range"], grid), np.linspace(*arrays["y_range"], grid)[:, np.newaxis]
        loss: Array = (T[0, 0] * a + (T[0, 1] * b + T[0, 2])) ** 2 + ((T[1, 1] * b + T[1, 2]) ** 2 + T[2, 2] ** 2)
        return loss

    return Prepared(work, lambda loss: {"index": np.arange(grid * grid), "loss": loss.ravel()})


if __name__ == "__main__":
    serve({"landscape": landscape}, ("numpy",))
