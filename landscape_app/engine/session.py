"""The one mutable owner: takes intents, asks the worker, publishes frozen snapshots."""

import logging
from dataclasses import replace
from typing import Any, cast

from PySide6.QtCore import QObject, Signal, Slot

from landscape_app.core.arrays import FloatArray
from landscape_app.core.errors import ConfigError, ExplorerError
from landscape_app.core.optimizers import Semantics
from landscape_app.data.reading import DoubtError
from landscape_app.data.table import Table
from landscape_app.engine.jobs import StepJob, StepsReply
from landscape_app.engine.loader import Loader
from landscape_app.engine.race_choice import RaceChooser, Taking
from landscape_app.engine.running import sentence_on
from landscape_app.session.changes import changed_at, restarted, same_descent, with_semantics
from landscape_app.session.config import (
    Experiment,
    RivalConfig,
    RunConfig,
    ScheduleConfig,
    StartConfig,
    ViewConfig,
    default_experiment,
)
from landscape_app.session.history import Moment, restored
from landscape_app.session.map_picture import MapPicture
from landscape_app.session.map_view import MapView, map_view_at
from landscape_app.session.prepare import Prepared, for_other_model, invalidates, prepare
from landscape_app.session.problem import start_theta, start_values
from landscape_app.session.records import Timeline
from landscape_app.session.sentences import foreseen_divergence
from landscape_app.session.snapshot import Notice
from landscape_app.session.transitions import Run

log = logging.getLogger(__name__)


class Session(RaceChooser):
    """Lives on the GUI thread; every method returns at once, and ``snapshot_changed`` tells what came of it.

    What is here changes the experiment; `RaceChooser` changes its rivals alone, `MapChooser` its map, `Runner` moves
    along its run, and `Publisher` publishes.
    """

    #: Data can be read in several ways: the DataConfig that was wanted, and the DoubtError with the questions.
    doubt_met = Signal(object, object)

    def __init__(self, experiment: Experiment | None = None, parent: QObject | None = None) -> None:
        super().__init__(prepare(experiment or default_experiment()), parent)
        self._loader = Loader(self)
        self._loader.prepared.connect(self._on_prepared)
        self._loader.failed.connect(self._on_load_failed)
        self._loader.progressed.connect(self._on_load_progressed)
        self._wish_gesture: object = None  # the gesture that the wish under way came from
        self._resetting: Experiment | None = None
        self._taking: Taking | None = None  # what comes with the start that is on its way: see `_taken`
        self._held: Experiment | None = None  # whose data a hand has changed, while they are on their way
        self._held_next: tuple[Experiment, Table] | None = None
        self._opened_view: ViewConfig | None = None  # how a session that is being opened was looked at
        self._wish_change: str | None = None  # what undo will call what is being loaded, if not by comparing
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

    def use_table(self, experiment: Experiment, table: Table, change: str | None = None) -> None:
        """Make ``experiment`` the present one, with its data already read into ``table``; undo calls it ``change``."""
        self._load(experiment, table=table)
        self._wish_change = change

    @property
    def _under_way(self) -> bool:
        return (self._held is not None and self._loader.pending) or self._mapper.first_due

    @property
    def holding(self) -> bool:
        """Whether data that a hand has changed, or their map, are on their way."""
        return self._held_next is not None or self._under_way

    def hold_data(self, experiment: Experiment, table: Table) -> None:
        """Make ``experiment`` the present one, whose data a hand has changed: the path comes with them, and the map
        stays until its successor is there. While one change is on its way, or its map, of those that follow the
        newest waits.
        """
        if self._under_way:
            self._held_next = (experiment, table)
            return
        shown = self.snapshot
        self._held = experiment
        keep = max(self._refill, shown.timeline.last)
        self._load(experiment, table=table, ahead=keep)
        self._wish_change = "data.held"

    def open_experiment(self, experiment: Experiment, view: ViewConfig | None = None) -> None:
        """Load another experiment, data and all, record it as far as it says, and show it as in ``view``."""
        self._load(experiment, fresh=True)
        self._opened_view = view

    def _load(self, experiment: Experiment, *, fresh: bool = False, table: Table | None = None, ahead: int = 0) -> None:
        """Let the data be read and the model be built; what is shown stays until then."""
        self.player.pause()
        if self._held is not experiment:
            self._held = self._held_next = None
        self._wish_gesture = self.gesture
        self._opened_view = self._wish_change = None
        self._loader.load(experiment, self.snapshot, fresh=fresh, table=table, ahead=ahead)
        if self._held is experiment:  # so soon there that nothing need be said of it
            self.snapshot = replace(self.snapshot, wanted=experiment)
        else:
            self._publish(wanted=experiment, loading=self.tr("Preparing the data …"))

    @Slot(float)
    def _on_load_progressed(self, share: float) -> None:
        self._publish(loading=self.tr("Reading the data … {0} %").format(int(100 * share)))

    @Slot(object)
    def _on_load_failed(self, error: Exception) -> None:
        wish = self.snapshot.wanted
        self._held = self._held_next = None
        self._publish(wanted=self.snapshot.experiment, loading="", notice=Notice(sentence_on(error), "error"))
        if isinstance(error, DoubtError):
            self.doubt_met.emit(wish.data, error)
        elif not isinstance(error, ExplorerError):
            log.error("Loading failed", exc_info=error)

    def stop_loading(self) -> None:
        """Give up what is being loaded; the data shown stay."""
        if self._loader.pending:
            self._loader.cancel()
            notice = Notice(self.tr("Reading was stopped; the data are as they were."))
            self._publish(wanted=self.snapshot.experiment, loading="", notice=notice)

    @Slot(object)
    def _on_prepared(self, prepared: Prepared) -> None:
        before, loader = self.snapshot, self._loader
        same_shape = prepared.problem.model.layout.scalar_names == before.problem.model.layout.scalar_names
        if self._held is not None and loader.wish is self._held and before.wanted is self._held and same_shape:
            loader.done()
            self._show_held(prepared)
            return
        if loader.wish is not before.wanted:  # start, settings or plane were changed in the meantime
            same = loader.wish is not None and loader.wish.data == before.wanted.data
            loaded = prepared.problem.loaded if same else None
            ahead = 0
            if same and self._held is not None and loader.wish is self._held:  # they are in the hand all the same
                self._held, ahead = before.wanted, max(self._refill, before.timeline.last)
            loader.load(before.wanted, before, fresh=loader.fresh, loaded=loaded, ahead=ahead)
            return
        held, self._held = self._held is not None and loader.wish is self._held, None
        loader.done()
        if loader.fresh:
            self._begin(prepared, prepared.experiment.run.iterations, self._opened_view)
            return
        if same_shape:
            self._begin(prepared, before.timeline.last)
            return
        if held:  # the last example of a word is gone, and its parameter with it
            plane = for_other_model(prepared.experiment.plane)
            experiment = prepared.experiment.but(plane=plane)
            self._begin(replace(prepared, experiment=experiment), before.timeline.last)
            return
        run = restarted(prepared.experiment.run, before.cursor)
        experiment = prepared.experiment.but(run=run, plane=for_other_model(prepared.experiment.plane))
        # The first record was made for the rule and batch that the run once began with: it is measured again.
        self._begin(replace(prepared, experiment=experiment), 0, remeasure=True)

    def _show_held(self, prepared: Prepared) -> None:
        """Show the data that a hand has changed, with the path at the same iteration; then take its next change."""
        before = self.snapshot
        self._stepper.forget()
        self._run = Run.on(prepared.experiment.run, prepared.problem)
        self._pending, self._restarting, self._remeasure = 0, None, False
        self._refill = max(self._refill, before.timeline.last)
        at = before.cursor if self._resume_at is None else self._resume_at
        cursor = min(at, prepared.timeline.last)
        self._resume_at = None if cursor == at else at
        m, was = prepared.problem.data.m, before.problem.data.m
        picked = before.example if m == was else m - 1 if m > was else None  # the new one; or the picked one is gone
        self._keep_picture = True
        try:
            self._publish(
                change=self._wish_change,
                gesture=self._wish_gesture,
                experiment=prepared.experiment,
                wanted=prepared.experiment,
                problem=prepared.problem,
                timeline=prepared.timeline,
                cursor=cursor,
                notice=None,
                loading="",
                example=picked,
            )
        finally:
            self._keep_picture = False
        self._held = None
        self._go_on()
        self._take_next_held()

    @Slot(object)
    def _on_picture(self, picture: MapPicture) -> None:
        super()._on_picture(picture)
        self._take_next_held()

    def _take_next_held(self) -> None:
        """Go on with what a hand has done in the meantime."""
        if self._held_next is not None and not self._mapper.first_due and not self._loader.pending:
            (experiment, table), self._held_next = self._held_next, None
            self.hold_data(self.snapshot.wanted.but(data=experiment.data), table)  # all else may have changed since

    def _begin(
        self, prepared: Prepared, refill: int, view: ViewConfig | None = None, *, remeasure: bool = False
    ) -> None:
        """Stand at the start of ``prepared``, and record up to iteration ``refill``; then look at it as in ``view``."""
        self._stepper.forget()
        self.player.pause()
        self._run = Run.on(prepared.experiment.run, prepared.problem)
        self._pending, self._restarting, self._remeasure = 0, None, remeasure
        self._refill = refill
        self._resume_at = None if view is None else min(view.cursor, refill)
        warning = foreseen_divergence(prepared.problem, self._run.schedule.at(0))
        note = " ".join(text for text in (prepared.problem.loaded.note, warning) if text)
        seen = {} if view is None else self._map_as_in(view, prepared)
        self._publish(
            change="session" if self._loader.fresh else self._wish_change,
            gesture=self._wish_gesture,
            **seen,
            experiment=prepared.experiment,
            wanted=prepared.experiment,
            problem=prepared.problem,
            timeline=prepared.timeline,
            cursor=0,
            picture=None,
            loading="",
            notice=Notice(note, "warning" if warning else "info") if note else None,
        )
        self._go_on()

    @staticmethod
    def _map_as_in(view: ViewConfig, prepared: Prepared) -> dict[str, MapView]:
        """Return the map's part that was seen, since automatic ranges remember where the path has been."""
        if view.x_range is None or view.y_range is None:
            return {}
        plane = map_view_at(prepared.experiment, prepared.problem, prepared.timeline, 0, None).plane
        return {"map_view": MapView(plane, view.x_range, view.y_range)}

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

    def _still_wanted(self) -> Experiment:
        """Data that are on their way stay wanted, too."""
        return self.snapshot.wanted if self._loader.pending else super()._still_wanted()

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
