"""Full-batch steps by torch.optim, each recorded: loss, parameters and gradient."""

from typing import Any

import numpy as np
import torch

from bench.peers.serve import Arrays, Options, Prepared, serve
from bench.peers.torch_net import examples, net


def optimizer_for(name: str, parameters: Any, hyper: dict[str, float]) -> Any:
    """Return torch's rule of our name."""
    rate = hyper["learning_rate"]
    betas = (hyper.get("beta1", 0.9), hyper.get("beta2", 0.999))
    optim = torch.optim
    makers = {
        "gradient-descent": lambda: optim.SGD(parameters, lr=rate),
        "momentum": lambda: optim.SGD(parameters, lr=rate, momentum=hyper["momentum"], dampening=hyper["dampening"]),
        "nesterov": lambda: optim.SGD(parameters, lr=rate, momentum=hyper["momentum"], nesterov=True),
        "adagrad": lambda: optim.Adagrad(parameters, lr=rate, eps=hyper["epsilon"]),
        "rmsprop": lambda: optim.RMSprop(parameters, lr=rate, alpha=hyper["alpha"], eps=hyper["epsilon"]),
        "adam": lambda: optim.Adam(parameters, lr=rate, betas=betas, eps=hyper["epsilon"]),
        "adamw": lambda: optim.AdamW(
            parameters, lr=rate, betas=betas, eps=hyper["epsilon"], weight_decay=hyper["weight_decay"]
        ),
    }
    return makers[name]()


def steps(arrays: Arrays, options: Options) -> Prepared:
    """Train as the tutorials do, and keep what a record keeps."""
    X, y = examples(arrays)
    whole, count = options["steps"], options["points"] or options["steps"]

    def flat(tensors: Any) -> Any:
        return torch.cat([tensor.detach().reshape(-1) for tensor in tensors])

    def work() -> Any:
        module = net(options["model"], X.shape[1], options["k"], arrays["theta"])
        parameters = list(module.parameters())
        optimizer = optimizer_for(options["rule"], parameters, options["hyper"])
        loss_function = torch.nn.MSELoss()
        losses, thetas, grads = [], [], []
        for _ in range(count):
            optimizer.zero_grad()
            loss = loss_function(module(X), y)
            loss.backward()
            losses.append(loss.item())
            thetas.append(flat(parameters))
            grads.append(flat(parameter.grad for parameter in parameters))
            optimizer.step()
        return losses, torch.stack(thetas).numpy(), torch.stack(grads).numpy()

    def result(record: Any) -> Arrays:
        losses, thetas, _ = record
        return {"loss": np.array(losses), "theta": thetas}

    share = count / whole
    notes: tuple[str, ...] = (f"peer: {torch.get_num_threads()} threads; loss, parameters and gradient kept",)
    if share < 1.0:
        notes += (f"peer extrapolated from {count:,} of {whole:,} steps",)
    return Prepared(work, result, share, notes=notes)


if __name__ == "__main__":
    serve({"steps": steps}, ("torch",))
