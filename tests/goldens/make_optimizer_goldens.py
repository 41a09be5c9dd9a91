"""Let PyTorch take 1,000 steps with each gradient rule on each model, and write down what it did.

The tests need the files that this script wrote, not PyTorch. To make them anew, in an environment with
torch 2.13.0 (CPU) and numpy, from the top of the repository:

    python -m tests.goldens.make_optimizer_goldens

It writes one file a rule beside itself, ``optimizer-<rule>.npz``, which says in ``torch_version`` what made
it. A file holds, all float64 unless said otherwise:

``hyper/<name>`` (1000,)
    the hyperparameter in force at each step; most change several times in mid-run
``<model>/X`` (n, m), ``<model>/y`` (1, m), ``<model>/hidden`` (an integer, 0 if there is no hidden layer)
``<model>/order`` (epochs, m), integers
    the order of the examples in each epoch; batches of 5 of them, the last one with the remaining 2
``<model>/theta`` (1001, P), ``<model>/grad`` (1000, P)
    the parameters before each step and after the last one, in the order of the model's flat vector, and the
    gradient of each step's batch
``<model>/state/<name>`` (1001, P), or (1001,) for the counter t
    the rule's state likewise; rows of NaN where it does not exist yet

The models are written here once more, with autograd and apart from the package, so that a mistake in the
package's equations can't hide. Only the batch order comes from the package.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found,unused-ignore]

from landscape_app.core.rng import batch_order

STEPS, EXAMPLES, BATCH, SEED = 1_000, 17, 5, 230
FOLDER = Path(__file__).parent

#: name: (features, hidden units)
MODELS = {
    "univariate": (1, 0),
    "multivariate": (2, 0),
    "two-layer-linear": (2, 2),
    "two-layer-sigmoid": (2, 2),
}

#: The hyperparameters at the first step, and (step, name, value) for each change. Momentum starts at 0 for
#: three steps, so that the buffer comes into being late, and returns to 0 for a while, when it must stand still.
SCHEDULES: dict[str, tuple[dict[str, float], list[tuple[int, str, float]]]] = {
    "gradient-descent": (
        {"learning_rate": 0.05},
        [(150, "learning_rate", 0.02), (400, "learning_rate", 0.0), (405, "learning_rate", 0.08)],
    ),
    "momentum": (
        {"learning_rate": 0.01, "momentum": 0.0, "dampening": 0.3},
        [
            (3, "momentum", 0.9),
            (150, "learning_rate", 0.005),
            (300, "dampening", 0.0),
            (420, "momentum", 0.0),
            (430, "momentum", 0.5),
            (600, "learning_rate", 0.02),
            (750, "dampening", 1.0),
            (755, "dampening", 0.1),
        ],
    ),
    "nesterov": (
        {"learning_rate": 0.01, "momentum": 0.9},
        [
            (150, "learning_rate", 0.005),
            (420, "momentum", 0.0),
            (430, "momentum", 0.5),
            (600, "learning_rate", 0.02),
            (800, "momentum", 0.8),
        ],
    ),
    "adagrad": (
        {"learning_rate": 0.1, "epsilon": 1e-10},
        [(150, "learning_rate", 0.5), (400, "epsilon", 0.01), (700, "epsilon", 0.0), (800, "learning_rate", 0.05)],
    ),
    "rmsprop": (
        {"learning_rate": 0.01, "alpha": 0.99, "epsilon": 1e-8},
        [
            (150, "alpha", 0.9),
            (300, "learning_rate", 0.001),
            (450, "epsilon", 0.01),
            (600, "alpha", 0.0),
            (610, "alpha", 0.999),
            (700, "epsilon", 0.0),
            (800, "learning_rate", 0.02),
        ],
    ),
    "adam": (
        {"learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
        [
            (5, "beta1", 0.5),
            (10, "beta2", 0.9),
            (150, "beta1", 0.95),
            (300, "learning_rate", 0.05),
            (400, "beta2", 0.9999),
            (500, "epsilon", 0.01),
            (600, "beta1", 0.0),
            (610, "beta1", 0.8),
            (700, "epsilon", 0.0),
            (800, "beta2", 0.0),
            (810, "beta2", 0.99),
        ],
    ),
    "adamw": (
        {"learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0.01},
        [
            (5, "beta2", 0.9),
            (150, "weight_decay", 1.0),
            (300, "learning_rate", 0.05),
            (400, "beta1", 0.7),
            (500, "weight_decay", 0.0),
            (600, "epsilon", 1e-4),
            (700, "weight_decay", 0.1),
            (800, "beta2", 0.999),
        ],
    ),
}

#: What PyTorch calls the arrays of each rule's state, by our names for them.
STATES = {
    "gradient-descent": {},
    "momentum": {"v": "momentum_buffer"},
    "nesterov": {"v": "momentum_buffer"},
    "adagrad": {"s": "sum"},
    "rmsprop": {"v": "square_avg"},
    "adam": {"m": "exp_avg", "v": "exp_avg_sq", "t": "step"},
    "adamw": {"m": "exp_avg", "v": "exp_avg_sq", "t": "step"},
}


def predictor(name: str, n: int, k: int) -> tuple[int, Callable[[Any, Any], Any]]:
    """Return the number of parameters, and yhat (1, m) as a function of flat theta and X (n, m)."""
    if name == "univariate":
        return 2, lambda theta, X: theta[0] * X + theta[1]
    if name == "multivariate":
        return n + 1, lambda theta, X: theta[:n].reshape(1, n) @ X + theta[n]
    activation = torch.sigmoid if name == "two-layer-sigmoid" else (lambda Z: Z)

    def network(theta: Any, X: Any) -> Any:
        W1, b1, w2, b2 = torch.split(theta, [k * n, k, k, 1])
        Z = W1.reshape(k, n) @ X + b1.reshape(k, 1)
        return w2.reshape(1, k) @ activation(Z) + b2

    return k * n + 2 * k + 1, network


def optimizer(rule: str, theta: Any, hyper: dict[str, float]) -> Any:
    """Return PyTorch's optimizer for ``rule``; hyperparameters are set again before every step."""
    if rule in {"gradient-descent", "momentum"}:
        return torch.optim.SGD([theta])
    if rule == "nesterov":
        return torch.optim.SGD([theta], momentum=hyper["momentum"], nesterov=True)
    kinds = {"adagrad": "Adagrad", "rmsprop": "RMSprop", "adam": "Adam", "adamw": "AdamW"}
    return getattr(torch.optim, kinds[rule])([theta])


def set_hyper(group: dict[str, Any], hyper: dict[str, float]) -> None:
    """Put our hyperparameters into PyTorch's parameter group, under its names."""
    names = {"learning_rate": "lr", "epsilon": "eps"}
    for name, value in hyper.items():
        if not name.startswith("beta"):
            assert names.get(name, name) in group, name
            group[names.get(name, name)] = value
    if "beta1" in hyper:
        group["betas"] = (hyper["beta1"], hyper["beta2"])


def made_data(name: str, n: int) -> tuple[Any, Any]:
    """Return features (n, m) and a target (1, m) that is not quite linear, so that no run comes to rest."""
    rng = np.random.default_rng((SEED, list(MODELS).index(name)))
    X = rng.normal(size=(n, EXAMPLES))
    y = X.sum(axis=0, keepdims=True) + 0.5 * np.sin(3.0 * X[:1]) + rng.normal(scale=0.3, size=(1, EXAMPLES)) + 1.0
    return X, y


def run(rule: str, model: str) -> dict[str, Any]:
    """Take all steps with ``rule`` on ``model``; return the arrays of the golden."""
    n, k = MODELS[model]
    X, y = made_data(model, n)
    size, predict = predictor(model, n, k)
    start = np.random.default_rng((SEED, 99, size)).normal(scale=0.7, size=size)
    theta = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    hyper, changes = dict(SCHEDULES[rule][0]), SCHEDULES[rule][1]
    torch_rule = optimizer(rule, theta, hyper)
    per_epoch = -(-EXAMPLES // BATCH)
    order = np.array([batch_order(SEED, epoch, EXAMPLES) for epoch in range(-(-STEPS // per_epoch))])

    thetas, grads, hypers = [start], [], []
    states: dict[str, list[Any]] = {ours: [] for ours in STATES[rule]}

    def write_state() -> None:
        for ours, theirs in STATES[rule].items():
            # Before its first step PyTorch has no state. Its averages and sums then start at 0, its momentum
            # buffer does not start at all.
            absent = np.full(size, np.nan) if theirs == "momentum_buffer" else np.zeros(() if ours == "t" else size)
            value = torch_rule.state[theta].get(theirs)
            states[ours].append(absent if value is None else value.detach().numpy().astype(np.float64))

    write_state()
    for step in range(STEPS):
        hyper.update({name: value for at, name, value in changes if at == step})
        set_hyper(torch_rule.param_groups[0], hyper)
        epoch, batch = divmod(step, per_epoch)
        picked = order[epoch, batch * BATCH : (batch + 1) * BATCH]
        torch_rule.zero_grad()
        residual = predict(theta, torch.tensor(X[:, picked])) - torch.tensor(y[:, picked])
        (residual**2).mean().backward()
        torch_rule.step()
        hypers.append(dict(hyper))
        grads.append(theta.grad.numpy().copy())
        thetas.append(theta.detach().numpy().copy())
        write_state()

    arrays: dict[str, Any] = {f"hyper/{name}": np.array([h[name] for h in hypers]) for name in hyper}
    arrays |= {f"{model}/X": X, f"{model}/y": y, f"{model}/hidden": np.array(k)}
    arrays |= {f"{model}/order": order.astype(np.uint8)}
    arrays |= {f"{model}/theta": np.array(thetas), f"{model}/grad": np.array(grads)}
    arrays |= {f"{model}/state/{name}": np.array(values) for name, values in states.items()}
    assert all(np.isfinite(arrays[f"{model}/{name}"]).all() for name in ("theta", "grad")), (rule, model)
    return arrays


def main() -> None:
    """Write one file a rule."""
    torch.set_num_threads(1)
    for rule in SCHEDULES:
        arrays: dict[str, Any] = {"torch_version": np.array(str(torch.__version__))}
        for model in MODELS:
            arrays |= run(rule, model)
        np.savez_compressed(FOLDER / f"optimizer-{rule}.npz", **arrays)


if __name__ == "__main__":
    main()
