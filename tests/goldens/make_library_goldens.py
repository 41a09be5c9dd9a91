"""Let Keras or optax take 400 steps with each of their rules, and write down what they did.

The tests need the files that this script wrote, not the libraries. To make them anew, from the top of the repository,
in an environment with numpy, jax 0.10.2, optax 0.2.8 and Keras 3.15.1 (computing with jax):

    python -m tests.goldens.make_library_goldens optax
    python -m tests.goldens.make_library_goldens keras

It writes ``<library>-<rule>.npz`` beside itself, which says in ``versions`` what made it. A file holds in float64:

``hyper/<name>`` (400,)
    the hyperparameter in force at each step; most change several times in mid-run, the learning rate always
``theta`` (401, 8), ``grad`` (400, 8)
    the parameters before each step and after the last one, and the gradient that the step was given
``state/<name>`` (401, 8), or (401,) for the counter t
    the library's state likewise

The gradients are those of a noisy bowl whose steepness differs from parameter to parameter by 11 powers of ten, so
that it shows where an epsilon is added; one gradient is always zero.
"""

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

STEPS = 400
FOLDER = Path(__file__).parent
STEEPNESS = np.array([1.0, 0.3, 2.5, 0.7, 1e-9, 1e-4, 0.0, 1e2])
START = np.array([0.9, -1.4, 0.2, 2.1, 0.6, -0.8, 1.1, -0.3])

Changes = list[tuple[int, str, float]]
#: The hyperparameters at the first step, and (step, name, value) for each change.
SCHEDULES: dict[str, tuple[dict[str, float], Changes]] = {
    "gradient-descent": ({"learning_rate": 1e-3}, [(80, "learning_rate", 5e-3), (200, "learning_rate", 0.0)]),
    "momentum": (
        {"learning_rate": 1e-3, "momentum": 0.9},
        [
            (60, "learning_rate", 4e-3),
            (150, "momentum", 0.0),
            (155, "momentum", 0.5),
            (250, "learning_rate", 1e-4),
            (320, "momentum", 0.95),
        ],
    ),
    "adagrad": (
        {"learning_rate": 0.1, "epsilon": 1e-7},
        [(80, "learning_rate", 0.5), (160, "epsilon", 0.01), (240, "epsilon", 1e-12), (320, "learning_rate", 0.05)],
    ),
    "rmsprop": (
        {"learning_rate": 0.01, "alpha": 0.9, "epsilon": 1e-7},
        [
            (50, "alpha", 0.99),
            (100, "learning_rate", 0.001),
            (160, "epsilon", 0.01),
            (220, "alpha", 0.0),
            (225, "alpha", 0.8),
            (280, "epsilon", 1e-12),
            (320, "learning_rate", 0.02),
        ],
    ),
    "adam": (
        {"learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7},
        [
            (5, "beta1", 0.5),
            (10, "beta2", 0.9),
            (50, "beta1", 0.95),
            (100, "learning_rate", 0.05),
            (150, "beta2", 0.9999),
            (200, "epsilon", 0.01),
            (240, "beta1", 0.0),
            (245, "beta1", 0.8),
            (300, "epsilon", 1e-12),
            (340, "beta2", 0.99),
        ],
    ),
}
SCHEDULES["nesterov"] = SCHEDULES["momentum"]
SCHEDULES["adamw"] = (
    SCHEDULES["adam"][0] | {"weight_decay": 0.01},
    [*SCHEDULES["adam"][1], (60, "weight_decay", 1.0), (180, "weight_decay", 0.0), (260, "weight_decay", 0.3)],
)


def gradient(theta: Any, step: int) -> Any:
    """Return the gradient (8,) of a noisy bowl at ``theta``."""
    noise = np.random.default_rng((7, step)).normal(scale=0.3, size=theta.size)
    return STEEPNESS * (theta - 1.0 + noise)


class Optax:
    """Optax's rule, with hyperparameters that can change."""

    NAMES = {
        "momentum": {},
        "nesterov": {},
        "gradient-descent": {},
        "adagrad": {"epsilon": "eps"},
        "rmsprop": {"alpha": "decay", "epsilon": "eps"},
        "adam": {"beta1": "b1", "beta2": "b2", "epsilon": "eps"},
        "adamw": {"beta1": "b1", "beta2": "b2", "epsilon": "eps"},
    }

    def __init__(self, rule: str, hyper: dict[str, float]) -> None:
        import jax  # type: ignore[import-not-found,unused-ignore]
        import optax  # type: ignore[import-not-found,unused-ignore]

        jax.config.update("jax_enable_x64", True)
        self._np, self._optax, self._names = jax.numpy, optax, self.NAMES[rule]
        kinds = {"gradient-descent": "sgd", "momentum": "sgd", "nesterov": "sgd"}
        own = {self._names.get(name, name): value for name, value in hyper.items()}
        nesterov = {"nesterov": True} if rule == "nesterov" else {}
        made = optax.inject_hyperparams(getattr(optax, kinds.get(rule, rule)), static_args=tuple(nesterov))
        self._rule = made(**own, **nesterov)
        self.theta = jax.numpy.array(START)
        self._state = self._rule.init(self.theta)
        self.versions = f"optax {optax.__version__}, jax {jax.__version__}"

    def step(self, grad: Any, hyper: dict[str, float]) -> None:
        """Take one step."""
        for name, value in hyper.items():
            own = self._names.get(name, name)
            assert own in self._state.hyperparams, own
            self._state.hyperparams[own] = self._np.asarray(value, dtype="float64")
        updates, self._state = self._rule.update(self._np.array(grad), self._state, self.theta)
        self.theta = self._optax.apply_updates(self.theta, updates)

    def state(self) -> dict[str, Any]:
        """Return the rule's own state by our names."""
        kept: dict[str, Any] = {}
        ours = {"trace": "v", "sum_of_squares": "s", "mu": "m", "nu": "v", "count": "t"}
        for part in self._state.inner_state:
            for name in getattr(part, "_fields", ()):
                if name in ours and (name != "count" or hasattr(part, "mu")):
                    kept[ours[name]] = np.array(getattr(part, name), dtype=np.float64)
        return kept


class Keras:
    """Keras' rule, with hyperparameters that can change."""

    NAMES = {"alpha": "rho", "beta1": "beta_1", "beta2": "beta_2"}
    STATES = {
        "gradient-descent": {},
        "momentum": {"v": "momentums"},
        "nesterov": {"v": "momentums"},
        "adagrad": {"s": "_accumulators"},
        "rmsprop": {"v": "_velocities"},
        "adam": {"m": "_momentums", "v": "_velocities"},
        "adamw": {"m": "_momentums", "v": "_velocities"},
    }

    def __init__(self, rule: str, hyper: dict[str, float]) -> None:
        os.environ["KERAS_BACKEND"], os.environ["JAX_ENABLE_X64"] = "jax", "1"  # its numpy backend rounds to float32
        import keras  # type: ignore[import-not-found,unused-ignore]

        keras.config.set_floatx("float64")
        kinds = {"adagrad": "Adagrad", "rmsprop": "RMSprop", "adam": "Adam", "adamw": "AdamW"}
        own = {self.NAMES.get(name, name): value for name, value in hyper.items()}
        nesterov = {"nesterov": True} if rule == "nesterov" else {}
        self._rule_name = rule
        self._rule = getattr(keras.optimizers, kinds.get(rule, "SGD"))(**own, **nesterov)
        self._theta = keras.Variable(START, dtype="float64")
        self._rule.build([self._theta])
        import jax  # type: ignore[import-not-found,unused-ignore]

        self.versions = f"keras {keras.__version__}, {keras.backend.backend()} {jax.__version__}"

    @property
    def theta(self) -> Any:
        """The parameters."""
        return np.array(self._theta.value, dtype=np.float64)

    def step(self, grad: Any, hyper: dict[str, float]) -> None:
        """Take one step."""
        for name, value in hyper.items():
            own = self.NAMES.get(name, name)
            assert hasattr(self._rule, own), own
            setattr(self._rule, own, value)
        self._rule.apply([grad], [self._theta])

    def state(self) -> dict[str, Any]:
        """Return the rule's own state by our names."""
        kept = {
            ours: np.array(getattr(self._rule, theirs)[0].value, dtype=np.float64)
            for ours, theirs in self.STATES[self._rule_name].items()
        }
        if "m" in kept:
            kept["t"] = np.array(float(self._rule.iterations.value))
        return kept


def run(library: str, rule: str) -> dict[str, Any]:
    """Take all steps; return the arrays of the golden."""
    hyper, changes = dict(SCHEDULES[rule][0]), SCHEDULES[rule][1]
    made: Any = {"optax": Optax, "keras": Keras}[library](rule, hyper)
    thetas, grads, hypers, states = [np.array(made.theta)], [], [], [made.state()]
    for step in range(STEPS):
        hyper.update({name: value for at, name, value in changes if at == step})
        grads.append(gradient(thetas[-1], step))
        made.step(grads[-1], hyper)
        hypers.append(dict(hyper))
        thetas.append(np.array(made.theta))
        states.append(made.state())
    arrays: dict[str, Any] = {"versions": np.array(f"{made.versions}, numpy {np.__version__}")}
    arrays |= {"theta": np.array(thetas), "grad": np.array(grads)}
    arrays |= {f"hyper/{name}": np.array([h[name] for h in hypers]) for name in hyper}
    arrays |= {f"state/{name}": np.array([s[name] for s in states]) for name in states[0]}
    assert all(arrays[name].dtype == np.float64 for name in arrays if name != "versions")
    assert all(np.isfinite(arrays[name]).all() for name in arrays if name != "versions"), (library, rule)
    return arrays


def main() -> None:
    """Write one file a rule for the library named on the command line."""
    library = sys.argv[1]
    for rule in SCHEDULES:
        np.savez_compressed(FOLDER / f"{library}-{rule}.npz", **run(library, rule))


if __name__ == "__main__":
    main()
