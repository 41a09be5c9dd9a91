"""What the window asks of the worker, and what the worker answers: frozen, passed without a copy."""

from dataclasses import dataclass
from typing import Any, Literal

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import Frame, Plane, Range
from landscape_app.session.config import Experiment
from landscape_app.session.framing import FrameWish
from landscape_app.session.gradient_check import CheckWish, GradientCheck
from landscape_app.session.map_picture import MapPicture
from landscape_app.session.noise import Noise, NoiseWish
from landscape_app.session.point_kind import PointReading, PointWish
from landscape_app.session.problem import Problem
from landscape_app.session.race import LaneNews, LaneWish
from landscape_app.session.records import Divergence, StepBatch, Timeline
from landscape_app.session.shares import Shares, ShareWish
from landscape_app.session.sharpness import SharpnessWish
from landscape_app.session.tasks import TaskKind, TaskWish
from landscape_app.session.transitions import Run

#: A slice of steps ends after so many seconds, so that the interpreter is left to the window in between.
STEP_SLICE = 0.008
#: A slice of the grid's work, in seconds.
GRID_SLICE = 0.012
#: Seconds after which no further part of a task is begun; a part takes some 4 ms.
TASK_SLICE = 0.008
#: Milliseconds that tasks rest between their slices while the window has to draw frame after frame.
TASK_REST = 40


@dataclass(frozen=True, slots=True, eq=False)
class StepJob:
    """Record up to ``count`` steps after ``iteration`` of ``timeline``; stops early when a slice's time is up.

    With ``start`` (size,) the record begins anew there. ``remeasure``: the record of ``iteration`` itself is
    made again first, since its batch or rule has changed. ``tolerance`` ends the run at the first record
    whose gradient norm lies below it. ``experiment`` is the description that a restart brings about; it
    comes back with the reply.
    """

    run: Run
    count: int
    token: int = 0
    timeline: Timeline | None = None
    iteration: int = 0
    start: FloatArray | None = None
    remeasure: bool = False
    tolerance: float | None = None
    experiment: Experiment | None = None


@dataclass(frozen=True, slots=True, eq=False)
class StepsReply:
    """What a StepJob recorded: ``batch`` may be None, if it diverged at once."""

    token: int
    batch: StepBatch | None
    divergence: Divergence | None = None
    converged: bool = False
    experiment: Experiment | None = None


@dataclass(frozen=True, slots=True, eq=False)
class GridJob:
    """Evaluate the loss on a plane, on ``grid`` x ``grid`` nodes in the end, and make the map's picture of it."""

    token: int
    problem: Problem
    plane: Plane
    x_range: Range
    y_range: Range
    grid: int


@dataclass(frozen=True, slots=True, eq=False)
class GridReply:
    """One picture of a GridJob, better than the one before."""

    token: int
    picture: MapPicture


@dataclass(frozen=True, slots=True, eq=False)
class FrameJob:
    """Find the directions of a map."""

    token: int
    wish: FrameWish


@dataclass(frozen=True, slots=True, eq=False)
class FrameReply:
    """The directions that a FrameJob found."""

    token: int
    wish: FrameWish
    frame: Frame


@dataclass(frozen=True, slots=True, eq=False)
class CheckJob:
    """Compare a gradient with the one that complex steps give."""

    token: int
    wish: CheckWish


@dataclass(frozen=True, slots=True, eq=False)
class CheckReply:
    """What a CheckJob found."""

    token: int
    check: GradientCheck


@dataclass(frozen=True, slots=True, eq=False)
class ShareJob:
    """Find what each example adds to an entry of the gradient."""

    token: int
    wish: ShareWish


@dataclass(frozen=True, slots=True, eq=False)
class ShareReply:
    """What a ShareJob found."""

    token: int
    shares: Shares


@dataclass(frozen=True, slots=True, eq=False)
class LookJob:
    """Look at the curvature: at one "point", or along the whole "path"; a ``wish`` of None gives it up."""

    token: int
    kind: Literal["point", "path"]
    wish: PointWish | SharpnessWish | None


@dataclass(frozen=True, slots=True, eq=False)
class LookReply:
    """What a LookJob found: the reading of a point, or one (iteration, λmax) of a path."""

    token: int
    kind: Literal["point", "path"]
    result: PointReading | tuple[int, float]


@dataclass(frozen=True, slots=True, eq=False)
class RaceJob:
    """Record some more steps of the rivals that are behind the clock."""

    token: int
    wishes: tuple[LaneWish, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RaceReply:
    """What was recorded in a slice of a RaceJob, and whether that was all."""

    token: int
    news: tuple[LaneNews, ...]
    ended: bool


@dataclass(frozen=True, slots=True, eq=False)
class NoiseJob:
    """Find what is not ``known`` yet of a batch."""

    token: int
    wish: NoiseWish
    known: Noise | None


@dataclass(frozen=True, slots=True, eq=False)
class NoiseReply:
    """What is known now of a NoiseJob's batch."""

    token: int
    noise: Noise


@dataclass(frozen=True, slots=True, eq=False)
class TaskJob:
    """Compute what the user started; a ``wish`` of None gives it up."""

    token: int
    kind: TaskKind
    wish: TaskWish | None


@dataclass(frozen=True, slots=True, eq=False)
class TaskReply:
    """How far a TaskJob is: its ``result`` so far, None for no news, and whether it has ``ended``."""

    token: int
    kind: TaskKind
    result: Any
    ended: bool = False
