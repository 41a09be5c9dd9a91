"""The one frozen description of the present moment that all views draw from."""

from dataclasses import dataclass
from typing import Literal

from landscape_app.core.arrays import FloatArray
from landscape_app.core.curvature import Spectrum
from landscape_app.core.landscape import Landscape
from landscape_app.session.config import Experiment
from landscape_app.session.divergence import Repair
from landscape_app.session.gradient_check import GradientCheck
from landscape_app.session.map_picture import MapPicture
from landscape_app.session.map_view import MapView
from landscape_app.session.noise import Noise
from landscape_app.session.point_kind import PointReading
from landscape_app.session.problem import Problem
from landscape_app.session.race import Race
from landscape_app.session.records import Timeline
from landscape_app.session.search import SearchTable
from landscape_app.session.settings import Settings
from landscape_app.session.shares import Shares
from landscape_app.session.sharpness import Sharpness
from landscape_app.session.sweep import SweepTable
from landscape_app.session.tasks import TaskState


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the user; ``kind`` says how loudly to show it, ``repair`` how a run that diverged can go on."""

    text: str
    kind: Literal["info", "warning", "error"] = "info"
    repair: Repair | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Snapshot:
    """Everything that the window shows. Parts that did not change keep their identity from one to the next.

    ``experiment`` is what the other parts show; ``wanted`` is what the user has asked for, ahead of it while
    data are read. ``settings`` are the rule and hyperparameters in force at the cursor. ``timeline`` has at
    least one record; ``cursor`` is the iteration that all panels show. ``picture`` is what the map draws: it may
    still be a coarse one, or None while the first is computed; ``landscape_busy`` says that a finer one is on its
    way; ``framing`` that the directions asked for are being found, and the map still has others.
    ``waiting`` counts the steps asked for and not yet recorded; ``remeasuring`` says that the last record has the
    batch loss and gradient of another size of batch than the one in force, and is being measured again.
    ``undo`` and ``redo`` name the changes that would
    be taken back or made again (see `change_name`), and are empty where there is none. ``term`` is what the walk
    through one iteration has in hand (see `walk_names`), empty for nothing. ``check`` compares the gradient with
    another way to compute it, at the point that it names; ``checking`` says that one is being made. ``entry`` is the
    scalar of the gradient that is taken apart into ``shares``, what each example adds to it at the cursor; these are
    None while they are not known, and ``sharing`` says that they are being found. ``example`` is the one whose part in
    everything is shown, counted from 0. Both are None for nothing, and fall with another problem.
    ``noise`` is what is known of the batch of the step that comes next, None where that uses all the data.
    ``race`` has the rivals of the run in hand, None where there are none.
    ``spectrum`` is the curvature as far as it is known, and ``point`` what was found where one looked last: in a
    network that may be another point than the cursor's. ``inspecting`` says that the one at the cursor is being looked
    at. ``sharpness`` is the largest curvature along the path, None while nobody looks. ``sweep`` and ``search`` are
    what was computed beside the run, None before anybody asked and after the data or the model have changed.
    """

    experiment: Experiment
    wanted: Experiment
    settings: Settings
    problem: Problem
    timeline: Timeline
    cursor: int
    map_view: MapView
    picture: MapPicture | None = None
    landscape_busy: bool = False
    framing: bool = False
    playing: bool = False
    waiting: int = 0
    remeasuring: bool = False
    loading: str = ""
    notice: Notice | None = None
    undo: str = ""
    redo: str = ""
    term: str = ""
    check: GradientCheck | None = None
    checking: bool = False
    entry: int | None = None
    example: int | None = None
    shares: Shares | None = None
    sharing: bool = False
    noise: Noise | None = None
    race: Race | None = None
    spectrum: Spectrum | None = None
    point: PointReading | None = None
    inspecting: bool = False
    sharpness: Sharpness | None = None
    sweep: TaskState[SweepTable] | None = None
    search: TaskState[SearchTable] | None = None

    @property
    def stale(self) -> bool:
        """Whether batch loss and gradient at the cursor are those of another batch than the step's."""
        return self.remeasuring and self.cursor == self.timeline.last

    @property
    def landscape(self) -> Landscape | None:
        """The landscape that the map and the surface show."""
        return None if self.picture is None else self.picture.landscape

    @property
    def theta(self) -> FloatArray:
        """Parameters (size,) at the cursor."""
        row: FloatArray = self.timeline.theta[self.cursor]
        return row

    @property
    def grad(self) -> FloatArray:
        """Gradient (size,) at the cursor: the one that the next update uses."""
        row: FloatArray = self.timeline.grad[self.cursor]
        return row

    @property
    def increment(self) -> FloatArray:
        """The last move (size,): theta at the cursor minus theta one step before."""
        return self.timeline.increment(self.cursor)

    @property
    def loss(self) -> float:
        """Loss over all the data at the cursor."""
        return float(self.timeline.loss[self.cursor])
