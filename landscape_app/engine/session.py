"""The one mutable owner: takes intents, asks the worker, publishes frozen snapshots."""

import logging
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from landscape_app.core.arrays import FloatArray
from landscape_app.core.errors import ConfigError, ExplorerError
from landscape_app.core.landscape import Landscape
from landscape_app.engine.jobs import StepJob, StepsReply
from landscape_app.engine.loader import Loader
from landscape_app.engine.mapper import Mapper
from landscape_app.engine.player import Player
from landscape_app.engine.stepper import Stepper
from landscape_app.engine.worker import WorkerThread
from landscape_app.session.changes import changed_at, restarted
from landscape_app.session.config import Experiment, StartConfig, default_experiment
from landscape_app.session.map_view import map_view_at
from landscape_app.session.prepare import Prepared, invalidates, prepare
from landscape_app.session.problem import start_theta, start_values
from landscape_app.session.records import Timeline
from landscape_app.session.sentences import budget_sentence, divergence_sentence, foreseen_divergence
from landscape_app.session.snapshot import Notice, Snapshot
from landscape_app.session.transitions import Run

#: A job without a wish of its own takes as many steps as fit into its slice.
AS_MANY_AS_FIT = 1_000_000
#: Rows of gradients looked through at a time.
ROWS = 4_096

log = logging.getLogger(__name__)


class Session(QObject):
    """Lives on the GUI thread; every method returns at once, and ``snapshot_changed`` tells what came of it."""

    snapshot_changed = Signal(object)

    def __init__(self, experiment: Experiment | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads = WorkerThread(self)
        self._loader = Loader(self)
        self._loader.prepared.connect(self._on_prepared)
        self._loader.failed.connect(self._on_load_failed)
        self._stepper = Stepper(self._threads, self)
        self._stepper.replied.connect(self._on_steps)
        self._stepper.idle.connect(self._go_on)
        self._mapper = Mapper(self._threads, self)
        self._mapper.landscape_ready.connect(self._on_landscape)
        self._threads.worker.failed.connect(self._on_worker_failed)
        self.player = Player(self)
        self.player.tick.connect(self._on_tick)
        self._pending = 0  # steps asked for one by one
        self._refill = 0  # record up to this iteration without moving the cursor
        self._purpose: Literal["advance", "refill"] = "advance"  # of the steps under way
        self._restarting: Experiment | None = None  # a start that is on its way
        self._remeasure = False
        prepared = prepare(experiment or default_experiment())
        self._run = prepared.run
        self.snapshot = Snapshot(
            experiment=prepared.experiment,
            wanted=prepared.experiment,
            settings=prepared.run.schedule.at(0),
            problem=prepared.problem,
            timeline=prepared.timeline,
            cursor=0,
            map_view=map_view_at(prepared.experiment, prepared.problem, prepared.timeline, 0, None),
        )
        self._publish()

    # -- publishing -----------------------------------------------------------------------------------------

    def _publish(self, **changes: Any) -> None:
        """Replace the snapshot; the map follows the cursor, the axes and the path."""
        new = replace(self.snapshot, **changes)
        experiment_changed = new.experiment is not self.snapshot.experiment
        if new.cursor != self.snapshot.cursor or experiment_changed:
            new = replace(new, settings=self._run.schedule.at(new.cursor))
        previous, seen = (new.map_view, 0) if new.problem is self.snapshot.problem else (None, 0)
        if previous is not None and new.timeline.continues(self.snapshot.timeline):
            seen = self.snapshot.timeline.length  # a long path is not looked through again at every frame
        view = map_view_at(new.experiment, new.problem, new.timeline, new.cursor, previous, seen)
        if not self._mapper.show(new.problem, view, new.experiment.plane.grid):
            new = replace(new, landscape=None)  # the old map never stands under new labels
        self.snapshot = replace(
            new,
            map_view=view,
            landscape_busy=self._mapper.busy,
            playing=self.player.playing,
            waiting=self._pending,
        )
        self.snapshot_changed.emit(self.snapshot)

    def notify(self, text: str, kind: Literal["info", "warning", "error"] = "info") -> None:
        """Show a sentence to the user."""
        self._publish(notice=Notice(text, kind))

    @Slot(str)
    def report(self, text: str) -> None:
        """Show an error that nobody caught."""
        self.notify(text, "error")

    def dismiss_notice(self) -> None:
        """Take the sentence away."""
        if self.snapshot.notice is not None:
            self._publish(notice=None)

    # -- what the experiment is -----------------------------------------------------------------------------

    def configure(self, experiment: Experiment) -> None:
        """Make ``experiment`` the present one; only what it changes is made anew."""
        part = invalidates(self.snapshot.wanted, experiment)
        if part == "problem":
            self._load(experiment)
        elif part == "plane":
            shown = self.snapshot.experiment.but(plane=experiment.plane)
            self._publish(experiment=shown, wanted=self.snapshot.wanted.but(plane=experiment.plane))
        elif part is not None and self._loader.pending:
            self._publish(wanted=experiment)  # for the data that are on their way, not for those shown
        elif part == "start":
            self._restart(experiment)
        elif part == "run":
            self._restart(experiment, keep=0)

    def open_experiment(self, experiment: Experiment) -> None:
        """Load another experiment, data and all, and record it as far as it says."""
        self._load(experiment, fresh=True)

    def _load(self, experiment: Experiment, *, fresh: bool = False) -> None:
        """Let the data be read and the model be built; what is shown stays until then."""
        self.player.pause()
        self._loader.load(experiment, self.snapshot, fresh=fresh)
        self._publish(wanted=experiment, loading=self.tr("Preparing the data …"))

    @Slot(object)
    def _on_load_failed(self, error: Exception) -> None:
        self._publish(wanted=self.snapshot.experiment, loading="", notice=Notice(_sentence(error), "error"))
        if not isinstance(error, ExplorerError):
            log.error("Loading failed", exc_info=error)

    @Slot(object)
    def _on_prepared(self, prepared: Prepared) -> None:
        before, loader = self.snapshot, self._loader
        if loader.wish is not before.wanted:  # start, settings or plane were changed in the meantime
            loader.load(before.wanted, before, fresh=loader.fresh, loaded=prepared.problem.loaded)
            return
        loader.done()
        if loader.fresh:
            self._begin(prepared, refill=prepared.experiment.run.iterations)
            return
        same_shape = prepared.problem.model.layout.scalar_names == before.problem.model.layout.scalar_names
        if same_shape:
            self._begin(prepared, refill=before.timeline.last)
            return
        run = restarted(prepared.experiment.run, before.cursor)
        self._begin(replace(prepared, experiment=prepared.experiment.but(run=run)), refill=0)

    def _begin(self, prepared: Prepared, refill: int) -> None:
        """Stand at the start of ``prepared``, and record up to iteration ``refill``."""
        self._stepper.forget()
        self.player.pause()
        self._run = Run.of(prepared.experiment.run, prepared.problem.model, prepared.problem.data)
        self._pending, self._restarting, self._remeasure = 0, None, False
        self._refill = refill
        warning = foreseen_divergence(prepared.problem, self._run.schedule.at(0))
        note = " ".join(text for text in (prepared.problem.loaded.note, warning) if text)
        self._publish(
            experiment=prepared.experiment,
            wanted=prepared.experiment,
            problem=prepared.problem,
            timeline=prepared.timeline,
            cursor=0,
            landscape=None,
            loading="",
            notice=Notice(note, "warning" if warning else "info") if note else None,
        )
        self._go_on()

    # -- start ----------------------------------------------------------------------------------------------

    def set_start(self, theta: FloatArray) -> None:
        """Start from ``theta`` (size,), and record the path again as far as it went."""
        layout = self.snapshot.problem.model.layout
        values: Any = start_values(theta, layout)
        start = StartConfig(method="values", values=values, seed=self.snapshot.wanted.start.seed)
        self.configure(self.snapshot.wanted.but(start=start))

    def set_start_on_map(self, x: float, y: float) -> None:
        """Start from a point of the map: what was clicked is what one gets, other parameters as in the slice."""
        plane = self.snapshot.map_view.plane
        self.set_start(plane.origin + x * plane.u + y * plane.v)

    def _restart(self, experiment: Experiment, keep: int | None = None) -> None:
        """Record anew from the start of ``experiment``, as far as before or to iteration ``keep``."""
        problem = self.snapshot.problem
        try:
            run = Run.of(experiment.run, problem.model, problem.data)
            start = start_theta(experiment.start, problem.model)
        except ConfigError as error:
            self.notify(str(error), "error")
            return
        self.player.pause()
        self._pending = 0
        if keep is None:
            keep = max(self._refill, self.snapshot.timeline.last)
        self._refill = keep
        self._restarting = experiment
        self._stepper.request(StepJob(run, keep, start=start, experiment=experiment))
        self._publish(wanted=experiment)

    def reset(self) -> None:
        """Go back to the start and forget the path; the settings stay as they are now."""
        experiment = self.snapshot.wanted
        experiment = experiment.but(run=restarted(experiment.run, self.snapshot.cursor))
        if self._loader.pending:
            self._publish(wanted=experiment)
            return
        self._stepper.forget()
        self._restart(experiment, keep=0)

    # -- settings in mid-run --------------------------------------------------------------------------------

    def change_setting(self, name: str, value: float | str | None) -> None:
        """Change the rule, a hyperparameter or the batch size from the cursor on; what lay after is made again."""
        shown = self.snapshot
        if self._restarting is not None:  # the path begins anew: so does the setting
            self._change_restart(self._restarting, name, value)
            return
        try:
            config = changed_at(shown.experiment.run, shown.cursor, name, value)
            run = Run.of(config, shown.problem.model, shown.problem.data)
        except ConfigError as error:
            self.notify(str(error), "error")
            return
        if config == shown.experiment.run:
            return
        experiment = shown.experiment.but(run=config)
        wanted = shown.wanted.but(run=config)
        self._stepper.forget()
        self._run = run
        self._remeasure = name in ("optimizer", "batch_size") or self._remeasure
        self._refill = 0 if self.player.playing else max(self._refill, shown.timeline.last)
        self._publish(
            experiment=experiment,
            wanted=wanted,
            timeline=shown.timeline.truncated(shown.cursor + 1),
            notice=None,
        )
        self._go_on()

    def _change_restart(self, experiment: Experiment, name: str, value: float | str | None) -> None:
        try:
            config = changed_at(experiment.run, 0, name, value)
        except ConfigError as error:
            self.notify(str(error), "error")
            return
        self._restart(experiment.but(run=config))

    # -- stepping -------------------------------------------------------------------------------------------

    def step(self, count: int = 1) -> None:
        """Move the cursor ``count`` iterations on, recording what is not there yet."""
        self._pending += count
        self._go_on()
        self._publish()

    def step_back(self, count: int = 1) -> None:
        """Move the cursor back; nothing is computed."""
        self.go_to(self.snapshot.cursor - count)

    def go_to(self, iteration: int) -> None:
        """Put the cursor on a recorded iteration, or on the nearest one."""
        self.player.pause()
        self._pending = 0
        self._publish(cursor=min(max(0, iteration), self.snapshot.timeline.last))

    def play(self) -> None:
        """Run at the chosen speed until paused, stopped by a goal, or diverged."""
        self.player.play()
        self._publish(notice=None)

    def pause(self) -> None:
        """Stop where the cursor is."""
        self.player.pause()
        self._pending = 0
        if self._restarting is None and self._purpose == "advance":
            self._stepper.forget()  # what is under way was for after the pause
        self._publish()

    def run_until(self, iteration: int | None = None, tolerance: float | None = None) -> None:
        """Run as fast as it goes, to ``iteration`` or until the gradient's norm falls below ``tolerance``."""
        if iteration is not None and iteration <= self.snapshot.timeline.last:
            self.go_to(iteration)
            return
        if tolerance is not None:
            recorded = first_below(self.snapshot.timeline, self.snapshot.cursor, tolerance)
            if recorded is not None:
                self.go_to(recorded)
                self.notify(self._below(tolerance, recorded))
                return
        self.player.run_until(iteration, tolerance)
        self._publish(notice=None)

    @Slot(int)
    def _on_tick(self, count: int) -> None:
        """Advance by ``count`` iterations for this frame (0: as many as fit)."""
        shown = self.snapshot
        goal = self.player.goal_iteration
        if goal is not None and shown.cursor >= goal:
            self._reached(self.tr("Iteration {0} is reached.").format(goal))
        elif shown.cursor < shown.timeline.last:
            ahead = shown.timeline.last if count == 0 else min(shown.timeline.last, shown.cursor + count)
            self._publish(cursor=ahead if goal is None else min(ahead, goal))
        elif shown.timeline.divergence is not None:
            self._stop(Notice(divergence_sentence(shown), "warning"))
        elif shown.timeline.full:
            self._stop(Notice(budget_sentence(shown.timeline.length), "warning"))
        elif not self._stepper.busy:
            self._ask(count or AS_MANY_AS_FIT, "advance")

    def _ask(self, count: int, purpose: Literal["advance", "refill"]) -> None:
        timeline = self.snapshot.timeline
        self._purpose = purpose
        goal = self.player.goal_iteration
        if goal is not None and self.player.playing:
            count = min(count, goal - timeline.last)
        tolerance = self.player.tolerance if self.player.playing else None
        job = StepJob(self._run, count, timeline=timeline, iteration=timeline.last, tolerance=tolerance)
        self._stepper.request(replace(job, remeasure=self._remeasure))

    @Slot()
    def _go_on(self) -> None:
        """Do what is still owed: single steps first, then the path as far as it was."""
        shown = self.snapshot
        timeline = shown.timeline
        inside = min(self._pending, timeline.last - shown.cursor)
        if inside > 0:
            self._pending -= inside
            self._publish(cursor=shown.cursor + inside)
        if self._pending and timeline.divergence is not None:
            self._stop(Notice(divergence_sentence(self.snapshot), "warning"))
        if (self._pending or self._refill > timeline.last) and timeline.full:
            self._refill = 0
            self._stop(Notice(budget_sentence(timeline.length), "warning"))
        if self._stepper.busy:
            return
        if self._pending or self._remeasure:
            self._ask(self._pending, "advance")
        elif self._refill > timeline.last and timeline.divergence is None and not self.player.playing:
            self._ask(self._refill - timeline.last, "refill")

    @Slot(object)
    def _on_steps(self, reply: StepsReply) -> None:
        if reply.experiment is not None:
            self._on_restarted(reply)
            return
        shown = self.snapshot
        timeline = shown.timeline
        self._remeasure = False
        made = 0
        if reply.batch is not None:
            made = reply.batch.first + len(reply.batch.loss) - timeline.length
            timeline = timeline.appended(reply.batch)
        if reply.divergence is not None:
            timeline = timeline.diverged(reply.divergence)
        at_end = shown.cursor == shown.timeline.last
        moves = self._purpose == "advance" and at_end and (self.player.playing or self._pending > 0)
        if moves:
            self._pending = max(0, self._pending - made)
        self._publish(timeline=timeline, cursor=shown.cursor + made if moves else shown.cursor)
        if reply.divergence is not None and self._purpose == "advance":
            self._refill = 0
            self._stop(Notice(divergence_sentence(self.snapshot), "warning"))
        elif reply.converged and self.player.playing and self.player.tolerance is not None:
            self._stop(Notice(self._below(self.player.tolerance, timeline.last)))
        self._go_on()
        self.player.answered()

    def _below(self, tolerance: float, iteration: int) -> str:
        return self.tr("The gradient's norm is below {0:g} at iteration {1:,}.").format(tolerance, iteration)

    def _on_restarted(self, reply: StepsReply) -> None:
        """Show the run that begins at the new start; a newer start may be on its way already."""
        experiment = reply.experiment
        assert experiment is not None
        if experiment is self._restarting:
            self._restarting = None
        if reply.batch is None:
            if self._restarting is None:
                text = self.tr("The loss or its gradient overflows there: choose a start nearer to zero.")
                self._refill = 0
                self._publish(wanted=self.snapshot.experiment, notice=Notice(text, "error"))
            return
        timeline = Timeline.starting_with(reply.batch)
        if reply.divergence is not None:
            timeline = timeline.diverged(reply.divergence)
        problem = self.snapshot.problem
        self._run = Run.of(experiment.run, problem.model, problem.data)
        self._remeasure = False
        # The map may have been moved since: its plane stays.
        experiment = experiment.but(plane=self.snapshot.experiment.plane)
        wanted = experiment if self._restarting is None and not self._loader.pending else self.snapshot.wanted
        self._publish(experiment=experiment, wanted=wanted, timeline=timeline, cursor=0, notice=None)
        self._go_on()

    @Slot(object)
    def _on_worker_failed(self, error: Exception) -> None:
        """The worker met an error that should not be: say so, and be ready for the next wish."""
        log.error("The worker failed", exc_info=error)
        self._refill, self._remeasure, self._restarting = 0, False, None
        self._stepper.failed()
        self._mapper.failed()
        self.player.pause()
        self._pending = 0
        self._publish(wanted=self.snapshot.experiment, notice=Notice(_sentence(error), "error"))

    def _stop(self, notice: Notice) -> None:
        self.player.pause()
        self._pending = 0
        self._publish(notice=notice)

    def _reached(self, text: str) -> None:
        self._stop(Notice(text))

    # -- the map --------------------------------------------------------------------------------------------

    def set_axes(self, x_name: str, y_name: str) -> None:
        """Show the plane of these two parameters through the current point."""
        plane = self.snapshot.wanted.plane.but(axes=(x_name, y_name), x_range=None, y_range=None)
        self.configure(self.snapshot.wanted.but(plane=plane))

    def set_ranges(self, x_range: tuple[float, float] | None, y_range: tuple[float, float] | None) -> None:
        """Show this part of the plane; None lets the range follow the path again."""
        plane = self.snapshot.wanted.plane.but(x_range=x_range, y_range=y_range)
        self.configure(self.snapshot.wanted.but(plane=plane))

    def stop_refining(self) -> None:
        """Leave the landscape as coarse as it is."""
        self._mapper.stop()
        self._publish()

    @Slot(object)
    def _on_landscape(self, landscape: Landscape) -> None:
        self._publish(landscape=landscape)

    def shut_down(self) -> None:
        """End both threads; nothing is emitted afterwards."""
        self.player.pause()
        self._stepper.forget()
        self._loader.shut_down()
        self._threads.shut_down()


def first_below(timeline: Timeline, begin: int, tolerance: float) -> int | None:
    """Return the first recorded iteration from ``begin`` on whose gradient norm is below ``tolerance``."""
    for first in range(begin, timeline.length, ROWS):
        norms = np.linalg.norm(timeline.grad[first : first + ROWS], axis=1)
        found = np.flatnonzero(norms < tolerance)
        if found.size:
            return first + int(found[0])
    return None


def _sentence(error: Exception) -> str:
    if isinstance(error, ExplorerError):
        return str(error)
    return f"Something went wrong that should not have: {type(error).__name__}: {error}"
