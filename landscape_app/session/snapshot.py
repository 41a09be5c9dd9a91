"""The one frozen description of the present moment that all views draw from."""

from dataclasses import dataclass
from typing import Literal

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import Landscape
from landscape_app.session.config import Experiment
from landscape_app.session.map_picture import MapPicture
from landscape_app.session.map_view import MapView
from landscape_app.session.problem import Problem
from landscape_app.session.records import Timeline
from landscape_app.session.settings import Settings


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the user; ``kind`` says how loudly to show it."""

    text: str
    kind: Literal["info", "warning", "error"] = "info"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Snapshot:
    """Everything that the window shows. Parts that did not change keep their identity from one to the next.

    ``experiment`` is what the other parts show; ``wanted`` is what the user has asked for, ahead of it while
    data are read. ``settings`` are the rule and hyperparameters in force at the cursor. ``timeline`` has at
    least one record; ``cursor`` is the iteration that all panels show. ``picture`` is what the map draws: it may
    still be a coarse one, or None while the first is computed; ``landscape_busy`` says that a finer one is on its
    way; ``framing`` that the directions asked for are being found, and the map still has others.
    ``waiting`` counts the steps asked for and not yet recorded. ``undo`` and ``redo`` name the changes that would
    be taken back or made again (see `change_name`), and are empty where there is none.
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
    loading: str = ""
    notice: Notice | None = None
    undo: str = ""
    redo: str = ""

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
