"""What changes the rivals of the run in hand, and which run that is."""

from abc import abstractmethod
from collections.abc import Callable

from landscape_app.core.errors import ConfigError
from landscape_app.engine.map_choice import MapChooser
from landscape_app.session.changes import restarted
from landscape_app.session.config import Experiment, RivalConfig, RunConfig, StartConfig
from landscape_app.session.race import add_present, add_rules, duplicated, gathered, removed, replaced
from landscape_app.session.race_clock import spent, steps_missing


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

    def change_rival(self, index: int, changes: dict[str, object]) -> None:
        """Rename a rival, hide it, or show it again."""
        self._race(lambda: replaced(self.snapshot.wanted, index, **changes))

    def gather_rivals(self) -> None:
        """Let all rivals begin where the run in hand begins."""
        self._race(lambda: gathered(self.snapshot.wanted))

    def take_rival(self, index: int) -> None:
        """Make a rival the run in hand, and the run in hand a rival in its place; the clock goes on."""
        wanted, shown = self.snapshot.wanted, self.snapshot
        if shown.race is None or index + 1 >= len(shown.race.lanes):
            return
        taken, lane = wanted.rivals[index], shown.race.lanes[index + 1]
        left = RivalConfig(start=wanted.start, run=wanted.run, look=taken.look)
        rivals = (*wanted.rivals[:index], left, *wanted.rivals[index + 1 :])
        last = lane.at
        if lane.timeline is not None and lane.schedule is not None:
            hand, m = shown.race.lanes[0], shown.race.m
            assert hand.timeline is not None
            assert hand.schedule is not None
            end = spent(hand.timeline, hand.schedule, m, hand.timeline.last, shown.race.unit)
            last += steps_missing(lane.timeline.truncated(lane.at + 1), lane.schedule, m, end, shown.race.unit)
        self.take_run(taken.start, taken.run, last, lane.at, rivals)

    def _race(self, change: Callable[[], Experiment]) -> None:
        try:
            self.configure(change())
        except ConfigError as error:
            self.notify(str(error), "error")
