"""The one mutable owner: takes intents, asks the worker, publishes frozen snapshots."""

from dataclasses import replace
from typing import Any, cast

from PySide6.QtCore import QObject

from landscape_app.core.arrays import FloatArray
from landscape_app.core.errors import ConfigError
from landscape_app.core.optimizers import Semantics
from landscape_app.engine.data_choice import DataChooser
from landscape_app.engine.jobs import StepJob, StepsReply
from landscape_app.engine.race_choice import Taking
from landscape_app.session.changes import changed_at, restarted, same_descent, with_semantics
from landscape_app.session.config import (
    Experiment,
    RivalConfig,
    RunConfig,
    ScheduleConfig,
    StartConfig,
    default_experiment,
)
from landscape_app.session.history import Moment, restored
from landscape_app.session.prepare import invalidates, prepare
from landscape_app.session.problem import start_theta, start_values
from landscape_app.session.records import Timeline
from landscape_app.session.snapshot import Notice
from landscape_app.session.transitions import Run


class Session(DataChooser):
    """Lives on the GUI thread; every method returns at once, and ``snapshot_changed`` tells what came of it.

    What is here changes the run; `DataChooser` changes what it runs on, `RaceChooser` its rivals alone, `MapChooser`
    its map, `Runner` moves along it, and `Publisher` publishes.
    """

    def __init__(self, experiment: Experiment | None = None, parent: QObject | None = None) -> None:
        super().__init__(prepare(experiment or default_experiment()), parent)
        self._resetting: Experiment | None = None
        self._taking: Taking | None = None  # what comes with the start that is on its way: see `_taken`
        self._typed_starts: dict[str, StartConfig] = {}  # by model, for whoever comes back to it
        self._restart_note = ""  # what is to be said when the path that is being recorded is there

    # -- what the experiment is -----------------------------------------------------------------------------

    def configure(self, experiment: Experiment) -> None:
        """Make ``experiment`` the present one; only what it changes is made anew."""
        part = invalidates(self.snapshot.wanted, experiment)
        if part == "problem":
            self._load(self._with_typed_start(experiment))
        elif part in ("plane", "rivals"):
            self._publish_beside(experiment)
        elif part is not None and self._loader.pending:
            self._publish(wanted=experiment)  # for the data that are on their way, not for those shown
        elif part == "start":
            self._restart(experiment)
        elif part == "run":
            same = same_descent(self.snapshot.wanted.run, experiment.run)
            self._restart(experiment, keep=None if same else 0)

    def _publish_beside(self, experiment: Experiment) -> None:
        """Take what makes nothing anew from ``experiment``: the plane, the rivals, and names."""
        race = {"rivals": experiment.rivals, "name": experiment.name}
        wanted = self.snapshot.wanted.but(plane=experiment.plane, **race)
        shown = self.snapshot.experiment.but(plane=experiment.plane)
        if self._taken is None:
            shown = shown.but(**race)
        else:  # they belong to a run that has not come yet
            self._taking = replace(self._taken, rivals=experiment.rivals, name=experiment.name)
        self._publish(gesture=self.gesture, experiment=shown, wanted=wanted)

    def _with_typed_start(self, experiment: Experiment) -> Experiment:
        """Return ``experiment`` with the start that was last typed for its model, if it is another model than now.

        Where it doesn't fit any more it is replaced like any other.
        """
        old = self.snapshot.wanted
        if old.model == experiment.model:
            return experiment
        if old.start.method == "values":
            self._typed_starts[old.model.name] = old.start
        typed = self._typed_starts.get(experiment.model.name)
        if typed is None or experiment.start is not old.start:
            return experiment
        with_typed: Experiment = experiment.but(start=typed)
        return with_typed

    # -- undo -----------------------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take the last change back, and bring back what was recorded before it."""
        if self._forget_wish() or not self._history.past:
            return
        now, name = self._moment(), self._history.undo_name
        self._history, then = self._history.undone(now)
        self._bring_back(now, then if name == "reset" else restored(now, then))

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        if self._forget_wish() or not self._history.future:
            return
        now, name = self._moment(), self._history.redo_name
        self._history, then = self._history.redone(now)
        self._bring_back(now, then if name == "reset" else restored(now, then))

    def _forget_wish(self) -> bool:
        """Drop what was asked for and is not there yet; True if that was a change of its own."""
        waited = self._loader.pending or self._restarting is not None
        self._held = self._held_next = None  # nor does a hand go on with what is taken back
        past = self._history.past
        is_part = bool(past) and self._wish_gesture is not None and past[-1].gesture == self._wish_gesture
        if self._restarting is not None:
            self._resume_at = None
        if waited:
            self._loader.cancel()
            self._stepper.forget()
            self._restarting = None
            self._publish(wanted=self.snapshot.experiment, loading="")
        return waited and not is_part

    def _bring_back(self, now: Moment, then: Moment) -> None:
        """Show ``then``; nothing of it is computed again but the map."""
        if then.timeline is now.timeline and then.problem is now.problem:
            self._publish("", experiment=then.experiment, wanted=then.experiment, map_view=then.map_view)
            return
        self._stepper.forget()
        self.player.pause()
        self._run = Run.on(then.experiment.run, then.problem)
        self._pending, self._resume_at = 0, None
        self._refill, self._remeasure = then.refill, then.remeasure
        self._publish(
            "",
            experiment=then.experiment,
            wanted=then.experiment,
            problem=then.problem,
            timeline=then.timeline,
            cursor=then.cursor,
            map_view=then.map_view,
            remeasuring=then.remeasure,
            notice=None,
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
        self.set_start(plane.at(x, y))

    def _restart(self, experiment: Experiment, keep: int | None = None, taking: Taking | None = None) -> None:
        """Record anew from the start of ``experiment``, as far as before or to iteration ``keep``.

        ``taking``: it is a run that is taken in hand now.
        """
        problem = self.snapshot.problem
        try:
            run = Run.on(experiment.run, problem)
            start = start_theta(experiment.start, problem.model)
        except ConfigError as error:
            self.notify(str(error), "error")
            return
        self.player.pause()
        self._pending = 0
        if taking is not None:
            self._stepper.forget()  # what is on its way is for the run that is left
        taken = taking or self._taken
        if keep is None:
            keep = taken.iterations if taken is not None else max(self._refill, self.snapshot.timeline.last)
            # The same iteration of the other path: while the start is dragged one sees all of it.
            self._resume_at = self.snapshot.cursor if self._resume_at is None else self._resume_at
        else:
            self._resume_at = 0
        self._restart_note = ""
        self._taking = None if taken is None else replace(taken, iterations=keep)
        if taken is None:  # else the former run is shown until it is there: undo must not record that one any further
            self._refill = keep
        self._restarting = experiment
        self._wish_gesture = self.gesture
        self._stepper.request(StepJob(run, keep, start=start, experiment=experiment))
        self._publish(wanted=experiment)

    def take_run(
        self,
        start: StartConfig,
        run: RunConfig,
        iterations: int,
        cursor: int,
        rivals: tuple[RivalConfig, ...] | None = None,
        name: str = "",
    ) -> None:
        """Make these the run in hand, record it to ``iterations``, and show iteration ``cursor``: one change.

        It leaves these ``rivals``, None for the present ones, and is called ``name``.
        """
        if self._loader.pending:  # they are for the data that are shown
            self.notify(self.tr("The data are still being prepared: take a run in hand when they are there."))
            return
        others = self.snapshot.wanted.rivals if rivals is None else rivals
        experiment: Experiment = self.snapshot.wanted.but(start=start, run=run, rivals=others, name=name)
        self._restart(experiment, keep=iterations, taking=Taking(name, others, iterations))
        if self._restarting is experiment:
            self._resume_at = cursor

    @property
    def _taken(self) -> Taking | None:
        """What a run that is taken in hand brings with it, while that or what was changed of it is on its way."""
        return None if self._restarting is None else self._taking

    def reset(self) -> None:
        """Go back to the start and forget the path; the settings stay as they are now."""
        experiment = self.snapshot.wanted
        experiment = experiment.but(run=restarted(experiment.run, self.snapshot.cursor))
        if self._loader.pending:
            self._publish(wanted=experiment)
            return
        self._stepper.forget()
        self._resetting = experiment
        self._restart(experiment, keep=0)

    # -- settings in mid-run --------------------------------------------------------------------------------

    def change_setting(self, name: str, value: float | str | ScheduleConfig | None) -> None:
        """Change the rule, a hyperparameter or the batch size from the cursor on; what lay after is made again.

        Arithmetic, semantics and the learning rate's schedule belong to the whole run: all of it is made again.
        """
        shown = self.snapshot
        if name in ("arithmetic", "semantics", "schedule"):
            self._set_whole_run(name, value)
            return
        assert not isinstance(value, ScheduleConfig)
        if self._restarting is not None and self._loader.pending:  # it is for the data that are on their way
            self._change_wanted(name, value)
            return
        if self._restarting is not None:  # the path begins anew: so does the setting
            self._change_restart(self._restarting, name, value)
            return
        try:
            config = changed_at(shown.experiment.run, shown.cursor, name, value)
            run = Run.on(config, shown.problem)
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
        self._resume_at = None
        self._publish(
            gesture=self.gesture,
            experiment=experiment,
            wanted=wanted,
            timeline=shown.timeline.truncated(shown.cursor + 1),
            notice=None,
        )
        self._go_on()

    def go_on_with(self, iteration: int, rate: float) -> None:
        """Go back to a recorded iteration, and on from there at another learning rate."""
        self.go_to(iteration)
        self.change_setting("learning_rate", rate)
        self.play()

    def _set_whole_run(self, name: str, value: object) -> None:
        """Record the whole path again with another arithmetic, semantics or schedule: never a mixture."""
        wanted = self.snapshot.wanted
        notes: tuple[str, ...] = ()
        if name == "semantics":
            run, notes = with_semantics(wanted.run, cast("Semantics", value))
        else:
            run = wanted.run.but(**{name: value})
        if run != wanted.run:
            self.configure(wanted.but(run=run))
        if notes and self._restarting is not None:
            self._restart_note = " ".join(notes)  # what is said now would be gone when the path is there
        elif notes:
            self.notify(" ".join(notes))

    def _change_wanted(self, name: str, value: float | str | None) -> None:
        try:
            config = changed_at(self.snapshot.wanted.run, 0, name, value)
        except ConfigError as error:
            self.notify(str(error), "error")
            return
        self._publish(wanted=self.snapshot.wanted.but(run=config))

    def _change_restart(self, experiment: Experiment, name: str, value: float | str | None) -> None:
        try:
            config = changed_at(experiment.run, 0, name, value)
        except ConfigError as error:
            self.notify(str(error), "error")
            return
        wanted = self.snapshot.wanted  # where it is to be seen, and against whom, may be wished otherwise since
        self._restart(experiment.but(run=config, plane=wanted.plane, rivals=wanted.rivals, name=wanted.name))

    def _on_restarted(self, reply: StepsReply) -> None:
        """Show the run that begins at the new start; a newer start may be on its way already."""
        experiment = reply.experiment
        assert experiment is not None
        taken = self._taken
        if experiment is self._restarting:
            self._restarting = None
        if reply.batch is None:
            if self._restarting is None:
                text = self.tr("The loss or its gradient overflows there: choose a start nearer to zero.")
                self._resume_at = None  # it was for the path that could not begin
                if taken is None:
                    self._refill = 0
                self._publish(wanted=self._still_wanted(), notice=Notice(text, "error"))
            return
        timeline = Timeline.starting_with(reply.batch)
        if reply.divergence is not None:
            timeline = timeline.diverged(reply.divergence)
        problem = self.snapshot.problem
        self._run = Run.on(experiment.run, problem)
        self._remeasure = False
        # The map may have been moved since, and rivals may have come: they stay, unless one is taken in hand.
        shown = self.snapshot.experiment
        experiment = experiment.but(plane=shown.plane, rivals=shown.rivals, name=shown.name)
        if taken is not None:
            experiment = experiment.but(rivals=taken.rivals, name=taken.name)
            self._refill, self._taking = taken.iterations, None
        wanted = experiment if self._restarting is None and not self._loader.pending else self.snapshot.wanted
        at = self.snapshot.cursor if self._resume_at is None else self._resume_at
        note, self._restart_note = self._restart_note, ""
        was_reset = self._resetting is reply.experiment and self.snapshot.timeline.last > 0
        self._resetting = None
        self._publish(
            change="reset" if was_reset else None,
            gesture=self._wish_gesture,
            experiment=experiment,
            wanted=wanted,
            timeline=timeline,
            cursor=min(at, timeline.last),
            notice=Notice(note) if note else None,
        )
        self._resume_at = None if self.snapshot.cursor == at else at
        self._go_on()

    # -- stopping -------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Give up the long work under way: reading data, else refining the landscape."""
        self._held_next = None
        if self._loader.pending:
            self.stop_loading()
        else:
            self.stop_refining()

    def shut_down(self) -> None:
        """End both threads; nothing is emitted afterwards."""
        self.player.pause()
        self._ended = True
        self._stepper.forget()
        self._loader.shut_down()
        self._threads.shut_down()
