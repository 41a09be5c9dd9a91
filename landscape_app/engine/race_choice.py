"""What changes the rivals of the run in hand, and which run that is."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from landscape_app.core.errors import ConfigError
from landscape_app.engine.map_choice import MapChooser
from landscape_app.session.changes import restarted
from landscape_app.session.config import Experiment, RivalConfig, RunConfig, StartConfig
from landscape_app.session.race import (
    Lane,
    add_present,
    add_rules,
    duplicated,
    gathered,
    left_behind,
    removed,
    replaced,
)
from landscape_app.session.race_clock import spent, steps_missing


@dataclass(frozen=True, slots=True)
class Taking:
    """A run that is taken in hand: its ``name``, the ``rivals`` it is to have, and the ``iterations`` to record."""

    name: str
    rivals: tuple[RivalConfig, ...]
    iterations: int


class RaceChooser(MapChooser):
    """Takes intents about the race."""

    @abstractmethod
    def take_run(
        self,
        start: StartConfig,
        run: RunConfig,
        iterations: int,
        cursor: int,
        rivals: tuple[RivalConfig, ...] | None = None,
        name: str = "",
    ) -> None:
        """Make these the run in hand."""

    def add_rival(self) -> None:
        """Let the run in hand, as it is now, race along from here on."""
        self._race(lambda: add_present(self.snapshot.wanted))

    def add_rule_rivals(self) -> None:
        """Let each other rule race the one in hand, from the same start with the same rate."""
        wanted = self.snapshot.wanted
        self._race(lambda: add_rules(wanted, restarted(wanted.run, self.snapshot.cursor)))

    def duplicate_rival(self, index: int) -> None:
        """Let a rival race a second time."""
        self._race(lambda: duplicated(self.snapshot.wanted, index))

    def remove_rival(self, index: int) -> None:
        """Take a rival out of the race."""
        self._race(lambda: removed(self.snapshot.wanted, index))

    def name_run(self, name: str) -> None:
        """Give the run in hand a name; an empty one lets it follow from the settings."""
        self._race(lambda: self.snapshot.wanted.but(name=name))

    def change_rival(self, index: int, changes: dict[str, object]) -> None:
        """Rename a rival, hide it, or show it again."""
        self._race(lambda: replaced(self.snapshot.wanted, index, **changes))

    def gather_rivals(self) -> None:
        """Let all rivals begin where the run in hand begins."""
        self._race(lambda: gathered(self.snapshot.wanted))

    def take_rival(self, index: int) -> None:
        """Make a rival the run in hand, and the run in hand a rival in its place; the clock goes on."""
        wanted = self.snapshot.wanted
        if not 0 <= index < len(wanted.rivals):
            return
        taken = wanted.rivals[index]
        lane = self._lane_of(taken)
        if lane is not None and lane.problem:
            self.notify(lane.problem, "error")
            return
        left = left_behind(wanted, taken.look)
        rivals = (*wanted.rivals[:index], left, *wanted.rivals[index + 1 :])
        last, at = self._come_to(taken)
        self.take_run(taken.start, taken.run, last, at, rivals, taken.name)

    def _come_to(self, rival: RivalConfig) -> tuple[int, int]:
        """Return how far a run is to be recorded to have spent what the one in hand has, and where the clock is.

        Another run may be in hand already that has not come yet: what is shown tells how far each has come.
        """
        shown = self.snapshot
        race, lane = shown.race, self._lane_of(rival)
        if race is None or lane is None or lane.timeline is None or lane.schedule is None:
            at = shown.cursor if lane is None else lane.at
            return at, at
        hand = race.lanes[0]
        assert hand.timeline is not None
        assert hand.schedule is not None
        end = spent(hand.timeline, hand.schedule, race.m, hand.timeline.last, race.unit)
        missing = steps_missing(lane.timeline.truncated(lane.at + 1), lane.schedule, race.m, end, race.unit)
        return lane.at + missing, lane.at

    def _lane_of(self, rival: RivalConfig) -> Lane | None:
        """Return the lane that is shown of a run, which may be the one in hand."""
        shown = self.snapshot
        for lane in () if shown.race is None else shown.race.lanes:
            start = shown.experiment.start if lane.config is None else lane.config.start
            if start == rival.start and lane.run.but(iterations=0) == rival.run.but(iterations=0):
                return lane
        return None

    def _race(self, change: Callable[[], Experiment]) -> None:
        try:
            self.configure(change())
        except ConfigError as error:
            self.notify(str(error), "error")
