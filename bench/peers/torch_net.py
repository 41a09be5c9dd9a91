"""The models as torch has them, with a flat vector's values."""

from typing import Any

import numpy as np
import torch

from bench.peers.serve import Array


def net(model: str, n: int, k: int, theta: Array, dtype: Any = torch.float64) -> Any:
    """Return a module whose parameters, in their order, hold ``theta``."""
    linear = torch.nn.Linear
    if model in ("univariate", "multivariate"):
        module = linear(n, 1)
    elif model == "two-layer-linear":
        module = torch.nn.Sequential(linear(n, k), linear(k, 1))
    else:
        module = torch.nn.Sequential(linear(n, k), torch.nn.Sigmoid(), linear(k, 1))
    module = module.to(dtype)
    torch.nn.utils.vector_to_parameters(torch.tensor(theta, dtype=dtype), module.parameters())
    return module


def examples(arrays: dict[str, Array], dtype: Any = torch.float64) -> tuple[Any, Any]:
    """Return the features (m, n) and the target (m, 1), each in one piece."""
    X, y = (torch.tensor(np.ascontiguousarray(arrays[name].T), dtype=dtype) for name in ("X", "y"))
    return X, y
