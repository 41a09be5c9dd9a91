"""Keeps the curvature in step with the cursor where somebody looks at it: at one point, and along the whole path."""

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from landscape_app.core.curvature import Spectrum, linear_spectrum
from landscape_app.engine.jobs import LookJob, LookReply
from landscape_app.engine.worker import WorkerThread
from landscape_app.session.point_kind import UNASKED, PointReading, PointWish
from landscape_app.session.problem import Problem
from landscape_app.session.records import Timeline
from landscape_app.session.sharpness import Sharpness, SharpnessWish, places

#: Milliseconds without a change after which something is looked at.
CALM = 250
#: Parameters up to which a regression's spectrum takes a millisecond at most.
QUICK = 40


class PointInspector(QObject):
    """Looks at one point at a time: at rest while somebody watches, if it is quick, and whenever it is asked for."""

    point_ready = Signal()

    def __init__(self, worker: WorkerThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._token = 0
        self._latest: PointWish | None = None
        self._under_way: PointWish | None = None
        self._made: PointReading | None = None
        self._failed: PointWish | None = None  # not looked at by itself again: it would fail again
        self._linear: tuple[Problem, Spectrum] | None = None
        self._watchers: set[str] = set()
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(CALM)
        self._calm.timeout.connect(self._on_calm)
        worker.worker.look_advanced.connect(self._on_look_advanced)

    @property
    def busy(self) -> bool:
        """Whether a point is being looked at."""
        return self._under_way is not None

    def watch(self, who: str, watched: bool) -> bool:
        """Note whether ``who`` looks ("ruler": at the curvature alone); return whether that is news."""
        before = set(self._watchers)
        (self._watchers.add if watched else self._watchers.discard)(who)
        return before != self._watchers

    def point_for(self, wish: PointWish, at_rest: bool) -> PointReading | None:
        """Return the last reading of this problem, whose point may be another; ask for this one if it is wanted."""
        if self._made is not None and self._made.wish.problem is not wish.problem:
            self._made = None  # it would keep the data
        if self._linear is not None and self._linear[0] is not wish.problem:
            self._linear = None
        if self._latest is None or not self._latest.same_as(wish):
            self._cancel()
            self._calm.stop()  # a hand that drags is not at rest
            self._latest = wish
        if self._failed is not None and not self._failed.same_as(wish):
            self._failed = None
        made = self._made is not None and self._made.wish.same_as(wish)
        if at_rest and not made and self._failed is None and not self.busy and self._is_wanted(wish):
            if not self._calm.isActive():
                self._calm.start()
        else:
            self._calm.stop()
        return self._made

    def spectrum_for(self, problem: Problem) -> Spectrum | None:
        """Return the curvature that is known: a small regression's at once, else that of the last reading."""
        size = problem.model.layout.size
        if self._linear is None and not problem.model.has_hidden and problem.factor is not None and size <= QUICK:
            self._linear = (problem, linear_spectrum(problem.factor))
        if self._linear is not None and self._linear[0] is problem:
            return self._linear[1]
        return None if self._made is None else self._made.spectrum

    def look_now(self, wish: PointWish) -> None:
        """Look at ``wish`` however long it takes."""
        if self._under_way is None or not self._under_way.same_as(wish):
            self._send(wish)

    def failed(self) -> None:
        """The worker met an error: nothing is under way any more."""
        self._token += 1
        self._failed, self._under_way = self._under_way, None
        self._calm.stop()

    def _is_wanted(self, wish: PointWish) -> bool:
        if not self._watchers or wish.work > UNASKED:
            return False
        known = not wish.problem.model.has_hidden and self.spectrum_for(wish.problem) is not None
        return self._watchers != {"ruler"} or not known

    def _send(self, wish: PointWish) -> None:
        self._calm.stop()
        self._token += 1
        self._latest = self._under_way = wish
        self._worker.look_wanted.emit(LookJob(self._token, "point", wish))

    def _cancel(self) -> None:
        if self._under_way is not None:
            self._token += 1
            self._under_way = None
            self._worker.look_wanted.emit(LookJob(self._token, "point", None))

    @Slot()
    def _on_calm(self) -> None:
        if self._latest is not None and self._under_way is None:
            self._send(self._latest)
            self.point_ready.emit()  # for now it is said that it is being looked at

    @Slot(object)
    def _on_look_advanced(self, reply: LookReply) -> None:
        if reply.kind != "point" or reply.token != self._token:  # the latter: for a point that is gone
            return
        assert isinstance(reply.result, PointReading)
        self._under_way = None
        self._made = reply.result
        self.point_ready.emit()


class PathInspector(QObject):
    """Computes the largest curvature along the recorded path, at rest, while somebody looks at the curve."""

    curve_advanced = Signal()

    def __init__(self, worker: WorkerThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._token = 0
        self._of: tuple[Problem, Timeline] | None = None  # whose values these are
        self._known: dict[int, float] = {}
        self._wanted: tuple[int, ...] = ()
        self._stopped = False
        self._under_way = False
        self.watched = False
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(CALM)
        self._calm.timeout.connect(self._on_calm)
        self._curve: Sharpness | None = None
        worker.worker.look_advanced.connect(self._on_look_advanced)

    def curve_for(self, problem: Problem, timeline: Timeline, at_rest: bool) -> Sharpness | None:
        """Return what is known of the curve, None where nobody looks; ask for the rest at rest."""
        self._forget_others(problem, timeline)
        if not self.watched:
            self._cancel()
            return None
        wanted = places(timeline.last)
        if wanted != self._wanted:
            self._wanted, self._stopped, self._curve = wanted, False, None
            self._cancel()
        missing = any(i not in self._known for i in wanted)
        if not missing or not at_rest or self._stopped or self._under_way:
            self._calm.stop()
        elif not self._calm.isActive():
            self._calm.start()
        if self._curve is None:
            made = tuple(i for i in sorted(self._known) if i <= timeline.last)
            values = np.array([self._known[i] for i in made])
            total = len(made) + sum(i not in self._known for i in wanted)
            self._curve = Sharpness(made, values, total, self._stopped)
        return self._curve

    def stop(self) -> None:
        """Give up what is missing, until the path is another one."""
        self._cancel()
        self._stopped, self._curve = True, None

    def failed(self) -> None:
        """The worker met an error: nothing is under way any more."""
        self._token += 1
        self._under_way = False
        self._stopped, self._curve = True, None

    def _forget_others(self, problem: Problem, timeline: Timeline) -> None:
        """Keep only values of points that this path has, too."""
        before, self._of = self._of, (problem, timeline)
        if before is None or (before[0] is problem and before[1] is timeline):
            return
        if before[0] is problem and timeline.continues(before[1]):
            self._curve = None if timeline.last != before[1].last else self._curve
            return
        self._cancel()
        self._curve, self._stopped = None, False
        if before[0] is not problem:
            self._known = {}
            return
        theirs, ours = before[1], timeline
        last = min(theirs.last, ours.last)
        self._known = {
            i: value for i, value in self._known.items() if i <= last and np.array_equal(theirs.theta[i], ours.theta[i])
        }

    def _cancel(self) -> None:
        self._calm.stop()
        if self._under_way:
            self._token += 1
            self._under_way = False
            self._worker.look_wanted.emit(LookJob(self._token, "path", None))

    @Slot()
    def _on_calm(self) -> None:
        if self._of is None or self._under_way:
            return
        problem, timeline = self._of
        missing = tuple(i for i in self._wanted if i not in self._known)
        if missing:
            self._token += 1
            self._under_way = True
            self._worker.look_wanted.emit(LookJob(self._token, "path", SharpnessWish(problem, timeline, missing)))

    @Slot(object)
    def _on_look_advanced(self, reply: LookReply) -> None:
        if reply.kind != "path" or reply.token != self._token:
            return
        assert isinstance(reply.result, tuple)
        iteration, value = reply.result
        self._known[iteration] = value
        self._curve = None
        self._under_way = any(i not in self._known for i in self._wanted)
        self.curve_advanced.emit()
