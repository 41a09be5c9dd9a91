"""Publishing: the one frozen snapshot, what came before it, and who computes for it."""

from dataclasses import replace
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal, Slot

from landscape_app.engine.checker import Checker
from landscape_app.engine.framer import Framer
from landscape_app.engine.inspector import PathInspector, PointInspector
from landscape_app.engine.mapper import Mapper
from landscape_app.engine.noiser import Noiser
from landscape_app.engine.player import Player
from landscape_app.engine.racer import Racer
from landscape_app.engine.sharer import Sharer
from landscape_app.engine.stepper import Stepper
from landscape_app.engine.tasks import Task
from landscape_app.engine.walking import Walk
from landscape_app.engine.worker import WorkerThread
from landscape_app.session.backprop import batch_at_hand, step_examples
from landscape_app.session.framing import frame_wish
from landscape_app.session.gradient_check import CheckWish
from landscape_app.session.history import History, Moment, change_name
from landscape_app.session.map_picture import MapPicture
from landscape_app.session.map_view import map_view_at
from landscape_app.session.noise import noise_wish
from landscape_app.session.picks import picks_in, share_wish
from landscape_app.session.point_wish import point_wish
from landscape_app.session.prepare import Prepared
from landscape_app.session.problem import Problem
from landscape_app.session.race_clock import RaceUnit
from landscape_app.session.records import Timeline
from landscape_app.session.snapshot import Notice, Snapshot
from landscape_app.session.tasks import TASKS, TaskKind, TaskWish


class Publisher(QObject):
    """Replaces the snapshot, keeps the map in step with it, and remembers what a change left behind."""

    snapshot_changed = Signal(object)

    def __init__(self, prepared: Prepared, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads = WorkerThread(self)
        self._stepper = Stepper(self._threads, self)
        self._mapper = Mapper(self._threads, self)
        self._mapper.picture_ready.connect(self._on_picture)
        self._framer = Framer(self._threads, self)
        self._framer.frame_ready.connect(self._on_frame)
        self._checker = Checker(self._threads, self)
        self._checker.check_ready.connect(self._on_frame)
        self._sharer = Sharer(self._threads, self)
        self._sharer.shares_ready.connect(self._on_frame)
        self._racer = Racer(self._threads, self)
        self._racer.race_advanced.connect(self._on_frame)
        self._noiser = Noiser(self._threads, self)
        self._noiser.noise_advanced.connect(self._on_frame)
        self._inspector = PointInspector(self._threads, self)
        self._inspector.point_ready.connect(self._on_frame)
        self._path_inspector = PathInspector(self._threads, self)
        self._path_inspector.curve_advanced.connect(self._on_frame)
        self._tasks = {kind: Task(kind, self._threads, self) for kind in TASKS}
        for task in self._tasks.values():
            task.advanced.connect(self._on_frame)
        self._easy = False  # tasks rest between their slices
        self._walk = Walk()
        self.player = Player(self)
        self._run = prepared.run
        self._pending = 0  # steps asked for one by one
        self._refill = 0  # record up to this iteration without moving the cursor
        self._remeasure = False  # the last record was made under other settings
        self._history = History()
        self._owed = (0, False)  # refill and remeasure as they were when the snapshot was published
        self._hand_down = False
        self._keep_picture = False  # data in the hand: their map follows them as a slice follows the cursor
        self._pictured: Problem | None = None  # whose map the picture is
        self._ended = False  # shut down: nothing is published any more
        self.gesture: object = None  # what the user's hand is doing: changes of one gesture are undone together
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

    def _publish(self, change: str | None = None, gesture: object = None, **changes: Any) -> None:
        """Replace the snapshot; the map follows the cursor, the axes and the path.

        Another experiment is a change that can be undone, under the name ``change`` or, if None, one found by
        comparing; with an empty name nothing is to be undone.
        """
        if self._ended:  # a window that closes still hides its panels, and these say that nobody looks
            return
        new = replace(self.snapshot, **changes)
        experiment_changed = new.experiment is not self.snapshot.experiment
        if change is None and experiment_changed:
            change = change_name(self.snapshot.experiment, new.experiment)
        if change:
            self._history = self._history.changed(change, self._moment(), gesture)
        if new.cursor != self.snapshot.cursor or experiment_changed:
            new = replace(new, settings=self._run.schedule.at(new.cursor))
        other_batch = new.remeasuring or new.settings.step_size != self.snapshot.settings.step_size
        new = replace(new, remeasuring=self._remeasure and other_batch)
        fits = new.problem is self.snapshot.problem or "map_view" in changes
        previous, seen = (new.map_view, 0) if fits else (None, 0)
        if previous is self.snapshot.map_view and new.timeline.continues(self.snapshot.timeline):
            seen = self.snapshot.timeline.length  # a long path is not looked through again at every frame
        at_rest = self._at_rest(new) and new.experiment.plane.through is None  # a held slice keeps its directions
        frame = self._framer.frame_for(frame_wish(new.experiment, new.problem, new.timeline), at_rest)
        view = map_view_at(new.experiment, new.problem, new.timeline, new.cursor, previous, seen, frame)
        if self._keep_picture:
            picture = self._mapper.at_once(new.problem, view, new.experiment.plane.grid)
            if picture is not None:
                self._pictured = new.problem
                new = replace(new, picture=picture)
        if not self._mapper.show(new.problem, view, new.experiment.plane.grid) and not self._keep_picture:
            new = replace(new, picture=None)  # the old map never stands under new labels
        check = self._checker.check_for(self._check_wish(new) if self._at_rest(new) else None)
        if new.problem is not self.snapshot.problem and not self._keep_picture:
            new = replace(new, **picks_in(self.snapshot, new.problem)._asdict())
        moves = self.player.playing or self._recording(new.timeline)  # a hand on the mouse may be what opened it
        self._ease_tasks(self._hand_down or moves)
        shares = self._sharer.shares_for(share_wish(new), at_rest=not moves)
        self._racer.keep_former = self._keep_picture
        race = self._racer.race_at(new.experiment, new.problem, new.timeline, new.cursor, self._run.schedule)
        batch = noise_wish(new, view, new.picture, self._noiser.watched)
        noise = self._noiser.noise_for(batch, at_rest=not moves)
        point = self._inspector.point_for(point_wish(new, self._run.schedule), at_rest=not moves)
        sharpness = self._path_inspector.curve_for(new.problem, new.timeline, at_rest=not moves)
        self.snapshot = replace(
            new,
            map_view=view,
            landscape_busy=self._mapper.busy,
            framing=self._framer.busy,
            playing=self.player.playing,
            waiting=self._pending,
            term=self._walk.term_in(self.snapshot, new, self._pending > 0),
            check=check,
            checking=self._checker.busy,
            shares=shares,
            noise=noise,
            race=race,
            sharing=self._sharer.busy,
            spectrum=self._inspector.spectrum_for(new.problem),
            point=point,
            inspecting=self._inspector.busy,
            sharpness=sharpness,
            sweep=self._tasks["sweep"].state_for(new.problem, new.experiment, new.cursor),
            search=self._tasks["search"].state_for(new.problem, new.experiment, new.cursor),
            undo=self._history.undo_name,
            redo=self._history.redo_name,
        )
        self._owed = (self._refill, self._remeasure)
        self.snapshot_changed.emit(self.snapshot)

    def _check_wish(self, shown: Snapshot) -> CheckWish | None:
        """Return what a check of the gradient at the cursor needs; None where nobody looks, or the batch is unknown."""
        if not self._checker.wanted or not batch_at_hand(shown):
            return None
        return CheckWish(shown.problem, shown.theta, shown.grad, step_examples(shown))

    def watch_gradient(self, watched: bool) -> None:
        """Say whether somebody looks at the gradient's check: then it is made whenever nothing moves."""
        if watched != self._checker.watched:
            self._checker.watched = watched
            self._publish()

    def check_gradient(self) -> None:
        """Check the gradient at the cursor now, if nothing moves."""
        shown = self.snapshot
        if not self._at_rest(shown):
            self.notify(self.tr("The gradient is checked when nothing moves: pause the run, then check again."))
            return
        if not batch_at_hand(shown):
            self.notify(self.tr("The batch of this step is still on its way: check again in a moment."))
            return
        self._checker.check_now(CheckWish(shown.problem, shown.theta, shown.grad, step_examples(shown), asked=True))
        self._publish()

    def watch_curvature(self, who: str, watched: bool) -> None:
        """Say whether ``who`` looks at the curvature at the cursor: then it is found whenever nothing moves."""
        if self._inspector.watch(who, watched):
            self._publish()

    def look_at_point(self) -> None:
        """Find what kind of point the cursor is at, however long it takes."""
        self._inspector.look_now(point_wish(self.snapshot, self._run.schedule))
        self._publish()

    @property
    def race_unit(self) -> RaceUnit:
        """What the clock of a race counts."""
        return self._racer.unit

    def race_by(self, unit: RaceUnit) -> None:
        """Compare the runs of a race by what they have spent in ``unit``."""
        if unit != self._racer.unit:
            self._racer.unit = unit
            self._publish()

    def watch_noise(self, watched: bool) -> None:
        """Say whether the batch's landscape and the gradient over all the data are wanted beside the batch."""
        if watched != self._noiser.watched:
            self._noiser.watched = watched
            self._publish()

    def watch_sharpness(self, watched: bool) -> None:
        """Say whether somebody looks at the largest curvature along the path: then it is found at rest."""
        if watched != self._path_inspector.watched:
            self._path_inspector.watched = watched
            self._publish()

    def stop_sharpness(self) -> None:
        """Leave the curve of the largest curvature as it is."""
        self._path_inspector.stop()
        self._publish()

    def _ease_tasks(self, easy: bool) -> None:
        if easy != self._easy:
            self._easy = easy
            self._threads.ease_wanted.emit(easy)

    def start_task(self, kind: TaskKind, wish: TaskWish) -> None:
        """Begin a long computation beside the run."""
        self._tasks[kind].start(wish)
        self._publish()

    def stop_task(self, kind: TaskKind) -> None:
        """Leave a long computation as it is."""
        self._tasks[kind].stop()
        self._publish()

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

    def _moment(self) -> Moment:
        """Return what there is now, for undo to come back to."""
        shown, (refill, remeasure) = self.snapshot, self._owed
        return Moment(shown.experiment, shown.problem, shown.timeline, shown.cursor, shown.map_view, refill, remeasure)

    def stop_refining(self) -> None:
        """Leave the landscape as coarse as it is, and directions that are being found."""
        self._mapper.stop()
        if self._pictured is not self.snapshot.problem:  # what was kept while data were in the hand
            self.snapshot = replace(self.snapshot, picture=None)
        if self._framer.busy and not self._framer.stop():
            self._without_directions()
        else:
            self._publish()

    def go_on_refining(self) -> None:
        """Go on with a landscape that was stopped."""
        self._framer.go_on()
        self._mapper.go_on()
        self._publish()

    def _without_directions(self) -> None:
        """Show the plane of two parameters: there are no directions for another one."""
        raise NotImplementedError

    def _at_rest(self, new: Snapshot) -> bool:
        """Whether nothing moves: no run, no path that is still being recorded again, no hand on the mouse."""
        return not (self.player.playing or self._hand_down or self._recording(new.timeline))

    def _recording(self, timeline: Timeline) -> bool:
        """Whether the path is still being recorded again; one that has ended earlier than before never gets as far."""
        return self._refill > timeline.last and timeline.divergence is None and not timeline.full

    def hold_still(self, hand_down: bool) -> None:
        """Say whether a hand is on the mouse: the map's directions stay as they are until it lets go.

        What was clicked may have made the gradient's check rest; it goes on.
        """
        let_go = self._hand_down and not hand_down
        self._hand_down = hand_down
        self._ease_tasks(hand_down or self.player.playing)
        unchecked = self._checker.wanted and self.snapshot.check is None
        if let_go and (unchecked or self.snapshot.experiment.plane.kind != "axes"):
            self._publish()

    @Slot()
    def _on_frame(self) -> None:
        self._publish()

    @Slot(object)
    def _on_picture(self, picture: MapPicture) -> None:
        self._pictured = self.snapshot.problem
        self._publish(picture=picture)
