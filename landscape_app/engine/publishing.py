"""Publishing: the one frozen snapshot, what came before it, and who computes for it."""

from dataclasses import replace
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal, Slot

from landscape_app.engine.framer import Framer
from landscape_app.engine.mapper import Mapper
from landscape_app.engine.player import Player
from landscape_app.engine.stepper import Stepper
from landscape_app.engine.worker import WorkerThread
from landscape_app.session.framing import frame_wish
from landscape_app.session.history import History, Moment, change_name
from landscape_app.session.map_picture import MapPicture
from landscape_app.session.map_view import map_view_at
from landscape_app.session.prepare import Prepared
from landscape_app.session.snapshot import Notice, Snapshot


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
        self.player = Player(self)
        self._run = prepared.run
        self._pending = 0  # steps asked for one by one
        self._refill = 0  # record up to this iteration without moving the cursor
        self._remeasure = False  # the last record was made under other settings
        self._history = History()
        self._owed = (0, False)  # refill and remeasure as they were when the snapshot was published
        self._hand_down = False
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
        new = replace(self.snapshot, **changes)
        experiment_changed = new.experiment is not self.snapshot.experiment
        if change is None and experiment_changed:
            change = change_name(self.snapshot.experiment, new.experiment)
        if change:
            self._history = self._history.changed(change, self._moment(), gesture)
        if new.cursor != self.snapshot.cursor or experiment_changed:
            new = replace(new, settings=self._run.schedule.at(new.cursor))
        fits = new.problem is self.snapshot.problem or "map_view" in changes
        previous, seen = (new.map_view, 0) if fits else (None, 0)
        if previous is self.snapshot.map_view and new.timeline.continues(self.snapshot.timeline):
            seen = self.snapshot.timeline.length  # a long path is not looked through again at every frame
        at_rest = self._at_rest(new) and new.experiment.plane.through is None  # a held slice keeps its directions
        frame = self._framer.frame_for(frame_wish(new.experiment, new.problem, new.timeline), at_rest)
        view = map_view_at(new.experiment, new.problem, new.timeline, new.cursor, previous, seen, frame)
        if not self._mapper.show(new.problem, view, new.experiment.plane.grid):
            new = replace(new, picture=None)  # the old map never stands under new labels
        self.snapshot = replace(
            new,
            map_view=view,
            landscape_busy=self._mapper.busy,
            framing=self._framer.busy,
            playing=self.player.playing,
            waiting=self._pending,
            undo=self._history.undo_name,
            redo=self._history.redo_name,
        )
        self._owed = (self._refill, self._remeasure)
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

    def _moment(self) -> Moment:
        """Return what there is now, for undo to come back to."""
        shown, (refill, remeasure) = self.snapshot, self._owed
        return Moment(shown.experiment, shown.problem, shown.timeline, shown.cursor, shown.map_view, refill, remeasure)

    def stop_refining(self) -> None:
        """Leave the landscape as coarse as it is, and directions that are being found."""
        self._mapper.stop()
        if self._framer.busy and not self._framer.stop():
            self._without_directions()
        else:
            self._publish()

    def _without_directions(self) -> None:
        """Show the plane of two parameters: there are no directions for another one."""
        raise NotImplementedError

    def _at_rest(self, new: Snapshot) -> bool:
        """Whether nothing moves: no run, no path that is still being recorded again, no hand on the mouse."""
        return not (self.player.playing or self._hand_down or self._refill > new.timeline.last)

    def hold_still(self, hand_down: bool) -> None:
        """Say whether a hand is on the mouse: the map's directions stay as they are until it lets go."""
        let_go = self._hand_down and not hand_down
        self._hand_down = hand_down
        if let_go and self.snapshot.experiment.plane.kind != "axes":
            self._publish()

    @Slot()
    def _on_frame(self) -> None:
        self._publish()

    @Slot(object)
    def _on_picture(self, picture: MapPicture) -> None:
        self._publish(picture=picture)
