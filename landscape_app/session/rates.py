"""The learning rate over the iterations: known from a run's description alone, without making a step."""

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray, sealed
from landscape_app.core.schedules import SCHEDULES
from landscape_app.session.config import RunConfig, ScheduleConfig
from landscape_app.session.settings import Schedule

#: Iterations at which the rate is computed for a drawing.
DRAWN = 240
#: A schedule is drawn for at least so many iterations.
SHORTEST = 100


def rates(run: RunConfig, iterations: IntArray) -> FloatArray:
    """Return the learning rate (s,) of the step from each of ``iterations`` (s,); NaN where the rule has none."""
    schedule = Schedule(run)
    found = [schedule.at(i).hyper.get("learning_rate", np.nan) for i in iterations.tolist()]
    return sealed(np.array(found, dtype=np.float64))


def horizon(run: RunConfig, last: int) -> int:
    """Return the last iteration that a drawing of the schedule shows: at least ``last``, and all that is peculiar."""
    config = run.schedule
    own = {
        "constant": 0.0,
        "step": 4.0 * config.settings.get("every", 0.0),
        "exponential": SHORTEST,
        "inverse": 4.0 * config.settings.get("half", 0.0),
        "cosine": 1.1 * config.settings.get("steps", 0.0),
    }[config.kind]
    return max(SHORTEST, last, int(min(own, 1e9)) + config.warmup)


def rate_curve(run: RunConfig, last: int) -> tuple[IntArray, FloatArray]:
    """Return iterations (s,) from 0 to the horizon, and the rate of the step from each."""
    end = horizon(run, last)
    iterations = np.unique(np.linspace(0, end, min(end + 1, DRAWN)).round().astype(np.int64))
    # Where something changes at once, the iterations on both sides are drawn.
    jumps = [change.iteration + by for change in run.changes for by in (-1, 0) if 0 <= change.iteration + by <= end]
    if run.schedule.kind == "step":
        every, warmup = int(run.schedule.settings["every"]), run.schedule.warmup
        falls = range(warmup + every, end + 1, every)
        if len(falls) <= DRAWN:
            jumps += [fall + by for fall in falls for by in (-1, 0)]
    iterations = np.unique(np.append(iterations, np.array([*jumps, min(run.schedule.warmup, end)], dtype=np.int64)))
    return iterations, rates(run, iterations)


def schedule_words(config: ScheduleConfig) -> str:
    """Return the schedule in some words that follow a learning rate: "× cosine (steps = 200, final = 0)"."""
    words = []
    if config.kind != "constant":
        schedule = SCHEDULES[config.kind]
        settings = ", ".join(f"{name} = {value:.6g}" for name, value in config.settings.items())
        words.append(f"× {schedule.title.lower()} ({settings})")
    if config.warmup:
        words.append(f"after a warm-up of {config.warmup:,} iteration{'' if config.warmup == 1 else 's'}")
    return " ".join(words)
