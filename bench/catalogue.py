"""The comparisons: what is measured against whom, on which sizes, and what is hoped for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: Name of the parts that compare with nobody.
PARTS = {
    "drawing": "what drawing takes in the window",
    "errors": "how honest the stated errors of maps are",
    "growth": "time and memory as the work grows",
    "lateness": "how late the event loop is while a map computes",
}

MODELS = {"univariate": (1, 0), "multivariate": (10, 0), "two-layer-linear": (4, 4), "two-layer-sigmoid": (4, 4)}
#: Rates at which 10,000 steps don't arrive: where the gradient is nothing but rounding, RMSprop and its kin divide it
#: by its own size, in each program in its own way, and there is nothing left to compare.
RULES: dict[str, dict[str, float]] = {
    "gradient-descent": {"learning_rate": 0.01},
    "momentum": {"learning_rate": 0.01, "momentum": 0.9, "dampening": 0.0},
    "nesterov": {"learning_rate": 0.01, "momentum": 0.9},
    "adagrad": {"learning_rate": 0.01, "epsilon": 1e-10},
    "rmsprop": {"learning_rate": 1e-5, "alpha": 0.99, "epsilon": 1e-8},
    "adam": {"learning_rate": 1e-5, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    "adamw": {"learning_rate": 1e-5, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0.01},
}


@dataclass(frozen=True)
class Side:
    """Who does the work: an environment (empty: the program's own), the module there, and its task."""

    environment: str
    module: str
    task: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One comparison.

    ``target`` is how many times faster than the peer is hoped for; ``p95_below`` a limit in seconds for our 95th
    percentile. ``problem`` names a maker of `bench.problems` and what it takes. ``tolerance`` bounds the largest
    difference, relative to the mean. ``points`` is how much of the work the peer does, the rest being extrapolated
    (None: all of it); ``quick_points`` the same in a quick run. ``leads`` is the side whose preparation chooses
    what the other does. ``sizes`` are told in the report. ``at_least`` is how long our side works in a round,
    in seconds: short work is repeated.
    """

    name: str
    title: str
    ours: Side
    peer: Side
    target: float
    problem: tuple[str, Mapping[str, Any]]
    sizes: Mapping[str, int]
    options: Mapping[str, Any] = field(default_factory=dict)
    tolerance: float = 1e-9
    checked: str = "losses"
    points: int | None = None
    quick_points: int | None = None
    rounds: int = 7
    quick_rounds: int = 2
    leads: str = "ours"
    at_least: float = 0.03
    p95_below: float | None = None
    notes: tuple[str, ...] = ()


LOOP = Side("", "bench.peers.numpy_loop", "landscape")
JAX = Side("jax", "bench.peers.jax_grid", "landscape")
OURS = Side("", "bench.ours", "landscape")


def landscape_row(
    name: str,
    title: str,
    peer: Side,
    target: float,
    model: str,
    sizes: tuple[int, int, int, int],
    axes: tuple[int, int] | None = (0, 1),
    reach: float = 2.0,
    **others: Any,
) -> Row:
    """Return a comparison of whole landscapes; ``sizes`` are m, n, k, G; without ``axes`` on a general plane."""
    m, n, k, grid = sizes
    words: dict[str, Any] = {"name": f"{model}-{m}-{n}-{k}-{axes}", "n": n, "k": k, "m": m, "reach": reach}
    if axes is not None:
        words["axes"] = axes
    return Row(
        name=name,
        title=title,
        ours=OURS,
        peer=peer,
        target=target,
        problem=("axes" if axes is not None else "plane", words),
        sizes={"m": m, "n": n, "k": k, "G": grid},
        options={"model": model, "k": k, "grid": grid},
        **others,
    )


def landscape_rows() -> list[Row]:
    """Return the comparisons of landscapes."""
    linear, many = (100_000, 1, 0, 512), (100_000, 10, 0, 512)
    two, units = (20_000, 4, 4, 512), (1_000, 4, 8, 512)
    few = (1_000, 4, 8, 100)
    qr = "linear, 512², m = 100,000, factoring included"
    anim = Side("loss-landscape-anim", "bench.peers.loss_landscape_anim_grid", "plane")
    random_plane = Side("loss-landscapes", "bench.peers.loss_landscapes_plane", "plane")
    same = Side("", "bench.peers.numpy_same", "landscape")
    sampled: dict[str, Any] = {"points": 400, "quick_points": 100}
    sampled_units: dict[str, Any] = {"points": 4_000, "quick_points": 500}
    pair: dict[str, Any] = {"axes": (0, 4)}  # the first weights of the first two hidden units
    general: dict[str, Any] = {"axes": None, "reach": 1.0, "tolerance": 1e-8}
    compiled: dict[str, Any] = {"quick_points": 2_048, "rounds": 3, "quick_rounds": 2}
    model = "two-layer-sigmoid"
    gentle = "sigmoid, general plane, 512², gentle slopes"
    return [
        landscape_row("linear-loop", qr, LOOP, 5000.0, "univariate", linear, **sampled),
        landscape_row("linear-jax", qr, JAX, 100.0, "univariate", linear, **compiled),
        landscape_row("linear10-loop", qr + ", 10 features", LOOP, 5000.0, "multivariate", many, **sampled),
        landscape_row(
            "two-layer-linear-loop",
            "two-layer linear, 512²",
            LOOP,
            2000.0,
            "two-layer-linear",
            two,
            points=800,
            quick_points=100,
        ),
        landscape_row(
            "sigmoid-units-loop", "sigmoid, two units, 512²", LOOP, 150.0, model, units, **pair, **sampled_units
        ),
        landscape_row("sigmoid-units-jax", "sigmoid, two units, 512²", JAX, 20.0, model, units, **pair, **compiled),
        landscape_row("sigmoid-plane-loop", gentle, LOOP, 60.0, model, units, **general, **sampled_units),
        landscape_row("sigmoid-plane-jax", gentle, JAX, 10.0, model, units, **general, **compiled),
        landscape_row(
            "plane-anim",
            "sigmoid, general plane, 100²",
            anim,
            100.0,
            model,
            few,
            axes=None,
            reach=1.0,
            tolerance=1e-5,
            leads="peer",
            rounds=5,
        ),
        landscape_row(
            "plane-loss-landscapes",
            "sigmoid, general plane, 100²",
            random_plane,
            100.0,
            model,
            few,
            axes=None,
            reach=1.0,
            tolerance=1e-8,
            leads="peer",
            rounds=5,
        ),
        landscape_row("same-algebra", qr + ", by the same algebra", same, 0.8, "univariate", linear, rounds=15),
        landscape_row(
            "same-algebra10", qr + ", 10 features, by the same algebra", same, 0.8, "multivariate", many, rounds=15
        ),
    ]


def steps_row(name: str, title: str, target: float, model: str, rule: str, m: int, **others: Any) -> Row:
    """Return a comparison of recorded steps."""
    n, k = MODELS[model]
    options = {"model": model, "k": k, "rule": rule, "hyper": RULES[rule], "steps": 10_000}
    extra = others.pop("options", {})
    return Row(
        name=name,
        title=title,
        ours=Side("", "bench.ours", "steps"),
        peer=Side("torch", "bench.peers.torch_steps", "steps"),
        target=target,
        problem=("steps", {"name": f"{model}-{m}", "n": n, "k": k, "m": m}),
        sizes={"m": m, "n": n, "k": k, "steps": 10_000},
        options={**options, **extra},
        tolerance=1e-6,
        checked="losses and parameters of all steps that the peer takes",
        **others,
    )


def steps_rows() -> list[Row]:
    """Return the comparisons of runs: the fast mode, then every model with every rule."""
    rows = [
        steps_row(
            "fast-steps",
            "10,000 full-batch steps recorded, fast mode",
            50.0,
            "univariate",
            "gradient-descent",
            100_000,
            options={"arithmetic": "fast"},
            points=2_000,
            quick_points=500,
            rounds=3,
        )
    ]
    rows += [
        steps_row(
            f"steps-{model}-{rule}",
            f"10,000 full-batch steps recorded, {model}, {rule}",
            5.0,
            model,
            rule,
            100,
            points=2_000,
            quick_points=500,
            rounds=3,
        )
        for model in MODELS
        for rule in RULES
    ]
    return rows


def window_rows() -> list[Row]:
    """Return the comparisons of what is seen."""
    contours = Side("", "bench.ours_window", "contours")
    size = {"size": (900, 700)}
    drawn: dict[str, Any] = {"problem": ("bowl", {"grid": 512}), "sizes": {"G": 512, "levels": 20}}
    drawn |= {"options": size, "checked": "length of the lines of each level"}
    whole: dict[str, Any] = {"problem": ("none", {}), "sizes": {"m": 60, "n": 1, "G": 129}, "tolerance": 0.0}
    whole |= {"options": {"size": (1440, 900), "recorded": 60}, "checked": "losses of the iterations shown"}
    whole |= {"at_least": 0.0, "rounds": 5, "quick_rounds": 1}
    names = {"frame": "frames", "manual-step": "manual_steps"}
    sides = {
        row: (Side("", "bench.ours_window", task), Side("matplotlib", "bench.peers.matplotlib_window", task))
        for row, task in names.items()
    }
    return [
        Row("contours-isocurve", "20 contour levels on 512², drawn", contours,
            Side("", "bench.peers.isocurve", "contours"), 40.0, tolerance=1e-3, rounds=3, quick_rounds=1, **drawn),
        Row("contours-matplotlib", "20 contour levels on 512², drawn", contours,
            Side("matplotlib", "bench.peers.matplotlib_contour", "contours"), 5.0, **drawn),
        Row("frame", "one animated frame, all panels, against FuncAnimation", *sides["frame"], 10.0, **whole),
        Row("manual-step", "one manual step, key to pixels, against canvas.draw", *sides["manual-step"], 5.0,
            p95_below=0.05, **whole),
        Row("cold-start", "cold start to a window that answers, against a bare pyqtgraph window",
            Side("", "bench.peers.cold", "cold", {"module": "bench.cold_window"}),
            Side("pyqtgraph", "bench.peers.cold", "cold", {"module": "bench.peers.pyqtgraph_window"}),
            1 / 1.3, problem=("none", {}), sizes={}, tolerance=0.0, checked="both answered", at_least=0.0,
            notes=("new processes, disk cache warm",)),
    ]  # fmt: skip


def all_rows() -> dict[str, Row]:
    """Return all comparisons by name."""
    rows = [*landscape_rows(), *steps_rows(), *window_rows()]
    return {row.name: row for row in rows}


def chosen(names: list[str]) -> tuple[list[str], list[str]]:
    """Return the comparisons and parts that ``names`` ask for, in their order, and the names that nothing has.

    A name stands for what is called so and for all that goes on after it with a hyphen; no name for everything.
    """
    known = [*all_rows(), *PARTS]
    if not names:
        return known, []
    wanted = [entry for entry in known if any(entry == name or entry.startswith(name + "-") for name in names)]
    unknown = [name for name in names if not any(entry == name or entry.startswith(name + "-") for entry in known)]
    return wanted, unknown
