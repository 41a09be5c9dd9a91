"""What the rule in force will do with its learning rate: known beforehand where the loss is a quadratic."""

from bisect import bisect_left
from dataclasses import dataclass, replace
from math import inf, isfinite, log, nan, pi
from typing import Literal, cast, get_args

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.curvature import Spectrum
from landscape_app.core.stability import LinearRule, RuleName
from landscape_app.session.config import ScheduleConfig
from landscape_app.session.problem import Problem
from landscape_app.session.settings import Settings, is_full

#: What becomes of the error: it dies out, swings while it does, changes sign at each step while it does, neither
#: grows nor dies out, or grows. "still": nothing moves at all. "unknown": there is no simple limit.
Verdict = Literal["converges", "swings", "oscillates", "edge", "diverges", "still", "unknown"]
#: Why there is no simple limit.
Obstacle = Literal["", "rule", "batch", "model"]
#: Closer to 1 than this the error neither grows nor dies out.
EDGE = 1e-12
#: The momentum that the other rules are judged with where the one in force has none: their default.
USUAL_MOMENTUM = 0.9
#: Of the way to the limit, how much a rate may be rounded.
ROUNDED_WITHIN = 0.01
#: The share of a direction's square that its leading parameters must hold to stand for it.
LEADS = 0.9


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Stability:
    """How the rule in force stands to the curvature.

    ``rate`` is the learning rate (None: the rule has none), ``limits`` the rates beyond which gradient descent,
    momentum and Nesterov diverge where the steepest curvature is ``lambda_max``, ``limit`` the one of the rule in
    force (None: it has none), ``turning`` the one from which on the error along the steepest direction changes sign at
    each step. ``lambda_min`` is the smallest eigenvalue that is not zero, ``condition`` their
    quotient κ; both None where they are not known or mean nothing. Where the limit is certain (``obstacle`` empty)
    ``verdict`` says what becomes of the error, ``radius`` by how much one step multiplies it in the long run (None:
    not known, as ``lambda_min``), ``multiplier`` by how much along ``direction``, the steepest one, and ``best`` is
    the rate with the smallest radius; where that is as small between two rates, they are ``equally_best``. ``here`` is
    False where the curvature is that of another point than the cursor's.
    """

    rate: float | None
    momentum: float
    obstacle: Obstacle
    verdict: Verdict = "unknown"
    lambda_max: float | None = None
    lambda_min: float | None = None
    condition: float | None = None
    flat: int = 0
    limits: tuple[tuple[RuleName, float], ...] = ()
    limit: float | None = None
    turning: float | None = None
    best: float | None = None
    equally_best: tuple[float, float] | None = None
    radius: float | None = None
    multiplier: complex | None = None
    direction: str = ""
    here: bool = True

    @property
    def digit(self) -> float | None:
        """Steps for one decimal digit of the error; None where it does not die out."""
        if self.radius is None or not 0.0 < self.radius < 1.0 - EDGE:
            return None
        return -log(10.0) / log(self.radius)

    @property
    def turn(self) -> float | None:
        """Steps for one swing along the steepest direction; None where it does not swing."""
        if self.multiplier is None or self.multiplier.imag == 0.0:
            return None
        return 2.0 * pi / abs(float(np.angle(self.multiplier)))


def linear_rule(settings: Settings) -> LinearRule | None:
    """Return the rule in force as one whose step is linear in the gradient, None for the others."""
    name = settings.optimizer.name
    if name not in get_args(RuleName):
        return None
    hyper = settings.hyper
    return LinearRule(cast("RuleName", name), hyper.get("momentum", 0.0), hyper.get("dampening", 0.0))


def stability(problem: Problem, settings: Settings, spectrum: Spectrum | None, *, here: bool = True) -> Stability:
    """Judge ``settings`` by the ``spectrum`` of the loss over all the data, at the cursor if ``here``."""
    rule, rate = linear_rule(settings), settings.hyper.get("learning_rate")
    obstacle: Obstacle = ""
    if rule is None or rate is None:
        obstacle = "rule"
    elif problem.model.has_hidden:
        obstacle = "model"
    elif not is_full(settings, problem.data.m):
        obstacle = "batch"
    mu = USUAL_MOMENTUM if rule is None or rule.name == "gradient-descent" else rule.momentum
    if spectrum is None or not spectrum.values.size or spectrum.largest <= spectrum.resolution:
        return Stability(rate, mu, obstacle)
    largest = spectrum.largest
    known = rule or LinearRule("gradient-descent")
    compared = LinearRule(known.name, mu, known.dampening)
    names: tuple[RuleName, ...] = get_args(RuleName)
    limits = tuple((name, compared.named(name).limit(largest)) for name in names)
    rising = spectrum.values[spectrum.values > spectrum.resolution]
    smallest = float(rising[0]) if not problem.model.has_hidden and (spectrum.whole or rising.size > 1) else None
    found = Stability(
        rate,
        mu,
        obstacle,
        lambda_max=largest,
        lambda_min=smallest,
        condition=None if smallest is None else largest / smallest,
        flat=int(spectrum.values.size - rising.size) if spectrum.whole and not problem.model.has_hidden else 0,
        limits=limits,
        limit=None if rule is None else rule.limit(largest),
        turning=None if rule is None else rule.turning / largest,
        direction=direction_words(spectrum.steepest, problem.model.layout.scalar_names),
        here=here,
    )
    if rule is None or rate is None or obstacle:
        return found
    with np.errstate(all="ignore"):  # of rates at the end of all numbers the error grows beyond them
        return _judged(found, rule, rate, rising)


def _judged(found: Stability, rule: LinearRule, rate: float, rising: FloatArray) -> Stability:
    """Say what becomes of the error along the eigenvalues ``rising`` (e,), all positive."""
    roots = rule.multipliers(rate, rising)
    radius, steepest = float(np.abs(roots).max()), complex(roots[-1])
    # Without the smallest eigenvalue the steepest direction alone is known: whether it diverges, but not how fast.
    best = nan if found.lambda_min is None else rule.best_rate(found.lambda_min, float(rising[-1]))
    verdict: Verdict
    if rate == 0.0 or not isfinite(rule.reach):
        verdict = "still"
    elif radius > 1.0 + EDGE:
        verdict = "diverges"
    elif abs(abs(steepest) - 1.0) <= EDGE and found.limit is not None and rate > 0.5 * found.limit:
        verdict = "edge"
    elif steepest.imag == 0.0 and steepest.real < 0.0:
        verdict = "oscillates"
    elif steepest.imag != 0.0:
        verdict = "swings"
    else:
        verdict = "converges"
    return replace(
        found,
        verdict=verdict,
        radius=None if found.lambda_min is None else radius,
        multiplier=steepest,
        best=best if isfinite(best) else None,
        equally_best=None if found.lambda_min is None else rule.equally_best(found.lambda_min, float(rising[-1])),
    )


def crossing(found: Stability, settings: Settings, schedule: ScheduleConfig, iteration: int) -> int | None:
    """Return the first iteration after ``iteration`` at which a rate that warms up lies above the limit.

    None if it never does or does already, or if there is no limit that is certain. ``found`` and ``settings`` are
    those at ``iteration``; once it is warm, a rate only falls.
    """
    base, limit = settings.set_hyper.get("learning_rate"), found.limit
    if found.obstacle or base is None or limit is None or found.verdict == "diverges":
        return None
    later = range(iteration + 1, schedule.warmup + 1)
    place = bisect_left(later, True, key=lambda i: base * schedule.factor(i) > limit)
    return later[place] if place < len(later) else None


def direction_words(vector: FloatArray, names: tuple[str, ...]) -> str:
    """Return a direction (size,) in words: a parameter's name, two with their shares, or the leading ones."""
    order = np.argsort(-np.abs(vector))[:2]
    squares = vector[order] ** 2 / float(vector @ vector)
    if squares[0] >= LEADS or len(order) == 1:
        return names[int(order[0])]
    first, second = (float(vector[i]) / float(np.linalg.norm(vector)) for i in order)
    sign = "+" if first * second > 0.0 else "\N{MINUS SIGN}"
    pair = f"{abs(first):.2g} {names[int(order[0])]} {sign} {abs(second):.2g} {names[int(order[1])]}"
    return pair if squares.sum() >= LEADS else f"{pair} …"


def short_rate(rate: float, limit: float | None) -> float:
    """Return ``rate`` in three digits, or in as many as it takes to stay where it lies beside the ``limit``.

    On ill-conditioned data the best rate is so near to the limit that three digits would lie beyond it.
    """
    for digits in range(3, 17):
        rounded = float(f"{rate:.{digits}g}")
        if limit is None or abs(rounded - rate) <= ROUNDED_WITHIN * abs(limit - rate):
            return rounded
    return rate


def edge_of_stability(settings: Settings) -> float:
    """Return the λmax at which the rule in force begins to diverge: 2/η for gradient descent; infinite or NaN if none.

    Infinite for a rate of 0, NaN for a rule without such a limit.
    """
    rule, rate = linear_rule(settings), settings.hyper.get("learning_rate")
    if rule is None or rate is None:
        return float("nan")
    return inf if rate == 0.0 else rule.reach / rate
