"""Let PyTorch's learning-rate schedulers run for 300 iterations, and write down their rates.

The tests need the file that this script wrote, not PyTorch. To make it anew, in an environment with torch 2.13.0
(CPU) and numpy, from the top of the repository:

    python -m tests.goldens.make_schedule_goldens

It writes ``schedules.json`` beside itself: what made it, and for each case our word for the schedule (as after
``--schedule``) and the learning rate of each step, from a base rate of 0.08. Warm-up is ``LinearLR`` before the other
schedule in ``SequentialLR``. PyTorch computes most rates from the one before, so that they drift by some rounding.
"""

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch  # type: ignore[import-not-found,unused-ignore]
from torch.optim import lr_scheduler as made  # type: ignore[import-not-found,unused-ignore]

STEPS, BASE = 300, 0.08


def cosine_then_still(optimizer: Any, steps: int, share: float) -> Any:
    """Return half a wave, and its end from then on: PyTorch's own would rise again."""
    wave = made.CosineAnnealingLR(optimizer, T_max=steps, eta_min=share * BASE)
    still = made.LambdaLR(optimizer, lambda _i: share)
    return made.SequentialLR(optimizer, [wave, still], milestones=[steps])


CASES: dict[str, Callable[[Any], Any]] = {
    "constant": lambda o: made.ConstantLR(o, factor=1.0),
    "step:every=30,factor=0.4": lambda o: made.StepLR(o, step_size=30, gamma=0.4),
    "step:every=1,factor=0.97": lambda o: made.StepLR(o, step_size=1, gamma=0.97),
    "exponential:factor=0.98": lambda o: made.ExponentialLR(o, gamma=0.98),
    "inverse:half=25": lambda o: made.LambdaLR(o, lambda i: 1.0 / (1.0 + i / 25)),
    "cosine:steps=200,final=0.01": lambda o: cosine_then_still(o, 200, 0.01),
    "cosine:steps=300,final=0": lambda o: made.CosineAnnealingLR(o, T_max=300),
}


def warmed(optimizer: Any, warmup: int, following: Callable[[Any], Any]) -> Any:
    """Return a linear rise for ``warmup`` iterations before another schedule."""
    rise = made.LinearLR(optimizer, start_factor=1.0 / (warmup + 1), total_iters=warmup)
    return made.SequentialLR(optimizer, [rise, following(optimizer)], milestones=[warmup])


CASES |= {
    "constant:warmup=20": lambda o: made.LinearLR(o, start_factor=1.0 / 21, total_iters=20),
    "step:every=50,factor=0.5,warmup=7": lambda o: warmed(o, 7, lambda p: made.StepLR(p, step_size=50, gamma=0.5)),
    "exponential:factor=0.99,warmup=40": lambda o: warmed(o, 40, lambda p: made.ExponentialLR(p, gamma=0.99)),
    "cosine:steps=260,final=0.1,warmup=10": lambda o: warmed(
        o, 10, lambda p: made.CosineAnnealingLR(p, T_max=260, eta_min=0.1 * BASE)
    ),
}


def rates(make: Callable[[Any], Any], steps: int) -> list[float]:
    """Return the rate of each step."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=BASE)
    scheduler = make(optimizer)
    found = []
    for _ in range(steps):
        found.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step()
    return found


def main() -> None:
    """Write the file."""
    warnings.simplefilter("ignore")
    # This one turns around after its end; ours stays there.
    lengths = {"cosine:steps=260,final=0.1,warmup=10": 270}
    runs = {name: rates(make, lengths.get(name, STEPS)) for name, make in CASES.items()}
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(found)}" for name, found in runs.items())
    head = f'"made_with": "torch {torch.__version__}", "base": {BASE}'
    text = f'{{{head}, "rates": {{\n{lines}\n}}}}\n'
    Path(__file__).with_name("schedules.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
