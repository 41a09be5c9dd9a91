"""Generators whose truth is itself a linear model, so that the true w and b are known."""

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.dataset import Truth
from landscape_app.core.synthetic.generator import Draw, Generator, Knob, KnobValues
from landscape_app.core.synthetic.streams import Purpose, normal, uniform

_HALF_WIDTH = 2.0  # the x of a line lie in [-2, 2], so that w and b matter about equally
_BIAS = 0.5


def linear_truth(w: FloatArray, b: float) -> Truth:
    """Return the truth y = wX + b, with ``w`` of shape (1, n)."""

    def signal(X: FloatArray) -> FloatArray:
        # Not w @ X: a matrix product may round an example differently when others stand beside it.
        y = np.full((1, X.shape[1]), b)
        for w_j, x_j in zip(w[0], X, strict=True):
            y += w_j * x_j
        return y

    return Truth(signal=signal, w=w, b=b)


def _line(m: int, seed: int, knobs: KnobValues) -> Draw:
    x = _HALF_WIDTH * (2.0 * uniform(seed, Purpose.FEATURE, m) - 1.0)
    return Draw(x[np.newaxis], linear_truth(np.array([[knobs["w"]]]), knobs["b"]))


def _outliers(m: int, seed: int, knobs: KnobValues) -> Draw:
    line = _line(m, seed, knobs)
    # A threshold, so that a larger share adds outliers and keeps those that are there.
    is_outlier = uniform(seed, Purpose.CHOICE, m) < knobs["share"]
    size = knobs["size"] * (0.75 + 0.5 * uniform(seed, Purpose.SHIFT, m))
    return Draw(line.X, line.truth, np.where(is_outlier, size, 0.0))


def _ravine(m: int, seed: int, knobs: KnobValues) -> Draw:
    x1, x2 = (normal(seed, Purpose.FEATURE, m, j) for j in range(2))
    return Draw(np.stack((x1, x2 / knobs["ratio"])), linear_truth(np.array([[1.5, -1.0]]), _BIAS))


def _correlated(m: int, seed: int, knobs: KnobValues) -> Draw:
    x1, own = (normal(seed, Purpose.FEATURE, m, j) for j in range(2))
    r = knobs["correlation"]
    x2 = r * x1 + np.sqrt(1.0 - r * r) * own
    return Draw(np.stack((x1, x2)), linear_truth(np.array([[1.5, -1.0]]), _BIAS))


def _plane(m: int, seed: int, knobs: KnobValues) -> Draw:
    n = int(knobs["features"])
    X = np.empty((n, m))
    for j in range(n):
        X[j] = normal(seed, Purpose.FEATURE, m, j)
    w = 4.0 * uniform(seed, Purpose.WEIGHT, n)[np.newaxis] - 2.0
    return Draw(X, linear_truth(w, _BIAS))


_W = Knob("w", "True w", 1.5, -10.0, 10.0, "The slope of the line that the data come from.")
_B = Knob("b", "True b", -0.6, -10.0, 10.0, "The height at which the line that the data come from crosses x = 0.")

LINE = Generator(
    name="line",
    title="Noisy line",
    explanation="A straight line with noise; the true w and b are known.",
    knobs=(_W, _B),
    default_m=60,
    default_noise=0.45,
    draw=_line,
)
OUTLIERS = Generator(
    name="outliers",
    title="Line with outliers",
    explanation="A straight line on which some points lie far too high and pull the minimum away from the truth.",
    knobs=(
        _W,
        _B,
        Knob("share", "Share of outliers", 0.12, 0.0, 0.5, "How likely it is that an example is an outlier."),
        Knob("size", "Size of outliers", 5.0, -100.0, 100.0, "How far outliers lie above the line, on average."),
    ),
    default_m=60,
    default_noise=0.3,
    draw=_outliers,
)
RAVINE = Generator(
    name="ravine",
    title="Badly scaled features (a ravine)",
    explanation="Two features of very different size, so that the loss is a long narrow valley.",
    knobs=(
        Knob(
            "ratio",
            "Scale ratio",
            10.0,
            1.0,
            1000.0,
            "How many times larger x1 is than x2; the valley is that many times longer than wide.",
        ),
    ),
    default_m=100,
    default_noise=0.1,
    draw=_ravine,
)
CORRELATED = Generator(
    name="correlated",
    title="Correlated features",
    explanation="Two features that rise and fall together, so that the valley of the loss lies at a slant.",
    knobs=(
        Knob(
            "correlation",
            "Correlation",
            0.9,
            -0.999,
            0.999,
            "How closely x2 follows x1: 0 not at all, near 1 or -1 almost exactly.",
        ),
    ),
    default_m=100,
    default_noise=0.3,
    draw=_correlated,
)
PLANE = Generator(
    name="plane",
    title="Plane in n features",
    explanation="A linear function of several independent features; the true weights are drawn from the seed.",
    knobs=(Knob("features", "Features", 3, 1, 100, "How many features x1, x2, ... there are.", integer=True),),
    default_m=100,
    default_noise=0.3,
    draw=_plane,
)
