"""A landscape by loss-landscape-anim's grid.

Its package can't be imported as a whole where the torchvision that fits torch is missing, so that the two modules
which make the grid are loaded by themselves.
"""

import importlib.util
import tempfile
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import numpy as np
import torch

from bench.peers.serve import Array, Arrays, Options, Prepared, serve
from bench.peers.torch_net import examples, net


def module_of_package(name: str) -> Any:
    """Return one module of the package, without the package's own imports."""
    path = Path(str(distribution("loss-landscape-anim").locate_file(f"loss_landscape_anim/{name}.py")))
    spec = importlib.util.spec_from_file_location(f"anim_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def plane(arrays: Arrays, options: Options) -> Prepared:
    """Compute its grid along given directions around the last point of a path."""
    anim, grid_module = module_of_package("model"), module_of_package("loss_landscape")
    X, y = examples(arrays, torch.float32)
    grid, theta = options["grid"], arrays["theta"]
    inner = net(options["model"], X.shape[1], options["k"], theta, torch.float32)

    class Net(anim.GenericModel):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__("sgd", 0.1)
            self.inner = inner
            self.loss_fn = torch.nn.functional.mse_loss

        def forward(self, features: Any) -> Any:
            return self.inner(features)

    model = Net()
    u, v = (arrays[name] / np.linalg.norm(arrays[name]) for name in ("u", "v"))
    # A path whose length makes the step that the problem asks for.
    alpha = float(np.linalg.norm(arrays["u"])) * 2.0 / grid
    res = grid // 2
    length = alpha * res / (1.0 + grid_module.MARGIN)
    path = torch.tensor(np.stack((theta - length * u, theta)))
    path_2d = np.array([[-length, 0.0], [0.0, 0.0]])
    place = Path(tempfile.gettempdir()) / "unused"

    def work() -> Array:
        made = grid_module.LossGrid(
            path, model, (X, y), path_2d, (torch.tensor(u), torch.tensor(v)), res, True, False, False, str(place)
        )
        return np.asarray(made.loss_values_2d)

    replaces = {
        "origin": theta,
        "u": u,
        "v": v,
        "x_range": np.array([-res * alpha, (res - 1) * alpha]),
        "y_range": np.array([-res * alpha, (res - 1) * alpha]),
    }
    notes = (
        "the peer computes in float32",
        "installed without its own dependencies, which no longer fit torch; its grid's modules are loaded alone",
    )
    return Prepared(
        work, lambda loss: {"index": np.arange(grid * grid), "loss": loss.ravel()}, replaces=replaces, notes=notes
    )


if __name__ == "__main__":
    serve({"plane": plane}, ("torch", "loss-landscape-anim"))
