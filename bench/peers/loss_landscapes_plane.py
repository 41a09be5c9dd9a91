"""A landscape by loss-landscapes' random_plane."""

import loss_landscapes
import numpy as np
import torch
from loss_landscapes.metrics import Loss
from loss_landscapes.model_interface.model_parameters import orthogonal_to, rand_u_like
from loss_landscapes.model_interface.model_wrapper import wrap_model

from bench.peers.serve import Array, Arrays, Options, Prepared, serve
from bench.peers.torch_net import examples, net

SEED = 0


def flat(direction: object) -> Array:
    """Return a direction as one vector."""
    parameters = direction.parameters  # type: ignore[attr-defined]
    return np.concatenate([part.detach().numpy().ravel() for part in parameters])


def plane(arrays: Arrays, options: Options) -> Prepared:
    """Let it draw its plane; the other side takes the same directions."""
    X, y = examples(arrays)
    n, k, grid = X.shape[1], options["k"], options["grid"]
    module = net(options["model"], n, k, arrays["theta"])
    metric = Loss(torch.nn.functional.mse_loss, X, y)

    def work() -> Array:
        torch.manual_seed(SEED)
        return np.asarray(
            loss_landscapes.random_plane(module, metric, 1, grid, normalization="model", deepcopy_model=True)
        )

    # The directions that the same seed gives, from the library's own functions.
    start = wrap_model(net(options["model"], n, k, arrays["theta"])).get_module_parameters()
    torch.manual_seed(SEED)  # only now: making a net draws numbers, too
    one = rand_u_like(start)
    two = orthogonal_to(one)
    for direction in (one, two):
        direction.model_normalize_(start)
        direction.mul_((start.model_norm() / grid) / direction.model_norm())
    u, v = flat(one), flat(two)
    # Losses [i, j] belong to start + (i - grid/2) u + (j + 1 - grid/2) v in even rows i; the odd rows are shifted by
    # one cell, which is the library's own doing: there j takes the place of j + 1.
    even = np.arange(0, grid, 2)
    replaces = {
        "origin": arrays["theta"] - grid / 2 * (u + v),
        "u": v,
        "v": u,
        "x_range": np.array([1.0, float(grid)]),
        "y_range": np.array([0.0, grid - 1.0]),
    }

    def result(losses: Array) -> Arrays:
        index = (even[:, np.newaxis] * grid + np.arange(grid)).ravel()
        odd = np.arange(1, grid, 2)
        shifted = (odd[:, np.newaxis] * grid + np.arange(grid - 1)).ravel()
        return {
            "index": np.concatenate((index, shifted)),
            "loss": np.concatenate((losses[even].ravel(), losses[1::2, 1:].ravel())),
        }

    notes = ("the peer shifts every other row by one cell; the comparison follows it",)
    return Prepared(work, result, replaces=replaces, notes=notes)


if __name__ == "__main__":
    serve({"plane": plane}, ("torch", "loss-landscapes"))
