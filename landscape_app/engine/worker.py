"""The worker: takes jobs in slices, steps before grids, and never holds the interpreter for long."""

from collections.abc import Iterator
from itertools import chain
from time import perf_counter
from typing import Any

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from landscape_app.core.landscape import Frame, grid_landscapes
from landscape_app.engine.jobs import (
    GRID_SLICE,
    STEP_SLICE,
    TASK_REST,
    TASK_SLICE,
    CheckJob,
    CheckReply,
    FrameJob,
    FrameReply,
    GridJob,
    GridReply,
    LookJob,
    LookReply,
    NoiseJob,
    NoiseReply,
    RaceJob,
    RaceReply,
    ShareJob,
    ShareReply,
    StepJob,
    StepsReply,
    TaskJob,
    TaskReply,
)
from landscape_app.session.framing import frame_steps
from landscape_app.session.gradient_check import GradientCheck, check_steps
from landscape_app.session.map_picture import MapPicture, map_pictures
from landscape_app.session.noise import Noise, noise_steps
from landscape_app.session.point_kind import PointReading, PointWish, point_steps
from landscape_app.session.race import LaneNews, lane_steps
from landscape_app.session.shares import Shares, share_steps
from landscape_app.session.sharpness import sharpness_steps
from landscape_app.session.transitions import divergence_at, first_record, recorded, remeasured, replayed


def run_step_job(job: StepJob, seconds: float = STEP_SLICE) -> StepsReply:
    """Record steps for ``seconds``; at least one is taken if any was asked for."""
    deadline = perf_counter() + seconds
    if job.start is not None:
        record = first_record(job.run, job.start)
        divergence = divergence_at(job.run, record)
        if divergence is not None:
            return StepsReply(job.token, None, divergence, experiment=job.experiment)
    else:
        assert job.timeline is not None
        record = replayed(job.run, job.timeline, job.iteration)
        if job.remeasure:
            record = remeasured(job.run, record)
    with_first = job.start is not None or job.remeasure
    made = recorded(job.run, record, job.count, deadline=deadline, tolerance=job.tolerance, with_first=with_first)
    return StepsReply(job.token, made.batch, made.divergence, made.converged, job.experiment)


class Worker(QObject):
    """Lives in the worker thread. A new job of a kind replaces the one that is running: that is the cancelling."""

    steps_finished = Signal(object)
    grid_advanced = Signal(object)
    frame_found = Signal(object)
    check_made = Signal(object)
    shares_found = Signal(object)
    look_advanced = Signal(object)
    noise_advanced = Signal(object)
    race_advanced = Signal(object)
    task_advanced = Signal(object)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._step_job: StepJob | None = None
        self._grid_job: GridJob | None = None
        self._grid: Iterator[MapPicture | None] | None = None
        self._frame_job: FrameJob | None = None
        self._frame: Iterator[Frame | None] | None = None
        self._check_job: CheckJob | None = None
        self._check: Iterator[GradientCheck | None] | None = None
        self._share_job: ShareJob | None = None
        self._shares: Iterator[Shares | None] | None = None
        self._race_job: RaceJob | None = None
        self._race: Iterator[LaneNews | None] | None = None
        self._noise_job: NoiseJob | None = None
        self._noise: Iterator[Noise | None] | None = None
        self._looks: dict[str, tuple[LookJob, Iterator[PointReading | tuple[int, float] | None]]] = {}
        self._tasks: dict[str, tuple[TaskJob, Iterator[Any]]] = {}
        self._easy = False
        self._stepped_last = False
        self._clock = QTimer(self)  # a child, so that it moves into the thread with its parent
        self._clock.setInterval(0)
        self._clock.timeout.connect(self._advance)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(TASK_REST)
        self._rest.timeout.connect(self._clock.start)

    @Slot(object)
    def take_steps(self, job: StepJob) -> None:
        """Put ``job`` in the steps' slot."""
        self._step_job = job
        self._clock.start()

    @Slot(object)
    def take_grid(self, job: GridJob | None) -> None:
        """Put ``job`` in the grid's slot; None only clears it."""
        self._grid_job = job
        self._grid = None
        if job is not None:
            problem = job.problem
            landscapes = grid_landscapes(
                problem.model, problem.data, job.plane, job.x_range, job.y_range, job.grid, problem.factor
            )
            self._grid = map_pictures(landscapes)
            self._clock.start()

    @Slot(object)
    def take_frame(self, job: FrameJob | None) -> None:
        """Put ``job`` in the directions' slot; None only clears it."""
        self._frame_job = job
        self._frame = None
        if job is not None:
            self._frame = frame_steps(job.wish)
            self._clock.start()

    @Slot(object)
    def take_check(self, job: CheckJob | None) -> None:
        """Put ``job`` in the slot of checks; None only clears it."""
        self._check_job = job
        self._check = None
        if job is not None:
            self._check = check_steps(job.wish)
            self._clock.start()

    @Slot(object)
    def take_shares(self, job: ShareJob | None) -> None:
        """Put ``job`` in the slot of examples' parts; None only clears it."""
        self._share_job = job
        self._shares = None
        if job is not None:
            self._shares = share_steps(job.wish)
            self._clock.start()

    @Slot(object)
    def take_race(self, job: RaceJob | None) -> None:
        """Put ``job`` in the rivals' slot; None only clears it."""
        self._race_job = job
        self._race = None
        if job is not None:
            self._race = chain.from_iterable(lane_steps(wish, STEP_SLICE) for wish in job.wishes)
            self._clock.start()

    @Slot(object)
    def take_noise(self, job: NoiseJob | None) -> None:
        """Put ``job`` in the batch's slot; None only clears it."""
        self._noise_job = job
        self._noise = None
        if job is not None:
            self._noise = noise_steps(job.wish, job.known)
            self._clock.start()

    @Slot(object)
    def take_look(self, job: LookJob) -> None:
        """Put ``job`` in the slot of its kind, a point or a path; one without a wish only clears it."""
        self._looks.pop(job.kind, None)
        if job.wish is not None:
            steps = point_steps(job.wish) if isinstance(job.wish, PointWish) else sharpness_steps(job.wish)
            self._looks[job.kind] = (job, steps)
            self._clock.start()

    @Slot(object)
    def take_task(self, job: TaskJob) -> None:
        """Put ``job`` in the slot of its kind; one without a wish only clears it."""
        self._tasks.pop(job.kind, None)
        if job.wish is not None:
            self._tasks[job.kind] = (job, job.wish.steps())
            self._clock.start()

    @Slot(bool)
    def take_it_easy(self, easy: bool) -> None:
        """Let tasks rest between their slices, since the window draws frame after frame."""
        self._easy = easy

    def _drop_all(self) -> None:
        self._looks.clear()
        self._tasks.clear()
        self._step_job = self._grid_job = self._grid = self._frame_job = self._frame = None
        self._check_job = self._check = None
        self._share_job = self._shares = None
        self._noise_job = self._noise = None
        self._race_job = self._race = None

    @Slot()
    def stop(self) -> None:
        """Drop all work; called in the worker's own thread before it ends."""
        self._drop_all()
        self._clock.stop()
        self._rest.stop()

    @Slot()
    def _advance(self) -> None:
        """Do one slice of the most urgent work, then let events in.

        Steps come first, the rivals' after those of the run in hand, then what examples add to a gradient and the
        batch, which are soon done, then the directions
        of a map, then the map, then the check of a gradient. But of two slices in a row one is the map's: a fast run
        would starve it.
        """
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 - handed to the window, which says so and goes on
            self._drop_all()
            self.failed.emit(error)

    def _work(self) -> None:
        owed = (self._grid is not None or self._frame is not None) and self._stepped_last
        if self._step_job is not None and not owed:
            job, self._step_job = self._step_job, None
            self._stepped_last = True
            self.steps_finished.emit(run_step_job(job))
        elif self._shares is not None:
            self._stepped_last = False
            self._advance_shares()
        elif self._race is not None and not owed:
            self._stepped_last = True
            self._advance_race()
        elif self._noise is not None:
            self._stepped_last = False
            self._advance_noise()
        elif self._frame is not None:
            self._stepped_last = False
            self._advance_frame()
        elif self._grid is not None:
            self._stepped_last = False
            self._advance_grid()
        elif self._check is not None:
            self._stepped_last = False
            self._advance_check()
        elif self._looks:
            self._stepped_last = False
            self._advance_look("point" if "point" in self._looks else "path")
        elif self._tasks and not self._rest.isActive():
            self._stepped_last = False
            self._advance_task()
            if self._easy:
                self._rest.start()
        else:
            self._clock.stop()

    def _advance_grid(self) -> None:
        assert self._grid is not None
        assert self._grid_job is not None
        deadline = perf_counter() + GRID_SLICE
        for picture in self._grid:
            if picture is not None:
                self.grid_advanced.emit(GridReply(self._grid_job.token, picture))
            if picture is not None or perf_counter() > deadline:
                return
        self._grid = None

    def _advance_frame(self) -> None:
        job, steps = self._frame_job, self._frame
        assert job is not None
        assert steps is not None
        deadline = perf_counter() + GRID_SLICE
        for frame in steps:
            if frame is not None:
                self._frame_job = self._frame = None
                self.frame_found.emit(FrameReply(job.token, job.wish, frame))
            if frame is not None or perf_counter() > deadline:
                return

    def _advance_shares(self) -> None:
        job, steps = self._share_job, self._shares
        assert job is not None
        assert steps is not None
        deadline = perf_counter() + GRID_SLICE
        for shares in steps:
            if shares is not None:
                self._share_job = self._shares = None
                self.shares_found.emit(ShareReply(job.token, shares))
            if shares is not None or perf_counter() > deadline:
                return

    def _advance_race(self) -> None:
        job, steps = self._race_job, self._race
        assert job is not None
        assert steps is not None
        deadline = perf_counter() + STEP_SLICE
        news, ended = [], True
        for found in steps:
            if found is not None:
                news.append(found)
            if perf_counter() > deadline:
                ended = False
                break
        if ended:
            self._race_job = self._race = None
        self.race_advanced.emit(RaceReply(job.token, tuple(news), ended))

    def _advance_noise(self) -> None:
        job, steps = self._noise_job, self._noise
        assert job is not None
        assert steps is not None
        deadline = perf_counter() + GRID_SLICE
        for noise in steps:
            if noise is not None:
                self.noise_advanced.emit(NoiseReply(job.token, noise))
            if perf_counter() > deadline:
                return
        self._noise_job = self._noise = None

    def _advance_check(self) -> None:
        job, steps = self._check_job, self._check
        assert job is not None
        assert steps is not None
        deadline = perf_counter() + GRID_SLICE
        for check in steps:
            if check is not None:
                self._check_job = self._check = None
                self.check_made.emit(CheckReply(job.token, check))
            if check is not None or perf_counter() > deadline:
                return

    def _advance_look(self, kind: str) -> None:
        job, steps = self._looks[kind]
        deadline = perf_counter() + GRID_SLICE
        for found in steps:
            if found is not None:
                self.look_advanced.emit(LookReply(job.token, job.kind, found))
            if perf_counter() > deadline:
                return
        del self._looks[kind]

    def _advance_task(self) -> None:
        """Do a part of the task that has waited longest."""
        kind = next(iter(self._tasks))
        job, steps = self._tasks.pop(kind)
        deadline = perf_counter() + TASK_SLICE
        for result in steps:
            if result is not None:
                self.task_advanced.emit(TaskReply(job.token, job.kind, result))
            if perf_counter() > deadline:
                self._tasks[kind] = (job, steps)
                return
        self.task_advanced.emit(TaskReply(job.token, job.kind, None, ended=True))


class WorkerThread(QObject):
    """Owns the thread and its worker; ``shut_down`` ends both."""

    steps_wanted = Signal(object)
    grid_wanted = Signal(object)
    frame_wanted = Signal(object)
    check_wanted = Signal(object)
    shares_wanted = Signal(object)
    noise_wanted = Signal(object)
    race_wanted = Signal(object)
    look_wanted = Signal(object)
    task_wanted = Signal(object)
    ease_wanted = Signal(bool)
    stop_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.worker = Worker()
        self._thread = QThread()
        self._thread.setObjectName("worker")
        self.worker.moveToThread(self._thread)
        self.steps_wanted.connect(self.worker.take_steps)
        self.grid_wanted.connect(self.worker.take_grid)
        self.frame_wanted.connect(self.worker.take_frame)
        self.check_wanted.connect(self.worker.take_check)
        self.shares_wanted.connect(self.worker.take_shares)
        self.noise_wanted.connect(self.worker.take_noise)
        self.race_wanted.connect(self.worker.take_race)
        self.look_wanted.connect(self.worker.take_look)
        self.task_wanted.connect(self.worker.take_task)
        self.ease_wanted.connect(self.worker.take_it_easy)
        self.stop_wanted.connect(self.worker.stop)
        self._thread.finished.connect(self.worker.deleteLater)
        self._thread.start()

    def shut_down(self) -> None:
        """Cancel, quit, wait: in this order, so that no timer outlives its thread."""
        if self._thread.isRunning():
            self.stop_wanted.emit()
            self._thread.quit()
            self._thread.wait()
