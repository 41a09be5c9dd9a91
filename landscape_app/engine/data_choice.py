"""What changes the data: reading them, and taking them in the hand."""

import logging
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from landscape_app.core.errors import ExplorerError
from landscape_app.data.reading import DoubtError
from landscape_app.data.table import Table
from landscape_app.engine.loader import Loader
from landscape_app.engine.race_choice import RaceChooser
from landscape_app.engine.running import sentence_on
from landscape_app.session.changes import restarted
from landscape_app.session.config import Experiment, ViewConfig
from landscape_app.session.map_picture import MapPicture
from landscape_app.session.map_view import MapView, map_view_at
from landscape_app.session.prepare import Prepared, for_other_model
from landscape_app.session.sentences import foreseen_divergence
from landscape_app.session.snapshot import Notice
from landscape_app.session.transitions import Run

log = logging.getLogger(__name__)


class DataChooser(RaceChooser):
    """Takes intents about the data; what is shown stays until others are there."""

    #: Data can be read in several ways: the DataConfig that was wanted, and the DoubtError with the questions.
    doubt_met = Signal(object, object)

    def __init__(self, prepared: Prepared, parent: QObject | None = None) -> None:
        super().__init__(prepared, parent)
        self._loader = Loader(self)
        self._loader.prepared.connect(self._on_prepared)
        self._loader.failed.connect(self._on_load_failed)
        self._loader.progressed.connect(self._on_load_progressed)
        self._wish_gesture: object = None  # the gesture that the wish under way came from
        self._wish_change: str | None = None  # what undo will call what is being loaded, if not by comparing
        self._opened_view: ViewConfig | None = None  # how a session that is being opened was looked at
        self._held: Experiment | None = None  # whose data a hand has changed, while they are on their way
        self._held_next: tuple[Experiment, Table] | None = None

    # -- reading them ---------------------------------------------------------------------------------------

    def use_table(self, experiment: Experiment, table: Table, change: str | None = None) -> None:
        """Make ``experiment`` the present one, with its data already read into ``table``; undo calls it ``change``."""
        self._load(experiment, table=table)
        self._wish_change = change

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
            remeasuring=remeasure,
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

    def _still_wanted(self) -> Experiment:
        """Data that are on their way stay wanted, too."""
        return self.snapshot.wanted if self._loader.pending else super()._still_wanted()

    # -- in the hand ----------------------------------------------------------------------------------------

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
        self._held, self._held_next = experiment, None
        keep = max(self._refill, shown.timeline.last)
        self._load(experiment, table=table, ahead=keep)
        self._wish_change = "data.held"

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
        waits = self._ended or self._mapper.first_due or self._loader.pending
        if self._held_next is not None and not waits:
            (experiment, table), self._held_next = self._held_next, None
            self.hold_data(self.snapshot.wanted.but(data=experiment.data), table)  # all else may have changed since
