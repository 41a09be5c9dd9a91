"""Generators of shapes that no line can follow: food for the two-layer sigmoid network."""

import math

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.dataset import Signal, Truth
from landscape_app.core.synthetic.generator import Draw, Generator, Knob, KnobValues
from landscape_app.core.synthetic.streams import Purpose, uniform

_HALF_WIDTH = 2.0  # all x lie in [-2, 2]


def _features(m: int, seed: int, n: int) -> FloatArray:
    X = np.empty((n, m))
    for j in range(n):
        X[j] = _HALF_WIDTH * (2.0 * uniform(seed, Purpose.FEATURE, m, j) - 1.0)
    return X


def _curve(m: int, seed: int, signal: Signal, n: int = 1) -> Draw:
    return Draw(_features(m, seed, n), Truth(signal=signal))


def _sine(m: int, seed: int, knobs: KnobValues) -> Draw:
    amplitude, rate = knobs["amplitude"], math.pi / _HALF_WIDTH * knobs["waves"]
    return _curve(m, seed, lambda X: amplitude * np.sin(rate * X))


def _step(m: int, seed: int, knobs: KnobValues) -> Draw:
    height, position = knobs["height"], knobs["position"]
    return _curve(m, seed, lambda X: np.where(np.less(X, position), 0.0, height))


def _bump(m: int, seed: int, knobs: KnobValues) -> Draw:
    height, width = knobs["height"], knobs["width"]
    return _curve(m, seed, lambda X: height * np.exp(-0.5 * (X / width) ** 2))


def _product(m: int, seed: int, knobs: KnobValues) -> Draw:
    strength = knobs["strength"]
    return _curve(m, seed, lambda X: strength * X[:1] * X[1:2], n=2)


SINE = Generator(
    name="sine",
    title="Sine wave",
    explanation="A wave; the more of it, the more hidden units it takes.",
    knobs=(
        Knob("amplitude", "Amplitude", 1.0, 0.01, 100.0, "How far the wave rises above zero."),
        Knob("waves", "Waves", 1.0, 0.1, 10.0, "How many full waves fit between the smallest and the largest x."),
    ),
    default_m=80,
    default_noise=0.1,
    draw=_sine,
)
STEP = Generator(
    name="step",
    title="Step",
    explanation="A sudden jump, which a single sigmoid unit can follow by growing ever steeper.",
    knobs=(
        Knob("height", "Height", 1.0, -100.0, 100.0, "How far the target jumps up."),
        Knob("position", "Position", 0.0, -2.0, 2.0, "The x at which the target jumps."),
    ),
    default_m=80,
    default_noise=0.1,
    draw=_step,
)
BUMP = Generator(
    name="bump",
    title="Bump",
    explanation="A hill in the middle, which takes two sigmoid units, one for each slope.",
    knobs=(
        Knob("height", "Height", 1.0, -100.0, 100.0, "How high the hill is."),
        Knob("width", "Width", 0.6, 0.05, 10.0, "How wide the hill is: the standard deviation of its bell shape."),
    ),
    default_m=80,
    default_noise=0.1,
    draw=_bump,
)
PRODUCT = Generator(
    name="product",
    title="Product x1·x2",
    explanation="Two features that matter only together: a saddle on which every linear model fails.",
    knobs=(Knob("strength", "Strength", 0.5, -100.0, 100.0, "The number by which the product is multiplied."),),
    default_m=200,
    default_noise=0.1,
    draw=_product,
)
