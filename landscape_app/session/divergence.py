"""Why a run diverged, and how it can go on."""

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.curvature import largest_eigenvalue_steps
from landscape_app.session.point_kind import look_work
from landscape_app.session.records import Timeline
from landscape_app.session.sentences import stable_rate, stopped_text
from landscape_app.session.settings import Schedule, Settings
from landscape_app.session.stability import Stability, direction_words, linear_rule, short_rate, stability

if TYPE_CHECKING:
    from landscape_app.session.snapshot import Snapshot

#: A rate is halved at most so often: 2⁻⁶⁰ is beyond what any data ask for.
MOST_HALVINGS = 60
#: Parameters and multiplications up to which a network's curvature is found on the spot, in some milliseconds.
SMALL, QUICK = 60, 2e6
#: A loss so many times the one at the start has climbed, even where it is a number still.
CLIMBED = 10.0
#: Moves whose growth is told, the last ones.
MOVES = 12
#: Growth is steady if no move differs from the mean by more than this share of it.
STEADY = 0.05
#: Moves that are told one by one where growth itself grows, to so many times what it was.
TOLD, MOUNTS = 3, 2.0


@dataclass(frozen=True, slots=True)
class Repair:
    """How a run that diverged can go on.

    ``lowest`` is the iteration with the lowest recorded loss: from there on it rose, never to be as low again.
    ``rate`` is the learning rate halved ``halvings`` times: once, or, where the limit is known, until it lies below
    that; None for a rule without a rate.
    """

    lowest: int
    rate: float | None
    halvings: int


def repair(shown: "Snapshot") -> Repair:
    """Return how the run of ``shown``, which diverged, can go on."""
    lowest, schedule = lowest_iteration(shown.timeline), shown.experiment.run.schedule
    settings = Schedule(shown.experiment.run).at(lowest)  # what was changed later is gone when it goes on from there
    last = _last_settings(shown)
    same = last.optimizer.name == settings.optimizer.name
    base = (last if same else settings).set_hyper.get("learning_rate")
    if base is None:
        return Repair(lowest, None, 0)
    # Schedules only fall once they are warm: this is the largest factor from there on.
    largest = base * (1.0 if lowest < schedule.warmup else schedule.factor(lowest))
    limit = stable_rate(shown.problem, settings)
    halvings = 1
    while limit is not None and largest / 2.0**halvings >= limit and halvings < MOST_HALVINGS:
        halvings += 1
    beyond = None if limit is None or largest == 0.0 else limit * (base / largest)
    return Repair(lowest, short_rate(base / 2.0**halvings, beyond), halvings)


def lowest_iteration(timeline: Timeline) -> int:
    """Return the last iteration whose loss is the lowest recorded."""
    losses = timeline.loss
    return timeline.last - int(np.argmin(losses[::-1]))


def divergence_sentences(shown: "Snapshot") -> str:
    """Return what is told of the divergence that ends the timeline of ``shown``: where, what, and why."""
    divergence = shown.timeline.divergence
    assert divergence is not None
    return f"{stopped_text(divergence)} {divergence_reason(shown)}"


def climb_sentences(shown: "Snapshot") -> str | None:
    """Return what is told of a run whose last recorded loss is far above the first, and why; None of any other."""
    first, last = float(shown.timeline.loss[0]), float(shown.timeline.loss[shown.timeline.last])
    if not last > CLIMBED * first:
        return None
    return (
        f"Iteration {shown.timeline.last:,} is reached, but the loss has climbed from {_number(first)} to "
        f"{_number(last)}. {divergence_reason(shown)}"
    )


def divergence_reason(shown: "Snapshot") -> str:
    """Return sentences on why the run of ``shown`` diverged: from the curvature, where that is enough, and as seen."""
    settings = _last_settings(shown)
    judged = stability(shown.problem, settings, shown.spectrum)
    lowest = lowest_iteration(shown.timeline)
    why = _by_curvature(judged) if judged.verdict == "diverges" else _by_decay(settings) or _as_seen(shown)
    if judged.obstacle == "model":
        there = Schedule(shown.experiment.run).at(lowest)
        why = " ".join(part for part in (why, _local_limit(shown, there, lowest)) if part)
    loss = float(shown.timeline.loss[lowest])
    fell = "was lowest at the start" if lowest == 0 else f"was lowest at iteration {lowest:,}"
    return f"{why} The loss {fell} ({_number(loss)})." if why else f"The loss {fell} ({_number(loss)})."


def _last_settings(shown: "Snapshot") -> Settings:
    return Schedule(shown.experiment.run).at(shown.timeline.last)


def _by_curvature(judged: Stability) -> str:
    assert judged.multiplier is not None
    assert judged.rate is not None
    assert judged.lambda_max is not None
    assert judged.limit is not None
    return (
        f"At a learning rate of {_plain(judged.rate)} and a largest curvature λmax of {_plain(judged.lambda_max)} "
        f"each step multiplies the error along {judged.direction} by {_signed(judged.multiplier.real)}; "
        f"it dies out below {_plain(judged.limit)}."
    )


def _by_decay(settings: Settings) -> str:
    """Tell that weight decay alone makes the parameters grow, if it does."""
    rate, decay = settings.hyper.get("learning_rate", 0.0), settings.hyper.get("weight_decay", 0.0)
    factor = 1.0 - rate * decay
    if abs(factor) <= 1.0:
        return ""
    return (
        f"Whatever the loss is, weight decay multiplies every parameter by 1 − ηλ = {_signed(factor)} at each step: "
        f"choose η and λ whose product is below 2."
    )


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """How the last moves grew: ``ratios`` (r,) of each one's size to that of the one before.

    ``turned`` is the share of them that turned back, ``direction`` (size,) the last one's.
    """

    ratios: FloatArray
    turned: float
    direction: FloatArray

    @property
    def mean(self) -> float:
        """The geometric mean of the ratios."""
        return float(np.exp(np.log(self.ratios).mean()))

    @property
    def steady(self) -> bool:
        """Whether every move grew by the same factor, nearly."""
        return bool((np.abs(self.ratios / self.mean - 1.0) <= STEADY).all())

    @property
    def mounting(self) -> bool:
        """Whether the growth itself grew in the last moves."""
        last = self.ratios[-TOLD:]
        return len(last) > 1 and bool((np.diff(last) > 0.0).all() and last[0] > 1.0 and last[-1] > MOUNTS * last[0])


def _as_seen(shown: "Snapshot") -> str:
    """Tell how the last moves grew."""
    growth = growth_at_the_end(shown.timeline)
    if growth is None:
        return ""
    along = direction_words(growth.direction, shown.problem.model.layout.scalar_names)
    turned = ""
    if growth.turned > 0.5:
        turning = "turning back each time" if growth.turned == 1.0 else "mostly turning back"
        turned = f", {turning}: the steps leap across the valley and land higher"
    if growth.mounting:
        ratios = ", then ".join(_plain(ratio) for ratio in growth.ratios[-TOLD:].tolist())
        return f"In the end the moves, mostly along {along}, grew faster and faster, {ratios} times{turned}."
    if growth.steady:
        return f"In the end each move, mostly along {along}, was {_plain(growth.mean)} times the one before{turned}."
    return (
        f"In the end a move, mostly along {along}, was {_plain(growth.mean)} times the one before on average{turned}."
    )


def growth_at_the_end(timeline: Timeline) -> Growth | None:
    """Return how the last moves grew; None where there are too few, or they did not."""
    first = max(0, timeline.last - MOVES)
    with np.errstate(all="ignore"):
        theta = np.array([timeline.theta[i] for i in range(first, timeline.length)])
        moves = np.diff(theta, axis=0)
        sizes = np.abs(moves).max(axis=1, initial=0.0)  # no squares: they would overflow first
        ratios = sizes[1:] / sizes[:-1]
    good = np.isfinite(sizes) & (sizes > 0.0)
    if len(sizes) < 2 or not good.all() or not np.isfinite(ratios).all() or sizes[-1] <= sizes[0]:
        return None
    unit = moves / sizes[:, np.newaxis]
    turns = np.einsum("ij,ij->i", unit[1:], unit[:-1]) < 0.0
    return Growth(ratios, float(turns.mean()), unit[-1])


def _local_limit(shown: "Snapshot", settings: Settings, iteration: int) -> str:
    """Tell the largest curvature at ``iteration`` of a small network, if it explains the divergence."""
    rule, rate, problem = linear_rule(settings), settings.hyper.get("learning_rate"), shown.problem
    if rule is None or rate is None or problem.model.layout.size > SMALL or look_work(problem) > QUICK:
        return ""
    theta = shown.timeline.theta[iteration]
    found = [value for value in largest_eigenvalue_steps(problem.model, problem.data, theta) if value is not None]
    limit = rule.limit(found[0]) if found[0] > 0.0 else inf
    if not rate > limit:
        return ""
    return (
        f"At iteration {iteration:,} the largest curvature is {_plain(found[0])}, so that steps overshoot for learning "
        f"rates above {_plain(limit)}; it was {_plain(rate)}."
    )


def _number(value: float) -> str:
    """Return a loss as the panels write it."""
    return _short_power(f"{value:.4g}")


def _plain(value: float) -> str:
    return _short_power(f"{value:,.3g}" if value < 1e6 else f"{value:.0e}")


def _signed(value: float) -> str:
    return _short_power(f"{value:.3g}")


def _short_power(text: str) -> str:
    """Return a number as the panels write it, ``1e−5`` for ``1e-05``."""
    mantissa, _, power = text.replace("-", "\N{MINUS SIGN}").partition("e")
    sign = "\N{MINUS SIGN}" if power.startswith("\N{MINUS SIGN}") else ""
    return f"{mantissa}e{sign}{power[1:].lstrip('0')}" if power else mantissa
