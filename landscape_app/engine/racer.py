"""Keeps the rivals' recordings in step with the clock of the run in hand."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal, Slot

from landscape_app.core.errors import ConfigError
from landscape_app.engine.jobs import RaceJob, RaceReply
from landscape_app.engine.worker import WorkerThread
from landscape_app.session.config import Experiment, RivalConfig, RunConfig, StartConfig
from landscape_app.session.problem import Problem
from landscape_app.session.race import Lane, LaneNews, LaneWish, Race, lane_at
from landscape_app.session.race_clock import RaceUnit, spent
from landscape_app.session.records import Timeline
from landscape_app.session.settings import Schedule

#: How often a rival is asked for again after the worker has met an error.
RETRIES = 1


@dataclass(slots=True)
class Recording:
    """What is known of one rival: runs of the same start and settings share it.

    ``former`` is the run with the data before, while it is still drawn.
    """

    start: StartConfig
    run: RunConfig
    schedule: Schedule | None
    timeline: Timeline | None = None
    problem: str = ""
    former: Timeline | None = None
    failures: int = 0


class Racer(QObject):
    """Records rivals on the worker, as far as the clock has come and not further."""

    race_advanced = Signal()

    def __init__(self, worker: WorkerThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.unit: RaceUnit = "step"
        self.keep_former = False  # whether other data are those in the hand: what is drawn stays until others come
        self._worker = worker
        self._token = 0
        self._busy = False
        self._under_way: tuple[Recording, ...] = ()
        self._problem: Problem | None = None
        self._recordings: list[Recording] = []
        self._made: Race | None = None
        worker.worker.race_advanced.connect(self._on_race_advanced)

    def race_at(
        self, experiment: Experiment, problem: Problem, timeline: Timeline, cursor: int, schedule: Schedule
    ) -> Race | None:
        """Return the race at the cursor of the run in hand, or None without rivals; ask for what is not recorded."""
        if problem is not self._problem or not experiment.rivals:
            self._forget()
        if not experiment.rivals:
            return None
        self._problem = problem
        m = problem.data.m
        clock = spent(timeline, schedule, m, cursor, self.unit)
        lanes = [Lane(None, experiment.run, schedule, timeline, cursor)]
        missing: list[tuple[Recording, int]] = []
        used = []
        for rival in experiment.rivals:
            known = self._recording_of(rival)
            used.append(known)
            lane, short = lane_at(rival, rival.run, known.schedule, known.timeline, m, clock, self.unit, known.problem)
            if not short:
                known.former = None
            elif known.former is not None:
                before, _ = lane_at(rival, rival.run, known.schedule, known.former, m, clock, self.unit)
                lane = replace(before, former=True)
            lanes.append(lane)
            if short and not any(known is other for other, _ in missing):
                missing.append((known, short))
        self._recordings = [known for known in self._recordings if any(known is other for other in used)]
        if missing and not self._busy:
            self._send(missing)
        lowest = None if problem.optimum is None else problem.optimum.loss
        race = Race(self.unit, clock, tuple(lanes), m, bool(missing), lowest)
        if self._made is None or not _same(self._made, race):
            self._made = race
        return self._made

    def failed(self) -> None:
        """The worker met an error: nothing is under way any more.

        It may have been in other work, which is not known here. So the rivals that were under way are asked for once
        more, and given up if that fails, too.
        """
        self._token += 1
        for known in self._under_way:
            known.failures += 1
            if known.failures > RETRIES:
                known.problem = known.problem or "The run could not be made."
        self._busy, self._under_way = False, ()

    def _forget(self) -> None:
        if self._busy:
            self._worker.race_wanted.emit(None)
        self._token += 1
        self._busy, self._under_way = False, ()
        self._made, self._problem = None, None
        self._recordings = [_begun_anew(known) for known in self._recordings] if self.keep_former else []

    def _recording_of(self, rival: RivalConfig) -> Recording:
        run = rival.run.but(iterations=0)  # how far it is to go is the clock's affair
        for known in self._recordings:
            if known.run == run and known.start == rival.start:
                return known
        try:
            made = Recording(rival.start, run, Schedule(run))
        except ConfigError as error:
            made = Recording(rival.start, run, None, problem=str(error))
        self._recordings.append(made)
        return made

    def _send(self, missing: list[tuple[Recording, int]]) -> None:
        assert self._problem is not None
        self._token += 1
        self._busy, self._under_way = True, tuple(known for known, _ in missing)
        wishes = tuple(
            LaneWish(known, self._problem, known.start, known.run, known.timeline, count) for known, count in missing
        )
        self._worker.race_wanted.emit(RaceJob(self._token, wishes))

    @Slot(object)
    def _on_race_advanced(self, reply: RaceReply) -> None:
        if reply.token != self._token:  # for data that are gone
            return
        for news in reply.news:
            self._take(news)
        if reply.ended:
            self._busy, self._under_way = False, ()
        self.race_advanced.emit()

    @staticmethod
    def _take(news: LaneNews) -> None:
        known = news.key
        assert isinstance(known, Recording)
        if news.problem:
            known.problem = news.problem
        elif known.timeline is None:
            assert news.batch is not None
            known.timeline = Timeline.starting_with(news.batch)
        elif news.batch is not None:
            known.timeline = known.timeline.appended(news.batch, news.divergence)
        elif news.divergence is not None:
            known.timeline = known.timeline.diverged(news.divergence)


def _begun_anew(known: Recording) -> Recording:
    """Return a rival of which nothing is recorded but what is drawn."""
    return Recording(known.start, known.run, known.schedule, former=known.former or known.timeline)


def _same(one: Race, other: Race) -> bool:
    if (one.unit, one.clock, one.busy, len(one.lanes)) != (other.unit, other.clock, other.busy, len(other.lanes)):
        return False
    return all(
        a.config is b.config and a.timeline is b.timeline and a.at == b.at and a.problem == b.problem
        for a, b in zip(one.lanes, other.lanes, strict=True)
    )
