"""The one mutable owner: takes intents, asks the worker, publishes frozen snapshots."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from landscape_app.core.arrays import FloatArray
from landscape_app.core.errors import ConfigError, ExplorerError
from landscape_app.core.landscape import Landscape
from landscape_app.engine.background import Background, Outcome
from landscape_app.engine.jobs import StepJob, StepsReply
from landscape_app.engine.mapper import Mapper
from landscape_app.engine.player import Player
from landscape_app.engine.stepper import Stepper
from landscape_app.engine.worker import WorkerThread
from landscape_app.session.changes import changed_at, restarted
from landscape_app.session.config import Experiment, StartConfig, default_experiment
from landscape_app.session.map_view import map_view_at
from landscape_app.session.prepare import Prepared, adapted, invalidates, prepare
from landscape_app.session.problem import Loaded, load_data, start_theta, start_values
from landscape_app.session.records import Timeline
from landscape_app.session.sentences import budget_sentence, divergence_sentence
from landscape_app.session.snapshot import Notice, Snapshot
from landscape_app.session.transitions import Run

#: A job without a wish of its own takes as many steps as fit into its slice.
AS_MANY_AS_FIT = 1_000_000
#: A start that is dragged computes the path again up to this iteration at most.
REFILL_LIMIT = 2_000


class Session(QObject):
    """Lives on the GUI thread; every method returns at once, and ``snapshot_changed`` tells what came of it."""

    snapshot_changed = Signal(object)

    def __init__(self, experiment: Experiment | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads = WorkerThread(self)
        self._background = Background(self)
        self._background.finished.connect(self._on_background_finished)
        self._stepper = Stepper(self._threads, self)
        self._stepper.replied.connect(self._on_steps)
        self._stepper.idle.connect(self._go_on)
        self._mapper = Mapper(self._threads, self)
        self._mapper.landscape_ready.connect(self._on_landscape)
        self.player = Player(self)
        self.player.tick.connect(self._on_tick)
        self._pending = 0  # steps asked for one by one
        self._refill = 0  # record up to this iteration without moving the cursor
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
        previous = new.map_view if new.problem is self.snapshot.problem else None
        view = map_view_at(new.experiment, new.problem, new.timeline, new.cursor, previous)
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

    def notify(self, text: str, kind: str = "info") -> None:
        """Show a sentence to the user."""
        self._publish(notice=Notice(text, kind))  # type: ignore[arg-type]

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
        elif part == "start":
            self._restart(experiment)
        elif part == "run":
            self._restart(experiment, keep=0)
        elif part == "plane":
            wanted = self.snapshot.wanted.but(plane=experiment.plane)
            self._publish(experiment=self.snapshot.experiment.but(plane=experiment.plane), wanted=wanted)

    def open_experiment(self, experiment: Experiment) -> None:
        """Load another experiment, data and all."""
        self._load(experiment, fresh=True)

    def _load(self, experiment: Experiment, *, fresh: bool = False) -> None:
        """Read the data and build the model outside of the GUI thread; the newest wish wins."""
        shown = self.snapshot
        self.player.pause()
        loaded: Loaded | None = None
        table = None
        if not fresh and experiment.data == shown.experiment.data:
            loaded = shown.problem.loaded
        elif not fresh and _source(experiment) == _source(shown.experiment):
            table = shown.problem.loaded.table

        def task() -> Prepared:
            data = loaded or load_data(experiment.data, table)
            return prepare(adapted(experiment, data), data)

        self._background.submit(("prepare", experiment), task)
        self._publish(wanted=experiment, loading=self.tr("Preparing the data …"))

    @Slot(object)
    def _on_background_finished(self, outcome: Outcome) -> None:
        if self._background.busy or outcome.key[1] is not self.snapshot.wanted:
            return  # a newer wish is under way
        if outcome.error is not None:
            self._publish(wanted=self.snapshot.experiment, loading="", notice=Notice(_sentence(outcome.error), "error"))
            if not isinstance(outcome.error, ExplorerError):
                raise outcome.error
            return
        prepared: Prepared = outcome.value
        before = self.snapshot
        same_shape = prepared.problem.model.layout.scalar_names == before.problem.model.layout.scalar_names
        experiment = prepared.experiment
        if not same_shape:
            experiment = experiment.but(run=restarted(experiment.run, before.cursor))
        self._begin(replace(prepared, experiment=experiment), refill=before.timeline.last if same_shape else 0)

    def _begin(self, prepared: Prepared, refill: int) -> None:
        """Stand at the start of ``prepared``, and record again as far as before."""
        self._stepper.forget()
        self.player.pause()
        self._run = Run.of(prepared.experiment.run, prepared.problem.model, prepared.problem.data)
        self._pending, self._remeasure = 0, False
        self._refill = min(refill, REFILL_LIMIT)
        note = prepared.problem.loaded.note
        self._publish(
            experiment=prepared.experiment,
            wanted=prepared.experiment,
            problem=prepared.problem,
            timeline=prepared.timeline,
            cursor=0,
            landscape=None,
            loading="",
            notice=Notice(note) if note else None,
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
        self._pending, self._remeasure = 0, False
        if keep is None:
            keep = max(self._refill, self.snapshot.timeline.last)
        self._refill = min(keep, REFILL_LIMIT)
        self._stepper.request(StepJob(run, self._refill, start=start, experiment=experiment))
        self._publish(wanted=experiment)

    def reset(self) -> None:
        """Go back to the start and forget the path; the settings stay as they are now."""
        experiment = self.snapshot.wanted
        run = restarted(experiment.run, self.snapshot.cursor)
        self._refill = 0
        self._stepper.forget()
        self._restart(experiment.but(run=run), keep=0)

    # -- settings in mid-run --------------------------------------------------------------------------------

    def change_setting(self, name: str, value: float | str | None) -> None:
        """Change the rule, a hyperparameter or the batch size from the cursor on; what lay after is made again."""
        shown = self.snapshot
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
        self._refill = 0 if self.player.playing else min(max(self._refill, shown.timeline.last), REFILL_LIMIT)
        self._publish(
            experiment=experiment,
            wanted=wanted,
            timeline=shown.timeline.truncated(shown.cursor + 1),
            notice=None,
        )
        self._go_on()

    # -- stepping -------------------------------------------------------------------------------------------

    def step(self, count: int = 1) -> None:
        """Move the cursor ``count`` iterations on, recording what is not there yet."""
        shown = self.snapshot
        inside = min(count, shown.timeline.last - shown.cursor)
        self._pending += count - inside
        if inside:
            self._publish(cursor=shown.cursor + inside)
        if self._pending:
            self._go_on(publish=True)

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
        self._stepper.forget()  # what is under way was for after the pause
        self._publish()

    def run_until(self, iteration: int | None = None, tolerance: float | None = None) -> None:
        """Run as fast as it goes, to ``iteration`` or until the gradient's norm falls below ``tolerance``."""
        if iteration is not None and iteration <= self.snapshot.timeline.last:
            self.go_to(iteration)
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
        elif not self._stepper.busy:
            self._ask(count or AS_MANY_AS_FIT)

    def _ask(self, count: int) -> None:
        timeline = self.snapshot.timeline
        goal = self.player.goal_iteration
        if goal is not None and self.player.playing:
            count = min(count, goal - timeline.last)
        tolerance = self.player.tolerance if self.player.playing else None
        job = StepJob(self._run, count, timeline=timeline, iteration=timeline.last, tolerance=tolerance)
        self._stepper.request(replace(job, remeasure=self._remeasure))

    @Slot()
    def _go_on(self, publish: bool = False) -> None:
        """Ask for what is still owed: single steps first, then the path as far as it was."""
        timeline = self.snapshot.timeline
        if timeline.divergence is not None and self._pending:
            self._pending = 0
            self._publish(notice=Notice(divergence_sentence(self.snapshot), "warning"))
        elif self._stepper.busy:
            pass
        elif self._pending or self._remeasure:
            self._ask(self._pending)
        elif self._refill > timeline.last and timeline.divergence is None and not self.player.playing:
            self._ask(self._refill - timeline.last)
        if publish:
            self._publish()

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
        moves = at_end and (self.player.playing or self._pending > 0)
        self._pending = max(0, self._pending - made) if moves else self._pending
        self._publish(timeline=timeline, cursor=shown.cursor + made if moves else shown.cursor)
        if reply.divergence is not None and (moves or not self._refill):
            self._refill = 0
            self._stop(Notice(divergence_sentence(self.snapshot), "warning"))
        elif reply.converged and self.player.playing:
            self._reached(
                self.tr("The gradient's norm is below {0:g} at iteration {1}.").format(
                    self.player.tolerance, timeline.last
                )
            )
        elif timeline.full:
            self._refill = 0
            self._stop(Notice(budget_sentence(timeline.length), "warning"))
        self._go_on()
        self.player.answered()

    def _on_restarted(self, reply: StepsReply) -> None:
        """Show the run that begins at the new start."""
        experiment = reply.experiment
        assert experiment is not None
        if reply.batch is None:
            text = self.tr("The loss or its gradient overflows there: choose a start nearer to zero.")
            self._refill = 0
            self._publish(wanted=self.snapshot.experiment, notice=Notice(text, "error"))
            return
        timeline = Timeline.starting_with(reply.batch)
        if reply.divergence is not None:
            timeline = timeline.diverged(reply.divergence)
        problem = self.snapshot.problem
        self._run = Run.of(experiment.run, problem.model, problem.data)
        self._publish(experiment=experiment, timeline=timeline, cursor=0, notice=None)
        self._go_on()

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
        self._background.shut_down()
        self._threads.shut_down()


def _source(experiment: Experiment) -> tuple[str, str, str | None]:
    """Return what identifies the table that the data come from."""
    return experiment.data.kind, experiment.data.name, experiment.data.path


def _sentence(error: Exception) -> str:
    if isinstance(error, ExplorerError):
        return str(error)
    return f"Something went wrong that should not have: {type(error).__name__}: {error}"
