"""Keeps the landscape in step with what the map is to show."""

from PySide6.QtCore import QObject, Signal, Slot

from landscape_app.core.landscape import grid_landscapes
from landscape_app.engine.jobs import GridJob, GridReply
from landscape_app.engine.worker import WorkerThread
from landscape_app.session.map_picture import MapPicture, map_picture
from landscape_app.session.map_view import MapView
from landscape_app.session.problem import Problem

#: Parameters, and nodes a side, up to which a regression's landscape is there within some milliseconds.
FEW, COARSE = 8, 129


class Mapper(QObject):
    """Asks the worker for landscapes, one at a time.

    Another problem, other axes or ranges replace the running request at once. A slice that only follows the
    cursor waits until the running one has shown its first lattice, so that a fast run can't starve the map.
    """

    picture_ready = Signal(object)

    def __init__(self, worker: WorkerThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._token = 0
        self._shown: tuple[Problem, MapView, int] | None = None
        self._waiting: tuple[Problem, MapView, int] | None = None
        self._given_up: tuple[Problem, MapView, int] | None = None
        self._first_due = False
        self._final_due = False
        worker.worker.grid_advanced.connect(self._on_grid_advanced)

    @property
    def busy(self) -> bool:
        """Whether a finer landscape is on its way."""
        return self._final_due

    @property
    def first_due(self) -> bool:
        """Whether not even a coarse landscape of what is wanted has come yet."""
        return self._first_due

    def show(self, problem: Problem, view: MapView, grid: int) -> bool:
        """Ask for the landscape of ``view``; return False if what is drawn now belongs to something else."""
        wanted = (problem, view, grid)
        if self._shown is not None and self._shown[1] is view and self._shown[0] is problem and self._shown[2] == grid:
            return True
        if self._given_up is not None and self._is_same(self._given_up, wanted):
            return False
        follows = self._shown is not None and self._only_follows(self._shown, wanted)
        if follows and self._first_due and self._same_ranges(wanted):
            self._waiting = wanted
        else:
            self._send(wanted)
        return follows

    def at_once(self, problem: Problem, view: MapView, grid: int) -> MapPicture | None:
        """Return the landscape of a regression with few parameters without the worker; None of any other.

        That takes some milliseconds on the calling thread. Data in the hand and their map are shown as one.
        """
        if problem.factor is None or problem.model.has_hidden or problem.model.layout.size > FEW or grid > COARSE:
            return None
        *_, landscape = grid_landscapes(
            problem.model, problem.data, view.plane, view.x_range, view.y_range, grid, problem.factor
        )
        assert landscape is not None
        self.stop()
        self._shown = (problem, view, grid)
        return map_picture(landscape)

    def failed(self) -> None:
        """The worker met an error: nothing more will come, and the next view is asked for anew."""
        self._token += 1
        self._given_up = self._shown if self._final_due else None  # not asked for again: it would fail again
        self._shown = self._waiting = None
        self._first_due = self._final_due = False

    def stop(self) -> None:
        """Leave what is drawn as it is; the next change computes again, or ``go_on``."""
        self._token += 1
        self._waiting = None
        self._first_due = self._final_due = False
        self._worker.grid_wanted.emit(None)

    def go_on(self) -> None:
        """Ask again for what was stopped, or failed."""
        wanted = self._shown or self._given_up
        if wanted is not None and not self._final_due:
            self._send(wanted)

    @staticmethod
    def _is_same(old: tuple[Problem, MapView, int], new: tuple[Problem, MapView, int]) -> bool:
        return old[0] is new[0] and old[1].same_as(new[1]) and old[2] == new[2]

    def _same_ranges(self, wanted: tuple[Problem, MapView, int]) -> bool:
        assert self._shown is not None
        old, new = self._shown[1], wanted[1]
        return (old.x_range, old.y_range) == (new.x_range, new.y_range)

    @staticmethod
    def _only_follows(old: tuple[Problem, MapView, int], new: tuple[Problem, MapView, int]) -> bool:
        """Whether the same problem is shown on the same axes, through another point or in another range."""
        a, b = old[1].plane, new[1].plane
        return old[0] is new[0] and a.same_projection(b)

    def _send(self, wanted: tuple[Problem, MapView, int]) -> None:
        problem, view, grid = wanted
        self._token += 1
        self._shown, self._waiting, self._given_up = wanted, None, None
        self._first_due = self._final_due = True
        self._worker.grid_wanted.emit(GridJob(self._token, problem, view.plane, view.x_range, view.y_range, grid))

    @Slot(object)
    def _on_grid_advanced(self, reply: GridReply) -> None:
        if reply.token != self._token:  # for a map that is gone
            return
        self._first_due = False
        self._final_due = not reply.picture.landscape.final
        if self._waiting is not None:
            self._send(self._waiting)
        self.picture_ready.emit(reply.picture)
